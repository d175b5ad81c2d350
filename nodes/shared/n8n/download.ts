import type {
	IBinaryData,
	IBinaryKeyData,
	IExecuteFunctions,
	IN8nHttpFullResponse,
	IWebhookFunctions,
} from 'n8n-workflow';
import { reasonOf } from '../domain/json';
import { HEAD_LENGTH, image, video, type MediaKind } from '../domain/mediaFile';
import { fail, ok, type Result } from '../domain/result';
import type { Task } from '../domain/task';
import type { Session } from '../tasks/session';

type FileContext = IExecuteFunctions | IWebhookFunctions;
type DownloadSession = Pick<Session, 'clock' | 'stopSignal'>;

/** The stream type of n8n's own helper; n8n Cloud refuses an import of node:stream. */
type FileStream = Exclude<Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0], Buffer>;

const TRIES = 3;
const RETRY_GAP_MS = 2_000;

/** A media host that stalls or drips in the middle of a file must not hold the execution for ever. */
const DOWNLOAD_TIMEOUT_MS = 15 * 60_000;

/** A video that was ready at the very end of the node's time still gets a moment to come down. */
const MIN_DOWNLOAD_MS = 60_000;

/** Pages and messages; any other label may be wrong, so there the bytes decide. */
const notAFile = /^(text\/html|application\/(json|xml|xhtml)|text\/xml)/i;

const LAST_FRAME_PROPERTY = 'lastFrame';

/**
 * The files of a finished task: the video under `property` and the last frame, if there is one.
 * `deadlineAt` is the end of the node's time in Unix milliseconds, where it has one. An address that the
 * media host refuses may have expired: `renew` asks the vendor for the task anew.
 */
export async function downloadTask(
	context: FileContext,
	session: DownloadSession,
	task: Task,
	property: string,
	deadlineAt = Infinity,
	renew?: () => Promise<Task | undefined>,
): Promise<Result<IBinaryKeyData, string>> {
	const files = [
		{ key: property, urlOf: ({ videoUrl }: Task) => videoUrl, kind: video },
		{ key: LAST_FRAME_PROPERTY, urlOf: ({ lastFrameUrl }: Task) => lastFrameUrl, kind: image },
	];
	const binary: IBinaryKeyData = {};
	for (const { key, urlOf, kind } of files) {
		const url = urlOf(task);
		if (url === undefined) continue;
		const fileName = `${fileNameOf(task.taskId)}.${kind.extension}`;
		const renewUrl = async () => {
			const renewed = await renew?.();
			return renewed && urlOf(renewed);
		};
		const download = { url, fileName, kind, deadlineAt, renewUrl };
		const downloaded = await downloadFile(context, session, download);
		if (!downloaded.ok) return downloaded;
		binary[key] = downloaded.value;
	}
	return ok(binary);
}

/** Task IDs may hold characters that no file system takes, e.g. `:` and `/`. */
function fileNameOf(taskId: string): string {
	return taskId.replaceAll(/[^\w.-]/g, '_');
}

export interface Download {
	url: string;
	fileName: string;
	kind: MediaKind;
	deadlineAt: number;
	renewUrl: () => Promise<string | undefined>;
}

/**
 * Streams a file from the vendor's media host into n8n's binary store, never whole in memory
 * (in the store's filesystem mode). No credential goes along. A broken or wrong file is tried again.
 */
export async function downloadFile(
	context: FileContext,
	session: DownloadSession,
	download: Download,
): Promise<Result<IBinaryData, string>> {
	const { clock, stopSignal } = session;
	let { url } = download;
	let isRenewed = false;
	let reason = '';
	for (let attempt = 0; attempt < TRIES; attempt++) {
		if (attempt > 0) await clock.sleep(RETRY_GAP_MS * attempt, stopSignal);
		stopSignal?.throwIfAborted();
		const tried = await tryDownload(context, session, { ...download, url });
		stopSignal?.throwIfAborted();
		if (tried.ok) return tried;
		reason = tried.error.reason;
		if (clock.now() >= download.deadlineAt) break;
		if (!tried.error.isFinal) continue;
		const renewed = isRenewed ? undefined : await download.renewUrl();
		if (renewed === undefined) break;
		isRenewed = true;
		url = renewed;
	}
	return fail(reason);
}

interface Setback {
	reason: string;
	/** Another try would end the same way. */
	isFinal: boolean;
}

