import { deflateSync } from 'node:zlib';

const chunk = (type: string, data: Buffer): Buffer => {
	const length = Buffer.alloc(4);
	length.writeUInt32BE(data.length);
	// The reader under test looks at no checksum.
	return Buffer.concat([length, Buffer.from(type, 'latin1'), data, Buffer.alloc(4)]);
};

/** A PNG of one colour, filled up to a length where one is given. */
export function pngOf(widthPx: number, heightPx: number, byteCount = 0): Buffer {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(widthPx, 0);
	header.writeUInt32BE(heightPx, 4);
	header[8] = 1;
	const rows = Buffer.alloc((Math.ceil(widthPx / 8) + 1) * Math.min(heightPx, 64));
	const png = Buffer.concat([
		Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
		chunk('IHDR', header),
		chunk('IDAT', deflateSync(rows)),
		chunk('IEND', Buffer.alloc(0)),
	]);
	return Buffer.concat([png, Buffer.alloc(Math.max(0, byteCount - png.length))]);
}
