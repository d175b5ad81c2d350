import { toJson, type JsonObject } from '../domain/json';
import { PAUSE, RETRY } from '../domain/limits';
import { fail, ok } from '../domain/result';
import { gapsOf, spread } from '../domain/retry';
import { minutesToMs, secondsToMs } from '../domain/time';
import type { PostAnswer, Silence } from '../host/network';
import { perProcess } from '../host/process';
import { rhythms, type PollerPlan } from '../host/pollerPlan';
import type { ItemResult, PairedOutput } from '../host/rows';
import type { ParkingRun } from '../host/run';
import { newNonce, newSecret } from '../tasks/callbackToken';
import { mapParallel } from '../tasks/parallel';
import { toRow } from '../tasks/row';
import type { Session } from '../tasks/session';
import type { Submitted } from '../tasks/submit';
import { askAboutForm } from './formStatus';
import { noteParked } from './handedOver';
import { readN8nAnswer, type N8nAnswer } from './n8nAnswer';
import { toParkedJson, type ParkedItem, type ParkedTask } from './parked';
import { noteSibling } from './siblings';

/** n8n counts executions from 1, and PostgreSQL takes no ID beyond its integers. */
const NO_EXECUTION = '0';

/** What a process that has just started answers, with how long it wants to be left alone. */
const TOO_YOUNG = 503;

/** When this process has last reached n8n's webhooks, by their origin. */
const reachedAtIn = perProcess(() => new Map<string, number>());

/** Where a paused execution takes calls. */
export interface DeliveryAddress {
	url: string;
	/** Proves the pollers; no vendor is given it. */
	nonce: string;
	/** Signs what the vendors call and what the pollers carry; never leaves n8n's database. */
	key: string;
}

export const newDeliveryAddress = ({ deliveryUrl }: ParkingRun): DeliveryAddress => ({
	url: deliveryUrl(),
	nonce: newNonce(),
	key: newSecret(),
});

/** Whether n8n reaches its own webhooks: `blocked` where its own protection lets no request out to them. */
export type Reach = 'reached' | Silence;

/**
 * Whether this n8n reaches its own webhooks, without which nobody could wake a paused execution.
 * n8n's answer names the execution, so that a proxy or another n8n is not taken for it.
 */
export async function reachItself(run: ParkingRun, address: DeliveryAddress): Promise<Reach> {
	const { clock } = run.process;
	const reachedAt = reachedAtIn(run.process);
	const { origin } = new URL(address.url);
	const reach = await tryToReach(run, address);
	if (reach === 'reached') reachedAt.set(origin, clock.now());
	if (reach !== 'silent') return reach;
	const lastMs = clock.now() - (reachedAt.get(origin) ?? -Infinity);
	return lastMs < PAUSE.reachedForMs ? 'reached' : 'unanswered';
}

async function tryToReach(
	run: ParkingRun,
	{ url, nonce }: DeliveryAddress,
): Promise<Reach | 'silent'> {
	const { executionId } = run;
	const posted = await run.tryPost(url, { nonce });
	if (!posted.ok) return posted.error === 'unanswered' ? 'silent' : posted.error;
	const answer = readN8nAnswer(posted.value);
	if (isAbout(answer, 'running', executionId)) return 'reached';
	// Behind a page of a form n8n sends every call on to the form.
	if ((await askAboutForm(run, url, posted.value))?.state === 'running') return 'reached';
	// An execution started by hand is not whole in the database while it runs: n8n answers with a
	// 500, and in queue mode, where it has another token there, that this one is wrong.
	if (posted.value.httpStatus !== 500 && answer?.about !== 'badToken') return 'unanswered';
	const strange = new URL(url);
	strange.pathname = strange.pathname.replace(`/${executionId}/`, `/${NO_EXECUTION}/`);
	const other = await run.post(strange.toString(), { nonce });
	return isAbout(readN8nAnswer(other ?? {}), 'unknown', NO_EXECUTION) ? 'reached' : 'unanswered';
}

const isAbout = (answer: N8nAnswer | undefined, about: N8nAnswer['about'], executionId: string) =>
	answer?.about === about && answer.executionId === executionId;

/**
 * Parks the execution until every task has ended and gives the rows as they are now; undefined when
 * n8n starts no pollers, so that the node has to wait itself. What follows in the workflow gets what
 * the node takes delivery of.
 */
