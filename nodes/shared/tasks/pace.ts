import type { Rate } from '../domain/provider';
import type { Clock } from '../domain/time';

/** Waits for a caller's turn; rejects when the signal aborts. */
export interface Pacer {
	(clock: Clock, signal?: AbortSignal): Promise<void>;
	/** Whether those who need not call now should leave the rate to others. */
	isBusy: (nowMs: number) => boolean;
}

/** The share of a rate from which on it counts as busy. */
const BUSY_FROM = 0.5;

/** Lets at most `count` callers through in any window of `windowMs`; the others wait their turn. */
export function createPacer(rate: Rate | undefined): Pacer {
	if (rate === undefined) return Object.assign(async () => {}, { isBusy: () => false });
	const { count, windowMs } = rate;
	let recent: number[] = [];
	const forgetOld = (now: number) => {
		// A moment in the future was noted before the machine's clock was set back.
		recent = recent.filter((at) => at > now - windowMs && at <= now);
	};
	const pace = async (clock: Clock, signal?: AbortSignal) => {
		for (;;) {
			const now = clock.now();
			forgetOld(now);
			const oldest = recent[0];
			if (oldest === undefined || recent.length < count) {
				recent.push(now);
				return;
			}
			await clock.sleep(oldest + windowMs - now, signal);
		}
	};
	const isBusy = (now: number) => {
		forgetOld(now);
		return recent.length >= count * BUSY_FROM;
	};
	return Object.assign(pace, { isBusy });
}

const MAX_REMEMBERED = 1000;
const pacers = new Map<string, Pacer>();

/**
 * The pacer that all executions of this process share under a name, so that a vendor's documented
 * rate holds for a credential however many workflows use it.
 */
export function sharedPacer(name: string, rate: Rate | undefined): Pacer {
	const existing = pacers.get(name);
	if (existing !== undefined) return existing;
	const [eldest] = pacers.keys();
	if (pacers.size >= MAX_REMEMBERED && eldest !== undefined) pacers.delete(eldest);
	const created = createPacer(rate);
	pacers.set(name, created);
	return created;
}
