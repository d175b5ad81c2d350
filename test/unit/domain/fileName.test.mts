import fc from 'fast-check';
import { safeFileName } from '../../../nodes/shared/domain/fileName';

test.each([
	['Märchen – Folge 1', 'Märchen – Folge 1'],
	['clip.MP4', 'clip'],
	['clip.final', 'clip.final'],
	['  a/b\\c  ', 'a_b_c'],
	['../../etc/passwd', '_.._etc_passwd'],
	['..', ''],
	['.hidden', 'hidden'],
	['trailing. ', 'trailing'],
	['a\u0000b\u001bc\nd\u202egp4', 'a b c d gp4'],
	['half \ud83d', 'half'],
	['CON', '_CON'],
	['nul.txt', '_nul.txt'],
	['console', 'console'],
	['.mp4', ''],
	['   ', ''],
	['a<b>:"|?*', 'a_b______'],
])('%j becomes %j', (given, name) => {
	expect(safeFileName(given)).toBe(name);
});

test('a long one is cut at a whole character', () => {
	expect(safeFileName('x'.repeat(10_000))).toHaveLength(200);
	const cut = safeFileName('🙂'.repeat(10_000));
	expect(cut).toBe('🙂'.repeat(50));
});

test('whatever is written, no path, no device and no control can be made of it', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (given) => {
			const name = safeFileName(given);
			expect(name).not.toMatch(/[/\\<>:"|?*\p{Cc}\p{Bidi_Control}]|^[.\s]|[.\s]$/u);
			expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
			expect(Buffer.byteLength(name)).toBeLessThanOrEqual(201);
			expect(safeFileName(name)).toBe(
				name.replace(/\.(mp4|mov|m4v|webm|mkv|avi|png|jpe?g|webp)$/i, ''),
			);
		}),
		{ numRuns: 500 },
	);
});
