import { ascii, little } from './bytes';
import { imageTypeOf } from './imageFile';
import { readMp4, type VideoInfo } from './mp4Info';

/** What a file has to be, told from its bytes. */
export interface MediaKind {
	/** As it is usually sent. */
	extension: string;
	/** All that it may be. */
	types: readonly MediaType[];
	/** What the first `HEAD_LENGTH` bytes say it is; undefined for another kind of file. */
	typeOf(head: Buffer): MediaType | undefined;
	/** Begins to read a whole file while it comes in. */
	readWhole(): WholeFileReader;
}

/** How a file is named, in n8n and on a disk. */
export interface MediaType {
	extension: string;
	mimeType: string;
}

export interface WholeFileReader {
	read(chunk: Buffer): void;
	/**
	 * Whether something is missing at the end of what was read; `open` where the file does not tell by
	 * itself.
	 */
	end(): 'whole' | 'open' | 'broken';
	/** What a video says about itself. */
	info?(): VideoInfo | undefined;
}

export const HEAD_LENGTH = 12;

/** Other files that begin like a video: pictures are told apart by `imageTypeOf`. */
const soundBrands = ['M4A ', 'M4B ', 'M4P '];

/** What a film is. */
export const mp4: MediaType = { extension: 'mp4', mimeType: 'video/mp4' };
const quickTime: MediaType = { extension: 'mov', mimeType: 'video/quicktime' };
const videoTypes: readonly MediaType[] = [mp4, quickTime];

/** MP4 and QuickTime say `ftyp` in their first box, which is never longer than a few dozen bytes. */
export const video: MediaKind = {
	extension: 'mp4',
	types: videoTypes,
	typeOf(head) {
		const brand = ascii(head, 8, 12);
		const isOther = imageTypeOf(head) !== undefined || soundBrands.includes(brand);
		if (ascii(head, 4, 8) !== 'ftyp' || isOther) return undefined;
		return brand === 'qt  ' ? quickTime : mp4;
	},
	readWhole: readMp4,
};

const imageTypes: readonly MediaType[] = [
	{ extension: 'png', mimeType: 'image/png' },
	{ extension: 'jpg', mimeType: 'image/jpeg' },
	{ extension: 'webp', mimeType: 'image/webp' },
];

/** Vendors promise a PNG; one has sent JPEGs since autumn 2026. */
export const image: MediaKind = {
	extension: 'png',
	types: imageTypes,
	typeOf(head) {
		const known = imageTypeOf(head);
		return imageTypes.find(({ mimeType }) => mimeType === known);
	},
	readWhole: readImage,
};

const TAIL_LENGTH = 64;
const jpegEnd = Buffer.from([0xff, 0xd9]);

/** A WebP tells its length; a PNG's last chunk is `IEND`; a JPEG's last marker may have padding behind it. */
function readImage(): WholeFileReader {
	let length = 0;
	let head: Buffer = Buffer.alloc(0);
	let tail: Buffer = Buffer.alloc(0);
	const isWhole = () => {
		switch (image.typeOf(head)?.extension) {
			case 'webp':
				return length >= little(head, 4, 4) + 8;
			case 'png':
				return ascii(tail.subarray(-8), 0, 4) === 'IEND';
			default:
				return tail.includes(jpegEnd);
		}
	};
	return {
		read(chunk) {
			length += chunk.length;
			if (head.length < HEAD_LENGTH) head = Buffer.concat([head, chunk]).subarray(0, HEAD_LENGTH);
			tail = Buffer.concat([tail, chunk.subarray(-TAIL_LENGTH)]).subarray(-TAIL_LENGTH);
		},
		end: () => (isWhole() ? 'whole' : 'broken'),
	};
}
