/**
 * Whether an index (`moov`, or the `moof` of a fragment) is what it says: every box lies within the
 * one around it, and no table is longer than its box. The library believes what stands there, and a
 * broken number would keep it, and with it the whole n8n, busy for hours.
 */
export const isTrueIndex = (box: Buffer, fileBytes: number): boolean => isTrueBox(box, fileBytes);

const HEADER_BYTES = 8;

/** Boxes that hold further boxes. */
const containers = new Set([
	...['moov', 'trak', 'edts', 'mdia', 'minf', 'stbl', 'mvex', 'moof', 'traf', 'udta'],
]);

/** Tables: where the number of entries stands in the box, and how long an entry is at least. */
const tables: Readonly<Record<string, { countAt: number; entryBytes: number }>> = {
	stsd: { countAt: 12, entryBytes: 16 },
	stts: { countAt: 12, entryBytes: 8 },
	ctts: { countAt: 12, entryBytes: 8 },
	stss: { countAt: 12, entryBytes: 4 },
	stsc: { countAt: 12, entryBytes: 12 },
	stco: { countAt: 12, entryBytes: 4 },
	co64: { countAt: 12, entryBytes: 8 },
	elst: { countAt: 12, entryBytes: 12 },
};

/** Tables whose entries each stand for several samples: a file holds no more samples than bytes. */
const runs = new Set(['stts', 'ctts']);

function isTrueBox(box: Buffer, fileBytes: number): boolean {
	if (box.length < HEADER_BYTES) return false;
	const name = box.toString('latin1', 4, 8);
	if (name === 'stbl' && !fitTogether(box.subarray(HEADER_BYTES))) return false;
	if (containers.has(name)) return holdsBoxes(box.subarray(HEADER_BYTES), fileBytes);
	if (name === 'stsz') return areTrueSizes(box, fileBytes);
	if (name === 'trun') return isTrueRun(box, fileBytes);
	const table = tables[name];
	if (table === undefined) return true;
	const { countAt, entryBytes } = table;
	if (box.length < countAt + 4) return false;
	const count = box.readUInt32BE(countAt);
	const content = box.subarray(countAt + 4);
	if (count * entryBytes > content.length) return false;
	if (name === 'stsd') return holdsBoxes(content, fileBytes, holdsDescriptions);
	return !runs.has(name) || samplesIn(content, count) <= fileBytes;
}

function holdsBoxes(
	content: Buffer,
	fileBytes: number,
	isTrue: (box: Buffer, fileBytes: number) => boolean = isTrueBox,
): boolean {
	let position = 0;
	// Less than a header at the end is padding, as QuickTime writes it.
	while (content.length - position >= HEADER_BYTES) {
		const size = content.readUInt32BE(position);
		const end = position + size;
		if (size < HEADER_BYTES || end > content.length) return false;
		if (!isTrue(content.subarray(position, end), fileBytes)) return false;
		position = end;
	}
	return true;
}

/** Length of what stands before the boxes in a sample description, by the kind of its track. */
const SOUND_FIELDS = 36;
const PICTURE_FIELDS = 86;
/** In small letters: the library takes either. */
const soundEntries = new Set(['mp4a', 'opus', 'flac', '.mp3']);
const pictureEntries = new Set(['avc1', 'avc3', 'hvc1', 'hev1', 'av01', 'vp09']);

/** The boxes in a sample description, such as the encoder's settings. */
function holdsDescriptions(entry: Buffer, fileBytes: number): boolean {
	const name = entry.toString('latin1', 4, 8).toLowerCase();
	if (pictureEntries.has(name)) return holdsBoxes(entry.subarray(PICTURE_FIELDS), fileBytes);
	if (!soundEntries.has(name)) return true;
	// QuickTime has longer versions of it.
	const version = entry.length > 18 ? entry.readUInt16BE(16) : 0;
	return version !== 0 || holdsBoxes(entry.subarray(SOUND_FIELDS), fileBytes);
}

