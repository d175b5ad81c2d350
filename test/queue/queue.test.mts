import { setTimeout as sleep } from 'node:timers/promises';
import type { Execution } from '../../scripts/lib/n8nClient.mts';
import { openStage, type Stage } from '../e2e/stage.mts';
import {
	createTriggerWorkflow,
	finishedExecutions,
	rowsOf,
	until,
	type TextRun,
} from '../e2e/workflows.mts';
import {
	createsOf,
	expectHashOfVideo,
	expectRowsInOrder,
	expectVideosReadable,
	hashNode,
	startBatch,
	tasksOf,
	type Batch,
} from './batch.mts';

const BATCH = 30;
const NOTIFIED = 3;
const GENERATION_MS = 20_000;

/** n8n wakes parked executions once a minute; a look, a second one and slow machines on top. */
const FINISH_TIMEOUT_MS = 300_000;

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

let stage: Stage;
let triggers: Record<(typeof vendors)[number], { workflowId: string; url: string }>;
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
	const notify = (vendor: (typeof vendors)[number]) => ({
		completion: 'notify',
		callbackUrl: triggers[vendor].url,
		options: { context: '={{ JSON.stringify({ row: $itemIndex }) }}' },
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
		'notify apikley': { vendor: 'apikley', itemCount: NOTIFIED, parameters: notify('apikley') },
		'notify modellix': { vendor: 'modellix', itemCount: NOTIFIED, parameters: notify('modellix') },
		'waiting batch': { vendor: 'apikley', itemCount: BATCH, parameters: often },
		'paused batch, called back': { vendor: 'apikley', itemCount: BATCH, parameters: pause },
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

// All runs go side by side: each is mostly waiting.
beforeAll(async () => {
	stage = await openStage({
		mode: 'queue',
		sandbox: { generationMs: GENERATION_MS },
		env: { N8N_DEFAULT_BINARY_DATA_MODE: 'database' },
	});
	print('main, two workers and the webhook processor are ready');
	triggers = {
		apikley: await createTriggerWorkflow(stage, 'apikley', hashNode),
		modellix: await createTriggerWorkflow(stage, 'modellix', hashNode),
	};
	const runs = plan();
	for (const name of names) batches.set(name, await startBatch(stage, name, runs[name]));
	print('all runs are started');
	await Promise.all(
		names.map(async (name) => {
			const { executionId } = batchOf(name);
			const [execution] = await finishedExecutions(stage, [executionId], FINISH_TIMEOUT_MS);
			if (execution === undefined) return;
			ended.set(name, execution);
			print(`${name}: ${execution.status}`);
		}),
	);
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
		expect(createsOf(stage, batchOf(name))).toEqual(rows.map(() => 1));
	});

	test(
		'each video starts the workflow once, with its context and its file',
		async () => {
			const isAllDone = async () =>
				(await deliveries()).filter(({ status }) => status === 'success').length >= NOTIFIED;
			await until(isAllDone, 'every video is delivered', FINISH_TIMEOUT_MS, 1000);
			// A second delivery of the same task would come within the vendor's retries.
			await sleep(5000);
			const executions = await finishedExecutions(
				stage,
				(await deliveries()).map(({ id }) => id),
				FINISH_TIMEOUT_MS,
			);
			expect(executions).toHaveLength(NOTIFIED);
			const submitted = rowsOf(executionOf(name));
			for (const execution of executions) {
				const [row, ...more] = rowsOf(execution);
				expect(more).toEqual([]);
				const item = submitted.findIndex(({ taskId }) => taskId === row?.taskId);
				expect(row).toMatchObject({
					status: 'succeeded',
					provider: vendor,
					context: { row: item },
				});
				await expectHashOfVideo(row ?? {});
			}
			const delivered = executions.map((execution) => rowsOf(execution)[0]?.taskId);
			expect(new Set(delivered).size).toBe(NOTIFIED);
		},
		FINISH_TIMEOUT_MS + 30_000,
	);
});

test('nothing is left waiting', async () => {
	const left = async () => await stage.client.executions({ status: ['waiting', 'running'] });
	// Guardians end at their next round.
	await until(async () => (await left()).length === 0, 'every helper has ended', 300_000, 2000);
}, 310_000);
