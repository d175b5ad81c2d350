import { isFromVendor } from '../callbacks/authenticate';
import { isObject, toJson } from '../domain/json';
import { DELIVERY, PATIENCE } from '../domain/limits';
import type { Problem } from '../domain/problem';
import { fail, ok } from '../domain/result';
import type { VendorCallback } from '../domain/vendor';
import { answerOf, type Answer, type PauseCall } from '../host/call';
import { perProcess, type Process } from '../host/process';
import type { ItemResult } from '../host/rows';
import { isSameText, readCallbackToken } from '../tasks/callbackToken';
import { writeEnds, type TaskOutcome } from '../tasks/ends';
import { judge, look, renewing } from '../tasks/look';
import { mapParallel } from '../tasks/parallel';
import { problemOfAccess, problemOfDownload } from '../tasks/problems';
import { toRow } from '../tasks/row';
import { nextCallDelayMs, nextRingDelayMs } from '../tasks/schedule';
import type { Session } from '../tasks/session';
import { readNote, writeNote } from './note';
import { readParkedItems, type ParkedItem, type ParkedTask } from './parked';
import { openWaits, progressOf, type Progress, type Settled } from './progress';
import { watch } from './watch';

/**
 * A call to a paused execution. It says no more than "look now": this node asks the vendor with its
 * own credential, and when all of its tasks have ended takes delivery, once.
 */
export async function answerCall(call: PauseCall): Promise<Answer> {
	const { process } = call;
	const items = readParkedItems(call.items());
	const [first] = items;
	if (first === undefined) return gone;

	const caller = identify(call, first);
	if (caller === undefined) return refused;
	if (caller.kind === 'stranger') return gone;
	const accounts = await openAccounts(call, items);
	if (caller.kind === 'vendor' && !(await isVendorsOwn(caller, accounts))) return refused;
	const settling = process.startingMs();
	if (settling > 0) return later(503, settling, 'n8n has just started');

	const progress = progressOf(process, first.nonce);
	const wait = { items, isStoredHere: call.isStoredHere };
	// What is fetched and where it lies is nobody's business but the pollers'.
	const noteNow = () => (caller.kind === 'poller' ? writeNote(wait, progress) : undefined);
	if (progress.deliveries >= DELIVERY.maxDeliveries) return gone;
	if (progress.isBusy) {
		return later(200, DELIVERY.resumingMs, 'Another call is at work', noteNow());
	}
	progress.isBusy = true;
	let isDelivering = false;
	try {
		if (caller.kind === 'poller') readNote(caller.note, wait, progress);
		await lookAtPending(process, accounts, items, progress);
		endLost(process, accounts, items, progress);
		await fetchFiles(call, accounts, items, progress);
		const pending = items.filter(({ itemIndex }) => !progress.settled.has(itemIndex));
		if (pending.length > 0) {
			const nextMs = beginWatch(call, accounts, pending, progress);
			return later(200, nextMs, messageFor(caller, accounts), noteNow());
		}
		isDelivering = true;
		progress.watch = undefined;
		progress.deliveries += 1;
		return await deliver(call, items, progress);
	} finally {
		if (isDelivering) void releaseLater(process, progress);
		else progress.isBusy = false;
	}
}

/** The vendors that hold the tasks of a wait, by their IDs: more than one after a fallback. */
interface Accounts {
	open: ReadonlyMap<string, Session>;
	/** Those that cannot be asked at all, and why. */
	lost: ReadonlyMap<string, Problem>;
}

const providersOf = (items: readonly ParkedItem[]): string[] => [
	...new Set(items.map(({ origin }) => origin.provider)),
];

async function openAccounts(call: PauseCall, items: readonly ParkedItem[]): Promise<Accounts> {
	const open = new Map<string, Session>();
	const lost = new Map<string, Problem>();
	for (const providerId of providersOf(items)) {
		const opened = await call.openSession(providerId);
		if (opened.ok) open.set(providerId, opened.value);
		else lost.set(providerId, opened.error);
	}
	return { open, lost };
}

/** Has this process go on looking, and says in how many milliseconds to call all the same. */
function beginWatch(
	{ process, log, post, deliveryUrl }: PauseCall,
	{ open }: Accounts,
	pending: readonly ParkedItem[],
	progress: Progress,
): number {
	const url = deliveryUrl();
	// Takes the place of whoever has looked so far.
	const turn = (progress.watch = Symbol('watch'));
	const delays = providersOf(pending).map((providerId) => {
		const session = open.get(providerId);
		const theirs = pending.filter(({ origin }) => origin.provider === providerId);
		const [first] = theirs;
		if (session === undefined) return PATIENCE.accessLostMs;
		if (first === undefined || url === undefined) return nextCallMs(process, theirs, false);
		const address = { url, nonce: first.nonce };
		const nextMs = nextCallMs(process, theirs, true);
		const way = { session, process, log, post };
		watch(way, { pending: theirs, progress, turn, address, nextCallMs: nextMs });
		return nextMs;
	});
	return Math.min(...delays);
}

