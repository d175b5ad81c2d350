import { setTimeout as sleep } from 'node:timers/promises';
import { outputOf, type Execution } from '../../lab/n8nClient.mts';
import { call, send, successBody } from '../e2e/callbacks/send.mts';
import { tableRows } from '../e2e/ledgerTable.mts';
import type { Stage } from '../e2e/stage.mts';
import {
	createTextWorkflow,
	createTriggerWorkflow,
	finishedExecutions,
	rowsOf,
	until,
	type TextRun,
} from '../e2e/workflows.mts';
import {
	expectHashOfVideo,
	expectRowsInOrder,
	expectVideosReadable,
	hashNode,
	startBatch,
	tasksOf,
	type Batch,
} from './batch.mts';
import { startApproval, startLoop } from './flows.mts';
import { openQueueStage } from './stage.mts';

const BATCH = 30;
const NOTIFIED = 3;
const ROUNDS = 3;
const UNDER_A_KILLED_WORKER = 6;
const GENERATION_MS = 15_000;

/** Nothing is delivered into paused executions by a process that is younger than a minute. */
const SETTLING_MS = 65_000;

/** The first look comes after a minute, the wide poller's after three; slow machines on top. */
const FINISH_TIMEOUT_MS = 600_000;

/** Where n8n itself keeps files in queue mode, because its processes share no disk. */
const DATABASE_FILE = /^database:/;

const vendors = ['apikley', 'modellix'] as const;
const names = [
	'paused, called back',
	'paused, polled',
	'paused, failing',
	'notify apikley',
	'notify modellix',
	'waiting batch',
	'paused batch, called back',
	'paused batch, polled',
] as const;
type Name = (typeof names)[number];

/** Written by a worker, and by the webhook processor that takes delivery. */
const ledgers = {
	'waiting batch': 'ledger_of_a_worker',
	'paused batch, called back': 'ledger_of_a_processor',
} as const;

/** Starts when the processes have settled. */
const CALLED_BACK: Name = 'paused, called back';

type Trigger = Awaited<ReturnType<typeof createTriggerWorkflow>>;

let stage: Stage;
let triggers: Record<(typeof vendors)[number], Trigger>;
let sharedTrigger: Trigger;
let loopId: string;
let approvalId: string;
/** Runs that are parked when a worker is killed. */
let bereaved: Array<{ workflowId: string; executionId: string }>;
const batches = new Map<Name, Batch>();
const ended = new Map<Name, Execution>();

const startedAt = Date.now();
const print = (text: string) =>
	process.stdout.write(
		`queue mode: ${text} (second ${((Date.now() - startedAt) / 1000).toFixed(0)})\n`,
	);

function plan(): Record<Name, TextRun> {
	const often = { options: { pollInterval: 10 } };
	const pause = { completion: 'pause', ...often };
	// Long enough for the pollers to have rung before, so that the processors know of one another.
	const notify = (vendor: (typeof vendors)[number]): TextRun => ({
		vendor,
		itemCount: NOTIFIED,
		promptSuffix: ' [slow]',
		parameters: {
			completion: 'notify',
			callbackUrl: triggers[vendor].url,
			options: { context: '={{ JSON.stringify({ row: $itemIndex }) }}' },
		},
	});
	return {
		'paused, called back': { vendor: 'apikley', itemCount: 1, parameters: { completion: 'pause' } },
		'paused, polled': { vendor: 'modellix', itemCount: 1, parameters: pause },
		'paused, failing': {
			vendor: 'modellix',
			itemCount: 3,
			promptSuffix: '{{ $itemIndex === 1 ? " [fail]" : "" }}',
			parameters: pause,
		},
		'notify apikley': notify('apikley'),
		'notify modellix': notify('modellix'),
		'waiting batch': {
			vendor: 'apikley',
			itemCount: BATCH,
			parameters: { options: { ...often.options, taskLedger: ledgers['waiting batch'] } },
		},
		'paused batch, called back': {
			vendor: 'apikley',
			itemCount: BATCH,
			parameters: {
				...pause,
				options: { ...pause.options, taskLedger: ledgers['paused batch, called back'] },
			},
		},
		'paused batch, polled': { vendor: 'modellix', itemCount: BATCH, parameters: pause },
	};
}

