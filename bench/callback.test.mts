import { setTimeout as sleep } from 'node:timers/promises';
import type { Execution } from '../lab/n8nClient.mts';
import { openStage, type Stage } from '../test/e2e/stage.mts';
import { finishedExecutions, rowsOf, startTextRun } from '../test/e2e/workflows.mts';
import { print } from './waits.mts';

const RUNS = 5;
const GENERATION_MS = 6000;
const MAX_DELAY_MS = 2000;

/** Nothing is delivered before; what n8n loads at its first run comes on top. */
const SETTLING_MS = 75_000;

/** No poller looks that early: the first look is due a minute after submitting. */
const FINISH_TIMEOUT_MS = 45_000;

let stage: Stage;

beforeAll(async () => {
	stage = await openStage({ sandbox: { generationMs: GENERATION_MS } });
	await sleep(SETTLING_MS);
}, 300_000);

afterAll(async () => {
	await stage?.close();
});

async function runToEnd(itemCount: number): Promise<Execution> {
	stage.sandbox.reset();
	const parameters = { completion: 'pause' };
	const id = await startTextRun(stage, { vendor: 'apikley', itemCount, parameters });
	const [execution] = await finishedExecutions(stage, [id], FINISH_TIMEOUT_MS);
	if (execution === undefined) throw new Error('The run has not ended');
	expect(execution.status).toBe('success');
	expect(rowsOf(execution).map(({ status }) => status)).toEqual(
		Array.from({ length: itemCount }, () => 'succeeded'),
	);
	return execution;
}

/** From the moment the last video is ready to the end of the execution. */
function delayMs(execution: Execution): number {
	const readyAt = Math.max(...stage.sandbox.tasks().map(({ finishesAt }) => finishesAt));
	return Date.parse(execution.stoppedAt ?? '') - readyAt;
}

test(
	"Apikley's callback ends a paused execution in less than two seconds",
	async () => {
		const delays: number[] = [];
		for (let run = 0; run < RUNS; run++) delays.push(delayMs(await runToEnd(1)));
		print(`from video ready to execution ended, in ms: ${delays.join(', ')}`);
		const median = delays.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)];
		expect(median).toBeLessThan(MAX_DELAY_MS);
	},
	RUNS * FINISH_TIMEOUT_MS,
);

test('ten callbacks at the same moment end it once, with all videos', async () => {
	const execution = await runToEnd(10);
	expect(execution.data.resultData.runData.After).toHaveLength(1);
	print(`from tenth video ready to execution ended: ${delayMs(execution)} ms`);
	// Further callbacks find a finished execution, which must stay as it is.
	await sleep(4000);
	expect((await stage.client.execution(execution.id)).stoppedAt).toBe(execution.stoppedAt);
}, 60_000);
