import fc from 'fast-check';
import { createPacer, openPaces, type Pacer } from '../../../nodes/shared/tasks/pace';
import { virtualClock } from '../helpers.mts';

/** A request that is over at once. */
const pass = async (pace: Pacer, ...turn: Parameters<Pacer>) => (await pace(...turn))();

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

test('without a rate nobody waits', async () => {
	const clock = virtualClock();
	const pace = createPacer(undefined);
	await Promise.all(range(100).map(async () => await pass(pace, clock)));
	expect(clock.sleeps).toEqual([]);
});

test('lets the documented number through at once, the next one when the window has moved', async () => {
	const clock = virtualClock(1_000);
	const pace = createPacer({ count: 20, windowMs: 10_000 });
	for (const expected of [...range(20).map(() => 1_000), 11_000]) {
		await pass(pace, clock);
		expect(clock.now()).toBe(expected);
	}
});

test('a caller one millisecond too early waits for that millisecond', async () => {
	const clock = virtualClock(1_000);
	const pace = createPacer({ count: 1, windowMs: 10_000 });
	await pass(pace, clock);
	await clock.sleep(9_999);
	await pass(pace, clock);
	expect(clock.now()).toBe(11_000);
});

test('no window ever sees more than its count, however long a request is on its way, and nobody starves', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.integer({ min: 1, max: 5 }),
			fc.integer({ min: 1, max: 1_000 }),
			fc.array(fc.tuple(fc.integer({ min: 0, max: 800 }), fc.integer({ min: 0, max: 1_500 })), {
				maxLength: 25,
			}),
			async (count, windowMs, requests) => {
				const clock = virtualClock();
				const pace = createPacer({ count, windowMs });
				const sent: Array<{ at: number; overAt: number }> = [];
				await Promise.all(
					requests.map(async ([comesAt, lastsMs]) => {
						await clock.sleep(comesAt);
						const over = await pace(clock);
						const at = clock.now();
						await clock.sleep(lastsMs);
						sent.push({ at, overAt: clock.now() });
						over();
					}),
				);
				expect(sent).toHaveLength(requests.length);
				for (const { overAt: from } of sent) {
					const mayArrive = sent.filter(({ at, overAt }) => overAt >= from && at < from + windowMs);
					expect(mayArrive.length).toBeLessThanOrEqual(count);
				}
			},
		),
		{ numRuns: 60 },
	);
});

test('a place is free one window after its request is over', async () => {
	const clock = virtualClock();
	const pace = createPacer({ count: 2, windowMs: 1_000 });
	const over = await pace(clock);
	await pass(pace, clock);
	await clock.sleep(700);
	over();
	await pass(pace, clock);
	expect(clock.now()).toBe(1_000);
	await pass(pace, clock);
	expect(clock.now()).toBe(1_700);
});

test('busy: half of the rate is under way or has just been', async () => {
	const clock = virtualClock();
	const pace = createPacer({ count: 4, windowMs: 1_000 });
	const over = await pace(clock);
	expect(pace.isBusy(clock.now())).toBe(false);
	await pass(pace, clock);
	await clock.sleep(999);
	expect(pace.isBusy(clock.now())).toBe(true);
	await clock.sleep(1);
	expect(pace.isBusy(clock.now())).toBe(false);
	over();
});

test('a stopped execution does not wait for its turn', async () => {
	const stop = new AbortController();
	const clock = virtualClock();
	const pace = createPacer({ count: 1, windowMs: 1_000 });
	await pass(pace, clock);
	stop.abort(new Error('stopped by the user'));
	await expect(pace(clock, stop.signal)).rejects.toThrow('stopped by the user');
});

test('moments noted before the clock was set back count no more', async () => {
	const pace = createPacer({ count: 1, windowMs: 1_000 });
	await pass(pace, virtualClock(1e12));
	const clock = virtualClock(5_000);
	await pass(pace, clock);
	expect(clock.sleeps).toEqual([]);
});

test('one who has stopped takes nobody’s turn', async () => {
	const clock = virtualClock();
	const pace = createPacer({ count: 1, windowMs: 1_000 });
	await pass(pace, clock);
	const stop = new AbortController();
	const stopped = pace(clock, stop.signal);
	stop.abort(new Error('stopped by the user'));
	await expect(stopped).rejects.toThrow('stopped by the user');
	clock.pass(1_000);
	const before = clock.now();
	await pass(pace, clock);
	expect(clock.now()).toBe(before);
});

describe('a shared pacer', () => {
	const rate = { count: 1, windowMs: 1_000 };

	test('is one for a name and another one for another name', () => {
		const { pacer } = openPaces();
		expect(pacer('a', rate)).toBe(pacer('a', rate));
		expect(pacer('a', rate)).not.toBe(pacer('b', rate));
		expect(pacer('a', rate)).not.toBe(openPaces().pacer('a', rate));
	});

	test('is forgotten when there are a thousand younger ones', () => {
		const { pacer } = openPaces();
		const first = pacer('first', rate);
		for (const index of range(999)) pacer(`other ${index}`, rate);
		expect(pacer('first', rate)).toBe(first);
		pacer('one more', rate);
		expect(pacer('first', rate)).not.toBe(first);
	});
});
