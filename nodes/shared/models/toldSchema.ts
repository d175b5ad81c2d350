import { isObject, type JsonObject } from '../domain/json';
import type { ParameterSpec } from '../domain/parameter';
import { fail, ok, type Result } from '../domain/result';
import type { ToldSchema } from '../domain/vendor';
import { isExpression } from '../domain/words';

/** A field of a model's input, as the vendor's schema tells it. */
export interface ToldField extends ParameterSpec {
	/** This package's name for it; the vendor's where two would have the same. */
	name: string;
}

/** Many times what the largest schema of a video model has. */
const MAX_FIELDS = 100;
const MAX_VALUES = 200;
const MAX_VALUE_LENGTH = 100;
/** Of references and parts that are followed for a whole schema, and below one field. */
const MAX_STEPS = 2_000;
const MAX_DEPTH = 12;
/** Of keys and entries that all steps together copy: a few large parts, or one that is met often. */
const MAX_COPIED = 50_000;
const MAX_REFERENCE_LENGTH = 500;

const ENDLESS = 'it refers to itself, or is nested too deeply';
const TOO_LARGE = 'it is too large, or repeats large parts';

const usualName = /^[A-Za-z][\w.-]{0,63}$/;
/** A record without such a field has one all the same. */
const isHostile = (name: string): boolean => name === 'prototype' || name in Object.prototype;

/** Follows a schema's references and parts, as far as anybody who means well would lead. */
interface Reader {
	document: unknown;
	steps: number;
	copied: number;
	/** Why what was read is not the whole. */
	end?: string;
}

/**
 * The fields of a model's input, in the vendor's order; what is wrong with the schema, as the end of a
 * sentence, where it cannot be used. A field that is none is passed over.
 */
export function readFields({ schema, document }: ToldSchema): Result<ToldField[], string> {
	const reader: Reader = { document: document ?? schema, steps: 0, copied: 0 };
	const whole = flatten(reader, schema, 0);
	if (reader.end !== undefined) return fail(reader.end);
	const { properties, required } = whole;
	const names = isObject(properties) ? Object.keys(properties) : [];
	if (!isObject(properties) || names.length === 0) return fail('it names no parameters');
	if (names.length > MAX_FIELDS) {
		return fail(`it names ${names.length} parameters, and at most ${MAX_FIELDS} are read`);
	}
	const parts = names
		.filter((name) => usualName.test(name) && !isHostile(name))
		.map((name) => ({ name, part: flatten(reader, properties[name], 0) }));
	if (reader.end !== undefined) return fail(reader.end);
	return ok(named(inOrder(parts, whole), new Set(Array.isArray(required) ? required : [])));
}

function named(parts: readonly Part[], required: ReadonlySet<unknown>): ToldField[] {
	const own = parts.map(({ name }) => ownName(name));
	return parts.map(({ name, part }, index) => {
		const short = own[index] ?? name;
		const isFree = !isHostile(short) && own.filter((one) => one === short).length === 1;
		return { ...specOf(name, part, required.has(name)), name: isFree ? short : name };
	});
}

/** A part with whatever it refers to and consists of in one record. */
function flatten(reader: Reader, part: unknown, depth: number): JsonObject {
	reader.steps += 1;
	if (depth > MAX_DEPTH || reader.steps > MAX_STEPS) reader.end ??= ENDLESS;
	if (!isObject(part) || !mayCopy(reader, part)) return {};
	const { $ref, allOf, ...own } = part;
	const referred = typeof $ref === 'string' ? [target(reader.document, $ref)] : [];
	const others = [...referred, ...(Array.isArray(allOf) ? allOf : [])];
	const merged: JsonObject = {};
	for (const other of others) {
		merge(reader, merged, flatten(reader, other, depth + 1));
		if (reader.end !== undefined) return {};
	}
	merge(reader, merged, own);
	return withOneOf(reader, merged, depth);
}

/** Whether a record may be copied with the lists and properties in it; nothing may once one must not. */
function mayCopy(reader: Reader, record: JsonObject): boolean {
	if (reader.end !== undefined) return false;
	const { properties } = record;
	const values = Object.values(record);
	const lengths = values.map((value) => (Array.isArray(value) ? value.length : 1));
	const inside = isObject(properties) ? Object.keys(properties).length : 0;
	reader.copied = lengths.reduce((sum, length) => sum + length, reader.copied + inside);
	if (reader.copied > MAX_COPIED) reader.end = TOO_LARGE;
	return reader.end === undefined;
}

/** Properties and required ones of several parts add up; of anything else the last word counts. */
function merge(reader: Reader, into: JsonObject, from: JsonObject): void {
	if (!mayCopy(reader, into) || !mayCopy(reader, from)) return;
	for (const [name, value] of Object.entries(from)) {
		const before = into[name];
		if (isHostile(name)) continue;
		if (name === 'properties' && isObject(before) && isObject(value)) {
			into[name] = Object.fromEntries([...Object.entries(before), ...Object.entries(value)]);
		} else if (name === 'required' && Array.isArray(before) && Array.isArray(value)) {
			into[name] = [...new Set([...before, ...value])];
		} else {
			into[name] = value;
		}
	}
}

/** Of alternatives, "or null" says nothing; one that is left counts, several may be anything. */
function withOneOf(reader: Reader, part: JsonObject, depth: number): JsonObject {
	const { anyOf, oneOf, ...rest } = part;
	const listed = [anyOf, oneOf].find(Array.isArray);
	if (listed === undefined) return rest;
	const ways = listed
		.slice(0, MAX_VALUES)
		.map((way) => flatten(reader, way, depth + 1))
		.filter(({ type }) => type !== 'null');
	const [only, ...others] = ways;
	if (only !== undefined && others.length === 0) return { ...only, ...rest };
	const values = ways.map(({ const: one, enum: some }) => (one === undefined ? some : [one]));
	if (values.every(Array.isArray)) return { ...rest, enum: values.flat() };
	return { ...rest, type: undefined };
}

