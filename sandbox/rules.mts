import type { JsonObject } from './types.mts';

/** Says what is wrong with a value, or nothing. */
export type Check = (value: unknown) => string | undefined;

export interface Field {
	check: Check;
	required: boolean;
}

export type Schema = Record<string, Field>;

export interface Problem {
	field: string;
	reason: string;
}

export const required = (check: Check): Field => ({ check, required: true });
export const optional = (check: Check): Field => ({ check, required: false });

/** An empty string counts as missing. Length in characters, as JSON Schema counts them. */
export const text =
	(maxLength = Infinity, minLength = 1): Check =>
	(value) => {
		if (typeof value !== 'string') return 'must be a string';
		if (value === '') return 'is required';
		if ([...value].length < minLength) return `must not be shorter than ${minLength} characters`;
		if ([...value].length > maxLength) return `must not be longer than ${maxLength} characters`;
		return undefined;
	};

/** Compares strictly: '5' is not 5. */
export const oneOf =
	(...values: Array<string | number>): Check =>
	(value) =>
		values.some((allowed) => allowed === value)
			? undefined
			: `must be one of ${values.map((allowed) => JSON.stringify(allowed)).join(', ')}`;

const between = (value: number, min: number, max: number) =>
	value < min || value > max ? `must be between ${min} and ${max}` : undefined;

export const integer =
	(min = -Infinity, max = Infinity): Check =>
	(value) =>
		Number.isInteger(value) ? between(Number(value), min, max) : 'must be an integer';

export const number =
	(min = -Infinity, max = Infinity): Check =>
	(value) =>
		Number.isFinite(value) ? between(Number(value), min, max) : 'must be a number';

/** An integer written as text. */
export const integerText =
	(min?: number, max?: number): Check =>
	(value) =>
		typeof value === 'string' && /^-?\d+$/.test(value)
			? integer(min, max)(Number(value))
			: 'must be a string of digits';

export const onGrid =
	(check: Check, { from, step }: { from: number; step: number }): Check =>
	(value) =>
		check(value) ??
		((Number(value) - from) % step === 0 ? undefined : `must have the format ${from}+${step}n`);

export const boolean: Check = (value) =>
	typeof value === 'boolean' ? undefined : 'must be a boolean';

export const httpUrl: Check = (value) =>
	typeof value === 'string' && /^https?:\/\/[^\s/]/i.test(value) && URL.canParse(value)
		? undefined
		: 'must be an http or https URL';

/** As vendors want it of an address that they call; of this machine any, for the sandbox's own tests. */
export const httpsUrl: Check = (value) =>
	httpUrl(value) ??
	(/^(https:|http:\/\/127\.0\.0\.1[:/])/i.test(String(value)) ? undefined : 'must be an https URL');

const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

const urlOrBase64 =
	(family: 'image' | 'audio'): Check =>
	(value) => {
		if (httpUrl(value) === undefined) return undefined;
		if (typeof value !== 'string') return 'must be a string';
		const data = value.replace(new RegExp(`^data:${family}/[a-z0-9.+-]+;base64,`, 'i'), '');
		return base64.test(data) && data.length % 4 === 0
			? undefined
			: `must be an http or https URL or a Base64-encoded ${family}`;
	};

export const urlOrBase64Image = urlOrBase64('image');
export const urlOrBase64Audio = urlOrBase64('audio');

const asset = /^asset:\/\/[\w.-]+$/;

export const orAsset =
	(check: Check): Check =>
	(value) =>
		typeof value === 'string' && asset.test(value) ? undefined : check(value);

export const listOf =
	(check: Check, maxCount: number): Check =>
	(value) => {
		if (!Array.isArray(value)) return 'must be an array';
		if (value.length > maxCount) return `must not have more than ${maxCount} entries`;
		return value.map(check).find((reason) => reason !== undefined);
	};

/** The first thing wrong with the fields, unknown ones included. */
export function findProblem(fields: JsonObject, schema: Schema): Problem | undefined {
	const unknown = Object.keys(fields).find((name) => !Object.hasOwn(schema, name));
	if (unknown !== undefined) return { field: unknown, reason: 'is not supported' };
	for (const [field, { check, required: isRequired }] of Object.entries(schema)) {
		if (!Object.hasOwn(fields, field)) {
			if (isRequired) return { field, reason: 'is required' };
			continue;
		}
		const reason = check(fields[field]);
		if (reason !== undefined) return { field, reason };
	}
	return undefined;
}

/** Models named `sandbox/…` take any field: for trying out a model the catalogue does not know. */
export function findLooseProblem(fields: JsonObject): Problem | undefined {
	const reason = text()(fields.prompt);
	return reason === undefined ? undefined : { field: 'prompt', reason };
}

export const isLooseModel = (model: string) => /^sandbox\/.+/.test(model);
