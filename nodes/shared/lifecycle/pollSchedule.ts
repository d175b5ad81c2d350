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

/** Milliseconds until a task should be looked at again. */
export function nextPollDelayMs(moment: PollMoment): number {
	const { elapsedMs, typicalMs, checkedBefore, maxGapMs, retryAfterMs = 0 } = moment;
	const untilHalfOfTypicalMs = typicalMs / 2 - elapsedMs;
	const wantedMs = checkedBefore ? elapsedMs * GAP_PER_ELAPSED : untilHalfOfTypicalMs;
	const gapMs = Math.min(Math.max(wantedMs, MIN_GAP_MS), maxGapMs);
	return Math.max(gapMs, retryAfterMs);
}
