import type { IExecuteFunctions } from 'n8n-workflow';
import type { Step } from '../../domain/problem';
import type { ItemResult, Output } from '../../host/rows';
import type { Session } from '../../tasks/session';

type Outcome = ItemResult['result'];

/** What the result of an operation says about the task itself; undefined where it says nothing. */
export type OutcomeOf = (result: Outcome, orderedAt?: string) => Outcome | undefined;

/** An operation of Seedance Task that gives a row for each item. */
export interface TaskOperation {
	/** Whether it takes the rows of several vendors at once. */
	takesOthers: boolean;
	run(context: IExecuteFunctions, session: Session, itemIndex: number): Promise<Step<Output>>;
	/** Absent where it is about an account and no task. */
	outcomeOf?: OutcomeOf;
}
