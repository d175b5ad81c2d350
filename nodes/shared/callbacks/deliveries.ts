import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';
import { z } from 'zod/v4';

const REMEMBERED = 1000;
const STATIC_DATA_KEY = 'delivered';

const delivered = z.array(z.object({ taskId: z.string(), nonce: z.string() }));

/**
 * Tasks that have started a workflow, by trigger. n8n saves a trigger's static data after the call,
 * which is too late for a second call at the same moment; and of two saves the last one wins. So
 * what this process knows is kept here too, and goes into every save as a whole.
 */
const inThisProcess = new Map<string, Map<string, string>>();

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
	const nonceByTask = inThisProcess.get(triggerId) ?? new Map<string, string>();
	inThisProcess.set(triggerId, nonceByTask);
	for (const { taskId, nonce } of delivered.safeParse(staticData[STATIC_DATA_KEY]).data ?? []) {
		if (!nonceByTask.has(taskId)) nonceByTask.set(taskId, nonce);
	}
	return {
		isDelivered: (taskId) => nonceByTask.has(taskId),
		mayDeliver: (taskId, nonce) =>
			nonce === '' || [...nonceByTask].every(([id, used]) => used !== nonce || id === taskId),
		claim: (taskId, nonce) => {
			if (nonceByTask.has(taskId)) return false;
			nonceByTask.set(taskId, nonce);
			for (const oldest of [...nonceByTask.keys()].slice(0, -REMEMBERED)) {
				nonceByTask.delete(oldest);
			}
			staticData[STATIC_DATA_KEY] = [...nonceByTask].map(([id, used]) => ({
				taskId: id,
				nonce: used,
			}));
			return true;
		},
	};
}
