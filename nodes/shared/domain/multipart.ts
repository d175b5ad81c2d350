import { randomBytes } from 'node:crypto';
import type { FormPart } from './vendor';

/** A body of multipart/form-data and the header that goes with it. */
export interface Multipart {
	contentType: string;
	body: Buffer;
}

/**
 * Puts parts together. The boundary is made anew for each body and does not occur in it: a picture that
 * holds one would otherwise add fields of its own.
 */
export function multipartOf(
	parts: readonly FormPart[],
	newBoundary: () => string = () => `seedance-${randomBytes(18).toString('hex')}`,
): Multipart {
	const contents = parts.map(partOf);
	let boundary = newBoundary();
	while (contents.some((content) => content.includes(boundary))) boundary = newBoundary();
	const chunks = contents.flatMap((content) => [Buffer.from(`--${boundary}\r\n`), content]);
	return {
		contentType: `multipart/form-data; boundary=${boundary}`,
		body: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
	};
}

/** Ends of lines and quotes would begin a header or a field of their own. */
const inQuotes = (text: string): string => `"${inOneLine(text).replaceAll('"', '_')}"`;

const inOneLine = (text: string): string => text.replaceAll(/[\r\n]/g, '_');

function partOf(part: FormPart): Buffer {
	const head = `Content-Disposition: form-data; name=${inQuotes(part.name)}`;
	if ('value' in part) return Buffer.from(`${head}\r\n\r\n${inOneLine(part.value)}\r\n`);
	const { fileName, mimeType, bytes } = part;
	const type = `Content-Type: ${plainMimeType(mimeType)}`;
	const file = `${head}; filename=${inQuotes(fileName)}\r\n${type}\r\n\r\n`;
	return Buffer.concat([Buffer.from(file), bytes, Buffer.from('\r\n')]);
}

/** The type of a file as it may stand in a header; whatever else it is called, it is just bytes. */
export const plainMimeType = (mimeType: string): string =>
	/^[\w.+-]+\/[\w.+-]+$/.test(mimeType) ? mimeType : 'application/octet-stream';
