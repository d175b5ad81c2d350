import { z } from 'zod/v4';
import { isDefiniteRefusal, type Fault, type FaultKind, type Outcome } from '../domain/fault';
import { isAddress, videoAddressesIn, wordsIn } from '../domain/answer';
import { withoutUndefined } from '../domain/json';
import { orderParameter, videoParameter } from '../domain/ownParameters';
import { fail, ok } from '../domain/result';
import type { Task, TaskReport, TaskStatus } from '../domain/task';
import { isoFromMs } from '../domain/time';
import type { VendorResponse } from '../domain/vendor';

/** The vendor's words for the states of a task, in lower case. */
export type StatusWords = Readonly<Record<string, TaskStatus>>;

/**
 * The words with which some vendor says that a task has ended: another one's answers may be passed on
 * by one that documents other words.
 */
const endWords: StatusWords = {
	success: 'succeeded',
	succeeded: 'succeeded',
	succeed: 'succeeded',
	completed: 'succeeded',
	complete: 'succeeded',
	done: 'succeeded',
	finished: 'succeeded',
	fail: 'failed',
	failed: 'failed',
	failure: 'failed',
	error: 'failed',
	cancelled: 'cancelled',
	canceled: 'cancelled',
	expired: 'expired',
};

/**
 * Reads a vendor's state word: by its own list, else as the end that it is elsewhere. A word that no
 * vendor uses counts as running and is kept.
 */
export function readStatus(
	words: StatusWords,
	word: string,
): { status: TaskStatus; unknownStatus?: string } {
	const known = word.trim().toLowerCase();
	const list = [words, endWords].find((one) => Object.hasOwn(one, known));
	const status = list?.[known];
	return status === undefined ? { status: 'running', unknownStatus: word } : { status };
}

/**
 * A report of a task that the vendor calls finished, by this word. Where the video does not stand in
 * its place, one that the answer holds elsewhere is taken, if it is the only one; without any the task
 * has not ended yet, because some vendors name the video a moment later.
 */
export function withVideo(report: TaskReport, word: string): TaskReport {
	if (report.status !== 'succeeded') return report;
	const { videoUrl, lastFrameUrl, expiresAt, ...others } = report;
	if (videoUrl !== undefined && isAddress(videoUrl.trim())) return report;
	const found = videoAddressesIn(report.raw);
	const [only] = found;
	if (found.length === 1 && only !== undefined) {
		const until = expiresAt ?? expiryOfSignedUrl(only);
		return withoutUndefined({ ...others, videoUrl: only, lastFrameUrl, expiresAt: until });
	}
	const several = found.length === 0 ? '' : `one of these may be it: ${found.join(' , ')}`;
	const message = [wordsIn(report.raw), several].filter((one) => one !== '').join('; ');
	return {
		...others,
		status: 'running',
		unknownStatus: word,
		withoutVideo: { message: message || 'no reason was given' },
	};
}

const faultKindsByHttpStatus: Readonly<Record<number, FaultKind>> = {
	400: 'invalidInput',
	401: 'unauthorized',
	402: 'insufficientCredits',
	403: 'forbidden',
	404: 'notFound',
	// The vendor gave up waiting for the request: nobody can know how far it came.
	408: 'noAnswer',
	409: 'conflict',
	413: 'invalidInput',
	415: 'invalidInput',
	422: 'invalidInput',
	429: 'rateLimited',
};

/** What an HTTP status alone says; a vendor's own codes may say more. */
export function faultKindOfStatus(httpStatus: number): FaultKind {
	const known = faultKindsByHttpStatus[httpStatus];
	if (known !== undefined) return known;
	if (httpStatus >= 500) return 'serverError';
	// A redirect is a proxy's or a portal's rather than the vendor's: it says nothing about a task.
	return httpStatus >= 300 && httpStatus < 400 ? 'unreadableAnswer' : 'rejected';
}

export interface VendorRefusal {
	kind: FaultKind;
	/** The vendor's own words, if there are any. */
	message?: string;
	vendorCode?: string | number;
	/**
	 * What the vendor documents about this answer, where the HTTP status alone does not say it.
	 * Without: by the list of definite refusals.
	 */
	certainlyNotTaken?: boolean;
}

