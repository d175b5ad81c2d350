import type { Outcome } from '../../nodes/shared/domain/fault';
import type { ModelEntry } from '../../nodes/shared/domain/model';
import { findModel, type Provider } from '../../nodes/shared/domain/provider';
import type { Result } from '../../nodes/shared/domain/result';
import type { TaskReport } from '../../nodes/shared/domain/task';
import type { Clock } from '../../nodes/shared/domain/time';
import type {
	Dialogue,
	VendorApi,
	VendorReference,
	VendorRequest,
	VendorResponse,
} from '../../nodes/shared/domain/vendor';
import { findProvider } from '../../nodes/shared/providers';

/** An answer as the transport hands it to a vendor. */
export function answer(body: unknown, httpStatus = 200): VendorResponse {
	const text = body === undefined ? '<html>' : JSON.stringify(body);
	return { httpStatus, headers: {}, body, excerpt: text.slice(0, 300) };
}

export function valueOf<T, E>(result: Result<T, E>): T {
	if (!result.ok) throw new Error(`Unexpected error: ${JSON.stringify(result.error)}`);
	return result.value;
}

/** Holds that a report says: called finished by the vendor, and without a video so far. */
export function expectNoVideoYet(report: TaskReport): void {
	expect(report).toMatchObject({
		status: 'running',
		unknownStatus: expect.any(String),
		withoutVideo: { message: expect.stringMatching(/./) },
	});
	expect(report).not.toHaveProperty('videoUrl');
}

export function errorOf<T, E>(result: Result<T, E>): E {
	if (result.ok) throw new Error(`Unexpected value: ${JSON.stringify(result.value)}`);
	return result.error;
}

/** Leads a dialogue through these answers: what it asked for, and its end if it came to one. */
export function talk<T>(dialogue: Dialogue<T>, ...answers: VendorResponse[]) {
	const requests: VendorRequest[] = [];
	let step = dialogue.next();
	for (const response of answers) {
		if (step.done) break;
		requests.push(step.value);
		step = dialogue.next(response);
	}
	if (step.done) return { requests, outcome: step.value };
	return { requests: [...requests, step.value] };
}

/** The outcome of a dialogue that has to end with these answers. */
export function outcomeOf<T>(dialogue: Dialogue<T>, ...answers: VendorResponse[]): Outcome<T> {
	const { outcome } = talk(dialogue, ...answers);
	if (outcome === undefined) throw new Error('The dialogue asks on');
	return outcome;
}

/** What a vendor makes of the answer to its look at a task. */
export const lookAt = (
	vendor: VendorApi,
	response: VendorResponse,
	reference: VendorReference = { taskId: 'x', modelId: '' },
): Outcome<TaskReport> => outcomeOf(vendor.look(reference), response);

export function providerOf(providerId: string): Provider {
	const provider = findProvider(providerId);
	if (provider === undefined) throw new Error(`There is no provider ${providerId}`);
	return provider;
}

export function modelOf(
	providerId: string,
	modelId: string,
	kind?: ModelEntry['kind'],
): ModelEntry {
	const model = findModel(providerOf(providerId), modelId, kind);
	if (model === undefined) throw new Error(`The catalogue has no ${modelId} at ${providerId}`);
	return model;
}

export interface VirtualClock extends Clock {
	/** Every sleep that was asked for, in milliseconds. */
	sleeps: number[];
	/** Lets so much time pass at once. */
	pass(ms: number): void;
	/** What is thrown by chance: 0 makes no gap longer. */
	chance: number;
}

/** A clock whose sleeps take no real time: the earliest sleeper wakes when all others sleep too. */
export function virtualClock(startMs = 0): VirtualClock {
	let now = startMs;
	const sleepers: Array<{ until: number; wake: () => void }> = [];
	let deadlines: Array<{ at: number; controller: AbortController }> = [];
	const sleeps: number[] = [];
	const passTo = (moment: number) => {
		now = Math.max(now, moment);
		const passed = deadlines.filter(({ at }) => at <= now);
		deadlines = deadlines.filter(({ at }) => at > now);
		for (const { controller } of passed) controller.abort();
	};
	const wakeNext = () => {
		sleepers.sort((a, b) => a.until - b.until);
		const next = sleepers.shift();
		if (next === undefined) return;
		passTo(next.until);
		next.wake();
	};
	const clock: VirtualClock = {
		now: () => now,
		sleeps,
		chance: 0,
		pass: (ms) => passTo(now + ms),
		sleep: async (ms, signal) => {
			signal?.throwIfAborted();
			sleeps.push(ms);
			await new Promise<void>((wake) => {
				sleepers.push({ until: now + ms, wake });
				setImmediate(wakeNext);
			});
			signal?.throwIfAborted();
		},
		deadline: (ms) => {
			const controller = new AbortController();
			deadlines.push({ at: now + ms, controller });
			return controller.signal;
		},
		random: () => clock.chance,
	};
	return clock;
}
