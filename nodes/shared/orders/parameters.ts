import { safeFileName } from '../domain/fileName';
import { isObject, reasonOf, type JsonObject } from '../domain/json';
import { option, orderParameter, videoParameter } from '../domain/ownParameters';
import type { Step } from '../domain/problem';
import { ok } from '../domain/result';
import type { NodeInput } from '../host/readers';
import { truthOf } from '../models/meant';
import { refuse } from '../tasks/problems';
import { maxFileBytesOf } from '../tasks/fileSize';
import type { OutputRules } from '../tasks/order';

export const itemIndexesOf = (input: NodeInput): number[] => [...input.items().keys()];

/** A parameter as text without spaces around it; an expression that yields nothing is empty. */
export function readText(input: NodeInput, name: string, itemIndex: number, fallback = ''): string {
	const value = input.parameter(name, itemIndex, fallback);
	return value === null || value === undefined ? '' : String(value).trim();
}

/** One of the nodes' own parameters as n8n holds it; its default where it is not shown. */
export const readOwn = (
	input: NodeInput,
	{ name, default: usual }: { name: string; default: string | number | boolean },
	itemIndex: number,
): unknown => input.parameter(name, itemIndex, usual);

/**
 * The input field with the file that is meant: by its name, or by the file itself, as the expression
 * `{{ $binary.data }}` gives it.
 */
export function fieldOfFile(
	input: NodeInput,
	itemIndex: number,
	given: unknown,
	inputTypeLabel: string,
): Step<string> {
	const files = input.items()[itemIndex]?.binary ?? {};
	const names = Object.keys(files);
	if (isObject(given)) {
		const { id, data } = given;
		const field = names.find((name) => files[name]?.id === id && files[name]?.data === data);
		if (field !== undefined) return ok(field);
	}
	const name = isObject(given) ? '' : String(given ?? '').trim();
	if (files[name] !== undefined) return ok(name);
	const there =
		names.length === 0
			? 'The item has no files: look at the node before this one.'
			: `Its files are in: ${names.map((one) => `'${one}'`).join(', ')}.`;
	const isLost = isObject(given) || name.includes('[object Object]');
	const what = isLost ? 'the file that an expression gives' : `a file in field '${name}'`;
	const way = isLost
		? "Write the name of the field, e.g. data, instead of the expression '{{ $binary.data }}'."
		: `Write the name of one of them, or set '${inputTypeLabel}' to a URL.`;
	return refuse(`The item does not have ${what}`, `${there} ${way}`);
}

export function readOutputRules(input: NodeInput, itemIndex: number): OutputRules {
	const wantsFile = truthOf(readOwn(input, videoParameter.downloadVideo, itemIndex)) === true;
	const property = readText(input, 'binaryPropertyName', itemIndex, 'data');
	return {
		raw: truthOf(readOwn(input, videoParameter.simplify, itemIndex)) !== true,
		binaryProperty: wantsFile ? property || 'data' : undefined,
		maxFileBytes: maxFileBytesOf(
			input.parameter(`options.${option.maxFileSize.name}`, itemIndex, null),
		),
		fileName:
			safeFileName(readText(input, `options.${option.fileName.name}`, itemIndex)) || undefined,
	};
}

/**
 * The fields of an item that are to stand beside its row's, with the option Include Input Fields. An
 * expression in it that does not work is reported where the item is read.
 */
export function readInputFields(input: NodeInput, itemIndex: number): JsonObject | undefined {
	try {
		const wanted = input.parameter('options.includeInputFields', itemIndex, false);
		return truthOf(wanted) === true ? input.items()[itemIndex]?.json : undefined;
	} catch {
		return undefined;
	}
}

/**
 * Reads something about one item. What n8n throws while it evaluates an expression or looks for a
 * file becomes that item's problem, so that the other items of the run are not lost with it.
 */
export async function readingItem<T>(read: () => Promise<Step<T>>): Promise<Step<T>> {
	try {
		return await read();
	} catch (error) {
		const fix =
			isObject(error) && typeof error.description === 'string'
				? error.description
				: 'Correct what the node reads here.';
		// n8n names the item in its message, as the node will do itself.
		const reason = reasonOf(error).replace(/ \[item \d+\]$/, '');
		return refuse(reason, fix);
	}
}

/** The node's options for an item. */
export function readOptions(input: NodeInput, itemIndex: number): JsonObject {
	const options = input.parameter('options', itemIndex, {});
	return isObject(options) ? options : {};
}

/** The entries of a list that the user may fill in the node. */
export function readEntries(
	input: NodeInput,
	name: string,
	entry: string,
	itemIndex: number,
): JsonObject[] {
	const given = input.parameter(name, itemIndex, {});
	const entries = isObject(given) ? given[entry] : undefined;
	return (Array.isArray(entries) ? entries : []).filter(isObject);
}

/** The vendors that may have to stand in for the node's own. */
export function readFallbackEntries(input: NodeInput, itemIndex: number): JsonObject[] {
	const { name, entry } = orderParameter.fallbackProviders;
	return readEntries(input, name, entry, itemIndex);
}
