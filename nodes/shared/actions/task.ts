import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { toJson, withoutUndefined } from '../domain/json';
import { taskParameter, videoParameter } from '../domain/ownParameters';
import type { Problem, Step } from '../domain/problem';
import { fail, ok } from '../domain/result';
import type { Task, TaskReference } from '../domain/task';
import { isoFromMs, minutesToMs } from '../domain/time';
import { converse, type Balance } from '../domain/vendor';
import { readCallbackTarget } from '../n8n/callbackUrl';
import { clock } from '../n8n/clock';
import { remedyOfTable } from '../n8n/dataTable';
import { inlineRunner } from '../n8n/executions';
import { writeEnds } from '../n8n/ends';
import { listOrders } from '../n8n/ledger';
import { type ParallelLimit, readMaxParallel, readWaitingRules } from '../n8n/order';
import { readingItem, readInputFields, readOutputRules, readOwn, readText } from '../n8n/parameters';
import { openSession } from '../n8n/session';
import type { ItemResult, Output, TaskOutcome } from '../host/rows';
import { openRun } from '../n8n/run';
import { stoppable } from '../n8n/stoppable';
import { park } from '../parking/park';
import { problemWithSibling } from '../parking/siblings';
import { findProvider } from '../providers';
import { toOrderRow, type LedgerRow } from '../tasks/ledgerRow';
import { isForGood, isLongAgo, look, toVendorReference } from '../tasks/look';
import { mapParallel } from '../tasks/parallel';
import {
	problemInOther,
	problemOfFault,
	problemOfInput,
	problemOfLongAgo,
} from '../tasks/problems';
import { ledgerWithProof, withProof } from '../tasks/reference';
import { toListedRow, toRow } from '../tasks/row';
import type { CallbackTarget, Session } from '../tasks/session';
import type { AwaitedTask, Submitted } from '../tasks/submit';
import { askedFor, readNamed, readReference, readTask, type Asked } from './asked';
import { hintThatItWaited } from './hints';
import { notify } from './notify';
import { getPrice } from './price';
import {
	chooseRoute,
	collect,
	finish,
	itemIndexesOf,
	openingOnce,
	settleProblems,
	settleResults,
	unlessHandedOver,
} from './run';
import { getSpending } from './spending';

/**
 * Runs the chosen operation of the node Seedance Task for every item.
 * @throws NodeApiError naming item, task and remedy, unless Continue On Fail is set.
 */
export async function runTaskOperation(
	context: IExecuteFunctions,
): Promise<INodeExecutionData[][]> {
	return await unlessHandedOver(
		context,
		async () =>
			await stoppable(context, async (stopSignal) => [await operate(context, stopSignal)]),
	);
}

async function operate(
	context: IExecuteFunctions,
	stopSignal?: AbortSignal,
): Promise<INodeExecutionData[]> {
	const operation = String(context.getNodeParameter('operation', 0, ''));
	if (operation === 'getSpending') return await getSpending(context);
	const providerId: unknown = context.getNodeParameter('provider', 0);
	const opened = await openSession(context, providerId, stopSignal);
	const limit = opened.ok ? await readMaxParallel(context, opened.value.provider) : opened;
	if (!opened.ok || !limit.ok) {
		const reason = opened.ok ? limit : opened;
		return reason.ok ? [] : await settleUnopened(context, String(providerId), reason.error);
	}
	const home = opened.value;
	if (operation === 'getMany') return await getMany(context, home);
	const open = openingOnce(context, home);
	const accounts = { home, open, takesOthers: takingOthers.has(operation) };
	const items = await mapParallel(itemIndexesOf(context), 1, async (itemIndex) => ({
		itemIndex,
		asked: await askedFor(context, accounts, itemIndex),
	}));
	if (operation === 'wait') return await wait(context, home, items, limit.value);

	const results = await mapParallel(
		items,
		limit.value.count,
		async (item) =>
			await workOn(context, item, async (session) =>
				operateOn(context, session, operation, item.itemIndex),
			),
	);
	return await handOn(context, items, operation, results);
}

