import { createHmac } from 'node:crypto';
import type { JsonObject } from '../types.mts';
import type { Callback, World } from './vendor.mts';

/** What the account's webhooks are signed with, as its owner may read it. */
export const webhookSecret = `whsec_${Buffer.from('the webhooks of the sandbox').toString('base64')}`;

/** HMAC-SHA256 over ID, time and body, with what stands behind `whsec_`. */
export function signWebhook(id: string, timestampSeconds: number, body: string): string {
	const key = Buffer.from(webhookSecret.replace('whsec_', ''), 'base64');
	const signed = createHmac('sha256', key).update(`${id}.${timestampSeconds}.${body}`);
	return `v1,${signed.digest('base64')}`;
}

export function replicateCallback(record: JsonObject, taskId: string, world: World): Callback {
	const id = `msg_${taskId}`;
	const timestampSeconds = Math.floor(world.clock.now() / 1000);
	return {
		body: record,
		headers: {
			'webhook-id': id,
			'webhook-timestamp': String(timestampSeconds),
			'webhook-signature': signWebhook(id, timestampSeconds, JSON.stringify(record)),
		},
	};
}
