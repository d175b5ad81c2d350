/**
 * When to look. The gap grows with the time already waited, so that the delay after a video is
 * ready stays in proportion: a gap of a tenth of the elapsed time is found half-way on average,
 * 5 % of the job. How long a model usually takes plays no part, because it may be wrong.
 */
const GAP_PER_ELAPSED = 0.1;
const MIN_GAP_MS = 2_000;

export const DEFAULT_MAX_POLL_GAP_MS = 30_000;

export const DEFAULT_TIMEOUT_MINUTES = 30;

export interface PollMoment {
	/** Time since the task was submitted. */
	elapsedMs: number;
	/** The longest gap before any look, the first included. */
	maxGapMs: number;
	/** What the vendor last asked to wait; it wins. */
	retryAfterMs?: number;
}

/** Milliseconds until a task should be looked at again. */
export function nextPollDelayMs({ elapsedMs, maxGapMs, retryAfterMs = 0 }: PollMoment): number {
	const gapMs = Math.min(Math.max(elapsedMs * GAP_PER_ELAPSED, MIN_GAP_MS), maxGapMs);
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

/** Where a process watches many waits, calls to them share a part of its time: one in two seconds. */
const RING_GAP_PER_WAIT_MS = 2_000;

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
