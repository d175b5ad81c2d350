import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { MediaFile } from './mediaFiles.mts';

/** Leaves no listener behind, whichever of the two happens first. */
async function drained(response: ServerResponse): Promise<void> {
	const either = new AbortController();
	const { signal } = either;
	await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
	either.abort();
}

function* firstBytes(chunks: Iterable<Buffer>, byteCount: number): Generator<Buffer> {
	let left = byteCount;
	for (const chunk of chunks) {
		if (left <= 0) return;
		yield chunk.subarray(0, Math.min(left, chunk.length));
		left -= chunk.length;
	}
}

/** Never more in memory than the socket takes; stops when the client is gone. */
async function write(response: ServerResponse, chunks: Iterable<Buffer>): Promise<void> {
	for (const chunk of chunks) {
		if (response.destroyed) return;
		if (!response.write(chunk)) await drained(response);
	}
}

export async function stream(response: ServerResponse, file: MediaFile): Promise<void> {
	await write(response, file.chunks);
	response.end();
}

/** The connection ends before the length that the headers told. */
export async function streamCut(
	response: ServerResponse,
	file: MediaFile,
	afterBytes: number,
): Promise<void> {
	if (afterBytes > file.byteCount) return await stream(response, file);
	await write(response, firstBytes(file.chunks, afterBytes));
	// An orderly close of the socket in mid-body: the bytes so far still reach the client.
	response.write('', () => response.socket?.destroySoon());
}

/** Ends too early like a whole file ends: nothing but the bytes can tell. */
export async function streamShortened(
	response: ServerResponse,
	file: MediaFile,
	afterBytes: number,
): Promise<void> {
	await write(response, firstBytes(file.chunks, afterBytes));
	response.end();
}
