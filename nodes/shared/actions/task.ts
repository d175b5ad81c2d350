import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { isObject, withoutUndefined, type JsonObject } from '../domain/json';
import type { Problem, Step } from '../domain/problem';
import { fail, ok } from '../domain/result';
import type { TaskReference } from '../domain/task';
import { isoFromMs, minutesToMs } from '../domain/time';
import { converse } from '../domain/vendor';
import type { Provider } from '../domain/provider';
import { readCallbackTarget } from '../n8n/callbackUrl';
import { clock } from '../n8n/clock';
import { remedyOfTable } from '../n8n/dataTable';
import { inlineRunner } from '../n8n/executions';
import { endOf, listOrders, noteEnds, type NotedEnd } from '../n8n/ledger';
import { readMaxParallel, readWaitingRules } from '../n8n/order';
import { readingItem, readOutputRules, readText } from '../n8n/parameters';
import { openSession } from '../n8n/session';
import { toJson, type ItemResult, type Output } from '../n8n/settle';
import { stoppable } from '../n8n/stoppable';
import { DEFAULT_LEDGER_TABLE, TASK_LEDGER } from '../models/placement';
import { park, type DeliveryAddress } from '../parking/park';
import { findProvider } from '../providers';
import { ledgerReferenceSchema, type OrderEnd } from '../tasks/ledger';
import { toOrderRow } from '../tasks/ledgerRow';
import { isForGood, isLongAgo, look, toVendorReference } from '../tasks/look';
import { mapParallel } from '../tasks/parallel';
import { problemOfFault, problemOfInput, problemOfLongAgo } from '../tasks/problems';
import { toRow } from '../tasks/row';
import type { Session } from '../tasks/session';
import type { AwaitedTask, Submitted } from '../tasks/submit';
import { hintThatItWaited } from './hints';
import { notify } from './notify';
import {
	chooseRoute,
	collect,
	finish,
	itemIndexesOf,
	settleProblems,
	settleResults,
	unlessHandedOver,
} from './run';

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
	const providerId: unknown = context.getNodeParameter('provider', 0);
	const opened = await openSession(context, providerId, stopSignal);
	const limit = opened.ok ? await readMaxParallel(context, opened.value.provider) : opened;
	if (!opened.ok || !limit.ok) {
		const reason = opened.ok ? limit : opened;
		return reason.ok ? [] : await settleUnopened(context, String(providerId), reason.error);
	}
	const session = opened.value;
	const operation = context.getNodeParameter('operation', 0);
	if (operation === 'wait') return await wait(context, session, limit.value);
	if (operation === 'getMany') return await getMany(context, session);

	const results = await mapParallel(
		itemIndexesOf(context),
		limit.value,
		async (itemIndex) =>
			await workOn(context, session.providerId, itemIndex, async () =>
				operateOn(context, session, String(operation), itemIndex),
			),
	);
	return await handOn(context, String(operation), results);
}

async function settleUnopened(context: IExecuteFunctions, provider: string, problem: Problem) {
	const results = itemIndexesOf(context).map(
		async (itemIndex) =>
			await workOn(context, provider, itemIndex, async (): Promise<Step<Output>> => fail(problem)),
	);
	return settleResults(context, await Promise.all(results));
}

/** Works on an item; whatever goes wrong, its row names the task that it was given. */
async function workOn<T>(
	context: IExecuteFunctions,
	provider: string,
	itemIndex: number,
	work: () => Promise<Step<T>>,
) {
	const taskId = await readingItem(async () => ok(readText(context, 'taskId', itemIndex)));
	const model = await readingItem(async () => ok(readModelId(context, itemIndex)));
	const origin = { provider, model: model.ok ? model.value : '' };
	const result = await readingItem(work);
	if (result.ok || !taskId.ok || taskId.value === '') return { itemIndex, origin, result };
	const { error: problem } = result;
	const addresses = readAddresses(context, itemIndex, taskId.value);
	const named = withoutUndefined({ taskId: taskId.value, addresses });
	return { itemIndex, origin, result: fail({ ...problem, ...named }) };
}

async function operateOn(
	context: IExecuteFunctions,
	session: Session,
	operation: string,
	itemIndex: number,
): Promise<Step<Output>> {
	if (operation === 'getBalance') return await getBalance(session);
	const reference = readReference(context, session, itemIndex);
	if (!reference.ok) return reference;
	if (operation === 'cancel') return await cancel(session, reference.value);
	if (operation === 'delete') return await remove(session, reference.value);

	const { provider, providerId } = session;
	const looked = await look(session, reference.value);
	if (!looked.ok) {
		const orderedAt = orderedAtOf(context, itemIndex);
		const isLost = orderedAt !== undefined && isLongAgo({ submittedAt: orderedAt }, clock.now());
		const last = { ...reference.value, status: 'queued' as const };
		return fail(
			isLost && isForGood(looked.error)
				? problemOfLongAgo(provider, last, looked.error)
				: problemOfFault(provider, looked.error, reference.value),
		);
	}
	const origin = { provider: providerId, model: reference.value.modelId };
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
		? ok({ json: toJson({ provider: providerId, ...read.value }) })
		: fail(problemOfFault(provider, read.error));
}

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
			context.getNodeParameter('source', itemIndex, 'vendor') === 'ledger'
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
	const raw = context.getNodeParameter('simplify', itemIndex, true) !== true;
	const origin = { provider: session.providerId, model: '' };
	return ok(listed.value.map((task) => toJson(toRow(task, origin, { raw }))));
}

