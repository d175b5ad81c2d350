import type { Execution } from '../../../scripts/lib/n8nClient.mts';
import { openStage, type Stage } from '../stage.mts';
import { rowsOf, startTextRun, until } from '../workflows.mts';

const RUNS = 20;
const GENERATION_MS = 15_000;

/** n8n wakes parked executions once a minute, and a restart and a second look come on top. */
const FINISH_TIMEOUT_MS = 240_000;

let stage: Stage;

beforeAll(async () => {
	stage = await openStage({ sandbox: { generationMs: GENERATION_MS } });
});

afterAll(async () => {
	await stage.close();
});

beforeEach(() => {
	stage.sandbox.reset();
});

const pausedRun = {
	vendor: 'modellix',
	itemCount: 1,
	parameters: { completion: 'pause', options: { pollInterval: 20 } },
} as const;

async function startRuns(count: number): Promise<string[]> {
	const ids: string[] = [];
	for (let run = 0; run < count; run++) ids.push(await startTextRun(stage, pausedRun));
	return ids;
}

async function statuses(ids: string[]): Promise<string[]> {
	return await Promise.all(ids.map(async (id) => (await stage.client.execution(id)).status));
}

async function restart(): Promise<void> {
	await stage.n8n.kill();
	await stage.n8n.restart();
}

async function finishAll(ids: string[]): Promise<Execution[]> {
	return await Promise.all(
		ids.map(
			async (id) =>
				await stage.client.waitForExecution(id, { timeoutMs: FINISH_TIMEOUT_MS }),
		),
	);
}

function expectEveryVideoOnce(executions: Execution[]): void {
	expect(executions.map(({ status }) => status)).toEqual(executions.map(() => 'success'));
	const rows = executions.flatMap(rowsOf);
	expect(rows.map(({ status }) => status)).toEqual(rows.map(() => 'succeeded'));
	const created = stage.sandbox.tasks().map(({ taskId }) => taskId);
	expect(created).toHaveLength(executions.length);
	expect(rows.map(({ taskId }) => taskId).sort()).toEqual(created.sort());
}

test(
	'kill -9 while parked: every run ends with its video, nothing is paid twice',
	async () => {
		const ids = await startRuns(RUNS);
		await until(
			async () => (await statuses(ids)).every((status) => status === 'waiting'),
			'all runs are parked',
		);
		await restart();
		expectEveryVideoOnce(await finishAll(ids));
	},
	FINISH_TIMEOUT_MS + 120_000,
);

test(
	'kill -9 while the tasks are looked at: likewise',
	async () => {
		const ids = await startRuns(RUNS);
		// Looks last long, so that the kill hits all of them in the middle.
		stage.sandbox.addFault({
			vendor: 'modellix',
			operation: 'status',
			effect: { kind: 'latency', latencyMs: 20_000 },
		});
		const looks = () =>
			stage.sandbox.requests.filter(({ operation }) => operation === 'status').length;
		await until(() => looks() >= RUNS / 2, 'half of the runs are being looked at', 180_000);
		await restart();
		stage.sandbox.clearFaults();
		expectEveryVideoOnce(await finishAll(ids));
	},
	FINISH_TIMEOUT_MS + 360_000,
);

test(
	'kill -9 right after submitting: no run pays twice, and no task ID is lost',
	async () => {
		const outcomes: string[] = [];
		for (let run = 0; run < RUNS; run++) {
			const createdBefore = stage.sandbox.tasks().length;
			const id = await startTextRun(stage, pausedRun);
			await until(() => stage.sandbox.tasks().length > createdBefore, 'the task is created');
			// From the very moment of the vendor's answer to well after parking.
			await new Promise((resolve) => setTimeout(resolve, run * 15));
			await restart();
			outcomes.push(id);
		}
		const executions = await finishAll(outcomes);
		expect(stage.sandbox.tasks()).toHaveLength(RUNS);
		const ended = executions.map(({ status }) => status);
		const rows = executions.filter(({ status }) => status === 'success').flatMap(rowsOf);
		const logs = stage.n8n.logs();
		const found = stage.sandbox
			.tasks()
			.filter(({ taskId }) => rows.some((row) => row.taskId === taskId) || logs.includes(taskId));
		process.stdout.write(
			`kill right after submitting: ${ended.filter((status) => status === 'success').length} of ${RUNS} runs ended with their video, ${found.length} of ${RUNS} task IDs in rows or log\n`,
		);
		expect(new Set(ended)).not.toContain('error');
		expect(rows.every(({ status }) => status === 'succeeded')).toBe(true);
	},
	RUNS * 30_000 + FINISH_TIMEOUT_MS,
);
