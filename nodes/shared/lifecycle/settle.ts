import type {
	IBinaryKeyData,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
} from 'n8n-workflow';
import { toNodeError, type Problem } from '../errors';
import { toErrorRow, type RowOrigin } from './row';

/** What became of one item. */
export type ItemResult = { itemIndex: number; origin: RowOrigin } & (
	| { ok: true; json: IDataObject; binary?: IBinaryKeyData }
	| { ok: false; problem: Problem }
);

/**
 * Turns the results of a run into one row per item in the items' order.
 * @throws NodeApiError of the first item that has a problem, unless Continue On Fail is set; it
 * names every item's task, because the others are paid for too.
 */
export function settle(context: IExecuteFunctions, results: ItemResult[]): INodeExecutionData[] {
	const firstProblem = results.find((result) => !result.ok);
	if (firstProblem !== undefined && !firstProblem.ok && !context.continueOnFail()) {
		const others = results.length > 1 ? `All items: ${results.map(inOneLine).join('; ')}.` : '';
		throw toNodeError(context.getNode(), firstProblem.problem, firstProblem.itemIndex, others);
	}
	return results.map((result) => ({
		...(result.ok ? withBinary(result) : { json: errorJson(context, result) }),
		pairedItem: { item: result.itemIndex },
	}));
}

function withBinary({ json, binary }: { json: IDataObject; binary?: IBinaryKeyData }) {
	return binary === undefined ? { json } : { json, binary };
}

/**
 * n8n 2.41 sends to the error output what has no other keys than `error`, `message` and `details`,
 * so there the task's fields go into `details`.
 */
function errorJson(
	context: IExecuteFunctions,
	{ problem, origin }: { problem: Problem; origin: RowOrigin },
): IDataObject {
	const row = toErrorRow(problem, origin);
	if (context.getNode().onError !== 'continueErrorOutput') return row;
	const { error, ...details } = row;
	return { error, details };
}

function inOneLine(result: ItemResult): string {
	const taskId = result.ok ? result.json.taskId : result.problem.taskId;
	const state = result.ok ? result.json.status : (result.problem.status ?? result.problem.code);
	return `[item ${result.itemIndex}] ${String(taskId ?? 'no task')} (${String(state)})`;
}