/** A refusal in the common vocabulary. */
export function refuse(
	response: VendorResponse,
	refusal: VendorRefusal,
): { ok: false; error: Fault } {
	const { kind, message = '', vendorCode } = refusal;
	const { httpStatus, excerpt, headers, retryAfterMs } = response;
	const target = httpStatus >= 300 && httpStatus < 400 ? headers.location : undefined;
	const told = target === undefined ? excerpt : `it redirects to ${target.replace(/[?#].*$/, '')}`;
	return fail({
		kind,
		message: message === '' || target !== undefined ? told : message,
		httpStatus,
		certainlyNotTaken: refusal.certainlyNotTaken ?? isDefiniteRefusal(httpStatus),
		...(vendorCode === undefined ? {} : { vendorCode: String(vendorCode) }),
		...(retryAfterMs === undefined ? {} : { retryAfterMs }),
	});
}

/** An answer of which only the HTTP status can be understood. */
export const refuseByStatus = (response: VendorResponse, message?: string) =>
	refuse(response, {
		kind: faultKindOfStatus(response.httpStatus),
		message,
		vendorCode: message === undefined ? undefined : response.httpStatus,
	});

/** An answer of an unexpected shape: a passing fault, and an order may have been taken. */
export const unreadable = (response: VendorResponse) =>
	refuse(response, { kind: 'unreadableAnswer', certainlyNotTaken: false });

/** A list of which not all was read that may matter. */
export const tooLong = () =>
	fail<Fault>({
		kind: 'rejected',
		message: 'The list is too long to be read to its end',
		certainlyNotTaken: false,
	});

export const isSuccess = ({ httpStatus }: VendorResponse): boolean =>
	httpStatus >= 200 && httpStatus < 300;

/** What reads a value by a schema. */
export interface Reader<T> {
	safeParse(value: unknown): { success: true; data: T } | { success: false; data?: undefined };
}

export type Read<R> = R extends Reader<infer T> ? T : never;

/** A schema that is built when it first reads: n8n waits for what loads at its start. */
export function lazily<T>(build: () => z.ZodType<T>): Reader<T> {
	let schema: z.ZodType<T> | undefined;
	return { safeParse: (value) => (schema ??= build()).safeParse(value) };
}

/** Reads a value of an answer by its schema. */
export function readValue<T>(
	schema: Reader<T>,
	value: unknown,
	response: VendorResponse,
): Outcome<T> {
	const parsed = schema.safeParse(value);
	return parsed.success ? ok(parsed.data) : unreadable(response);
}

/** How a vendor's refusal is read. */
type ReadError = (response: VendorResponse) => Outcome<never>;

/** Reads what an answer holds, in the whole body without; else why it holds nothing. */
export const readAnswer = <T>(
	schema: Reader<T>,
	response: VendorResponse,
	readError: ReadError = refuseByStatus,
	held = response.body,
): Outcome<T> => (isSuccess(response) ? readValue(schema, held, response) : readError(response));

/** An answer in which nothing of what was asked for was found. */
export const readNothing = (
	response: VendorResponse,
	readError: ReadError = refuseByStatus,
): Outcome<never> => (isSuccess(response) ? unreadable(response) : readError(response));

/** What a new task, or a callback, is known by. */
export const withId = lazily(() => z.object({ id: text() }));

/** The answer to an order that tells no more of the task than its ID. */
export const readCreatedBy =
	(readError: ReadError) =>
	(response: VendorResponse): Outcome<Task> => {
		const task = withId.safeParse(response.body).data;
		return task === undefined
			? readNothing(response, readError)
			: ok({ taskId: task.id, status: 'queued', raw: response.body });
	};

/** When a signed URL of TOS, ByteDance's object store, stops working, from its own query. */
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

const pictureName = /\.(png|jpe?g|webp)$/i;
const previewName = /cover|poster|preview|thumb/i;

const fileNameIn = (url: string): string =>
	url
		.replace(/[?#].*$/s, '')
		.split('/')
		.at(-1) ?? '';

/** Whether an address among a task's results is named like a picture. */
export const isPictureUrl = (url: string): boolean => pictureName.test(fileNameIn(url));

/** Whether a picture among a task's results is named like one for a list of videos: it is no last frame. */
export const isPreviewUrl = (url: string): boolean => previewName.test(fileNameIn(url));

/** A text that is not empty. */
export const text = () => z.string().min(1);

/** A field that is nice to have: of another type, it counts as absent and harms nothing. */
export const optional = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

/** What to do instead of naming the model, or who is told, among the additional parameters. */
export const CHOOSE_MODEL = `Choose the model under '${orderParameter.model.label}', where 'Custom' takes any ID.`;
export const CHOOSE_COMPLETION = `Choose who is told under '${videoParameter.completion.label}'.`;
