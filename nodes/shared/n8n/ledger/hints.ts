import type { IExecuteFunctions } from 'n8n-workflow';
import type { AssignedOrder } from '../../tasks/ledgerRow';
import { remedyOfTable } from '../dataTable';
import { logOf } from '../log';
import { mayBeUnreadable } from './orderRound';

export function hintAtOtherInput(
	context: IExecuteFunctions,
	orders: readonly AssignedOrder[],
): void {
	const items = orders.flatMap(({ isOtherInput }, index) => (isOtherInput ? [index] : []));
	if (items.length === 0) return;
	const message = `An earlier try of this execution has ordered videos in the place of items ${items.join(', ')}, whose data is another now. The node goes on with those videos instead of paying again; to order new ones, run the workflow anew.`;
	context.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
}

export function hintThatItIsNew(context: IExecuteFunctions, name: string): void {
	const message = `The task ledger '${name}' was not there and was made anew. If the run that is retried here had another one, e.g. under another name, what it has paid for is not known and is ordered again.`;
	context.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
}

export function hintThatRetriesAreUnknown(context: IExecuteFunctions, name: string): void {
	const message = `The task ledger '${name}' is written, but this n8n is older than 2.14 and does not tell which execution is retried: 'Retry execution' of a run that has crashed would order its videos again. Update n8n, or collect them with Seedance Task, operation Get Many.`;
	context.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
}

export function hintThatItIsNotUsed(
	context: IExecuteFunctions,
	name: string,
	reason: string,
): void {
	const outcome = mayBeUnreadable(context)
		? 'What an earlier try may have paid for was not ordered again.'
		: 'The videos were ordered all the same.';
	const remedy = remedyOfTable(
		'Check that Data Tables are switched on in this n8n and have space left; a table that was changed is made anew once you rename or delete it.',
	);
	const message = `The task ledger '${name}' could not be used: ${reason}. ${outcome} ${remedy}`;
	context.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
	logOf(context).warn(`Seedance: ${message}`);
}
