import fc from 'fast-check';
import { knownImageTypes, readImageFacts } from '../../../nodes/shared/domain/imageFile';
import { lastFrameImage, sampleImage, sampleVideo } from '../../../sandbox/media/embedded.mts';
import { pngOf } from '../pictures.mts';

const ascii = (text: string) => Buffer.from(text, 'latin1');

const u16 = (value: number, isLittle = false) => {
	const bytes = Buffer.alloc(2);
	if (isLittle) bytes.writeUInt16LE(value);
	else bytes.writeUInt16BE(value);
	return bytes;
};

const u32 = (value: number, isLittle = false) => {
	const bytes = Buffer.alloc(4);
	if (isLittle) bytes.writeUInt32LE(value);
	else bytes.writeUInt32BE(value);
	return bytes;
};

const segment = (marker: number, data: Buffer) =>
	Buffer.concat([Buffer.from([0xff, marker]), u16(data.length + 2), data]);

const jpeg = (width: number, height: number, frame = 0xc0) =>
	Buffer.concat([
		Buffer.from([0xff, 0xd8]),
		// The thumbnail in the EXIF data has a frame header of its own.
		segment(
			0xe1,
			Buffer.concat([ascii('Exif\0\0'), Buffer.from([0xff, 0xc0, 0, 17, 8, 0, 1, 0, 1])]),
		),
		segment(0xc4, Buffer.alloc(20)),
		Buffer.from([0xff]),
		segment(frame, Buffer.concat([Buffer.from([8]), u16(height), u16(width), Buffer.alloc(10)])),
	]);

const webp = (kind: string, data: Buffer) =>
	Buffer.concat([
		ascii('RIFF'),
		u32(data.length + 12, true),
		ascii('WEBP'),
		ascii(kind),
		u32(data.length, true),
		data,
	]);

const lossy = (width: number, height: number) =>
	webp(
		'VP8 ',
		Buffer.concat([Buffer.from([0, 0, 0, 0x9d, 0x01, 0x2a]), u16(width, true), u16(height, true)]),
	);

const lossless = (width: number, height: number) =>
	webp(
		'VP8L',
		Buffer.concat([Buffer.from([0x2f]), u32((((height - 1) << 14) | (width - 1)) >>> 0, true)]),
	);

const extended = (width: number, height: number) =>
	webp(
		'VP8X',
		Buffer.concat([
			Buffer.alloc(4),
			u32(width - 1, true).subarray(0, 3),
			u32(height - 1, true).subarray(0, 3),
		]),
	);

const gif = (width: number, height: number) =>
	Buffer.concat([ascii('GIF89a'), u16(width, true), u16(height, true), Buffer.alloc(3)]);

const bmp = (width: number, height: number, isTopDown = false) => {
	const bytes = Buffer.alloc(54);
	bytes.write('BM', 'latin1');
	bytes.writeUInt32LE(40, 14);
	bytes.writeInt32LE(width, 18);
	bytes.writeInt32LE(isTopDown ? -height : height, 22);
	return bytes;
};

const tiff = (width: number, height: number, isLittle: boolean) => {
	const tag = (id: number, type: number, value: Buffer) =>
		Buffer.concat([u16(id, isLittle), u16(type, isLittle), u32(1, isLittle), value]);
	return Buffer.concat([
		ascii(isLittle ? 'II*\0' : 'MM\0*'),
		u32(8, isLittle),
		u16(3, isLittle),
		tag(254, 4, u32(0, isLittle)),
		tag(256, 4, u32(width, isLittle)),
		tag(257, 3, Buffer.concat([u16(height, isLittle), Buffer.alloc(2)])),
	]);
};

const box = (type: string, ...content: Buffer[]) => {
	const data = Buffer.concat(content);
	return Buffer.concat([u32(data.length + 8), ascii(type), data]);
};

const iso = (brand: string, width: number, height: number) => {
	const size = (w: number, h: number) => box('ispe', Buffer.alloc(4), u32(w), u32(h));
	return Buffer.concat([
		box('ftyp', ascii(brand), Buffer.alloc(4)),
		box(
			'meta',
			Buffer.alloc(4),
			box('hdlr', Buffer.alloc(20)),
			box(
				'iprp',
				box('ipco', size(1, 1), box('hvcC', Buffer.alloc(9)), size(width, height), size(1, 2)),
			),
		),
		box('mdat', Buffer.alloc(30)),
	]);
};

