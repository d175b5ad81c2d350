import { fail, ok, type Result } from '../domain/result';
import { isTrueIndex, samplesToldBy } from './indexTables';
import { MAX_SAMPLES, TOO_MANY_SAMPLES } from './limits';
import type { FileReader } from './storedFile';

const HEADER_BYTES = 8;
const LONG_HEADER_BYTES = 16;

/** Boxes that an MP4 or QuickTime file may begin with. */
const firstBoxes = new Set(['ftyp', 'styp', 'moov', 'mdat', 'wide', 'free', 'skip', 'pnot']);

/** The index of a file, or of a fragment of it. */
const indexes = new Set(['moov', 'moof']);

/** One of pictures, one of sound. */
const TRACKS = 2;

/** No file has more; each of them costs a look. */
const MAX_BOXES = 100_000;

/**
 * What is wrong with a file's outermost structure, without reading what is in it: every box tells
 * its length, and the last one has to end the file. Undefined for a whole MP4 or QuickTime file.
 */
export async function flawInBoxes(reader: FileReader): Promise<string | undefined> {
	if (reader.size === 0) return 'is empty';
	const found = new Set<string>();
	let position = 0;
	let boxes = 0;
	let fragmentSamples = 0;
	while (position < reader.size) {
		const box = await readBox(reader, position);
		if (position === 0 && !firstBoxes.has(box?.name ?? '')) return 'is no MP4 or MOV file';
		if (box === undefined || boxes > MAX_BOXES) return cutOff(position);
		if (indexes.has(box.name)) {
			const samples = await samplesInIndex(reader, position, box.size);
			if (!samples.ok) return samples.error;
			// Those of all tracks; what one of them has is counted when it is read.
			if (box.name === 'moof') fragmentSamples += samples.value;
			if (samples.value > MAX_SAMPLES || fragmentSamples > TRACKS * MAX_SAMPLES) {
				return TOO_MANY_SAMPLES;
			}
		}
		found.add(box.name);
		boxes += 1;
		position += box.size;
	}
	if (position > reader.size) return cutOff(reader.size);
	const missing = ['moov', 'mdat'].find((name) => !found.has(name));
	return missing === undefined ? undefined : cutOff(reader.size);
}

const cutOff = (bytes: number) => `is broken: something is missing after ${bytes} bytes`;

async function readBox(
	{ read, size }: FileReader,
	position: number,
): Promise<{ name: string; size: number } | undefined> {
	const bytes = Buffer.from(await read(position, Math.min(position + LONG_HEADER_BYTES, size)));
	if (bytes.length < HEADER_BYTES) return undefined;
	const name = bytes.toString('latin1', 4, 8);
	const told = bytes.readUInt32BE(0);
	if (told === 0) return { name, size: size - position };
	if (told !== 1) return told < HEADER_BYTES ? undefined : { name, size: told };
	if (bytes.length < LONG_HEADER_BYTES) return undefined;
	const long = Number(bytes.readBigUInt64BE(HEADER_BYTES));
	return long < LONG_HEADER_BYTES ? undefined : { name, size: long };
}

/** An index takes about 30 bytes for each picture. */
const MAX_INDEX_BYTES = 64 * 1024 * 1024;

/** The name under which an MP4 lists a track whose content is encrypted, in the list of a track. */
const encryptedEntry = /stsd.{12}enc[va]/is;

async function samplesInIndex(
	{ read, size }: FileReader,
	position: number,
	boxBytes: number,
): Promise<Result<number, string>> {
	if (position + boxBytes > size) return fail(cutOff(size));
	if (boxBytes > MAX_INDEX_BYTES) return fail('has an index that is too long to be read');
	const index = Buffer.from(await read(position, position + boxBytes));
	if (encryptedEntry.test(index.toString('latin1'))) return fail('is encrypted');
	if (!isTrueIndex(index, size)) return fail('is broken: its index does not fit its content');
	return ok(samplesToldBy(index));
}
