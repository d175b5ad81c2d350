import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { withoutUndefined } from '../domain/json';
import type { GenerationKind } from '../domain/model';
import type { Problem, Step } from '../domain/problem';
import { fail, ok } from '../domain/result';
import { hasEndedBadly } from '../domain/task';
import { readCallbackTarget } from '../n8n/callbackUrl';
import { noteStoppedTasks } from '../n8n/executions';
import { openPage, readMaxParallel, readOrder } from '../n8n/order';
import { readingItem, readText } from '../n8n/parameters';
import { openSession } from '../n8n/session';
import { toNodeError, type ItemResult } from '../n8n/settle';
import { stoppable } from '../n8n/stoppable';
import { park, type DeliveryAddress } from '../parking/park';
import { audienceOf, newNonce, withCallbackToken } from '../tasks/callbackToken';
import { noteBadEnd, taskOf } from '../tasks/ledger';
import { mapParallel } from '../tasks/parallel';
import type { RowOrigin } from '../tasks/row';
import type { Order, Session } from '../tasks/session';
import { takeTask, type Submitted } from '../tasks/submit';
import { notify } from './notify';
import {
	chooseRoute,
	finish,
	hintThatItWaited,
	itemIndexesOf,
	settleProblems,
	settleResults,
	settleSubmitted,
	toSubmittedRow,
	type Route,
} from './run';

interface ReadItem {
	itemIndex: number;
	origin: RowOrigin;
	order: Step<Order>;
}

/**
 * Makes one video per item: reads and checks every item, pays for each once, and waits or hands
 * over as Completion says. One row per item, in order.
 * @throws NodeApiError naming item, task and remedy, unless Continue On Fail is set.
 */
export async function generateVideos(
	context: IExecuteFunctions,
	kind: GenerationKind,
): Promise<INodeExecutionData[][]> {
	return await stoppable(context, async (stopSignal) => [
		await generate(context, kind, stopSignal),
	]);
}

async function generate(
	context: IExecuteFunctions,
	kind: GenerationKind,
	stopSignal?: AbortSignal,
): Promise<INodeExecutionData[]> {
	const providerId: unknown = context.getNodeParameter('provider', 0);
	const opened = await openSession(context, providerId, stopSignal);
	const limit = opened.ok ? await readMaxParallel(context, opened.value.provider) : opened;
	if (!opened.ok || !limit.ok) {
		return await settleUnopened(context, String(providerId), opened.ok ? limit : opened);
	}
	const session = opened.value;
	const route = await chooseRoute(context);
	const items = await readItems(context, session, kind, route);
	const take = taking(context, session);

	if (route.completion === 'wait') {
		const results = await mapParallel(items, limit.value, async (item) => {
			const finished = await finish(context, session, await take(item));
			await noteEnd(item, finished);
			return finished;
		});
		return settleResults(context, results);
	}
	const submitted = await mapParallel(items, limit.value, take);
	if (route.completion === 'pause') {
		return await pause(context, session, submitted, route.address);
	}
	return route.completion === 'notify'
		? await notify(context, session, submitted)
		: settleSubmitted(context, submitted);
}

/** Nothing can be asked or ordered, but what an earlier try has paid for is still named. */
async function settleUnopened(
	context: IExecuteFunctions,
	provider: string,
	reason: Step<unknown>,
): Promise<INodeExecutionData[]> {
	if (reason.ok) return [];
	const problems = await mapParallel(itemIndexesOf(context), 1, async (itemIndex) => {
		const { problem, modelId: model = '' } = await namingPaid(context, itemIndex, reason.error);
		return { itemIndex, origin: { provider, model }, problem };
	});
	return settleProblems(context, problems);
}

/** The problem of an item that comes to no order, with the task that an earlier try has paid for. */
async function namingPaid(
	context: IExecuteFunctions,
	itemIndex: number,
	problem: Problem,
): Promise<{ problem: Problem; modelId?: string }> {
	const paid = taskOf(await openPage(context, itemIndex).read());
	if (paid === undefined) return { problem };
	const { taskId, modelId, addresses } = paid;
	const description = `${problem.description} The task of this item is paid for and goes on at the vendor. Task ID: ${taskId}.`;
	const named = withoutUndefined({ ...problem, taskId, addresses, description });
	return { problem: named, modelId };
}

