import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { fail, ok } from '../../domain/result';
import type { ItemResult, TaskOutcome } from '../../host/rows';
import { clock } from '../../n8n/clock';
import { writeEnds } from '../../n8n/ends';
import { inlineRunner } from '../../n8n/executions';
import { isLongAgo } from '../../tasks/look';
import { settleResults } from '../run';
import { readTask } from './asked';
import type { TaskItem } from './item';
import type { OutcomeOf } from './operation';

/**
 * Puts the results out and writes down the ends of tasks whose rows say that a ledger knows them. Where
 * an item's problem throws the whole output away, only the bad ends are ends.
 */
export async function handOn(
	context: IExecuteFunctions,
	items: readonly TaskItem[],
	outcomeOf: OutcomeOf | undefined,
	results: readonly ItemResult[],
): Promise<INodeExecutionData[]> {
	const settled = (() => {
		try {
			return ok(settleResults(context, results));
		} catch (error) {
			return fail(error);
		}
	})();
	const outcomes = outcomeOf === undefined ? [] : outcomesOf(context, items, outcomeOf, results);
	await writeEnds(context, inlineRunner(context), outcomes, { isThrownAway: !settled.ok });
	if (!settled.ok) throw settled.error;
	return settled.value;
}

const outcomesOf = (
	context: IExecuteFunctions,
	items: readonly TaskItem[],
	outcomeOf: OutcomeOf,
	results: readonly ItemResult[],
): TaskOutcome[] =>
	results.flatMap(({ itemIndex, result }) => {
		const account = items.find((item) => item.itemIndex === itemIndex)?.asked.account;
		// No task is named, or n8n could not even evaluate which.
		const isNamed = result.ok || result.error.taskId !== undefined;
		if (!isNamed || account === undefined) return [];
		const { taskId, told } = readTask(context, account, itemIndex);
		if (told.ledger === undefined) return [];
		const { reference, orderedAt } = told.ledger;
		const isMisuse = !result.ok && MISUSES.has(result.error.kind);
		const outcome = isMisuse ? undefined : outcomeOf(result, orderedAt);
		return outcome === undefined ? [] : [{ reference, taskId, result: outcome }];
	});

/** Problems of this run, which nobody has asked the vendor about. */
const MISUSES: ReadonlySet<string> = new Set(['invalidInput', 'siblingPaused']);

/** Of an operation that looks at the task: its end, also where the vendor has forgotten it since. */
export const outcomeOfLook: OutcomeOf = (result, orderedAt = '') => {
	const isForgotten = !result.ok && result.error.httpStatus === 404;
	const isOld = isLongAgo({ submittedAt: Date.parse(orderedAt) }, clock.now());
	if (!isForgotten || !isOld) return result;
	const message = 'The vendor has forgotten the task.';
	return fail({ ...result.error, status: 'expired', message });
};
