/**
 * Texts in a table that people download and open as a spreadsheet, which runs what begins like a
 * formula. A leading apostrophe makes it text there, as everywhere in spreadsheets.
 */

const formula = /^'*\s*[=+\-@\t\r]/;

const plainNumber = /^[-+]?\d+(?:\.\d+)?$/;

/** Hashes of this package, by which a row is found again. */
const keyColumns: ReadonlySet<string> = new Set(['origin', 'orderKey', 'rowKey']);

/** A text as the cell of a column holds it. */
export const cellOf = (column: string, text: string): string =>
	formula.test(text) && !plainNumber.test(text) && !keyColumns.has(column) ? `'${text}` : text;

/** The text of a cell. */
export const textOfCell = (cell: string): string =>
	cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell;

/** A row with its texts as cells hold them. */
export const toCells = (row: object): Record<string, unknown> =>
	Object.fromEntries(
		Object.entries(row).map(([name, value]: [string, unknown]) => [
			name,
			typeof value === 'string' ? cellOf(name, value) : value,
		]),
	);
