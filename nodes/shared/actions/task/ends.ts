import { fail, ok } from '../../domain/result';
import type { Hints, NodeInput, Rows } from '../../host/readers';
import type { ItemResult, PairedOutput } from '../../host/rows';
import { writeEnds, type EndWriter, type TaskOutcome } from '../../tasks/ends';
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
	run: NodeInput & Hints & Rows & EndWriter,
	items: readonly TaskItem[],
	outcomeOf: OutcomeOf | undefined,
	results: readonly ItemResult[],
): Promise<PairedOutput[]> {
	const settled = (() => {
		try {
			return ok(settleResults(run, results));
		} catch (error) {
			return fail(error);
		}
	})();
	const outcomes = outcomeOf === undefined ? [] : outcomesOf(run, items, outcomeOf, results);
	await writeEnds(run, outcomes, { isThrownAway: !settled.ok });
	if (!settled.ok) throw settled.error;
	return settled.value;
}

const outcomesOf = (
	node: NodeInput & EndWriter,
	items: readonly TaskItem[],
	outcomeOf: OutcomeOf,
	results: readonly ItemResult[],
): TaskOutcome[] =>
	results.flatMap(({ itemIndex, result }) => {
		const account = items.find((item) => item.itemIndex === itemIndex)?.asked.account;
		// No task is named, or n8n could not even evaluate which.
		const isNamed = result.ok || result.error.taskId !== undefined;
		if (!isNamed || account === undefined) return [];
		const { taskId, told } = readTask(node, account, itemIndex);
		if (told.ledger === undefined) return [];
		const { reference, orderedAt } = told.ledger;
		const isMisuse = !result.ok && MISUSES.has(result.error.kind);
		const outcome = isMisuse
			? undefined
			: outcomeOf(result, { orderedAt, now: node.process.clock.now() });
		return outcome === undefined ? [] : [{ reference, taskId, result: outcome }];
	});

/** Problems of this run, which nobody has asked the vendor about. */
const MISUSES: ReadonlySet<string> = new Set(['invalidInput', 'siblingPaused']);

/** Of an operation that looks at the task: its end, also where the vendor has forgotten it since. */
export const outcomeOfLook: OutcomeOf = (result, { orderedAt = '', now }) => {
	const isForgotten = !result.ok && result.error.httpStatus === 404;
	const isOld = isLongAgo({ submittedAt: Date.parse(orderedAt) }, now);
	if (!isForgotten || !isOld) return result;
	const message = 'The vendor has forgotten the task.';
	return fail({ ...result.error, status: 'expired', message });
};
