import type { Fault, Outcome } from '../domain/fault';
import { isPassing } from '../domain/fault';
import { isObject, toJson, withoutUndefined, type Json } from '../domain/json';
import { PATIENCE } from '../domain/limits';
import { fail, ok } from '../domain/result';
import { hasEnded, isTaskId, type Task, type TaskReference } from '../domain/task';
import { answerOf, type Answer, type Incoming, type TriggerCall } from '../host/call';
import type { Output } from '../host/rows';
import {
	audienceOf,
	readCallbackToken,
	TOKEN_PARAMETER,
	type CallbackClaims,
} from '../tasks/callbackToken';
import { writeEnds } from '../tasks/ends';
import { judgeTask, type Ownership } from '../tasks/ledgerEnds';
import { isForGood, isLongAgo, look, renewing } from '../tasks/look';
import { problemOfDownload, problemOfFault, problemOfLongAgo } from '../tasks/problems';
import { toRow } from '../tasks/row';
import { maxFileBytesOf } from '../tasks/fileSize';
import type { Session } from '../tasks/session';
import { isFromVendor } from './authenticate';
import { openDeliveries, type Deliveries } from './deliveries';
import { endTriggerWatch, watchForTrigger } from './triggerWatch';

const BINARY_PROPERTY = 'data';

/** Who calls, as far as it could be proved. */
interface Caller {
	/** Absent for a call about a task that no Seedance node submitted. */
	claims?: CallbackClaims;
	reference: TaskReference;
}

/**
 * A call to the Seedance Trigger, by a vendor or by a poller. It starts the workflow once for each
 * task that has really ended: the vendor is asked with the credential, the body is believed in
 * nothing but the ID.
 */
export async function receiveCall(call: TriggerCall): Promise<Answer> {
	const opened = await call.openSession(call.parameter('provider'));
	if (!opened.ok) {
		// Whoever calls has proved nothing yet: why is for n8n's log alone.
		call.log.warn('Seedance: a trigger has no credential to ask with', {
			error: opened.error.message,
		});
		return answerOf(503, 'pending', 'The trigger can ask nobody at the moment, call again');
	}
	const session = opened.value;

	const caller = await identify(call, session);
	if (caller === undefined) {
		return answerOf(401, 'refused', 'Not a callback that was given out for this trigger');
	}
	const { reference, claims } = caller;
	const { taskId } = reference;
	if (taskId === '') return answerOf(200, 'pending', 'No task is named');

	const deliveries = openDeliveries(call);
	if (claims !== undefined && deliveries.hasBroughtAnother(claims.nonce, taskId)) {
		return answerOf(401, 'refused', 'This URL belongs to another task');
	}
	if (deliveries.isDelivered(taskId)) return answerOf(200, 'delivered', 'Already delivered');
	if (!deliveries.begin(taskId)) return answerOf(200, 'pending', 'Another call is at work');
	try {
		return await deliver(call, session, { caller, deliveries });
	} finally {
		deliveries.end(taskId);
	}
}

async function identify(call: TriggerCall, session: Session): Promise<Caller | undefined> {
	const { token, callback } = call.incoming;
	const named = namedTask(session, callback);
	if (token === undefined) {
		const isAccepted = readOptions(call).acceptUnsigned === true;
		if (!isAccepted || !(await isFromVendor(session, callback))) return undefined;
		return { reference: { taskId: named, modelId: '' } };
	}
	const audience = audienceOf(call.url ?? 'http://none');
	const expected = { audience, nowMs: session.clock.now() };
	const claims = readClaims(token, session, expected);
	if (claims === undefined) return undefined;
	const { taskId, model: modelId = '', taskUrls } = claims;
	// A token that names its task comes from a poller of this package; the vendor's does not.
	if (taskId !== undefined) return { claims, reference: { taskId, modelId, taskUrls } };
	if (!(await isFromVendor(session, callback))) return undefined;
	return { claims, reference: { taskId: named, modelId } };
}

/** The task that a call speaks of; whoever calls may say anything, and what is no ID names none. */
function namedTask({ provider }: Session, callback: Incoming['callback']): string {
	const named = provider.vendor.callbacks?.readTaskId(callback) ?? ownTaskId(callback.body) ?? '';
	return isTaskId(named) ? named : '';
}

