import fc from 'fast-check';
import { createPacer, mapParallel } from '../../../nodes/shared/lifecycle/parallel';
import { virtualClock } from '../helpers.mts';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('mapParallel', () => {
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
});

describe('createPacer', () => {
	test('without a rate nobody waits', async () => {
		const clock = virtualClock();
		const pace = createPacer(clock, undefined);
		await Promise.all(range(100).map(pace));
		expect(clock.sleeps).toEqual([]);
	});

	test('lets the documented number through at once, the next one when the window has moved', async () => {
		const clock = virtualClock(1_000);
		const pace = createPacer(clock, { count: 20, windowMs: 10_000 });
		for (const expected of [...range(20).map(() => 1_000), 11_000]) {
			await pace();
			expect(clock.now()).toBe(expected);
		}
	});

	test('a caller one millisecond too early waits for that millisecond', async () => {
		const clock = virtualClock(1_000);
		const pace = createPacer(clock, { count: 1, windowMs: 10_000 });
		await pace();
		await clock.sleep(9_999);
		await pace();
		expect(clock.now()).toBe(11_000);
	});

	test('no window ever sees more than its count, and nobody starves', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.integer({ min: 1, max: 5 }),
				fc.integer({ min: 1, max: 1_000 }),
				fc.array(fc.integer({ min: 0, max: 800 }), { maxLength: 25 }),
				async (count, windowMs, arrivals) => {
					const clock = virtualClock();
					const pace = createPacer(clock, { count, windowMs });
					const passed: number[] = [];
					await Promise.all(
						arrivals.map(async (arrival) => {
							await clock.sleep(arrival);
							await pace();
							passed.push(clock.now());
						}),
					);
					expect(passed).toHaveLength(arrivals.length);
					passed.sort((a, b) => a - b);
					for (const [index, at] of passed.entries()) {
						const later = passed[index + count];
						if (later !== undefined) expect(later - at).toBeGreaterThanOrEqual(windowMs);
					}
				},
			),
			{ numRuns: 60 },
		);
	});

	test('a stopped execution does not wait for its turn', async () => {
		const stop = new AbortController();
		const pace = createPacer(virtualClock(), { count: 1, windowMs: 1_000 }, stop.signal);
		await pace();
		stop.abort(new Error('stopped by the user'));
		await expect(pace()).rejects.toThrow('stopped by the user');
	});
});
