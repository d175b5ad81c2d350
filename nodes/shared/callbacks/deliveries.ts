import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';
import { z } from 'zod/v4';

const REMEMBERED = 1000;
const STATIC_DATA_KEY = 'delivered';

const delivered = z.array(z.object({ taskId: z.string(), nonce: z.string() }));

/**
 * Tasks that have started the workflow. n8n saves the node's static data after the call, which is
 * too late for a second call at the same moment: those are caught in the process's own memory.
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
	const recent = inThisProcess.get(triggerId) ?? new Map<string, string>();
	inThisProcess.set(triggerId, recent);
	const saved = delivered.safeParse(staticData[STATIC_DATA_KEY]).data ?? [];

	const isDelivered = (taskId: string) =>
		recent.has(taskId) || saved.some((delivery) => delivery.taskId === taskId);
	return {
		isDelivered,
		mayDeliver: (taskId, nonce) => {
			if (nonce === '') return true;
			const all = [...saved, ...[...recent].map(([id, used]) => ({ taskId: id, nonce: used }))];
			return all.every((delivery) => delivery.nonce !== nonce || delivery.taskId === taskId);
		},
		claim: (taskId, nonce) => {
			if (isDelivered(taskId)) return false;
			recent.set(taskId, nonce);
			if (recent.size > REMEMBERED) recent.delete([...recent.keys()][0] ?? '');
			staticData[STATIC_DATA_KEY] = [...saved, { taskId, nonce }].slice(-REMEMBERED);
			return true;
		},
	};
}
