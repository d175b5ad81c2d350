import { checkImage } from '../../../nodes/shared/models/imageCheck';
import { modelsOf } from '../../../nodes/shared/domain/provider';
import { providers } from '../../../nodes/shared/providers';
import { vendors } from '../../../sandbox/types.mts';
import { kits } from '../../vendors/index.mts';
import { errorOf, providerOf } from '../helpers.mts';
import { pngOf } from '../pictures.mts';

const named = "The file in field 'data'";
const size = { minSidePx: 300, maxSidePx: 6000, minRatio: 0.4, maxRatio: 2.5 };

const check = (
	bytes: Buffer,
	slot: Parameters<typeof checkImage>[1] = {},
	mimeType = 'image/png',
) => checkImage('Vendor', slot, { named, mimeType, bytes });

describe('width and height', () => {
	test.each([
		[300, 300],
		[6000, 2400],
		[2400, 6000],
		[750, 300],
		[300, 750],
	])('%i × %i are taken', (width, height) => {
		expect(check(pngOf(width, height), { size })).toEqual({ ok: true, value: 'image/png' });
	});

	test.each([
		[299, 400, /299 × 400 pixels$/, /Each side must have 300 to 6000 pixels/],
		[400, 299, /400 × 299 pixels$/, /Each side must have 300 to 6000 pixels/],
		[6001, 3000, /6001 × 3000 pixels$/, /Each side must have 300 to 6000 pixels/],
		[3000, 6001, /3000 × 6001 pixels$/, /Each side must have 300 to 6000 pixels/],
		[760, 300, /760 × 300 pixels, a ratio of 2\.53$/, /must lie between 0\.4 and 2\.5/],
		[300, 760, /300 × 760 pixels, a ratio of 0\.39$/, /must lie between 0\.4 and 2\.5/],
	])('%i × %i are refused', (width, height, message, fix) => {
		const refused = errorOf(check(pngOf(width, height), { size }));
		expect(refused.message).toMatch(message);
		expect(refused.fix).toMatch(fix);
		expect(refused.fix).toContain('Edit Image');
	});

	test('do not matter where no size is documented', () => {
		expect(check(pngOf(1, 9999)).ok).toBe(true);
	});
});

test('the number of bytes, to the byte', () => {
	const bytes = pngOf(640, 360);
	expect(check(bytes, { maxBytes: bytes.length }).ok).toBe(true);
	const refused = errorOf(check(bytes, { maxBytes: bytes.length - 1 }));
	expect(refused.message).toBe(`${named} is too large for Vendor`);
	expect(refused.fix).toContain(`at most ${bytes.length - 1} are allowed`);
});

test('the type is what the bytes say', () => {
	expect(check(pngOf(9, 9), { mimeTypes: ['image/png'] }, 'text/plain').ok).toBe(true);
	const refused = errorOf(check(pngOf(9, 9), { mimeTypes: ['image/jpeg'] }, 'image/jpeg'));
	expect(refused.message).toBe(`${named} is not an image that Vendor takes (image/png)`);
	expect(refused.fix).toBe('Use image/jpeg.');
});

test('what claims to be a known format has to be it', () => {
	for (const bytes of [Buffer.from('<html>'), Buffer.alloc(0), pngOf(9, 9).subarray(0, 12)]) {
		expect(errorOf(check(bytes)).message).toContain(`(image/png, ${bytes.length} bytes)`);
	}
	// A format that nobody here knows is left to the vendor.
	expect(check(Buffer.from('new'), {}, 'image/new')).toEqual({ ok: true, value: 'image/new' });
	expect(errorOf(check(Buffer.from('new'), {}, 'video/mp4')).message).toContain('(video/mp4)');
});

// vendor pages: Ark 1520757, docs.kie.ai/market/bytedance, Apikley v1-pro-fast-image-to-video, fal's schemas.
test.each(vendors)('the limits of %s are documented ones', (vendor) => {
	for (const { id, ...model } of modelsOf(providerOf(vendor), 'imageToVideo')) {
		const { firstImage, lastImage, references } = model;
		const documented = kits[vendor].imageLimits?.(id) ?? {};
		for (const slot of [firstImage, lastImage, references?.images]) {
			if (slot === undefined) continue;
			const { maxBytes, mimeTypes, size: own } = slot;
			const limits = { maxBytes, mimeTypes, size: own };
			if (Object.keys(documented).length === 0) expect([id, limits]).toEqual([id, {}]);
			else expect([id, limits]).toMatchObject([id, documented]);
		}
	}
});

test('what is too long is refused before its bytes are walked over', () => {
	const noFrame = Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(100, 0xff)]);
	expect(errorOf(check(noFrame, {})).message).toContain('is damaged');
	expect(errorOf(check(noFrame, { maxBytes: 99 })).message).toContain('is too large');
});

/** Files that vendors cannot read, by their first bytes. */
const unread: ReadonlyArray<[string, Buffer]> = [
	['image/avif', Buffer.from('\0\0\0\x1cftypavif\0\0\0\0', 'latin1')],
	['image/heic', Buffer.from('\0\0\0\x1cftypheic\0\0\0\0', 'latin1')],
	['image/gif', Buffer.from('GIF89a\x80\x02\x68\x01', 'latin1')],
	['image/jxl', Buffer.from([0xff, 0x0a, 0, 0])],
	['image/jxl', Buffer.from('\0\0\0\x0cJXL \r\n\x87\n', 'latin1')],
	['image/svg+xml', Buffer.from('<?xml version="1.0"?>\n<!-- a -->\n<svg width="9">')],
	['image/svg+xml', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
];

test.each(unread)('%s is refused by every vendor whose documents do not name it', (type, bytes) => {
	for (const { label, models, customModel } of Object.values(providers)) {
		for (const model of [...models, customModel('new', 'imageToVideo')]) {
			for (const slot of [model.firstImage, model.lastImage, model.references?.images]) {
				if (slot === undefined || slot.mimeTypes?.includes(type)) continue;
				// What n8n took it for does not count.
				const checked = checkImage(label, slot, { named, mimeType: 'image/png', bytes });
				expect(errorOf(checked).message).toContain(`(${type})`);
			}
		}
	}
});
