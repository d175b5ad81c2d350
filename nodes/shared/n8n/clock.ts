import { sleep } from 'n8n-workflow';
import type { Clock } from '../domain/time';

const SLEEP_SLICE_MS = 1000;

/** The machine's time. Tests replace its functions. */
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

	deadline: (ms) => AbortSignal.timeout(ms),
};