/** A token that the vendor could have signed itself is not believed in what is yours alone. */
function readClaims(
	token: unknown,
	{ callbackKeys }: Session,
	expected: { audience: string; nowMs: number },
): CallbackClaims | undefined {
	for (const { key, isSecret } of callbackKeys) {
		const claims = readCallbackToken(token, key, expected);
		if (claims === undefined) continue;
		return isSecret ? claims : { ...claims, context: undefined, ledger: undefined };
	}
	return undefined;
}

function ownTaskId(body: unknown): string | undefined {
	const taskId = isObject(body) ? body.taskId : undefined;
	return typeof taskId === 'string' && taskId !== '' ? taskId : undefined;
}

async function deliver(
	call: TriggerCall,
	session: Session,
	{ caller, deliveries }: { caller: Caller; deliveries: Deliveries },
): Promise<Answer> {
	const { token } = call.incoming;
	const { claims, reference } = caller;
	const looked = await look(session, reference);
	const lost = lostTask(session, caller, looked);
	if (!looked.ok && lost === undefined) {
		const ageMs = claims === undefined ? Infinity : session.clock.now() - claims.issuedAt;
		const isNobodys = claims?.taskId === undefined && looked.error.kind === 'notFound';
		return isNobodys && ageMs > PATIENCE.unknownForGoodMs
			? answerOf(200, 'gone', 'The vendor has no such task')
			: answerOf(503, 'pending', 'The task could not be read, call again');
	}
	const task = lost ?? (looked.ok ? looked.value : undefined);
	if (task === undefined) return answerOf(503, 'pending', 'The task could not be read');
	if (!isMadeWith(task, token, claims)) {
		return answerOf(401, 'refused', 'The task was submitted with another callback URL');
	}
	if (!hasEnded(task)) {
		const afterMs = watchForTrigger(call, session, claims);
		return answerOf(200, 'pending', 'The task has not ended', { afterMs });
	}
	endTriggerWatch(call, task.taskId);
	const ownership = await ownershipOf(call, task, claims);
	if (ownership === 'another') {
		return answerOf(401, 'refused', 'The task ledger knows another URL of this task');
	}
	if (isWanted(call, task)) {
		const mayBeRepeat = deliveries.mayBeRepeat(claims);
		const item = await toItem(call, session, { task, caller }, mayBeRepeat);
		// A later try would go on with a task that a lost order was given by mistake; and what was only
		// refused to this credential may still be had with another one.
		const isKnown = lost === undefined || lost.status === 'expired';
		if (ownership === 'own' && isKnown) await noteInLedger(call, task, item, claims);
		deliveries.note(task.taskId, claims?.nonce);
		return { ...answerOf(200, 'delivered', 'Thank you'), item };
	}
	deliveries.note(task.taskId, claims?.nonce);
	return answerOf(200, 'delivered', 'This trigger does not want this event');
}

/**
 * A task whose end cannot be known any more, with the last words about it; undefined while it can.
 * Only of a token that names its task: anybody could make up another one.
 */
function lostTask(
	{ provider, account, clock, grace }: Session,
	{ claims, reference }: Caller,
	looked: Outcome<Task>,
): Task | undefined {
	const { taskId, taskUrls } = reference;
	const key = `refused ${account} ${taskId}`;
	if (claims?.taskId === undefined || (looked.ok && hasEnded(looked.value))) return undefined;
	const now = clock.now();
	const fault = looked.ok ? undefined : looked.error;
	if (isLongAgo({ submittedAt: claims.issuedAt }, now) && isForGood(fault)) {
		const last = looked.ok ? looked.value : { taskId, status: 'queued' as const };
		const { kind, code, message } = problemOfLongAgo(provider, last, fault);
		return { taskId, taskUrls, status: 'expired', failure: { kind, code, message } };
	}
	if (fault === undefined || isPassing(fault)) {
		if (looked.ok) grace.notAnyMore(key);
		return undefined;
	}
	return isRefusedForGood(fault, now - grace.sinceWhen(key, now), now - claims.issuedAt)
		? { taskId, taskUrls, status: 'failed', failure: failureOf(provider, fault) }
		: undefined;
}

