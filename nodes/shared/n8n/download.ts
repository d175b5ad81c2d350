import type {
	IBinaryData,
	IBinaryKeyData,
	IExecuteFunctions,
	IN8nHttpFullResponse,
	IWebhookFunctions,
} from 'n8n-workflow';
import { reasonOf } from '../domain/json';
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

/** What a file has to be, told from its first bytes. */
interface FileKind {
	extension: string;
	mimeType: string;
	startsRight(head: Buffer): boolean;
}

const ascii = (head: Buffer, from: number, to: number) => head.toString('latin1', from, to);

/** MP4 and QuickTime say `ftyp` in their first box, which is never longer than a few dozen bytes. */
const video: FileKind = {
	extension: 'mp4',
	mimeType: 'video/mp4',
	startsRight: (head) => ascii(head, 4, 8) === 'ftyp',
};

/** Vendors promise a PNG; Ark has sent JPEGs since autumn 2026. */
const image: FileKind = {
	extension: 'png',
	mimeType: 'image/png',
	startsRight: (head) => ascii(head, 0, 4) === '\x89PNG' || (head[0] === 0xff && head[1] === 0xd8),
};

/** Pages and messages; any other label may be wrong, so there the bytes decide. */
const notAFile = /^(text\/html|application\/(json|xml|xhtml)|text\/xml)/i;

const LAST_FRAME_PROPERTY = 'lastFrame';
const HEAD_LENGTH = 12;

/** The files of a finished task: the video under `property` and the last frame, if there is one. */
export async function downloadTask(
	context: FileContext,
	session: DownloadSession,
	task: Task,
	property: string,
): Promise<Result<IBinaryKeyData, string>> {
	const files = [
		{ key: property, url: task.videoUrl, kind: video },
		{ key: LAST_FRAME_PROPERTY, url: task.lastFrameUrl, kind: image },
	];
	const binary: IBinaryKeyData = {};
	for (const { key, url, kind } of files) {
		if (url === undefined) continue;
		const fileName = `${fileNameOf(task.taskId)}.${kind.extension}`;
		const downloaded = await downloadFile(context, session, { url, fileName, kind });
		if (!downloaded.ok) return downloaded;
		binary[key] = downloaded.value;
	}
	return ok(binary);
}

/** Task IDs may hold characters that no file system takes, e.g. `:` and `/` at AI/ML API. */
function fileNameOf(taskId: string): string {
	return taskId.replaceAll(/[^\w.-]/g, '_');
}

interface Download {
	url: string;
	fileName: string;
	kind: FileKind;
}

/**
 * Streams a file from the vendor's media host into n8n's binary store, never whole in memory
 * (in the store's filesystem mode). No credential goes along. A broken or wrong file is tried again.
 */
async function downloadFile(
	context: FileContext,
	session: DownloadSession,
	download: Download,
): Promise<Result<IBinaryData, string>> {
	const { clock, stopSignal } = session;
	let reason = '';
	for (let attempt = 0; attempt < TRIES; attempt++) {
		if (attempt > 0) await clock.sleep(RETRY_GAP_MS * attempt, stopSignal);
		stopSignal?.throwIfAborted();
		const tried = await tryDownload(context, session, download);
		stopSignal?.throwIfAborted();
		if (tried.ok) return tried;
		reason = tried.error.reason;
		if (tried.error.isFinal) break;
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
	{ url, fileName, kind }: Download,
): Promise<Result<IBinaryData, Setback>> {
	const deadline = clock.deadline(DOWNLOAD_TIMEOUT_MS);
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

function objectionTo(httpStatus: number, contentType: string, kind: FileKind): Setback | undefined {
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
	kind: FileKind,
	promisedLength: unknown,
): Promise<string | undefined> {
	const { length, head } = await inspect(context, stored);
	if (length === 0) return 'the file is empty';
	if (promisedLength !== undefined && Number(promisedLength) !== length) {
		return `the file is incomplete: ${length} of ${String(promisedLength)} bytes`;
	}
	return kind.startsRight(head) ? undefined : `the file is no ${kind.extension} file`;
}

/** Length in bytes and first bytes of a stored file; in n8n's memory mode it stands in the item. */
async function inspect(
	context: FileContext,
	stored: IBinaryData,
): Promise<{ length: number; head: Buffer }> {
	if (stored.id === undefined) {
		const head = Buffer.from(stored.data.slice(0, 2 * HEAD_LENGTH), 'base64');
		return { length: stored.bytes ?? Buffer.byteLength(stored.data, 'base64'), head };
	}
	const length = stored.bytes ?? (await context.helpers.getBinaryMetadata(stored.id)).fileSize;
	const stream = await context.helpers.getBinaryStream(stored.id);
	const chunks: Buffer[] = [];
	for await (const chunk of stream) {
		chunks.push(Buffer.from(chunk));
		if (chunks.reduce((sum, { length: size }) => sum + size, 0) >= HEAD_LENGTH) break;
	}
	return { length, head: Buffer.concat(chunks) };
}

function isReadable(body: unknown): body is FileStream {
	return typeof body === 'object' && body !== null && 'pipe' in body;
}
