import type { Rate } from '../domain/provider';
import type { Clock } from '../domain/time';

/** Waits for a caller's turn; rejects when the signal aborts. */
export type Pacer = (clock: Clock, signal?: AbortSignal) => Promise<void>;

/** Lets at most `count` callers through in any window of `windowMs`; the others wait their turn. */
export function createPacer(rate: Rate | undefined): Pacer {
	let recent: number[] = [];
	return async (clock, signal) => {
		if (rate === undefined) return;
		for (;;) {
			const now = clock.now();
			// A moment in the future was noted before the machine's clock was set back.
			recent = recent.filter((at) => at > now - rate.windowMs && at <= now);
			const oldest = recent[0];
			if (oldest === undefined || recent.length < rate.count) {
				recent.push(now);
				return;
			}
			await clock.sleep(oldest + rate.windowMs - now, signal);
		}
	};
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
