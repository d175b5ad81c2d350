import { createHmac } from 'node:crypto';
import type { JsonObject } from '../types.mts';
import type { Callback, World } from './vendor.mts';

/** What the API key's webhooks are signed with, as its owner may read it. */
export const webhookSecret = 'whsec_the-webhooks-of-the-sandbox';

/** HMAC-SHA256 over ID, time and body; the key is the text behind `whsec_`, not what it might encode. */
export function signWebhook(id: string, timestampSeconds: number, body: string): string {
	const signed = createHmac('sha256', webhookSecret.replace('whsec_', ''));
	return `v3,${signed.update(`${id}.${timestampSeconds}.${body}`).digest('hex')}`;
}

export function wavespeedCallback(record: JsonObject, taskId: string, world: World): Callback {
	const timestampSeconds = Math.floor(world.clock.now() / 1000);
	return {
		body: record,
		headers: {
			'webhook-id': taskId,
			'webhook-timestamp': String(timestampSeconds),
			'webhook-signature': signWebhook(taskId, timestampSeconds, JSON.stringify(record)),
		},
	};
}
