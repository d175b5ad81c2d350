/** Reading JSON of which nothing is known. */

export type JsonObject = Record<string, unknown>;

/** A record that is JSON through and through, as the host's items carry it. */
export type Json = Record<string, string | number | boolean | object | null | undefined>;

/** The same record as JSON: without what JSON does not hold. */
export function toJson(record: object): Json {
	const json: Json = JSON.parse(JSON.stringify(record));
	return json;
}

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses JSON; undefined when the text is none. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** No vendor's answer is nested half as deep; what is, is made to end the stack of its readers. */
const MAX_DEPTH = 64;

/** Parses what a stranger sent: JSON of a reasonable depth; undefined for anything else. */
export const parseForeignJson = (text: string): unknown =>
	isTooDeep(text) ? undefined : parseJson(text);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

function isTooDeep(text: string): boolean {
	let depth = 0;
	let isInText = false;
	for (let at = 0; at < text.length; at += 1) {
		const code = text.charCodeAt(at);
		if (isInText) {
			if (code === BACKSLASH) at += 1;
			else if (code === QUOTE) isInText = false;
			continue;
		}
		if (code === QUOTE) isInText = true;
		else if (code === OPEN_LIST || code === OPEN_OBJECT) depth += 1;
		else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth -= 1;
		if (depth > MAX_DEPTH) return true;
	}
	return false;
}

const MAX_TEXT_LENGTH = 2_000;
const MAX_TEXT_DEPTH = 8;
const MAX_TEXT_ENTRIES = 50;
const LEFT_OUT = '…';

/** A text from whatever stands in a field, cut to what somebody may read. Never throws. */
export function textOf(value: unknown): string {
	if (value === undefined || value === null) return '';
	const text = typeof value === 'string' ? value : JSON.stringify(cut(value, MAX_TEXT_DEPTH));
	return text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}${LEFT_OUT}` : text;
}

/** What a user has written into a field, whole: a data URI is as long as its file. */
export const writtenIn = (value: unknown): string =>
	typeof value === 'string' ? value.trim() : textOf(value).trim();

function cut(value: unknown, depth: number): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (depth === 0) return LEFT_OUT;
	if (Array.isArray(value)) {
		return value.slice(0, MAX_TEXT_ENTRIES).map((inner) => cut(inner, depth - 1));
	}
	const entries = Object.entries(value).slice(0, MAX_TEXT_ENTRIES);
	return Object.fromEntries(entries.map(([key, inner]) => [key, cut(inner, depth - 1)]));
}

/** Leaves out keys whose value is undefined, so that a record holds only what is known. */
export function withoutUndefined<T extends object>(record: T): T {
	const known = { ...record };
	for (const key in known) {
		if (known[key] === undefined) delete known[key];
	}
	return known;
}

/** What was thrown, in words. */
export function reasonOf(error: unknown): string {
	if (error instanceof Error && typeof error.message === 'string') return error.message;
	try {
		return String(error);
	} catch {
		// Whatever is thrown may be anything, and nobody who tells of it may stumble over it.
		return 'no reason was given';
	}
}
