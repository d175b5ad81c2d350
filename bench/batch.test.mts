import { setTimeout as sleep } from 'node:timers/promises';
import type { VendorId } from '../test/e2e/stage.mts';
import { until } from '../test/e2e/workflows.mts';
import { hiddenExecutions } from './database.mts';
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
	type Scene,
} from './waits.mts';

const GENERATION_MS = 60 * 60_000;
const SLOW_MS = 10 * GENERATION_MS;
const LOOKS = 100;
const MAX_BYTES_AFTER_LOOKS = 1_000_000;

/** Looks that are watched before and after half of the videos are ready. */
const ROUNDS = 4;
const ROUND_TIMEOUT_MS = 300_000;
const FINISH_TIMEOUT_MS = 900_000;

const batches: Array<[vendor: VendorId, itemCount: number]> = [
	['aimlapi', 300],
	// Its documented rate lets fewer looks through in a minute than the batch has items.
	['modellix', 120],
];

/** The sizes of the close poller's data after each of some rounds. */
async function sizesOfRounds({ stage }: Scene, count: number): Promise<number[]> {
	const sizes: number[] = [];
	const bytes = async () => {
		const close = (await hiddenExecutions(stage)).find(
			({ rhythm, status }) => rhythm === 'close' && status === 'waiting',
		);
		return close?.dataBytes;
	};
	let last = await bytes();
	while (sizes.length < count) {
		const isNew = async () => ![last, undefined].includes(await bytes());
		await until(isNew, 'the close poller has looked', ROUND_TIMEOUT_MS, 500);
		last = await bytes();
		if (last !== undefined) sizes.push(last);
	}
	return sizes;
}

const kB = (bytes: number) => (bytes / 1000).toFixed(1);

async function measure(vendor: VendorId, itemCount: number): Promise<void> {
	let aheadMs = 0;
	const clock = { now: () => Date.now() + aheadMs };
	await onScene({ sandbox: { clock, generationMs: GENERATION_MS } }, async (scene) => {
		const { stage, collector } = scene;
		const name = `${itemCount} items in one paused node (${vendor})`;
		const workflow = await createPausedWorkflow(scene, {
			vendor,
			itemCount,
			promptSuffix: '{{ $itemIndex % 2 ? " [slow]" : "" }}',
			parameters: { options: { timeout: 120 } },
		});
		await workflow.start(1);
		const isParked = async () => {
			const hidden = await hiddenExecutions(stage);
			return hidden.length === 2 && hidden.every(({ status }) => status === 'waiting');
		};
		await until(isParked, 'the run is parked', FINISH_TIMEOUT_MS, 500);

		const unfinished = await sizesOfRounds(scene, ROUNDS);
		const [first = NaN, last = NaN] = [unfinished.at(0), unfinished.at(-1)];
		const growth = (last - first) / (ROUNDS - 1);
		const projected = first + growth * (LOOKS - 1);
		print(
			`${name}: hidden execution ${unfinished.map(kB).join(', ')} kB after each round, so ` +
				`${kB(growth)} kB a round and ${kB(projected)} kB after ${LOOKS}; ${looksAt(stage)} looks`,
		);
		aheadMs += GENERATION_MS;
		const half = Math.ceil(itemCount / 2);
		await until(() => downloadsAt(stage) >= half, 'half is downloaded', FINISH_TIMEOUT_MS, 500);
		const noted = await sizesOfRounds(scene, ROUNDS);
		print(`${name}: with ${half} videos fetched ${noted.map(kB).join(', ')} kB`);

		aheadMs += SLOW_MS;
		const finishedAt = Date.now();
		await untilReported(scene, itemCount, FINISH_TIMEOUT_MS);
		const seconds = Math.round((Date.now() - finishedAt) / 1000);
		await sleep(5000);
		print(
			`${name}: ${collector.rows.length} rows ${seconds} s after the last video was ready, ` +
				`${createsAt(stage)} creates, ${downloadsAt(stage)} downloads`,
		);
		expectEveryVideoOnce(stage, collector.rows);
		expect(collector.rows).toHaveLength(itemCount);
		expect(downloadsAt(stage)).toBe(itemCount);
		expect(projected).toBeLessThan(MAX_BYTES_AFTER_LOOKS);
		await untilNoneLeft(stage);
	});
}

test.concurrent.each(batches)(
	'%s: a hidden execution of a batch of %i stays small',
	measure,
	2 * ROUNDS * ROUND_TIMEOUT_MS + 3 * FINISH_TIMEOUT_MS + LEFT_TIMEOUT_MS,
);