const batchOf = (name: Name): Batch => {
	const batch = batches.get(name);
	if (batch === undefined) throw new Error(`${name} was not started`);
	return batch;
};
const executionOf = (name: Name): Execution => {
	const execution = ended.get(name);
	if (execution === undefined) throw new Error(`${name} has not ended`);
	return execution;
};

/** Every task was delivered, and all deliveries of it but one say that they may be a repeat. */
function expectOnceOrSaid(
	what: string,
	rows: Array<Record<string, unknown>>,
	tasks: Array<{ taskId?: unknown }>,
): void {
	const said = rows.filter(({ mayBeRepeat }) => mayBeRepeat === true).length;
	print(`${what}: ${tasks.length} tasks, ${rows.length} deliveries, ${said} "may be a repeat"`);
	for (const { taskId } of tasks) {
		const ofTask = rows.filter((row) => row.taskId === taskId);
		expect(ofTask.length).toBeGreaterThanOrEqual(1);
		expect(ofTask.filter(({ mayBeRepeat }) => mayBeRepeat !== true).length).toBeLessThanOrEqual(1);
	}
}

const looks = () =>
	stage.sandbox.requests.filter(
		({ vendor, operation }) => vendor === 'aimlapi' && operation === 'status',
	).length;

/** Paused runs of one item each, whose looks hang until a worker is killed. */
async function startBereaved(): Promise<typeof bereaved> {
	const effect = { kind: 'hang' } as const;
	stage.sandbox.addFault({ vendor: 'aimlapi', operation: 'status', effect });
	const workflowId = await createTextWorkflow(stage, {
		vendor: 'aimlapi',
		itemCount: 1,
		promptSuffix: ' (killed worker)',
		parameters: { completion: 'pause' },
	});
	const starts = Array.from({ length: UNDER_A_KILLED_WORKER }, async () => ({
		workflowId,
		executionId: await stage.client.runManually(workflowId),
	}));
	return await Promise.all(starts);
}

/**
 * Kills a worker while pollers are awake on it. A wait of which both pollers are awake at that
 * moment would have nobody left, so it is one at which only the first ones are.
 */
async function killWorker(): Promise<void> {
	const workflowId = bereaved[0]?.workflowId;
	const running = async () =>
		(await stage.client.executions({ workflowId, status: ['running'] })).length;
	await until(
		async () => {
			const count = await running();
			return count >= UNDER_A_KILLED_WORKER / 2 && count <= UNDER_A_KILLED_WORKER;
		},
		'pollers are awake',
		FINISH_TIMEOUT_MS,
		100,
	);
	const [, worker = NaN] = stage.n8n.pids();
	process.kill(-worker, 'SIGKILL');
	print(`a worker is killed, ${await running()} pollers were awake, ${looks()} looks so far`);
	stage.sandbox.clearFaults();
}

// All runs go side by side: each is mostly waiting.
beforeAll(async () => {
	stage = await openQueueStage(GENERATION_MS);
	const readyAt = Date.now();
	print('main, two workers and two webhook processors are ready');
	bereaved = await startBereaved();
	triggers = {
		apikley: await createTriggerWorkflow(stage, 'apikley', hashNode),
		modellix: await createTriggerWorkflow(stage, 'modellix', hashNode),
	};
	sharedTrigger = await createTriggerWorkflow(stage, 'apikley');
	const runs = plan();
	const start = async (name: Name) => batches.set(name, await startBatch(stage, name, runs[name]));
	for (const name of names) if (name !== CALLED_BACK) await start(name);
	loopId = await startLoop(stage, ROUNDS);
	approvalId = await startApproval(stage);
	print('all runs are started');
	await Promise.all([
		...names.map(async (name) => {
			if (name === CALLED_BACK) {
				await sleep(readyAt + SETTLING_MS - Date.now());
				await start(name);
			}
			const { executionId } = batchOf(name);
			const [execution] = await finishedExecutions(stage, [executionId], FINISH_TIMEOUT_MS);
			if (execution === undefined) return;
			ended.set(name, execution);
			print(`${name}: ${execution.status}`);
		}),
		finishedExecutions(stage, [loopId], FINISH_TIMEOUT_MS),
	]);
	await killWorker();
}, FINISH_TIMEOUT_MS + 300_000);

afterAll(async () => {
	await stage?.close();
});

