import { sleep } from 'n8n-workflow';

/** The only source of time: tests replace its two functions. */
export interface Clock {
	/** Unix time in milliseconds. */
	now(): number;
	/** Resolves after `ms` milliseconds; rejects at once when the signal aborts. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

const SLEEP_SLICE_MS = 1000;

export const clock: Clock = {
	now: () => Date.now(),

	// Sliced, because n8n before 2.36 has a sleep that does not take a signal.
	async sleep(ms, signal) {
		const until = Date.now() + ms;
		for (;;) {
			signal?.throwIfAborted();
			const remainingMs = until - Date.now();
			if (remainingMs <= 0) return;
			await sleep(Math.min(remainingMs, SLEEP_SLICE_MS), signal);
		}
	},
};
