import { outputOf, type Execution, type ExecutionItem } from '../../../lab/n8nClient.mts';
import { createTrigger, submitFor, TRIGGER } from '../callbacks/trigger.mts';
import { FINISH_TIMEOUT_MS, pausedRun } from '../pause/pausedRuns.mts';
import { useSharedStage } from '../stage.mts';
import { finishedExecution, startTextRun } from '../workflows.mts';

/** A last frame that its media host refuses, in the Completions that fetch files outside of the node. */
const promptSuffix = ' [no frame]';
const options = { returnLastFrame: true };
const vendor = 'modellix';

const stage = useSharedStage({ sandbox: { generationMs: 500 } });
const items = new Map<'Pause' | 'Notify', ExecutionItem[]>();

beforeAll(async () => {
	const trigger = await createTrigger(stage, { vendor });
	await submitFor(stage, trigger.url, { vendor, promptSuffix, options });
	const id = await startTextRun(
		stage,
		pausedRun(vendor, 1, { promptSuffix, parameters: { options } }),
	);
	const paused = await finishedExecution(stage, id, FINISH_TIMEOUT_MS);
	items.set('Pause', outputOf(paused, 'Seedance'));
	const started: Execution[] = await trigger.executions(1, FINISH_TIMEOUT_MS);
	items.set(
		'Notify',
		started.flatMap((execution) => outputOf(execution, TRIGGER)),
	);
}, 2 * FINISH_TIMEOUT_MS);

test.each(['Pause', 'Notify'] as const)('%s: the video comes, once, without it', (completion) => {
	const [item, ...others] = items.get(completion) ?? [];
	expect(others).toEqual([]);
	expect(item?.json).toMatchObject({
		status: 'succeeded',
		lastFrameProblem: expect.stringContaining('403'),
		video: { durationSeconds: 3 },
	});
	expect(Object.keys(item?.binary ?? {})).toEqual(['data']);
	const videos = stage.sandbox.requests.filter(({ operation, path }) => {
		const isVideo = operation === 'media' && path.includes('.mp4');
		return isVideo && path.includes(encodeURIComponent(String(item?.json.taskId)));
	});
	expect(videos).toHaveLength(1);
});