test.each<Name>([
	'paused, called back',
	'paused, polled',
	'waiting batch',
	'paused batch, called back',
	'paused batch, polled',
])('%s: every row in order, every video readable, nothing paid twice', async (name) => {
	expectRowsInOrder(stage, batchOf(name), executionOf(name));
	await expectVideosReadable(stage, executionOf(name), DATABASE_FILE);
});

test('a paused run is woken by the callback within seconds', () => {
	const finishesAt = tasksOf(stage, batchOf('paused, called back'))[0]?.finishesAt ?? NaN;
	const stoppedAt = Date.parse(executionOf('paused, called back').stoppedAt ?? '');
	const delayMs = stoppedAt - finishesAt;
	print(`the callback's run ended ${delayMs} ms after its video`);
	// Its own poller looks a minute after submitting at the earliest.
	expect(delayMs).toBeLessThan(15_000);
});

test('a failed video of a paused run becomes the error of the node, with every task', () => {
	const batch = batchOf('paused, failing');
	const { data, status } = executionOf('paused, failing');
	expect(status).toBe('error');
	expect(data.resultData.lastNodeExecuted).toBe('Seedance');
	const error = data.resultData.runData.Seedance?.at(-1)?.error;
	expect(error?.message).toMatch(/^Modellix could not generate the video/);
	const tasks = tasksOf(stage, batch);
	expect(tasks).toHaveLength(3);
	for (const { taskId } of tasks) expect(error?.description).toContain(taskId);
	expect(
		tasks.map(
			({ input }) =>
				stage.sandbox.requests.filter(({ rawBody }) =>
					rawBody.includes(JSON.stringify(input.prompt)),
				).length,
		),
	).toEqual([1, 1, 1]);
});

test('Loop Over Items: every item gets its own video, paid for once', async () => {
	const execution = await stage.client.execution(loopId);
	expect(execution.data.resultData.error).toBeUndefined();
	expect(execution.status).toBe('success');
	const tasks = tasksOf(stage, { label: 'loop' });
	const promptOf = (taskId: unknown) => tasks.find((task) => task.taskId === taskId)?.input.prompt;
	const prompts = Array.from({ length: ROUNDS }, (_, round) => `clip ${round} (loop)`);
	expect(rowsOf(execution).map(({ taskId }) => promptOf(taskId))).toEqual(prompts);
	expect(tasks).toHaveLength(ROUNDS);
});

test('an approval behind a pause is given by nobody but who was asked', async () => {
	const isAsked = async () => {
		const { data, status } = await stage.client.execution(approvalId);
		return status === 'waiting' && data.resultData.lastNodeExecuted === 'Wait';
	};
	await until(isAsked, 'the approval is asked for', FINISH_TIMEOUT_MS, 500);
	const task = stage.sandbox.tasks().find(({ input }) => input.prompt === 'a film to approve');
	const url = String(task?.callbackUrl);
	const body = successBody(String(task?.taskId));
	expect([await send({ url, body }), await send({ url, body })]).toEqual([404, 404]);
	const execution = await stage.client.execution(approvalId);
	expect(execution.status).toBe('waiting');
	expect(rowsOf(execution)).toEqual([]);

	const [ask] = outputOf(execution, 'Ask');
	expect(await send({ url: String(ask?.json.url), body: { approved: true } })).toBe(200);
	const approved = await stage.client.waitForExecution(approvalId);
	expect(approved.status).toBe('success');
	expect(outputOf(approved, 'Seedance')).toMatchObject([{ json: { taskId: task?.taskId } }]);
});

