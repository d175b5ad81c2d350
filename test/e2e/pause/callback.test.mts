import { setTimeout as sleep } from 'node:timers/promises';
import { outputOf, type Execution } from '../../../scripts/lib/n8nClient.mts';
import { openStage, type Stage } from '../stage.mts';
import { finishedExecutions, rowsOf, startTextRun } from '../workflows.mts';
import { errorOf } from './pausedRuns.mts';

const RUNS = 5;
const GENERATION_MS = 6_000;
const MAX_DELAY_MS = 2_000;

/** No poller looks that early: the first look is due a minute after submitting. */
const FINISH_TIMEOUT_MS = 45_000;

const paused = { completion: 'pause' };

let stage: Stage;

beforeAll(async () => {
	stage = await openStage({ sandbox: { generationMs: GENERATION_MS } });
}, 300_000);

afterAll(async () => {
	await stage?.close();
});

beforeEach(() => {
	stage.sandbox.reset();
});

async function runToEnd(itemCount: number, promptSuffix = ''): Promise<Execution> {
	const id = await startTextRun(stage, {
		vendor: 'apikley',
		itemCount,
		promptSuffix,
		parameters: paused,
	});
	const [execution] = await finishedExecutions(stage, [id], FINISH_TIMEOUT_MS);
	if (execution === undefined) throw new Error('The run has not ended');
	return execution;
}

/** From the moment the last video is ready to the end of the execution. */
function delayMs(execution: Execution): number {
	const readyAt = Math.max(...stage.sandbox.tasks().map(({ finishesAt }) => finishesAt));
	return Date.parse(execution.stoppedAt ?? '') - readyAt;
}

test(
	"Apikley's callback brings the video in less than two seconds",
	async () => {
		const delays: number[] = [];
		for (let run = 0; run < RUNS; run++) {
			stage.sandbox.reset();
			const execution = await runToEnd(1);
			expect(execution.status).toBe('success');
			expect(rowsOf(execution).map(({ status }) => status)).toEqual(['succeeded']);
			expect(outputOf(execution, 'Seedance')[0]?.binary?.data?.mimeType).toBe('video/mp4');
			delays.push(delayMs(execution));
		}
		process.stdout.write(`from video ready to execution ended, in ms: ${delays.join(', ')}\n`);
		expect(Math.max(...delays)).toBeLessThan(MAX_DELAY_MS);
	},
	RUNS * FINISH_TIMEOUT_MS,
);

test('a failure comes by callback as well', async () => {
	const execution = await runToEnd(1, ' [fail]');
	expect(execution.status).toBe('error');
	expect(errorOf(execution)?.description).toContain(stage.sandbox.tasks()[0]?.taskId);
	process.stdout.write(`from video failed to execution ended: ${delayMs(execution)} ms\n`);
	expect(delayMs(execution)).toBeLessThan(MAX_DELAY_MS * 2);
}, 60_000);

test('ten callbacks at the same moment wake the run once, with all videos', async () => {
	const execution = await runToEnd(10);
	expect(execution.status).toBe('success');
	expect(
		rowsOf(execution)
			.map(({ taskId }) => taskId)
			.sort(),
	).toEqual(
		stage.sandbox
			.tasks()
			.map(({ taskId }) => taskId)
			.sort(),
	);
	expect(execution.data.resultData.runData.After).toHaveLength(1);
	process.stdout.write(`from tenth video ready to execution ended: ${delayMs(execution)} ms\n`);
	// Further callbacks find a finished execution, which must stay as it is.
	await sleep(4_000);
	expect((await stage.client.execution(execution.id)).stoppedAt).toBe(execution.stoppedAt);
}, 60_000);
