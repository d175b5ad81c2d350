import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod/v4';
import { parseJson } from '../domain/json';
import { TOKEN } from '../domain/limits';
import { taskUrlsSchema } from '../domain/taskSchema';
import { orderedSchema, type Ordered } from './row';
import { ledgerReferenceSchema } from './ledger';

/** Query parameter that carries the token in every callback URL this package hands out. */
export const TOKEN_PARAMETER = 'seedance';

const claimsSchema = z.object({
	/** Makes every token unique, so that one video's URL is no key to another's. */
	nonce: z.string().min(1),
	/** Who may be called with it: one trigger, or one paused execution. */
	audience: z.string().min(1),
	/** Unix milliseconds. */
	issuedAt: z.number(),
	model: z.string().optional(),
	/** At which vendor the task is, where one wait has tasks at several. */
	provider: z.string().optional(),
	/** The task, where it was known when the token was made. */
	taskId: z.string().optional(),
	taskUrls: taskUrlsSchema.optional(),
	/** What was ordered, as far as it is short. */
	ordered: orderedSchema.optional().catch(undefined),
	context: z.unknown().optional(),
	ledger: ledgerReferenceSchema.optional(),
});

export type CallbackClaims = z.infer<typeof claimsSchema>;

/** What a token says of an order; a vendor's address, whose length is its own affair, without the prompt. */
export function orderedInToken(
	{ prompt = '', ...others }: Ordered = {},
	{ withPrompt }: { withPrompt: boolean },
): Ordered {
	const isShort = withPrompt && prompt !== '' && prompt.length <= TOKEN.maxPromptLength;
	return isShort ? { prompt, ...others } : others;
}

/** What signs callback URLs, or is believed when they come back. */
export interface CallbackKey {
	key: Buffer;
	/** No vendor has it, nor anything that it could be derived from. */
	isSecret: boolean;
}

/** What a signed text is for, so that one of a kind never counts as one of the other. */
export type SignedKind = 'callback' | 'note';

/** Derives the signing key, so that the secret itself never signs anything that leaves n8n. */
export function deriveCallbackKey(secret: string): Buffer {
	return createHmac('sha256', secret).update('n8n-nodes-seedance callback token v1').digest();
}

/** 32 random bytes as text, for a key that is kept and never handed out. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** 16 random bytes as text: nobody can guess it. */
export const newNonce = (): string => randomBytes(16).toString('base64url');

/**
 * Whom a callback URL reaches: the end of its path, which the test and the production address of a
 * Seedance Trigger have in common.
 */
export function audienceOf(callbackUrl: string): string {
	return new URL(callbackUrl).pathname.split('/').filter(Boolean).slice(-2).join('/');
}

/** Adds a signed token to a callback URL. */
export function withCallbackToken(
	callbackUrl: string,
	key: Buffer,
	claims: CallbackClaims,
): string {
	const url = new URL(callbackUrl);
	url.searchParams.set(TOKEN_PARAMETER, sign(JSON.stringify(claims), key, 'callback'));
	return url.toString();
}

/** The claims of a token made with this key for this audience; undefined for any other text. */
export function readCallbackToken(
	token: unknown,
	key: Buffer,
	expected: { audience: string; nowMs: number },
): CallbackClaims | undefined {
	const claims = claimsSchema.safeParse(parseJson(readSigned(token, key, 'callback') ?? '')).data;
	if (claims === undefined || claims.audience !== expected.audience) return undefined;
	const ageMs = expected.nowMs - claims.issuedAt;
	return ageMs <= TOKEN.maxAgeMs && ageMs >= -TOKEN.clockToleranceMs ? claims : undefined;
}

/** A text with its signature, fit for a URL. */
export function sign(text: string, key: Buffer, kind: SignedKind): string {
	const payload = Buffer.from(text).toString('base64url');
	return `${payload}.${macOf(payload, key, kind)}`;
}

/** The text that was signed with this key for this use; undefined for anything else. */
export function readSigned(signed: unknown, key: Buffer, kind: SignedKind): string | undefined {
	if (typeof signed !== 'string') return undefined;
	const dotAt = signed.indexOf('.');
	const [payload, mac] = [signed.slice(0, Math.max(dotAt, 0)), signed.slice(dotAt + 1)];
	if (mac.length !== MAC_LENGTH || !isSameText(mac, macOf(payload, key, kind))) return undefined;
	return Buffer.from(payload, 'base64url').toString();
}

/** 32 bytes as base64url. */
const MAC_LENGTH = 43;

function macOf(payload: string, key: Buffer, kind: SignedKind): string {
	return createHmac('sha256', key).update(`${kind}.${payload}`).digest('base64url');
}

/** Compares in a time that tells nothing of where two texts differ. */
export function isSameText(given: string, expected: string): boolean {
	const [a, b] = [Buffer.from(given), Buffer.from(expected)];
	return a.length === b.length && timingSafeEqual(a, b);
}
