import { isObject, type Json } from '../domain/json';
import { HOST } from '../domain/limits';
import type { TriggerCall } from '../host/call';
import { perProcess, type Process } from '../host/process';
import type { CallbackClaims } from '../tasks/callbackToken';
import { Delivered } from './delivered';

const STATIC_DATA_KEY = 'delivered';

/** Which n8n processes have served the trigger, and when last, in Unix milliseconds. */
const PROCESSES_KEY = 'processes';

/**
 * What has started a workflow, by trigger. n8n reads a trigger's static data before a call and saves
 * it when the call is answered, so of two calls at the same moment each would save only its own
 * delivery. All calls of this process share one memory, and every save holds it as it is by then.
 */
const memoryOf = perProcess(() => ({
	delivered: new Map<string, Delivered>(),
	atWork: new Set<string>(),
}));

export interface Deliveries {
	isDelivered(taskId: string): boolean;
	/** Whether the token with this nonce has brought another task before. */
	hasBroughtAnother(nonce: string, taskId: string): boolean;
	/** Keeps other calls of this process away from a task; false when one is at it already. */
	begin(taskId: string): boolean;
	end(taskId: string): void;
	/** Notes the delivery. */
	note(taskId: string, nonce: string | undefined): void;
	/**
	 * Whether a task may have been delivered before: by another process that serves this trigger too
	 * (e.g. several webhook processors) at the same moment, or so many tasks ago that it is forgotten.
	 */
	mayBeRepeat(claims: CallbackClaims | undefined): boolean;
}

/** Opens what a trigger remembers of the tasks it has delivered. */
export function openDeliveries({ process, triggerId, saved }: TriggerCall): Deliveries {
	const nowMs = process.clock.now();
	const memory = memoryOf(process);
	const { atWork } = memory;
	const delivered = memory.delivered.get(triggerId) ?? new Delivered();
	memory.delivered.set(triggerId, delivered);

	const kept = saved[STATIC_DATA_KEY];
	delivered.read(kept, nowMs);
	const save = () => void (saved[STATIC_DATA_KEY] = delivered.save(nowMs));
	// Another process that was called at the same moment has saved without what this one delivered.
	if (!delivered.isKept(kept)) save();
	const isShared = noteProcess(process, saved);
	const workKey = (taskId: string) => `${triggerId}:${taskId}`;
	return {
		isDelivered: (taskId) => delivered.isDelivered(taskId),
		hasBroughtAnother: (nonce, taskId) => delivered.hasBroughtAnother(nonce, taskId),
		begin(taskId) {
			if (atWork.has(workKey(taskId))) return false;
			atWork.add(workKey(taskId));
			return true;
		},
		end: (taskId) => void atWork.delete(workKey(taskId)),
		note(taskId, nonce) {
			delivered.add(taskId, nonce, nowMs);
			save();
		},
		mayBeRepeat: (claims) => isShared || delivered.mayHaveForgotten(claims?.issuedAt),
	};
}

/** Notes that this process serves the trigger; true when another one has lately. */
function noteProcess({ id: ownId, clock }: Process, saved: Json): boolean {
	const nowMs = clock.now();
	const known = saved[PROCESSES_KEY];
	// n8n watches its static data by hidden keys, which a schema for records takes for entries.
	const serving = Object.entries(isObject(known) ? known : {}).filter(
		(entry): entry is [string, number] =>
			typeof entry[1] === 'number' && entry[1] > nowMs - HOST.servingMs,
	);
	const lastSeen = Object.fromEntries(serving)[ownId] ?? 0;
	// n8n writes to its database when static data changes, so not at every call.
	if (lastSeen < nowMs - HOST.servingMs / 2) {
		saved[PROCESSES_KEY] = { ...Object.fromEntries(serving), [ownId]: nowMs };
	}
	return serving.some(([id]) => id !== ownId);
}
