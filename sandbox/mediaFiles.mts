import { sampleVideo } from './media/embedded.mts';
import type { FaultEffect } from './types.mts';

export interface MediaFile {
	contentType: string;
	byteCount: number;
	chunks: Iterable<Buffer>;
	/** It is not said how long it is. */
	isWithoutLength?: true;
}

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

const whole = (contentType: string, bytes: Buffer): MediaFile => ({
	contentType,
	byteCount: bytes.length,
	chunks: [bytes],
});

export const png = (bytes: Buffer) => whole('image/png', bytes);

export const mp3 = (bytes: Buffer) => whole('audio/mpeg', bytes);

export function mp4(wantedPaddingBytes: number): MediaFile {
	const isUsable = wantedPaddingBytes >= freeBoxHeaderBytes && wantedPaddingBytes < 2 ** 32;
	const paddingBytes = isUsable ? Math.floor(wantedPaddingBytes) : 0;
	return {
		contentType: 'video/mp4',
		byteCount: sampleVideo.length + paddingBytes,
		chunks: videoChunks(paddingBytes),
	};
}

const page = Buffer.from('<!doctype html><title>Sign in</title><h1>Please sign in</h1>\n');

/** What a storage hands out in the place of a file, although it says 200. */
export function wrongFile({ contentType }: MediaFile, effect?: FaultEffect): MediaFile | undefined {
	switch (effect?.kind) {
		case 'html':
			return whole('text/html', page);
		case 'wrongBytes':
			return whole(contentType, page);
		case 'empty':
			return whole(contentType, Buffer.alloc(0));
		default:
			return undefined;
	}
}
