import type {
	INode,
	INodeExecutionData,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { isObject, reasonOf } from '../domain/json';
import {
	answerOf,
	type Answer,
	type Call,
	type Incoming,
	type PauseCall,
	type TriggerCall,
} from '../host/call';
import { DELIVERY_PATH } from '../host/paths';
import type { ItemResult } from '../host/rows';
import { TOKEN_PARAMETER } from '../tasks/callbackToken';
import { tablesOf } from './dataTable';
import { downloadTask } from './download';
import { inlineRunnerOfCall, resumeUrlAt } from './executions';
import { isStoredFor } from './fileId';
import { logOf } from './log';
import { networkOf } from './post';
import { thisProcess } from './process';
import { openSession } from './session';
import { firstError, onProblemOf, toItem } from './settle';

/** How a kind of call is opened, and what its caller is told when that or the story fails. */
export interface Door<C> {
	open: (context: IWebhookFunctions) => C;
	called: string;
	failed: Answer;
}

export const triggerDoor: Door<TriggerCall> = {
	open: openTriggerCall,
	called: 'a trigger',
	failed: answerOf(503, 'pending', 'The call could not be handled, call again'),
};

export const pauseDoor: Door<PauseCall> = {
	open: openPauseCall,
	called: 'a paused execution',
	failed: answerOf(500, 'pending', 'The call could not be handled'),
};

/**
 * Tells the story of a call. Never throws: n8n would show the caller where, and 2.41 would run the
 * nodes behind a paused one on an empty item.
 */
export async function atDoor<C>(
	context: IWebhookFunctions,
	{ open, called, failed }: Door<C>,
	story: (call: C) => Promise<Answer>,
): Promise<IWebhookResponseData> {
	try {
		return giveAnswer(context, await story(open(context)));
	} catch (error) {
		logOf(context).error(`Seedance: a call to ${called} failed`, { error: reasonOf(error) });
		return giveAnswer(context, failed);
	}
}

function openTriggerCall(context: IWebhookFunctions): TriggerCall {
	return {
		...openCall(context),
		triggerId: `${context.getWorkflow().id}:${context.getNode().id}`,
		get url() {
			return context.getNodeWebhookUrl('default');
		},
		get isTest() {
			return context.getMode() === 'manual';
		},
		get saved() {
			return context.getWorkflowStaticData('node');
		},
		parameter: (name, fallback) => context.getNodeParameter(name, fallback),
	};
}

function openPauseCall(context: IWebhookFunctions): PauseCall {
	const executionId = String(context.getExecutionId());
	const place = { workflowId: String(context.getWorkflow().id), executionId };
	return {
		...openCall(context),
		audience: `${executionId}/${DELIVERY_PATH}`,
		onProblem: onProblemOf(context.getNode()),
		items: () => context.evaluateExpression('{{ $input.all() }}'),
		deliveryUrl() {
			const resumeUrl = context.evaluateExpression('{{ $execution.resumeUrl }}');
			return typeof resumeUrl === 'string' ? resumeUrlAt(resumeUrl, DELIVERY_PATH) : undefined;
		},
		isStoredHere: (id) => isStoredFor(place, id),
	};
}

function openCall(context: IWebhookFunctions): Call {
	const process = thisProcess;
	const { clock } = process;
	return {
		incoming: readIncoming(context),
		process,
		openSession: async (providerId) => await openSession(context, providerId, undefined, process),
		fetchFiles: async (account, task, rules) =>
			await downloadTask(context, { ...account, clock }, task, rules),
		tables: tablesOf(inlineRunnerOfCall(context), clock),
		log: logOf(context),
		post: networkOf(context).post,
	};
}

const readIncoming = (context: IWebhookFunctions): Incoming =>
	toIncoming({
		query: context.getQueryData(),
		headers: context.getHeaderData(),
		body: context.getBodyData(),
		rawBody: context.getRequestObject().rawBody,
	});

/** A call as n8n hands it over. */
export interface RawCall {
	query: unknown;
	headers: Readonly<Record<string, string | string[] | undefined>>;
	body: unknown;
	/** Absent where n8n has not kept it. */
	rawBody?: Buffer;
}

/** The parts of a call that a story may know. */
export function toIncoming({ query, headers: raw, body, rawBody }: RawCall): Incoming {
	const headers = Object.entries(raw).map(([name, value]) => [
		name.toLowerCase(),
		Array.isArray(value) ? value[0] : value,
	]);
	return {
		token: isObject(query) ? query[TOKEN_PARAMETER] : undefined,
		callback: {
			headers: Object.fromEntries(headers),
			body,
			rawBody: rawBody ?? Buffer.from(JSON.stringify(body ?? '')),
		},
	};
}

function giveAnswer(
	context: IWebhookFunctions,
	{ httpStatus, body, item, results }: Answer,
): IWebhookResponseData {
	const webhookResponse = body;
	if (item !== undefined) return { webhookResponse, workflowData: [[item]] };
	if (results === undefined) {
		context.getResponseObject().status(httpStatus).json(body);
		return { noWebhookResponse: true };
	}
	const { rows, error } = toRows(context.getNode(), results);
	if (error !== undefined) failNode(context, error);
	return { webhookResponse, workflowData: [rows] };
}

/**
 * What a node goes on with, and the error that it ends with, if it does. One list also for the error
 * output, where n8n 2.41 sorts by the rows' keys: rows that a resumed node puts on two outputs are
 * lost, and one that carries an error loses its task ID.
 */
export function toRows(
	node: INode,
	results: readonly ItemResult[],
): { rows: INodeExecutionData[]; error?: Error } {
	const onProblem = onProblemOf(node);
	const error = onProblem === 'throw' ? firstError(node, results) : undefined;
	return { rows: results.map((result) => toItem(result, onProblem)), error };
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
