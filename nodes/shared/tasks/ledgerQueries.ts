import type { JsonObject } from '../domain/json';
import { TABLE } from '../domain/limits';
import { ok, type Result } from '../domain/result';
import { othersIn, type OtherOrders } from './ledger';
import { entryOfRow, readStored, type LedgerRow, type StoredOrder } from './ledgerRow';
import { chunked, type Condition, type DataTable, type RowQuery, type Tables } from './tables';

/** The orders that any of these queries finds. */
export async function readOrders(
	table: DataTable,
	queries: readonly RowQuery[],
): Promise<Result<StoredOrder[], string>> {
	const found: JsonObject[] = [];
	for (const query of queries) {
		const rows = await table.get(query);
		if (!rows.ok) return rows;
		found.push(...rows.value);
	}
	return ok(readStored(found));
}

const oneOf = (column: string, values: readonly string[]): RowQuery[] =>
	chunked(values, TABLE.foundAtOnce).map((some) => ({
		conditions: some.map((value) => ({ column, is: 'eq', value })),
		match: 'any',
	}));

export const findOrders = async (
	table: DataTable,
	orderKeys: readonly string[],
): Promise<Result<StoredOrder[], string>> => await readOrders(table, oneOf('orderKey', orderKeys));

/** What the table knows of these tasks, and of orders whose tasks nobody knows, beside one order. */
export async function othersBeside(
	table: DataTable,
	orderKey: string,
	provider: string,
	taskIds: readonly string[],
): Promise<Result<OtherOrders, string>> {
	const withoutTask = ['submitting', 'unknown'].map(
		(state): RowQuery => ({
			conditions: [
				{ column: 'provider', is: 'eq', value: provider },
				{ column: 'state', is: 'eq', value: state },
			],
			match: 'all',
		}),
	);
	const found = await readOrders(table, [...oneOf('taskId', taskIds), ...withoutTask]);
	if (!found.ok) return found;
	const others = found.value.filter(({ row }) => row.orderKey !== orderKey);
	return ok(
		othersIn(
			others.flatMap(({ row }) => entryOfRow(row) ?? []),
			taskIds,
		),
	);
}

export interface OrderQuery {
	table: string;
	provider: string;
	/** Only what no workflow has put out yet, and was ordered before this time (ISO 8601). */
	uncollectedBefore?: string;
	limit: number;
}

/** The latest orders of a vendor in a ledger, newest first. */
export async function listOrders(
	tables: Tables,
	{ table: name, provider, uncollectedBefore, limit }: OrderQuery,
): Promise<Result<LedgerRow[], string>> {
	const table = await tables.open(name, 'find');
	if (!table.ok) return table;
	const uncollected: Condition[] =
		uncollectedBefore === undefined
			? []
			: [
					{ column: 'state', is: 'eq', value: 'submitted' },
					{ column: 'orderedAt', is: 'lt', value: uncollectedBefore },
				];
	const conditions: Condition[] = [
		{ column: 'provider', is: 'eq', value: provider },
		...uncollected,
	];
	const found = await readOrders(table.value, [{ conditions, match: 'all', newest: limit }]);
	if (!found.ok) return found;
	const rows = found.value.map(({ row }) => row);
	return uncollectedBefore === undefined ? ok(rows) : await stillSubmitted(table.value, rows);
}

/** Beside a row that was left behind may stand the one that counts. */
async function stillSubmitted(
	table: DataTable,
	rows: readonly LedgerRow[],
): Promise<Result<LedgerRow[], string>> {
	const found = await findOrders(
		table,
		rows.map(({ orderKey }) => orderKey),
	);
	if (!found.ok) return found;
	const states = new Map(found.value.map(({ row }) => [row.orderKey, row.state]));
	return ok(rows.filter(({ orderKey }) => states.get(orderKey) === 'submitted'));
}
