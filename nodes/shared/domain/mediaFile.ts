/** What a file has to be, told from its bytes. */
export interface MediaKind {
	extension: string;
	mimeType: string;
	/** Judges by the first `HEAD_LENGTH` bytes. */
	startsRight(head: Buffer): boolean;
	/** Begins to read a whole file, for when nobody told its length. */
	readWhole(): WholeFileReader;
}

export interface WholeFileReader {
	read(chunk: Buffer): void;
	/** Whether nothing is missing at the end of what was read. */
	isWhole(): boolean;
}

export const HEAD_LENGTH = 12;

const ascii = (bytes: Buffer, from: number, to: number) => bytes.toString('latin1', from, to);

const isPng = (head: Buffer) => ascii(head, 0, 4) === '\x89PNG';
const isJpeg = (head: Buffer) => head[0] === 0xff && head[1] === 0xd8;

/** MP4 and QuickTime say `ftyp` in their first box, which is never longer than a few dozen bytes. */
export const video: MediaKind = {
	extension: 'mp4',
	mimeType: 'video/mp4',
	startsRight: (head) => ascii(head, 4, 8) === 'ftyp',
	readWhole: readBoxes,
};

/** Vendors promise a PNG; one has sent JPEGs since autumn 2026. */
export const image: MediaKind = {
	extension: 'png',
	mimeType: 'image/png',
	startsRight: (head) => isPng(head) || isJpeg(head),
	readWhole: readImage,
};

const SHORT_HEADER = 8;
/** With a size of 64 bits behind the type. */
const LONG_HEADER = 16;

/** Without its index (`moov`) or its pictures and sounds (`mdat`) an MP4 shows nothing. */
const neededBoxes = ['moov', 'mdat'];

/** Walks over the boxes of an MP4, each of which tells its size: the last one has to end the file. */
function readBoxes(): WholeFileReader {
	let position = 0;
	let nextBoxAt = 0;
	let header = Buffer.alloc(0);
	const found = new Set<string>();

	const wanted = () =>
		header.length >= SHORT_HEADER && header.readUInt32BE(0) === 1 ? LONG_HEADER : SHORT_HEADER;

	const enterBox = () => {
		const size = boxSize(header);
		found.add(ascii(header, 4, 8));
		// What tells less than its own header is no box: nothing behind it can be trusted.
		nextBoxAt += size < header.length ? NaN : size;
		header = Buffer.alloc(0);
	};

	return {
		read(chunk) {
			const end = position + chunk.length;
			while (nextBoxAt + header.length < end) {
				const from = nextBoxAt + header.length - position;
				const missing = wanted() - header.length;
				header = Buffer.concat([header, chunk.subarray(from, from + missing)]);
				if (header.length === wanted()) enterBox();
			}
			position = end;
		},
		isWhole: () =>
			(nextBoxAt === position || nextBoxAt === Infinity) &&
			neededBoxes.every((name) => found.has(name)),
	};
}

function boxSize(header: Buffer): number {
	const size = header.readUInt32BE(0);
	if (size === 1) return Number(header.readBigUInt64BE(SHORT_HEADER));
	// The last box may leave its size open and reach to the end of the file.
	return size === 0 ? Infinity : size;
}

const TAIL_LENGTH = 64;
const jpegEnd = Buffer.from([0xff, 0xd9]);

/** The last chunk of a PNG is `IEND`; a JPEG's last marker may have padding behind it. */
function readImage(): WholeFileReader {
	let head = Buffer.alloc(0);
	let tail = Buffer.alloc(0);
	return {
		read(chunk) {
			if (head.length < HEAD_LENGTH) head = Buffer.concat([head, chunk.subarray(0, HEAD_LENGTH)]);
			tail = Buffer.concat([tail, chunk]).subarray(-TAIL_LENGTH);
		},
		isWhole: () =>
			isPng(head) ? ascii(tail.subarray(-8), 0, 4) === 'IEND' : tail.includes(jpegEnd),
	};
}