/** Operations about an account. */
const withoutTask: ReadonlySet<string> = new Set(['getBalance', 'getPrice']);

/** Operations that take the rows of several vendors at once. */
const takingOthers: ReadonlySet<string> = new Set(['get', 'wait']);

interface TaskItem {
	itemIndex: number;
	asked: Asked;
}

async function settleUnopened(context: IExecuteFunctions, provider: string, problem: Problem) {
	const results = itemIndexesOf(context).map(
		async (itemIndex) =>
			await workOn(
				context,
				{ itemIndex, asked: { account: { providerId: provider }, session: fail(problem) } },
				async (): Promise<Step<Output>> => fail(problem),
			),
	);
	return settleResults(context, await Promise.all(results));
}

/** Works on an item; whatever goes wrong, its row names the task that it was given. */
async function workOn<T>(
	context: IExecuteFunctions,
	{ itemIndex, asked: { account, session } }: TaskItem,
	work: (session: Session) => Promise<Step<T>>,
) {
	// Each by itself: what is wrong with one expression does not hide the task.
	const task = await readingItem(async () => ok(readTask(context, account, itemIndex)));
	const named = await readingItem(async () => ok(readNamed(context, account, itemIndex)));
	const origin = withoutUndefined({
		provider: account.providerId,
		model: named.ok ? named.value.modelId : '',
		input: readInputFields(context, itemIndex),
	});
	const result = session.ok ? await readingItem(async () => await work(session.value)) : session;
	if (result.ok || !task.ok || task.value.taskId === '') return { itemIndex, origin, result };
	const { taskId, told } = task.value;
	const known = withoutUndefined({ taskId, addresses: told.addresses });
	return { itemIndex, origin, result: fail({ ...result.error, ...known }) };
}

async function operateOn(
	context: IExecuteFunctions,
	session: Session,
	operation: string,
	itemIndex: number,
): Promise<Step<Output>> {
	if (operation === 'getBalance') return await getBalance(session);
	if (operation === 'getPrice') return await getPrice(context, session, itemIndex);
	const takesOthers = takingOthers.has(operation);
	const reference = readReference(context, session, itemIndex, { takesOthers });
	if (!reference.ok) return reference;
	if (operation === 'cancel') return await cancel(session, reference.value);
	if (operation === 'delete') return await remove(session, reference.value);

	const { provider, providerId } = session;
	const looked = await look(session, reference.value);
	if (!looked.ok) {
		const orderedAt = orderedAtOf(context, session, itemIndex);
		const isLost = orderedAt !== undefined && isLongAgo({ submittedAt: orderedAt }, clock.now());
		const last = { ...reference.value, status: 'queued' as const };
		return fail(
			isLost && isForGood(looked.error)
				? problemOfLongAgo(provider, last, looked.error)
				: problemOfFault(provider, looked.error, reference.value),
		);
	}
	const input = readInputFields(context, itemIndex);
	const origin = withoutUndefined({ provider: providerId, model: reference.value.modelId, input });
	return await collect(context, session, looked.value, origin, readOutputRules(context, itemIndex));
}

/** An operation that the chosen vendor does not have: the node offers it for others only. */
const unsupported = ({ provider }: Session, what: string) =>
	fail(
		problemOfInput(
			`${provider.label} has no way to ${what}`,
			"Choose another operation, or look at the account in the vendor's own pages.",
		),
	);

async function getBalance(session: Session): Promise<Step<Output>> {
	const { provider, providerId, transport } = session;
	if (provider.vendor.balance === undefined) return unsupported(session, 'ask for the balance');
	const read = await converse(transport, provider.vendor.balance());
	return read.ok
		? ok({ json: toJson({ provider: providerId, ...named(read.value) }) })
		: fail(problemOfFault(provider, read.error));
}

