import type {
	IBinaryData,
	IExecuteFunctions,
	IN8nHttpFullResponse,
	IWebhookFunctions,
} from 'n8n-workflow';
import type { Clock } from '../clock';

export interface Download {
	url: string;
	fileName: string;
	mimeType: string;
}

export type DownloadResult = { ok: true; file: IBinaryData } | { ok: false; reason: string };

/** The stream type of n8n's own helper; n8n Cloud refuses an import of node:stream. */
type FileStream = Exclude<Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0], Buffer>;

const TRIES = 3;
const RETRY_GAP_MS = 2_000;

/** A media host that stalls in the middle of a file must not hold the execution for ever. */
const DOWNLOAD_TIMEOUT_MS = 15 * 60_000;

/**
 * Streams a file from the vendor's media host into n8n's binary store, never whole in memory
 * (in the store's filesystem mode). No credential goes along. A broken stream is tried again.
 */
export async function downloadFile(
	context: IExecuteFunctions | IWebhookFunctions,
	clock: Clock,
	{ url, fileName, mimeType }: Download,
	stopSignal?: AbortSignal,
): Promise<DownloadResult> {
	let reason = '';
	for (let attempt = 0; attempt < TRIES; attempt++) {
		if (attempt > 0) await clock.sleep(RETRY_GAP_MS * attempt, stopSignal);
		stopSignal?.throwIfAborted();
		try {
			const response: IN8nHttpFullResponse = await context.helpers.httpRequest({
				method: 'GET',
				url,
				encoding: 'stream',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				abortSignal: AbortSignal.any([
					AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS),
					...(stopSignal ? [stopSignal] : []),
				]),
			});
			if (response.statusCode === 200 && isReadable(response.body)) {
				const file = await context.helpers.prepareBinaryData(response.body, fileName, mimeType);
				return { ok: true, file };
			}
			if (isReadable(response.body)) response.body.destroy();
			reason = `HTTP status ${response.statusCode}`;
			if (isFinal(response.statusCode)) break;
		} catch (error) {
			stopSignal?.throwIfAborted();
			reason = error instanceof Error ? error.message : String(error);
		}
	}
	return { ok: false, reason };
}

const isFinal = (httpStatus: number) =>
	httpStatus >= 400 && httpStatus < 500 && httpStatus !== 404 && httpStatus !== 429;

function isReadable(body: unknown): body is FileStream {
	return typeof body === 'object' && body !== null && 'pipe' in body;
}
