import type {
	IBinaryData,
	IExecuteFunctions,
	IN8nHttpFullResponse,
	IWebhookFunctions,
} from 'n8n-workflow';
import { isPublicAddress, isWebAddress } from '../domain/address';
import { reasonOf } from '../domain/json';
import { DOWNLOAD, RETRY } from '../domain/limits';
import { image, video, type MediaKind } from '../domain/mediaFile';
import { fail, ok, type Result } from '../domain/result';
import { gapsOf } from '../domain/retry';
import type { Task, VideoFacts } from '../domain/task';
import type { FileResponse } from '../domain/vendor';
import type { FetchedTask, FileAccount, FileRules } from '../host/readers';
import { LAST_FRAME_PROPERTY } from '../tasks/row';
import { maxFileBytesOf } from '../tasks/fileSize';
import type { Session } from '../tasks/session';
import { isReadable, measure, type FileFlaw } from './fileStream';

type FileContext = IExecuteFunctions | IWebhookFunctions;
type DownloadSession = Pick<Session, 'clock' | 'stopSignal'> & FileAccount;

/** Pages and messages; any other label may be wrong, so there the bytes decide. */
const notAFile = /^(text\/html|application\/(json|xml|xhtml)|text\/xml)/i;

/**
 * The files of a finished task: the video, and the last frame, if there is one. The video decides: what
 * is wrong with a last frame is a word in the task.
 */
export async function downloadTask(
	context: FileContext,
	session: DownloadSession,
	task: Task,
	rules: FileRules,
): Promise<Result<FetchedTask, string>> {
	if (task.videoUrl === undefined) return ok({ task, files: {} });
	const begin = downloader(context, session, task, rules);
	const main = await begin(video, ({ videoUrl }) => videoUrl, DOWNLOAD.timeoutMs);
	if (!main.ok) return main;
	const { stored, facts, task: known } = main.value;
	const told = { ...known, video: facts };
	const files = { [rules.property]: stored };
	if (known.lastFrameUrl === undefined) return ok({ task: told, files });

	const begunAnew = downloader(context, session, told, rules);
	const side = await begunAnew(image, ({ lastFrameUrl }) => lastFrameUrl, DOWNLOAD.minMs);
	return side.ok
		? ok({ task: told, files: { ...files, [LAST_FRAME_PROPERTY]: side.value.stored } })
		: ok({ task: { ...told, lastFrameProblem: side.error }, files });
}

/** Task IDs may hold characters that no file system takes, e.g. `:` and `/`. */
function fileNameOf(taskId: string): string {
	return taskId.replaceAll(/[^\w.-]/g, '_');
}

interface Stored {
	stored: IBinaryData;
	facts: VideoFacts;
}

/** Downloads the files of one task, each with one fresh address where an old one has expired. */
function downloader(
	context: FileContext,
	session: DownloadSession,
	task: Task,
	{ maxFileBytes, fileName, deadlineAt, renew }: FileRules,
) {
	return async (
		kind: MediaKind,
		urlOf: (task: Task) => string | undefined,
		timeoutMs: number,
	): Promise<Result<Stored & { task: Task }, string>> => {
		let known = task;
		const downloaded = await downloadFile(context, session, {
			kind,
			name: fileName ?? fileNameOf(task.taskId),
			url: () => urlOf(known) ?? '',
			needsKey: () => kind === video && known.videoNeedsKey === true,
			maxBytes: maxFileBytes,
			deadlineAt,
			timeoutMs,
			async renew() {
				const renewed = await renew?.();
				if (renewed === undefined || urlOf(renewed) === undefined) return false;
				known = renewed;
				return true;
			},
		});
		return downloaded.ok ? ok({ ...downloaded.value, task: known }) : downloaded;
	};
}

export interface Wanted {
	kind: MediaKind;
	/** Without its extension, which the file itself decides. */
	name: string;
	url: () => string;
	/** Whether it is given out to the vendor's API key alone. */
	needsKey?: () => boolean;
	maxBytes?: number;
	/** Unix milliseconds. */
	deadlineAt?: number;
	timeoutMs?: number;
	/** Finds another address where this one may have expired; false when there is none. */
	renew?: () => Promise<boolean>;
}

/**
 * Streams a file into n8n's binary store, never whole in memory (in the store's filesystem mode). No
 * credential goes along but where the vendor gives a file out to the key alone. A broken or wrong file is tried again.
 */
export async function downloadFile(
	context: FileContext,
	session: DownloadSession,
	wanted: Wanted,
): Promise<Result<Stored, string>> {
	const { kind, name, url, needsKey, renew } = wanted;
	const { maxBytes = maxFileBytesOf(undefined), timeoutMs = DOWNLOAD.timeoutMs } = wanted;
	const { deadlineAt = Infinity } = wanted;
	const { clock, stopSignal } = session;
	const gaps = gapsOf(RETRY.download, clock);
	let isRenewed = false;
	for (;;) {
		stopSignal?.throwIfAborted();
		const leftMs = Math.max(deadlineAt - clock.now(), DOWNLOAD.minMs);
		const download = { url: url(), needsKey: needsKey?.() === true, name, kind, maxBytes };
		const tried = await tryDownload(context, session, download, Math.min(leftMs, timeoutMs));
		stopSignal?.throwIfAborted();
		if (tried.ok) return tried;
		const { reason } = tried.error;
		if (clock.now() >= deadlineAt) return fail(reason);
		const hasNew = tried.error.mayHaveExpired === true && !isRenewed && (await renew?.()) === true;
		isRenewed ||= tried.error.mayHaveExpired === true;
		const gap = gaps.next();
		if ((!hasNew && tried.error.isFinal) || gap.done) return fail(reason);
		await clock.sleep(gap.value, stopSignal);
	}
}