async function releaseLater({ clock }: Process, progress: Progress): Promise<void> {
	await clock.sleep(DELIVERY.resumingMs);
	progress.isBusy = false;
}

type Caller =
	/** Knows the wait's nonce, which no vendor is given. */
	| { kind: 'poller'; note: unknown }
	/** Has the address that this wait has given to a vendor. */
	| { kind: 'vendor'; provider: string; callback: VendorCallback }
	/** Would be a poller of another wait of the same execution. */
	| { kind: 'stranger' };

/** Who calls, told before any credential is opened. */
function identify(
	{ incoming, audience, process }: PauseCall,
	{ nonce, key, origin }: ParkedItem,
): Caller | undefined {
	const { token, callback } = incoming;
	if (token === undefined) {
		const given = isObject(callback.body) ? callback.body : {};
		if (typeof given.nonce !== 'string') return undefined;
		return isSameText(given.nonce, nonce)
			? { kind: 'poller', note: given.note }
			: { kind: 'stranger' };
	}
	if (key === undefined) return undefined;
	const expected = { audience, nowMs: process.clock.now() };
	const claims = readCallbackToken(token, Buffer.from(key), expected);
	return claims && { kind: 'vendor', provider: claims.provider ?? origin.provider, callback };
}

/** Where a vendor signs what it sends, the signature has to be right. */
async function isVendorsOwn(
	{ provider, callback }: Extract<Caller, { kind: 'vendor' }>,
	{ open }: Accounts,
): Promise<boolean> {
	const session = open.get(provider);
	return session !== undefined && (await isFromVendor(session, callback));
}

function messageFor({ kind }: Caller, { lost }: Accounts): string {
	const [reason] = lost.values();
	return (kind === 'poller' && reason?.message) || 'Not finished yet';
}

/** Looks once at the tasks that have not ended, for as long as a call may take. */
async function lookAtPending(
	{ clock }: Process,
	{ open }: Accounts,
	items: readonly ParkedItem[],
	progress: Progress,
): Promise<void> {
	const until = clock.now() + DELIVERY.lookingMs;
	const pending = items.filter(({ itemIndex }) => !progress.settled.has(itemIndex));
	const start = progress.cursor % Math.max(pending.length, 1);
	const inTurn = [...pending.slice(start), ...pending.slice(0, start)];
	const looked = await mapParallel(inTurn, DELIVERY.parallelLooks, async (item) => {
		if (clock.now() >= until) return 0;
		await lookAt(open.get(item.origin.provider), item, progress);
		return 1;
	});
	progress.cursor = start + looked.reduce<number>((sum, count) => sum + count, 0);
}

async function lookAt(
	session: Session | undefined,
	{ itemIndex, task }: ParkedItem,
	{ settled }: Progress,
): Promise<void> {
	if (!task.ok) {
		settled.set(itemIndex, { result: task });
		return;
	}
	if (task.value.isDone) {
		const { taskId, status } = task.value;
		settled.set(itemIndex, { result: ok({ task: { taskId, status } }) });
		return;
	}
	if (session === undefined) return;
	const verdict = judge(session, task.value, await look(session, task.value), task.value);
	if (verdict.state === 'pending') return;
	settled.set(itemIndex, {
		result:
			verdict.state === 'succeeded'
				? ok({ task: slim(verdict.task, task.value) })
				: fail(verdict.problem),
	});
}

/** Notes and memory need the vendor's whole answer only where it goes into the row. */
const slim = <T extends { raw?: unknown }>(task: T, { output }: ParkedTask): T =>
	output.raw ? task : { ...task, raw: undefined };

/**
 * n8n's memory mode keeps a file in the item itself, so that only the call that delivers can fetch
 * it. Known once a file was fetched.
 */
const storeOf = perProcess(() => ({ keepsFilesInItems: false }));

/**
 * Fetches the files of finished tasks as they end, so that none expires before the last one of its
 * batch is ready.
 */
