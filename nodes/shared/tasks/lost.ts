import { isPassing, type Outcome } from '../domain/fault';
import { LOST } from '../domain/limits';
import { orderParameter } from '../domain/ownParameters';
import { fail, ok, type Result } from '../domain/result';
import { gapsOf, type RetryPolicy } from '../domain/retry';
import { isTaskId } from '../domain/task';
import { converse, type Dialogue, type ListedOrder } from '../domain/vendor';
import type { OpenOrder } from './claims';
import { look } from './look';
import type { LedgerEntry, LedgerPage } from './ledger';
import type { Session } from './session';
import { fitsIt, isWithin, namesIt, spanOf, type Sought, type Span } from './sought';

/** An order whose answer did not come. */
export interface Lost {
	sought: Sought;
	span: Span;
}

/** The order that an entry of the ledger tells of; undefined where nothing is known of it. */
export function lostIn(entry: LedgerEntry): Lost | undefined {
	if (entry.state !== 'submitting' || entry.sought === undefined) return undefined;
	const { at, sought } = entry;
	return { sought, span: spanOf(Date.parse(at), sought.until) };
}

/** What is known of the account's other orders. */
export interface Others {
	isTaken(taskId: string): boolean;
	open: readonly OpenOrder[];
	/** Unix milliseconds. */
	now: number;
	/** Since when this process knows of its own orders, in Unix milliseconds. */
	knownSince: number;
	/** Orders are written down where other processes look, too. */
	isShared: boolean;
}

const widened = ({ fromMs, toMs }: Span): Span => ({
	fromMs: fromMs - LOST.quietMs,
	toMs: toMs + LOST.quietMs,
});

/**
 * Which of the listed orders is the lost one: the one that names it, else the only one that can be it
 * and that no other order has or may have. Says why where nobody can know.
 */
export function choose(
	{ sought, span }: Lost,
	listed: readonly ListedOrder[],
	others: Others,
): Result<ListedOrder, string> {
	const { isTaken, open, now } = others;
	const free = distinct(listed).filter(({ taskId }) => isTaskId(taskId) && !isTaken(taskId));
	const named = free.filter((one) => namesIt(sought, one));
	const fitting = named.length > 0 ? named : free.filter((one) => fitsIt(sought, span, one));
	const [only, ...more] = fitting;
	if (only === undefined) return fail('none of its tasks can be this one');
	if (more.length > 0) return fail(`${fitting.length} of its tasks can be this one`);
	if (named.length > 0) return ok(only);
	const unproven = whatIsUnknown(only, { sought, span }, others);
	if (unproven !== undefined) return fail(unproven);
	if (only.input === undefined) {
		if (!isAlone(only, span, free)) {
			return fail('other videos of this model were ordered at the time');
		}
		if (now < span.toMs) return fail('it tells no prompts, and more orders may still appear in it');
	}
	return open.some((other) => mayHave(other, only))
		? fail('the task that can be this one may be that of another order')
		: ok(only);
}

/** Why an order that is not named may be that of somebody who is not known here. */
function whatIsUnknown(
	{ input }: ListedOrder,
	{ sought, span }: Lost,
	{ knownSince, isShared }: Others,
): string | undefined {
	const tellsPrompts = input !== undefined;
	if (tellsPrompts && sought.hasFiles) {
		return 'files went along with the order, by which two may differ, and it does not tell them';
	}
	if (!tellsPrompts && !isShared) {
		return `it tells no prompts, and another n8n process may have ordered then; with '${orderParameter.taskLedger.label}' on they know of each other`;
	}
	const isYounger = knownSince > span.fromMs;
	return isYounger && !(tellsPrompts && isShared)
		? 'n8n has started since, and what else was ordered then is not known any more'
		: undefined;
}

const distinct = (listed: readonly ListedOrder[]): ListedOrder[] => [
	...new Map(listed.map((one) => [one.taskId, one])).values(),
];

const isAlone = (only: ListedOrder, span: Span, free: readonly ListedOrder[]): boolean =>
	free.every(
		(one) => one === only || one.modelId !== only.modelId || !isWithin(one, widened(span)),
	);

