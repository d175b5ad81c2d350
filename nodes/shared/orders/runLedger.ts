import { option, orderParameter } from '../domain/ownParameters';
import { readOwn, readText } from './parameters';
import { truthOf } from '../models/meant';
import { reasonOf, withoutUndefined } from '../domain/json';
import { RETRY } from '../domain/limits';
import { fail, ok, type Result } from '../domain/result';
import { tryRepeatedly } from '../domain/retry';
import { LEDGER_SWITCH_SINCE } from '../models/nodeParameters';
import {
	contextLedger,
	orderKey,
	type LedgerEntry,
	type LedgerPage,
	type OtherOrders,
} from '../tasks/ledger';
import { othersBeside } from '../tasks/ledgerQueries';
import { assignOrders, readStored, type OrderRound } from '../tasks/ledgerRow';
import { openTableLedger, type TableLedger } from '../tasks/tableLedger';
import type { Condition } from '../tasks/tables';
import {
	hintAtOtherInput,
	hintThatItIsNew,
	hintThatItIsNotUsed,
	hintThatRetriesAreUnknown,
} from './ledgerHints';
import {
	inputOf,
	mayBeUnreadable,
	placeOf,
	roundOf,
	writtenParameters,
	type LedgerRun,
} from './orderRound';

/** Where a run writes down what it orders: in the node's context, and in a table if the user wants. */
export interface RunLedger {
	page(itemIndex: number): LedgerPage;
	/** How many orders of the node and this execution, tried before or not, are known to the table. */
	known?: number;
	/** Writes down what is left, and says so where that did not work. */
	close(): Promise<void>;
}

/** Opens the ledger of a run; whatever is wrong with the table, the run goes on without it. */
export async function openLedger(run: LedgerRun): Promise<RunLedger> {
	const memory = memoryLedger(run);
	const name = tableNameOf(run);
	if (name === '') return { page: memory, close: async () => {} };

	const opened = await openTable(run, name);
	if (!opened.ok) {
		hintThatItIsNotUsed(run, name, opened.error);
		if (!mayBeUnreadable(run)) return { page: memory, close: async () => {} };
		const unreadable = `The task ledger '${name}' could not be read: ${opened.error}`;
		return { page: (itemIndex) => ({ ...memory(itemIndex), unreadable }), close: async () => {} };
	}
	const { pages, ledger, isNew, known } = opened.value;
	if (isNew && run.isRetry()) hintThatItIsNew(run, name);
	if (run.place().token === undefined) hintThatRetriesAreUnknown(run, name);
	return {
		known,
		page: (itemIndex) => inBoth(memory(itemIndex), pages[itemIndex]),
		async close() {
			await ledger.flush();
			const problem = ledger.problem();
			if (problem !== undefined) hintThatItIsNotUsed(run, name, problem);
		},
	};
}

/** Orders in the node's context; reads no parameter's value, so it never fails. */
function memoryLedger(run: LedgerRun): RunLedger['page'] {
	const ledger = contextLedger(run.kept);
	const parameters = writtenParameters(run);
	return (itemIndex) => {
		const runIndex = run.runIndex();
		const item = run.items()[itemIndex];
		const written = [...parameters, item?.json ?? {}, item?.binary ?? {}];
		return ledger.page(orderKey({ runIndex, itemIndex, written }));
	};
}

/** Empty where nothing is to be written down. */
function tableNameOf(input: LedgerRun): string {
	if (input.nodeVersion() < LEDGER_SWITCH_SINCE) {
		const name = input.parameter(`options.${option.taskLedger.name}`, 0, '');
		return typeof name === 'string' ? name.trim() : '';
	}
	const { taskLedger, taskLedgerTable } = orderParameter;
	const isOn = truthOf(readOwn(input, taskLedger, 0)) === true;
	return isOn ? readText(input, taskLedgerTable.name, 0) || taskLedgerTable.default : '';
}

async function openTable(
	run: LedgerRun,
	name: string,
): Promise<
	Result<{ ledger: TableLedger; pages: LedgerPage[]; isNew: boolean; known: number }, string>
> {
	try {
		const round = roundOf(run);
		const read = await readOrdersOf(run, name, round);
		if (!read.ok) return read;
		const { table, found } = read.value;
		const slots = run.items().map((item, itemIndex) => ({ itemIndex, input: inputOf(item) }));
		const stored = readStored(found);
		const orders = assignOrders(stored, round, slots);
		hintAtOtherInput(run, orders);
		const ledger = openTableLedger(table, run.process.clock);
		const pages = orders.map((order, item) => ({
			...ledger.page(order, placeOf(run, round, item)),
			others: async (providerId: string, taskIds: readonly string[]) =>
				await othersBeside(table, order.orderKey, providerId, taskIds),
		}));
		return ok({ ledger, pages, isNew: table.isNew, known: stored.length });
	} catch (error) {
		return fail(reasonOf(error));
	}
}

/** The rows of a round; a database that is busy, e.g. after a restart, is asked again. */
async function readOrdersOf(
	{ tables, process: { clock } }: LedgerRun,
	name: string,
	{ origin }: OrderRound,
) {
	const conditions: Condition[] = [{ column: 'origin', is: 'eq', value: origin }];
	const read = async () => {
		const table = await tables.open(name, 'make');
		if (!table.ok) return table;
		const found = await table.value.get({ conditions, match: 'all' });
		return found.ok ? ok({ table: table.value, found: found.value }) : found;
	};
	return await tryRepeatedly(RETRY.tableRead, clock, read, ({ ok: isRead }) => isRead);
}

/**
 * What only the context knows of an order: all that was ordered, of which a table has a part, and by what
 * a lost one is known again, where a table of an older version has no room for it.
 */
function withOwn(stored: LedgerEntry, own: LedgerEntry): LedgerEntry {
	if (Date.parse(stored.at) !== Date.parse(own.at)) return stored;
	const ordered = own.ordered ?? stored.ordered;
	return stored.state === 'submitting' && own.state === 'submitting'
		? withoutUndefined({ ...stored, ordered, sought: stored.sought ?? own.sought })
		: withoutUndefined({ ...stored, ordered });
}

/**
 * The newer entry counts: the context of a retried execution is as old as that execution, and another
 * retry of it may have ordered since. Of the same time it is the table's, which people may have edited.
 */
const newerOf = (own: LedgerEntry | undefined, stored: LedgerEntry | undefined) =>
	own !== undefined && stored !== undefined
		? Date.parse(own.at) > Date.parse(stored.at)
			? own
			: withOwn(stored, own)
		: (own ?? stored);

const inBoth = (memory: LedgerPage, table: LedgerPage | undefined): LedgerPage =>
	table === undefined
		? memory
		: {
				reference: table.reference,
				read: async () => newerOf(await memory.read(), await table.read()),
				async write(entry, about) {
					await memory.write(entry, about);
					await table.write(entry, about);
				},
				async clear() {
					await memory.clear();
					await table.clear();
				},
				async others(providerId, taskIds) {
					const own = await memory.others?.(providerId, taskIds);
					const stored = await table.others?.(providerId, taskIds);
					const [known = ok(NO_OTHERS), more = ok(NO_OTHERS)] = [own, stored];
					if (!known.ok || !more.ok) return known.ok ? more : known;
					const { taken, open } = known.value;
					return ok({
						taken: [...taken, ...more.value.taken],
						open: [...open, ...more.value.open],
					});
				},
				async end(end) {
					await memory.end(end);
					await table.end(end);
				},
			};

const NO_OTHERS: OtherOrders = { taken: [], open: [] };
