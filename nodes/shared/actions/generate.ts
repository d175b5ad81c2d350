import { reasonOf, withoutUndefined, type Json } from '../domain/json';
import { ORDER } from '../domain/limits';
import type { GenerationKind } from '../domain/model';
import { option } from '../domain/ownParameters';
import type { Problem, Step } from '../domain/problem';
import { fail, ok } from '../domain/result';
import { hasEndedBadly } from '../domain/task';
import { converse } from '../domain/vendor';
import type { FileFetcher, Hints, NodeInput, Rows, SessionOpener, Stop } from '../host/readers';
import type { ItemResult, PairedOutput } from '../host/rows';
import type { NodeRun, ParkingRun } from '../host/run';
import { CUSTOM_MODEL, LIST_MODEL } from '../models/schema';
import { type ChainPlace, isChain } from '../orders/chain';
import {
	hasIdleFallbacks,
	type OrderSource,
	type ParallelLimit,
	readMaxOrders,
	readMaxParallel,
	readOrders,
} from '../orders/order';
import { itemIndexesOf, readInputFields, readingItem, readText } from '../orders/parameters';
import { openLedger, type RunLedger } from '../orders/runLedger';
import { park, type DeliveryAddress } from '../parking/park';
import { problemWithSibling } from '../parking/siblings';
import { endsOf } from '../tasks/ends';
import { openBudget, type Budget } from '../tasks/budget';
import { audienceOf, newNonce, orderedInToken, withCallbackToken } from '../tasks/callbackToken';
import { taskOf, type LedgerPage } from '../tasks/ledger';
import { toVendorReference } from '../tasks/look';
import { mapParallel } from '../tasks/parallel';
import {
	problemOfMaxOrders,
	problemOfUnknownEarlier,
	problemOfUnknownSubmission,
} from '../tasks/problems';
import type { RowOrigin } from '../tasks/row';
import type { Order } from '../tasks/order';
import type { Session } from '../tasks/session';
import { takeTask, type AwaitedTask, type Orders, type Submitted } from '../tasks/submit';
import { rememberUploads } from '../tasks/uploads';
import { makeChain } from './chain';
import {
	hintThatEndsAreNotNoted,
	hintAboutCommands,
	hintAboutUnchecked,
	hintThatItWaited,
	hintThatNobodyStandsIn,
	hintThatNoCallReaches,
	hintThatVideosGo,
} from './hints';
import { notify } from './notify';
import {
	chooseRoute,
	finish,
	openingOnce,
	settleProblems,
	settleResults,
	settleSubmitted,
	toSubmittedRow,
	unlessHandedOver,
	type Route,
} from './run';
import { asLastSeen, resultsIn, takeTurns, type Turn } from './turns';

interface ReadItem {
	itemIndex: number;
	origin: RowOrigin;
	orders: Step<Orders>;
}

/**
 * Makes one video per item: reads and checks every item, pays for each once, and waits or hands
 * over as Completion says. One row per item, in order.
 */
export async function generateVideos(run: NodeRun, kind: GenerationKind): Promise<PairedOutput[]> {
	return await unlessHandedOver(run, async () => {
		const ledger = await openLedger(run);
		try {
			return await generate(run, ledger, kind);
		} finally {
			await ledger.close();
		}
	});
}