/** Whether a task may be that of an order of which nobody knows the task. */
function mayHave({ at, modelId, sought }: OpenOrder, listed: ListedOrder): boolean {
	const span = spanOf(at, sought?.until);
	if (sought !== undefined) return fitsIt(sought, span, listed);
	return isWithin(listed, span) && (modelId === '' || modelId === listed.modelId);
}

type Looker = Pick<
	Session,
	| 'provider'
	| 'providerId'
	| 'account'
	| 'baseUrl'
	| 'transport'
	| 'clock'
	| 'grace'
	| 'claims'
	| 'knownSince'
>;

/** Looks once for a lost order in the vendor's own list, and takes the task for it. */
async function lookFor(
	session: Looker,
	page: LedgerPage,
	lost: Lost,
	dialogue: Dialogue<ListedOrder[]>,
): Promise<Outcome<Result<ListedOrder, string>>> {
	const { sought, span } = lost;
	const { providerId, claims, transport, clock } = session;
	const read = await converse(transport, dialogue);
	if (!read.ok) return read;
	const near = read.value.filter(
		(one) => isTaskId(one.taskId) && (namesIt(sought, one) || isWithin(one, widened(span))),
	);
	if (near.length > LOST.maxNear) return ok(fail('it has too many tasks of that time'));
	const taskIds = near.map(({ taskId }) => taskId);
	const written = taskIds.length === 0 ? undefined : await page.others?.(providerId, taskIds);
	if (written !== undefined && !written.ok) return ok(fail(written.error));
	const { taken = [], open = [] } = written?.value ?? {};
	const chosen = choose(lost, near, {
		now: clock.now(),
		knownSince: session.knownSince,
		isShared: page.reference !== undefined,
		isTaken: (taskId) => taken.includes(taskId) || claims.isTaken(taskId, sought.mark),
		open: [...open, ...claims.others(sought.mark)].filter(
			(other) => other.sought?.mark !== sought.mark,
		),
	});
	return ok(chosen.ok ? await confirmed(session, lost, chosen.value) : chosen);
}

/** Takes the task for the order, if the vendor knows it as a task. */
async function confirmed(
	session: Looker,
	{ sought: { mark, modelId } }: Lost,
	found: ListedOrder,
): Promise<Result<ListedOrder, string>> {
	const { taskId } = found;
	const looked = await look(session, { taskId, modelId });
	if (!looked.ok && !isPassing(looked.error)) {
		return fail(`it names the task ${taskId}, of which nothing is to be learnt`);
	}
	const { claims } = session;
	if (claims.isTaken(taskId, mark)) return fail('another order has the task that can be this one');
	claims.take(taskId, mark);
	return ok(found);
}

/**
 * Looks for the task of a lost order in the vendor's own list, after each gap of the policy. Says what the
 * list told where it did not settle it; undefined where the vendor has no list to ask.
 */
export async function findAgain(
	session: Looker & Pick<Session, 'stopSignal'>,
	page: LedgerPage,
	lost: Lost,
	policy: RetryPolicy,
): Promise<Result<ListedOrder, string> | undefined> {
	const { clock, provider, stopSignal } = session;
	const { sought, span } = lost;
	const until = clock.now() + LOST.longestSearchMs;
	let last: Result<ListedOrder, string> | undefined;
	for (const gapMs of gapsOf(policy, clock)) {
		if (provider.vendor.findLost === undefined || clock.now() + gapMs > until) return last;
		if (gapMs > 0) await clock.sleep(gapMs, stopSignal);
		stopSignal?.throwIfAborted();
		// Nobody is asked for what is still to come.
		const toMs = Math.min(span.toMs, clock.now());
		const { fromMs } = span;
		const dialogue = provider.vendor.findLost({ modelId: sought.modelId, fromMs, toMs });
		const looked = await lookFor(session, page, lost, dialogue);
		last = looked.ok ? looked.value : fail(`it could not be read: ${looked.error.message}`);
		if (last.ok || (!looked.ok && !isPassing(looked.error))) return last;
	}
	return last;
}
