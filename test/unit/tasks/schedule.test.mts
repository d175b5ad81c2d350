import fc from 'fast-check';
import { nextParkedDelayMs, nextPollDelayMs } from '../../../nodes/shared/lifecycle/pollSchedule';

const usual = { typicalMs: 60_000, checkedBefore: true, maxGapMs: 30_000 };

/** When a job that takes `jobMs` is looked at, until it is found to be ready. */
function checksOf(jobMs: number, typicalMs = 60_000, maxGapMs = 30_000): number[] {
	const checks: number[] = [];
	let elapsedMs = 0;
	do {
		const checkedBefore = checks.length > 0;
		elapsedMs += nextPollDelayMs({ elapsedMs, typicalMs, checkedBefore, maxGapMs });
		checks.push(elapsedMs);
	} while (elapsedMs < jobMs);
	return checks;
}

test('the first look is at half of the typical time, counted from the submission', () => {
	const first = { ...usual, checkedBefore: false };
	expect(nextPollDelayMs({ ...first, elapsedMs: 0 })).toBe(30_000);
	expect(nextPollDelayMs({ ...first, elapsedMs: 12_000 })).toBe(18_000);
	expect(nextPollDelayMs({ ...first, elapsedMs: 40_000 })).toBe(2_000);
});

test('later gaps grow with the time already waited', () => {
	expect(nextPollDelayMs({ ...usual, elapsedMs: 30_000 })).toBe(3_000);
	expect(nextPollDelayMs({ ...usual, elapsedMs: 200_000 })).toBe(20_000);
});

test('no gap is shorter than 2 s or longer than the poll interval, the first included', () => {
	expect(nextPollDelayMs({ ...usual, elapsedMs: 1_000 })).toBe(2_000);
	expect(nextPollDelayMs({ ...usual, elapsedMs: 3_600_000 })).toBe(30_000);
	const first = { typicalMs: 600_000, checkedBefore: false, elapsedMs: 0 };
	expect(nextPollDelayMs({ ...first, maxGapMs: 10_000 })).toBe(10_000);
	expect(nextPollDelayMs({ ...first, maxGapMs: 1_000 })).toBe(1_000);
});

test('the vendor’s Retry-After wins when it is longer', () => {
	expect(nextPollDelayMs({ ...usual, elapsedMs: 0, retryAfterMs: 90_000 })).toBe(90_000);
	expect(nextPollDelayMs({ ...usual, elapsedMs: 200_000, retryAfterMs: 1_000 })).toBe(20_000);
});

test('a ready video is found within a tenth of its time, on average within a twentieth', () => {
	const typicalSeconds = [45, 60, 90];
	const lateness = typicalSeconds.flatMap((typical) =>
		Array.from({ length: 5_700 }, (_, index) => {
			const jobMs = 30_000 + index * 100 + typical * 500;
			const foundMs = checksOf(jobMs, typical * 1000).at(-1) ?? 0;
			return (foundMs - jobMs) / jobMs;
		}),
	);
	expect(Math.max(...lateness)).toBeLessThanOrEqual(0.1);
	const mean = lateness.reduce((sum, late) => sum + late, 0) / lateness.length;
	expect(mean).toBeLessThanOrEqual(0.05);
});

test('a job of any length up to 10 minutes takes a bounded number of looks', () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 600_000 }), (jobMs) => {
			for (const typicalMs of [45_000, 60_000, 90_000]) {
				expect(checksOf(jobMs, typicalMs).length).toBeLessThanOrEqual(40);
			}
		}),
	);
});

test('the wait is always positive and finite', () => {
	const ms = fc.integer({ min: 0, max: 200_000_000 });
	fc.assert(
		fc.property(
			ms,
			ms,
			fc.boolean(),
			fc.integer({ min: 1, max: 1e7 }),
			(elapsedMs, typicalMs, checkedBefore, maxGapMs) => {
				const delayMs = nextPollDelayMs({ elapsedMs, typicalMs, checkedBefore, maxGapMs });
				expect(delayMs).toBeGreaterThan(0);
				expect(delayMs).toBeLessThanOrEqual(maxGapMs);
			},
		),
	);
});

describe('a parked task', () => {
	const typicalMs = 60_000;

	test('is first looked at after its typical time, then about once a minute', () => {
		expect(nextParkedDelayMs({ elapsedMs: 0, typicalMs })).toBe(60_000);
		expect(nextParkedDelayMs({ elapsedMs: 20_000, typicalMs })).toBe(40_000);
		expect(nextParkedDelayMs({ elapsedMs: 60_000, typicalMs })).toBe(60_000);
	});

	test('is looked at ever less often, but every ten minutes', () => {
		expect(nextParkedDelayMs({ elapsedMs: 7_200_000, typicalMs })).toBe(360_000);
		expect(nextParkedDelayMs({ elapsedMs: 172_800_000, typicalMs })).toBe(600_000);
		expect(nextParkedDelayMs({ elapsedMs: 0, typicalMs: 3_600_000 })).toBe(600_000);
	});

	test('is looked at as often as the user wants', () => {
		expect(nextParkedDelayMs({ elapsedMs: 7_200_000, typicalMs, maxGapMs: 90_000 })).toBe(90_000);
	});

	test('waits for a positive and finite time', () => {
		const ms = fc.integer({ min: 0, max: 300_000_000 });
		fc.assert(
			fc.property(ms, ms, (elapsedMs, typical) => {
				const delayMs = nextParkedDelayMs({ elapsedMs, typicalMs: typical });
				expect(delayMs).toBeGreaterThan(0);
				expect(delayMs).toBeLessThanOrEqual(600_000);
			}),
		);
	});
});