test(
	'a trigger that several webhook processors serve: once, or the row says that it may be a repeat',
	async () => {
		const label = 'several processors';
		const batch = await startBatch(stage, label, {
			vendor: 'apikley',
			itemCount: NOTIFIED,
			parameters: { completion: 'notify', callbackUrl: sharedTrigger.url },
		});
		await finishedExecutions(stage, [batch.executionId], FINISH_TIMEOUT_MS);
		const tasks = tasksOf(stage, batch);
		// The vendor's own calls are lost, so that those below are the first.
		for (const { taskId } of tasks) {
			const effect = { kind: 'reset' } as const;
			stage.sandbox.addFault({ vendor: 'apikley', operation: 'callback', taskId, effect });
		}
		const callBoth = async ({ taskId, callbackUrl = '' }: (typeof tasks)[number]) => {
			const { pathname, search } = new URL(callbackUrl);
			const body = successBody(taskId);
			const calls = stage.n8n.webhookUrls.map(
				async (processor) => await call({ url: processor + pathname + search, body }),
			);
			return await Promise.all(calls);
		};
		// Each processor notes that it serves the trigger; of others it learns at its next call.
		const [first] = tasks;
		if (first !== undefined) await callBoth(first);
		await sleep(Math.max(...tasks.map(({ finishesAt }) => finishesAt)) - Date.now() + 100);
		for (const task of tasks) await callBoth(task);
		const { workflowId } = sharedTrigger;
		const listed = async () => await stage.client.executions({ workflowId });
		await until(async () => (await listed()).length >= NOTIFIED, 'all are delivered');
		await sleep(5000);
		const ids = (await listed()).map(({ id }) => id);
		const executions = await finishedExecutions(stage, ids, FINISH_TIMEOUT_MS);
		expectOnceOrSaid('called at both at once', executions.flatMap(rowsOf), tasks);
	},
	FINISH_TIMEOUT_MS,
);

test(
	'a worker is killed: every parked run still ends with its video',
	async () => {
		const ids = bereaved.map(({ executionId }) => executionId);
		const executions = await finishedExecutions(stage, ids, FINISH_TIMEOUT_MS);
		print('the runs under the killed worker have ended');
		expect(executions.map(({ status }) => status)).toEqual(ids.map(() => 'success'));
		const tasks = tasksOf(stage, { label: 'killed worker' });
		expect(
			executions
				.flatMap(rowsOf)
				.map(({ taskId }) => taskId)
				.sort(),
		).toEqual(tasks.map(({ taskId }) => taskId).sort());
		expect(tasks).toHaveLength(UNDER_A_KILLED_WORKER);
	},
	FINISH_TIMEOUT_MS + 10_000,
);

test('nothing is left waiting', async () => {
	const left = async () => await stage.client.executions({ status: ['waiting', 'running'] });
	// The wide pollers are the last to find out that their waits are over.
	await until(async () => (await left()).length === 0, 'all have ended', 600_000, 2000);
	print('nothing is left');
}, 610_000);

// When nobody rings any more, so that every repeat is counted.
describe.each(vendors)('Seedance Trigger for %s', (vendor) => {
	const name: Name = `notify ${vendor}`;
	const deliveries = async () =>
		await stage.client.executions({ workflowId: triggers[vendor].workflowId });

	test('the submitting run ends at once with the tasks', () => {
		const execution = executionOf(name);
		expect(execution.status).toBe('success');
		const rows = rowsOf(execution);
		expect(rows.map(({ taskId }) => taskId).sort()).toEqual(
			tasksOf(stage, batchOf(name))
				.map(({ taskId }) => taskId)
				.sort(),
		);
		expect(rows.map(({ status }) => status)).not.toContain('succeeded');
		const ordered = stage.sandbox.requests.filter(
			({ operation, rawBody }) => operation === 'create' && rawBody.includes(`(${name})`),
		);
		expect(ordered).toHaveLength(NOTIFIED);
	});

	test('each video starts the workflow, with its context and its file, and a repeat says so', async () => {
		const executions = await finishedExecutions(
			stage,
			(await deliveries()).map(({ id }) => id),
			FINISH_TIMEOUT_MS,
		);
		const submitted = rowsOf(executionOf(name));
		const delivered = executions.flatMap(rowsOf);
		expect(delivered).toHaveLength(executions.length);
		for (const row of delivered) {
			const item = submitted.findIndex(({ taskId }) => taskId === row.taskId);
			expect(row).toMatchObject({
				status: 'succeeded',
				provider: vendor,
				context: { row: item },
			});
			await expectHashOfVideo(row);
		}
		expectOnceOrSaid(name, delivered, submitted);
	}, 60_000);
});

test.each(Object.entries(ledgers))('%s: every order stands in its ledger', async (name, table) => {
	const rows = await tableRows(stage, table);
	expect(rows.map(({ state }) => state)).toEqual(Array(BATCH).fill('succeeded'));
	const tasks = rowsOf(executionOf(name as Name)).map(({ taskId }) => taskId);
	expect(rows.map(({ taskId }) => taskId)).toEqual(tasks);
});
