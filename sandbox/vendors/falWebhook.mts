import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { StoredTask } from '../tasks.mts';
import type { JsonObject } from '../types.mts';
import type { Answer, Callback, World } from './vendor.mts';

const keyPair = generateKeyPairSync('ed25519');

/** As the vendor publishes them: the one that signs stands among others. */
export const publicKeys = [
	generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }),
	keyPair.publicKey.export({ format: 'jwk' }),
];

const userId = 'sandbox';

/** ED25519 over request, user, time and the body's hash, in hexadecimal. */
export function signWebhook(requestId: string, timestampSeconds: number, body: string): string {
	const bodyHash = createHash('sha256').update(body).digest('hex');
	const message = [requestId, userId, timestampSeconds, bodyHash].join('\n');
	return sign(null, Buffer.from(message), keyPair.privateKey).toString('hex');
}

export function falCallback({ taskId }: StoredTask, result: Answer, world: World): Callback {
	const isOk = result.status === 200;
	const body: JsonObject = {
		request_id: taskId,
		gateway_request_id: taskId,
		status: isOk ? 'OK' : 'ERROR',
		...(!isOk && { error: `Invalid status code: ${result.status}` }),
		payload: result.body,
	};
	const timestampSeconds = Math.floor(world.clock.now() / 1000);
	return {
		body,
		headers: {
			'x-fal-webhook-request-id': taskId,
			'x-fal-webhook-user-id': userId,
			'x-fal-webhook-timestamp': String(timestampSeconds),
			'x-fal-webhook-signature': signWebhook(taskId, timestampSeconds, JSON.stringify(body)),
		},
	};
}