/** A table of tables: none is missing, and what they say about samples comes to about their number. */
function fitTogether(content: Buffer): boolean {
	const boxNamed = (...names: string[]) => findBox(content, names);
	const sizes = boxNamed('stsz', 'stz2');
	const chunks = boxNamed('stco', 'co64');
	const runsOfChunks = boxNamed('stsc');
	if (sizes === undefined || chunks === undefined || runsOfChunks === undefined) return false;
	if (sizes.length < 20 || chunks.length < 16 || runsOfChunks.length < 16) return false;
	const samples = sizes.readUInt32BE(16);
	const isEach = sizes.readUInt32BE(12) === 0 || sizes.toString('latin1', 4, 8) === 'stz2';
	const chunkCount = chunks.readUInt32BE(12);
	let counted = 0;
	for (let at = 16; at + 12 <= runsOfChunks.length; at += 12) {
		const first = runsOfChunks.readUInt32BE(at);
		const isLast = at + 24 > runsOfChunks.length;
		const next = isLast ? chunkCount + 1 : runsOfChunks.readUInt32BE(at + 12);
		if (next < first) return false;
		if (isEach && runsOfChunks.readUInt32BE(at + 4) > MAX_CHUNK_SAMPLES) return false;
		counted += (next - first) * runsOfChunks.readUInt32BE(at + 4);
	}
	return counted <= samples * 2 + SLACK;
}

/**
 * For each sample the library looks at all that lie in one piece with it. Writers begin a new piece
 * every second or megabyte; one track alone may lie in one.
 */
const MAX_CHUNK_SAMPLES = 20_000;

/** Nobody counts wrong by more, and that much costs nothing. */
const SLACK = 1000;

function findBox(content: Buffer, names: readonly string[]): Buffer | undefined {
	let position = 0;
	while (content.length - position >= HEADER_BYTES) {
		const size = content.readUInt32BE(position);
		if (size < HEADER_BYTES) return undefined;
		const box = content.subarray(position, position + size);
		if (names.includes(box.toString('latin1', 4, 8))) return box;
		position += size;
	}
	return undefined;
}

/**
 * How many samples a true index tells of: the most of any track that can be read, or all of a
 * fragment's. Tables that say different numbers count by the highest.
 */
export function samplesToldBy(box: Buffer): number {
	const name = box.toString('latin1', 4, 8);
	if (containers.has(name)) {
		if (name === 'stbl' && !isRead(box)) return 0;
		const told = boxesIn(box.subarray(HEADER_BYTES)).map(samplesToldBy);
		return name === 'moof' || name === 'traf'
			? told.reduce((sum, samples) => sum + samples, 0)
			: told.reduce((most, samples) => Math.max(most, samples), 0);
	}
	if (name === 'stsz' || name === 'stz2') return box.length < 20 ? 0 : box.readUInt32BE(16);
	if (name === 'stts') return samplesIn(box.subarray(16), box.readUInt32BE(12));
	return name === 'trun' ? box.readUInt32BE(12) : 0;
}

/** Whether it is a table of pictures or sounds that are taken: others, such as PCM, may have more. */
function isRead(table: Buffer): boolean {
	const list = findBox(table.subarray(HEADER_BYTES), ['stsd']);
	const entry = list?.toString('latin1', 20, 24).toLowerCase() ?? '';
	return pictureEntries.has(entry) || soundEntries.has(entry);
}

function boxesIn(content: Buffer): Buffer[] {
	const boxes: Buffer[] = [];
	for (let position = 0; content.length - position >= HEADER_BYTES; ) {
		const box = content.subarray(position, position + content.readUInt32BE(position));
		boxes.push(box);
		position += box.length;
	}
	return boxes;
}

function samplesIn(entries: Buffer, count: number): number {
	let samples = 0;
	for (let entry = 0; entry < count; entry++) samples += entries.readUInt32BE(entry * 8);
	return samples;
}

/** Sizes of all samples: one for all, or one each. */
function areTrueSizes(box: Buffer, fileBytes: number): boolean {
	if (box.length < 20) return false;
	const count = box.readUInt32BE(16);
	const isEach = box.readUInt32BE(12) === 0;
	return count <= fileBytes && (!isEach || count * 4 <= box.length - 20);
}

/** Bits of a fragment's run that say which numbers stand there for each sample. */
const perSample = [0x100, 0x200, 0x400, 0x800];

function isTrueRun(box: Buffer, fileBytes: number): boolean {
	if (box.length < 16) return false;
	const flags = box.readUInt32BE(8);
	const count = box.readUInt32BE(12);
	const numbers = perSample.filter((bit) => (flags & bit) !== 0).length;
	return count <= fileBytes && count * numbers * 4 <= box.length - 16;
}