/** Where a reference leads within the document; nothing elsewhere. */
function target(document: unknown, reference: string): unknown {
	if (!reference.startsWith('#') || reference.length > MAX_REFERENCE_LENGTH) return undefined;
	let found = document;
	for (const step of reference.split('/').slice(1, MAX_DEPTH + 1)) {
		const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
		if (!isObject(found) || !Object.hasOwn(found, name)) return undefined;
		found = found[name];
	}
	return found;
}

interface Part {
	name: string;
	part: JsonObject;
}

const orderOfAll = /^x-([a-z]+-)?order-properties$/;

/** Vendors write the order beside the properties, or into each of them. */
function inOrder(parts: readonly Part[], whole: JsonObject): readonly Part[] {
	const [, listed] = Object.entries(whole).find(([name]) => orderOfAll.test(name)) ?? [];
	const order = Array.isArray(listed) ? listed : undefined;
	const placeOf = ({ name, part }: Part): number => {
		const place = order === undefined ? part['x-order'] : order.indexOf(name);
		return typeof place === 'number' && place >= 0 ? place : Infinity;
	};
	const places = new Map(parts.map((one) => [one, placeOf(one)]));
	return parts.toSorted((a, b) => {
		const [one = Infinity, other = Infinity] = [places.get(a), places.get(b)];
		return one === other ? 0 : one - other;
	});
}

/** `aspect_ratio` as this package calls it, so that rows and other vendors know it, too. */
const ownName = (wireName: string): string =>
	wireName === 'ratio'
		? 'aspectRatio'
		: wireName.replaceAll(/[_.-]+([A-Za-z0-9])/g, (_, next: string) => next.toUpperCase());

/** A name in words: the vendor's own titles may be anything. */
export const labelOf = (wireName: string): string =>
	wireName
		.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
		.split(/[_.\s-]+/)
		.filter((word) => word !== '')
		.map((word) => word.charAt(0).toUpperCase() + word.slice(1))
		.join(' ');

const typesByName: ReadonlyMap<string, ParameterSpec['type']> = new Map([
	['string', 'string'],
	['integer', 'integer'],
	['number', 'number'],
	['boolean', 'boolean'],
	['array', 'list'],
	['object', 'object'],
]);

function specOf(wireName: string, part: JsonObject, required: boolean): ParameterSpec {
	const type = typeOf(part);
	const isText = type === 'string';
	const isNumber = type === 'integer' || type === 'number';
	const spec: ParameterSpec = {
		label: labelOf(wireName),
		description: '',
		wireName,
		type,
		required,
	};
	const values = valuesOf(part);
	if (values !== undefined) spec.values = values;
	if (isNumber && values === undefined) {
		Object.assign(spec, boundsOf(part, type === 'integer' ? 1 : 0));
	}
	const { maxLength, maxItems, default: byDefault } = part;
	if (type === 'list' && typeof maxItems === 'number') spec.maximum = maxItems;
	if (isText && typeof maxLength === 'number' && maxLength > 0) spec.maxLength = maxLength;
	if (isPlain(byDefault)) spec.default = byDefault;
	if (wireName === 'duration') spec.unit = 'seconds';
	return spec;
}

function typeOf({ type, enum: values }: JsonObject): ParameterSpec['type'] {
	const named = Array.isArray(type) ? type.filter((one) => one !== 'null') : [type];
	const [only, ...others] = named;
	if (others.length > 0) return 'any';
	if (typeof only === 'string') return typesByName.get(only) ?? 'any';
	const isTexts = Array.isArray(values) && values.every((one) => typeof one === 'string');
	return isTexts ? 'string' : 'any';
}

/**
 * The values of an enum, where they are few and plain; a schema of others is not checked here. Nobody
 * can choose one that n8n would evaluate.
 */
function valuesOf(part: JsonObject): Array<string | number> | undefined {
	const told = Array.isArray(part.enum) ? part.enum : part.const === undefined ? [] : [part.const];
	const listed = told.filter((one) => one !== null && one !== '' && !isExpression(one));
	const plain = listed.filter(isPlain).filter((one) => typeof one !== 'boolean');
	const isWhole = plain.length === listed.length;
	return isWhole && plain.length > 0 && plain.length <= MAX_VALUES
		? [...new Set(plain)]
		: undefined;
}

function boundsOf(part: JsonObject, whole: number): Pick<ParameterSpec, 'minimum' | 'maximum'> {
	const number = (value: unknown) =>
		typeof value === 'number' && Number.isFinite(value) ? value : undefined;
	const above = number(part.exclusiveMinimum);
	const below = number(part.exclusiveMaximum);
	const minimum = number(part.minimum) ?? (above === undefined ? undefined : above + whole);
	const maximum = number(part.maximum) ?? (below === undefined ? undefined : below - whole);
	return {
		...(minimum !== undefined && { minimum }),
		...(maximum !== undefined && { maximum }),
	};
}

const isPlain = (value: unknown): value is string | number | boolean =>
	typeof value === 'boolean' ||
	(typeof value === 'number' && Number.isFinite(value)) ||
	(typeof value === 'string' &&
		value !== '' &&
		value.length <= MAX_VALUE_LENGTH &&
		!isExpression(value));
