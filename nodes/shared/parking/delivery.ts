import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { isFromVendor, readCall } from '../callbacks/authenticate';
import { isObject, reasonOf } from '../domain/json';
import type { Problem } from '../domain/problem';
import { fail, ok } from '../domain/result';
import type { VendorCallback } from '../domain/vendor';
import { clock } from '../n8n/clock';
import { downloadTask } from '../n8n/download';
import { onProblemOf } from '../n8n/parameters';
import { inlineRunnerOfCall, resumeUrlAt } from '../n8n/executions';
import { writeEnds, type Outcome } from '../n8n/ends';
import { logOf } from '../n8n/log';
import { settlingMs } from '../n8n/process';
import type { FilePlace } from '../n8n/fileId';
import { openSession } from '../n8n/session';
import { firstError, toItem, toJson, type ItemResult } from '../n8n/settle';
import { DELIVERY_PATH } from '../n8n/webhooks';
import { isSameText, readCallbackToken } from '../tasks/callbackToken';
import { judge, look, renewing } from '../tasks/look';
import { mapParallel } from '../tasks/parallel';
import { problemOfAccess, problemOfDownload } from '../tasks/problems';
import { toRow } from '../tasks/row';
import { nextCallDelayMs, nextRingDelayMs } from '../tasks/schedule';
import type { Session } from '../tasks/session';
import { readNote, writeNote } from './note';
import { watch } from './watch';
import { readParkedItems, type ParkedItem, type ParkedTask } from './parked';
import { openWaits, progressOf, type Progress, type Settled } from './progress';

const PARALLEL_LOOKS = 10;

/**
 * A call looks at as many tasks as it can in this time, before its caller gives up and misses the
 * note; the next one goes on with the others.
 */
const LOOKING_MS = 7_000;

/** An execution that shows up again after so many deliveries has crashed and cannot be resumed. */
const MAX_DELIVERIES = 3;

/** A credential that was not there for so long is gone. */
const ACCESS_LOST_MS = 60_000;

/** n8n takes some moments to resume; a call in these moments would deliver a second time. */
const RESUMING_MS = 5_000;

/**
 * A call to a paused execution. It says no more than "look now": this node asks the vendor with its
 * own credential, and when all of its tasks have ended takes delivery, once. Never throws, because
 * n8n 2.41 would run the following nodes on an empty item.
 */
export async function answerCall(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	try {
		return await answer(context);
	} catch (error) {
		logOf(context).error('Seedance: a call to a paused execution failed', {
			error: reasonOf(error),
		});
		return reply(context, 500, { state: 'pending', message: 'The call could not be handled' });
	}
}

