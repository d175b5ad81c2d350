import { textOf } from './json';

const SHOWN_LENGTH = 60;

/** A value that was given, as a message shows it: its first characters, in one line. */
export function shown(value: unknown): string {
	const characters = [...textOf(value).replaceAll(/\s+/g, ' ').trim()];
	const isCut = characters.length > SHOWN_LENGTH;
	return `"${characters.slice(0, SHOWN_LENGTH).join('')}${isCut ? '…' : ''}"`;
}
