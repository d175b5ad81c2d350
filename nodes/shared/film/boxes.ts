import { isTrueIndex } from './indexTables';
import type { FileReader } from './storedFile';

const HEADER_BYTES = 8;
const LONG_HEADER_BYTES = 16;

/** Boxes that an MP4 or QuickTime file may begin with. */
const firstBoxes = new Set(['ftyp', 'styp', 'moov', 'mdat', 'wide', 'free', 'skip', 'pnot']);

/** The index of a file, or of a fragment of it. */
const indexes = new Set(['moov', 'moof']);

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
	while (position < reader.size) {
		const box = await readBox(reader, position);
		if (position === 0 && !firstBoxes.has(box?.name ?? '')) return 'is no MP4 or MOV file';
		if (box === undefined || boxes > MAX_BOXES) return cutOff(position);
		const flaw = indexes.has(box.name) ? await flawInIndex(reader, position, box.size) : undefined;
		if (flaw !== undefined) return flaw;
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
const encryptedEntry = /stsd.{12}enc[va]/s;

async function flawInIndex({ read, size }: FileReader, position: number, boxBytes: number) {
	if (position + boxBytes > size) return cutOff(size);
	if (boxBytes > MAX_INDEX_BYTES) return 'has an index that is too long to be read';
	const index = Buffer.from(await read(position, position + boxBytes));
	if (encryptedEntry.test(index.toString('latin1'))) return 'is encrypted';
	return isTrueIndex(index, size) ? undefined : 'is broken: its index does not fit its content';
}
