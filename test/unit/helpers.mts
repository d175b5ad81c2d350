import { catalogue, type ProviderId } from '../../nodes/shared/catalogue';
import type { ModelEntry } from '../../nodes/shared/catalogue';
import type { Clock } from '../../nodes/shared/clock';
import type { Outcome, VendorResponse } from '../../nodes/shared/vendors';

/** An answer as the transport hands it to a vendor. */
export function answer(body: unknown, httpStatus = 200): VendorResponse {
	const text = body === undefined ? '<html>' : JSON.stringify(body);
	return { httpStatus, headers: {}, body, excerpt: text.slice(0, 300) };
}

export function valueOf<T>(outcome: Outcome<T>): T {
	if (!outcome.ok) throw new Error(`Unexpected fault: ${JSON.stringify(outcome.fault)}`);
	return outcome.value;
}

export function faultOf<T>(outcome: Outcome<T>) {
	if (outcome.ok) throw new Error(`Unexpected value: ${JSON.stringify(outcome.value)}`);
	return outcome.fault;
}

export function modelOf(providerId: ProviderId, modelId: string): ModelEntry {
	const model = catalogue[providerId].models.find(({ id }) => id === modelId);
	if (model === undefined) throw new Error(`The catalogue has no ${modelId} at ${providerId}`);
	return model;
}

export interface VirtualClock extends Clock {
	/** Every sleep that was asked for, in milliseconds. */
	sleeps: number[];
}

/** A clock whose sleeps take no real time: the earliest sleeper wakes when all others sleep too. */
export function virtualClock(startMs = 0): VirtualClock {
	let now = startMs;
	const sleepers: Array<{ until: number; wake: () => void }> = [];
	const sleeps: number[] = [];
	const wakeNext = () => {
		sleepers.sort((a, b) => a.until - b.until);
		const next = sleepers.shift();
		if (next === undefined) return;
		now = Math.max(now, next.until);
		next.wake();
	};
	return {
		now: () => now,
		sleeps,
		sleep: async (ms, signal) => {
			signal?.throwIfAborted();
			sleeps.push(ms);
			await new Promise<void>((wake) => {
				sleepers.push({ until: now + ms, wake });
				setImmediate(wakeNext);
			});
			signal?.throwIfAborted();
		},
	};
}
