import type {
	IDataObject,
	INodeExecutionData,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { isObject } from '../domain/json';
import { hasEnded, type Task, type TaskReference } from '../domain/task';
import { clock } from '../n8n/clock';
import { downloadTask } from '../n8n/download';
import { inlineRunnerOfCall } from '../n8n/executions';
import { judgeTask, noteEnds, type Ownership } from '../n8n/ledger';
import { openSession } from '../n8n/session';
import { toJson } from '../n8n/settle';
import {
	audienceOf,
	readCallbackToken,
	TOKEN_PARAMETER,
	type CallbackClaims,
} from '../tasks/callbackToken';
import { look } from '../tasks/look';
import { toRow } from '../tasks/row';
import type { Session } from '../tasks/session';
import { isFromVendor, readCall, type Call } from './authenticate';
import { openDeliveries, type Deliveries } from './deliveries';
import { endTriggerWatch, watchForTrigger } from './triggerWatch';

const BINARY_PROPERTY = 'data';

/** A vendor that has never heard of a task this long after it was submitted has no such task. */
const UNKNOWN_FOR_GOOD_MS = 10 * 60_000;

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
export async function receiveCall(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const opened = await openSession(context, context.getNodeParameter('provider'));
	if (!opened.ok) return reply(context, 503, 'pending', opened.error.message);
	const session = opened.value;

	const call = readCall(context);
	const caller = await identify(context, session, call);
	if (caller === undefined) {
		return reply(context, 401, 'refused', 'Not a callback that was given out for this trigger');
	}
	const { reference, claims } = caller;
	const { taskId } = reference;
	if (taskId === '') return reply(context, 200, 'pending', 'No task is named');

	const deliveries = openDeliveries(context, clock.now());
	const brought = claims && deliveries.taskOf(claims.nonce);
	if (brought !== undefined && brought !== taskId) {
		return reply(context, 401, 'refused', 'This URL belongs to another task');
	}
	if (deliveries.isDelivered(taskId)) return reply(context, 200, 'delivered', 'Already delivered');
	if (!deliveries.begin(taskId)) return reply(context, 200, 'pending', 'Another call is at work');
	try {
		return await deliver(context, session, { caller, call, deliveries });
	} finally {
		deliveries.end(taskId);
	}
}

async function identify(
	context: IWebhookFunctions,
	session: Session,
	{ token, callback }: Call,
): Promise<Caller | undefined> {
	const named = session.provider.vendor.callbacks?.readTaskId(callback) ?? ownTaskId(callback.body);
	if (token === undefined) {
		const isAccepted = readOptions(context).acceptUnsigned === true;
		if (!isAccepted || !(await isFromVendor(session, callback))) return undefined;
		return { reference: { taskId: named ?? '', modelId: '' } };
	}
	const audience = audienceOf(context.getNodeWebhookUrl('default') ?? 'http://none');
	const expected = { audience, nowMs: clock.now() };
	const claims = readCallbackToken(token, session.callbackKey, expected);
	if (claims === undefined) return undefined;
	const { taskId, model: modelId = '', addresses } = claims;
	// A token that names its task comes from a poller of this package; the vendor's does not.
	if (taskId !== undefined) return { claims, reference: { taskId, modelId, addresses } };
	if (!(await isFromVendor(session, callback))) return undefined;
	return { claims, reference: { taskId: named ?? '', modelId } };
}

function ownTaskId(body: unknown): string | undefined {
	const taskId = isObject(body) ? body.taskId : undefined;
	return typeof taskId === 'string' && taskId !== '' ? taskId : undefined;
}

async function deliver(
	context: IWebhookFunctions,
	session: Session,
	{ caller, call, deliveries }: { caller: Caller; call: Call; deliveries: Deliveries },
): Promise<IWebhookResponseData> {
	const { claims, reference } = caller;
	const looked = await look(session, reference);
	if (!looked.ok) {
		const ageMs = claims === undefined ? Infinity : clock.now() - claims.issuedAt;
		return looked.error.kind === 'notFound' && ageMs > UNKNOWN_FOR_GOOD_MS
			? reply(context, 200, 'gone', 'The vendor has no such task')
			: reply(context, 503, 'pending', 'The task could not be read, call again');
	}
	const task = looked.value;
	if (!isMadeWith(task, call.token, claims)) {
		return reply(context, 401, 'refused', 'The task was submitted with another callback URL');
	}
	if (!hasEnded(task)) {
		const nextMs = watchForTrigger(context, session, { token: call.token, claims });
		return reply(context, 200, 'pending', 'The task has not ended', nextMs);
	}
	endTriggerWatch(context, task.taskId);
	const ownership = await ownershipOf(context, task, claims);
	if (ownership === 'another') {
		return reply(context, 401, 'refused', 'The task ledger knows another URL of this task');
	}
	if (isWanted(context, task)) {
		const item = await toItem(context, session, task, claims, deliveries.isShared);
		// A later try would go on with a task that a lost order was given by mistake.
		if (ownership === 'own') await noteInLedger(context, task, claims);
		deliveries.note(task.taskId, claims?.nonce ?? '');
		const webhookResponse = { state: 'delivered', message: 'Thank you' };
		return { webhookResponse, workflowData: [[item]] };
	}
	deliveries.note(task.taskId, claims?.nonce ?? '');
	return reply(context, 200, 'delivered', 'This trigger does not want this event');
}

/** What cannot be written down is delivered all the same; the table may be another project's. */
async function noteInLedger(
	context: IWebhookFunctions,
	task: Task,
	claims: CallbackClaims | undefined,
): Promise<void> {
	const reference = claims?.ledger;
	if (reference === undefined) return;
	const { taskId, status, usage, videoUrl, completedAt, expiresAt, failure } = task;
	const end = { status, usage, videoUrl, completedAt, expiresAt, reason: failure?.message };
	const noted = await noteEnds(inlineRunnerOfCall(context), [
		{ reference, taskId, end: { ...end, isCollected: true } },
	]);
	if (!noted.ok) context.logger.warn(`Seedance: the task ledger was not written: ${noted.error}`);
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
	context: IWebhookFunctions,
	{ taskId, callbackUrl }: Task,
	claims: CallbackClaims | undefined,
): Promise<Ownership> {
	const isProven = claims?.taskId !== undefined || callbackUrl !== undefined;
	if (claims?.ledger === undefined || isProven) return 'own';
	const judged = await judgeTask(inlineRunnerOfCall(context), claims.ledger, taskId);
	if (judged.ok) return judged.value;
	context.logger.warn(`Seedance: the task ledger was not read: ${judged.error}`);
	return 'unknown';
}

function isWanted(context: IWebhookFunctions, { status }: Task): boolean {
	const events: unknown = context.getNodeParameter('events');
	const event = status === 'succeeded' ? 'succeeded' : 'failed';
	return Array.isArray(events) && events.includes(event);
}

async function toItem(
	context: IWebhookFunctions,
	session: Session,
	task: Task,
	claims: CallbackClaims | undefined,
	mayBeRepeat: boolean,
): Promise<INodeExecutionData> {
	const options = readOptions(context);
	const origin = { provider: session.providerId, model: claims?.model ?? '' };
	const row = toRow(task, origin, { raw: options.simplify === false });
	const handedThrough = claims?.context === undefined ? {} : { context: claims.context };
	const repeated = mayBeRepeat ? { mayBeRepeat } : {};
	const json = toJson({ ...row, ...handedThrough, ...repeated });
	if (options.downloadVideo === false || task.videoUrl === undefined) return { json };

	const downloaded = await downloadTask(context, session, task, BINARY_PROPERTY);
	// The row goes out in any case: the video is paid for and its URL still works.
	return downloaded.ok
		? { json, binary: downloaded.value }
		: { json: { ...json, downloadProblem: downloaded.error } };
}

function readOptions(context: IWebhookFunctions): IDataObject {
	const options: unknown = context.getNodeParameter('options', {});
	return isObject(options) ? toJson(options) : {};
}

type State = 'pending' | 'delivered' | 'gone' | 'refused';

function reply(
	context: IWebhookFunctions,
	httpStatus: number,
	state: State,
	message: string,
	retryAfterMs?: number,
): IWebhookResponseData {
	const retryAfterSeconds = retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1000);
	context.getResponseObject().status(httpStatus).json({ state, message, retryAfterSeconds });
	return { noWebhookResponse: true };
}