/** A number alone says nothing: money is named by its currency. */
const named = ({ balance, currency, unit = currency }: Balance) => ({ balance, currency, unit });

async function cancel(session: Session, reference: TaskReference): Promise<Step<Output>> {
	const { provider, providerId, transport } = session;
	const { taskId, modelId, addresses } = reference;
	if (provider.vendor.cancel === undefined) return unsupported(session, 'cancel a task');
	const dialogue = provider.vendor.cancel(toVendorReference(session, reference));
	const report = await converse(transport, dialogue);
	if (!report.ok) return fail(problemOfFault(provider, report.error, reference));
	const task = { ...report.value, taskId, addresses };
	const origin = { provider: providerId, model: modelId };
	return ok({ json: toJson(toRow(task, origin, { raw: false })) });
}

async function remove(session: Session, reference: TaskReference): Promise<Step<Output>> {
	const { provider, transport } = session;
	const { taskId } = reference;
	if (provider.vendor.delete === undefined) return unsupported(session, 'delete a task');
	const dialogue = provider.vendor.delete(toVendorReference(session, reference));
	const removed = await converse(transport, dialogue);
	return removed.ok
		? ok({ json: { taskId, deleted: true } })
		: fail(problemOfFault(provider, removed.error, reference));
}

/** The latest tasks of the account or the ledger, each as a row, for every input item. */
async function getMany(
	context: IExecuteFunctions,
	session: Session,
): Promise<INodeExecutionData[]> {
	const { providerId } = session;
	const rows: INodeExecutionData[] = [];
	for (const itemIndex of itemIndexesOf(context)) {
		const listed = await readingItem(async () =>
			readOwn(context, taskParameter.source, itemIndex) === 'ledger'
				? await listLedger(context, session, itemIndex)
				: await list(context, session, itemIndex),
		);
		if (!listed.ok) {
			const origin = { provider: providerId, model: '' };
			rows.push(...settleProblems(context, [{ itemIndex, origin, problem: listed.error }]));
			continue;
		}
		rows.push(...listed.value.map((json) => ({ json, pairedItem: { item: itemIndex } })));
	}
	return rows;
}

async function list(
	context: IExecuteFunctions,
	session: Session,
	itemIndex: number,
): Promise<Step<IDataObject[]>> {
	const { provider, transport } = session;
	if (provider.vendor.list === undefined) return unsupported(session, 'list tasks');
	const limit = readLimit(context, itemIndex);
	const listed = await converse(transport, provider.vendor.list(limit));
	if (!listed.ok) return fail(problemOfFault(provider, listed.error));
	const raw = readOwn(context, videoParameter.simplify, itemIndex) !== true;
	const origin = { provider: session.providerId, model: '' };
	const proven = ({ addresses, ...task }: Task): Task => {
		const whose = { ...origin, taskId: task.taskId };
		return { ...task, addresses: withProof(session.referenceKey, whose, addresses) };
	};
	return ok(listed.value.map((task) => toJson(toListedRow(proven(task), origin, { raw }))));
}

const readLimit = (context: IExecuteFunctions, itemIndex: number): number =>
	Number(readOwn(context, taskParameter.limit, itemIndex));

/** What the generation nodes have written down of their orders from this vendor. */
async function listLedger(
	context: IExecuteFunctions,
	{ providerId: provider, clock, referenceKey }: Session,
	itemIndex: number,
): Promise<Step<IDataObject[]>> {
	const { name, default: usual } = taskParameter.ledgerTable;
	const table = readText(context, name, itemIndex, usual);
	const isUncollected = readOwn(context, taskParameter.orders, itemIndex) === 'uncollected';
	const minutes = Number(readOwn(context, taskParameter.olderThanMinutes, itemIndex));
	const before = isoFromMs(clock.now() - minutesToMs(minutes));
	const listed = await listOrders(inlineRunner(context), {
		table,
		provider,
		uncollectedBefore: isUncollected ? before : undefined,
		limit: readLimit(context, itemIndex),
	});
	return listed.ok
		? ok(listed.value.map((row) => toLedgerRow(row, table, referenceKey)))
		: fail(
				problemOfInput(
					`The task ledger '${table}' could not be read: ${listed.error}`,
					remedyOfTable(
						`Check the name under '${taskParameter.ledgerTable.label}', and that Data Tables are switched on in this n8n.`,
					),
				),
			);
}

