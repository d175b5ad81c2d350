import type { INode } from 'n8n-workflow';
import type { Problem } from '../domain/problem';
import type { FilmOutput, FilmResult, OnProblem } from '../host/rows';
import { failureOf } from '../tasks/row';
import { toNodeError } from './settle';
import { takesDetails } from './version';

/**
 * One row for each result, paired with all of its items.
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
		return { json: errorRow(problem, onProblem), pairedItem };
	});
}

/** As the rows of videos have it (settle.ts), without a task. */
function errorRow(problem: Problem, onProblem: OnProblem) {
	const { message: error } = problem;
	const fields = { failure: failureOf(problem) };
	if (onProblem !== 'errorOutput') return { error, ...fields };
	return takesDetails() ? { error, details: fields } : { error, message: fields };
}
