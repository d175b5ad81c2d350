import type {
	IBinaryKeyData,
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
} from 'n8n-workflow';
import { toNodeError, type Problem } from '../errors';
import { toErrorRow, type RowOrigin } from './row';

/** What became of one item. */
export type ItemResult = { itemIndex: number; origin: RowOrigin } & (
	| { ok: true; json: IDataObject; binary?: IBinaryKeyData }
	| { ok: false; problem: Problem }
);

/** What becomes of an item with a problem: the node's On Error setting in one word. */
export type OnProblem = 'throw' | 'row' | 'errorOutput';

export function onProblemOf(context: IExecuteFunctions): OnProblem {
	if (!context.continueOnFail()) return 'throw';
	return context.getNode().onError === 'continueErrorOutput' ? 'errorOutput' : 'row';
}

/**
 * Turns the results of a run into one row per item in the items' order.
 * @throws NodeApiError of the first item that has a problem, when that is what the user wants; it
 * names every item's task, because the others are paid for too.
 */
export function settle(
	node: INode,
	results: ItemResult[],
	onProblem: OnProblem,
): INodeExecutionData[] {
	const firstProblem = results.find((result) => !result.ok);
	if (firstProblem !== undefined && !firstProblem.ok && onProblem === 'throw') {
		const others = results.length > 1 ? `All items: ${results.map(inOneLine).join('; ')}.` : '';
		throw toNodeError(node, firstProblem.problem, firstProblem.itemIndex, others);
	}
	return results.map((result) => ({
		...(result.ok ? withBinary(result) : { json: errorJson(result, onProblem) }),
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
	{ problem, origin }: { problem: Problem; origin: RowOrigin },
	onProblem: OnProblem,
): IDataObject {
	const row = toErrorRow(problem, origin);
	if (onProblem !== 'errorOutput') return row;
	const { error, ...details } = row;
	return { error, details };
}

function inOneLine(result: ItemResult): string {
	const taskId = result.ok ? result.json.taskId : result.problem.taskId;
	const state = result.ok ? result.json.status : (result.problem.status ?? result.problem.code);
	return `[item ${result.itemIndex}] ${String(taskId ?? 'no task')} (${String(state)})`;
}
