import type { Step } from '../domain/problem';
import { ok } from '../domain/result';
import type { Task } from '../domain/task';
import type { Network } from '../host/network';
import type { FileFetcher, Hints } from '../host/readers';
import type { ItemResult } from '../host/rows';
import type { ParallelLimit } from '../orders/order';
import { takeInTurn, type InTurn } from '../tasks/inTurn';
import type { AwaitedTask, Submitted } from '../tasks/submit';
import { hintThatItTookTurns } from './hints';
import { ringOnce } from './notify';
import { collectEnded, waitUnlessLeft, type Route } from './run';

/** A run that leaves its last tasks to somebody else. */
type Leaving = Exclude<Route['completion'], 'wait'>;

/** A task that ended while others were still to be ordered. */
interface Ended {
	task: Step<Task>;
	/** With its files, where this execution puts the video out. */
	result?: ItemResult;
}

export type Turn = InTurn<Submitted, Ended>;

interface Taking<T> {
	take: (item: T) => Promise<Submitted>;
	noteEnd: (item: T, submitted: Submitted, result?: ItemResult) => Promise<void>;
}

/**
 * Orders every item. Where the user has set how many may be in the works at once, the next one is
 * ordered when one has ended, and only the last ones are left to whoever waits for them.
 */
export async function takeTurns<T>(
	run: FileFetcher & Hints & Pick<Network, 'post'>,
	items: readonly T[],
	limit: ParallelLimit,
	completion: Leaving,
	{ take, noteEnd }: Taking<T>,
): Promise<Turn[]> {
	const waitForEnd = async (submitted: Submitted, item: T, leave: AbortSignal) => {
		if (!limit.isChosen || !submitted.result.ok) return undefined;
		const { value: awaited } = submitted.result;
		const task = await waitUnlessLeft(awaited, leave);
		if (task === undefined) return undefined;
		if (completion === 'notify') await ringOnce(run, awaited);
		const result =
			completion === 'pause' ? await collectEnded(run, submitted, awaited, task) : undefined;
		await noteEnd(item, submitted, result);
		return { task, result };
	};
	const turns = await takeInTurn(items, limit.count, take, waitForEnd);
	if (turns.some(({ ended }) => ended !== undefined)) {
		hintThatItTookTurns(run, limit.count, completion);
	}
	return turns;
}

/** The tasks as they were last seen; why one has ended badly is for whoever waits for it. */
export const asLastSeen = (turns: readonly Turn[]): Submitted[] =>
	turns.map(({ taken, ended }) =>
		taken.result.ok && ended?.task.ok
			? { ...taken, result: ok<AwaitedTask>({ ...taken.result.value, task: ended.task.value }) }
			: taken,
	);

/** What has come to its end already, by item. */
export const resultsIn = (turns: readonly Turn[]): Map<number, ItemResult> =>
	new Map(
		turns.flatMap(({ ended }) =>
			ended?.result === undefined ? [] : [[ended.result.itemIndex, ended.result] as const],
		),
	);
