import type { IWebhookDescription } from 'n8n-workflow';

/** The last part of the path at which every Seedance Trigger listens. */
export const TRIGGER_PATH = 'seedance';

/** No other node of n8n listens under this path, so a call meant for us resumes nobody else. */
export const DELIVERY_PATH = 'seedance-delivery';

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
