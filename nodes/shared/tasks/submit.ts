import { isPassing, mayAnotherVendorTakeIt, type Fault, type Outcome } from '../domain/fault';
import { withoutUndefined } from '../domain/json';
import { ORDER, RETRY } from '../domain/limits';
import type { WireInput } from '../domain/model';
import type { Problem, Step } from '../domain/problem';
import { fail, ok, type Result } from '../domain/result';
import { gapsOf, spread } from '../domain/retry';
import { hasEnded, hasEndedBadly, type Task } from '../domain/task';
import { minutesToMs } from '../domain/time';
import {
	type CreateOrder,
	type ListedOrder,
	readOrderAnswer,
	type VendorRequest,
} from '../domain/vendor';
import { requireBalance } from './balance';
import { newNonce } from './callbackToken';
import { taskOf, type LedgerEntry, type LedgerReference } from './ledger';
import { shortened } from './ledgerRow';
import { look } from './look';
import { findAgain, lostIn } from './lost';
import { requirePrice } from './price';
import {
	problemOfAllRefusals,
	problemOfElsewhere,
	problemOfFault,
	problemOfMaxOrders,
	problemOfUnknownSubmission,
	problemOfUnreadableLedger,
} from './problems';
import { withProof } from './reference';
import type { Ordered, PassedOver, RowOrigin } from './row';
import type { CallbackTarget, Media, Order, OutputRules, WaitingRules } from './order';
import type { Session } from './session';
import { soughtOf, type Sought } from './sought';

/** A task that the vendor has taken, with all that somebody needs who waits for it. */
export interface AwaitedTask {
	/** The account that made it. */
	session: Session;
	task: Task;
	/** Since when the vendor has it, in Unix milliseconds. */
	submittedAt: number;
	/** When it was ordered, where that is known to be longer ago. */
	orderedAt?: number;
	modelId: string;
	waiting: WaitingRules;
	output: OutputRules;
	target?: CallbackTarget;
	ordered?: Ordered;
	cancelOnStop?: boolean;
	/** Where the order is written down for longer than this execution lasts. */
	ledger?: LedgerReference;
}

/** What became of one item's submission. */
export interface Submitted {
	itemIndex: number;
	origin: RowOrigin;
	result: Step<AwaitedTask>;
}

/** The same video at one vendor or at several, the one to be asked first in front. */
export type Orders = readonly [Order, ...Order[]];

/**
 * The item's task: the one an earlier try has paid for, or a new one. A task that ended badly is
 * submitted anew; when nobody can know whether one was taken, it is a problem.
 */
export async function takeTask(orders: Orders): Promise<Submitted> {
	const [first] = orders;
	const { page, resubmitUnknown } = first;
	const entry = await page.read();
	if (entry === undefined) {
		const { unreadable } = page;
		if (unreadable === undefined || resubmitUnknown) return await submitToOne(orders);
		return submitted(first, originOf(first), fail(problemOfUnreadableLedger(unreadable)));
	}

	const providerId = entry.providerId ?? first.session.providerId;
	const paid = taskOf(entry);
	const ofVendor = orders.filter(({ session }) => session.providerId === providerId);
	const sameModel = ofVendor.find(({ model }) => model.id === paid?.modelId) ?? ofVendor[0];
	const asked = sameModel && asItWentOut(sameModel, entry);
	const known =
		entry.state === 'submitted'
			? originOf(asked ?? first, entry.refusedBy, entry.foundAgain)
			: originOf(asked ?? first);
	// The proof of its addresses is made for the model that it was ordered with.
	const origin = paid === undefined ? known : { ...known, model: paid.modelId };
	const ended = (result: Step<AwaitedTask>) => submitted(first, origin, result);
	if (entry.state === 'submitting') {
		const settled = asked && (await findLater(asked, entry));
		// It stands in the ledger now like any task of an earlier try.
		if (settled?.ok) return await takeTask(orders);
		if (resubmitUnknown) return await submitToOne(orders);
		const { provider } = (asked ?? first).session;
		return ended(fail(problemOfUnknownSubmission(provider, undefined, settled?.error)));
	}
	if (paid === undefined) return await submitToOne(orders);
	if (asked === undefined) return ended(fail(problemOfElsewhere(providerId, paid)));

	asked.session.claims.take(paid.taskId);
	asked.session.works.begin(paid.taskId);
	const submittedAt = Date.parse(entry.at);
	const looked = await look(asked.session, paid);
	const { modelId } = paid;
	if (!looked.ok) {
		return ended(ok({ ...awaited(asked, { ...paid, status: 'queued' }, submittedAt), modelId }));
	}
	if (hasEnded(looked.value)) asked.session.works.end(paid.taskId);
	return hasEndedBadly(looked.value)
		? await submitToOne(orders)
		: ended(ok({ ...awaited(asked, looked.value, submittedAt), modelId }));
}

