import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { EncodedPacketSink, Input, MP4, QTFF, BufferSource, type InputTrack } from 'mediabunny';
import { readClip, type Clip } from '../../nodes/shared/film/clip.ts';
import { chunksOf, type Film } from '../../nodes/shared/film/film.ts';
import type { StoredFile } from '../../nodes/shared/film/storedFile.ts';

export const bytesOfClip = (name: string): Buffer => readFileSync(path.join(__dirname, name));

const rest = async () => await setImmediate();

/** Bytes as n8n would hand them out, in chunks of some length. */
export function fileOf(bytes: Uint8Array, chunkBytes = 4096): StoredFile {
	async function* chunks() {
		for (let start = 0; start < bytes.length; start += chunkBytes) {
			yield await Promise.resolve(bytes.subarray(start, start + chunkBytes));
		}
	}
	return { size: bytes.length, rest, open: async () => await Promise.resolve(chunks()) };
}

/** A clip of about so many bytes: `silent.mp4`, whose index comes last, with a last picture that long. */
export function clipOfSize(bytes: number): Buffer {
	const clip = bytesOfClip('silent.mp4');
	const [pictures, index] = [clip.indexOf('mdat') - 4, clip.indexOf('moov') - 4];
	const sizes = clip.indexOf('stsz') - 4;
	const lastSize = sizes + clip.readUInt32BE(sizes) - 4;
	clip.writeUInt32BE(clip.readUInt32BE(lastSize) + bytes, lastSize);
	clip.writeUInt32BE(clip.readUInt32BE(pictures) + bytes, pictures);
	return Buffer.concat([clip.subarray(0, index), Buffer.alloc(bytes), clip.subarray(index)]);
}

export const fileNamed = (name: string): StoredFile => fileOf(bytesOfClip(name));

export async function clipNamed(name: string): Promise<Clip> {
	const clip = await readClip(fileNamed(name));
	if (!clip.ok) throw new Error(`${name} ${clip.error}`);
	return clip.value;
}

export async function bytesOfFilm(film: Film): Promise<Buffer> {
	const parts: Buffer[] = [];
	for await (const chunk of chunksOf(film)) parts.push(chunk);
	return Buffer.concat(parts);
}

export interface SeenPacket {
	timestamp: number;
	duration: number;
	isKey: boolean;
	bytes: number;
	hash: string;
}

async function packetsOf(track: InputTrack | null): Promise<SeenPacket[]> {
	const seen: SeenPacket[] = [];
	if (track === null) return seen;
	for await (const { timestamp, duration, type, data } of new EncodedPacketSink(track).packets()) {
		const hash = createHash('sha1').update(data).digest('hex');
		seen.push({ timestamp, duration, isKey: type === 'key', bytes: data.length, hash });
	}
	return seen;
}

/** Every picture and piece of sound in a video, in the order in which they are decoded. */
export async function contentOf(bytes: Uint8Array) {
	const input = new Input({ formats: [MP4, QTFF], source: new BufferSource(bytes) });
	return {
		pictures: await packetsOf(await input.getPrimaryVideoTrack()),
		sounds: await packetsOf(await input.getPrimaryAudioTrack()),
	};
}

/** Names of the outermost boxes. */
export function boxesOf(bytes: Buffer): string[] {
	const names: string[] = [];
	for (let position = 0; position < bytes.length; ) {
		const told = bytes.readUInt32BE(position);
		names.push(bytes.toString('latin1', position + 4, position + 8));
		position += told === 1 ? Number(bytes.readBigUInt64BE(position + 8)) : told;
	}
	return names;
}
