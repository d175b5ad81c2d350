import { createHash } from 'node:crypto';
import { sampleVideo } from '../../sandbox/media/embedded.mts';
import {
	outputOf,
	type Execution,
	type WorkflowInput,
	type WorkflowNode,
} from '../../lab/n8nClient.mts';
import { n8nVersion } from '../../lab/n8nRuntime.mts';
import { startOpenAiStandIn, type OpenAiStandIn } from '../../lab/openAiStandIn.mts';
import { canMakeTables, canPark, takesDetails } from '../../nodes/shared/n8n/version.ts';
import { agentWorkflow } from '../e2e/agentWorkflow.mts';
import { createTrigger } from '../e2e/callbacks/trigger.mts';
import { tableRows } from '../e2e/ledgerTable.mts';
import { chain, manualTrigger, useSharedStage, seedanceNode } from '../e2e/stage.mts';
import {
	afterNode,
	finishedExecution,
	rowsOf,
	startTextRun,
	textModels,
	until,
	type TextRun,
} from '../e2e/workflows.mts';

const FINISH_TIMEOUT_MS = 240_000;
const PROMPT = 'a paper boat on a pond';

const version = n8nVersion(process.cwd());
/** `resumeToken` came with it: a retried execution can be told. */
const tellsRetries = Number(version.split('.')[1]) >= 14 || Number(version.split('.')[0]) > 2;

const stage = useSharedStage({ settled: true, sandbox: { generationMs: 2000 } });
let openAi: OpenAiStandIn;

beforeAll(async () => {
	openAi = await startOpenAiStandIn();
}, 180_000);

afterAll(async () => {
	await openAi?.close();
});

async function finished(executionId: string): Promise<Execution> {
	return await finishedExecution(stage, executionId, FINISH_TIMEOUT_MS);
}

const run = async (more: Partial<TextRun>): Promise<Execution> =>
	await finished(await startTextRun(stage, { vendor: 'modellix', itemCount: 1, ...more }));

async function runWorkflow(workflow: WorkflowInput): Promise<Execution> {
	const { id } = await stage.client.createWorkflow(workflow);
	return await finished(await stage.client.runManually(id));
}

const hintsOf = (execution: Execution, node = 'Seedance'): string[] =>
	(execution.data.resultData.runData[node]?.at(-1)?.hints ?? []).map((hint) =>
		String((hint as { message?: unknown }).message),
	);

const ordersWith = (text: string) =>
	stage.sandbox.tasks().filter(({ input }) => String(input.prompt).includes(text));

test('every node is there, and every action as a tool', async () => {
	const types = await stage.client.nodeTypes();
	const own = types.flatMap(({ name }) => /^n8n-nodes-seedance\.(.*)$/.exec(name)?.[1] ?? []);
	expect([...new Set(own)].sort()).toEqual([
		'seedanceImageToVideo',
		'seedanceImageToVideoTool',
		'seedancePoller',
		'seedanceTask',
		'seedanceTaskTool',
		'seedanceTextToVideo',
		'seedanceTextToVideoTool',
		'seedanceTrigger',
	]);
});

test('Submit, then Seedance Task waits and downloads', async () => {
	const task: WorkflowNode = {
		...seedanceNode(stage, 'aimlapi', {
			resource: 'task',
			operation: 'wait',
			taskId: '={{ $json.taskId }}',
		}),
		name: 'Collect',
		type: 'n8n-nodes-seedance.seedanceTask',
		position: [800, 0],
	};
	const submit = seedanceNode(stage, 'aimlapi', {
		model: textModels.aimlapi,
		prompt: 'collected later',
		completion: 'submit',
	});
	const execution = await runWorkflow({
		name: 'Collected later',
		nodes: [manualTrigger, submit, task],
		connections: chain(manualTrigger.name, submit.name, task.name),
	});
	expect(execution.data.resultData.error).toBeUndefined();
	const [item] = outputOf(execution, 'Collect');
	const [order, ...more] = ordersWith('collected later');
	expect(more).toEqual([]);
	expect(item?.json).toMatchObject({ taskId: order?.taskId, status: 'succeeded' });
	const { contentType, bytes } = await stage.client.binary(item?.binary?.data?.id ?? '');
	expect(contentType).toContain('video/mp4');
	expect(bytes.subarray(4, 8).toString('latin1')).toBe('ftyp');
});

describe('Pause the Execution', () => {
	const parameters = { completion: 'pause' };
	const tooOld =
		"The node waited while running instead of pausing the execution. This n8n is older than 2.30 and cannot pause here. Update n8n to use 'Pause the Execution'.";

	test('pauses, or says that this n8n is too old and waits in the node', async () => {
		const id = await startTextRun(stage, {
			vendor: 'modellix',
			itemCount: 1,
			promptSuffix: ' (paused)',
			parameters,
		});
		const first = await stage.client.waitForExecution(id, {
			statuses: ['waiting', 'success', 'error'],
		});
		expect(first.status).toBe(canPark(version) ? 'waiting' : 'success');
		const execution = await finished(id);
		expect(execution.data.resultData.error).toBeUndefined();
		expect(hintsOf(execution)).toEqual(canPark(version) ? [] : [tooOld]);
		expect(rowsOf(execution)).toMatchObject([
			{ taskId: ordersWith('(paused)')[0]?.taskId, status: 'succeeded' },
		]);
		expect(ordersWith('(paused)')).toHaveLength(1);
	}, 300_000);

	test('a task that fails ends the node with its error', async () => {
		const { status, data } = await run({ parameters, promptSuffix: ' [fail]' });
		expect(status).toBe('error');
		expect(data.resultData.error?.message).toContain('Modellix');
		expect(data.resultData.runData.After).toBeUndefined();
	}, 300_000);

	test('or its error output', async () => {
		const execution = await run({
			parameters,
			promptSuffix: ' [fail] (output)',
			settings: { onError: 'continueErrorOutput' },
		});
		expect(execution.status).toBe('success');
		const [task] = ordersWith('(output)');
		const told = { taskId: task?.taskId, status: 'failed', provider: 'modellix' };
		expect(outputOf(execution, 'Seedance', 1).map(({ json }) => json)).toMatchObject([
			takesDetails(version) ? { details: told } : { message: told },
		]);
		expect(rowsOf(execution)).toEqual([]);
	}, 300_000);
});

