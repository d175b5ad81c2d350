import { NodeApiError, type INode } from 'n8n-workflow';
import { toJson, type Json, type JsonObject } from '../domain/json';
import type { Problem } from '../domain/problem';
import { asShown } from '../domain/words';
import type { FilmOutput, FilmResult, ItemResult, OnProblem, PairedOutput } from '../host/rows';
import { failureOf, toErrorRow } from '../tasks/row';
import { takesDetails } from './version';

/** What becomes of an item with a problem: the node's On Error setting in one word. */
export function onProblemOf({ onError, continueOnFail }: INode): OnProblem {
	if (onError === 'continueErrorOutput') return 'errorOutput';
	return onError === 'continueRegularOutput' || continueOnFail === true ? 'row' : 'throw';
}

/**
 * Turns the results of a run into one row per item in the items' order.
 * @throws NodeApiError of the first item that has a problem, when that is what the user wants.
 */
export function settle(
	node: INode,
	results: readonly ItemResult[],
	onProblem: OnProblem,
): PairedOutput[] {
	const error = onProblem === 'throw' ? firstError(node, results) : undefined;
	if (error !== undefined) throw error;
	return results.map((item) => toItem(item, onProblem));
}

/**
 * The first item's problem as n8n's error; it names every item's task, because the others are paid
 * for too.
 */
export function firstError(node: INode, results: readonly ItemResult[]): NodeApiError | undefined {
	const others = results.length > 1 ? `All items: ${results.map(inOneLine).join('; ')}.` : '';
	for (const { itemIndex, result } of results) {
		if (!result.ok) return toNodeError(node, result.error, itemIndex, others);
	}
	return undefined;
}

/** One item's row, also for one with a problem. */
export function toItem(
	{ itemIndex, origin, result }: ItemResult,
	onProblem: OnProblem,
): PairedOutput {
	const pairedItem = { item: itemIndex };
	if (result.ok) {
		const { json, binary } = result.value;
		return binary === undefined ? { json, pairedItem } : { json, binary, pairedItem };
	}
	return { json: asErrorRow(toErrorRow(result.error, origin), onProblem), pairedItem };
}

/**
 * One row for each film, paired with all of its items.
 * @throws NodeApiError of the first problem, when that is what the user wants.
 */
export function settleFilms(
	node: INode,
	results: readonly FilmResult[],
	onProblem: OnProblem,
): FilmOutput[] {
	return results.map(({ items, result }) => {
		const pairedItem = items.map((item) => ({ item }));
		if (result.ok) return { ...result.value, pairedItem };
		const { problem, itemIndex } = result.error;
		if (onProblem === 'throw') throw toNodeError(node, problem, itemIndex);
		const row = { error: problem.message, failure: failureOf(problem) };
		return { json: asErrorRow(row, onProblem), pairedItem };
	});
}

/**
 * n8n 2.41 sends to the error output what has no other keys than `error`, `message` and `details`,
 * so there the task's fields go into `details`. Before 2.36 a row with `details` would go on as a
 * finished one: there they go into `message`.
 */
function asErrorRow(row: JsonObject, onProblem: OnProblem): Json {
	const { error, ...fields } = toJson(row);
	if (onProblem !== 'errorOutput') return { error, ...fields };
	return takesDetails() ? { error, details: fields } : { error, message: fields };
}

function inOneLine({ itemIndex, result }: ItemResult): string {
	const { taskId, status } = result.ok ? result.value.json : result.error;
	const state = result.ok ? status : (status ?? result.error.code);
	return `[item ${itemIndex}] ${String(taskId ?? 'no task')} (${String(state)})`;
}

/** The error that n8n shows for an item: what happened, how to go on, which item, which task. */
export function toNodeError(
	node: INode,
	problem: Problem,
	itemIndex: number,
	others = '',
): NodeApiError {
	const { httpStatus } = problem;
	const message = asShown(problem.message);
	const text = `${withoutStopWord(message)} [item ${itemIndex}]`;
	const error = new NodeApiError(
		node,
		{ message },
		{
			message: text,
			description: asShown(
				others === '' ? problem.description : `${problem.description} ${others}`,
			),
			itemIndex,
			...(httpStatus === undefined ? {} : { httpCode: String(httpStatus) }),
		},
	);
	// n8n replaces a message that holds a network code, such as ETIMEDOUT, by a sentence of its own.
	error.message = text;
	return error;
}

/** An error text with the American spelling makes n8n 2.41 mark the whole execution as stopped. */
const withoutStopWord = (text: string): string => text.replaceAll(/canceled/gi, 'cancelled');
