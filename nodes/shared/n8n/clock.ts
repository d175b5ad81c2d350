import { sleep } from 'n8n-workflow';
import { HOST } from '../domain/limits';
import type { Clock } from '../domain/time';

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
			await sleep(Math.min(remainingMs, HOST.sleepSliceMs), signal);
		}
	},

	deadline: (ms) => AbortSignal.timeout(ms),

	random: () => Math.random(),
};