describe('The Task Ledger', () => {
	const table = 'ledger_compat';

	test('is written, or the node says that this n8n is too old and orders all the same', async () => {
		const execution = await run({
			vendor: 'aimlapi',
			itemCount: 2,
			promptSuffix: ' (ledger)',
			parameters: { options: { pollInterval: 1, taskLedger: table } },
		});
		expect(rowsOf(execution).map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
		expect(ordersWith('(ledger)')).toHaveLength(2);
		const hints = hintsOf(execution).join('\n');
		if (!canMakeTables(version)) {
			expect(hints).toBe(
				`The task ledger '${table}' could not be used: This n8n is older than 2.3, whose workflows make no tables. The videos were ordered all the same. Update n8n to use the Task Ledger.`,
			);
			return;
		}
		const retries = expect.stringContaining('does not tell which execution is retried') as unknown;
		expect(hintsOf(execution)).toEqual(tellsRetries ? [] : [retries]);
		expect((await tableRows(stage, table)).map(({ state }) => state)).toEqual([
			'succeeded',
			'succeeded',
		]);
	});

	test('can be listed, or the node says why not', async () => {
		const list: WorkflowNode = {
			...seedanceNode(stage, 'aimlapi', {
				resource: 'task',
				operation: 'getMany',
				source: 'ledger',
				taskLedger: table,
			}),
			type: 'n8n-nodes-seedance.seedanceTask',
		};
		const execution = await runWorkflow({
			name: 'List the ledger',
			nodes: [manualTrigger, list],
			connections: chain(manualTrigger.name, list.name),
		});
		if (canMakeTables(version)) {
			expect(outputOf(execution, 'Seedance')).toHaveLength(2);
			return;
		}
		expect(execution.data.resultData.error).toMatchObject({
			message: expect.stringContaining('This n8n is older than 2.3') as unknown,
			description: expect.stringContaining('Update n8n to use the Task Ledger') as unknown,
		});
	});
});

/** Puts the hash of the video into the row. */
const hashFile: WorkflowNode = {
	name: 'Hash',
	type: 'n8n-nodes-base.crypto',
	typeVersion: 1,
	position: [200, 0],
	parameters: { action: 'hash', type: 'SHA256', binaryData: true, dataPropertyName: 'hash' },
};

test('Notify a Trigger: pollers ring for a vendor that calls nobody', async () => {
	const trigger = await createTrigger(stage, { vendor: 'modellix', after: hashFile });
	await run({
		promptSuffix: ' (rung)',
		parameters: { completion: 'notify', callbackUrl: trigger.url },
	});
	const [execution, ...more] = await trigger.executions(1, FINISH_TIMEOUT_MS);
	expect(more).toEqual([]);
	const [item] = execution ? outputOf(execution, 'Seedance Trigger') : [];
	expect(item?.json).toMatchObject({
		taskId: ordersWith('(rung)')[0]?.taskId,
		status: 'succeeded',
	});
	const [hashed] = execution ? outputOf(execution, hashFile.name) : [];
	expect(hashed?.json.hash).toBe(createHash('sha256').update(sampleVideo).digest('hex'));
	const nobodyWaits = async () =>
		(await stage.client.executions({ status: ['waiting'] })).length === 0;
	await until(nobodyWaits, 'the pollers have ended', FINISH_TIMEOUT_MS, 1000);
}, 600_000);

test('Fallback Providers: the next vendor takes what the first one refuses', async () => {
	const apikley = { vendor: 'apikley', operation: 'create' } as const;
	stage.sandbox.addFault({ ...apikley, times: 1, effect: { kind: 'http', status: 402 } });
	const { id, name } = stage.credentials.fal;
	const seedance = seedanceNode(stage, 'apikley', {
		model: textModels.apikley,
		prompt: 'taken by the next',
		fallbackProviders: { fallback: [{ provider: 'fal', model: textModels.fal }] },
	});
	const execution = await runWorkflow({
		name: 'Falls back',
		nodes: [
			manualTrigger,
			{ ...seedance, credentials: { ...seedance.credentials, seedanceFalApi: { id, name } } },
			afterNode,
		],
		connections: chain(manualTrigger.name, 'Seedance', afterNode.name),
	});
	expect(execution.data.resultData.error).toBeUndefined();
	expect(rowsOf(execution)).toMatchObject([
		{ provider: 'fal', status: 'succeeded', refusedBy: [{ provider: 'apikley', code: '402' }] },
	]);
	expect(ordersWith('taken by the next')).toHaveLength(1);
});

test('an agent makes a video with the node as its tool', async () => {
	const execution = await runWorkflow(await agentWorkflow(stage, openAi, PROMPT));
	expect(execution.data.resultData.error).toBeUndefined();
	const [order, ...more] = ordersWith(PROMPT);
	expect(more).toEqual([]);
	expect(openAi.toolAnswers).toHaveLength(1);
	expect(openAi.toolAnswers[0]).toContain(order?.taskId);
	expect(openAi.toolAnswers[0]).toContain('succeeded');
});
