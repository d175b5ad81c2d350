import { LOOK, RING } from '../domain/limits';
import type { Rate } from '../domain/provider';

/**
 * When to look. A look costs a vendor a millisecond, so a task that is nearly alone is looked at every
 * two seconds, however long it takes; from ten minutes on the gap is a three-hundredth of the elapsed
 * time, so that a job of two days does not cost a hundred thousand looks. The more tasks of a
 * credential are in the works, the more their looks are spread over its rate, up to gaps of a tenth of
 * the elapsed time; over a documented rate in any case. How long a model usually takes plays no part, because it may be wrong.
 */
export interface PollMoment {
	/** Time since the task was submitted. */
	elapsedMs: number;
	/** The longest gap before any look, the first included. */
	maxGapMs: number;
	/** Tasks of the same credential that this process looks at, this one included. */
	inWorks: number;
	/** How many looks all of them may take together. */
	looksPerSecond: number;
	/** The vendor itself says so: who looks more often takes the rate of a minute in its first seconds. */
	isDocumented?: boolean;
	/** How many looks in a row have failed: each doubles the gap, as far as a tenth of the time. */
	failedLooks?: number;
	/** What the vendor last asked to wait; it wins. */
	retryAfterMs?: number;
}

/** How many looks a second an account is asked for at most while there is no hurry. */
export const looksPerSecondOf = (requests: Rate | undefined): number =>
	requests === undefined
		? LOOK.carefulPerSecond
		: ((requests.count * 1000) / requests.windowMs) * LOOK.shareOfRate;

/** Milliseconds until a task should be looked at again. */
export function nextPollDelayMs(moment: PollMoment): number {
	const { elapsedMs, maxGapMs, inWorks, looksPerSecond } = moment;
	const { failedLooks = 0, retryAfterMs = 0, isDocumented = false } = moment;
	const sharedMs = (inWorks * 1000) / looksPerSecond;
	const tenthMs = Math.max(elapsedMs * LOOK.maxGapPerElapsed, LOOK.minGapMs);
	const longestMs = isDocumented ? Math.max(tenthMs, sharedMs) : tenthMs;
	const wantedMs = Math.max(LOOK.minGapMs, elapsedMs * LOOK.gapPerElapsed, sharedMs);
	const gapMs = Math.min(wantedMs * 2 ** failedLooks, longestMs, maxGapMs);
	return Math.max(gapMs, retryAfterMs);
}

/** Milliseconds until a task that is waited for outside the node should be looked at again. */
export function nextRingDelayMs({
	elapsedMs,
	maxGapMs = Infinity,
}: {
	elapsedMs: number;
	/** The longest gap the user allows, if any. */
	maxGapMs?: number;
}): number {
	const gapMs = Math.max(elapsedMs * RING.gapPerElapsed, RING.minGapMs);
	return Math.min(gapMs, RING.maxGapMs, Math.max(maxGapMs, RING.minGapMs));
}

/**
 * Milliseconds until somebody should call a paused execution where a watch looks in between, which
 * allows for the user's gap.
 */
export function nextCallDelayMs({
	elapsedMs,
	waits,
}: {
	elapsedMs: number;
	/** How many paused executions this process watches. */
	waits: number;
}): number {
	const gapMs = Math.max(elapsedMs * RING.gapPerElapsed, RING.watchedGapMs);
	const sharedMs = Math.min(waits * RING.gapPerWaitMs, RING.maxSharedGapMs);
	return Math.max(Math.min(gapMs, RING.maxGapMs), sharedMs);
}
