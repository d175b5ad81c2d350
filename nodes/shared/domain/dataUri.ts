/** What a data URI holds. */
export interface InlineFile {
	/** As it says, in lower case; empty where it says nothing. */
	mimeType: string;
	bytes: Buffer;
}

const start = /^data\s*:\s*([^;,]*)([^,]*),/i;

export const isDataUri = (text: string): boolean => /^data\s*:/i.test(text.trim());

/**
 * Decodes a data URI as tools write them: with line breaks and blanks, in base64url, without its
 * padding, percent-encoded, in capitals. Undefined for one that holds nothing or no base64.
 */
export function decodeDataUri(text: string): InlineFile | undefined {
	const trimmed = text.trim();
	const [head, mimeType = '', parameters = ''] = start.exec(trimmed) ?? [];
	if (head === undefined) return undefined;
	const written = trimmed.slice(head.length);
	const bytes = /;\s*base64\s*$/i.test(parameters)
		? fromBase64(written)
		: Buffer.from(withoutPercents(written) ?? written);
	if (bytes === undefined || bytes.length === 0) return undefined;
	return { mimeType: mimeType.trim().toLowerCase(), bytes };
}

function fromBase64(written: string): Buffer | undefined {
	const whole = written.includes('%') ? withoutPercents(written) : written;
	const mended = whole
		?.replaceAll(/\s/g, '')
		.replaceAll('-', '+')
		.replaceAll('_', '/')
		.replace(/=+$/, '');
	return mended !== undefined && /^[a-z0-9+/]+$/i.test(mended)
		? Buffer.from(mended, 'base64')
		: undefined;
}

function withoutPercents(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		// A percent sign that stands for itself.
		return undefined;
	}
}

export const toDataUri = (mimeType: string, bytes: Buffer): string =>
	`data:${mimeType};base64,${bytes.toString('base64')}`;

const ascii = (bytes: Buffer, from: number, to: number) => bytes.toString('latin1', from, to);

/** Sounds and videos that vendors take inline, by their first bytes. */
const clipTypes: ReadonlyArray<[mimeType: string, isIt: (bytes: Buffer) => boolean]> = [
	['audio/wav', (bytes) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WAVE'],
	['audio/mpeg', (bytes) => ascii(bytes, 0, 3) === 'ID3'],
	['audio/ogg', (bytes) => ascii(bytes, 0, 4) === 'OggS'],
	['audio/flac', (bytes) => ascii(bytes, 0, 4) === 'fLaC'],
	['audio/mp4', (bytes) => /^ftypM4A/.test(ascii(bytes, 4, 11))],
	['video/quicktime', (bytes) => ascii(bytes, 4, 12) === 'ftypqt  '],
	['video/mp4', (bytes) => ascii(bytes, 4, 8) === 'ftyp'],
	['video/webm', (bytes) => bytes.readUIntBE(0, Math.min(4, bytes.length)) === 0x1a45dfa3],
	// A frame of MPEG audio without tags before it.
	['audio/mpeg', (bytes) => bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0],
];

/** The type of a sound or a video by its bytes, else as it was called. */
export function clipTypeOf({ mimeType, bytes }: InlineFile): string {
	return clipTypes.find(([, isIt]) => isIt(bytes))?.[0] ?? mimeType;
}