async function generate(
	run: NodeRun,
	ledger: RunLedger,
	kind: GenerationKind,
): Promise<PairedOutput[]> {
	const providerId = run.parameter('provider', 0);
	const opened = await run.openSession(providerId);
	const rules = opened.ok ? await readRules(run, opened.value) : opened;
	if (!opened.ok || !rules.ok) {
		return await settleUnopened(run, ledger, String(providerId), opened.ok ? rules : opened);
	}
	const session = opened.value;
	const { limit, maxOrders } = rules.value;
	const budget = openBudget(run.kept, maxOrders, ledger.known);
	const inChain = isChain(run);
	const route = await chooseRoute(run, inChain);
	const items = await readItems(run, { session, ledger, route, budget, inChain }, kind);
	if (hasIdleFallbacks(run)) hintThatNobodyStandsIn(run, session.provider);
	hintAboutCommands(
		run,
		items.flatMap(({ orders }) => (orders.ok ? (orders.value[0].about.prompt ?? []) : [])),
	);
	hintAboutUnchecked(
		run,
		items.flatMap(({ orders }) => (orders.ok ? (orders.value[0].unchecked ?? []) : [])),
	);
	const paid = watchPaid(run);
	const take = async ({ itemIndex, origin, orders }: ReadItem): Promise<Submitted> => {
		if (!orders.ok) return { itemIndex, origin, result: orders };
		const submitted = await takingOne(orders.value, origin);
		await paid.add(submitted, orders.value[0].page);
		return submitted;
	};

	if (route.completion === 'wait') {
		const make = async (item: ReadItem): Promise<ItemResult> => {
			const submitted = await take(item);
			const finished = await finish(run, submitted);
			paid.end(submitted);
			await noteBadEnd(item, finished);
			return finished;
		};
		const results = inChain
			? await makeChain(items, { make, leaveOut: leavingOut })
			: await mapParallel(items, limit.count, make);
		return await handOn(run, items, results);
	}
	const turns = await takeTurns(run, items, limit, route.completion, {
		take,
		async noteEnd(item, submitted, result) {
			paid.end(submitted);
			if (result !== undefined) await noteBadEnd(item, result);
		},
	});
	if (route.completion === 'pause') return await pause(run, items, turns, route.address);
	const submitted = asLastSeen(turns);
	hintThatVideosGo(run, submitted, route.completion);
	hintThatNoCallReaches(run, submitted);
	hintThatEndsAreNotNoted(run, submitted);
	return route.completion === 'notify'
		? await notify(run, session, submitted)
		: settleSubmitted(run, submitted);
}

/** What nobody has foreseen is one item's problem, and its order may have been taken. */
async function takingOne(orders: Orders, origin: RowOrigin): Promise<Submitted> {
	const [{ session, itemIndex }] = orders;
	try {
		return await takeTask(orders);
	} catch (error) {
		session.stopSignal?.throwIfAborted();
		const fault = { kind: 'noAnswer', message: reasonOf(error), certainlyNotTaken: false } as const;
		const problem = problemOfUnknownSubmission(session.provider, fault);
		return { itemIndex, origin, result: fail(problem) };
	}
}

interface Rules {
	limit: ParallelLimit;
	maxOrders?: number;
}

/** What holds for the run as a whole, and whether it may order anything. */
async function readRules(run: NodeInput & ParkingRun, { provider }: Session): Promise<Step<Rules>> {
	const sibling = await problemWithSibling(run);
	if (sibling !== undefined) return fail(sibling);
	const limit = await readMaxParallel(run, provider);
	if (!limit.ok) return limit;
	const maxOrders = await readMaxOrders(run);
	return maxOrders.ok ? ok({ limit: limit.value, maxOrders: maxOrders.value }) : maxOrders;
}

/** Nothing can be asked or ordered, but what an earlier try has paid for is still named. */
async function settleUnopened(
	run: NodeInput & Hints & Rows,
	ledger: RunLedger,
	provider: string,
	reason: Step<unknown>,
): Promise<PairedOutput[]> {
	if (reason.ok) return [];
	const problems = await mapParallel(itemIndexesOf(run), 1, async (itemIndex) => {
		const page = ledger.page(itemIndex);
		const { problem, modelId: model = '' } = await namingPaid(page, reason.error);
		const input = readInputFields(run, itemIndex);
		return { itemIndex, origin: withoutUndefined({ provider, model, input }), problem };
	});
	return settleProblems(run, problems);
}

/** The problem of an item that comes to no order, with the task that an earlier try has paid for. */
async function namingPaid(
	page: LedgerPage,
	problem: Problem,
): Promise<{ problem: Problem; modelId?: string }> {
	const entry = await page.read();
	const paid = taskOf(entry);
	if (paid === undefined) {
		return { problem: entry?.state === 'submitting' ? problemOfUnknownEarlier(problem) : problem };
	}
	const { taskId, modelId, taskUrls } = paid;
	const description = `${problem.description} The task of this item is paid for and goes on at the vendor. Task ID: ${taskId}.`;
	const named = withoutUndefined({ ...problem, taskId, taskUrls, description });
	return { problem: named, modelId };
}

/** An item behind the end of a chain; what is wrong with the item itself says more. */
async function leavingOut(
	{ itemIndex, origin, orders }: ReadItem,
	problem: Problem,
): Promise<ItemResult> {
	if (!orders.ok) return { itemIndex, origin, result: orders };
	const [{ page }] = orders.value;
	return { itemIndex, origin, result: fail((await namingPaid(page, problem)).problem) };
}

interface Reading {
	session: Session;
	ledger: RunLedger;
	route: Route;
	budget: Budget;
	inChain: boolean;
}