/** The order as an earlier try has sent it: what the user wrote may come to something else by now. */
function asItWentOut(order: Order, { ordered: sent }: LedgerEntry): Order {
	if (sent === undefined) return order;
	const now = order.ordered ?? {};
	// A table holds the beginning of a long prompt.
	const prompt = shortened(now.prompt) === sent.prompt ? now.prompt : sent.prompt;
	const ordered = withoutUndefined({ ...now, ...sent, prompt });
	const texts = { prompt, resolution: ordered.resolution, duration: asText(ordered.duration) };
	return { ...order, ordered, about: { ...order.about, ...withoutUndefined(texts) } };
}

const asText = (value: number | string | undefined) =>
	value === undefined ? undefined : String(value);

const originOf = (
	{ session, model, ordered, inputFields }: Order,
	refusedBy: readonly PassedOver[] = [],
	foundAgain?: true,
): RowOrigin => ({
	provider: session.providerId,
	model: model.id,
	...(ordered && { ordered }),
	...(inputFields && { input: inputFields }),
	...(refusedBy.length > 0 && { refusedBy: [...refusedBy] }),
	...(foundAgain && { foundAgain }),
});

/** Looks for an order whose answer an earlier try has lost, before anybody orders anew. */
async function findLater(
	order: Order,
	entry: LedgerEntry,
): Promise<Result<AwaitedTask, string> | undefined> {
	const lost = lostIn(entry);
	if (lost === undefined) return undefined;
	const found = await findAgain(order.session, order.page, lost, RETRY.lostOrderLater);
	if (!found?.ok) return found;
	const { modelId } = lost.sought;
	return ok(await taskFoundAgain(order, { modelId, ...found.value }, [], entry.at));
}

/** Writes down the task that the vendor's own list has for an order. */
async function taskFoundAgain(
	order: Order,
	{ taskId, modelId = order.model.id }: ListedOrder,
	refusedBy: readonly PassedOver[],
	orderedAt: string,
): Promise<AwaitedTask> {
	const { session, page, about, itemIndex } = order;
	const { clock, log, works, provider } = session;
	const task = proven(order, { taskId, status: 'queued' });
	const at = clock.now();
	const entry = { ...entryOf(order, task, at, refusedBy), modelId, foundAgain: true as const };
	await page.write(entry, about);
	works.begin(taskId);
	log(
		`Seedance: ${provider.label} has task ${taskId}, found again in its list [item ${itemIndex}]`,
	);
	return { ...awaited(order, task, at), modelId, orderedAt: Date.parse(orderedAt) };
}

const submitted = (
	{ itemIndex }: Order,
	origin: RowOrigin,
	result: Step<AwaitedTask>,
): Submitted => ({ itemIndex, origin, result });

const awaited = (order: Order, task: Task, submittedAt: number): AwaitedTask => {
	const { session, model, waiting, output, target, ordered, cancelOnStop, page } = order;
	const { reference: ledger } = page;
	const rules = { waiting, output, target, ordered, cancelOnStop };
	return { session, task, submittedAt, modelId: model.id, ...rules, ledger };
};

/** Asks the vendors in turn, until one has taken the video or may have taken it. */
async function submitToOne(
	[order, next, ...others]: readonly [Order, ...Order[]],
	refusedBy: PassedOver[] = [],
	asked: string[] = [],
): Promise<Submitted> {
	const origin = originOf(order, refusedBy);
	const patienceMs = next === undefined ? Infinity : ORDER.patienceWithFallbackMs;
	const taken = await submitTask(order, refusedBy, patienceMs);
	if (taken.ok) {
		const { task, isFoundAgain } = taken.value;
		return submitted(order, originOf(order, refusedBy, isFoundAgain), ok(task));
	}

	const { problem, fault } = taken.error;
	if (next === undefined && fault !== undefined && refusedBy.length > 0) {
		const reasons = [...refusedBy.map(({ message }) => message), reasonIn(problem, fault)];
		const labels = [...asked, order.session.provider.label];
		return submitted(order, origin, fail(problemOfAllRefusals(problem, labels, reasons)));
	}
	if (next === undefined || fault === undefined || !mayAnotherVendorTakeIt(fault)) {
		return submitted(order, origin, fail(withRefusals(problem, refusedBy)));
	}
	const { provider, providerId, log } = order.session;
	log(`Seedance: ${provider.label} did not take item ${order.itemIndex}, the next vendor is asked`);
	const refusal = {
		provider: providerId,
		model: order.model.id,
		kind: problem.kind,
		code: problem.code,
		message: reasonIn(problem, fault),
	};
	return await submitToOne([next, ...others], [...refusedBy, refusal], [...asked, provider.label]);
}

