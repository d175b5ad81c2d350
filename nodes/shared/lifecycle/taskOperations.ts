import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { findModel } from '../catalogue';
import { problemOfFault, problemOfInput, toNodeError } from '../errors';
import { readingItem, readOutputRules, readText, type OutputRules } from '../nodeParameters';
import { canPark } from '../n8nVersion';
import { readCallbackUrl } from '../callbacks/readCallbackUrl';
import {
	deliverWhenFinished,
	parkUntilFinished,
	settleEntrusted,
	type Entrusted,
} from '../parking/park';
import { collectVideo } from './collect';
import { readCompletion } from './completion';
import { mapParallel } from './parallel';
import { readMaxParallel, readWaitingRules } from './readOrder';
import { openSession } from './session';
import { stoppable } from './stoppable';
import { onProblemOf, settle, type ItemResult } from './settle';
import type { Problem, Session, Step, Task, TaskHandle, WaitingRules } from './types';
import { readTask, waitForTask } from './wait';

type OperationResult =
	| { ok: true; json: IDataObject; binary?: INodeExecutionData['binary'] }
	| { ok: false; problem: Problem };

/**
 * Runs the chosen operation of the node Seedance Task for every item.
 * @throws NodeApiError naming item, task and remedy, unless Continue On Fail is set.
 */
export async function runTaskOperation(
	context: IExecuteFunctions,
): Promise<INodeExecutionData[][]> {
	return await stoppable(context, async (stopSignal) => [await operate(context, stopSignal)]);
}

async function operate(
	context: IExecuteFunctions,
	stopSignal?: AbortSignal,
): Promise<INodeExecutionData[]> {
	const session = await openSession(context, context.getNodeParameter('provider', 0), stopSignal);
	const operation = context.getNodeParameter('operation', 0);
	const completion = operation === 'wait' ? readCompletion(context, canPark()) : 'wait';
	if (completion === 'pause' || completion === 'notify') {
		return await handOver(context, session, completion);
	}
	const limit = readMaxParallel(context.getNodeParameter('options', 0, {}), session.provider);
	if (!limit.ok) throw toNodeError(context.getNode(), limit.problem, 0);

	const itemIndexes = [...context.getInputData().keys()];
	const results = await mapParallel(itemIndexes, limit.value, async (itemIndex) => {
		const result = await runForItem(context, session, itemIndex);
		const origin = { provider: session.providerId, model: readModelId(context, itemIndex) };
		return { itemIndex, origin, ...result } satisfies ItemResult;
	});
	return settle(context.getNode(), results, onProblemOf(context));
}

interface TaskRequest {
	handle: TaskHandle;
	waiting: WaitingRules;
	output: OutputRules;
}

async function runForItem(
	context: IExecuteFunctions,
	session: Session,
	itemIndex: number,
): Promise<OperationResult> {
	const operation = context.getNodeParameter('operation', 0);
	if (operation === 'getBalance') return await getBalance(session);

	const request = await readingItem(async () => readRequest(context, session, itemIndex));
	if (!request.ok) return request;
	const { handle, waiting, output } = request.value;
	const task =
		operation === 'wait'
			? await waitForTask(session, handle, waiting)
			: await getOnce(session, handle);
	if (!task.ok) return task;
	const origin = { provider: session.providerId, model: handle.modelId };
	return await collectVideo(context, session, task.value, origin, output);
}

function readRequest(
	context: IExecuteFunctions,
	session: Session,
	itemIndex: number,
): Step<TaskRequest> {
	const handle = readHandle(context, session, itemIndex);
	if (!handle.ok) return handle;
	const options = context.getNodeParameter('options', itemIndex, {});
	const waiting = readWaitingRules(options, handle.value.model);
	if (!waiting.ok) return waiting;
	const output = readOutputRules(context, itemIndex);
	return { ok: true, value: { handle: handle.value, waiting: waiting.value, output } };
}

async function getBalance({
	provider,
	providerId,
	vendor,
	transport,
}: Session): Promise<OperationResult> {
	if (vendor.balance === undefined) {
		const problem = problemOfInput(
			`${provider.label} has no way to ask for the balance`,
			"Look at the account in the vendor's own pages.",
		);
		return { ok: false, problem };
	}
	const answer = await transport.read(vendor.balance.get());
	const read = answer.ok ? vendor.balance.read(answer.value) : answer;
	return read.ok
		? { ok: true, json: { provider: providerId, ...read.value } }
		: { ok: false, problem: problemOfFault(provider, read.fault) };
}

async function getOnce(session: Session, handle: TaskHandle): Promise<Step<Task>> {
	const looked = await readTask(session, handle);
	if (looked.ok) return looked;
	return { ok: false, problem: problemOfFault(session.provider, looked.fault, handle.taskId) };
}

/** Lets somebody else wait for the tasks: n8n's database, or a trigger. */
async function handOver(
	context: IExecuteFunctions,
	session: Session,
	completion: 'pause' | 'notify',
): Promise<INodeExecutionData[]> {
	const entrusted = [...context.getInputData().keys()].map((itemIndex) =>
		entrust(context, session, completion, itemIndex),
	);
	if (completion === 'pause' && entrusted.some(({ outcome }) => outcome.ok)) {
		return await parkUntilFinished(context, session, entrusted);
	}
	return completion === 'notify'
		? await deliverWhenFinished(context, session, entrusted)
		: settleEntrusted(context, entrusted);
}

function entrust(
	context: IExecuteFunctions,
	session: Session,
	completion: 'pause' | 'notify',
	itemIndex: number,
): Entrusted {
	const model = readModelId(context, itemIndex);
	const base = {
		itemIndex,
		origin: { provider: session.providerId, model },
		submittedAt: session.clock.now(),
		waiting: { timeoutMinutes: 0 },
	};
	const request = readRequest(context, session, itemIndex);
	if (!request.ok) return { ...base, outcome: request };

	const { handle, waiting } = request.value;
	const task: Task = { taskId: handle.taskId, status: handle.status, raw: undefined };
	const entrusted: Entrusted = { ...base, waiting, outcome: { ok: true, task } };
	if (completion === 'pause') return entrusted;
	const options = context.getNodeParameter('options', itemIndex, {});
	const url = readCallbackUrl(context, session, options, model, itemIndex);
	return url.ok ? { ...entrusted, callbackUrl: url.value } : { ...entrusted, outcome: url };
}

function readHandle(
	context: IExecuteFunctions,
	session: Session,
	itemIndex: number,
): Step<TaskHandle> {
	const taskId = readText(context, 'taskId', itemIndex);
	if (taskId === '') {
		const problem = problemOfInput(
			'Task ID must not be empty',
			"Enter the ID that a Seedance node returned, e.g. with the expression '{{ $json.taskId }}'.",
		);
		return { ok: false, problem };
	}
	const modelId = readModelId(context, itemIndex);
	return {
		ok: true,
		value: {
			taskId,
			modelId,
			model: findModel(session.provider, modelId),
			status: 'queued',
			submittedAt: session.clock.now(),
		},
	};
}

/** The model as the option says, or as the row of the submitting node carries it along. */
function readModelId(context: IExecuteFunctions, itemIndex: number): string {
	const chosen = context.getNodeParameter('options.model', itemIndex, '');
	if (typeof chosen === 'string' && chosen.trim() !== '') return chosen.trim();
	const carried = context.getInputData()[itemIndex]?.json.model;
	return typeof carried === 'string' ? carried : '';
}
