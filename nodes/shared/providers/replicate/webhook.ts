import { z } from 'zod/v4';
import { ok } from '../../domain/result';
import type { Dialogue, VendorCallback, VendorCallbacks } from '../../domain/vendor';
import { faultKindOfStatus, isSuccess, lazily, refuse, text, withId } from '../reading';
import { isSigned, isTimely, signaturesOf } from '../signature';

/** Short enough that a secret that was changed in the account counts soon. */
const SECRET_LASTS_MS = 60 * 60_000;

const storedSecret = lazily(() => z.object({ key: text() }));

/** The secret is the credential's, or else the account's own, which the API key may read. */
function* verifySignature(
	{ headers, rawBody }: VendorCallback,
	{ secret: own, nowMs }: { secret: string; nowMs: number },
): Dialogue<boolean> {
	const { 'webhook-id': id, 'webhook-timestamp': timestamp = '' } = headers;
	const given = signaturesOf(headers['webhook-signature'], 'v1', 'base64');
	if (!id || !isTimely(timestamp, nowMs) || given.length === 0) return ok(false);
	const isRight = (secret: string) => {
		const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
		return isSigned(key, [`${id}.${timestamp}.`, rawBody], given);
	};
	if (own !== '') return ok(isRight(own));

	const answer = yield {
		method: 'GET',
		url: '/webhooks/default/secret',
		cacheForMs: SECRET_LASTS_MS,
	};
	const read = isSuccess(answer) ? storedSecret.safeParse(answer.body).data : undefined;
	if (read !== undefined) return ok(isRight(read.key));
	// Not in the answer's own words, which may be the secret.
	const kind = isSuccess(answer) ? 'unreadableAnswer' : faultKindOfStatus(answer.httpStatus);
	return refuse(answer, { kind, message: 'The secret of the webhooks could not be read' });
}

/** https://replicate.com/docs/topics/webhooks/verify-webhook */
export const callbacks: VendorCallbacks = {
	readTaskId: ({ body }) => withId.safeParse(body).data?.id,
	signs: 'always',
	verify: verifySignature,
};
