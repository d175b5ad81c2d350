import { printable } from './words';

/** File systems take 255 bytes; the extension and what n8n adds need some of them. */
const MAX_BYTES = 200;

/** Ends of names that say what a file is; the file itself says it better. */
const extension = /\.(mp4|mov|m4v|webm|mkv|avi|png|jpe?g|webp)$/i;

/** Separators, and what Windows or a shell makes something else of. */
const forbidden = /[/\\<>:"|?*]/g;

/** Names that Windows keeps for devices, whatever comes behind a dot. */
const device = /^(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?=\.|$)/i;

/**
 * A file's name without its extension, as every file system takes it and no path can be made of it,
 * from whatever somebody wrote; empty where nothing of it is left.
 */
export function safeFileName(given: string): string {
	const plain = printable(
		given
			.slice(0, 10 * MAX_BYTES)
			.replaceAll(/\p{Surrogate}/gu, '')
			.normalize('NFC'),
	)
		.trim()
		.replace(extension, '')
		.replaceAll(forbidden, '_');
	return trimmed(cut(trimmed(plain))).replace(device, '_$&');
}

const trimmed = (name: string): string => name.replace(/^[\s.]+/, '').replace(/[\s.]+$/, '');

/** As many whole characters as fit. */
function cut(name: string): string {
	let bytes = 0;
	let kept = '';
	for (const character of name) {
		bytes += Buffer.byteLength(character);
		if (bytes > MAX_BYTES) break;
		kept += character;
	}
	return kept;
}