async function answer(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const items = readParkedItems(context.evaluateExpression('{{ $input.all() }}'));
	const [first] = items;
	if (first === undefined) return gone(context);

	const caller = identify(context, first);
	if (caller === undefined) return refused(context);
	if (caller.kind === 'stranger') return gone(context);
	const accounts = await openAccounts(context, items);
	if (caller.kind === 'vendor' && !(await isVendorsOwn(caller, accounts))) return refused(context);
	const settling = settlingMs();
	if (settling > 0) return later(context, 503, settling, 'n8n has just started');

	const progress = progressOf(first.nonce, clock.now());
	const wait = { items, place: placeOf(context) };
	// What is fetched and where it lies is nobody's business but the pollers'.
	const noteNow = () => (caller.kind === 'poller' ? writeNote(wait, progress) : undefined);
	if (progress.deliveries >= MAX_DELIVERIES) return gone(context);
	if (progress.isBusy) {
		return later(context, 200, RESUMING_MS, 'Another call is at work', noteNow());
	}
	progress.isBusy = true;
	let isDelivering = false;
	try {
		if (caller.kind === 'poller') readNote(caller.note, wait, progress);
		await lookAtPending(accounts, items, progress);
		settleLost(accounts, items, progress);
		await fetchFiles(context, accounts, items, progress);
		const pending = items.filter(({ itemIndex }) => !progress.settled.has(itemIndex));
		if (pending.length > 0) {
			const nextMs = beginWatch(context, accounts, pending, progress);
			return later(context, 200, nextMs, messageFor(caller, accounts), noteNow());
		}
		isDelivering = true;
		progress.watch = undefined;
		progress.deliveries += 1;
		return await deliver(context, items, progress);
	} finally {
		if (isDelivering) void releaseLater(progress);
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

async function openAccounts(
	context: IWebhookFunctions,
	items: readonly ParkedItem[],
): Promise<Accounts> {
	const open = new Map<string, Session>();
	const lost = new Map<string, Problem>();
	for (const providerId of providersOf(items)) {
		const opened = await openSession(context, providerId);
		if (opened.ok) open.set(providerId, opened.value);
		else lost.set(providerId, opened.error);
	}
	return { open, lost };
}

/** Has this process go on looking, and says in how many milliseconds to call all the same. */
function beginWatch(
	context: IWebhookFunctions,
	{ open }: Accounts,
	pending: readonly ParkedItem[],
	progress: Progress,
): number {
	const resumeUrl = context.evaluateExpression('{{ $execution.resumeUrl }}');
	// Takes the place of whoever has looked so far.
	const turn = (progress.watch = Symbol('watch'));
	const delays = providersOf(pending).map((providerId) => {
		const session = open.get(providerId);
		const theirs = pending.filter(({ origin }) => origin.provider === providerId);
		const [first] = theirs;
		if (session === undefined) return ACCESS_LOST_MS;
		if (first === undefined || typeof resumeUrl !== 'string') return nextCallMs(theirs, false);
		const address = { url: resumeUrlAt(resumeUrl, DELIVERY_PATH), nonce: first.nonce };
		const nextMs = nextCallMs(theirs, true);
		watch({ session, context }, { pending: theirs, progress, turn, address, nextCallMs: nextMs });
		return nextMs;
	});
	return Math.min(...delays);
}

async function releaseLater(progress: Progress): Promise<void> {
	await clock.sleep(RESUMING_MS);
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
	context: IWebhookFunctions,
	{ nonce, key, origin }: ParkedItem,
): Caller | undefined {
	const { token, callback } = readCall(context);
	if (token === undefined) {
		const given = isObject(callback.body) ? callback.body : {};
		if (typeof given.nonce !== 'string') return undefined;
		return isSameText(given.nonce, nonce)
			? { kind: 'poller', note: given.note }
			: { kind: 'stranger' };
	}
	if (key === undefined) return undefined;
	const audience = `${context.getExecutionId()}/${DELIVERY_PATH}`;
	const expected = { audience, nowMs: clock.now() };
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

const placeOf = (context: IWebhookFunctions): FilePlace => ({
	workflowId: String(context.getWorkflow().id),
	executionId: String(context.getExecutionId()),
});

function messageFor({ kind }: Caller, { lost }: Accounts): string {
	const [reason] = lost.values();
	return (kind === 'poller' && reason?.message) || 'Not finished yet';
}

/** Looks once at the tasks that have not ended, for as long as a call may take. */
async function lookAtPending(
	{ open }: Accounts,
	items: readonly ParkedItem[],
	progress: Progress,
): Promise<void> {
	const until = clock.now() + LOOKING_MS;
	const pending = items.filter(({ itemIndex }) => !progress.settled.has(itemIndex));
	const start = progress.cursor % Math.max(pending.length, 1);
	const inTurn = [...pending.slice(start), ...pending.slice(0, start)];
	const looked = await mapParallel(inTurn, PARALLEL_LOOKS, async (item) => {
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
let keepsFilesInItems = false;

/**
 * Fetches the files of finished tasks as they end, so that none expires before the last one of its
 * batch is ready.
 */
async function fetchFiles(
	context: IWebhookFunctions,
	{ open }: Accounts,
	items: readonly ParkedItem[],
	{ settled }: Progress,
): Promise<void> {
	const [home] = open.values();
	const limit = home?.provider.limits.maxParallelTasks ?? 1;
	const isLast = items.every(({ itemIndex }) => settled.has(itemIndex));
	await mapParallel(items, limit, async ({ itemIndex, origin, task: parked }) => {
		const found = settled.get(itemIndex)?.result;
		if (found === undefined || !found.ok || found.value.files || !parked.ok) return;
		const { binaryProperty: property, maxFileBytes, fileName } = parked.value.output;
		if (property === undefined || (keepsFilesInItems && !isLast)) return;

		const { task } = found.value;
		const session = open.get(origin.provider);
		const account = { clock, baseUrl: session?.baseUrl, transport: session?.transport };
		const downloaded = await downloadTask(context, account, task, {
			property,
			maxFileBytes,
			fileName,
			renew: session && renewing(session, parked.value),
		});
		if (downloaded.ok) {
			const { files } = downloaded.value;
			keepsFilesInItems = Object.values(files).some(({ id }) => id === undefined);
		}
		// The next call tries again, or fetches again what could not be kept.
		if (!isLast && (keepsFilesInItems || !downloaded.ok)) return;
		settled.set(itemIndex, {
			result: downloaded.ok
				? ok({ ...downloaded.value, task: slim(downloaded.value.task, parked.value) })
				: fail(problemOfDownload(task, downloaded.error, 'get')),
		});
	});
}

/** Ends the wait for tasks whose vendor cannot be asked any more, once that has lasted. */
function settleLost({ lost }: Accounts, items: readonly ParkedItem[], progress: Progress): void {
	if (lost.size === 0) progress.accessLostAt = undefined;
	else progress.accessLostAt ??= clock.now();
	const { settled, accessLostAt = Infinity } = progress;
	if (clock.now() - accessLostAt < ACCESS_LOST_MS) return;
	for (const { itemIndex, origin, task } of items) {
		const reason = lost.get(origin.provider);
		if (reason === undefined || !task.ok || settled.has(itemIndex)) continue;
		const { message, description } = reason;
		settled.set(itemIndex, { result: fail(problemOfAccess(message, description, task.value)) });
	}
}

/** Hands the rows to n8n, which resumes the execution with them. */
async function deliver(
	context: IWebhookFunctions,
	items: readonly ParkedItem[],
	{ settled }: Progress,
): Promise<IWebhookResponseData> {
	const node = context.getNode();
	const onProblem = onProblemOf(node);
	const results = items.flatMap((item) => {
		const ended = settled.get(item.itemIndex);
		return ended === undefined ? [] : [toResult(item, ended)];
	});
	const error = onProblem === 'throw' ? firstError(node, results) : undefined;
	await writeEnds(context, inlineRunnerOfCall(context), outcomesOf(items, results), {
		isThrownAway: error !== undefined,
	});
	if (error !== undefined) failNode(context, error);
	// One list also for the error output, where n8n 2.41 sorts by the rows' keys: rows that a resumed
	// node puts on two outputs are lost, and one that carries an error loses its task ID.
	const rows = results.map((result) => toItem(result, onProblem));
	return {
		workflowData: [rows],
		webhookResponse: { state: 'delivered', message: 'Delivered' },
	};
}

const outcomesOf = (items: readonly ParkedItem[], results: readonly ItemResult[]): Outcome[] =>
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

interface WithExecuteData {
	executeData: { metadata?: object };
}

const hasExecuteData = (context: object): context is WithExecuteData =>
	'executeData' in context && isObject(context.executeData);

/**
 * Makes the node end with an error when it is resumed. n8n 2.41 knows no public way: on its stack it
 * keeps the error of a sub-execution in this place, and raises it.
 */
function failNode(context: IWebhookFunctions, error: Error): void {
	if (!hasExecuteData(context)) return;
	const { executeData } = context;
	executeData.metadata = { ...executeData.metadata, resumeError: error };
}

function nextCallMs(pending: readonly ParkedItem[], isWatched: boolean): number {
	const now = clock.now();
	const waits = openWaits();
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

const refused = (context: IWebhookFunctions) =>
	reply(context, 401, { state: 'refused', message: 'Not a call for this execution' });

const gone = (context: IWebhookFunctions) =>
	reply(context, 410, { state: 'gone', message: 'Nothing is waited for here' });

const later = (
	context: IWebhookFunctions,
	httpStatus: number,
	delayMs: number,
	message: string,
	note?: string,
) => {
	const retryAfterSeconds = Math.ceil(delayMs / 1000);
	return reply(context, httpStatus, {
		state: 'pending',
		message,
		retryAfterSeconds,
		...(note === undefined ? {} : { note }),
	});
};

function reply(
	context: IWebhookFunctions,
	httpStatus: number,
	body: { state: string; message: string; retryAfterSeconds?: number; note?: string },
): IWebhookResponseData {
	context.getResponseObject().status(httpStatus).json(body);
	return { noWebhookResponse: true };
}
