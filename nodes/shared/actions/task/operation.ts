import type { Step } from '../../domain/problem';
import type { FileFetcher, NodeInput } from '../../host/readers';
import type { ItemResult, Output } from '../../host/rows';
import type { Session } from '../../tasks/session';

type Outcome = ItemResult['result'];

/** What the result of an operation says about the task itself; undefined where it says nothing. */
export type OutcomeOf = (
	result: Outcome,
	/** When the order was made, in ISO 8601, and what time it is, in Unix milliseconds. */
	told: { orderedAt?: string; now: number },
) => Outcome | undefined;

/** An operation of Seedance Task that gives a row for each item. */
export interface TaskOperation {
	/** Whether it takes the rows of several vendors at once. */
	takesOthers: boolean;
	run(node: NodeInput & FileFetcher, session: Session, itemIndex: number): Promise<Step<Output>>;
	/** Absent where it is about an account and no task. */
	outcomeOf?: OutcomeOf;
}
