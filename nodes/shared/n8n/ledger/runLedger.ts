import type { IExecuteFunctions } from 'n8n-workflow';
import { reasonOf, withoutUndefined } from '../../domain/json';
import { option, orderParameter } from '../../domain/ownParameters';
import { fail, ok, type Result } from '../../domain/result';
import { truthOf } from '../../models/meant';
import { LEDGER_SWITCH_SINCE } from '../../models/nodeParameters';
import {
	contextLedger,
	orderKey,
	type LedgerEntry,
	type LedgerPage,
	type OtherOrders,
} from '../../tasks/ledger';
import { assignOrders, readStored, type OrderRound } from '../../tasks/ledgerRow';
import { openTableLedger, type TableLedger } from '../../tasks/tableLedger';
import { clock } from '../clock';
import { openDataTable, type Condition } from '../dataTable';
import { inlineRunner } from '../executions';
import { readOwn, readText } from '../parameters';
import {
	hintAtOtherInput,
	hintThatItIsNew,
	hintThatItIsNotUsed,
	hintThatRetriesAreUnknown,
} from './hints';
import {
	inputOf,
	isRetry,
	mayBeUnreadable,
	placeOf,
	resumeTokenOf,
	roundOf,
	writtenParameters,
} from './orderRound';
import { othersBeside } from './queries';

/** Where a run writes down what it orders: in the node's context, and in a table if the user wants. */
export interface RunLedger {
	page(itemIndex: number): LedgerPage;
	/** How many orders of the node and this execution, tried before or not, are known to the table. */
	known?: number;
	/** Writes down what is left, and says so where that did not work. */
	close(): Promise<void>;
}

/** Opens the ledger of a run; whatever is wrong with the table, the run goes on without it. */
export async function openLedger(context: IExecuteFunctions): Promise<RunLedger> {
	const memory = memoryLedger(context);
	const name = tableNameOf(context);
	if (name === '') return { page: memory, close: async () => {} };

	const opened = await openTable(context, name);
	if (!opened.ok) {
		hintThatItIsNotUsed(context, name, opened.error);
		if (!mayBeUnreadable(context)) return { page: memory, close: async () => {} };
		const unreadable = `The task ledger '${name}' could not be read: ${opened.error}`;
		return { page: (itemIndex) => ({ ...memory(itemIndex), unreadable }), close: async () => {} };
	}
	const { pages, ledger, isNew, known } = opened.value;
	if (isNew && isRetry(context)) hintThatItIsNew(context, name);
	if (resumeTokenOf(context) === undefined) hintThatRetriesAreUnknown(context, name);
	return {
		known,
		page: (itemIndex) => inBoth(memory(itemIndex), pages[itemIndex]),
		async close() {
			await ledger.flush();
			const problem = ledger.problem();
			if (problem !== undefined) hintThatItIsNotUsed(context, name, problem);
		},
	};
}

/** Orders in the node's context; reads no parameter's value, so it never fails. */
function memoryLedger(context: IExecuteFunctions): RunLedger['page'] {
	const ledger = contextLedger(context.getContext('node'));
	const parameters = writtenParameters(context);
	return (itemIndex) => {
		const runIndex = Number(context.getWorkflowDataProxy(itemIndex).$runIndex);
		const item = context.getInputData()[itemIndex];
		const written = [...parameters, item?.json ?? {}, item?.binary ?? {}];
		return ledger.page(orderKey({ runIndex, itemIndex, written }));
	};
}

/** Empty where nothing is to be written down. */
function tableNameOf(context: IExecuteFunctions): string {
	if (context.getNode().typeVersion < LEDGER_SWITCH_SINCE) {
		const name: unknown = context.getNodeParameter(`options.${option.taskLedger.name}`, 0, '');
		return typeof name === 'string' ? name.trim() : '';
	}
	const { taskLedger, taskLedgerTable } = orderParameter;
	const isOn = truthOf(readOwn(context, taskLedger, 0)) === true;
	return isOn ? readText(context, taskLedgerTable.name, 0) || taskLedgerTable.default : '';
}

async function openTable(
	context: IExecuteFunctions,
	name: string,
): Promise<
	Result<{ ledger: TableLedger; pages: LedgerPage[]; isNew: boolean; known: number }, string>
> {
	try {
		const round = roundOf(context);
		const read = await readOrdersOf(context, name, round);
		if (!read.ok) return read;
		const { table, found } = read.value;
		const slots = context
			.getInputData()
			.map((item, itemIndex) => ({ itemIndex, input: inputOf(item) }));
		const stored = readStored(found);
		const orders = assignOrders(stored, round, slots);
		hintAtOtherInput(context, orders);
		const ledger = openTableLedger(table, clock);
		const pages = orders.map((order, item) => ({
			...ledger.page(order, placeOf(context, round, item)),
			others: async (providerId: string, taskIds: readonly string[]) =>
				await othersBeside(table, order.orderKey, providerId, taskIds),
		}));
		return ok({ ledger, pages, isNew: table.isNew, known: stored.length });
	} catch (error) {
		return fail(reasonOf(error));
	}
}

const READ_ATTEMPTS = 3;
const READ_GAP_MS = 1_000;

/** The rows of a round; a database that is busy, e.g. after a restart, is asked again. */
async function readOrdersOf(context: IExecuteFunctions, name: string, { origin }: OrderRound) {
	const conditions: Condition[] = [{ column: 'origin', is: 'eq', value: origin }];
	for (let attempt = 1; ; attempt++) {
		const table = await openDataTable(inlineRunner(context), clock, name, 'make');
		const found = table.ok ? await table.value.get({ conditions, match: 'all' }) : table;
		if (table.ok && found.ok) return ok({ table: table.value, found: found.value });
		if (!found.ok && attempt === READ_ATTEMPTS) return found;
		await clock.sleep(READ_GAP_MS);
	}
}

/** What only the context knows of a lost order, where a table of an older version has no room for it. */
const withSought = (stored: LedgerEntry, own: LedgerEntry): LedgerEntry =>
	stored.state === 'submitting' && own.state === 'submitting' && stored.at === own.at
		? withoutUndefined({ ...stored, sought: stored.sought ?? own.sought })
		: stored;

/**
 * The newer entry counts: the context of a retried execution is as old as that execution, and another
 * retry of it may have ordered since. Of the same time it is the table's, which people may have edited.
 */
const newerOf = (own: LedgerEntry | undefined, stored: LedgerEntry | undefined) =>
	own !== undefined && stored !== undefined
		? Date.parse(own.at) > Date.parse(stored.at)
			? own
			: withSought(stored, own)
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
