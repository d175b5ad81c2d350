import { setTimeout as sleep } from 'node:timers/promises';
import type { N8nHandle } from '../lab/n8n.mts';
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
	untilParked,
	untilReported,
	watchHidden,
} from './waits.mts';

const PARKED = 10;
const GENERATION_MS = 120_000;
const DOWN_MS = 240_000;

/** n8n settles for a minute, the pollers rest as long, and the wide ones a few minutes more. */
const FINISH_TIMEOUT_MS = 600_000;

const ways: Array<[name: string, end: (n8n: N8nHandle) => Promise<void>]> = [
	['a clean stop', async (n8n) => await n8n.stop()],
	['kill -9', async (n8n) => await n8n.kill()],
];

test.concurrent.each(ways)(
	'four minutes of downtime by %s, ten parked: every video once',
	async (name, end) => {
		await onScene({ sandbox: { generationMs: GENERATION_MS } }, async (scene) => {
			const { stage, collector } = scene;
			const workflow = await createPausedWorkflow(scene, { vendor: 'modellix', itemCount: 1 });
			const watch = watchHidden(stage);
			await workflow.start(PARKED);
			await untilParked(stage, PARKED);
			await end(stage.n8n);
			await sleep(DOWN_MS);
			await stage.n8n.restart();
			const upAt = Date.now();

			await untilReported(scene, PARKED, FINISH_TIMEOUT_MS);
			const reportedAfterS = Math.round((Date.now() - upAt) / 1000);
			const leftAfterS = await untilNoneLeft(stage);
			const most = await watch.stop();
			print(
				`four minutes of downtime by ${name}: ${collector.rows.length} of ${PARKED} videos ` +
					`${reportedAfterS} s after n8n was up, ${createsAt(stage)} creates, ` +
					`${looksAt(stage)} looks, ${downloadsAt(stage)} downloads, at most ${most} hidden ` +
					`executions, none left ${leftAfterS} s after the last video`,
			);
			expectEveryVideoOnce(stage, collector.rows);
			expect(collector.rows).toHaveLength(PARKED);
			expect(downloadsAt(stage)).toBe(PARKED);
			expect(most).toBeLessThanOrEqual(2 * PARKED);
		});
	},
	DOWN_MS + FINISH_TIMEOUT_MS + LEFT_TIMEOUT_MS + 300_000,
);