const readLimit = (context: IExecuteFunctions, itemIndex: number): number =>
	Number(context.getNodeParameter('limit', itemIndex, 50));

/** What the generation nodes have written down of their orders from this vendor. */
async function listLedger(
	context: IExecuteFunctions,
	{ providerId: provider, clock }: Session,
	itemIndex: number,
): Promise<Step<IDataObject[]>> {
	const table = readText(context, TASK_LEDGER, itemIndex, DEFAULT_LEDGER_TABLE);
	const isUncollected = context.getNodeParameter('orders', itemIndex, 'all') === 'uncollected';
	const minutes = Number(context.getNodeParameter('olderThanMinutes', itemIndex, 0));
	const before = isoFromMs(clock.now() - minutesToMs(minutes));
	const listed = await listOrders(inlineRunner(context), {
		table,
		provider,
		uncollectedBefore: isUncollected ? before : undefined,
		limit: readLimit(context, itemIndex),
	});
	return listed.ok
		? ok(listed.value.map((row) => toJson(toOrderRow(row, table))))
		: fail(
				problemOfInput(
					`The task ledger '${table}' could not be read: ${listed.error}`,
					remedyOfTable(
						"Check the name under 'Table', and that Data Tables are switched on in this n8n.",
					),
				),
			);
}

/**
 * Puts the results out and writes down the ends of tasks whose rows say that a ledger knows them. Where
 * an item's problem throws the whole output away, only the bad ends are ends.
 */
async function handOn(
	context: IExecuteFunctions,
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
	const known = settled.ok ? results : results.filter(({ result }) => !result.ok);
	await noteInLedger(context, operation, known);
	if (!settled.ok) throw settled.error;
	return settled.value;
}

async function noteInLedger(
	context: IExecuteFunctions,
	operation: string,
	results: readonly ItemResult[],
): Promise<void> {
	const ends = results.flatMap(({ itemIndex, result }): NotedEnd[] => {
		const reference = readLedgerReference(context, itemIndex);
		const end = endOfOperation(context, operation, { itemIndex, result });
		if (reference === undefined || !end?.isCollected) return [];
		return [{ reference, taskId: readText(context, 'taskId', itemIndex), end }];
	});
	if (ends.length === 0) return;
	const noted = await noteEnds(inlineRunner(context), ends);
	if (!noted.ok) context.logger.warn(`Seedance: the task ledger was not written: ${noted.error}`);
}

/** No vendor works on a task for longer: three days is the longest that one can be told to. */
const FORGOTTEN_AFTER_MS = 4 * 24 * 60 * 60_000;

function endOfOperation(
	context: IExecuteFunctions,
	operation: string,
	{ itemIndex, result }: Pick<ItemResult, 'itemIndex' | 'result'>,
): OrderEnd | undefined {
	if (operation === 'getBalance') return undefined;
	if (operation === 'delete') {
		const reason = 'The task was deleted with Seedance Task.';
		return result.ok ? { status: 'cancelled', isCollected: true, reason } : undefined;
	}
	const isForgotten = !result.ok && result.error.httpStatus === 404;
	const orderedAt = Date.parse(String(rowIn(context, itemIndex).orderedAt));
	if (isForgotten && clock.now() - orderedAt > FORGOTTEN_AFTER_MS) {
		return { status: 'expired', isCollected: true, reason: 'The vendor has forgotten the task.' };
	}
	return endOf(result);
}

const readLedgerReference = (context: IExecuteFunctions, itemIndex: number) =>
	ledgerReferenceSchema.safeParse(rowIn(context, itemIndex).ledger).data;

/** Waits for the end of each task, in the node or outside of it. */
async function wait(
	context: IExecuteFunctions,
	session: Session,
	limit: number,
): Promise<INodeExecutionData[]> {
	const route = await chooseRoute(context);
	const isToNotify = route.completion === 'notify';
	const items: Submitted[] = await mapParallel(
		itemIndexesOf(context),
		1,
		async (itemIndex) =>
			await workOn(context, session.providerId, itemIndex, async () =>
				readAwaited(context, session, isToNotify, itemIndex),
			),
	);
	if (route.completion === 'notify') return await notify(context, session, items);
	if (route.completion === 'pause' && items.some(({ result }) => result.ok)) {
		return await pause(context, items, route.address);
	}
	return await waitInNode(context, items, limit);
}

