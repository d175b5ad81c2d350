import { isObject } from './json';

const MASK = '***';

/** A shorter one may be a word of any answer. */
const MIN_SECRET_LENGTH = 4;

/** The longest way in which a character is looked for, e.g. one behind eight backslashes. */
const MAX_WRITTEN_LENGTH = 13;

/** Hides a secret in what a stranger sends back. */
export interface Mask {
	/** The first characters of a text. */
	excerpt(text: string, length: number): string;
	text(text: string): string;
	/** Every text and every key in a value of JSON. */
	value(value: unknown): unknown;
}

/** Makes the mask of a secret: it is found as it is, escaped as in JSON or HTML, and URL-encoded. */
export function maskOf(secret: string): Mask {
	if (secret.length < MIN_SECRET_LENGTH) {
		return { excerpt: (text, length) => text.slice(0, length), text: (t) => t, value: (v) => v };
	}
	const pattern = new RegExp([...secret].map(writtenWays).join(''), 'gi');
	const text = (given: string) => given.replaceAll(pattern, MASK);
	const value = (given: unknown): unknown => {
		if (typeof given === 'string') return text(given);
		if (Array.isArray(given)) return given.map(value);
		if (!isObject(given)) return given;
		return Object.fromEntries(
			Object.entries(given).map(([key, inner]) => [text(key), value(inner)]),
		);
	};
	return {
		// What is cut off in the middle of the secret would not be found any more.
		excerpt: (given, length) =>
			text(given.slice(0, length + secret.length * MAX_WRITTEN_LENGTH)).slice(0, length),
		text,
		value,
	};
}

function writtenWays(character: string): string {
	const code = character.codePointAt(0) ?? 0;
	const hex = code.toString(16);
	const plain = character.replaceAll(/[^A-Za-z0-9]/g, String.raw`\$&`);
	const percent = encodeURIComponent(character);
	const bytes = percent === character ? `%${hex.padStart(2, '0')}` : percent;
	// Bounded repeats, because a text of nothing but backslashes would take hours.
	return String.raw`(?:\\{0,8}${plain}|\\{1,8}u0{0,2}${hex}|${bytes}|&#0{0,4}${code};|&#x0{0,4}${hex};)`;
}