function isRefusedForGood({ kind }: Fault, refusedForMs: number, ageMs: number): boolean {
	if (refusedForMs >= PATIENCE.refusedForGoodMs) return true;
	const isGone = ageMs > PATIENCE.unknownForGoodMs && refusedForMs >= PATIENCE.graceMs;
	return kind === 'notFound' && isGone;
}

function failureOf(provider: Session['provider'], fault: Fault) {
	const { kind, code, message, description, requestId } = problemOfFault(provider, fault);
	const failure = { kind, code, message: `${message}. ${description}` };
	return requestId === undefined ? failure : { ...failure, requestId };
}

/** What cannot be written down is delivered all the same; the table may be another project's. */
async function noteInLedger(
	call: TriggerCall,
	task: Task,
	{ json }: Output,
	claims: CallbackClaims | undefined,
): Promise<void> {
	// The row goes out without its file, which somebody may still want to fetch.
	const result =
		typeof json.downloadProblem === 'string'
			? fail(problemOfDownload(task, json.downloadProblem, 'get'))
			: ok({ json });
	const outcome = { reference: claims?.ledger, taskId: task.taskId, result };
	await writeEnds(call, [outcome], { isThrownAway: false });
}

/**
 * The vendor's own URL names no task, because it was made before there was one. Where the vendor has
 * the URL of a task on record, it must be the one that was called.
 */
function isMadeWith(task: Task, token: unknown, claims: CallbackClaims | undefined): boolean {
	if (claims === undefined || claims.taskId !== undefined || task.callbackUrl === undefined) {
		return true;
	}
	return (
		URL.canParse(task.callbackUrl) &&
		new URL(task.callbackUrl).searchParams.get(TOKEN_PARAMETER) === token
	);
}

/**
 * Where the vendor shows no URL, the ledger may know that the task was ordered with another one. Without
 * that, a vendor's call about another task would bring that one with this one's context.
 */
async function ownershipOf(
	call: TriggerCall,
	{ taskId, callbackUrl }: Task,
	claims: CallbackClaims | undefined,
): Promise<Ownership> {
	const isProven = claims?.taskId !== undefined || callbackUrl !== undefined;
	if (claims?.ledger === undefined || isProven) return 'own';
	const judged = await judgeTask(call, claims.ledger, taskId);
	if (judged.ok) return judged.value;
	call.log.warn(`Seedance: the task ledger was not read: ${judged.error}`);
	return 'unknown';
}

function isWanted({ parameter }: TriggerCall, { status }: Task): boolean {
	const events = parameter('events');
	const event = status === 'succeeded' ? 'succeeded' : 'failed';
	return Array.isArray(events) && events.includes(event);
}

async function toItem(
	call: TriggerCall,
	session: Session,
	{ task, caller: { claims, reference } }: { task: Task; caller: Caller },
	mayBeRepeat: boolean,
): Promise<Output> {
	const options = readOptions(call);
	const { model = '', ordered } = claims ?? {};
	const origin = withoutUndefined({ provider: session.providerId, model, ordered });
	const handedThrough = claims?.context === undefined ? {} : { context: claims.context };
	const repeated = mayBeRepeat ? { mayBeRepeat } : {};
	const jsonOf = (known: Task) =>
		toJson({
			...toRow(known, origin, { raw: options.simplify === false }),
			...handedThrough,
			...repeated,
		});
	const json = jsonOf(task);
	if (options.downloadVideo === false || task.videoUrl === undefined) return { json };

	const downloaded = await call.fetchFiles(session, task, {
		property: BINARY_PROPERTY,
		maxFileBytes: maxFileBytesOf(options.maxFileSize),
		renew: renewing(session, reference),
	});
	// The row goes out in any case: the video is paid for and its URL still works.
	return downloaded.ok
		? { json: jsonOf(downloaded.value.task), binary: downloaded.value.files }
		: { json: { ...json, downloadProblem: downloaded.error } };
}

function readOptions({ parameter }: TriggerCall): Json {
	const options = parameter('options', {});
	return isObject(options) ? toJson(options) : {};
}
