import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { isObject, withoutUndefined, type JsonObject } from '../domain/json';
import type { Problem, Step } from '../domain/problem';
import { fail, ok } from '../domain/result';
import { isTaskId, type Task, type TaskReference } from '../domain/task';
import { isoFromMs, minutesToMs } from '../domain/time';
import { converse, type Balance } from '../domain/vendor';
import { findModel } from '../domain/provider';
import { readCallbackTarget } from '../n8n/callbackUrl';
import { clock } from '../n8n/clock';
import { remedyOfTable } from '../n8n/dataTable';
import { inlineRunner } from '../n8n/executions';
import { writeEnds, type Outcome } from '../n8n/ends';
import { listOrders } from '../n8n/ledger';
import { readMaxParallel, readWaitingRules } from '../n8n/order';
import { readInputFields, readingItem, readOutputRules, readText } from '../n8n/parameters';
import { openSession } from '../n8n/session';
import { toJson, type ItemResult, type Output } from '../n8n/settle';
import { stoppable } from '../n8n/stoppable';
import { runsAsTool } from '../n8n/tool';
import { DEFAULT_LEDGER_TABLE, TASK_LEDGER } from '../models/placement';
import { park, type DeliveryAddress } from '../parking/park';
import { problemWithSibling } from '../parking/siblings';
import { findProvider } from '../providers';
import { toOrderRow, type LedgerRow } from '../tasks/ledgerRow';
import { isForGood, isLongAgo, look, toVendorReference } from '../tasks/look';
import { mapParallel } from '../tasks/parallel';
import { problemOfFault, problemOfInput, problemOfLongAgo } from '../tasks/problems';
import { ledgerWithProof, readTold, withProof, type ToldTask } from '../tasks/reference';
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
	if (operation === 'wait') return await wait(context, session, limit.value.count);
	if (operation === 'getMany') return await getMany(context, session);

	const results = await mapParallel(
		itemIndexesOf(context),
		limit.value.count,
		async (itemIndex) =>
			await workOn(context, session, itemIndex, async () =>
				operateOn(context, session, String(operation), itemIndex),
			),
	);
	return await handOn(context, session, String(operation), results);
}

async function settleUnopened(context: IExecuteFunctions, provider: string, problem: Problem) {
	const results = itemIndexesOf(context).map(
		async (itemIndex) =>
			await workOn(
				context,
				{ providerId: provider },
				itemIndex,
				async (): Promise<Step<Output>> => fail(problem),
			),
	);
	return settleResults(context, await Promise.all(results));
}

/** Works on an item; whatever goes wrong, its row names the task that it was given. */
async function workOn<T>(
	context: IExecuteFunctions,
	session: Account,
	itemIndex: number,
	work: () => Promise<Step<T>>,
) {
	// Each by itself: what is wrong with one expression does not hide the task.
	const asked = await readingItem(async () => ok(readTask(context, session, itemIndex)));
	const named = await readingItem(async () => ok(readNamed(context, session, itemIndex)));
	const origin = withoutUndefined({
		provider: session.providerId,
		model: named.ok ? named.value.modelId : '',
		input: readInputFields(context, itemIndex),
	});
	const result = await readingItem(work);
	if (result.ok || !asked.ok || asked.value.taskId === '') return { itemIndex, origin, result };
	const { taskId, told } = asked.value;
	const task = withoutUndefined({ taskId, addresses: told.addresses });
	return { itemIndex, origin, result: fail({ ...result.error, ...task }) };
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
	const proven = ({ addresses, ...task }: Task): Task => {
		const whose = { ...origin, taskId: task.taskId };
		return { ...task, addresses: withProof(session.referenceKey, whose, addresses) };
	};
	return ok(listed.value.map((task) => toJson(toRow(proven(task), origin, { raw }))));
}

const readLimit = (context: IExecuteFunctions, itemIndex: number): number =>
	Number(context.getNodeParameter('limit', itemIndex, 50));

