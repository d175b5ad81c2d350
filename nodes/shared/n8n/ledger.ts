import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { isObject, reasonOf, withoutUndefined } from '../domain/json';
import { option, orderParameter } from '../domain/ownParameters';
import { fail, ok, type Result } from '../domain/result';
import type { Ownership } from '../host/call';
import { asWritten } from '../models/asWritten';
import { truthOf } from '../models/meant';
import { LEDGER_SWITCH_SINCE, RUN_OPTIONS, RUN_PARAMETERS } from '../models/placement';
import {
	contextLedger,
	orderKey,
	othersIn,
	type LedgerEntry,
	type LedgerPage,
	type LedgerReference,
	type OrderEnd,
	type OtherOrders,
} from '../tasks/ledger';
import {
	assignOrders,
	entryOfRow,
	readStored,
	revisionOf,
	rowAtEnd,
	rowKeyOf,
	shortHash,
	type AssignedOrder,
	type LedgerRow,
	type OrderRound,
	type StoredOrder,
} from '../tasks/ledgerRow';
import { openTableLedger, type TableLedger } from '../tasks/tableLedger';
import { clock } from './clock';
import {
	openDataTable,
	remedyOfTable,
	type Condition,
	type DataTable,
	type RowQuery,
} from './dataTable';
import { inlineRunner, type RunInline } from './executions';
import { logOf } from './log';
import { readText } from './parameters';
import { canMakeTables } from './version';

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
			await ledger.settle();
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

/** What the user wrote about the video, before any expression is evaluated. */
function writtenParameters(context: IExecuteFunctions): unknown[] {
	const { parameters } = context.getNode();
	const options = isObject(parameters.options) ? parameters.options : {};
	const without = (record: object, names: ReadonlySet<string>) =>
		Object.entries(record)
			.filter(([name]) => !names.has(name))
			.map(([name, value]) => [name, asWritten(value)] as const)
			.toSorted(([a], [b]) => (a < b ? -1 : 1));
	return [
		without({ ...parameters, options: undefined }, RUN_PARAMETERS),
		without(options, RUN_OPTIONS),
	];
}

