import { createHash, createPublicKey, verify } from 'node:crypto';
import { z } from 'zod/v4';
import { ok } from '../../domain/result';
import type { Dialogue, VendorCallback, VendorCallbacks } from '../../domain/vendor';
import { lazily, readAnswer, text } from '../reading';

const SIGNATURE_WINDOW_SECONDS = 300;
/** As long as the vendor allows. */
const KEYS_LAST_MS = 24 * 60 * 60_000;

const body = lazily(() => z.object({ request_id: text() }));

/** Keys of other kinds may stand beside the ones that sign. */
const keySet = lazily(() => z.object({ keys: z.array(z.unknown()) }));

const signingKey = lazily(() =>
	z.object({
		kty: z.literal('OKP'),
		crv: z.literal('Ed25519'),
		x: z.string().regex(/^[\w-]{43}$/),
	}),
);

/** ED25519 over request, user, time and the body's hash, by any of the vendor's public keys. */
function* verifySignature(
	{ headers, rawBody }: VendorCallback,
	{ nowMs }: { nowMs: number },
): Dialogue<boolean> {
	const header = (name: string) => headers[`x-fal-webhook-${name}`] ?? '';
	const timestamp = header('timestamp');
	if (!/^\d+$/.test(timestamp)) return ok(false);
	if (Math.abs(nowMs / 1000 - Number(timestamp)) > SIGNATURE_WINDOW_SECONDS) return ok(false);

	const answer = yield {
		method: 'GET',
		host: 'rest',
		url: '/.well-known/jwks.json',
		withoutKey: true,
		cacheForMs: KEYS_LAST_MS,
	};
	const read = readAnswer(keySet, answer);
	if (!read.ok) return read;
	const bodyHash = createHash('sha256').update(rawBody).digest('hex');
	const message = [header('request-id'), header('user-id'), timestamp, bodyHash].join('\n');
	const signature = Buffer.from(header('signature'), 'hex');
	const publicKeys = read.value.keys.flatMap((key) => signingKey.safeParse(key).data ?? []);
	return ok(
		publicKeys.some((key) =>
			verify(null, Buffer.from(message), createPublicKey({ key, format: 'jwk' }), signature),
		),
	);
}

/** https://fal.ai/docs/documentation/model-apis/inference/webhooks.md */
export const callbacks: VendorCallbacks = {
	readTaskId: (callback) => body.safeParse(callback.body).data?.request_id,
	signs: 'always',
	verify: verifySignature,
};
