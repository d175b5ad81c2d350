import { RETRY } from '../domain/limits';
import { ok, type Result } from '../domain/result';
import { tryRepeatedly } from '../domain/retry';
import type { Clock } from '../domain/time';
import type { LedgerReference, OrderEnd } from './ledger';
import { findOrders, readOrders } from './ledgerQueries';
import { revisionOf, rowAtEnd, rowKeyOf, type LedgerRow, type StoredOrder } from './ledgerRow';
import type { Condition, DataTable, Tables } from './tables';

/** The ledgers of a host, and its time. */
export interface Ledgers {
	tables: Tables;
	process: { clock: Clock };
}

export interface NotedEnd {
	reference: LedgerReference;
	taskId: string;
	end: OrderEnd;
}

/** Writes down what became of orders that another execution has made. */
export async function noteEnds(
	ledgers: Ledgers,
	ends: readonly NotedEnd[],
): Promise<Result<void, string>> {
	const names = new Set(ends.map(({ reference }) => reference.table));
	for (const name of names) {
		const own = ends.filter(({ reference }) => reference.table === name);
		const byKey = new Map(own.map((noted) => [noted.reference.key, noted]));
		const noted = await noteEndsIn(ledgers, name, byKey);
		if (!noted.ok) return noted;
	}
	return ok(undefined);
}

async function noteEndsIn(
	ledgers: Ledgers,
	name: string,
	ends: ReadonlyMap<string, NotedEnd>,
): Promise<Result<void, string>> {
	const table = await ledgers.tables.open(name, 'find');
	if (!table.ok) return table;
	const found = await findAnswered(ledgers, table.value, [...ends.keys()]);
	if (!found.ok) return found;
	const changed = found.value.flatMap(({ row, rowKeys }) => {
		const noted = ends.get(row.orderKey);
		if (noted === undefined || !isEndOf(row, noted)) return [];
		const rowKey = rowKeyOf(row.orderKey, revisionOf(row) + 1);
		return { row: { ...rowAtEnd({ ...row, taskId: noted.taskId }, noted.end), rowKey }, rowKeys };
	});
	if (changed.length === 0) return ok(undefined);
	return await table.value.replace(
		changed.map(({ row }) => row),
		changed.flatMap(({ rowKeys }) => rowKeys),
	);
}

/**
 * The order may have been made anew since, with another task. And that a task has failed does not
 * prove that it was the one of a lost order, which would then be paid anew.
 */
const isEndOf = (row: LedgerRow, { taskId, end }: NotedEnd): boolean =>
	row.taskId === undefined ? end.status === 'succeeded' : row.taskId === taskId;

/** A vendor may report an end before the node that has ordered it has written down the task. */
const findAnswered = async (
	{ process: { clock } }: Ledgers,
	table: DataTable,
	orderKeys: readonly string[],
): Promise<Result<StoredOrder[], string>> =>
	await tryRepeatedly(
		RETRY.orderNoted,
		clock,
		async () => await findOrders(table, orderKeys),
		(found) => !found.ok || found.value.every(({ row }) => row.state !== 'submitting'),
	);

/** Whether a task is an order's own, another order's, or nobody knows. */
export type Ownership = 'own' | 'another' | 'unknown';

/**
 * What a ledger knows of a task that is said to be that of an order. An order's row may name another
 * task than the one it was first made with, where that one's answer was lost and it was made anew.
 */
export async function judgeTask(
	ledgers: Ledgers,
	{ table: name, key }: LedgerReference,
	taskId: string,
): Promise<Result<Ownership, string>> {
	const table = await ledgers.tables.open(name, 'find');
	if (!table.ok) return table;
	const own = await findAnswered(ledgers, table.value, [key]);
	if (!own.ok) return own;
	if (own.value.some(({ row }) => row.taskId === taskId)) return ok('own');
	const conditions: Condition[] = [{ column: 'taskId', is: 'eq', value: taskId }];
	const named = await readOrders(table.value, [{ conditions, match: 'all' }]);
	if (!named.ok) return named;
	return ok(named.value.length > 0 ? 'another' : 'unknown');
}