/** An order as an output row, which a later node knows for this package's own. */
function toLedgerRow(row: LedgerRow, table: string, referenceKey: Buffer | undefined) {
	const { provider, model = '', taskId = '', orderKey: key, orderedAt } = row;
	const reference = { table, key };
	const whose = { provider, model, taskId };
	const ledger = ledgerWithProof(referenceKey, whose, { reference, orderedAt });
	return toJson(toOrderRow(row, ledger));
}

/**
 * Puts the results out and writes down the ends of tasks whose rows say that a ledger knows them. Where
 * an item's problem throws the whole output away, only the bad ends are ends.
 */
async function handOn(
	context: IExecuteFunctions,
	items: readonly TaskItem[],
	operation: string,
	results: readonly ItemResult[],
): Promise<INodeExecutionData[]> {
	const settled = (() => {
		try {
			return ok(settleResults(context, results));
		} catch (error) {
			return fail(error);
		}
	})();
	await writeEnds(context, inlineRunner(context), outcomesOf(context, items, operation, results), {
		isThrownAway: !settled.ok,
	});
	if (!settled.ok) throw settled.error;
	return settled.value;
}

const outcomesOf = (
	context: IExecuteFunctions,
	items: readonly TaskItem[],
	operation: string,
	results: readonly ItemResult[],
): TaskOutcome[] =>
	results.flatMap(({ itemIndex, result }) => {
		const account = items.find((item) => item.itemIndex === itemIndex)?.asked.account;
		// No task is named, or n8n could not even evaluate which.
		const isNamed = result.ok || result.error.taskId !== undefined;
		if (withoutTask.has(operation) || !isNamed || account === undefined) return [];
		const { taskId, told } = readTask(context, account, itemIndex);
		if (told.ledger === undefined) return [];
		const { reference, orderedAt } = told.ledger;
		const outcome = outcomeOf(operation, orderedAt, result);
		return outcome === undefined ? [] : [{ reference, taskId, result: outcome }];
	});

/** Problems of this run, which nobody has asked the vendor about. */
const MISUSES: ReadonlySet<string> = new Set(['invalidInput', 'siblingPaused']);

/** What the result of an operation says about the task itself; undefined when it says nothing. */
function outcomeOf(
	operation: string,
	orderedAt = '',
	result: ItemResult['result'],
): ItemResult['result'] | undefined {
	if (operation === 'delete') {
		const message = 'The task was deleted with Seedance Task.';
		return result.ok ? ok({ json: { status: 'cancelled', failure: { message } } }) : undefined;
	}
	if (!result.ok && MISUSES.has(result.error.kind)) return undefined;
	// That a task could not be cancelled does not say what became of it.
	if (operation === 'cancel') return result.ok ? result : undefined;
	const isForgotten = !result.ok && result.error.httpStatus === 404;
	const isOld = isLongAgo({ submittedAt: Date.parse(orderedAt) }, clock.now());
	if (!isForgotten || !isOld) return result;
	const message = 'The vendor has forgotten the task.';
	return fail({ ...result.error, status: 'expired', message });
}

