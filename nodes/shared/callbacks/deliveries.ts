import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';
import { z } from 'zod/v4';

const REMEMBERED = 1000;
const STATIC_DATA_KEY = 'delivered';

const delivered = z.array(z.object({ taskId: z.string(), nonce: z.string() }));

interface Delivery {
	taskId: string;
	nonce: string;
}

/**
 * What has started a workflow, by trigger. n8n reads a trigger's static data before a call and saves
 * it some time after, so of two calls at the same moment each would save only its own delivery. All
 * calls of this process share one list, and every save holds it as it is by then.
 */
const inThisProcess = new Map<string, Delivery[]>();

export interface Deliveries {
	/** False when the URL, known by its nonce, has already brought another task. */
	mayDeliver(taskId: string, nonce: string): boolean;
	isDelivered(taskId: string): boolean;
	/** Notes the delivery; false when another call was faster. */
	claim(taskId: string, nonce: string): boolean;
}

/** Opens what a trigger remembers of the tasks it has delivered. */
export function openDeliveries(context: IWebhookFunctions): Deliveries {
	const staticData: IDataObject = context.getWorkflowStaticData('node');
	const triggerId = `${context.getWorkflow().id}:${context.getNode().id}`;
	const list = inThisProcess.get(triggerId) ?? [];
	inThisProcess.set(triggerId, list);

	const isDelivered = (taskId: string) => list.some((delivery) => delivery.taskId === taskId);
	for (const saved of delivered.safeParse(staticData[STATIC_DATA_KEY]).data ?? []) {
		if (!isDelivered(saved.taskId)) list.push(saved);
	}
	return {
		isDelivered,
		mayDeliver: (taskId, nonce) =>
			nonce === '' || list.every((known) => known.nonce !== nonce || known.taskId === taskId),
		claim: (taskId, nonce) => {
			if (isDelivered(taskId)) return false;
			list.push({ taskId, nonce });
			list.splice(0, Math.max(0, list.length - REMEMBERED));
			staticData[STATIC_DATA_KEY] = list;
			return true;
		},
	};
}