/** Says item by item whether there is an order left for it; what is paid for already needs none. */
function countingNew({ max = Infinity, used }: Budget) {
	let left = max - used();
	return async (page: LedgerPage): Promise<boolean> => {
		const entry = await page.read();
		// A lost order has taken its place already, and is looked for before anything is ordered anew.
		const isOrdered = taskOf(entry) !== undefined || entry?.state === 'submitting';
		if (max === Infinity || isOrdered) return true;
		left -= 1;
		return left >= 0;
	};
}

/**
 * Which items a paused execution is called about by the vendor: every call costs n8n a tenth of a
 * second and more, at some vendors at every change of a task. The last ones end last, so that their
 * call is the one that delivers; who watches finds the others.
 */
function callableOf(input: NodeInput, { completion }: Route) {
	const count = input.items().length;
	return (itemIndex: number) =>
		completion !== 'pause' || itemIndex >= count - ORDER.maxCallbackUrls;
}

/** Every item is read before the first one is paid for; without Continue On Fail all must be right. */
async function readItems(
	run: OrderSource & SessionOpener & Rows & Pick<ParkingRun, 'kept'>,
	{ session, ledger, route, budget, inChain }: Reading,
	kind: GenerationKind,
): Promise<ReadItem[]> {
	const mayOrder = countingNew(budget);
	const mayCall = callableOf(run, route);
	const open = openingOnce(run, session);
	const uploads = rememberUploads(run.kept);
	const items: ReadItem[] = [];
	for (const itemIndex of itemIndexesOf(run)) {
		const page = ledger.page(itemIndex);
		const orders = await readingItem(async () => {
			const chain = inChain ? chainPlaceBehind(items) : undefined;
			const place = { session, open, page, uploads, budget, chain };
			const read = await readOrders(run, place, kind, itemIndex);
			if (!read.ok) return read;
			if (!(await mayOrder(page))) return fail(problemOfMaxOrders(budget));
			return ok(mayCall(itemIndex) ? withCallbackUrls(run, route, read.value) : read.value);
		});
		if (orders.ok) {
			const [{ model, inputFields: input }] = orders.value;
			const origin = withoutUndefined({ provider: session.providerId, model: model.id, input });
			items.push({ itemIndex, origin, orders });
			continue;
		}
		const { problem, modelId } = await namingPaid(page, orders.error);
		run.raise(problem, itemIndex);
		const model = modelId ?? modelNameOf(run, itemIndex);
		items.push({
			itemIndex,
			origin: withoutUndefined({
				provider: session.providerId,
				model,
				input: readInputFields(run, itemIndex),
			}),
			orders: fail(problem),
		});
	}
	return items;
}

/** Every clip of a chain looks like its first one, as that one was ordered. */
function chainPlaceBehind([first]: readonly ReadItem[]): ChainPlace {
	if (first === undefined) return {};
	return { first: first.orders.ok ? (first.orders.value[0].ordered ?? {}) : {} };
}

/** The model of an item that could not be read is told as it stands in the node. */
function modelNameOf(input: NodeInput, itemIndex: number): string {
	const model = readText(input, 'model', itemIndex);
	return model === CUSTOM_MODEL || model === LIST_MODEL ? '' : model;
}

const withCallbackUrls = (input: NodeInput, route: Route, [first, ...others]: Orders): Orders => [
	withCallbackUrl(input, route, first),
	...others.map((order) => withCallbackUrl(input, route, order)),
];

/** The address to which the vendor reports, for vendors that do and routes that want it. */
function withCallbackUrl(input: NodeInput, route: Route, order: Order): Order {
	const { session, target, model, itemIndex } = order;
	const { provider, clock } = session;
	const { callbacks } = provider.vendor;
	if (callbacks === undefined) return order;
	const isTaken = (url: string) => !callbacks.byHttpsAlone || /^https:/i.test(url);

	const issued = { issuedAt: clock.now(), model: model.id };
	if (target !== undefined) {
		const { url, key, context: handedThrough } = target;
		if (!isTaken(url)) return order;
		const claims = { ...issued, nonce: newNonce(), audience: audienceOf(url) };
		const ordered = orderedInToken(order.ordered, { withPrompt: false });
		const { reference: ledger } = order.page;
		const signed = { ...claims, ordered, context: handedThrough, ledger };
		return { ...order, callbackUrl: withCallbackToken(url, key.key, signed) };
	}
	const wantsCall =
		input.parameter(
			`options.${option.sendCallbackUrl.name}`,
			itemIndex,
			option.sendCallbackUrl.default,
		) !== false;
	if (route.completion !== 'pause' || !wantsCall) return order;
	const { url, key } = route.address;
	if (!isTaken(url)) return order;
	const own = { nonce: newNonce(), audience: audienceOf(url), provider: session.providerId };
	const claims = { ...issued, ...own };
	return { ...order, callbackUrl: withCallbackToken(url, Buffer.from(key), claims) };
}