/** Waits for the end of each task, in the node or outside of it. */
async function wait(
	context: IExecuteFunctions,
	home: Session,
	items: readonly TaskItem[],
	limit: ParallelLimit,
): Promise<INodeExecutionData[]> {
	const route = await chooseRoute(context);
	const sibling = await problemWithSibling(openRun(context));
	const isToNotify = route.completion === 'notify';
	const awaited: Submitted[] = await mapParallel(
		items,
		1,
		async (item) =>
			await workOn(context, item, async (session) =>
				sibling === undefined
					? await readAwaited(context, session, isToNotify, item)
					: fail(sibling),
			),
	);
	if (route.completion === 'notify') return await notify(context, home, awaited);
	if (route.completion === 'pause' && awaited.some(({ result }) => result.ok)) {
		const parked = await park(openRun(context), awaited, route.address);
		if (parked !== undefined) return parked;
		hintThatItWaited(context, 'n8n did not let the node start the executions that would wake it.');
		const all = { count: awaited.length, isChosen: true };
		return await handOn(context, items, 'wait', await finishAll(context, awaited, all));
	}
	return await handOn(context, items, 'wait', await finishAll(context, awaited, limit));
}

/** All vendors' tasks side by side: each vendor's within its own limit, where the user has set none for all. */
async function finishAll(
	context: IExecuteFunctions,
	items: readonly Submitted[],
	{ count, isChosen }: ParallelLimit,
): Promise<ItemResult[]> {
	const vendors = [...new Set(items.map(({ origin }) => origin.provider))];
	const limitAt = (id: string) => findProvider(id)?.limits.maxParallelTasks ?? count;
	const groups = isChosen
		? [{ group: items, limit: count }]
		: vendors.map((id) => ({
				group: items.filter(({ origin }) => origin.provider === id),
				limit: limitAt(id),
			}));
	const finished = await Promise.all(
		groups.map(
			async ({ group, limit }) =>
				await mapParallel(group, limit, async (item) => await finish(context, item)),
		),
	);
	return finished.flat().toSorted((one, other) => one.itemIndex - other.itemIndex);
}

async function readAwaited(
	context: IExecuteFunctions,
	session: Session,
	isToNotify: boolean,
	{ itemIndex, asked }: TaskItem,
): Promise<Step<AwaitedTask>> {
	const reference = readReference(context, session, itemIndex, { takesOthers: true });
	if (!reference.ok) return reference;
	const options: IDataObject = context.getNodeParameter('options', itemIndex, {});
	const waiting = readWaitingRules(options);
	if (!waiting.ok) return waiting;
	const target = isToNotify ? await readTarget(context, session, itemIndex, asked) : ok(undefined);
	if (!target.ok) return target;
	const { modelId, ...task } = reference.value;
	return ok({
		session,
		target: target.value,
		task: { ...task, status: 'queued' },
		modelId,
		submittedAt: session.clock.now(),
		orderedAt: orderedAtOf(context, session, itemIndex),
		waiting: waiting.value,
		output: readOutputRules(context, itemIndex),
		ledger: readTask(context, session, itemIndex).told.ledger?.reference,
	});
}

/** The trigger of the vendor that is asked: every vendor has its own. */
async function readTarget(
	context: IExecuteFunctions,
	session: Session,
	itemIndex: number,
	{ callbackUrl }: Asked,
): Promise<Step<CallbackTarget>> {
	const options: IDataObject = context.getNodeParameter('options', itemIndex, {});
	const url = callbackUrl ?? readText(context, videoParameter.callbackUrl.name, itemIndex);
	const target = await readCallbackTarget(context, session, url, options);
	const isOther = callbackUrl !== undefined;
	return target.ok || !isOther ? target : fail(problemInOther(session.provider, target.error));
}

/** When the row of a ledger says, with this package's own proof, that the task was ordered. */
function orderedAtOf(
	context: IExecuteFunctions,
	session: Session,
	itemIndex: number,
): number | undefined {
	const { ledger } = readTask(context, session, itemIndex).told;
	const orderedAt = Date.parse(ledger?.orderedAt ?? '');
	return Number.isNaN(orderedAt) ? undefined : orderedAt;
}
