import fc from 'fast-check';
import {
	MAX_SHARED_RING_GAP_MS,
	nextCallDelayMs,
	nextPollDelayMs,
	nextRingDelayMs,
} from '../../../nodes/shared/tasks/schedule';

const seconds = (count: number) => count * 1000;
const maxGapMs = seconds(30);

/** When a task is looked at, until it is found to have ended. */
function looksAt(taskMs: number): number[] {
	const looks: number[] = [];
	let elapsedMs = 0;
	do {
		elapsedMs += nextPollDelayMs({ elapsedMs, maxGapMs });
		looks.push(elapsedMs);
	} while (elapsedMs < taskMs);
	return looks;
}

const foundLate = (taskMs: number): number => (looksAt(taskMs).at(-1) ?? 0) - taskMs;

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Every tenth of a second. */
const tasksBetween = (from: number, to: number) =>
	Array.from({ length: (to - from) * 10 + 1 }, (_, index) => seconds(from) + index * 100);

describe('a task of any length from 2 to 600 s', () => {
	const tasks = tasksBetween(2, 600);

	test('is found at most 2.5 s or 10 % of its time after its end', () => {
		for (const taskMs of tasks) {
			const lateMs = foundLate(taskMs);
			expect(lateMs).toBeGreaterThanOrEqual(0);
			expect(lateMs).toBeLessThanOrEqual(Math.max(seconds(2.5), taskMs * 0.1));
		}
	});

	test('is looked at most 50 times', () => {
		for (const taskMs of tasks) expect(looksAt(taskMs).length).toBeLessThanOrEqual(50);
	});

	test.each([
		[2, 1],
		[4, 2],
		[10, 5],
		[20, 10],
		[30, 15],
		[60, 22],
		[120, 29],
		[300, 39],
		[600, 49],
	])('of %i s is looked at %i times', (taskSeconds, looks) => {
		expect(looksAt(seconds(taskSeconds))).toHaveLength(looks);
	});

	test.each([
		[20, 60],
		[60, 120],
		[120, 300],
		[300, 600],
	])('between %i and %i s is found 5 %% of its time after its end on average', (from, to) => {
		const shares = tasksBetween(from, to).map((taskMs) => foundLate(taskMs) / taskMs);
		expect(mean(shares)).toBeLessThanOrEqual(0.05);
	});

	test('below 20 s is found 1.5 s after its end on average', () => {
		expect(mean(tasksBetween(2, 20).map(foundLate))).toBeLessThanOrEqual(seconds(1.5));
	});
});

test('no gap is shorter than 2 s or longer than the poll interval, the first included', () => {
	expect(nextPollDelayMs({ elapsedMs: 0, maxGapMs })).toBe(seconds(2));
	expect(nextPollDelayMs({ elapsedMs: seconds(200), maxGapMs })).toBe(seconds(20));
	expect(nextPollDelayMs({ elapsedMs: seconds(3600), maxGapMs })).toBe(seconds(30));
	expect(nextPollDelayMs({ elapsedMs: 0, maxGapMs: seconds(1) })).toBe(seconds(1));
});

test('the vendor’s Retry-After wins when it is longer', () => {
	const retryAfterMs = seconds(90);
	expect(nextPollDelayMs({ elapsedMs: 0, maxGapMs, retryAfterMs })).toBe(seconds(90));
	const moment = { elapsedMs: seconds(200), maxGapMs, retryAfterMs: seconds(1) };
	expect(nextPollDelayMs(moment)).toBe(seconds(20));
});

test('the wait is always positive and within the poll interval', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 0, max: 200_000_000 }),
			fc.integer({ min: 1, max: 1e7 }),
			(elapsedMs, longest) => {
				const delayMs = nextPollDelayMs({ elapsedMs, maxGapMs: longest });
				expect(delayMs).toBeGreaterThan(0);
				expect(delayMs).toBeLessThanOrEqual(longest);
			},
		),
	);
});

describe('a task that is waited for outside the node', () => {
	const minutes = (count: number) => count * 60_000;

	test.each([
		['at first', 0, undefined, 1],
		['in the first twenty minutes', 20, undefined, 1],
		['later', 60, undefined, 3],
		['much later', 2880, undefined, 5],
		['as often as the user wants', 60, minutes(2), 2],
		['but not more than once a minute', 60, seconds(5), 1],
		['and never less often than usual', 60, minutes(60), 3],
	])('is looked at %s: after %i minutes', (_, elapsed, longest, gap) => {
		expect(nextRingDelayMs({ elapsedMs: minutes(elapsed), maxGapMs: longest })).toBe(minutes(gap));
	});

	test('waits for one to five minutes', () => {
		const ms = fc.integer({ min: 0, max: 300_000_000 });
		fc.assert(
			fc.property(ms, fc.option(ms, { nil: undefined }), (elapsedMs, longest) => {
				const delayMs = nextRingDelayMs({ elapsedMs, maxGapMs: longest });
				expect(delayMs).toBeGreaterThanOrEqual(minutes(1));
				expect(delayMs).toBeLessThanOrEqual(minutes(5));
			}),
		);
	});
});

describe('A paused execution that is watched', () => {
	const minutes = (count: number) => count * 60_000;

	test.each([
		['every four minutes', 1, 0, 4],
		['every five, once it takes long', 1, 100, 5],
		['as often among a hundred', 100, 0, 4],
		['less often among a thousand', 1000, 0, 33],
		['every forty minutes at least', 100_000, 0, 40],
	])('is called %s: %i of them, after %i minutes', (_, waits, elapsed, gap) => {
		const delayMs = nextCallDelayMs({ elapsedMs: minutes(elapsed), waits });
		expect(Math.round(delayMs / minutes(1))).toBe(gap);
	});

	test('takes two seconds of the process for each of its kind, and no more than the longest gap', () => {
		const count = fc.integer({ min: 1, max: 5_000 });
		fc.assert(
			fc.property(count, fc.integer({ min: 0, max: 300_000_000 }), (waits, elapsedMs) => {
				const delayMs = nextCallDelayMs({ elapsedMs, waits });
				expect(delayMs).toBeGreaterThanOrEqual(minutes(4));
				expect(delayMs).toBeLessThanOrEqual(MAX_SHARED_RING_GAP_MS);
				if (waits <= 1200) expect(delayMs).toBeGreaterThanOrEqual(waits * seconds(2));
			}),
		);
	});
});
