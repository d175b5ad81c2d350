import { problemOfFault, problemOfUnknownSubmission } from '../errors';
import { isCertainlyNotTaken, isPassing } from '../faults';
import type { Task } from '../vendors';
import type { Order, Session, Step } from './types';
import { minutesToMs } from './units';
import { hasEndedBadly, readTask } from './wait';

const FIRST_RETRY_GAP_MS = 2_000;
const MAX_RETRY_GAP_MS = 60_000;

/**
 * The item's task: the one an earlier try has paid for, or a new one. A task that ended badly is
 * submitted anew; when nobody can know whether one was taken, it is a problem.
 */
export async function takeTask(
	session: Session,
	order: Order,
	pace: () => Promise<void>,
): Promise<Step<Task>> {
	const entry = order.ledger.read();
	if (entry?.state === 'submitting' && !order.resubmitUnknown) {
		return { ok: false, problem: problemOfUnknownSubmission(session.provider) };
	}
	if (entry?.state === 'submitted' && !entry.endedBadly) {
		const { taskId } = entry;
		const looked = await readTask(session, { taskId, model: order.model });
		if (!looked.ok) return { ok: true, value: { taskId, status: 'queued', raw: undefined } };
		if (!hasEndedBadly(looked.value)) return looked;
		rememberBadEnd(order);
	}
	return await submitTask(session, order, pace);
}

/** Lets a later try pay for this item again. */
export function rememberBadEnd({ ledger }: Order): void {
	const entry = ledger.read();
	if (entry?.state === 'submitted') ledger.write({ ...entry, endedBadly: true });
}

/** When the item's task was submitted, in Unix milliseconds. */
export function submittedAtOf({ clock }: Session, { ledger }: Order): number {
	const entry = ledger.read();
	return entry === undefined ? clock.now() : Date.parse(entry.at);
}

/**
 * Submits an item's video, once. The request is repeated only when the vendor certainly did not
 * take it and time alone may mend the reason; when nobody can know, it is a problem, and the
 * ledger remembers that.
 */
async function submitTask(
	session: Session,
	order: Order,
	pace: () => Promise<void>,
): Promise<Step<Task>> {
	const { provider, vendor, transport, clock, stopSignal } = session;
	const { ledger } = order;
	const request = vendor.createTask(order);
	const deadline = clock.now() + minutesToMs(order.waiting.timeoutMinutes);

	for (let gapMs = FIRST_RETRY_GAP_MS; ; gapMs = Math.min(gapMs * 2, MAX_RETRY_GAP_MS)) {
		await pace();
		stopSignal?.throwIfAborted();

		ledger.write({ state: 'submitting', at: new Date(clock.now()).toISOString() });
		const answer = await transport.submit(request);
		const created = answer.ok ? vendor.readCreated(answer.value) : answer;

		if (created.ok) {
			const { taskId } = created.value;
			const at = new Date(clock.now()).toISOString();
			ledger.write({ state: 'submitted', at, taskId, endedBadly: false });
			session.log(`Seedance: ${provider.label} accepted task ${taskId} [item ${order.itemIndex}]`);
			return created;
		}
		const { fault } = created;
		if (!isCertainlyNotTaken(fault)) {
			return { ok: false, problem: problemOfUnknownSubmission(provider, fault) };
		}
		ledger.clear();
		const waitMs = Math.max(gapMs, fault.retryAfterMs ?? 0);
		if (!isPassing(fault) || clock.now() + waitMs > deadline) {
			const problem = problemOfFault(provider, fault);
			const description = `${problem.description} Nothing was submitted.`;
			return { ok: false, problem: { ...problem, description } };
		}
		await clock.sleep(waitMs, stopSignal);
	}
}
