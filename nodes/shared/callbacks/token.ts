import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod/v4';
import { parseJson } from '../vendors/reading';

/** Query parameter that carries the token in every callback URL this package hands out. */
export const TOKEN_PARAMETER = 'seedance';

/** Longest `context` in characters of JSON: it travels inside a URL. */
export const MAX_CONTEXT_LENGTH = 2000;

const claims = z.object({
	/** Makes every token unique, so that one video's URL is no key to another's. */
	nonce: z.string().min(1),
	/** The one execution the token may ring; absent for a trigger's URL. */
	executionId: z.string().optional(),
	model: z.string().optional(),
	context: z.unknown().optional(),
});

export type CallbackClaims = z.infer<typeof claims>;

/** Derives the signing key, so that the API key itself never signs anything that leaves n8n. */
export function deriveCallbackKey(apiKey: string): Buffer {
	return createHmac('sha256', apiKey).update('n8n-nodes-seedance callback token v1').digest();
}

/** Adds a signed token to a callback URL. */
export function withCallbackToken(
	callbackUrl: string,
	key: Buffer,
	content: Omit<CallbackClaims, 'nonce'>,
): string {
	const nonce = randomBytes(12).toString('base64url');
	const payload = Buffer.from(JSON.stringify({ nonce, ...content })).toString('base64url');
	const url = new URL(callbackUrl);
	url.searchParams.set(TOKEN_PARAMETER, `${payload}.${macOf(payload, key)}`);
	return url.toString();
}

/** The claims of a token that this key has signed; undefined for any other text. */
export function readCallbackToken(token: unknown, key: Buffer): CallbackClaims | undefined {
	if (typeof token !== 'string') return undefined;
	const [payload = '', mac = '', ...rest] = token.split('.');
	if (rest.length > 0 || !equalInConstantTime(mac, macOf(payload, key))) return undefined;
	return claims.safeParse(parseJson(Buffer.from(payload, 'base64url').toString())).data;
}

function macOf(payload: string, key: Buffer): string {
	return createHmac('sha256', key).update(payload).digest('base64url');
}

function equalInConstantTime(given: string, expected: string): boolean {
	const [a, b] = [Buffer.from(given), Buffer.from(expected)];
	return a.length === b.length && timingSafeEqual(a, b);
}
