import { isPassing } from '../domain/fault';
import { withoutUndefined } from '../domain/json';
import type { WireInput } from '../domain/model';
import type { Step } from '../domain/problem';
import { fail, ok } from '../domain/result';
import { hasEndedBadly, type Task } from '../domain/task';
import { minutesToMs } from '../domain/time';
import { converse, type CreateOrder } from '../domain/vendor';
import { taskOf } from './ledger';
import { look } from './look';
import { problemOfFault, problemOfUnknownSubmission } from './problems';
import type { RowOrigin } from './row';
import type { Media, Order, OutputRules, Session, WaitingRules } from './session';

const FIRST_RETRY_GAP_MS = 2_000;
const MAX_RETRY_GAP_MS = 60_000;

/** A task that the vendor has taken, and since when. */
export interface TakenTask {
	task: Task;
	/** Unix milliseconds. */
	submittedAt: number;
}

/**
 * The item's task: the one an earlier try has paid for, or a new one. A task that ended badly is
 * submitted anew; when nobody can know whether one was taken, it is a problem.
 */
export async function takeTask(session: Session, order: Order): Promise<Step<TakenTask>> {
	const entry = await order.page.read();
	if (entry?.state === 'submitting' && !order.resubmitUnknown) {
		return fail(problemOfUnknownSubmission(session.provider));
	}
	const paid = taskOf(entry);
	if (entry !== undefined && paid !== undefined) {
		const submittedAt = Date.parse(entry.at);
		const looked = await look(session, paid);
		if (!looked.ok) return ok({ task: { ...paid, status: 'queued' }, submittedAt });
		if (!hasEndedBadly(looked.value)) return ok({ task: looked.value, submittedAt });
	}
	return await submitTask(session, order);
}

/**
 * Submits an item's video, once. The request is repeated only when the vendor certainly did not
 * take it and time alone may mend the reason; when nobody can know, it is a problem, and the
 * ledger remembers that.
 */
async function submitTask(session: Session, order: Order): Promise<Step<TakenTask>> {
	const { provider, transport, clock, pace, stopSignal } = session;
	const { page } = order;
	const deadline = clock.now() + minutesToMs(order.waiting.timeoutMinutes);
	const uploaded = await upload(session, order);
	if (!uploaded.ok) return uploaded;
	const request = provider.vendor.createTask(uploaded.value);

	for (let gapMs = FIRST_RETRY_GAP_MS; ; gapMs = Math.min(gapMs * 2, MAX_RETRY_GAP_MS)) {
		await pace();
		stopSignal?.throwIfAborted();

		await page.write({ state: 'submitting', at: new Date(clock.now()).toISOString() });
		const answer = await transport.submit(request);
		const created = answer.ok ? provider.vendor.readCreated(answer.value) : answer;

		if (created.ok) {
			const { taskId, addresses } = created.value;
			const submittedAt = clock.now();
			const at = new Date(submittedAt).toISOString();
			const modelId = order.model.id;
			const entry = { state: 'submitted' as const, at, taskId, modelId };
			await page.write(withoutUndefined({ ...entry, addresses: addresses && { ...addresses } }));
			session.log(`Seedance: ${provider.label} accepted task ${taskId} [item ${order.itemIndex}]`);
			return ok({ task: created.value, submittedAt });
		}
		const { error: fault } = created;
		if (!fault.certainlyNotTaken) return fail(problemOfUnknownSubmission(provider, fault));
		await page.clear();
		const waitMs = Math.max(gapMs, fault.retryAfterMs ?? 0);
		if (!isPassing(fault) || clock.now() + waitMs > deadline) {
			return fail(withNothingSubmitted(problemOfFault(provider, fault)));
		}
		await clock.sleep(waitMs, stopSignal);
	}
}

/** Uploads the images that the vendor takes by address only; nothing is paid by that. */
async function upload({ provider, transport }: Session, order: Order): Promise<Step<CreateOrder>> {
	const { model, callbackUrl, additional } = order;
	const input = { ...order.input };
	for (const media of order.media) {
		if ('address' in media) {
			place(input, media.slot, media.address);
		} else if (provider.vendor.upload !== undefined) {
			const address = await converse(transport, provider.vendor.upload(media.file));
			if (!address.ok) return fail(withNothingSubmitted(problemOfFault(provider, address.error)));
			place(input, media.slot, address.value);
		}
	}
	return ok(withoutUndefined({ model, input: { ...input, ...additional }, callbackUrl }));
}

function place(input: WireInput, { wireName, isList }: Media['slot'], address: string): void {
	const before = input[wireName];
	input[wireName] = isList ? [...(Array.isArray(before) ? before : []), address] : address;
}

const withNothingSubmitted = <T extends { description: string }>(problem: T): T => ({
	...problem,
	description: `${problem.description} Nothing was submitted.`,
});

/** A task with all that somebody needs who waits for it. */
export interface AwaitedTask extends TakenTask {
	modelId: string;
	waiting: WaitingRules;
	output: OutputRules;
}

/** What became of one item's submission. */
export interface Submitted {
	itemIndex: number;
	origin: RowOrigin;
	result: Step<AwaitedTask>;
}
