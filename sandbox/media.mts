import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultPlan } from './faults.mts';
import { cutConnection, send } from './http.mts';
import { lastFrameImage, sampleImage, sampleVideo } from './media/embedded.mts';
import { refusal } from './mediaUrls.mts';
import type { RecordedRequest } from './types.mts';
import type { Answer, World } from './vendors/vendor.mts';
import { faultAnswer } from './vendorServer.mts';

const freeBoxHeaderBytes = 8;
const zeros = Buffer.alloc(64 * 1024);

/** The video and, if asked for, an mp4 `free` box behind it: still playable, as big as wanted. */
function* videoChunks(paddingBytes: number): Generator<Buffer> {
	yield sampleVideo;
	if (paddingBytes === 0) return;
	const header = Buffer.alloc(freeBoxHeaderBytes);
	header.writeUInt32BE(paddingBytes);
	header.write('free', 4, 'latin1');
	yield header;
	for (let left = paddingBytes - freeBoxHeaderBytes; left > 0; left -= zeros.length) {
		yield left < zeros.length ? zeros.subarray(0, left) : zeros;
	}
}

interface File {
	contentType: string;
	byteCount: number;
	chunks: Iterable<Buffer>;
}

const png = (bytes: Buffer): File => ({
	contentType: 'image/png',
	byteCount: bytes.length,
	chunks: [bytes],
});

function mp4(wantedPaddingBytes: number): File {
	const isUsable = wantedPaddingBytes >= freeBoxHeaderBytes && wantedPaddingBytes < 2 ** 32;
	const paddingBytes = isUsable ? Math.floor(wantedPaddingBytes) : 0;
	return {
		contentType: 'video/mp4',
		byteCount: sampleVideo.length + paddingBytes,
		chunks: videoChunks(paddingBytes),
	};
}

/** Leaves no listener behind, whichever of the two happens first. */
async function drained(response: ServerResponse): Promise<void> {
	const either = new AbortController();
	const { signal } = either;
	await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
	either.abort();
}

/** Never more in memory than the socket takes; stops when the client is gone. */
async function stream(response: ServerResponse, file: File, afterBytes = Infinity): Promise<void> {
	let left = afterBytes;
	for (const chunk of file.chunks) {
		if (response.destroyed || left <= 0) break;
		const part = chunk.subarray(0, Math.min(left, chunk.length));
		left -= part.length;
		if (!response.write(part)) {
			await drained(response);
		}
	}
	if (left > 0) response.end();
	// An orderly close of the socket in mid-body: the bytes so far still reach the client.
	else response.write('', () => response.socket?.destroySoon());
}

const refuse = (status: number, body: string): Answer => ({ status, body });

interface MediaServer {
	world: World;
	plan: FaultPlan;
	requests: RecordedRequest[];
	mediaPaddingBytes(): number;
}

/** The file behind a media link, or why there is none. */
function findFile(
	url: URL,
	request: IncomingMessage,
	{ world, mediaPaddingBytes }: MediaServer,
): File | Answer {
	// The signed link is all a media host needs; an API key sent there is an API key leaked.
	if (request.headers.authorization !== undefined) {
		return refuse(400, 'Authorization header must not be sent to the media host');
	}
	if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'GET or HEAD');
	if (url.pathname === '/media/sample.png') return png(sampleImage);
	const { task, extension } = findTask(url, world);
	if (!task || world.tasks.state(task) !== 'succeeded') return refuse(404, 'NoSuchKey');
	if (extension === 'png') {
		return task.input.return_last_frame === true ? png(lastFrameImage) : refuse(404, 'NoSuchKey');
	}
	const reason = refusal(task, url.searchParams, world.clock.now());
	if (reason !== undefined) return refuse(403, reason);
	return mp4(Number(url.searchParams.get('mediaPaddingBytes') ?? mediaPaddingBytes()));
}

function findTask({ pathname }: URL, { tasks }: World) {
	const [, encodedTaskId, extension] = /^\/media\/([^/]+)\.(mp4|png)$/.exec(pathname) ?? [];
	try {
		return { task: tasks.find(decodeURIComponent(encodedTaskId ?? '')), extension };
	} catch {
		return { task: undefined, extension };
	}
}

/** Answers one download, with the faults that are planned for it. */
export async function serveMedia(
	url: URL,
	request: IncomingMessage,
	response: ServerResponse,
	server: MediaServer,
): Promise<void> {
	const { task } = findTask(url, server.world);
	const record: RecordedRequest = {
		vendor: task?.vendor,
		operation: 'media',
		method: request.method ?? 'GET',
		path: url.pathname + url.search,
		headers: request.headers,
		rawBody: '',
		json: undefined,
		receivedAt: server.world.clock.now(),
	};
	server.requests.push(record);
	const answer = (given: Answer) => {
		record.responseStatus = given.status;
		send(response, given);
	};
	const effect = server.plan.strike({
		vendor: task?.vendor,
		operation: 'media',
		taskId: task?.taskId,
	});
	switch (effect?.kind) {
		case 'hang':
		case 'hangAfter':
			return;
		case 'reset':
		case 'resetAfter':
			return cutConnection(response);
		case 'http':
			return answer(faultAnswer(effect, refuse(effect.status, 'InternalError')));
		case 'httpAfter':
			return answer(refuse(effect.status, 'InternalError'));
		case 'latency':
			await delay(effect.latencyMs, undefined, { ref: false });
	}
	const found = findFile(url, request, server);
	if ('status' in found) return answer(found);
	record.responseStatus = 200;
	response.writeHead(200, {
		'content-type': found.contentType,
		'content-length': found.byteCount,
	});
	if (request.method === 'HEAD') {
		response.end();
		return;
	}
	await stream(response, found, effect?.kind === 'truncate' ? effect.afterBytes : undefined);
}
