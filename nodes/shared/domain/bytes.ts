/** Numbers and texts in the bytes of a file of which nothing is known. */

/** An unsigned number of so many bytes; NaN where the file ends before. */
export const big = (bytes: Buffer, at: number, length: number): number =>
	at + length <= bytes.length ? bytes.readUIntBE(at, length) : NaN;

/** The same with its least byte first. */
export const little = (bytes: Buffer, at: number, length: number): number =>
	at + length <= bytes.length ? bytes.readUIntLE(at, length) : NaN;

export const ascii = (bytes: Buffer, from: number, to: number): string =>
	bytes.toString('latin1', from, to);