/**
 * Sees to it that the ID of each paid task stays readable when the user stops the execution: the
 * tasks go on at the vendor, unless they are to be cancelled.
 */
function watchPaid({ stopSignal, onStop, noteStoppedTasks }: Stop) {
	const rows: Json[] = [];
	const unfinished = new Map<number, PaidTask>();
	const stop = async (stopped: readonly Json[], tasks: readonly PaidTask[]) => {
		await noteStoppedTasks(stopped);
		await cancelTasks(tasks);
	};
	onStop(() => {
		if (rows.length > 0) void stop(rows, [...unfinished.values()]);
	});
	return {
		async add({ itemIndex, origin, result }: Submitted, page: LedgerPage): Promise<void> {
			if (!result.ok) return;
			const paid = { task: result.value, page };
			const row = toSubmittedRow(result.value, origin);
			if (stopSignal?.aborted) return await stop([row], [paid]);
			rows.push(row);
			unfinished.set(itemIndex, paid);
		},
		end({ itemIndex }: Submitted): void {
			unfinished.delete(itemIndex);
		},
	};
}

interface PaidTask {
	task: AwaitedTask;
	page: LedgerPage;
}

/** Asks the vendors to cancel what the user wants cancelled; the log tells how it went. */
async function cancelTasks(tasks: readonly PaidTask[]): Promise<void> {
	const unwanted = tasks.filter(({ task: { cancelOnStop } }) => cancelOnStop);
	await mapParallel(unwanted, ORDER.parallelCancels, async ({ task: awaited, page }) => {
		const { session, task, modelId } = awaited;
		const { transportAfterStop: transport, provider, log } = session;
		const reference = toVendorReference(session, { ...task, modelId });
		const dialogue = provider.vendor.cancel?.(reference);
		if (dialogue === undefined) return;
		const cancelled = await converse(transport, dialogue);
		const outcome = cancelled.ok ? cancelled.value.status : cancelled.error.message;
		log(`Seedance: ${provider.label} was asked to cancel task ${task.taskId}: ${outcome}`);
		if (cancelled.ok && hasEndedBadly(cancelled.value)) {
			await page.end({ status: cancelled.value.status, isCollected: true });
		}
	});
}

/** A bad end is written down at once, whatever becomes of the other items. */
async function noteBadEnd({ orders }: ReadItem, { result }: ItemResult): Promise<void> {
	if (!orders.ok) return;
	const [{ page }] = orders.value;
	for (const { end } of endsOf([{ result }], { isThrownAway: true })) await page.end(end);
}

/** A video counts as handed on only once no other item's problem throws the whole output away. */
async function handOn(
	run: Hints & Rows,
	items: readonly ReadItem[],
	results: readonly ItemResult[],
): Promise<PairedOutput[]> {
	const rows = settleResults(run, results);
	const ordersOf = new Map(items.map(({ itemIndex, orders }) => [itemIndex, orders]));
	const good = results.filter(({ result }) => result.ok);
	for (const { of, end } of endsOf(good, { isThrownAway: false })) {
		const orders = ordersOf.get(of.itemIndex);
		if (orders?.ok) await orders.value[0].page.end(end);
	}
	return rows;
}

async function pause(
	run: ParkingRun & FileFetcher & Hints & Rows,
	items: readonly ReadItem[],
	turns: readonly Turn[],
	address: DeliveryAddress,
): Promise<PairedOutput[]> {
	const ended = resultsIn(turns);
	const submitted = turns.map(({ taken }) => taken);
	const isInTheWorks = ({ itemIndex, result }: Submitted) => result.ok && !ended.has(itemIndex);
	const parked = submitted.some(isInTheWorks)
		? await park(run, submitted, address, ended)
		: undefined;
	if (parked !== undefined) return parked;

	if (submitted.some(isInTheWorks)) {
		hintThatItWaited(run, 'n8n did not let the node start the executions that would wake it.');
	}
	const finishing = items.map(async (item, index): Promise<ItemResult[]> => {
		const task = submitted[index];
		if (task === undefined) return [];
		const known = ended.get(task.itemIndex);
		if (known !== undefined) return [known];
		const finished = await finish(run, task);
		await noteBadEnd(item, finished);
		return [finished];
	});
	return await handOn(run, items, (await Promise.all(finishing)).flat());
}