async function fetchFiles(
	call: PauseCall,
	{ open }: Accounts,
	items: readonly ParkedItem[],
	{ settled }: Progress,
): Promise<void> {
	const store = storeOf(call.process);
	const [home] = open.values();
	const limit = home?.provider.limits.maxParallelTasks ?? 1;
	const isLast = items.every(({ itemIndex }) => settled.has(itemIndex));
	await mapParallel(items, limit, async ({ itemIndex, origin, task: parked }) => {
		const found = settled.get(itemIndex)?.result;
		if (found === undefined || !found.ok || found.value.files || !parked.ok) return;
		const { binaryProperty: property, maxFileBytes, fileName } = parked.value.output;
		if (property === undefined || (store.keepsFilesInItems && !isLast)) return;

		const { task } = found.value;
		const session = open.get(origin.provider);
		const account = { baseUrl: session?.baseUrl, transport: session?.transport };
		const downloaded = await call.fetchFiles(account, task, {
			property,
			maxFileBytes,
			fileName,
			renew: session && renewing(session, parked.value),
		});
		if (downloaded.ok) {
			const { files } = downloaded.value;
			store.keepsFilesInItems = Object.values(files).some(({ id }) => id === undefined);
		}
		// The next call tries again, or fetches again what could not be kept.
		if (!isLast && (store.keepsFilesInItems || !downloaded.ok)) return;
		settled.set(itemIndex, {
			result: downloaded.ok
				? ok({ ...downloaded.value, task: slim(downloaded.value.task, parked.value) })
				: fail(problemOfDownload(task, downloaded.error, 'get')),
		});
	});
}

/** Ends the wait for tasks whose vendor cannot be asked any more, once that has lasted. */
function endLost(
	{ clock }: Process,
	{ lost }: Accounts,
	items: readonly ParkedItem[],
	progress: Progress,
): void {
	if (lost.size === 0) progress.accessLostAt = undefined;
	else progress.accessLostAt ??= clock.now();
	const { settled, accessLostAt = Infinity } = progress;
	if (clock.now() - accessLostAt < PATIENCE.accessLostMs) return;
	for (const { itemIndex, origin, task } of items) {
		const reason = lost.get(origin.provider);
		if (reason === undefined || !task.ok || settled.has(itemIndex)) continue;
		const { message, description } = reason;
		settled.set(itemIndex, { result: fail(problemOfAccess(message, description, task.value)) });
	}
}

/** Hands on the rows, which resumes the execution. */
async function deliver(
	call: PauseCall,
	items: readonly ParkedItem[],
	{ settled }: Progress,
): Promise<Answer> {
	const results = items.flatMap((item) => {
		const ended = settled.get(item.itemIndex);
		return ended === undefined ? [] : [toResult(item, ended)];
	});
	const isThrownAway = call.onProblem === 'throw' && results.some(({ result }) => !result.ok);
	await writeEnds(call, outcomesOf(items, results), { isThrownAway });
	return { ...answerOf(200, 'delivered', 'Delivered'), results };
}

const outcomesOf = (items: readonly ParkedItem[], results: readonly ItemResult[]): TaskOutcome[] =>
	results.flatMap(({ itemIndex, result }) => {
		const parked = items.find((item) => item.itemIndex === itemIndex)?.task;
		if (!parked?.ok) return [];
		const { ledger: reference, taskId } = parked.value;
		return [{ reference, taskId, result }];
	});

function toResult({ itemIndex, origin, task, done }: ParkedItem, { result }: Settled): ItemResult {
	if (done !== undefined) return { itemIndex, origin, result: ok(done) };
	if (!result.ok) return { itemIndex, origin, result };
	const { task: ended, files } = result.value;
	const json = toJson(toRow(ended, origin, { raw: task.ok && task.value.output.raw }));
	return { itemIndex, origin, result: ok({ json, binary: files }) };
}

function nextCallMs(process: Process, pending: readonly ParkedItem[], isWatched: boolean): number {
	const now = process.clock.now();
	const waits = openWaits(process);
	const delays = pending.flatMap(({ task }) => {
		if (!task.ok) return [];
		const { submittedAt, maxPollGapMs, deadlineAt } = task.value;
		const elapsedMs = now - submittedAt;
		const delayMs = isWatched
			? nextCallDelayMs({ elapsedMs, waits })
			: nextRingDelayMs({ elapsedMs, maxGapMs: maxPollGapMs });
		return [Math.min(delayMs, Math.max(deadlineAt - now, 0))];
	});
	return Math.min(...delays);
}

const refused = answerOf(401, 'refused', 'Not a call for this execution');

const gone = answerOf(410, 'gone', 'Nothing is waited for here');

const later = (httpStatus: number, afterMs: number, message: string, note?: string): Answer =>
	answerOf(httpStatus, 'pending', message, { afterMs, note });
