import { RETRY, TABLE } from '../domain/limits';
import type { Result } from '../domain/result';
import { ONCE, tryRepeatedly } from '../domain/retry';
import type { Clock } from '../domain/time';
import type { LedgerPage } from './ledger';
import {
	entryOfRow,
	revisionOf,
	rowAtEnd,
	rowKeyOf,
	rowOfEntry,
	type AssignedOrder,
	type LedgerRow,
	type Whereabouts,
} from './ledgerRow';

/** Where rows are kept. */
export interface OrderTable {
	name: string;
	/** Adds rows, then removes those that they take the place of; says why where it could not. */
	replace(
		rows: readonly LedgerRow[],
		obsoleteRowKeys: readonly string[],
	): Promise<Result<void, string>>;
}

export interface TableLedger {
	page(order: AssignedOrder, place: Omit<Whereabouts, 'orderKey'>): LedgerPage;
	/** Resolves when everything is written down. */
	flush(): Promise<void>;
	/** Why the last write did not work. */
	problem(): string | undefined;
}

interface PendingRow {
	orderKey: string;
	row?: Omit<LedgerRow, 'rowKey'>;
	/** Keys of the rows that the table holds of it. */
	stored: string[];
	revision: number;
}

/**
 * Orders in a table. What must be there before a request goes out is written at once, and together
 * with whatever else is due by then; the rest gathers for a moment. When the table takes nothing any
 * more, the orders go on without it.
 */
export function openTableLedger(table: OrderTable, clock: Clock): TableLedger {
	const due = new Set<PendingRow>();
	let atWork = Promise.resolve();
	let next: Promise<void> | undefined;
	let isGathering = false;
	let problem: string | undefined;

	const writeDue = async () => {
		const orders = [...due];
		due.clear();
		if (orders.length === 0) return;
		const written = await tryRepeatedly(
			problem === undefined ? RETRY.tableWrite : ONCE,
			clock,
			async () => await writeOrders(table, orders),
			({ ok }) => ok,
		);
		problem = written.ok ? undefined : written.error;
		if (!written.ok) for (const order of orders) due.add(order);
	};

	/** Joins the write that begins after the present one. */
	const write = async () => {
		next ??= atWork.then(async () => {
			next = undefined;
			atWork = writeDue();
			await atWork;
		});
		await next;
	};

	const gather = () => {
		if (isGathering) return;
		isGathering = true;
		const gatherMs = problem === undefined ? TABLE.gatherMs : TABLE.gatherInTroubleMs;
		void clock.sleep(gatherMs).then(async () => {
			isGathering = false;
			await write();
		});
	};

	return {
		page({ orderKey, stored }, place) {
			const order: PendingRow = {
				orderKey,
				row: stored?.row,
				stored: stored?.rowKeys ?? [],
				revision: stored === undefined ? 0 : revisionOf(stored.row),
			};
			return {
				reference: { table: table.name, key: orderKey },
				read: async () =>
					order.row && entryOfRow({ ...order.row, rowKey: rowKeyOf(orderKey, order.revision) }),
				async write(entry, about) {
					order.row = rowOfEntry(entry, about, { ...place, orderKey });
					due.add(order);
					const isUrgent = entry.state === 'submitting' && !entry.answerLost;
					if (isUrgent && problem === undefined) await write();
					else gather();
				},
				async clear() {
					order.row = undefined;
					due.add(order);
					gather();
				},
				async end(end) {
					if (order.row === undefined) return;
					order.row = rowAtEnd(order.row, end);
					due.add(order);
					gather();
				},
			};
		},
		async flush() {
			await atWork;
			do await write();
			while ((due.size > 0 && problem === undefined) || next !== undefined);
		},
		problem: () => problem,
	};
}

async function writeOrders(
	table: OrderTable,
	orders: readonly PendingRow[],
): Promise<Result<void, string>> {
	const obsolete = orders.flatMap(({ stored }) => stored);
	const rows = orders.flatMap((order): LedgerRow[] => {
		if (order.row === undefined) return [];
		order.revision += 1;
		return [{ ...order.row, rowKey: rowKeyOf(order.orderKey, order.revision) }];
	});
	const added = new Map(rows.map(({ orderKey, rowKey }) => [orderKey, rowKey]));
	const written = await table.replace(rows, obsolete);
	for (const order of orders) {
		const rowKey = added.get(order.orderKey);
		// What could not be removed, or may have been added, is removed with the next change.
		order.stored = [...(written.ok ? [] : order.stored), ...(rowKey === undefined ? [] : [rowKey])];
	}
	return written;
}
