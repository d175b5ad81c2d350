import {
	gapAfter,
	gapsOf,
	longestMs,
	ONCE,
	spread,
	tryRepeatedly,
	type RetryPolicy,
} from '../../../nodes/shared/domain/retry';
import { virtualClock } from '../helpers.mts';

const policy: RetryPolicy = { gapsMs: [1_000, 2_000, 5_000], jitter: 0.5 };

/** Chance that says these numbers, one after the other. */
const saying = (...numbers: number[]) => ({ random: () => numbers.shift() ?? NaN });

const firstOf = (count: number, gaps: Generator<number, void>): number[] =>
	Array.from({ length: count }, () => gaps.next().value ?? NaN);

describe('the gaps of a policy', () => {
	test('are its own, each longer by chance and none shorter', () => {
		expect([...gapsOf(policy, saying(0, 0, 0))]).toEqual([1_000, 2_000, 5_000]);
		expect([...gapsOf(policy, saying(0.5, 0.1, 1))]).toEqual([1_250, 2_100, 7_500]);
	});

	test('end with the last one, or go on with it', () => {
		expect([...gapsOf(ONCE, saying())]).toEqual([]);
		const endless: RetryPolicy = { ...policy, isEndless: true };
		const gaps = firstOf(6, gapsOf(endless, saying(0, 0, 0, 0, 1, 0.2)));
		expect(gaps).toEqual([1_000, 2_000, 5_000, 5_000, 7_500, 5_500]);
	});

	test('are found again by how often it was tried', () => {
		const gaps = [1, 2, 3, 9].map((tries) => gapAfter(tries, policy, saying(0.5)));
		expect(gaps).toEqual([1_250, 2_500, 6_250, 6_250]);
	});

	test('of those who failed together are not the same', () => {
		const chance = saying(0.1, 0.9);
		expect(gapsOf(policy, chance).next()).not.toEqual(gapsOf(policy, chance).next());
	});

	test('are together never longer than is said', () => {
		const sum = [...gapsOf(policy, { random: () => 1 })].reduce((a, b) => a + b, 0);
		expect(longestMs(policy)).toBe(sum);
		expect(longestMs({ ...policy, isEndless: true })).toBe(Infinity);
	});
});

test('what is spread is never sooner than it was asked for', () => {
	expect([0, 0.5, 0.999].map((chance) => spread(10_000, 0.2, saying(chance)))).toEqual([
		10_000, 11_000, 11_998,
	]);
	expect(spread(0, 0.2, saying(1))).toBe(0);
});

describe('tries', () => {
	const tried = async (policyOfTries: RetryPolicy, enoughAt: number) => {
		const clock = virtualClock();
		let tries = 0;
		const made = await tryRepeatedly(
			policyOfTries,
			clock,
			async () => await Promise.resolve((tries += 1)),
			(count) => count >= enoughAt,
		);
		return { made, tries, sleeps: clock.sleeps };
	};

	test('end as soon as it is enough', async () => {
		expect(await tried(policy, 1)).toEqual({ made: 1, tries: 1, sleeps: [] });
		expect(await tried(policy, 3)).toEqual({ made: 3, tries: 3, sleeps: [1_000, 2_000] });
	});

	test('end with the policy, and what the last one gave is given', async () => {
		expect(await tried(policy, 99)).toEqual({ made: 4, tries: 4, sleeps: [1_000, 2_000, 5_000] });
		expect(await tried(ONCE, 99)).toEqual({ made: 1, tries: 1, sleeps: [] });
	});

	test('that are endless end only when it is enough', async () => {
		const { tries } = await tried({ ...policy, isEndless: true }, 50);
		expect(tries).toBe(50);
	});
});
