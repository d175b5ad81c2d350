import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';
import { z } from 'zod/v4';
import { isObject } from '../domain/json';
import { newNonce } from '../tasks/callbackToken';

const REMEMBERED = 1000;
const STATIC_DATA_KEY = 'delivered';

/** Which n8n processes have served the trigger, and when last, in Unix milliseconds. */
const PROCESSES_KEY = 'processes';

/** A process that was not seen for so long does not serve the trigger any more. */
const SERVING_MS = 10 * 60_000;

/** Tells the n8n processes apart that serve a trigger side by side, or one after the other. */
const thisProcessId = newNonce();

const deliverySchema = z.object({ taskId: z.string(), nonce: z.string() });

type Delivery = z.infer<typeof deliverySchema>;

/**
 * What has started a workflow, by trigger. n8n reads a trigger's static data before a call and saves
 * it when the call is answered, so of two calls at the same moment each would save only its own
 * delivery. All calls of this process share one list, and every save holds it as it is by then.
 */
const inThisProcess = new Map<string, Delivery[]>();
const atWork = new Set<string>();

export interface Deliveries {
	isDelivered(taskId: string): boolean;
	/** The task that a token has brought, if it has brought one. */
	taskOf(nonce: string): string | undefined;
	/** Keeps other calls of this process away from a task; false when one is at it already. */
	begin(taskId: string): boolean;
	end(taskId: string): void;
	/** Notes the delivery. */
	note(taskId: string, nonce: string): void;
	/**
	 * Whether another process serves this trigger too, e.g. several webhook processors: it may have
	 * delivered a task at the same moment.
	 */
	isShared: boolean;
}

/** Opens what a trigger remembers of the tasks it has delivered. */
export function openDeliveries(context: IWebhookFunctions, nowMs: number): Deliveries {
	const staticData: IDataObject = context.getWorkflowStaticData('node');
	const triggerId = `${context.getWorkflow().id}:${context.getNode().id}`;
	const list = inThisProcess.get(triggerId) ?? [];
	inThisProcess.set(triggerId, list);

	const isDelivered = (taskId: string) => list.some((delivery) => delivery.taskId === taskId);
	const save = () => {
		list.splice(0, Math.max(0, list.length - REMEMBERED));
		staticData[STATIC_DATA_KEY] = list.map((delivery) => ({ ...delivery }));
	};
	const saved = z.array(deliverySchema).safeParse(staticData[STATIC_DATA_KEY]).data ?? [];
	list.push(...saved.filter(({ taskId }) => !isDelivered(taskId)));
	// Another process that was called at the same moment has saved without what this one delivered.
	if (list.length > saved.length) save();
	const workKey = (taskId: string) => `${triggerId}:${taskId}`;
	return {
		isDelivered,
		taskOf: (nonce) => list.find((delivery) => delivery.nonce === nonce)?.taskId,
		begin(taskId) {
			if (atWork.has(workKey(taskId))) return false;
			atWork.add(workKey(taskId));
			return true;
		},
		end: (taskId) => void atWork.delete(workKey(taskId)),
		note(taskId, nonce) {
			list.push({ taskId, nonce });
			save();
		},
		isShared: noteProcess(staticData, nowMs),
	};
}

/** Notes that this process serves the trigger; true when another one has lately. */
function noteProcess(staticData: IDataObject, nowMs: number): boolean {
	const known = staticData[PROCESSES_KEY];
	// n8n watches its static data by hidden keys, which a schema for records takes for entries.
	const serving = Object.entries(isObject(known) ? known : {}).filter(
		(entry): entry is [string, number] =>
			typeof entry[1] === 'number' && entry[1] > nowMs - SERVING_MS,
	);
	const lastSeen = Object.fromEntries(serving)[thisProcessId] ?? 0;
	// n8n writes to its database when static data changes, so not at every call.
	if (lastSeen < nowMs - SERVING_MS / 2) {
		staticData[PROCESSES_KEY] = { ...Object.fromEntries(serving), [thisProcessId]: nowMs };
	}
	return serving.some(([id]) => id !== thisProcessId);
}