const reasonIn = ({ message }: Problem, fault: Fault): string => `${message}: ${fault.message}`;

const withRefusals = (problem: Problem, refusedBy: readonly PassedOver[]): Problem => {
	if (refusedBy.length === 0) return problem;
	const before = refusedBy.map(({ message }) => `"${message}"`).join(', ');
	return { ...problem, description: `${problem.description} Before that: ${before}.` };
};

interface Taken {
	task: AwaitedTask;
	/** Its answer was lost, and the vendor's own list had it. */
	isFoundAgain?: true;
}

interface NotTaken {
	problem: Problem;
	/** Why the vendor certainly did not take it; absent where no other vendor may be asked. */
	fault?: Fault;
}

/**
 * Submits an item's video to one vendor, once. The request is repeated only when the vendor certainly
 * did not take it and time alone may mend the reason; when nobody can know, it is a problem, and the
 * ledger remembers that.
 */
async function submitTask(
	order: Order,
	refusedBy: readonly PassedOver[],
	patienceMs: number,
): Promise<Result<Taken, NotTaken>> {
	const { page, session, about, budget } = order;
	const { providerId, provider, transport, clock, pace, stopSignal } = session;
	const { works } = session;
	const problemNotTaken = (fault: Fault) => withNothingSubmitted(problemOfFault(provider, fault));
	const notTaken = (fault: Fault) => fail({ fault, problem: problemNotTaken(fault) });
	const begunAt = clock.now();
	const timeoutMs = minutesToMs(order.waiting.timeoutMinutes);
	const longestMs = Math.min(timeoutMs, patienceMs);

	const { claims } = session;
	const mark = newNonce();
	const create = async ({ request, sought }: Ready, writtenAt: string) => {
		await page.write(submittingEntry(order, writtenAt, sought), about);
		if (sought !== undefined) {
			claims.open({ at: Date.parse(writtenAt), modelId: sought.modelId, sought });
		}
		const answer = await transport.submit(request);
		return answer.ok ? readOrderAnswer(provider.vendor, answer.value) : answer;
	};
	let ready: Outcome<Ready> | undefined;

	const gaps = gapsOf(RETRY.submit, clock);
	for (;;) {
		const over = await pace();
		let writtenAt: string;
		let created: Outcome<Task>;
		try {
			stopSignal?.throwIfAborted();
			if (!ready?.ok) ready = await prepare(order, mark);
			// An upload may take long, and nothing is ordered for an execution that was stopped meanwhile.
			stopSignal?.throwIfAborted();

			if (ready.ok && !budget.reserve()) return fail({ problem: problemOfMaxOrders(budget) });
			writtenAt = new Date(clock.now()).toISOString();
			created = ready.ok ? await create(ready.value, writtenAt) : ready;
		} finally {
			over();
		}

		if (created.ok) {
			const submittedAt = clock.now();
			const task = proven(order, created.value);
			await page.write(entryOf(order, task, submittedAt, refusedBy), about);
			const { taskId } = task;
			claims.take(taskId, mark);
			works.begin(taskId);
			session.log(`Seedance: ${provider.label} accepted task ${taskId} [item ${order.itemIndex}]`);
			return ok({ task: awaited(order, task, submittedAt) });
		}
		const { error: fault } = created;
		if (!fault.certainlyNotTaken) {
			session.log(refusalLine(order, fault));
			const sought = ready.ok ? ready.value.sought : undefined;
			const lost = sought && { ...sought, until: clock.now() };
			if (lost !== undefined) claims.lose(lost);
			const entry = submittingEntry(order, writtenAt, lost);
			await page.write({ ...entry, answerLost: true }, about);
			return await searchAtOnce(order, entry, fault, refusedBy);
		}
		if (ready.ok) {
			claims.drop(mark);
			budget.release();
			await page.clear();
		}
		const gap = gaps.next();
		const askedMs = spread(fault.retryAfterMs ?? 0, RETRY.submit.jitter, clock);
		const leastMs = gap.done ? Infinity : Math.max(gap.value, fault.retryAfterMs ?? 0);
		// Too many at once, and some of them are this run's own: there will be room when one has ended.
		const isOwnCrowd = fault.kind === 'rateLimited' && works.isBusy();
		const patientMs = isOwnCrowd ? timeoutMs : longestMs;
		const waitableMs = ready.ok ? patientMs : Math.min(longestMs, ORDER.preparingPatienceMs);
		const since = fault.kind === 'rateLimited' ? (works.movedAt() ?? begunAt) : begunAt;
		const leftMs = Math.max(begunAt, since) + waitableMs - clock.now();
		const isInTime = leastMs <= leftMs;
		// Chance makes it longer, but nothing that was in time too late.
		const waitMs = Math.min(Math.max(leastMs, askedMs), leftMs);
		if (!isPassing(fault) || !isInTime) {
			session.log(refusalLine(order, fault));
			// Nobody dearer is asked while the vendor works on this run's videos.
			return isOwnCrowd ? fail({ problem: problemNotTaken(fault) }) : notTaken(fault);
		}
		await clock.sleep(waitMs, stopSignal);
	}
}

