import { LOOK, REMEMBERED } from '../domain/limits';
import type { Rate } from '../domain/provider';
import type { Clock } from '../domain/time';

/** Waits for a caller's turn; rejects when the signal aborts. Gives what says that its request is over. */
export interface Pacer {
	(clock: Clock, signal?: AbortSignal): Promise<() => void>;
	/** Whether those who need not call now should leave the rate to others. */
	isBusy: (nowMs: number) => boolean;
}

/**
 * Lets at most `count` requests reach the vendor in any window of `windowMs`; the others wait their
 * turn. A request arrives at any moment until it is over, in a busy process long after its turn came,
 * so its place is free one window after that.
 */
export function createPacer(rate: Rate | undefined): Pacer {
	if (rate === undefined) return Object.assign(async () => () => {}, { isBusy: () => false });
	const { count, windowMs } = rate;
	let underway = 0;
	let over: number[] = [];
	const taken = (now: number) => {
		// A moment in the future was noted before the machine's clock was set back.
		over = over.filter((at) => at > now - windowMs && at <= now);
		return underway + over.length;
	};
	const pace = async (clock: Clock, signal?: AbortSignal) => {
		for (;;) {
			const now = clock.now();
			if (taken(now) < count) {
				underway += 1;
				return () => {
					underway -= 1;
					over.push(clock.now());
				};
			}
			// Of those underway none is free sooner than a window from now.
			const [oldest = now] = over;
			await clock.sleep(oldest + windowMs - now, signal);
		}
	};
	return Object.assign(pace, { isBusy: (now: number) => taken(now) >= count * LOOK.shareOfRate });
}

/** Counts the tasks of an account that this process looks at, whoever waits for them. */
export interface LookCount {
	count(): number;
	/** One more; what it gives takes it out again, once. */
	begin(): () => void;
}

export function createLookCount(): LookCount {
	const tasks = new Set<symbol>();
	return {
		count: () => tasks.size,
		begin() {
			const task = Symbol('task');
			tasks.add(task);
			return () => void tasks.delete(task);
		},
	};
}

/** What all executions of a process share by account. */
export interface Paces {
	/**
	 * The pacer of a name, so that a vendor's documented rate holds for a credential however many
	 * workflows use it.
	 */
	pacer(name: string, rate: Rate | undefined): Pacer;
	/** How many tasks of an account are in the works. */
	lookCount(account: string): LookCount;
}

export function openPaces(): Paces {
	const pacers = new Map<string, Pacer>();
	const lookCounts = new Map<string, LookCount>();
	return {
		pacer: (name, rate) => shared(pacers, name, () => createPacer(rate)),
		lookCount: (account) => shared(lookCounts, account, createLookCount),
	};
}

/** What is known under a name; the eldest goes when there are too many. */
function shared<T>(all: Map<string, T>, name: string, create: () => T): T {
	const existing = all.get(name);
	if (existing !== undefined) return existing;
	const [eldest] = all.keys();
	if (all.size >= REMEMBERED.accounts && eldest !== undefined) all.delete(eldest);
	const created = create();
	all.set(name, created);
	return created;
}
