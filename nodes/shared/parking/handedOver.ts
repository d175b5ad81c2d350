import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { isObject } from '../domain/json';
import { shortHash } from '../tasks/ledgerRow';
import type { Submitted } from '../tasks/submit';

const PARKED_KEY = 'seedanceParked';

const runOf = (context: IExecuteFunctions): number =>
	Number(context.getWorkflowDataProxy(0).$runIndex);

/** Notes in the execution which tasks this run of the node has paused it for; other runs have their own. */
export function noteParked(context: IExecuteFunctions, submitted: readonly Submitted[]): void {
	const taskIds = submitted.map(({ result }) =>
		result.ok ? result.value.task.taskId : result.error.taskId,
	);
	const nodeContext = context.getContext('node');
	const known: unknown = nodeContext[PARKED_KEY];
	nodeContext[PARKED_KEY] = { ...(isObject(known) && known), [runOf(context)]: hashOf(taskIds) };
}

/**
 * The rows that a call has handed to n8n for this run of the node. If n8n is killed behind it, "Retry
 * with currently saved workflow" runs the node again with its own rows as input (2.41.1), where the
 * original workflow passes them on: what they were ordered from is gone, and they are paid for.
 */
export function rowsHandedOver(context: IExecuteFunctions): INodeExecutionData[] | undefined {
	const noted = context.getContext('node')[PARKED_KEY];
	if (!isObject(noted)) return undefined;
	const items = context.getInputData();
	if (noted[runOf(context)] !== hashOf(items.map(({ json }) => taskIdIn(json)))) return undefined;
	return items.map((item, index) => ({ ...item, pairedItem: { item: index } }));
}

const hashOf = (taskIds: readonly unknown[]): string =>
	shortHash(taskIds.map((taskId) => taskId ?? null));

/** Rows for the error output hold everything but the error itself in one field. */
function taskIdIn(json: INodeExecutionData['json']): unknown {
	if (json.taskId !== undefined) return json.taskId;
	const held = [json.details, json.message].find(isObject);
	return held?.taskId;
}