/** What the generation nodes have written down of their orders from this vendor. */
async function listLedger(
	context: IExecuteFunctions,
	{ providerId: provider, clock, referenceKey }: Session,
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
		? ok(listed.value.map((row) => toLedgerRow(row, table, referenceKey)))
		: fail(
				problemOfInput(
					`The task ledger '${table}' could not be read: ${listed.error}`,
					remedyOfTable(
						"Check the name under 'Table', and that Data Tables are switched on in this n8n.",
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
	session: Account,
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
	await writeEnds(
		context,
		inlineRunner(context),
		outcomesOf(context, session, operation, results),
		{
			isThrownAway: !settled.ok,
		},
	);
	if (!settled.ok) throw settled.error;
	return settled.value;
}

const outcomesOf = (
	context: IExecuteFunctions,
	session: Account,
	operation: string,
	results: readonly ItemResult[],
): Outcome[] =>
	results.flatMap(({ itemIndex, result }) => {
		// No task is named, or n8n could not even evaluate which.
		const isNamed = result.ok || result.error.taskId !== undefined;
		if (operation === 'getBalance' || !isNamed) return [];
		const { taskId, told } = readTask(context, session, itemIndex);
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
	if (!result.ok && MISUSES.has(result.error.code)) return undefined;
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
	session: Session,
	limit: number,
): Promise<INodeExecutionData[]> {
	const route = await chooseRoute(context);
	const sibling = await problemWithSibling(context);
	const isToNotify = route.completion === 'notify';
	const items: Submitted[] = await mapParallel(
		itemIndexesOf(context),
		1,
		async (itemIndex) =>
			await workOn(context, session, itemIndex, async () =>
				sibling === undefined
					? await readAwaited(context, session, isToNotify, itemIndex)
					: fail(sibling),
			),
	);
	if (route.completion === 'notify') return await notify(context, session, items);
	if (route.completion === 'pause' && items.some(({ result }) => result.ok)) {
		return await pause(context, session, items, route.address);
	}
	return await waitInNode(context, session, items, limit);
}

async function pause(
	context: IExecuteFunctions,
	session: Session,
	items: readonly Submitted[],
	address: DeliveryAddress,
): Promise<INodeExecutionData[]> {
	const parked = await park(context, items, address);
	if (parked !== undefined) return parked;
	hintThatItWaited(context, 'n8n did not let the node start the executions that would wake it.');
	return await waitInNode(context, session, items, items.length);
}

async function waitInNode(
	context: IExecuteFunctions,
	session: Session,
	items: readonly Submitted[],
	limit: number,
): Promise<INodeExecutionData[]> {
	const results = await mapParallel(
		items,
		limit,
		async (item): Promise<ItemResult> => await finish(context, item),
	);
	return await handOn(context, session, 'wait', results);
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
		orderedAt: orderedAtOf(context, session, itemIndex),
		waiting: waiting.value,
		output: readOutputRules(context, itemIndex),
		ledger: readTask(context, session, itemIndex).told.ledger?.reference,
	});
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

function readReference(
	context: IExecuteFunctions,
	session: Session,
	itemIndex: number,
): Step<TaskReference> {
	const { taskId, modelId, addresses, told } = readNamed(context, session, itemIndex);
	if (!isTaskId(taskId)) return fail(problemOfTaskId(taskId));
	// Another vendor may have stood in for the node's own.
	const maker = findProvider(told.provider);
	if (maker !== undefined && maker !== session.provider) {
		return fail(
			problemOfInput(
				`The task was made by ${maker.label}, and this node asks ${session.provider.label}`,
				`Send the rows of ${maker.label} to a Seedance Task of its own, e.g. by a Switch on '{{ $json.provider }}'.`,
			),
		);
	}
	return ok(withoutUndefined({ taskId, modelId, addresses }));
}

const problemOfTaskId = (taskId: string): Problem =>
	problemOfInput(
		taskId === '' ? 'Task ID must not be empty' : 'Task ID is not the ID of a task',
		"Enter the ID that a Seedance node returned, e.g. with the expression '{{ $json.taskId }}'.",
	);

/** What is known of whom a node asks before anything is asked. */
type Account = Pick<Session, 'providerId' | 'referenceKey'> & Partial<Pick<Session, 'provider'>>;

/** The task that the node's parameters name, and what the item says about it. */
interface NamedTask extends TaskReference {
	told: ToldTask;
}

/** The model is the option's, else the item's, where this package has written it or knows it. */
function readNamed(context: IExecuteFunctions, session: Account, itemIndex: number): NamedTask {
	const { taskId, told } = readTask(context, session, itemIndex);
	const { providerId, provider = findProvider(providerId) } = session;
	const { model, isModelProven } = told;
	const isKnown = isModelProven || (provider && findModel(provider, model)) !== undefined;
	const modelId = readText(context, 'options.model', itemIndex) || (isKnown ? model : '');
	return { taskId, modelId, addresses: told.addresses, told };
}

/** The task of an item and what its row tells of it, for those who need not know its model. */
function readTask(
	context: IExecuteFunctions,
	{ providerId, referenceKey }: Account,
	itemIndex: number,
): Pick<NamedTask, 'taskId' | 'told'> {
	const taskId = readText(context, 'taskId', itemIndex);
	const told = readTold(rowIn(context, itemIndex), { provider: providerId, taskId }, referenceKey);
	return { taskId, told };
}

/**
 * The submitting node's row in an item; on its error output it stands in `details`. A tool's item is
 * what a model has said, of which its parameters alone count.
 */
function rowIn(context: IExecuteFunctions, itemIndex: number): JsonObject {
	if (runsAsTool(context)) return {};
	const json: JsonObject = context.getInputData()[itemIndex]?.json ?? {};
	const isError = json.taskId === undefined && typeof json.error === 'string';
	return isError && isObject(json.details) ? json.details : json;
}
