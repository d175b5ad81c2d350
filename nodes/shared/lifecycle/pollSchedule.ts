/**
 * The gap grows with the time already waited, so that the delay after a video is ready stays in
 * proportion: a gap of a tenth of the elapsed time is found half-way on average, 5 % of the job.
 */
const GAP_PER_ELAPSED = 0.1;
const MIN_GAP_MS = 2_000;

export const DEFAULT_MAX_POLL_GAP_MS = 30_000;

export interface PollMoment {
	/** Time since the task was submitted. */
	elapsedMs: number;
	/** How long a usual task of this model takes. */
	typicalMs: number;
	/** Whether the task has been looked at before. */
	checkedBefore: boolean;
	/** The longest gap before any check, the first included. */
	maxGapMs: number;
	/** What the vendor last asked to wait; it wins. */
	retryAfterMs?: number;
}

/** n8n wakes parked executions about once a minute; long jobs need no closer look than 5 %. */
const PARKED_MIN_GAP_MS = 60_000;
const PARKED_GAP_PER_ELAPSED = 0.05;
const PARKED_MAX_GAP_MS = 10 * 60_000;

/** Milliseconds until a parked task should be looked at again. */
export function nextParkedDelayMs(moment: {
	elapsedMs: number;
	typicalMs: number;
	/** The longest gap the user allows, if any. */
	maxGapMs?: number;
}): number {
	const { elapsedMs, typicalMs, maxGapMs = Infinity } = moment;
	const untilTypicalMs = typicalMs - elapsedMs;
	const gapMs =
		untilTypicalMs > 0
			? untilTypicalMs
			: Math.max(elapsedMs * PARKED_GAP_PER_ELAPSED, PARKED_MIN_GAP_MS);
	return Math.min(gapMs, PARKED_MAX_GAP_MS, maxGapMs);
}

/** Milliseconds until a task should be looked at again. */
export function nextPollDelayMs(moment: PollMoment): number {
	const { elapsedMs, typicalMs, checkedBefore, maxGapMs, retryAfterMs = 0 } = moment;
	const untilHalfOfTypicalMs = typicalMs / 2 - elapsedMs;
	const wantedMs = checkedBefore ? elapsedMs * GAP_PER_ELAPSED : untilHalfOfTypicalMs;
	const gapMs = Math.min(Math.max(wantedMs, MIN_GAP_MS), maxGapMs);
	return Math.max(gapMs, retryAfterMs);
}