const makers: Array<[string, string, (width: number, height: number) => Buffer]> = [
	['PNG', 'image/png', pngOf],
	['JPEG', 'image/jpeg', jpeg],
	['JPEG, progressive', 'image/jpeg', (width, height) => jpeg(width, height, 0xc2)],
	['WebP, lossy', 'image/webp', lossy],
	['WebP, lossless', 'image/webp', lossless],
	['WebP, extended', 'image/webp', extended],
	['GIF', 'image/gif', gif],
	['BMP', 'image/bmp', bmp],
	['BMP, top down', 'image/bmp', (width, height) => bmp(width, height, true)],
	['TIFF of Intel', 'image/tiff', (width, height) => tiff(width, height, true)],
	['TIFF of Motorola', 'image/tiff', (width, height) => tiff(width, height, false)],
	['HEIC', 'image/heic', (width, height) => iso('heic', width, height)],
	['HEIF', 'image/heif', (width, height) => iso('mif1', width, height)],
	['AVIF', 'image/avif', (width, height) => iso('avif', width, height)],
];

describe.each(makers)('%s', (_, mimeType, make) => {
	test('tells its type and size', () => {
		const side = fc.integer({ min: 2, max: 16_383 });
		fc.assert(
			fc.property(side, side, (widthPx, heightPx) => {
				expect(readImageFacts(make(widthPx, heightPx))).toEqual({
					mimeType,
					size: { widthPx, heightPx },
				});
			}),
			{ numRuns: 25 },
		);
	});

	test('cut off anywhere, it never tells another size and never throws', () => {
		const whole = make(1234, 567);
		for (let length = 0; length < whole.length; length += 1) {
			const size = readImageFacts(whole.subarray(0, length))?.size;
			expect([undefined, 1234]).toContain(size?.widthPx);
		}
	});

	test('with any bytes behind its first ones, it never throws', () => {
		const head = make(640, 360).subarray(0, 16);
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), (rest) => {
				const facts = readImageFacts(Buffer.concat([head, rest]));
				expect(facts === undefined || knownImageTypes.has(facts.mimeType)).toBe(true);
				const { widthPx = 1, heightPx = 1 } = facts?.size ?? {};
				expect(Math.min(widthPx, heightPx)).toBeGreaterThan(0);
			}),
		);
	});
});

test('real pictures', () => {
	for (const picture of [sampleImage, lastFrameImage]) {
		expect(readImageFacts(picture)).toEqual({
			mimeType: 'image/png',
			size: { widthPx: 640, heightPx: 360 },
		});
	}
});

test('what is none of them is nothing', () => {
	for (const bytes of [sampleVideo, Buffer.alloc(0), ascii('BMW is a car maker of Munich')]) {
		expect(readImageFacts(bytes)).toBeUndefined();
	}
});

test('a side of nothing is no size', () => {
	expect(readImageFacts(pngOf(0, 10))).toEqual({ mimeType: 'image/png', size: undefined });
	expect(readImageFacts(jpeg(10, 0))).toEqual({ mimeType: 'image/jpeg', size: undefined });
});

describe('a file that is made to be walked over for ever', () => {
	const fillers = (count: number) =>
		Buffer.concat([
			jpeg(640, 360).subarray(0, 2),
			Buffer.alloc(count, 0xff),
			jpeg(640, 360).subarray(2),
		]);
	const boxes = (count: number) =>
		Buffer.concat([
			box('ftyp', ascii('heic')),
			...Array.from({ length: count }, () => box('free')),
			iso('heic', 640, 360),
		]);
	const nested = (depth: number) => {
		let bytes = box('ispe', u32(0), u32(640), u32(360));
		for (let level = 0; level < depth; level += 1) bytes = box('ipco', bytes);
		return Buffer.concat([box('ftyp', ascii('heic')), bytes]);
	};

	test.each([
		['fill bytes before a marker', fillers],
		['boxes before the picture’s own', boxes],
	])('%s: some hundred are passed over, and no more', (_, make) => {
		const size = { widthPx: 640, heightPx: 360 };
		expect(readImageFacts(make(500))?.size).toEqual(size);
		expect(readImageFacts(make(2_000))?.size).toBeUndefined();
	});

	test('boxes within boxes: eight, and no more, without an end of the stack', () => {
		expect(readImageFacts(nested(8))?.size).toEqual({ widthPx: 640, heightPx: 360 });
		expect(readImageFacts(nested(9))?.size).toBeUndefined();
		expect(readImageFacts(nested(2_000))?.size).toBeUndefined();
	});
});
