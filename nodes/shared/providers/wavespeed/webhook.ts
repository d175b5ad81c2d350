import { z } from 'zod/v4';
import { ok } from '../../domain/result';
import type { Dialogue, VendorCallback, VendorCallbacks } from '../../domain/vendor';
import { faultKindOfStatus, isSuccess, lazily, refuse, text, withId } from '../reading';
import { isSigned, isTimely, signaturesOf } from '../signature';
import { unwrap } from './envelope';

/** Short enough that a secret that was changed in the account counts soon. */
const SECRET_LASTS_MS = 60 * 60_000;

const storedSecret = lazily(() => z.object({ secret: text() }));

/** The secret is the credential's, or else the API key's own, which the key may read. */
function* verifySignature(
	{ headers, rawBody }: VendorCallback,
	{ secret: own, nowMs }: { secret: string; nowMs: number },
): Dialogue<boolean> {
	const { 'webhook-id': id, 'webhook-timestamp': timestamp = '' } = headers;
	const given = signaturesOf(headers['webhook-signature'], 'v3', 'hex');
	if (!id || !isTimely(timestamp, nowMs) || given.length === 0) return ok(false);
	// The key is the text behind `whsec_` as it stands: unlike others with such secrets, no base64.
	const isRight = (secret: string) =>
		isSigned(secret.replace(/^whsec_/, ''), [`${id}.${timestamp}.`, rawBody], given);
	if (own !== '') return ok(isRight(own));

	const url = '/api/v3/webhook/secret';
	const answer = yield { method: 'GET', url, cacheForMs: SECRET_LASTS_MS };
	const read = isSuccess(answer) ? storedSecret.safeParse(unwrap(answer.body)).data : undefined;
	if (read !== undefined) return ok(isRight(read.secret));
	// Not in the answer's own words, which may be the secret.
	const kind = isSuccess(answer) ? 'unreadableAnswer' : faultKindOfStatus(answer.httpStatus);
	return refuse(answer, { kind, message: 'The secret of the webhooks could not be read' });
}

/** https://wavespeed.ai/docs/verify-webhooks */
export const callbacks: VendorCallbacks = {
	byHttpsAlone: true,
	readTaskId: ({ body }) => withId.safeParse(unwrap(body)).data?.id,
	signs: 'always',
	verify: verifySignature,
};
