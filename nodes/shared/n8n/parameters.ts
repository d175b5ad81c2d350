import type { IExecuteFunctions, INode } from 'n8n-workflow';
import { isObject, reasonOf } from '../domain/json';
import type { Step } from '../domain/problem';
import { fail } from '../domain/result';
import { problemOfInput } from '../tasks/problems';
import { DEFAULT_MAX_FILE_MEGABYTES, megabytesToBytes, type OutputRules } from '../tasks/session';

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

export function readOutputRules(context: IExecuteFunctions, itemIndex: number): OutputRules {
	const wantsFile = context.getNodeParameter('downloadVideo', itemIndex, true) === true;
	const property = readText(context, 'binaryPropertyName', itemIndex, 'data');
	return {
		raw: context.getNodeParameter('simplify', itemIndex, true) !== true,
		binaryProperty: wantsFile ? property || 'data' : undefined,
		maxFileBytes: maxFileBytesOf(context.getNodeParameter('options.maxFileSize', itemIndex, null)),
	};
}

/** The option Max File Size in bytes; what is no number greater than 0 is the default. */
export function maxFileBytesOf(given: unknown): number {
	const megabytes = Number(given ?? DEFAULT_MAX_FILE_MEGABYTES);
	return megabytesToBytes(megabytes > 0 ? megabytes : DEFAULT_MAX_FILE_MEGABYTES);
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
export type OnProblem = 'throw' | 'row' | 'errorOutput';

export function onProblemOf({ onError, continueOnFail }: INode): OnProblem {
	if (onError === 'continueErrorOutput') return 'errorOutput';
	return onError === 'continueRegularOutput' || continueOnFail === true ? 'row' : 'throw';
}