/** Empty where nothing is to be written down. */
function tableNameOf(context: IExecuteFunctions): string {
	if (context.getNode().typeVersion < LEDGER_SWITCH_SINCE) {
		const name: unknown = context.getNodeParameter(`options.${option.taskLedger.name}`, 0, '');
		return typeof name === 'string' ? name.trim() : '';
	}
	const { taskLedger, taskLedgerTable } = orderParameter;
	const isOn = truthOf(context.getNodeParameter(taskLedger.name, 0, taskLedger.default)) === true;
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

/** Whether it is n8n's "Retry execution", which may follow a crash of which nothing but the table tells. */
const isRetry = (context: IExecuteFunctions): boolean => context.getMode() === 'retry';

/** Where n8n makes no tables, no earlier try can have written one. */
const mayBeUnreadable = (context: IExecuteFunctions): boolean =>
	isRetry(context) && canMakeTables();

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

/** What the table knows of these tasks, and of orders whose tasks nobody knows, beside one order. */
async function othersBeside(
	table: DataTable,
	orderKey: string,
	provider: string,
	taskIds: readonly string[],
): Promise<Result<OtherOrders, string>> {
	const found: IDataObject[] = [];
	const queries: RowQuery[] = [
		...chunked(taskIds, FOUND_AT_ONCE).map(
			(some): RowQuery => ({
				conditions: some.map((value) => ({ column: 'taskId', is: 'eq', value })),
				match: 'any',
			}),
		),
		...(['submitting', 'unknown'] as const).map(
			(state): RowQuery => ({
				conditions: [
					{ column: 'provider', is: 'eq', value: provider },
					{ column: 'state', is: 'eq', value: state },
				],
				match: 'all',
			}),
		),
	];
	for (const query of queries) {
		const rows = await table.get(query);
		if (!rows.ok) return rows;
		found.push(...rows.value);
	}
	const others = readStored(found).filter(({ row }) => row.orderKey !== orderKey);
	return ok(
		othersIn(
			others.flatMap(({ row }) => entryOfRow(row) ?? []),
			taskIds,
		),
	);
}

const ROUNDS_KEY = 'seedanceRounds';

/**
 * Whose orders these are. n8n gives a retried execution the token of the first one (2.41.1), also
 * after a crash, of which it knows nothing else. Rounds are counted, because the run index of a
 * retried crash counts runs that n8n has put in.
 */
function roundOf(context: IExecuteFunctions): OrderRound {
	const { $execution, $workflow, $runIndex } = context.getWorkflowDataProxy(0);
	const token = resumeTokenOf(context) ?? String($execution.id);
	const nodeContext = context.getContext('node');
	const known: unknown = nodeContext[ROUNDS_KEY];
	const rounds = Array.isArray(known) ? known : [];
	if (!rounds.includes($runIndex)) rounds.push($runIndex);
	nodeContext[ROUNDS_KEY] = rounds;
	return {
		origin: shortHash(['seedance ledger', token, String($workflow.id), context.getNode().id]),
		occurrence: rounds.indexOf($runIndex),
		written: shortHash(writtenParameters(context)),
		executionId: String($execution.id),
	};
}

/** n8n's token for the execution; n8n before 2.14 has none. */
function resumeTokenOf(context: IExecuteFunctions): string | undefined {
	const { $execution } = context.getWorkflowDataProxy(0);
	return new URL(String($execution.resumeUrl)).searchParams.get('signature') ?? undefined;
}

/** What an item is, told without what n8n calls its files in this execution. */
function inputOf({ json, binary = {} }: INodeExecutionData): string {
	const files = Object.entries(binary).map(([name, { fileName, mimeType, fileSize }]) => [
		name,
		fileName,
		mimeType,
		fileSize,
	]);
	return shortHash([json, files]);
}

function placeOf(context: IExecuteFunctions, { origin }: OrderRound, item: number) {
	const { $execution, $workflow } = context.getWorkflowDataProxy(item);
	return {
		workflow: String($workflow.name ?? ''),
		workflowId: String($workflow.id),
		executionId: String($execution.id),
		node: context.getNode().name,
		item,
		origin,
	};
}

function hintAtOtherInput(context: IExecuteFunctions, orders: readonly AssignedOrder[]): void {
	const items = orders.flatMap(({ isOtherInput }, index) => (isOtherInput ? [index] : []));
	if (items.length === 0) return;
	const message = `An earlier try of this execution has ordered videos in the place of items ${items.join(', ')}, whose data is another now. The node goes on with those videos instead of paying again; to order new ones, run the workflow anew.`;
	context.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
}

function hintThatItIsNew(context: IExecuteFunctions, name: string): void {
	const message = `The task ledger '${name}' was not there and was made anew. If the run that is retried here had another one, e.g. under another name, what it has paid for is not known and is ordered again.`;
	context.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
}

function hintThatRetriesAreUnknown(context: IExecuteFunctions, name: string): void {
	const message = `The task ledger '${name}' is written, but this n8n is older than 2.14 and does not tell which execution is retried: 'Retry execution' of a run that has crashed would order its videos again. Update n8n, or collect them with Seedance Task, operation Get Many.`;
	context.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
}

function hintThatItIsNotUsed(context: IExecuteFunctions, name: string, reason: string): void {
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

const FOUND_AT_ONCE = 100;

const chunked = <T>(list: readonly T[], size: number): T[][] =>
	Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
		list.slice(index * size, (index + 1) * size),
	);

async function findOrders(
	table: DataTable,
	orderKeys: readonly string[],
): Promise<Result<StoredOrder[], string>> {
	const found: IDataObject[] = [];
	for (const some of chunked(orderKeys, FOUND_AT_ONCE)) {
		const rows = await table.get({
			conditions: some.map((value) => ({ column: 'orderKey', is: 'eq', value })),
			match: 'any',
		});
		if (!rows.ok) return rows;
		found.push(...rows.value);
	}
	return ok(readStored(found));
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
	run: RunInline,
	{ table: name, provider, uncollectedBefore, limit }: OrderQuery,
): Promise<Result<LedgerRow[], string>> {
	const table = await openDataTable(run, clock, name, 'find');
	if (!table.ok) return table;
	const uncollected: Condition[] =
		uncollectedBefore === undefined
			? []
			: [
					{ column: 'state', is: 'eq', value: 'submitted' },
					{ column: 'orderedAt', is: 'lt', value: uncollectedBefore },
				];
	const found = await table.value.get({
		conditions: [{ column: 'provider', is: 'eq', value: provider }, ...uncollected],
		match: 'all',
		newest: limit,
	});
	if (!found.ok) return found;
	const rows = readStored(found.value).map(({ row }) => row);
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