interface Download {
	url: string;
	/** Given out to the API key alone. */
	needsKey: boolean;
	/** Without its extension, which the file itself decides. */
	name: string;
	kind: MediaKind;
	maxBytes: number;
}

interface Setback extends FileFlaw {
	/** The vendor may name another address by now. */
	mayHaveExpired?: boolean;
}

async function tryDownload(
	context: FileContext,
	session: DownloadSession,
	{ url, needsKey, name, kind, maxBytes }: Download,
	timeoutMs: number,
): Promise<Result<Stored, Setback>> {
	const deadline = session.clock.deadline(timeoutMs);
	const { stopSignal } = session;
	const signals = stopSignal === undefined ? [deadline] : [deadline, stopSignal];
	try {
		const signal = AbortSignal.any(signals);
		const keyed = needsKey ? await session.transport?.openFile(url, signal) : undefined;
		const opened = keyed ? ok(keyed) : await openFile(context, session, url, signal);
		if (!opened.ok) return opened;
		const { body, headers, statusCode } = opened.value;
		const objection = objectionTo(statusCode, String(headers['content-type'] ?? ''), kind);
		if (objection !== undefined || !isReadable(body)) {
			if (isReadable(body)) body.destroy();
			return fail(objection ?? { reason: 'the answer holds no file', isFinal: false });
		}
		const promisedLength = promisedLengthOf(headers);
		const measured = await measure(body, { kind, maxBytes, promisedLength });
		if (!measured.ok) return measured;
		const { stream, type, told, flaw } = measured.value;
		const fileName = `${name}.${type.extension}`;
		try {
			const stored = await context.helpers.prepareBinaryData(stream, fileName, type.mimeType);
			const { bytes, info } = told();
			return ok({ stored, facts: { ...info, bytes } });
		} catch (error) {
			body.destroy();
			return fail(flaw() ?? { reason: reasonOf(error), isFinal: false });
		}
	} catch (error) {
		return fail({ reason: reasonOf(error), isFinal: false });
	}
}

/**
 * Asks for a file, as it is: n8n's HTTP client unpacks what comes packed. Follows redirects by itself,
 * because each address is a stranger's word.
 */
async function openFile(
	context: FileContext,
	{ baseUrl }: DownloadSession,
	url: string,
	abortSignal: AbortSignal,
): Promise<Result<IN8nHttpFullResponse, Setback>> {
	// Whoever has the vendor in this network, as the sandbox is, has its files there, too.
	const isVendorHere = baseUrl !== undefined && !isPublicAddress(baseUrl);
	let address = url;
	for (let redirects = 0; redirects <= DOWNLOAD.maxRedirects; redirects += 1) {
		if (!isVendorHere && !isPublicAddress(address)) {
			return fail({ reason: `${originOf(address)} lies in a private network`, isFinal: true });
		}
		const response: IN8nHttpFullResponse = await context.helpers.httpRequest({
			method: 'GET',
			url: address,
			headers: { 'Accept-Encoding': 'identity' },
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			abortSignal,
		});
		const target = redirectOf(response, address);
		if (target === undefined) return ok(response);
		if (isReadable(response.body)) response.body.destroy();
		address = target;
	}
	return fail({ reason: `more than ${DOWNLOAD.maxRedirects} redirects`, isFinal: false });
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Where an answer sends on to; undefined for one that does not. */
function redirectOf(
	{ statusCode, headers }: IN8nHttpFullResponse,
	from: string,
): string | undefined {
	const { location } = headers;
	if (!redirects.has(statusCode) || typeof location !== 'string') return undefined;
	if (!URL.canParse(location, from)) return undefined;
	const { href } = new URL(location, from);
	return isWebAddress(href) ? href : undefined;
}

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : 'the address');

/** The told length of the file itself; an encoding that is named counts other bytes. */
function promisedLengthOf(headers: FileResponse['headers']): number | undefined {
	const { 'content-length': told, 'content-encoding': encoding } = headers;
	if (told === undefined || encoding !== undefined) return undefined;
	const length = Number(told);
	return Number.isNaN(length) ? undefined : length;
}

function objectionTo(
	httpStatus: number,
	contentType: string,
	kind: MediaKind,
): Setback | undefined {
	if (httpStatus !== 200) {
		const isRefusal = httpStatus >= 400 && httpStatus < 500 && httpStatus !== 429;
		const isFinal = isRefusal && httpStatus !== 404;
		return { reason: `HTTP status ${httpStatus}`, isFinal, mayHaveExpired: isRefusal };
	}
	if (!notAFile.test(contentType)) return undefined;
	return {
		reason: `the address holds no ${kind.extension} file, but ${contentType}`,
		isFinal: false,
	};
}
