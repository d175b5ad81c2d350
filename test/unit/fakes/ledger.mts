import { ledgerColumns, rowKeyOf } from '../../../nodes/shared/tasks/ledgerRow';
import { fakeDataTables } from './dataTables.mts';

export const LEDGER = 'seedance_tasks';

/** A ledger in which these orders stand as submitted. */
export function ledgerWith(...orderKeys: string[]) {
	const row = (orderKey: string) => ({
		...Object.fromEntries(ledgerColumns.map(({ name }) => [name, null])),
		orderedAt: '2026-11-20T10:00:00.000Z',
		state: 'submitted',
		provider: 'apikley',
		taskId: orderKey,
		origin: 'origin',
		orderKey,
		rowKey: rowKeyOf(orderKey, 2),
	});
	const columns = ledgerColumns.map((column) => ({ ...column }));
	return fakeDataTables([{ id: 'table-1', name: LEDGER, columns, rows: orderKeys.map(row) }]);
}
