import { createHmac } from 'node:crypto';
import type { JsonObject } from '../types.mts';
import type { Callback, World } from './vendor.mts';

/** HMAC-SHA256 over time and body, with the secret of the workspace. */
export function signWebhook(secret: string, timestampSeconds: number, body: string): string {
	const signed = createHmac('sha256', secret).update(`${timestampSeconds},${body}`);
	return `t=${timestampSeconds},v1=${signed.digest('hex')}`;
}

/** Signed where the workspace has a secret. */
export function openrouterCallback(record: JsonObject, world: World): Callback {
	const now = world.clock.now();
	const status = String(record.status);
	const body = {
		type: `video.generation.${status}`,
		created_at: Math.floor(now / 1000),
		data: record,
	};
	const secret = world.webhookKeys.openrouter;
	const signature = secret && signWebhook(secret, Math.floor(now / 1000), JSON.stringify(body));
	return {
		body,
		headers: {
			'x-openrouter-idempotency-key': `${String(record.id)}-${status}`,
			...(signature && { 'x-openrouter-signature': signature }),
		},
	};
}
