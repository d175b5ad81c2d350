import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { findModel, type GenerationKind } from '../catalogue';
import { problemOfUnknownSubmission, toNodeError } from '../errors';
import { collectVideo } from './collect';
import { createPacer, mapParallel } from './parallel';
import { readMaxParallel, readOrder } from './readOrder';
import { toRow } from './row';
import { openSession } from './session';
import { settle, type ItemResult } from './settle';
import { submitTask } from './submit';
import type { Order, Session, Step, TaskHandle } from './types';
import { hasEndedBadly, readTask, waitForTask } from './wait';
import type { Task } from '../vendors';

/**
 * Makes one video per item: checks every item, pays for each once, and waits or hands over as
 * Completion says. One row per item, in order.
 * @throws NodeApiError naming item, task and remedy, unless Continue On Fail is set.
 */
export async function generateVideos(
	context: IExecuteFunctions,
	kind: GenerationKind,
): Promise<INodeExecutionData[][]> {
	const session = await openSession(context);
	const orders = await readOrders(context, session, kind);
	const options = context.getNodeParameter('options', 0, {});
	const limit = readMaxParallel(options, session.provider);
	if (!limit.ok) throw toNodeError(context.getNode(), limit.problem, 0);

	const pace = createPacer(
		session.clock,
		session.provider.limits.createsPerWindow,
		session.stopSignal,
	);
	const results = await mapParallel(orders, limit.value, async ({ itemIndex, origin, order }) => {
		const result = order.ok ? await fulfil(context, session, order.value, pace) : order;
		return { itemIndex, origin, ...result };
	});
	return [settle(context, results)];
}

/** Every item is read before the first one is paid for; without Continue On Fail all must be right. */
async function readOrders(context: IExecuteFunctions, session: Session, kind: GenerationKind) {
	const orders: Array<Pick<ItemResult, 'itemIndex' | 'origin'> & { order: Step<Order> }> = [];
	for (const itemIndex of context.getInputData().keys()) {
		const order = await readOrder(context, session, kind, itemIndex);
		if (!order.ok && !context.continueOnFail()) {
			throw toNodeError(context.getNode(), order.problem, itemIndex);
		}
		const model = order.ok ? order.value.model.id : '';
		orders.push({ itemIndex, origin: { provider: session.providerId, model }, order });
	}
	return orders;
}

async function fulfil(
	context: IExecuteFunctions,
	session: Session,
	order: Order,
	pace: () => Promise<void>,
) {
	const taken = await takeTask(session, order, pace);
	if (!taken.ok) return taken;
	const handle = toHandle(session, order, taken.value);
	const origin = { provider: session.providerId, model: order.model.id };

	if (context.getNodeParameter('completion', order.itemIndex) === 'submit') {
		return { ok: true as const, json: toRow(taken.value, origin, { raw: false }) };
	}
	const finished: Step<Task> =
		taken.value.status === 'succeeded' && taken.value.videoUrl !== undefined
			? { ok: true, value: taken.value }
			: await waitForTask(session, handle, order.waiting);
	if (!finished.ok) {
		if (
			finished.problem.status !== undefined &&
			hasEndedBadly({ status: finished.problem.status })
		) {
			rememberBadEnd(order);
		}
		return finished;
	}
	return await collectVideo(context, session, finished.value, origin, order.itemIndex);
}

/** The item's task: the one an earlier try has paid for, or a new one. */
async function takeTask(
	session: Session,
	order: Order,
	pace: () => Promise<void>,
): Promise<Step<Task>> {
	const entry = order.ledger.read();
	if (entry?.state === 'submitting' && !order.resubmitUnknown) {
		return { ok: false, problem: problemOfUnknownSubmission(session.provider) };
	}
	if (entry?.state === 'submitted' && !entry.endedBadly) {
		const paid: Task = { taskId: entry.taskId, status: 'queued', raw: undefined };
		const looked = await readTask(session, toHandle(session, order, paid));
		if (!looked.ok) return { ok: true, value: paid };
		if (!hasEndedBadly(looked.value)) return looked;
		rememberBadEnd(order);
	}
	return await submitTask(session, order, pace);
}

function rememberBadEnd({ ledger }: Order): void {
	const entry = ledger.read();
	if (entry?.state === 'submitted') ledger.write({ ...entry, endedBadly: true });
}

function toHandle(session: Session, order: Order, task: Task): TaskHandle {
	const entry = order.ledger.read();
	const submittedAt = entry === undefined ? session.clock.now() : Date.parse(entry.at);
	return {
		taskId: task.taskId,
		modelId: order.model.id,
		model: findModel(session.provider, order.model.id) ?? order.model,
		status: task.status,
		submittedAt,
	};
}
