import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod/v4';
import { ok } from '../../domain/result';
import type { Dialogue, VendorCallback, VendorCallbacks } from '../../domain/vendor';
import { faultKindOfStatus, isSuccess, lazily, refuse, text } from '../reading';

const SIGNATURE_WINDOW_SECONDS = 300;

/** Short enough that a secret that was changed in the account counts soon. */
const SECRET_LASTS_MS = 60 * 60_000;

const body = lazily(() => z.object({ id: text() }));

const storedSecret = lazily(() => z.object({ key: text() }));

/** HMAC-SHA256 over ID, time and body as they came; one of several signatures has to be right. */
function isSignedWith(secret: string, { headers, rawBody }: VendorCallback): boolean {
	const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
	if (key.length === 0) return false;
	const expected = createHmac('sha256', key)
		.update(`${headers['webhook-id'] ?? ''}.${headers['webhook-timestamp'] ?? ''}.`)
		.update(rawBody)
		.digest();
	return signaturesOf(headers).some(
		(given) => given.length === expected.length && timingSafeEqual(given, expected),
	);
}

/** `v1,<base64> v1,<base64>`; other versions are not known. */
const signaturesOf = (headers: VendorCallback['headers']): Buffer[] =>
	(headers['webhook-signature'] ?? '').split(' ').flatMap((entry) => {
		const [version, signature = ''] = entry.split(',');
		return version === 'v1' ? [Buffer.from(signature, 'base64')] : [];
	});

/** The secret is the credential's, or else the account's own, which the API key may read. */
function* verifySignature(
	callback: VendorCallback,
	{ secret, nowMs }: { secret: string; nowMs: number },
): Dialogue<boolean> {
	const { headers } = callback;
	const timestamp = headers['webhook-timestamp'] ?? '';
	if (!/^\d+$/.test(timestamp) || !headers['webhook-id']) return ok(false);
	if (Math.abs(nowMs / 1000 - Number(timestamp)) > SIGNATURE_WINDOW_SECONDS) return ok(false);
	if (signaturesOf(headers).length === 0) return ok(false);
	if (secret !== '') return ok(isSignedWith(secret, callback));

	const answer = yield {
		method: 'GET',
		url: '/webhooks/default/secret',
		cacheForMs: SECRET_LASTS_MS,
	};
	const read = isSuccess(answer) ? storedSecret.safeParse(answer.body).data : undefined;
	if (read !== undefined) return ok(isSignedWith(read.key, callback));
	// Not in the answer's own words, which may be the secret.
	const kind = isSuccess(answer) ? 'unreadableAnswer' : faultKindOfStatus(answer.httpStatus);
	return refuse(answer, { kind, message: 'The secret of the webhooks could not be read' });
}

/** https://replicate.com/docs/topics/webhooks/verify-webhook */
export const callbacks: VendorCallbacks = {
	readTaskId: (callback) => body.safeParse(callback.body).data?.id,
	signs: 'always',
	verify: verifySignature,
};
