import type { IExecuteFunctions, INode } from 'n8n-workflow';
import { safeFileName } from '../domain/fileName';
import { isObject, reasonOf, type JsonObject } from '../domain/json';
import { option, videoParameter } from '../domain/ownParameters';
import type { Step } from '../domain/problem';
import { fail, ok } from '../domain/result';
import type { OnProblem } from '../host/rows';
import { truthOf } from '../models/meant';
import { problemOfInput } from '../tasks/problems';
import { maxFileBytesOf } from '../tasks/fileSize';
import type { OutputRules } from '../tasks/order';

/** A parameter as text without spaces around it; an expression that yields nothing is empty. */
export function readText(
	context: IExecuteFunctions,
	name: string,
	itemIndex: number,
	fallback = '',
): string {
	const value = context.getNodeParameter(name, itemIndex, fallback);
	return value === null || value === undefined ? '' : String(value).trim();
}

/** One of the nodes' own parameters as n8n holds it; its default where it is not shown. */
export const readOwn = (
	context: IExecuteFunctions,
	{ name, default: usual }: { name: string; default: string | number | boolean },
	itemIndex: number,
): unknown => context.getNodeParameter(name, itemIndex, usual);

/**
 * The input field with the file that is meant: by its name, or by the file itself, as the expression
 * `{{ $binary.data }}` gives it.
 */
export function fieldOfFile(
	context: IExecuteFunctions,
	itemIndex: number,
	given: unknown,
	inputTypeLabel: string,
): Step<string> {
	const files = context.getInputData()[itemIndex]?.binary ?? {};
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
	return fail(problemOfInput(`The item does not have ${what}`, `${there} ${way}`));
}

export function readOutputRules(context: IExecuteFunctions, itemIndex: number): OutputRules {
	const { downloadVideo, binaryPropertyName, simplify } = videoParameter;
	const isOn = (parameter: typeof downloadVideo | typeof simplify) =>
		truthOf(readOwn(context, parameter, itemIndex)) === true;
	const property = readText(context, binaryPropertyName.name, itemIndex);
	const megabytes = context.getNodeParameter(`options.${option.maxFileSize.name}`, itemIndex, null);
	const fileName = readText(context, `options.${option.fileName.name}`, itemIndex);
	return {
		raw: !isOn(simplify),
		binaryProperty: isOn(downloadVideo) ? property || binaryPropertyName.default : undefined,
		maxFileBytes: maxFileBytesOf(megabytes),
		fileName: safeFileName(fileName) || undefined,
	};
}

/**
 * The fields of an item that are to stand beside its row's, with the option Include Input Fields. An
 * expression in it that does not work is reported where the item is read.
 */
export function readInputFields(
	context: IExecuteFunctions,
	itemIndex: number,
): JsonObject | undefined {
	try {
		const { name, default: usual } = option.includeInputFields;
		const wanted = context.getNodeParameter(`options.${name}`, itemIndex, usual);
		return truthOf(wanted) === true ? context.getInputData()[itemIndex]?.json : undefined;
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
		return fail(problemOfInput(reason, fix));
	}
}

/** What becomes of an item with a problem: the node's On Error setting in one word. */
export function onProblemOf({ onError, continueOnFail }: INode): OnProblem {
	if (onError === 'continueErrorOutput') return 'errorOutput';
	return onError === 'continueRegularOutput' || continueOnFail === true ? 'row' : 'throw';
}
