import {
	NodeApiError,
	NodeOperationError,
	ObservableObject,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type IWebhookFunctions,
	type IWorkflowBase,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { answerPaused, receiveAtTrigger } from '../../../nodes/shared/actions/calls';
import { fail, ok } from '../../../nodes/shared/domain/result';
import {
	answerOf,
	type Answer,
	type PauseCall,
	type TriggerCall,
} from '../../../nodes/shared/host/call';
import type { PollerPlan } from '../../../nodes/shared/host/pollerPlan';
import type { PollerRun } from '../../../nodes/shared/host/run';
import { atDoor, pauseDoor, triggerDoor, type Door } from '../../../nodes/shared/n8n/call';
import { doRound, openRun } from '../../../nodes/shared/n8n/run';
import { deliveryWebhooks } from '../../../nodes/shared/n8n/webhooks';
import { writeEnds } from '../../../nodes/shared/tasks/ends';
import { judgeTask } from '../../../nodes/shared/tasks/ledgerEnds';
import { nodeOf } from '../fakes/executions.mts';
import {
	deliveryUrlOf,
	FakeHost,
	fileIdOf,
	nonceOf,
	queryOf,
	submittedTask,
	TRIGGER_URL,
	type Call,
	type Execution,
} from '../fakes/host.mts';
import { LEDGER, ledgerWith } from '../fakes/ledger.mts';

type Surroundings = Partial<IWebhookFunctions> & Record<string, unknown>;

/** A call as n8n hands it to a node, and what the node has answered through n8n's response. */
function webhook(
	host: FakeHost,
	{ body = {}, query = {}, headers = {}, rawBody }: Call,
	{ execution = host.newExecution(), ...more }: { execution?: Execution } & Surroundings = {},
) {
	const replied: { httpStatus?: number; body?: unknown } = {};
	const response = {
		status(code: number) {
			replied.httpStatus = code;
			return response;
		},
		json(content: unknown) {
			replied.body = content;
			return response;
		},
	};
	const known: Record<string, unknown> = {
		'{{ $input.all() }}': execution.items,
		'{{ $execution.resumeUrl }}': `https://n8n.example.com/webhook-waiting/${execution.id}?signature=${execution.token}`,
	};
	const { trigger } = host;
	const context = {
		...host.outside(execution.id),
		getNode: () => execution.node,
		getMode: () => 'webhook',
		getExecutionId: () => execution.id,
		evaluateExpression: (expression: string) => known[expression],
		getBodyData: () => body,
		getHeaderData: () => headers,
		getQueryData: () => query,
		getRequestObject: () => ({ rawBody }),
		getResponseObject: () => response,
		getNodeParameter: (name: string, fallback?: unknown) => trigger.parameters[name] ?? fallback,
		getNodeWebhookUrl: (name: string) => (name === 'default' ? TRIGGER_URL : undefined),
		getWorkflow: () => ({ id: 'wf-1', active: true }),
		getWorkflowStaticData: (type: string) => (type === 'node' ? trigger.saved : {}),
		...more,
	} as unknown as IWebhookFunctions;
	return { context, replied, execution };
}

/** What a door opens to the story. */
async function opened<C>(door: Door<C>, context: IWebhookFunctions): Promise<C> {
	const calls: C[] = [];
	await atDoor(context, door, async (call) => {
		calls.push(call);
		return await Promise.resolve(answerOf(200, 'pending', 'seen'));
	});
	const [call] = calls;
	if (call === undefined) throw new Error('The door stayed shut');
	return call;
}

const atTrigger = async (...given: Parameters<typeof webhook>): Promise<TriggerCall> =>
	await opened(triggerDoor, webhook(...given).context);

const atPause = async (...given: Parameters<typeof webhook>): Promise<PauseCall> =>
	await opened(pauseDoor, webhook(...given).context);

describe('A call', () => {
	test('brings token, body and headers, each header by its small name and once', async () => {
		const { incoming } = await atTrigger(new FakeHost(), {
			query: { seedance: 'a.b', x: 'y' },
			headers: { 'X-A': ['1', '2'], 'x-b': '3', 'x-c': undefined },
			body: { taskId: 't0' },
			rawBody: Buffer.from('raw'),
		});
		expect(incoming).toEqual({
			token: 'a.b',
			callback: {
				headers: { 'x-a': '1', 'x-b': '3' },
				body: { taskId: 't0' },
				rawBody: Buffer.from('raw'),
			},
		});
	});

	test.each([
		[{ a: 1 }, '{"a":1}'],
		[null, '""'],
	])('whose raw body n8n has not kept has it as it would be written: %j', async (body, raw) => {
		const { incoming } = await atPause(new FakeHost(), { body });
		expect(String(incoming.callback.rawBody)).toBe(raw);
	});

	test('to a trigger knows that of this workflow alone', async () => {
		const host = new FakeHost();
		const call = await atTrigger(host, {});
		expect([call.triggerId, call.url, call.isTest]).toEqual(['wf-1:node-1', TRIGGER_URL, false]);
		expect(call.parameter('provider')).toBe('apikley');
		expect(call.parameter('none', {})).toEqual({});
		const other = await atTrigger(
			host,
			{},
			{ getMode: () => 'manual', getNodeWebhookUrl: () => undefined },
		);
		expect([other.url, other.isTest]).toEqual([undefined, true]);
	});

	test('writes into what n8n itself keeps of the trigger, which n8n notices', async () => {
		const host = new FakeHost();
		host.trigger.saved = ObservableObject.create({});
		const { saved } = await atTrigger(host, {});
		saved.delivered = { days: {} };
		expect(host.trigger.saved).toMatchObject({ delivered: { days: {} }, __dataChanged: true });
	});

	test('reads no parameter before it is asked for', async () => {
		const getNodeParameter = () => {
			throw new Error('A bad expression');
		};
		const call = await atTrigger(new FakeHost(), {}, { getNodeParameter });
		expect(() => call.parameter('provider')).toThrow('A bad expression');
	});

	test('to a paused execution knows its items, its address and its files', async () => {
		const host = new FakeHost();
		const execution = host.newExecution({ items: [{ json: { a: 1 } }] });
		execution.node.onError = 'continueErrorOutput';
		const call = await atPause(host, {}, { execution });
		expect(call.audience).toBe('101/seedance-delivery');
		expect(call.onProblem).toBe('errorOutput');
		expect(call.items()).toBe(execution.items);
		expect(call.deliveryUrl()).toBe(deliveryUrlOf(execution));
		const ids = [fileIdOf('101', 1), fileIdOf('102', 1), fileIdOf('101', 1, 'wf-2')];
		expect(ids.map((id) => call.isStoredHere(id))).toEqual([true, false, false]);
	});

	test('knows no address where n8n does not tell it', async () => {
		const call = await atPause(
			new FakeHost(),
			{},
			{ evaluateExpression: () => undefined as never },
		);
		expect(call.deliveryUrl()).toBeUndefined();
	});

	test('reads and writes the ledgers by workflows that n8n runs for it', async () => {
		const host = new FakeHost();
		const tables = ledgerWith('t0');
		const started: unknown[][] = [];
		const executeWorkflow = async (
			...given: [{ code: IWorkflowBase }, unknown, { inputData: INodeExecutionData[] }]
		) => {
			const [{ code }, , { inputData }] = given;
			started.push(given);
			const rows = await tables.run(
				code,
				inputData.map(({ json }) => json),
			);
			return { executionId: '9', data: [rows.map((json) => ({ json }))] };
		};
		const additionalData = { executeWorkflow };
		const call = await atPause(host, {}, { additionalData });
		const reference = { table: LEDGER, key: 't0' };
		expect(await judgeTask(call, reference, 't0')).toEqual({ ok: true, value: 'own' });
		const result = ok({ json: { taskId: 't0', status: 'succeeded', videoUrl: 'https://v' } });
		await writeEnds(call, [{ reference, taskId: 't0', result }], { isThrownAway: false });
		expect(tables.rows(LEDGER)).toMatchObject([{ state: 'succeeded' }]);
		expect(started[0]?.[1]).toBe(additionalData);
		expect(started[0]?.[2]).toMatchObject({ executionMode: 'webhook', parentWorkflowId: 'wf-1' });
	});

	test.each([{}, { additionalData: undefined }, { additionalData: {} }])(
		'says in the log where n8n runs none: %j',
		async (given) => {
			const host = new FakeHost();
			const call = await atPause(host, {}, given);
			const reference = { table: LEDGER, key: 't0' };
			const result = ok({ json: { taskId: 't0', status: 'succeeded' } });
			await writeEnds(call, [{ reference, taskId: 't0', result }], { isThrownAway: false });
			expect(host.logged.join()).toContain('runs no workflow for a call');
		},
	);
});

describe('An answer', () => {
	const doors: Array<[string, Door<unknown>]> = [
		['a trigger', triggerDoor],
		['a paused execution', pauseDoor],
	];
	const problem = {
		kind: 'generationFailed' as const,
		code: '501',
		message: 'No',
		description: 'Why',
		taskId: 't1',
	};
	const origin = { provider: 'apikley', model: 'm' };
	const good = {
		itemIndex: 0,
		origin,
		result: ok({ json: { taskId: 't0', status: 'succeeded' } }),
	};
	const bad = { itemIndex: 1, origin, result: fail(problem) };
	const delivered = answerOf(200, 'delivered', 'Delivered');

	/** What n8n is told when the story has answered so. */
	async function told(
		answer: Partial<Answer>,
		more: Surroundings & { node?: Partial<INode> } = {},
	) {
		const host = new FakeHost();
		const { node, ...surroundings } = more;
		const execution = host.newExecution({ node: nodeOf(node) });
		const { context, replied } = webhook(host, {}, { execution, ...surroundings });
		const data = await atDoor(context, pauseDoor, async () => ({ ...delivered, ...answer }));
		return { data, replied };
	}

	test('that starts nothing goes out by itself, with its status', async () => {
		const answer = answerOf(410, 'gone', 'Nothing is waited for here');
		const { data, replied } = await told(answer);
		expect(data).toEqual({ noWebhookResponse: true });
		expect(replied).toEqual({ httpStatus: 410, body: answer.body });
	});

	test('with an item starts the workflow with it', async () => {
		const item = { json: { taskId: 't0' } };
		const { data, replied } = await told({ item });
		expect(data).toEqual({ webhookResponse: delivered.body, workflowData: [[item]] });
		expect(replied).toEqual({});
	});

	test('with results goes on with a row of each item', async () => {
		const node = { onError: 'continueRegularOutput' as const };
		const executeData = { metadata: { parentExecution: '7' } };
		const { data } = await told({ results: [good, bad] }, { node, executeData });
		expect(data.webhookResponse).toEqual(delivered.body);
		expect(data.workflowData).toEqual([
			[
				{ json: good.result.value.json, pairedItem: { item: 0 } },
				{ json: expect.objectContaining({ error: 'No', taskId: 't1' }), pairedItem: { item: 1 } },
			],
		]);
		expect(executeData.metadata).toStrictEqual({ parentExecution: '7' });
	});

	test('with a problem ends the node, and leaves what n8n keeps beside it', async () => {
		const executeData = { metadata: { parentExecution: '7' } };
		const { data } = await told({ results: [good, bad] }, { executeData });
		expect(data.workflowData?.[0]).toHaveLength(2);
		expect(executeData.metadata).toStrictEqual({
			parentExecution: '7',
			resumeError: expect.any(NodeApiError),
		});
		expect(executeData.metadata).toMatchObject({ resumeError: { message: 'No [item 1]' } });
	});

	test.each([{}, { executeData: undefined }, { executeData: 'none' }])(
		'with a problem comes out as rows where n8n keeps nothing: %j',
		async (given) => {
			const { data } = await told({ results: [bad] }, given);
			expect(data.workflowData?.[0]?.[0]?.json.error).toBe('No');
		},
	);

	const failures: Record<string, unknown> = {
		'a trigger': {
			httpStatus: 503,
			body: { state: 'pending', message: 'The call could not be handled, call again' },
		},
		'a paused execution': {
			httpStatus: 500,
			body: { state: 'pending', message: 'The call could not be handled' },
		},
	};

	test.each(doors)(
		'of a story that breaks is one all the same, and logged: %s',
		async (name, door) => {
			const host = new FakeHost();
			const { context, replied } = webhook(host, {});
			const data = await atDoor(
				context,
				door,
				async () => await Promise.reject(new Error('A bug')),
			);
			expect(data).toEqual({ noWebhookResponse: true });
			expect(replied).toEqual(failures[name]);
			expect(host.logged).toEqual([`Seedance: a call to ${name} failed {"error":"A bug"}`]);
		},
	);

	test.each(doors)('of a call that cannot be opened, too: %s', async (name, door) => {
		const getQueryData = () => {
			throw new Error('No query');
		};
		const { context, replied } = webhook(new FakeHost(), {}, { getQueryData });
		const story = jest.fn();
		await atDoor(context, door, story);
		expect(replied).toEqual(failures[name]);
		expect(story).not.toHaveBeenCalled();
	});
});

/** The host in memory stands for n8n as far as both give the same answers to the same calls. */
describe('Through n8n’s door as in memory', () => {
	const statuses = ['succeeded', 'failed', 'running', 'unknown'] as const;

	const pausedAs = async (status: (typeof statuses)[number], onError: INode['onError']) => {
		const host = new FakeHost();
		host.parksAndDies = true;
		host.vendor.set('t0', status);
		const execution = await host.pause([submittedTask('t0')], { node: { onError } });
		return { host, execution };
	};

	test.each(
		statuses.flatMap((status) => [
			[status, 'stopWorkflow' as const] as const,
			[status, 'continueRegularOutput' as const] as const,
			[status, 'continueErrorOutput' as const] as const,
		]),
	)('a paused task that is %s is answered for (%s)', async (status, onError) => {
		const inMemory = await pausedAs(status, onError);
		const expected = await inMemory.host.look(inMemory.execution);

		const { host, execution } = await pausedAs(status, onError);
		const executeData: { metadata?: { resumeError?: Error } } = {};
		const call = { body: { nonce: nonceOf(execution) } };
		const { context, replied } = webhook(host, call, { execution, executeData });
		const data = await host.time.run(answerPaused(context));
		const body = data.noWebhookResponse === true ? replied.body : data.webhookResponse;
		expect({
			httpStatus: replied.httpStatus ?? 200,
			body,
			rows: data.workflowData?.[0],
			error: executeData.metadata?.resumeError?.message,
		}).toEqual({ ...expected, error: expected.error?.message });
		expect([...host.files.values()]).toEqual([...inMemory.host.files.values()]);
	});

	const calledAbout = (status: (typeof statuses)[number]) => {
		const host = new FakeHost();
		// n8n's own process remembers what it has delivered.
		const taskId = `t-${status}`;
		host.vendor.set(taskId, status);
		return { host, call: { query: queryOf(host.triggerUrl({ taskId, nonce: taskId })) } };
	};

	test.each(statuses)('a task that is %s is told to a trigger', async (status) => {
		const inMemory = calledAbout(status);
		const expected = await inMemory.host.time.run(inMemory.host.callTrigger(inMemory.call));

		const { host, call } = calledAbout(status);
		const execution = host.newExecution({ id: '0', node: nodeOf({ id: status }) });
		const { context, replied } = webhook(host, call, { execution });
		const data = await host.time.run(receiveAtTrigger(context));
		const body = data.noWebhookResponse === true ? replied.body : data.webhookResponse;
		const rows = data.workflowData?.[0];
		expect({ httpStatus: replied.httpStatus ?? 200, body, rows }).toEqual(expected);
		expect(Object.keys(host.trigger.saved)).toEqual(Object.keys(inMemory.host.trigger.saved));
	});
});

/** A run as n8n hands it to a node, and what the node has asked n8n for. */
function running({
	mode = 'trigger' as WorkflowExecuteMode,
	node = {} as Partial<INode>,
	refusal = undefined as Error | undefined,
	resumeUrl = 'https://n8n.example.com/webhook-waiting/101?signature=sig-101',
} = {}) {
	const host = new FakeHost();
	const entry = { node: nodeOf(node), data: {}, source: null };
	const items = [{ json: { prompt: 'A' }, binary: { data: { data: '', mimeType: 'image/png' } } }];
	const kept: IDataObject = {};
	const executeWorkflow = jest.fn(async (_: { code: IWorkflowBase }) => {
		if (refusal !== undefined) throw refusal;
		return await Promise.resolve({ executionId: '102', data: [] });
	});
	const putExecutionToWait = jest.fn(async () => await Promise.resolve());
	const context = {
		...host.outside('101'),
		getNode: () => entry.node,
		getMode: () => mode,
		getExecutionId: () => '101',
		getInputData: () => items,
		getExecuteData: () => entry,
		getContext: (type: string) => (type === 'node' ? kept : {}),
		getNodeParameter: (name: string, _item: number, fallback?: unknown) =>
			entry.node.parameters[name] ?? fallback,
		getExecutionContext: () => ({ parentExecutionId: '90' }),
		getWorkflowDataProxy: () => ({
			$execution: { id: '101', resumeUrl },
			$workflow: { id: 'wf-1' },
			$runIndex: 2,
		}),
		putExecutionToWait,
		executeWorkflow,
	} as unknown as IExecuteFunctions;
	return { host, context, entry, items, kept, executeWorkflow, putExecutionToWait };
}

const plan: PollerPlan = {
	rings: [{ url: 'https://n8n.example.com/1', body: { nonce: 'n' } }],
	rhythm: 'close',
	startedAt: 1,
	endsAt: 2,
};

describe('A run', () => {
	test('knows its execution, who has called it, and what n8n keeps for it', () => {
		const { context, kept, items } = running();
		const run = openRun(context);
		expect([run.executionId, run.parentId(), run.runIndex()]).toEqual(['101', '90', 2]);
		expect(run.kept).toBe(kept);
		expect(run.items()).toBe(items);
	});

	test.each([
		[
			'https://n8n.example.com/webhook-waiting/7?signature=s',
			'https://n8n.example.com/webhook-waiting/7/seedance-delivery?signature=s',
		],
		[
			'https://n.test/base/webhook-waiting/7/',
			'https://n.test/base/webhook-waiting/7/seedance-delivery',
		],
	])(
		'takes calls at an address that names the execution and keeps n8n’s signature: %s',
		(resumeUrl, url) => {
			expect(openRun(running({ resumeUrl }).context).deliveryUrl()).toBe(url);
		},
	);

	test('has n8n keep what is parked in the place of its items, and no file that is not', () => {
		const { context, items } = running();
		const run = openRun(context);
		const [item] = items;
		const binary = { data: { data: 'filesystem-v2', mimeType: 'video/mp4', id: 'id' } };
		run.keep(0, { json: { taskId: 't0' }, binary });
		expect(items[0]).toEqual({ json: { taskId: 't0' }, binary });
		run.keep(0, { json: { taskId: 't0' } });
		run.keep(1, { json: {} });
		expect(items).toEqual([{ json: { taskId: 't0' } }]);
		expect(items[0]).toBe(item);
	});

	test('is paused until a time, with an entry of its own on n8n’s stack', async () => {
		const { context, entry, putExecutionToWait } = running();
		const { node } = entry;
		await openRun(context).pauseUntil(1_800_000);
		expect(putExecutionToWait.mock.calls).toEqual([[new Date(1_800_000)]]);
		expect(entry.node).toEqual(node);
		expect(entry.node).not.toBe(node);
	});

	test('is told why n8n starts no poller', async () => {
		const { context } = running({ refusal: new Error('No more of them') });
		expect(await openRun(context).startPoller(plan)).toEqual(fail('No more of them'));
	});
});

describe('The pollers', () => {
	/** The workflow that n8n is given for a poller. */
	async function started(given: Parameters<typeof running>[0], rhythm = plan.rhythm) {
		const { context, executeWorkflow } = running(given);
		expect(await openRun(context).startPoller({ ...plan, rhythm })).toEqual({ ok: true });
		const [call] = executeWorkflow.mock.calls;
		if (call === undefined) throw new Error('Nothing was started');
		return { call, workflow: call[0].code };
	}

	test('are executions of a workflow that keeps nothing, has no time limit and loops', async () => {
		const node = { name: 'My Video' };
		const { workflow: close } = await started({ node });
		const { workflow: wide } = await started({ node }, 'wide');
		expect(close).toMatchObject({
			id: '',
			name: 'Seedance: poller for "My Video" (close)',
			active: false,
			settings: {
				executionOrder: 'v1',
				callerPolicy: 'workflowsFromSameOwner',
				executionTimeout: -1,
				saveDataSuccessExecution: 'none',
				saveDataErrorExecution: 'all',
			},
			connections: {
				Start: { main: [[{ node: 'Poller for My Video', type: 'main', index: 0 }]] },
				'Poller for My Video': {
					main: [[{ node: 'Poller for My Video', type: 'main', index: 0 }]],
				},
			},
		});
		expect(close?.nodes).toMatchObject([
			{
				name: 'Start',
				type: 'n8n-nodes-base.executeWorkflowTrigger',
				typeVersion: 1.1,
				parameters: { inputSource: 'passthrough' },
			},
			{
				name: 'Poller for My Video',
				type: 'n8n-nodes-seedance.seedancePoller',
				typeVersion: 1,
				parameters: { plan: JSON.stringify(plan) },
				notes:
					'Looks after a Seedance video for the node "My Video": asks every few minutes. It ends by itself.',
				notesInFlow: true,
			},
		]);
		expect(wide?.name).toBe('Seedance: poller for "My Video" (wide)');
		expect(wide?.nodes[1]?.notes).toContain('asks less often, should the first one be lost.');
	});

	test.each([
		['n8n-nodes-seedance.seedanceTextToVideo', 'n8n-nodes-seedance.seedancePoller'],
		['n8n-nodes-seedance.seedanceTextToVideoTool', 'n8n-nodes-seedance.seedancePoller'],
		['@some.one/n8n-nodes-seedance.seedanceTask', '@some.one/n8n-nodes-seedance.seedancePoller'],
		['CUSTOM.seedanceTask', 'CUSTOM.seedancePoller'],
	])('of %s are nodes of its own package', async (type, expected) => {
		const { workflow } = await started({ node: { type } });
		expect(workflow.nodes[1]?.type).toBe(expected);
	});

	test.each<WorkflowExecuteMode>(['manual', 'trigger', 'integrated'])(
		'are started by the %s execution, which does not wait for them',
		async (mode) => {
			const { call } = await started({ mode });
			const options = {
				doNotWaitToFinish: true,
				parentExecution: { executionId: '101', workflowId: 'wf-1', shouldResume: false },
				executionMode: mode,
			};
			const items = [{ json: {}, pairedItem: { item: 0 } }];
			expect(call).toEqual([{ code: expect.anything() }, items, undefined, options]);
		},
	);

	/** A round at the node's door, and what was opened to the story. */
	async function roundOf(done: Awaited<ReturnType<Parameters<typeof doRound>[1]>>) {
		const known = running({ node: { parameters: { plan: '{}' } } });
		const runs: PollerRun[] = [];
		const rows = doRound(known.context, async (run) => {
			runs.push(run);
			await run.restUntil(60_000);
			return done;
		});
		return { ...known, rows, run: runs[0] };
	}

	test('rest as long as they want, and lead back to themselves with nothing', async () => {
		const { rows, run, kept, items, putExecutionToWait } = await roundOf(ok('again'));
		expect(await rows).toEqual([[{ json: {} }]]);
		expect(run?.plan).toBe('{}');
		expect(run?.kept).toBe(kept);
		expect(run?.items()).toBe(items);
		expect(putExecutionToWait.mock.calls).toEqual([[new Date(60_000)]]);
	});

	test('end with no row', async () => {
		expect(await (await roundOf(ok('over'))).rows).toEqual([[]]);
	});

	test('that cannot go on end with an error that says how', async () => {
		const { rows } = await roundOf(fail({ message: 'Another version', description: 'Get them' }));
		await expect(rows).rejects.toThrow(NodeOperationError);
		await expect(rows).rejects.toMatchObject({
			message: 'Another version',
			description: 'Get them',
		});
	});
});

test('A paused node listens for POSTs under a path that no other node has, and answers itself', () => {
	expect(deliveryWebhooks).toEqual([
		{
			name: 'default',
			httpMethod: 'POST',
			responseMode: 'onReceived',
			responseData: '',
			path: 'seedance-delivery',
			restartWebhook: true,
		},
	]);
});
