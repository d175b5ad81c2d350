import { outputOf } from '../../../lab/n8nClient.mts';
import { allEnded } from '../callbacks/trigger.mts';
import { useSharedStage } from '../stage.mts';
import { rowsOf, startTextRun } from '../workflows.mts';
import { errorOf, pausedRun, promptsInOrder, untilParked } from './pausedRuns.mts';

const ITEMS = 10;

// Callbacks go out when a test says so.
const stage = useSharedStage({
	settled: true,
	sandbox: { generationMs: 500, callbackTickMs: 0 },
});

/** Parks, has the vendor report all tasks at the same moment, and gives the ended execution. */
async function runToEnd(itemCount: number, promptSuffix: string) {
	stage.sandbox.reset();
	const id = await startTextRun(stage, pausedRun('apikley', itemCount, { promptSuffix }));
	await untilParked(stage, id);
	await allEnded(stage);
	await stage.sandbox.tick();
	expect(stage.sandbox.callbacks().map(({ status }) => status)).toContain(200);
	return await stage.client.waitForExecution(id);
}

test('ten callbacks at the same moment wake the run once, with all videos', async () => {
	const execution = await runToEnd(ITEMS, ' (together)');
	expect(execution.status).toBe('success');
	expect(promptsInOrder(stage, rowsOf(execution))).toEqual(
		Array.from({ length: ITEMS }, (_, item) => `clip ${item} (together)`),
	);
	expect(execution.data.resultData.runData.After).toHaveLength(1);
	for (const { binary } of outputOf(execution, 'Seedance')) {
		expect(binary?.data?.mimeType).toBe('video/mp4');
	}
	const downloads = stage.sandbox.requests.filter(({ operation }) => operation === 'media');
	expect(downloads).toHaveLength(ITEMS);
});

test('a failure comes by callback as well', async () => {
	const execution = await runToEnd(1, ' [fail]');
	expect(execution.status).toBe('error');
	expect(errorOf(execution)?.description).toContain(stage.sandbox.tasks()[0]?.taskId);
});