/** For whoever asks the vendor's support: when, why, and under which number. */
const refusalLine = ({ session, itemIndex }: Order, { kind, httpStatus, requestId }: Fault) =>
	`Seedance: no task from ${session.provider.label} [item ${itemIndex}]: ${kind}, HTTP ${httpStatus ?? 'without answer'}, request ID ${requestId ?? 'not told'}`;

const submittingEntry = ({ session, ordered }: Order, at: string, sought?: Sought) => ({
	state: 'submitting' as const,
	at,
	providerId: session.providerId,
	...(ordered && { ordered }),
	...(sought && { sought }),
});

/** The answer is lost: the vendor's own list may tell at once which task it was about. */
async function searchAtOnce(
	order: Order,
	entry: LedgerEntry,
	fault: Fault,
	refusedBy: readonly PassedOver[],
): Promise<Result<Taken, NotTaken>> {
	const { session, page } = order;
	const lost = lostIn(entry);
	const found = lost && (await findAgain(session, page, lost, RETRY.lostOrder));
	if (found?.ok) {
		const task = await taskFoundAgain(order, found.value, refusedBy, entry.at);
		return ok({ task, isFoundAgain: true });
	}
	return fail({ problem: problemOfUnknownSubmission(session.provider, fault, found?.error) });
}

/** The task, so that a later node knows its addresses for this package's own. */
function proven({ session, model }: Order, task: Task): Task {
	const origin = { provider: session.providerId, model: model.id, taskId: task.taskId };
	const taskUrls = withProof(session.referenceKey, origin, task.taskUrls);
	return withoutUndefined({ ...task, taskUrls });
}

const entryOf = (
	{ session, model, ordered }: Order,
	{ taskId, taskUrls }: Task,
	submittedAt: number,
	refusedBy: readonly PassedOver[],
) =>
	withoutUndefined({
		state: 'submitted' as const,
		at: new Date(submittedAt).toISOString(),
		providerId: session.providerId,
		ordered,
		modelId: model.id,
		taskId,
		taskUrls: taskUrls && { ...taskUrls },
		refusedBy: refusedBy.length > 0 ? [...refusedBy] : undefined,
	});

/** A request that can go out, and by what its order can be found again. */
interface Ready {
	request: VendorRequest;
	/** Absent where the vendor has no list to look into. */
	sought?: Sought;
}

/** What has to be so before the request can go out; nothing is paid by that. */
async function prepare(order: Order, mark: string): Promise<Outcome<Ready>> {
	const { session, minimumBalance, maxPrice } = order;
	if (minimumBalance !== undefined) {
		const enough = await requireBalance(session, minimumBalance);
		if (!enough.ok) return enough;
	}
	if (maxPrice !== undefined) {
		const cheap = await requirePrice(order, maxPrice);
		if (!cheap.ok) return cheap;
	}
	const uploaded = await upload(order);
	if (!uploaded.ok) return uploaded;
	const { vendor } = session.provider;
	if (vendor.findLost === undefined) return ok({ request: vendor.createTask(uploaded.value) });
	const { model, input, callbackUrl } = uploaded.value;
	const sought = soughtOf(mark, model.id, input, callbackUrl);
	return ok({ request: vendor.createTask({ ...uploaded.value, mark }), sought });
}

/** Uploads the images that the vendor takes by address only; nothing is paid by that. */
async function upload(order: Order): Promise<Result<CreateOrder, Fault>> {
	const { session, model, callbackUrl, additional, uploads } = order;
	const input = { ...order.input };
	for (const media of order.media) {
		if ('address' in media) {
			place(input, media.slot, media.address);
			continue;
		}
		const address =
			'file' in media
				? await uploads.addressOf(session, media.file)
				: await uploads.addressOfLarge(session, media.large);
		if (!address.ok) return address;
		place(input, media.slot, address.value);
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