async function pause(
	context: IExecuteFunctions,
	items: readonly Submitted[],
	address: DeliveryAddress,
): Promise<INodeExecutionData[]> {
	const parked = await park(context, items, address);
	if (parked !== undefined) return parked;
	hintThatItWaited(context, 'n8n did not let the node start the executions that would wake it.');
	return await waitInNode(context, items, items.length);
}

async function waitInNode(
	context: IExecuteFunctions,
	items: readonly Submitted[],
	limit: number,
): Promise<INodeExecutionData[]> {
	const results = await mapParallel(
		items,
		limit,
		async (item): Promise<ItemResult> => await finish(context, item),
	);
	return await handOn(context, 'wait', results);
}

async function readAwaited(
	context: IExecuteFunctions,
	session: Session,
	isToNotify: boolean,
	itemIndex: number,
): Promise<Step<AwaitedTask>> {
	const reference = readReference(context, session, itemIndex);
	if (!reference.ok) return reference;
	const options: IDataObject = context.getNodeParameter('options', itemIndex, {});
	const waiting = readWaitingRules(options);
	if (!waiting.ok) return waiting;
	const target = isToNotify
		? await readCallbackTarget(
				context,
				session,
				readText(context, 'callbackUrl', itemIndex),
				options,
			)
		: ok(undefined);
	if (!target.ok) return target;
	const { modelId, ...task } = reference.value;
	return ok({
		session,
		target: target.value,
		task: { ...task, status: 'queued' },
		modelId,
		submittedAt: session.clock.now(),
		orderedAt: orderedAtOf(context, itemIndex),
		waiting: waiting.value,
		output: readOutputRules(context, itemIndex),
		ledger: readLedgerReference(context, itemIndex),
	});
}

/** When the row of a ledger says that the task was ordered. */
function orderedAtOf(context: IExecuteFunctions, itemIndex: number): number | undefined {
	const orderedAt = Date.parse(String(rowIn(context, itemIndex).orderedAt));
	return Number.isNaN(orderedAt) ? undefined : orderedAt;
}

/** Who has made the task, as its row says: another vendor may have stood in for the node's own. */
const makerOf = (row: JsonObject, taskId: string): Provider | undefined =>
	row.taskId === taskId ? findProvider(row.provider) : undefined;

function readReference(
	context: IExecuteFunctions,
	session: Session,
	itemIndex: number,
): Step<TaskReference> {
	const taskId = readText(context, 'taskId', itemIndex);
	if (taskId === '') {
		return fail(
			problemOfInput(
				'Task ID must not be empty',
				"Enter the ID that a Seedance node returned, e.g. with the expression '{{ $json.taskId }}'.",
			),
		);
	}
	const maker = makerOf(rowIn(context, itemIndex), taskId);
	if (maker !== undefined && maker !== session.provider) {
		return fail(
			problemOfInput(
				`The task was made by ${maker.label}, and this node asks ${session.provider.label}`,
				`Send the rows of ${maker.label} to a Seedance Task of its own, e.g. by a Switch on '{{ $json.provider }}'.`,
			),
		);
	}
	const modelId = readModelId(context, itemIndex);
	const addresses = readAddresses(context, itemIndex, taskId);
	return ok(withoutUndefined({ taskId, modelId, addresses }));
}

/** The model as the option says, or as the row of the submitting node carries it along. */
function readModelId(context: IExecuteFunctions, itemIndex: number): string {
	const chosen = context.getNodeParameter('options.model', itemIndex, '');
	if (typeof chosen === 'string' && chosen.trim() !== '') return chosen.trim();
	const { model } = rowIn(context, itemIndex);
	return typeof model === 'string' ? model : '';
}

/** Where the vendor said the task can be asked for, as the submitting node's row carries it along. */
function readAddresses(
	context: IExecuteFunctions,
	itemIndex: number,
	taskId: string,
): TaskReference['addresses'] | undefined {
	const row = rowIn(context, itemIndex);
	if (row.taskId !== taskId || !isObject(row.taskUrls)) return undefined;
	const addresses = Object.entries(row.taskUrls).flatMap(([name, url]) =>
		typeof url === 'string' ? [[name, url] as const] : [],
	);
	return addresses.length > 0 ? Object.fromEntries(addresses) : undefined;
}

/** The submitting node's row in an item; on its error output it stands in `details`. */
function rowIn(context: IExecuteFunctions, itemIndex: number): JsonObject {
	const json: JsonObject = context.getInputData()[itemIndex]?.json ?? {};
	return json.taskId === undefined && isObject(json.details) ? json.details : json;
}
