import { HEAD_LENGTH, image, video, type MediaKind } from '../../../nodes/shared/domain/mediaFile';
import { lastFrameImage, sampleImage, sampleVideo } from '../../../sandbox/media/embedded.mts';

const header = (size: number, name: string) => {
	const bytes = Buffer.alloc(8);
	bytes.writeUInt32BE(size);
	bytes.write(name, 4, 'latin1');
	return bytes;
};

const box = (name: string, content = Buffer.alloc(0)) =>
	Buffer.concat([header(8 + content.length, name), content]);

/** Its size in 64 bits. */
const largeBox = (name: string, content: Buffer) => {
	const size = Buffer.alloc(8);
	size.writeBigUInt64BE(BigInt(16 + content.length));
	return Buffer.concat([header(1, name), size, content]);
};

/** The last one, which reaches to the end of the file. */
const openBox = (name: string, content: Buffer) => Buffer.concat([header(0, name), content]);

const ftyp = box('ftyp', Buffer.from('isom0000isom'));
const moov = box('moov', Buffer.alloc(30, 1));
const mdat = box('mdat', Buffer.alloc(50, 2));

function isWhole({ readWhole }: MediaKind, bytes: Buffer, pieceLength = bytes.length): boolean {
	const reader = readWhole();
	for (let from = 0; from < bytes.length; from += pieceLength) {
		reader.read(bytes.subarray(from, from + pieceLength));
	}
	return reader.end() !== 'broken';
}

const pieceLengths = [1, 2, 3, 7, 8, 9, 15, 16, 17, 64];

describe('a video', () => {
	test('is an MP4 or a QuickTime file', () => {
		const typeOf = (brand: string) => video.typeOf(Buffer.from(`\0\0\0\x14ftyp${brand}`));
		expect(video.extension).toBe('mp4');
		expect(video.typeOf(sampleVideo.subarray(0, HEAD_LENGTH))).toEqual(typeOf('isom'));
		expect(typeOf('isom')).toEqual({ extension: 'mp4', mimeType: 'video/mp4' });
		expect(typeOf('qt  ')).toEqual({ extension: 'mov', mimeType: 'video/quicktime' });
		for (const brand of ['avif', 'heic', 'mif1', 'M4A ']) expect(typeOf(brand)).toBeUndefined();
	});

	test.each([
		['nothing', Buffer.alloc(0)],
		['a page', Buffer.from('<!doctype html>')],
		['the word at another place', Buffer.from('ftypisom....')],
		['zeros', Buffer.alloc(HEAD_LENGTH)],
		['an image', sampleImage],
	])('is not %s', (_, bytes) => {
		expect(video.typeOf(bytes.subarray(0, HEAD_LENGTH))).toBeUndefined();
	});

	test.each<[string, Buffer]>([
		['index first', Buffer.concat([ftyp, moov, mdat])],
		['index last', Buffer.concat([ftyp, mdat, moov])],
		[
			'empty boxes between',
			Buffer.concat([ftyp, box('free'), moov, box('free'), box('skip'), mdat]),
		],
		['a large box', Buffer.concat([ftyp, moov, largeBox('mdat', Buffer.alloc(40, 3))])],
		[
			'a large box before others',
			Buffer.concat([ftyp, largeBox('mdat', Buffer.alloc(40, 3)), moov]),
		],
		['an open box at the end', Buffer.concat([ftyp, moov, openBox('mdat', Buffer.alloc(40, 4))])],
		['in pieces of its own', Buffer.concat([ftyp, moov, box('moof'), mdat, box('moof'), mdat])],
		['the sample', sampleVideo],
	])('whole, %s', (_, bytes) => {
		for (const length of [...pieceLengths, bytes.length]) {
			expect([length, isWhole(video, bytes, length)]).toEqual([length, true]);
		}
	});

	test('cut off anywhere it is not whole', () => {
		const bytes = Buffer.concat([ftyp, box('free'), moov, largeBox('mdat', Buffer.alloc(40, 3))]);
		for (let length = 0; length < bytes.length; length++) {
			for (const pieceLength of [1, 5, bytes.length]) {
				const found = isWhole(video, bytes.subarray(0, length), pieceLength);
				expect([length, pieceLength, found]).toEqual([length, pieceLength, false]);
			}
		}
	});

	test.each([
		['without its index', [ftyp, mdat]],
		['without pictures', [ftyp, moov]],
		['with a byte too many', [ftyp, moov, mdat, Buffer.alloc(1)]],
		['with a box smaller than its own header', [ftyp, moov, mdat, header(7, 'free')]],
		[
			'with a large box smaller than its own header',
			[ftyp, moov, mdat, header(1, 'free'), Buffer.alloc(8, 0)],
		],
		['with another box behind such a one', [ftyp, header(4, 'free'), moov, mdat]],
	])('%s it is not whole', (_, boxes) => {
		expect(isWhole(video, Buffer.concat(boxes))).toBe(false);
	});
});

