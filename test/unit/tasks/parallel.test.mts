import fc from 'fast-check';
import { mapParallel } from '../../../nodes/shared/tasks/parallel';
import { virtualClock } from '../helpers.mts';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

test('keeps the order and never runs more than the limit', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 20 }),
			fc.integer({ min: 1, max: 8 }),
			async (durations, limit) => {
				const clock = virtualClock();
				let running = 0;
				let most = 0;
				const results = await mapParallel(durations, limit, async (ms) => {
					most = Math.max(most, ++running);
					await clock.sleep(ms);
					running--;
					return ms * 2;
				});
				expect(results).toEqual(durations.map((ms) => ms * 2));
				expect(most).toBe(Math.min(limit, durations.length));
			},
		),
		{ numRuns: 40 },
	);
});

test('a rejection lets the running ones finish, starts no more, and is rethrown', async () => {
	const clock = virtualClock();
	const started: number[] = [];
	const finished: number[] = [];
	const run = mapParallel(range(10), 3, async (item) => {
		started.push(item);
		await clock.sleep(item === 1 ? 1 : 50);
		if (item === 1) throw new Error('item 1');
		finished.push(item);
	});
	await expect(run).rejects.toThrow('item 1');
	expect(started).toEqual([0, 1, 2]);
	expect(finished).toEqual([0, 2]);
});

test('a rejection with undefined is one too', async () => {
	const run = mapParallel([1, 2], 1, async () => await Promise.reject(undefined));
	await expect(run).rejects.toBeUndefined();
});

test('nothing to do is done', async () => {
	await expect(mapParallel([], 5, async () => await Promise.resolve(1))).resolves.toEqual([]);
});
