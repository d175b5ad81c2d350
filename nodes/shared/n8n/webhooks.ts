import type { IWebhookDescription } from 'n8n-workflow';
import { DELIVERY_PATH, TRIGGER_PATH } from '../host/paths';

/** `responseData` is empty so that the node's own answer goes out. */
const webhookAt = (path: string): IWebhookDescription => ({
	name: 'default',
	httpMethod: 'POST',
	responseMode: 'onReceived',
	responseData: '',
	path,
});

/** How a Seedance Trigger is reached. */
export const triggerWebhooks: IWebhookDescription[] = [webhookAt(TRIGGER_PATH)];

/** How a parked execution is reached. */
export const deliveryWebhooks: IWebhookDescription[] = [
	{ ...webhookAt(DELIVERY_PATH), restartWebhook: true },
];
