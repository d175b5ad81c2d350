import fc from 'fast-check';
import { RING } from '../../../nodes/shared/domain/limits';
import {
	looksPerSecondOf,
	nextCallDelayMs,
	nextPollDelayMs,
	nextRingDelayMs,
} from '../../../nodes/shared/tasks/schedule';

const seconds = (count: number) => count * 1000;
const maxGapMs = seconds(30);
const alone = { maxGapMs, inWorks: 1, looksPerSecond: 5 };
const oneOfMany = { maxGapMs, inWorks: 1000, looksPerSecond: 5 };

/** When a task is looked at, until it is found to have ended. */
function looksAt(taskMs: number, moment = alone): number[] {
	const looks: number[] = [];
	let elapsedMs = 0;
	do {
		elapsedMs += nextPollDelayMs({ ...moment, elapsedMs });
		looks.push(elapsedMs);
	} while (elapsedMs < taskMs);
	return looks;
}

const foundLate = (taskMs: number, moment = alone): number =>
	(looksAt(taskMs, moment).at(-1) ?? 0) - taskMs;

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Every tenth of a second. */
const tasksBetween = (from: number, to: number) =>
	Array.from({ length: (to - from) * 10 + 1 }, (_, index) => seconds(from) + index * 100);

describe.each([
	['alone', alone],
	['one of ten', { ...alone, inWorks: 10 }],
	['one of ten where 20 a second are documented', { ...alone, inWorks: 10, looksPerSecond: 10 }],
])('a task that is %s', (_, moment) => {
	test('of 2 to 600 s is found at most 2 s late, and 1.1 s on average', () => {
		const late = tasksBetween(2, 600).map((taskMs) => foundLate(taskMs, moment));
		expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
		expect(Math.max(...late)).toBeLessThanOrEqual(seconds(2));
		expect(mean(late)).toBeLessThanOrEqual(seconds(1.1));
	});

	test('for longer is found half a percent of its time late at most', () => {
		for (let taskMs = seconds(600); taskMs < seconds(9_000); taskMs += 7_777) {
			expect(foundLate(taskMs, moment)).toBeLessThanOrEqual(taskMs * 0.005);
		}
	});

	test('for two days costs some thousand looks, however often one may look', () => {
		const looks = looksAt(seconds(172_800), { ...moment, maxGapMs: Infinity });
		expect(looks.length).toBeLessThanOrEqual(2_100);
		expect(looksAt(seconds(172_800), moment).length).toBeLessThanOrEqual(6_600);
	});
});

describe('a task that is one of a thousand', () => {
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
		expect(looksAt(seconds(taskSeconds), oneOfMany)).toHaveLength(looks);
	});

	test('is found at most a tenth of its time late', () => {
		for (const taskMs of tasksBetween(2, 600)) {
			const lateMs = foundLate(taskMs, oneOfMany);
			expect(lateMs).toBeLessThanOrEqual(Math.max(seconds(2), taskMs * 0.1));
		}
	});
});

test('a documented rate is spread from the first look on', () => {
	// Modellix: 90 requests a minute, of which half is for looks.
	const ten = {
		...alone,
		inWorks: 10,
		looksPerSecond: looksPerSecondOf({ count: 90, windowMs: 60_000 }),
	};
	const gaps = [0, 5, 60, 180].map((elapsed) =>
		Math.round(nextPollDelayMs({ ...ten, isDocumented: true, elapsedMs: seconds(elapsed) })),
	);
	expect(gaps).toEqual([13_333, 13_333, 13_333, 13_333]);
	expect(nextPollDelayMs({ ...ten, elapsedMs: 0 })).toBe(2_000);
	expect(nextPollDelayMs({ ...ten, inWorks: 1, isDocumented: true, elapsedMs: 0 })).toBe(2_000);
});

test('the more are in the works, the more their looks are spread over the rate', () => {
	const gapOf = (inWorks: number) =>
		nextPollDelayMs({ ...alone, inWorks, elapsedMs: seconds(250) });
	expect([1, 10, 20, 50, 100, 1000].map(gapOf)).toEqual([2, 2, 4, 10, 20, 25].map(seconds));
});

