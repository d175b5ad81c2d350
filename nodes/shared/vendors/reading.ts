import { z } from 'zod/v4';
import type { Fault, FaultKind, Outcome } from '../faults';
import type { TaskStatus, VendorResponse } from './types';

/** The vendors' words for the states of a task; a word that is not here keeps polling. */
const statusWords: Record<string, TaskStatus> = {
	waiting: 'queued',
	queuing: 'queued',
	queued: 'queued',
	pending: 'queued',
	generating: 'running',
	processing: 'running',
	running: 'running',
	active: 'running',
	success: 'succeeded',
	succeeded: 'succeeded',
	completed: 'succeeded',
	fail: 'failed',
	failed: 'failed',
	error: 'failed',
	cancelled: 'cancelled',
	canceled: 'cancelled',
	expired: 'expired',
};

/** Reads a vendor's state word; an unknown one counts as running and is kept. */
export function readStatus(word: string): { status: TaskStatus; unknownStatus?: string } {
	const known = word.toLowerCase();
	const status = Object.hasOwn(statusWords, known) ? statusWords[known] : undefined;
	return status === undefined ? { status: 'running', unknownStatus: word } : { status };
}

const faultKindsByHttpStatus: Record<number, FaultKind> = {
	400: 'invalidInput',
	401: 'unauthorized',
	402: 'insufficientCredits',
	403: 'forbidden',
	404: 'notFound',
	// The vendor gave up waiting for the request: nobody can know how far it came.
	408: 'noAnswer',
	413: 'invalidInput',
	422: 'invalidInput',
	429: 'rateLimited',
};

/**
 * What a code in the body says beside the HTTP status it came with. A server error stays one,
 * whatever its body says, unless the code is a definite refusal: nobody can know what was taken.
 */
export function faultKindOfCode(
	httpStatus: number,
	code: number,
	kindsByCode: Readonly<Record<number, FaultKind>> = {},
): FaultKind {
	const known = kindsByCode[code] ?? (code >= 400 ? faultKindsByHttpStatus[code] : undefined);
	if (known !== undefined) return known;
	if (httpStatus >= 400) return faultKindOfStatus(httpStatus);
	return code >= 400 && code < 500 ? 'rejected' : 'serverError';
}

/** What an HTTP status alone says; a vendor's own codes may say more. */
export function faultKindOfStatus(httpStatus: number): FaultKind {
	const known = faultKindsByHttpStatus[httpStatus];
	if (known !== undefined) return known;
	return httpStatus >= 500 ? 'serverError' : 'rejected';
}

export function fault(
	kind: FaultKind,
	message: string,
	response: VendorResponse,
	vendorCode?: string | number,
): { ok: false; fault: Fault } {
	return {
		ok: false,
		fault: {
			kind,
			message: message === '' ? response.excerpt : message,
			httpStatus: response.httpStatus,
			...(vendorCode === undefined ? {} : { vendorCode: String(vendorCode) }),
			...(response.retryAfterMs === undefined ? {} : { retryAfterMs: response.retryAfterMs }),
		},
	};
}

export const isSuccess = ({ httpStatus }: VendorResponse): boolean =>
	httpStatus >= 200 && httpStatus < 300;

/** Reads a body by its schema; an answer of another shape is a passing fault, not a failure. */
export function readBody<T>(schema: z.ZodType<T>, response: VendorResponse): Outcome<T> {
	const parsed = schema.safeParse(response.body);
	return parsed.success
		? { ok: true, value: parsed.data }
		: fault('unreadableAnswer', response.excerpt, response);
}

/** ISO 8601 from Unix milliseconds; undefined for anything that is no time. */
export function isoFromMs(epochMs: number | null | undefined): string | undefined {
	if (epochMs === null || epochMs === undefined || epochMs <= 0) return undefined;
	const date = new Date(epochMs);
	return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** When a signed URL of the Volcengine object store stops working, from its own query. */
export function expiryOfSignedUrl(url: string): string | undefined {
	if (!URL.canParse(url)) return undefined;
	const query = new URL(url).searchParams;
	const signedAt = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(
		query.get('X-Tos-Date') ?? '',
	);
	const lifetimeSeconds = Number(query.get('X-Tos-Expires'));
	if (signedAt === null || !(lifetimeSeconds > 0)) return undefined;
	const [, year, month, day, hour, minute, second] = signedAt.map(Number);
	if (!year || !month || !day) return undefined;
	return isoFromMs(Date.UTC(year, month - 1, day, hour, minute, second) + lifetimeSeconds * 1000);
}

/** A field that is nice to have: of another type, it counts as absent and harms nothing. */
export const optional = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

/** Leaves out keys whose value is undefined, so that a row holds only what is known. */
export function withoutUndefined<T extends object>(record: T): T {
	const known = { ...record };
	for (const key of Object.keys(known)) {
		if (Reflect.get(known, key) === undefined) Reflect.deleteProperty(known, key);
	}
	return known;
}

/** A text from whatever a vendor puts into an error field. */
export function textOf(value: unknown): string {
	if (typeof value === 'string') return value;
	return value === undefined || value === null ? '' : JSON.stringify(value);
}

/** Parses a JSON string inside a JSON answer; undefined when it is none. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