describe('an image', () => {
	const jpeg = Buffer.concat([
		Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
		Buffer.alloc(200, 5),
		Buffer.from([0xff, 0xd9]),
	]);

	const webp = (length: number) => {
		const bytes = Buffer.alloc(8 + length, 7);
		bytes.write('RIFF', 0, 'latin1');
		bytes.writeUInt32LE(length, 4);
		bytes.write('WEBPVP8 ', 8, 'latin1');
		return bytes;
	};

	test('is a PNG, a JPEG or a WebP', () => {
		const typeOf = (bytes: Buffer) => image.typeOf(bytes.subarray(0, HEAD_LENGTH));
		expect(image.extension).toBe('png');
		expect(typeOf(sampleImage)).toEqual({ extension: 'png', mimeType: 'image/png' });
		expect(typeOf(jpeg)).toEqual({ extension: 'jpg', mimeType: 'image/jpeg' });
		expect(typeOf(webp(40))).toEqual({ extension: 'webp', mimeType: 'image/webp' });
		expect(typeOf(Buffer.from('GIF89a      '))).toBeUndefined();
	});

	test.each([
		['nothing', Buffer.alloc(0)],
		['a page', Buffer.from('<!doctype html>')],
		['a video', sampleVideo],
		['the word alone', Buffer.from('PNG PNG PNG ')],
		['half a mark of a JPEG', Buffer.from([0xff, 0x00, 0xff, 0xd8])],
		['the other half', Buffer.from([0x00, 0xd8, 0xff, 0xd8])],
	])('is not %s', (_, bytes) => {
		expect(image.typeOf(bytes.subarray(0, HEAD_LENGTH))).toBeUndefined();
	});

	test.each([
		['a PNG', sampleImage],
		['another PNG', lastFrameImage],
		['a WebP', webp(40)],
		['a JPEG', jpeg],
		['a JPEG with padding behind its end', Buffer.concat([jpeg, Buffer.alloc(20)])],
	])('whole, %s', (_, bytes) => {
		for (const length of [...pieceLengths, bytes.length]) {
			expect([length, isWhole(image, bytes, length)]).toEqual([length, true]);
		}
	});

	test.each([
		['a PNG', sampleImage],
		['a WebP', webp(40)],
		['a JPEG', jpeg],
	])('%s that is cut off anywhere is not whole', (_, bytes) => {
		for (let length = 0; length < bytes.length; length++) {
			expect([length, isWhole(image, bytes.subarray(0, length))]).toEqual([length, false]);
		}
	});

	test('a PNG whose last chunk stands too early is not whole', () => {
		expect(isWhole(image, Buffer.concat([sampleImage, Buffer.alloc(1)]))).toBe(false);
	});

	test('a JPEG whose end stands far before the file’s is not whole', () => {
		expect(isWhole(image, Buffer.concat([jpeg, Buffer.alloc(100)]))).toBe(false);
	});
});
