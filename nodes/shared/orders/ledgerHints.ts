import type { Hints } from '../host/readers';
import type { AssignedOrder } from '../tasks/ledgerRow';
import { remedyOfTable } from '../tasks/tables';
import { mayBeUnreadable, type LedgerRun } from './orderRound';

export function hintAtOtherInput(run: Hints, orders: readonly AssignedOrder[]): void {
	const items = orders.flatMap(({ isOtherInput }, index) => (isOtherInput ? [index] : []));
	if (items.length === 0) return;
	const message = `An earlier try of this execution has ordered videos in the place of items ${items.join(', ')}, whose data is another now. The node goes on with those videos instead of paying again; to order new ones, run the workflow anew.`;
	run.hint(message, 'warning');
}

export function hintThatItIsNew(run: Hints, name: string): void {
	const message = `The task ledger '${name}' was not there and was made anew. If the run that is retried here had another one, e.g. under another name, what it has paid for is not known and is ordered again.`;
	run.hint(message, 'warning');
}

export function hintThatRetriesAreUnknown(run: Hints, name: string): void {
	const message = `The task ledger '${name}' is written, but this n8n is older than 2.14 and does not tell which execution is retried: 'Retry execution' of a run that has crashed would order its videos again. Update n8n, or collect them with Seedance Task, operation Get Many.`;
	run.hint(message, 'warning');
}

export function hintThatItIsNotUsed(run: LedgerRun, name: string, reason: string): void {
	const outcome = mayBeUnreadable(run)
		? 'What an earlier try may have paid for was not ordered again.'
		: 'The videos were ordered all the same.';
	const remedy = remedyOfTable(
		run.tables,
		'Check that Data Tables are switched on in this n8n and have space left; a table that was changed is made anew once you rename or delete it.',
	);
	const message = `The task ledger '${name}' could not be used: ${reason}. ${outcome} ${remedy}`;
	run.hint(message, 'warning');
	run.log.warn(`Seedance: ${message}`);
}
