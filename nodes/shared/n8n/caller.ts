import type { IExecuteFunctions, INode, IRunExecutionData } from 'n8n-workflow';
import { isObject, reasonOf, type JsonObject } from '../domain/json';
import { HOST } from '../domain/limits';
import type { WaitingCaller } from '../host/readers';
import { logOf } from './log';

const WEBHOOK = 'n8n-nodes-base.webhook';
const CHAT = '@n8n/n8n-nodes-langchain.chatTrigger';
const CALLED_BY_WORKFLOW = 'n8n-nodes-base.executeWorkflowTrigger';

/** Executions of these modes answer somebody; a run by hand or a retry answers nobody. */
const answeringModes: readonly string[] = ['webhook', 'chat'];

/** A trigger as far as it says who waits for its workflow. */
interface Trigger {
	name: string;
	type: string;
	/** Unknown where the node cannot see them. */
	parameters?: JsonObject;
}

/**
 * Who waits for the answer of this run, so that a pause would give him the rows of tasks that have
 * only begun; undefined when nobody does, or when n8n serves him after a pause as well.
 */
export async function findWaitingCaller(
	context: IExecuteFunctions,
	{ pausesInSubWorkflows }: { pausesInSubWorkflows: boolean },
): Promise<WaitingCaller | undefined> {
	const parentId = parentOf(context);
	if (parentId !== undefined) {
		if (!pausesInSubWorkflows && isCalledForOneItem(context)) return 'workflow';
		return await callerOfAncestors(context, parentId);
	}
	if (!answeringModes.includes(context.getMode())) return undefined;
	const stored = await storedRun(context, context.getExecutionId());
	if (isResumed(context, stored)) return undefined;
	const own = startedBy(context);
	if (own === undefined || own.parameters !== undefined) return own && waitingAt(own);
	const first = triggerIn(stored);
	return waitingAt(first?.name === own.name ? first : own);
}

/**
 * The execution that has called this one as a sub-workflow and waits for its rows; undefined where
 * nobody called, or goes on without them.
 */
export function parentOf(context: IExecuteFunctions): string | undefined {
	const known = runDataOf(context);
	if (isObject(known?.parentExecution) && known.parentExecution.shouldResume === false) {
		return undefined;
	}
	return contextOf(context)?.parentExecutionId;
}

/** n8n before 2.41 may not tell. */
const contextOf = (context: IExecuteFunctions) =>
	typeof context.getExecutionContext === 'function' ? context.getExecutionContext() : undefined;

/** What n8n keeps of the run. Whether the caller waits, n8n 2.41 shows to no node in public. */
function runDataOf(context: object): JsonObject | undefined {
	const known = 'runExecutionData' in context ? context.runExecutionData : undefined;
	return isObject(known) ? known : undefined;
}

/**
 * Whether the sub-workflow was given one item, as it is when it is called once for each: then n8n
 * goes on with the rows of the first one that ends (2.41.1).
 */
function isCalledForOneItem(context: IExecuteFunctions): boolean {
	const trigger = nodesBefore(context).find(({ type }) => type === CALLED_BY_WORKFLOW);
	return (itemsOf(context, trigger?.name) ?? context.getInputData().length) === 1;
}

function itemsOf(context: IExecuteFunctions, nodeName: string | undefined): number | undefined {
	const runs = runDataOf(context)?.resultData;
	const runData = isObject(runs) && isObject(runs.runData) ? runs.runData : {};
	const [run]: unknown[] = nodeName === undefined ? [] : listOf(runData[nodeName]);
	const data = isObject(run) && isObject(run.data) ? run.data : {};
	const [output] = listOf(data.main);
	return Array.isArray(output) ? output.length : undefined;
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The nodes that lead here; those in front of its agent, where the node is an agent's tool. */
function nodesBefore(context: IExecuteFunctions): Trigger[] {
	if (typeof context.getParentNodes !== 'function') return [];
	const options = { includeNodeParameters: true };
	const before = context.getParentNodes(context.getNode().name, options);
	const agent = context.getExecuteData().source?.main?.[0]?.previousNode;
	const beforeAgent = agent === undefined ? [] : context.getParentNodes(agent, options);
	return [...before, ...beforeAgent];
}

/** The trigger that really started this run, where a node can see it. */
function startedBy(context: IExecuteFunctions): Trigger | undefined {
	const before = nodesBefore(context);
	const told = contextOf(context)?.triggerNode;
	if (told !== undefined) return before.find(({ name }) => name === told.name) ?? told;
	const callers = before.filter(({ type }) => type === WEBHOOK || type === CHAT);
	return callers.find(({ name }) => context.getWorkflowDataProxy(0).$(name).isExecuted === true);
}

/** An execution as n8n has stored it; undefined where there is none to read. */
async function storedRun(
	context: IExecuteFunctions,
	executionId: string,
): Promise<IRunExecutionData | undefined> {
	try {
		return await context.getExecutionDataById(executionId);
	} catch (error) {
		logOf(context).debug('Seedance: an execution was not read', { error: reasonOf(error) });
		return undefined;
	}
}

/** What n8n answers, it answers at the first pause, whichever node pauses. */
function isResumed(context: object, stored: IRunExecutionData | undefined): boolean {
	// In the executions that n8n saves as they go, what is stored says nothing (2.41.1).
	const known = 'additionalData' in context ? context.additionalData : undefined;
	if (isObject(known)) return known.restartExecutionId !== undefined;
	return stored?.resultData?.lastNodeExecuted !== undefined;
}

/** A stored run begins with its trigger. */
function triggerIn(stored: IRunExecutionData | undefined): INode | undefined {
	return stored?.executionData?.nodeExecutionStack?.[0]?.node;
}

/** The visitor of a run whose sub-workflow this is is answered when that run pauses for it. */
async function callerOfAncestors(
	context: IExecuteFunctions,
	parentId: string,
): Promise<WaitingCaller | undefined> {
	let executionId: string | undefined = parentId;
	for (let count = 0; executionId !== undefined && count < HOST.maxCallers; count++) {
		const stored = await storedRun(context, executionId);
		if (stored === undefined || stored.resultData?.lastNodeExecuted !== undefined) return undefined;
		const trigger = triggerIn(stored);
		if (stored.parentExecution === undefined) return trigger && waitingAt(trigger);
		if (stored.parentExecution.shouldResume === false) return undefined;
		executionId = stored.parentExecution.executionId;
	}
	return undefined;
}

/** Whether a caller of this trigger is answered with what the last node puts out. */
function waitingAt({ type, parameters }: Trigger): WaitingCaller | undefined {
	if (type === WEBHOOK) return waitsAtWebhook(parameters) ? 'webhook' : undefined;
	if (type === CHAT) return waitsAtChat(parameters) ? 'chat' : undefined;
	return undefined;
}

/** What an expression will say is not known here, and whoever may wait is taken to wait. */
const waitsAtWebhook = (parameters: JsonObject | undefined): boolean =>
	parameters === undefined ||
	!['onReceived', 'responseNode'].includes(String(parameters.responseMode ?? 'onReceived'));

/** As n8n's own Chat Trigger decides (2.41.1). */
function waitsAtChat(parameters: JsonObject | undefined): boolean {
	const { options, availableInChat } = parameters ?? {};
	const chosen = isObject(options) ? options.responseMode : undefined;
	const mode = chosen ?? (availableInChat === true ? 'streaming' : 'lastNode');
	return mode !== 'responseNodes' && mode !== 'responseNode';
}
