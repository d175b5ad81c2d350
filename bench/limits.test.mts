import type { StageOptions } from '../test/e2e/stage.mts';
import {
	createPausedWorkflow,
	createsAt,
	downloadsAt,
	expectEveryVideoOnce,
	LEFT_TIMEOUT_MS,
	looksAt,
	onScene,
	print,
	untilNoneLeft,
	untilReported,
	watchHidden,
} from './waits.mts';

const PARENTS = 6;
const GENERATION_MS = 150_000;

/** 150 s, the gap of the pollers, n8n's minute, and a slow machine. */
const FINISH_TIMEOUT_MS = 420_000;

const settings: Array<[name: string, env: Record<string, string>]> = [
	['EXECUTIONS_TIMEOUT=60', { EXECUTIONS_TIMEOUT: '60' }],
	[
		'EXECUTIONS_DATA_SAVE_ON_SUCCESS=none, _ON_ERROR=none',
		{ EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'none', EXECUTIONS_DATA_SAVE_ON_ERROR: 'none' },
	],
	['N8N_CONCURRENCY_PRODUCTION_LIMIT=2', { N8N_CONCURRENCY_PRODUCTION_LIMIT: '2' }],
];

async function measure(name: string, env: StageOptions['env']): Promise<void> {
	await onScene({ env, sandbox: { generationMs: GENERATION_MS } }, async (scene) => {
		const { stage, collector } = scene;
		const workflow = await createPausedWorkflow(scene, { vendor: 'modellix', itemCount: 1 });
		const watch = watchHidden(stage);
		await workflow.start(PARENTS);
		await untilReported(scene, PARENTS, FINISH_TIMEOUT_MS);
		const leftAfterS = await untilNoneLeft(stage);
		const most = await watch.stop();
		print(
			`${name}: ${collector.rows.length} of ${PARENTS} videos, ${createsAt(stage)} creates, ` +
				`${looksAt(stage)} looks, ${downloadsAt(stage)} downloads, at most ${most} hidden ` +
				`executions, none left ${leftAfterS} s after the last video`,
		);
		expectEveryVideoOnce(stage, collector.rows);
		expect(collector.rows).toHaveLength(PARENTS);
		expect(downloadsAt(stage)).toBe(PARENTS);
		expect(most).toBeLessThanOrEqual(2 * PARENTS);
	});
}

// Side by side: each is mostly waiting.
test.concurrent.each(settings)(
	'%s: six paused runs of 150 s each end with their video',
	measure,
	FINISH_TIMEOUT_MS + LEFT_TIMEOUT_MS + 300_000,
);
