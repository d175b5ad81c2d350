import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { readCallbackUrl } from '../callbacks/readCallbackUrl';
import { withCallbackToken } from '../callbacks/token';
import type { GenerationKind } from '../catalogue';
import { toNodeError } from '../errors';
import { readingItem } from '../nodeParameters';
import { canPark } from '../n8nVersion';
import {
	deliverWhenFinished,
	parkUntilFinished,
	settleEntrusted,
	type Entrusted,
} from '../parking/park';
import { noteStoppedTasks, resumeUrlOf } from '../parking/spawn';
import type { Task } from '../vendors';
import { collectVideo } from './collect';
import { readCompletion, type Completion } from './completion';
import { createPacer, mapParallel } from './parallel';
import { readMaxParallel, readOrder } from './readOrder';
import { toRow, type RowOrigin } from './row';
import { openSession } from './session';
import { onProblemOf, settle } from './settle';
import { stoppable } from './stoppable';
import { submittedAtOf, rememberBadEnd, takeTask } from './submit';
import type { Order, Session, Step } from './types';
import { hasEndedBadly, waitForTask } from './wait';

interface OrderedItem {
	itemIndex: number;
	origin: RowOrigin;
	order: Step<Order>;
}

/**
 * Makes one video per item: checks every item, pays for each once, and waits or hands over as
 * Completion says. One row per item, in order.
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
	const session = await openSession(context, context.getNodeParameter('provider', 0), stopSignal);
	const completion = readCompletion(context, canPark());
	const ordered = await readOrders(context, session, kind, completion);
	const limit = readMaxParallel(context.getNodeParameter('options', 0, {}), session.provider);
	if (!limit.ok) throw toNodeError(context.getNode(), limit.problem, 0);

	const { createsPerWindow } = session.provider.limits;
	const pace = createPacer(session.clock, createsPerWindow, session.stopSignal);
	const paid: IDataObject[] = [];
	const take = async (order: Order) => {
		const taken = await takeTask(session, order, pace);
		const origin = { provider: session.providerId, model: order.model.id };
		if (!taken.ok) return taken;
		const row = toRow(taken.value, origin, { raw: false });
		paid.push(row);
		if (session.stopSignal?.aborted) await noteStoppedTasks(context, [row]);
		return taken;
	};
	noteWhenStopped(context, paid);

	if (completion === 'wait') {
		const results = await mapParallel(ordered, limit.value, async ({ order, ...item }) => {
			const result = order.ok
				? await fulfil(context, session, order.value, item.origin, take)
				: order;
			return { ...item, ...result };
		});
		return settle(context.getNode(), results, onProblemOf(context));
	}
	const entrusted = await mapParallel(ordered, limit.value, async ({ order, ...item }) =>
		entrust(session, item, order.ok ? await take(order.value) : order, order),
	);
	return await handOver(context, session, completion, entrusted);
}

/** Every item is read before the first one is paid for; without Continue On Fail all must be right. */
async function readOrders(
	context: IExecuteFunctions,
	session: Session,
	kind: GenerationKind,
	completion: Completion,
): Promise<OrderedItem[]> {
	const ordered: OrderedItem[] = [];
	for (const itemIndex of context.getInputData().keys()) {
		const order = await readingItem(async () => {
			const read = await readOrder(context, session, kind, itemIndex);
			return read.ok ? withCallbackUrl(context, session, completion, read.value) : read;
		});
		if (!order.ok && !context.continueOnFail()) {
			throw toNodeError(context.getNode(), order.problem, itemIndex);
		}
		const model = order.ok ? order.value.model.id : '';
		ordered.push({ itemIndex, origin: { provider: session.providerId, model }, order });
	}
	return ordered;
}

function withCallbackUrl(
	context: IExecuteFunctions,
	session: Session,
	completion: Completion,
	order: Order,
): Step<Order> {
	const { vendor, callbackKey } = session;
	const model = order.model.id;
	if (completion === 'notify') {
		const options: IDataObject = context.getNodeParameter('options', order.itemIndex, {});
		const url = readCallbackUrl(context, session, options, model, order.itemIndex);
		return url.ok ? { ok: true, value: { ...order, callbackUrl: url.value } } : url;
	}
	if (completion === 'pause' && vendor.callbacks !== undefined) {
		const claims = { model, executionId: context.getExecutionId() };
		const callbackUrl = withCallbackToken(resumeUrlOf(context), callbackKey, claims);
		return { ok: true, value: { ...order, callbackUrl } };
	}
	return { ok: true, value: order };
}

/** The tasks of an execution that the user stops go on at the vendor: their IDs must stay readable. */
function noteWhenStopped(context: IExecuteFunctions, paid: IDataObject[]): void {
	context.onExecutionCancellation(() => {
		if (paid.length > 0) void noteStoppedTasks(context, paid);
	});
}

async function fulfil(
	context: IExecuteFunctions,
	session: Session,
	order: Order,
	origin: RowOrigin,
	take: (order: Order) => Promise<Step<Task>>,
) {
	const taken = await take(order);
	if (!taken.ok) return taken;
	const { taskId, status, videoUrl } = taken.value;
	const handle = {
		taskId,
		status,
		modelId: order.model.id,
		model: order.model,
		submittedAt: submittedAtOf(session, order),
	};
	const isFinished = status === 'succeeded' && videoUrl !== undefined;
	const ended = isFinished ? taken : await waitForTask(session, handle, order.waiting);
	if (ended.ok) return await collectVideo(context, session, ended.value, origin, order.output);

	const { status: lastStatus } = ended.problem;
	if (lastStatus !== undefined && hasEndedBadly({ status: lastStatus })) rememberBadEnd(order);
	return ended;
}

function entrust(
	session: Session,
	item: { itemIndex: number; origin: RowOrigin },
	taken: Step<Task>,
	order: Step<Order>,
): Entrusted {
	return {
		...item,
		submittedAt: order.ok ? submittedAtOf(session, order.value) : session.clock.now(),
		waiting: order.ok ? order.value.waiting : { timeoutMinutes: 0 },
		callbackUrl: order.ok ? order.value.callbackUrl : undefined,
		outcome: taken.ok ? { ok: true, task: taken.value } : taken,
	};
}

async function handOver(
	context: IExecuteFunctions,
	session: Session,
	completion: Exclude<Completion, 'wait'>,
	entrusted: Entrusted[],
): Promise<INodeExecutionData[]> {
	const isAnythingSubmitted = entrusted.some(({ outcome }) => outcome.ok);
	if (completion === 'pause' && isAnythingSubmitted) {
		return await parkUntilFinished(context, session, entrusted);
	}
	if (completion === 'notify' && session.vendor.callbacks === undefined) {
		return await deliverWhenFinished(context, session, entrusted);
	}
	return settleEntrusted(context, entrusted);
}
