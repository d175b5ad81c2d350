import { problemOfFault, problemOfUnknownSubmission } from '../errors';
import { isCertainlyNotTaken, isPassing } from '../faults';
import type { Task } from '../vendors';
import type { Order, Session, Step } from './types';
import { minutesToMs } from './units';

const FIRST_RETRY_GAP_MS = 2_000;
const MAX_RETRY_GAP_MS = 60_000;

/**
 * Submits an item's video, once. The request is repeated only when the vendor certainly did not
 * take it and time alone may mend the reason; when nobody can know, it is a problem, and the
 * ledger remembers that.
 */
export async function submitTask(
	session: Session,
	order: Order,
	pace: () => Promise<void>,
): Promise<Step<Task>> {
	const { provider, vendor, transport, clock, stopSignal } = session;
	const { ledger } = order;
	const request = vendor.createTask({ model: order.model, input: order.input });
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
			return created;
		}
		const { fault } = created;
		if (!isCertainlyNotTaken(fault)) {
			return { ok: false, problem: problemOfUnknownSubmission(provider, fault) };
		}
		ledger.clear();
		const waitMs = Math.max(gapMs, fault.retryAfterMs ?? 0);
		if (!isPassing(fault) || clock.now() + waitMs > deadline) {
			return { ok: false, problem: problemOfFault(provider, fault) };
		}
		await clock.sleep(waitMs, stopSignal);
	}
}