test('together they stay within the share for looks, until their gaps are a tenth of the time', () => {
	const elapsed = fc.integer({ min: 0, max: 200_000_000 });
	const counts = fc.integer({ min: 1, max: 5_000 });
	fc.assert(
		fc.property(elapsed, counts, fc.double({ min: 0.1, max: 50, noNaN: true }), (...given) => {
			const [elapsedMs, inWorks, looksPerSecond] = given;
			const gapMs = nextPollDelayMs({ elapsedMs, inWorks, looksPerSecond, maxGapMs: Infinity });
			const isATenth = gapMs >= Math.max(elapsedMs * 0.1, seconds(2)) - 1e-6;
			if (!isATenth) expect((inWorks * 1000) / gapMs).toBeLessThanOrEqual(looksPerSecond * 1.001);
			expect(gapMs).toBeGreaterThanOrEqual(Math.min(elapsedMs / 300, elapsedMs * 0.1));
		}),
	);
});

test('looks take half of a documented rate, and five a second where none is documented', () => {
	expect(looksPerSecondOf({ count: 90, windowMs: 60_000 })).toBe(0.75);
	expect(looksPerSecondOf({ count: 18, windowMs: 1000 })).toBe(9);
	expect(looksPerSecondOf(undefined)).toBe(5);
});

test('no gap is shorter than 2 s or longer than the poll interval, the first included', () => {
	expect(nextPollDelayMs({ ...alone, elapsedMs: 0 })).toBe(seconds(2));
	expect(nextPollDelayMs({ ...oneOfMany, elapsedMs: seconds(200) })).toBe(seconds(20));
	expect(nextPollDelayMs({ ...oneOfMany, elapsedMs: seconds(3600) })).toBe(seconds(30));
	expect(nextPollDelayMs({ ...alone, elapsedMs: 0, maxGapMs: seconds(1) })).toBe(seconds(1));
});

test('looks that fail double the gap, as far as a tenth of the time and the poll interval', () => {
	const gapAfter = (failedLooks: number, elapsedMs = seconds(200)) =>
		nextPollDelayMs({ ...alone, elapsedMs, failedLooks });
	expect([0, 1, 2, 3, 4, 5, 99].map((count) => gapAfter(count))).toEqual(
		[2, 4, 8, 16, 20, 20, 20].map(seconds),
	);
	expect(gapAfter(99, seconds(3600))).toBe(seconds(30));
});

test('the vendor’s Retry-After wins when it is longer', () => {
	const moment = { ...oneOfMany, elapsedMs: seconds(200) };
	expect(nextPollDelayMs({ ...moment, retryAfterMs: seconds(90) })).toBe(seconds(90));
	expect(nextPollDelayMs({ ...moment, retryAfterMs: seconds(1) })).toBe(seconds(20));
});

test('the wait is always positive and within the poll interval', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 0, max: 200_000_000 }),
			fc.integer({ min: 1, max: 1e7 }),
			fc.integer({ min: 1, max: 5_000 }),
			(elapsedMs, longest, inWorks) => {
				const delayMs = nextPollDelayMs({ ...alone, elapsedMs, maxGapMs: longest, inWorks });
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
		['as often among forty', 40, 0, 4],
		['less often among three hundred', 300, 0, 25],
		['every forty minutes at least', 100_000, 0, 40],
	])('is called %s: %i of them, after %i minutes', (_, waits, elapsed, gap) => {
		const delayMs = nextCallDelayMs({ elapsedMs: minutes(elapsed), waits });
		expect(Math.round(delayMs / minutes(1))).toBe(gap);
	});

	test('takes five seconds of the process for each of its kind, and no more than the longest gap', () => {
		const count = fc.integer({ min: 1, max: 5_000 });
		fc.assert(
			fc.property(count, fc.integer({ min: 0, max: 300_000_000 }), (waits, elapsedMs) => {
				const delayMs = nextCallDelayMs({ elapsedMs, waits });
				expect(delayMs).toBeGreaterThanOrEqual(minutes(4));
				expect(delayMs).toBeLessThanOrEqual(RING.maxSharedGapMs);
				if (waits <= 480) expect(delayMs).toBeGreaterThanOrEqual(waits * seconds(5));
			}),
		);
	});
});
