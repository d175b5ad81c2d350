import { parseForeignJson } from '../domain/json';
import type { ParameterSpec } from '../domain/parameter';

const truths: Readonly<Record<string, boolean>> = {
	true: true,
	yes: true,
	on: true,
	'1': true,
	false: false,
	no: false,
	off: false,
	'0': false,
};

/** A truth value as sheets and forms write it; undefined for what is none. */
export function truthOf(value: unknown): boolean | undefined {
	if (typeof value === 'boolean') return value;
	if (typeof value !== 'string' && typeof value !== 'number') return undefined;
	const word = String(value).trim().toLowerCase();
	return Object.hasOwn(truths, word) ? truths[word] : undefined;
}

/** `5s`, `5 sec`, `5 seconds`. */
const withUnit = /^(-?\d+(?:\.\d+)?)\s*(?:s|secs?|seconds?)$/;

/** A ratio as a sheet makes a time of it: `09:16:00`. */
const asTime = /^0?(\d{1,2}):0?(\d{1,2}):00$/;

/** A list or an object as a field or a cell holds it. */
function fromJson(value: unknown): unknown {
	if (typeof value !== 'string') return value;
	return parseForeignJson(value) ?? value;
}

/** How sheets and forms write one of a few values: `720P`, `720`, `16x9`, `5s`. */
function waysToWrite(text: string): string[] {
	const plain = text.trim().toLowerCase();
	const [, seconds = plain] = withUnit.exec(plain) ?? [];
	const number = plain === '' ? NaN : Number(seconds);
	return [
		plain,
		`${plain}p`,
		plain.replace(/\s*[x×/：]\s*/, ':').replace(/\s*:\s*/, ':'),
		plain.replace(asTime, '$1:$2'),
		...(Number.isNaN(number) ? [] : [String(number)]),
	];
}

/**
 * A value as it can only be meant, where it was written for people: text for a number or a truth
 * value, other capitals, blanks, a unit. Anything else stays as it is.
 */
export function asMeant({ type, values, unit }: ParameterSpec, value: unknown): unknown {
	if (values !== undefined) {
		if (values.some((one) => one === value)) return value;
		if (typeof value !== 'string' && typeof value !== 'number') return value;
		const ways = new Set(waysToWrite(String(value)));
		const [meant, ...others] = values.filter((one) => ways.has(String(one).toLowerCase()));
		return meant === undefined || others.length > 0 ? value : meant;
	}
	if (type === 'boolean') return truthOf(value) ?? value;
	if (type === 'list' || type === 'object') return fromJson(value);
	if (typeof value !== 'string' || value.trim() === '') return value;
	const plain = value.trim().toLowerCase();
	const [, amount = plain] = (unit === 'seconds' ? withUnit.exec(plain) : undefined) ?? [];
	const number = Number(amount);
	return Number.isNaN(number) ? value : number;
}
