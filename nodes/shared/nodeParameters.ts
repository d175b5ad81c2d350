import type { IExecuteFunctions } from 'n8n-workflow';
import type { Problem } from './errors';

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

/** What goes into the output for a finished task. */
export interface OutputRules {
	/** Whether the vendor's own answer is added. */
	raw: boolean;
	/** The field for the video file; undefined when it is not to be downloaded. */
	binaryProperty?: string;
}

export function readOutputRules(context: IExecuteFunctions, itemIndex: number): OutputRules {
	const wantsFile = context.getNodeParameter('downloadVideo', itemIndex, true) === true;
	const property = readText(context, 'binaryPropertyName', itemIndex, 'data');
	return {
		raw: context.getNodeParameter('simplify', itemIndex, true) !== true,
		binaryProperty: wantsFile ? property || 'data' : undefined,
	};
}

/**
 * Reads something about one item. What n8n throws while it evaluates an expression or looks for a
 * file becomes that item's problem, so that the other items of the run are not lost with it.
 */
export async function readingItem<T extends { ok: boolean }>(
	read: () => Promise<T>,
): Promise<T | { ok: false; problem: Problem }> {
	try {
		return await read();
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		const description: unknown = Reflect.get(Object(error), 'description');
		const fix = typeof description === 'string' ? description : 'Correct what the node reads here.';
		return { ok: false, problem: { message, description: fix, code: 'invalidInput' } };
	}
}
