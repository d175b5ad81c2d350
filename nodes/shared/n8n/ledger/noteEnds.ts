import { ok, type Result } from '../../domain/result';
import type { Ownership } from '../../host/call';
import type { LedgerReference, OrderEnd } from '../../tasks/ledger';
import {
	readStored,
	revisionOf,
	rowAtEnd,
	rowKeyOf,
	type LedgerRow,
	type StoredOrder,
} from '../../tasks/ledgerRow';
import { clock } from '../clock';
import { openDataTable, type DataTable } from '../dataTable';
import type { RunInline } from '../executions';
import { findOrders } from './queries';

export interface NotedEnd {
	reference: LedgerReference;
	taskId: string;
	end: OrderEnd;
}

/** Writes down what became of orders that another execution has made. */
export async function noteEnds(
	run: RunInline,
	ends: readonly NotedEnd[],
): Promise<Result<void, string>> {
	const names = new Set(ends.map(({ reference }) => reference.table));
	for (const name of names) {
		const own = ends.filter(({ reference }) => reference.table === name);
		const byKey = new Map(own.map((noted) => [noted.reference.key, noted]));
		const noted = await noteEndsIn(run, name, byKey);
		if (!noted.ok) return noted;
	}
	return ok(undefined);
}

async function noteEndsIn(
	run: RunInline,
	name: string,
	ends: ReadonlyMap<string, NotedEnd>,
): Promise<Result<void, string>> {
	const table = await openDataTable(run, clock, name, 'find');
	if (!table.ok) return table;
	const found = await findAnswered(table.value, [...ends.keys()]);
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

const ANSWER_ATTEMPTS = 4;
const ANSWER_GAP_MS = 1_000;

/** A vendor may report an end before the node that has ordered it has written down the task. */
async function findAnswered(
	table: DataTable,
	orderKeys: readonly string[],
): Promise<Result<StoredOrder[], string>> {
	for (let attempt = 1; ; attempt++) {
		const found = await findOrders(table, orderKeys);
		if (!found.ok) return found;
		const isOpen = found.value.some(({ row }) => row.state === 'submitting');
		if (!isOpen || attempt === ANSWER_ATTEMPTS) return found;
		await clock.sleep(ANSWER_GAP_MS);
	}
}

/**
 * What a ledger knows of a task that is said to be that of an order. An order's row may name another
 * task than the one it was first made with, where that one's answer was lost and it was made anew.
 */
export async function judgeTask(
	run: RunInline,
	{ table: name, key }: LedgerReference,
	taskId: string,
): Promise<Result<Ownership, string>> {
	const table = await openDataTable(run, clock, name, 'find');
	if (!table.ok) return table;
	const own = await findAnswered(table.value, [key]);
	if (!own.ok) return own;
	if (own.value.some(({ row }) => row.taskId === taskId)) return ok('own');
	const named = await table.value.get({
		conditions: [{ column: 'taskId', is: 'eq', value: taskId }],
		match: 'all',
	});
	if (!named.ok) return named;
	return ok(readStored(named.value).length > 0 ? 'another' : 'unknown');
}
