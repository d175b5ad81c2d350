import { REMEMBERED } from '../domain/limits';

/**
 * Since when tasks were seen in a state that may pass, by account and task, in Unix milliseconds.
 * Whoever looks is a call of its own, and n8n lets a webhook write nothing; a process that begins anew
 * begins the time anew, and the pollers see to it that somebody looks again.
 */
export interface Grace {
	/** Since when it has been seen so, this time included. */
	sinceWhen(key: string, nowMs: number): number;
	/** It has passed. */
	notAnyMore(key: string): void;
}

export function openGrace(): Grace {
	const seenSince = new Map<string, number>();
	return {
		sinceWhen(key, nowMs) {
			const known = seenSince.get(key);
			// What lies in the future was seen before the machine's clock was set back.
			if (known !== undefined && known <= nowMs) return known;
			const [eldest] = seenSince.keys();
			if (seenSince.size >= REMEMBERED.passingStates && eldest !== undefined)
				seenSince.delete(eldest);
			seenSince.set(key, nowMs);
			return nowMs;
		},
		notAnyMore: (key) => void seenSince.delete(key),
	};
}
