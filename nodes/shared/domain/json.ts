/** Reading JSON of which nothing is known. */

export type JsonObject = Record<string, unknown>;

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

/** A text from whatever stands in a field. */
export function textOf(value: unknown): string {
	if (typeof value === 'string') return value;
	return value === undefined || value === null ? '' : JSON.stringify(value);
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
	return error instanceof Error ? error.message : String(error);
}
