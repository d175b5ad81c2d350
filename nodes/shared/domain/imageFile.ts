import { ascii, big, little } from './bytes';

/** What the bytes of an image say about it. */
export interface ImageFacts {
	mimeType: string;
	/** Absent where the format is known and the file does not tell, e.g. because it is damaged. */
	size?: { widthPx: number; heightPx: number };
}

type Size = ImageFacts['size'];

interface Format {
	mimeType: string;
	isIt(bytes: Buffer): boolean;
	sizeOf(bytes: Buffer): Size;
}

const sized = (widthPx: number, heightPx: number): Size =>
	widthPx > 0 && heightPx > 0 ? { widthPx, heightPx } : undefined;

const brandOf = (bytes: Buffer) => (ascii(bytes, 4, 8) === 'ftyp' ? ascii(bytes, 8, 12) : '');

const isoFormat = (mimeType: string, brands: readonly string[]): Format => ({
	mimeType,
	isIt: (bytes) => brands.includes(brandOf(bytes)),
	sizeOf: sizeOfIso,
});

/** Of Windows 3 and its successors; what was before has two bytes for a side. */
const bmpHeaderLengths = [40, 52, 56, 108, 124];

const formats: readonly Format[] = [
	{
		mimeType: 'image/png',
		isIt: (bytes) => ascii(bytes, 0, 8) === '\x89PNG\r\n\x1a\n',
		sizeOf: (bytes) => sized(big(bytes, 16, 4), big(bytes, 20, 4)),
	},
	{
		mimeType: 'image/jpeg',
		isIt: (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff,
		sizeOf: sizeOfJpeg,
	},
	{
		mimeType: 'image/webp',
		isIt: (bytes) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP',
		sizeOf: sizeOfWebp,
	},
	{
		mimeType: 'image/gif',
		isIt: (bytes) => /^GIF8[79]a$/.test(ascii(bytes, 0, 6)),
		sizeOf: (bytes) => sized(little(bytes, 6, 2), little(bytes, 8, 2)),
	},
	{
		mimeType: 'image/bmp',
		isIt: (bytes) => ascii(bytes, 0, 2) === 'BM' && bmpHeaderLengths.includes(little(bytes, 14, 4)),
		// A negative height means that the rows stand from top to bottom.
		sizeOf: (bytes) => sized(little(bytes, 18, 4), Math.abs(little(bytes, 22, 4) | 0)),
	},
	{
		mimeType: 'image/tiff',
		isIt: (bytes) => ['II*\0', 'MM\0*'].includes(ascii(bytes, 0, 4)),
		sizeOf: sizeOfTiff,
	},
	isoFormat('image/heic', ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx']),
	isoFormat('image/heif', ['mif1', 'msf1']),
	isoFormat('image/avif', ['avif', 'avis']),
	{ mimeType: 'image/jxl', isIt: isJxl, sizeOf: () => undefined },
	{
		mimeType: 'image/svg+xml',
		isIt: (bytes) =>
			/^(\s|\ufeff|<\?xml[^>]*>|<!--(?:(?!-->).)*-->|<!doctype[^>]*>)*<svg[\s>/]/is.test(
				headOf(bytes),
			),
		sizeOf: () => undefined,
	},
];

const formatOf = (bytes: Buffer): Format | undefined => formats.find(({ isIt }) => isIt(bytes));

/** Tells an image's format by its first bytes; undefined when it is none of the known. */
export const imageTypeOf = (bytes: Buffer): string | undefined => formatOf(bytes)?.mimeType;
const HEAD_OF_TEXT = 1_000;

const headOf = (bytes: Buffer) => bytes.toString('utf8', 0, HEAD_OF_TEXT);

function isJxl(bytes: Buffer): boolean {
	return (bytes[0] === 0xff && bytes[1] === 0x0a) || ascii(bytes, 4, 12) === 'JXL \r\n\x87\n';
}

/** Tells format and size (pixels) of an image by its bytes; undefined when it is none of the known. */
export function readImageFacts(bytes: Buffer): ImageFacts | undefined {
	const format = formatOf(bytes);
	return format && { mimeType: format.mimeType, size: format.sizeOf(bytes) };
}

/**
 * How many markers or boxes of a picture are looked at: many times what stands before the size in
 * any real one. A file of nothing else would hold up n8n for as long as it is read.
 */
const MAX_STEPS = 1_000;
const MAX_DEPTH = 8;

/** The names of formats that `readImageFacts` can tell; a file that claims one must be it. */
export const knownImageTypes: ReadonlySet<string> = new Set(
	formats.map(({ mimeType }) => mimeType),
);

/** Walks from marker to marker to the first frame header (SOF), which tells the size. */
function sizeOfJpeg(bytes: Buffer): Size {
	for (let at = 2, step = 0; step < MAX_STEPS; step += 1) {
		// Any number of fill bytes may stand before a marker.
		if (big(bytes, at, 1) !== 0xff) return undefined;
		const marker = big(bytes, at + 1, 1);
		if (marker === 0xff) {
			at += 1;
			continue;
		}
		const isAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
		if (isAlone) {
			at += 2;
			continue;
		}
		const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
		if (isFrame) return sized(big(bytes, at + 7, 2), big(bytes, at + 5, 2));
		// The picture itself, or the end, without a frame before it.
		if (marker === 0xda || marker === 0xd9) return undefined;
		at += 2 + big(bytes, at + 2, 2);
	}
	return undefined;
}

function sizeOfWebp(bytes: Buffer): Size {
	switch (ascii(bytes, 12, 16)) {
		case 'VP8X':
			return sized(little(bytes, 24, 3) + 1, little(bytes, 27, 3) + 1);
		case 'VP8L': {
			const bits = little(bytes, 21, 4);
			return Number.isNaN(bits)
				? undefined
				: sized((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
		}
		case 'VP8 ':
			return sized(little(bytes, 26, 2) & 0x3fff, little(bytes, 28, 2) & 0x3fff);
		default:
			return undefined;
	}
}

const TIFF_WIDTH = 256;
const TIFF_HEIGHT = 257;
const TIFF_SHORT = 3;

/** Reads the first directory, where the first picture's tags stand. */
function sizeOfTiff(bytes: Buffer): Size {
	const isLittle = ascii(bytes, 0, 2) === 'II';
	const u16 = (at: number) => (isLittle ? little(bytes, at, 2) : big(bytes, at, 2));
	const u32 = (at: number) => (isLittle ? little(bytes, at, 4) : big(bytes, at, 4));
	const directory = u32(4);
	const sides = new Map<number, number>();
	for (let entry = 0; entry < u16(directory); entry += 1) {
		const at = directory + 2 + entry * 12;
		sides.set(u16(at), u16(at + 2) === TIFF_SHORT ? u16(at + 8) : u32(at + 8));
	}
	return sized(sides.get(TIFF_WIDTH) ?? 0, sides.get(TIFF_HEIGHT) ?? 0);
}

/** Boxes that hold the properties of pictures; `meta` has four bytes before its first box. */
const isoFolders: Readonly<Record<string, number>> = { meta: 4, iprp: 0, ipco: 0 };

/** The largest picture of the file: the others are its thumbnail and its tiles. */
function sizeOfIso(bytes: Buffer): Size {
	const sizes: Array<NonNullable<Size>> = [];
	let steps = 0;
	const walk = (from: number, to: number, depth: number) => {
		for (let at = from; at + 8 <= to && steps < MAX_STEPS; ) {
			steps += 1;
			const told = big(bytes, at, 4);
			const end = told === 0 ? to : at + told;
			if (end < at + 8 || end > to) return;
			const type = ascii(bytes, at + 4, at + 8);
			const inner = Object.hasOwn(isoFolders, type) ? isoFolders[type] : undefined;
			if (inner !== undefined && depth < MAX_DEPTH) walk(at + 8 + inner, end, depth + 1);
			const size =
				type === 'ispe' ? sized(big(bytes, at + 12, 4), big(bytes, at + 16, 4)) : undefined;
			if (size !== undefined) sizes.push(size);
			at = end;
		}
	};
	walk(0, bytes.length, 0);
	const areaOf = ({ widthPx, heightPx }: NonNullable<Size>) => widthPx * heightPx;
	return sizes.sort((one, other) => areaOf(other) - areaOf(one))[0];
}