async function tryDownload(
	context: FileContext,
	{ clock, stopSignal }: DownloadSession,
	{ url, fileName, kind, deadlineAt }: Download,
): Promise<Result<IBinaryData, Setback>> {
	const leftMs = Math.max(deadlineAt - clock.now(), MIN_DOWNLOAD_MS);
	const deadline = clock.deadline(Math.min(leftMs, DOWNLOAD_TIMEOUT_MS));
	const signals = stopSignal === undefined ? [deadline] : [deadline, stopSignal];
	try {
		const response: IN8nHttpFullResponse = await context.helpers.httpRequest({
			method: 'GET',
			url,
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			abortSignal: AbortSignal.any(signals),
		});
		const { body, headers, statusCode } = response;
		const objection = objectionTo(statusCode, String(headers['content-type'] ?? ''), kind);
		if (objection !== undefined || !isReadable(body)) {
			if (isReadable(body)) body.destroy();
			return fail(objection ?? { reason: 'the answer holds no file', isFinal: false });
		}
		const stored = await context.helpers.prepareBinaryData(body, fileName, kind.mimeType);
		const isPlain = headers['content-encoding'] === undefined;
		const promised = isPlain ? headers['content-length'] : undefined;
		const flaw = await flawOf(context, stored, kind, promised);
		return flaw === undefined ? ok(stored) : fail({ reason: flaw, isFinal: false });
	} catch (error) {
		return fail({ reason: reasonOf(error), isFinal: false });
	}
}

function objectionTo(
	httpStatus: number,
	contentType: string,
	kind: MediaKind,
): Setback | undefined {
	if (httpStatus !== 200) {
		const isFinal =
			httpStatus >= 400 && httpStatus < 500 && httpStatus !== 404 && httpStatus !== 429;
		return { reason: `HTTP status ${httpStatus}`, isFinal };
	}
	if (!notAFile.test(contentType)) return undefined;
	return {
		reason: `the address holds no ${kind.extension} file, but ${contentType}`,
		isFinal: false,
	};
}

/** What is wrong with a stored file; undefined for a whole one of the right kind. */
async function flawOf(
	context: FileContext,
	stored: IBinaryData,
	kind: MediaKind,
	promisedLength: unknown,
): Promise<string | undefined> {
	const { length, head } = await inspect(context, stored);
	if (length === 0) return 'the file is empty';
	if (promisedLength !== undefined && Number(promisedLength) !== length) {
		return `the file is incomplete: ${length} of ${String(promisedLength)} bytes`;
	}
	if (!kind.startsRight(head)) return `the file is no ${kind.extension} file`;
	const isWhole = promisedLength !== undefined || (await endsRight(context, stored, kind));
	return isWhole ? undefined : `the file is incomplete: it ends after ${length} bytes`;
}

/** Length in bytes and first bytes of a stored file. */
async function inspect(
	context: FileContext,
	stored: IBinaryData,
): Promise<{ length: number; head: Buffer }> {
	if (stored.id === undefined) {
		const bytes = Buffer.from(stored.data, 'base64');
		return { length: bytes.length, head: bytes.subarray(0, HEAD_LENGTH) };
	}
	const length = stored.bytes ?? (await context.helpers.getBinaryMetadata(stored.id)).fileSize;
	let head = Buffer.alloc(0);
	for await (const chunk of chunksOf(context, stored)) {
		head = Buffer.concat([head, chunk]);
		if (head.length >= HEAD_LENGTH) break;
	}
	return { length, head };
}

/** Told from the file's own structure, because nobody told its length. */
async function endsRight(
	context: FileContext,
	stored: IBinaryData,
	{ readWhole }: MediaKind,
): Promise<boolean> {
	const reader = readWhole();
	for await (const chunk of chunksOf(context, stored)) reader.read(chunk);
	return reader.isWhole();
}

/** In n8n's memory mode the file stands in the item itself. */
async function* chunksOf(context: FileContext, stored: IBinaryData): AsyncGenerator<Buffer> {
	if (stored.id === undefined) {
		yield Buffer.from(stored.data, 'base64');
		return;
	}
	for await (const chunk of await context.helpers.getBinaryStream(stored.id)) {
		yield Buffer.from(chunk);
	}
}

function isReadable(body: unknown): body is FileStream {
	return typeof body === 'object' && body !== null && 'pipe' in body;
}