export async function park(
	run: ParkingRun,
	submitted: readonly Submitted[],
	address: DeliveryAddress,
	ended: ReadonlyMap<number, ItemResult> = new Map(),
): Promise<PairedOutput[] | undefined> {
	const now = run.process.clock.now();
	const items = submitted.map((item) =>
		asEnded(toParked(item, address, now), ended.get(item.itemIndex)),
	);
	const tasks = items.flatMap(({ task }) => (task.ok && !task.value.isDone ? [task.value] : []));
	const endsAt = Math.max(...tasks.map(({ deadlineAt }) => deadlineAt)) + PAUSE.uncollectedAfterMs;
	const gaps = tasks.flatMap(({ maxPollGapMs }) => maxPollGapMs ?? []);
	const started = await startPollers(run, {
		rings: [{ url: address.url, body: { nonce: address.nonce } }],
		startedAt: Math.min(...tasks.map(({ submittedAt }) => submittedAt)),
		endsAt,
		...(gaps.length > 0 && { maxGapMs: Math.min(...gaps) }),
	});
	if (!started.ok) {
		run.log.info(`Seedance: the execution could not be paused: ${started.error}`);
		return undefined;
	}
	noteParked(run, submitted);
	noteSibling(run, address.url);
	for (const [index, item] of items.entries()) {
		const json = toParkedJson(item, vendorOf(submitted[index]));
		run.keep(index, { json, binary: item.done?.binary });
	}
	await run.pauseUntil(endsAt);
	void callSoon(run, [{ url: address.url, body: { nonce: address.nonce } }]);
	return submitted.map(({ itemIndex, origin, result }, index) => ({
		json:
			items[index]?.done?.json ??
			toJson(result.ok ? toRow(result.value.task, origin, { raw: false }) : origin),
		pairedItem: { item: itemIndex },
	}));
}

/**
 * An item that has come to its end before. Files that n8n holds in the item itself are left to the
 * delivery, because every call reads the whole item.
 */
function asEnded(item: ParkedItem, ended: ItemResult | undefined): ParkedItem {
	if (ended === undefined || !item.task.ok) return item;
	if (!ended.result.ok) return { ...item, task: fail(ended.result.error) };
	const { value: done } = ended.result;
	const isStored = Object.values(done.binary ?? {}).every(({ id }) => id !== undefined);
	const task: ParkedTask = { ...item.task.value, status: 'succeeded' };
	return isStored
		? { ...item, task: ok({ ...task, output: { raw: false }, isDone: true }), done }
		: { ...item, task: ok(task) };
}

const vendorOf = (item: Submitted | undefined): { label: string } =>
	item?.result.ok ? item.result.value.session.provider : { label: 'the vendor' };

/** Has somebody look from the beginning, because the pollers leave the first minutes to this call. */
async function callSoon(
	{ process, post }: Pick<ParkingRun, 'process' | 'post'>,
	calls: readonly SoonCall[],
): Promise<void> {
	let left = calls;
	const { clock } = process;
	let askedForMs = 0;
	for (const delayMs of gapsOf(RETRY.firstCalls, clock)) {
		if (left.length === 0) return;
		await clock.sleep(Math.max(delayMs, spread(askedForMs, RETRY.firstCalls.jitter, clock)));
		const answers = await mapParallel(left, PAUSE.parallelCalls, async ({ url, body }) =>
			post(url, body),
		);
		left = left.filter((_, index) => !hasServed(answers[index]));
		askedForMs = Math.min(Math.max(0, ...answers.map(restMs)), PAUSE.longestRestMs);
	}
}

/**
 * Anything without a state is n8n, which has not parked the execution yet; and a process that has just
 * started looks at nothing.
 */
const hasServed = (answer: PostAnswer | undefined): boolean =>
	answer?.body?.state !== undefined &&
	(answer.httpStatus !== TOO_YOUNG || answer.body.retryAfterSeconds === undefined);

const restMs = (answer: PostAnswer | undefined): number =>
	hasServed(answer) ? 0 : secondsToMs(Number(answer?.body?.retryAfterSeconds) || 0);

interface SoonCall {
	url: string;
	body: JsonObject;
}

/** Has the triggers at these URLs rung until each says that its task is delivered. */
export async function ringTriggers(run: ParkingRun, session: Session, urls: readonly string[]) {
	const startedAt = session.clock.now();
	const rings = urls.map((url) => ({ url, body: {} }));
	const endsAt = startedAt + PAUSE.notifyForMs;
	const started = await startPollers(run, { rings, startedAt, endsAt });
	if (started.ok) void callSoon(run, rings);
	return started;
}

async function startPollers({ startPoller }: ParkingRun, plan: Omit<PollerPlan, 'rhythm'>) {
	for (const rhythm of rhythms) {
		const started = await startPoller({ ...plan, rhythm });
		if (!started.ok) return started;
	}
	return ok(undefined);
}

function toParked(
	{ itemIndex, origin, result }: Submitted,
	{ nonce, key }: DeliveryAddress,
	now: number,
): ParkedItem {
	if (!result.ok) return { nonce, key, itemIndex, origin, task: fail(result.error) };
	const { task, submittedAt, orderedAt, modelId, waiting, output, ledger } = result.value;
	const { taskId, status, taskUrls } = task;
	const { timeoutMinutes, maxPollGapMs } = waiting;
	const deadlineAt = now + minutesToMs(timeoutMinutes);
	const handle = { taskId, modelId, taskUrls, status, submittedAt, orderedAt };
	return {
		nonce,
		key,
		itemIndex,
		origin,
		task: ok({ ...handle, deadlineAt, timeoutMinutes, maxPollGapMs, ledger, output }),
	};
}
