import type { Clock } from './time';

/** When to try again what has not worked. Whether it may be tried again is never said here. */
export interface RetryPolicy {
	/** The gaps between the tries; those of a policy that begins with a gap lie before them. */
	gapsMs: readonly number[];
	/** The last gap counts for all further tries: something else ends them. */
	isEndless?: true;
	/**
	 * By what share of itself a gap may be longer, at random, so that those whom one outage has stopped
	 * do not all come back at once.
	 */
	jitter: number;
}

/** No second try. */
export const ONCE: RetryPolicy = { gapsMs: [], jitter: 0 };

/** A gap made longer at random, by the share that is given at most. */
export const spread = (gapMs: number, jitter: number, { random }: Pick<Clock, 'random'>): number =>
	gapMs * (1 + jitter * random());

/** The gaps of a policy, one after the other. */
export function* gapsOf(
	{ gapsMs, isEndless, jitter }: RetryPolicy,
	clock: Pick<Clock, 'random'>,
): Generator<number, void> {
	for (const gapMs of gapsMs) yield spread(gapMs, jitter, clock);
	const lastMs = gapsMs.at(-1);
	while (isEndless && lastMs !== undefined) yield spread(lastMs, jitter, clock);
}

/** The gap of a policy after so many tries in a row, of which there was one at least. */
export const gapAfter = (
	tries: number,
	{ gapsMs, jitter }: RetryPolicy,
	clock: Pick<Clock, 'random'>,
): number => spread(gapsMs[Math.min(tries, gapsMs.length) - 1] ?? 0, jitter, clock);

/** The longest time that all gaps of a policy can take together. */
export const longestMs = ({ gapsMs, isEndless, jitter }: RetryPolicy): number =>
	isEndless ? Infinity : gapsMs.reduce((sum, gapMs) => sum + gapMs * (1 + jitter), 0);

/** Tries until it is enough, or until the policy has no gap left; gives what the last try gave. */
export async function tryRepeatedly<T>(
	policy: RetryPolicy,
	clock: Pick<Clock, 'random' | 'sleep'>,
	attempt: () => Promise<T>,
	isEnough: (made: T) => boolean,
): Promise<T> {
	const gaps = gapsOf(policy, clock);
	for (;;) {
		const made = await attempt();
		if (isEnough(made)) return made;
		const gap = gaps.next();
		if (gap.done) return made;
		await clock.sleep(gap.value);
	}
}
