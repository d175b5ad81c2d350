import type { Rate } from '../domain/provider';

/**
 * When to look. A look costs a vendor a millisecond, so a task that is nearly alone is looked at every
 * two seconds, however long it takes; from ten minutes on the gap is a three-hundredth of the elapsed
 * time, so that a job of two days does not cost a hundred thousand looks. The more tasks of a
 * credential are in the works, the more their looks are spread over its rate, up to gaps of a tenth of
 * the elapsed time; over a documented rate in any case. How long a model usually takes plays no part, because it may be wrong.
 */
const MIN_GAP_MS = 2_000;
const GAP_PER_ELAPSED = 1 / 300;
const MAX_GAP_PER_ELAPSED = 0.1;

/** The share of a vendor's documented rate for looks; the rest is for orders and the user's others. */
export const LOOK_SHARE = 0.5;

/** Where a vendor documents no rate: ten tasks, each looked at every two seconds. */
const CAREFUL_LOOKS_PER_SECOND = 5;

export const DEFAULT_MAX_POLL_GAP_MS = 30_000;

export const DEFAULT_TIMEOUT_MINUTES = 30;

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
		? CAREFUL_LOOKS_PER_SECOND
		: ((requests.count * 1000) / requests.windowMs) * LOOK_SHARE;

/** Milliseconds until a task should be looked at again. */
export function nextPollDelayMs(moment: PollMoment): number {
	const { elapsedMs, maxGapMs, inWorks, looksPerSecond } = moment;
	const { failedLooks = 0, retryAfterMs = 0, isDocumented = false } = moment;
	const sharedMs = (inWorks * 1000) / looksPerSecond;
	const tenthMs = Math.max(elapsedMs * MAX_GAP_PER_ELAPSED, MIN_GAP_MS);
	const longestMs = isDocumented ? Math.max(tenthMs, sharedMs) : tenthMs;
	const wantedMs = Math.max(MIN_GAP_MS, elapsedMs * GAP_PER_ELAPSED, sharedMs);
	const gapMs = Math.min(wantedMs * 2 ** failedLooks, longestMs, maxGapMs);
	return Math.max(gapMs, retryAfterMs);
}

/**
 * n8n wakes a parked execution about once a minute. Nothing of this package may be left ten minutes
 * after a wait is over, which bounds the gap of whoever finds that out last.
 */
const RING_GAP_PER_ELAPSED = 0.05;
const MIN_RING_GAP_MS = 60_000;
const MAX_RING_GAP_MS = 5 * 60_000;

/** A call to a paused execution costs n8n a hundred times more than a look from where one is watched. */
const WATCHED_RING_GAP_MS = 4 * 60_000;

/** Where a process watches many waits, calls to them share a part of its time: one in five seconds. */
const RING_GAP_PER_WAIT_MS = 5_000;

export const MAX_SHARED_RING_GAP_MS = 40 * 60_000;

/** Milliseconds until a task that is waited for outside the node should be looked at again. */
export function nextRingDelayMs({
	elapsedMs,
	maxGapMs = Infinity,
}: {
	elapsedMs: number;
	/** The longest gap the user allows, if any. */
	maxGapMs?: number;
}): number {
	const gapMs = Math.max(elapsedMs * RING_GAP_PER_ELAPSED, MIN_RING_GAP_MS);
	return Math.min(gapMs, MAX_RING_GAP_MS, Math.max(maxGapMs, MIN_RING_GAP_MS));
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
	const sharedMs = Math.min(waits * RING_GAP_PER_WAIT_MS, MAX_SHARED_RING_GAP_MS);
	const gapMs = Math.max(elapsedMs * RING_GAP_PER_ELAPSED, WATCHED_RING_GAP_MS);
	return Math.max(Math.min(gapMs, MAX_RING_GAP_MS), sharedMs);
}
