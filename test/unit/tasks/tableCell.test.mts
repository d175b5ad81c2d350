import fc from 'fast-check';
import { cellOf, textOfCell, toCells } from '../../../nodes/shared/tasks/tableCell';

test.each([
	['=HYPERLINK("https://evil.example")', `'=HYPERLINK("https://evil.example")`],
	['+1+cmd', "'+1+cmd"],
	['-2+3', "'-2+3"],
	['@SUM(A1)', "'@SUM(A1)"],
	['\t=1', "'\t=1"],
	[' =1', "' =1"],
	["'=1", "''=1"],
	// Of the package's own: as the model likes.
	['-1', '-1'],
	['A paper boat', 'A paper boat'],
	["'quoted'", "'quoted'"],
])('%j is no formula', (text, cell) => {
	expect(cellOf('prompt', text)).toBe(cell);
	expect(textOfCell(cell)).toBe(text);
});

test('no cell begins like a formula but a number, and every text comes back', () => {
	const texts = fc
		.array(fc.constantFrom('=', '+', '-', '@', "'", ' ', '\t', '\r', '\n', '1', 'a', '.'))
		.map((letters) => letters.join(''));
	fc.assert(
		fc.property(fc.oneof(texts, fc.string()), (text) => {
			const cell = cellOf('reason', text);
			expect(textOfCell(cell)).toBe(text);
			expect(/^\s*[=+\-@]/.test(cell) && Number.isNaN(Number(cell))).toBe(false);
		}),
		{ numRuns: 5_000 },
	);
});

test('keys are found again as they are; numbers and empty cells stay', () => {
	expect(toCells({ prompt: '=1', rowKey: '-a.b#1', origin: '-a', usd: -1, model: null })).toEqual({
		...{ prompt: "'=1", rowKey: '-a.b#1', origin: '-a', usd: -1, model: null },
	});
});