/** Every item is read before the first one is paid for; without Continue On Fail all must be right. */
async function readItems(
	context: IExecuteFunctions,
	session: Session,
	kind: GenerationKind,
	route: Route,
): Promise<ReadItem[]> {
	const items: ReadItem[] = [];
	for (const itemIndex of itemIndexesOf(context)) {
		const order = await readingItem(async () => {
			const read = await readOrder(context, session, kind, itemIndex);
			return read.ok ? withCallbackUrl(context, session, route, read.value) : read;
		});
		if (order.ok) {
			const origin = { provider: session.providerId, model: order.value.model.id };
			items.push({ itemIndex, origin, order });
			continue;
		}
		const { problem, modelId } = await namingPaid(context, itemIndex, order.error);
		if (!context.continueOnFail()) throw toNodeError(context.getNode(), problem, itemIndex);
		const model = modelId ?? modelNameOf(context, itemIndex);
		items.push({
			itemIndex,
			origin: { provider: session.providerId, model },
			order: fail(problem),
		});
	}
	return items;
}

/** The model of an item that could not be read is told as it stands in the node. */
function modelNameOf(context: IExecuteFunctions, itemIndex: number): string {
	const model = readText(context, 'model', itemIndex);
	return model === 'custom' ? '' : model;
}

/** The address to which the vendor reports, for vendors that do and routes that want it. */
function withCallbackUrl(
	context: IExecuteFunctions,
	session: Session,
	route: Route,
	order: Order,
): Step<Order> {
	const { provider, callbackKey, clock } = session;
	const options: IDataObject = context.getNodeParameter('options', order.itemIndex, {});
	const target =
		route.completion === 'notify'
			? readCallbackTarget(context, session, options, order.itemIndex)
			: undefined;
	if (target !== undefined && !target.ok) return target;
	if (provider.vendor.callbacks === undefined) return ok(order);

	const issued = { issuedAt: clock.now(), model: order.model.id };
	if (target !== undefined) {
		const { url, context: handedThrough } = target.value;
		const claims = { ...issued, nonce: newNonce(), audience: audienceOf(url) };
		const signed = { ...claims, context: handedThrough };
		return ok({ ...order, callbackUrl: withCallbackToken(url, callbackKey, signed) });
	}
	if (route.completion === 'pause' && options.sendCallbackUrl !== false) {
		const { url, nonce } = route.address;
		const claims = { ...issued, nonce, audience: audienceOf(url) };
		return ok({ ...order, callbackUrl: withCallbackToken(url, callbackKey, claims) });
	}
	return ok(order);
}

/**
 * Takes tasks so that the ID of each stays readable when the user stops the execution: they are paid
 * for and go on at the vendor.
 */
function taking(context: IExecuteFunctions, session: Session) {
	const paid: IDataObject[] = [];
	context.onExecutionCancellation(() => {
		if (paid.length > 0) void noteStoppedTasks(context, paid);
	});
	return async ({ itemIndex, origin, order }: ReadItem): Promise<Submitted> => {
		if (!order.ok) return { itemIndex, origin, result: order };
		const taken = await takeTask(session, order.value);
		if (!taken.ok) return { itemIndex, origin, result: taken };
		const row = toSubmittedRow(taken.value.task, origin);
		paid.push(row);
		if (session.stopSignal?.aborted) await noteStoppedTasks(context, [row]);
		const { model, waiting, output } = order.value;
		const result = ok({ ...taken.value, modelId: model.id, waiting, output });
		return { itemIndex, origin, result };
	};
}

/** A task that ended badly is paid for anew by a later try. */
async function noteEnd({ order }: ReadItem, { result }: ItemResult): Promise<void> {
	const status = result.ok ? undefined : result.error.status;
	if (order.ok && status !== undefined && hasEndedBadly({ status })) {
		await noteBadEnd(order.value.page);
	}
}

async function pause(
	context: IExecuteFunctions,
	session: Session,
	submitted: readonly Submitted[],
	address: DeliveryAddress,
): Promise<INodeExecutionData[]> {
	if (!submitted.some(({ result }) => result.ok)) return settleSubmitted(context, submitted);
	const parked = await park(context, session, submitted, address);
	if (parked !== undefined) return parked;

	hintThatItWaited(context, 'n8n did not let the node start the executions that would wake it.');
	const finishing = submitted.map(async (item) => await finish(context, session, item));
	return settleResults(context, await Promise.all(finishing));
}
