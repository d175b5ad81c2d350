import {
	NodeConnectionTypes,
	type IConnections,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeParameters,
	type IWebhookFunctions,
	type IWorkflowBase,
	type IWorkflowExecuteAdditionalData,
	type IWorkflowSettings,
} from 'n8n-workflow';
import { isObject, reasonOf } from '../domain/json';
import { fail, ok, type Result } from '../domain/result';
import { logOf } from './log';

const START = 'Start';

export const connectionTo = (node: string) => ({
	node,
	type: NodeConnectionTypes.Main,
	index: 0,
});

export function inlineNode(index: number, name: string, type: string, more: Partial<INode> = {}) {
	const position: [number, number] = [index * 220, 0];
	return { id: `seedance-${index}`, name, type, typeVersion: 1, position, parameters: {}, ...more };
}

/**
 * Parameters as the text that they are. n8n evaluates every one that begins with `=`, and names, keys
 * and IDs come from strangers: such a text becomes a literal in which nothing of it is left to read.
 */
function asData(parameters: INodeParameters): INodeParameters {
	const data: INodeParameters = JSON.parse(JSON.stringify(parameters), (_, value: unknown) =>
		typeof value === 'string' && value.startsWith('=') ? literalOf(value) : value,
	);
	return data;
}

/** Code units alone: no quote, brace or line end of the text can end the literal. */
const literalOf = (text: string): string =>
	`={{ "${Array.from({ length: text.length }, (_, at) => escapeAt(text, at)).join('')}" }}`;

const escapeAt = (text: string, at: number): string =>
	`\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`;

/**
 * A workflow that exists only for the executions this package starts: the only place that makes any,
 * so that no parameter of theirs is evaluated. Its first node hands its input to `first`. What is kept of it is said here, because the instance may keep nothing, and the
 * instance's time limit counts waiting too (2.41.1).
 */
export function inlineWorkflow(
	name: string,
	first: string,
	nodes: INode[],
	connections: IConnections,
	keep: 'all' | 'errors' | 'nothing',
): IWorkflowBase {
	const settings: IWorkflowSettings = {
		executionOrder: 'v1',
		callerPolicy: 'workflowsFromSameOwner',
		executionTimeout: -1,
		saveDataSuccessExecution: keep === 'all' ? 'all' : 'none',
		saveDataErrorExecution: keep === 'nothing' ? 'none' : 'all',
		...(keep === 'nothing' && { saveManualExecutions: false }),
	};
	const start = inlineNode(0, START, 'n8n-nodes-base.executeWorkflowTrigger', {
		typeVersion: 1.1,
		parameters: { inputSource: 'passthrough' },
	});
	return {
		id: '',
		name,
		active: false,
		isArchived: false,
		activeVersionId: null,
		createdAt: new Date(0),
		updatedAt: new Date(0),
		nodes: [start, ...nodes].map((node) => ({ ...node, parameters: asData(node.parameters) })),
		connections: { [START]: { main: [[connectionTo(first)]] }, ...connections },
		settings,
	};
}

/** Starts an execution that nobody waits for; says why, where n8n does not let it start. */
export async function startDetached(
	context: IExecuteFunctions,
	code: IWorkflowBase,
	items: IDataObject[],
): Promise<Result<void, string>> {
	const { $execution, $workflow } = context.getWorkflowDataProxy(0);
	const executionId = String($execution.id);
	try {
		await context.executeWorkflow({ code }, toItems(items), undefined, {
			doNotWaitToFinish: true,
			parentExecution: { executionId, workflowId: String($workflow.id), shouldResume: false },
			executionMode: context.getMode(),
		});
		return ok(undefined);
	} catch (error) {
		return fail(reasonOf(error));
	}
}

/** Runs such a workflow to its end and gives what its last node puts out, or says why it did not end. */
export type RunInline = (
	code: IWorkflowBase,
	items: readonly IDataObject[],
) => Promise<Result<IDataObject[], string>>;

export const inlineRunner =
	(context: IExecuteFunctions): RunInline =>
	async (code, items) => {
		try {
			const { data } = await context.executeWorkflow({ code }, toItems(items));
			return ok((data[0] ?? []).map(({ json }) => json));
		} catch (error) {
			return fail(reasonOf(error));
		}
	};

/**
 * The same for a call that comes in. n8n gives such a call no public way to run a workflow, but the
 * one that it gives to nodes lies at its hand (2.41.1).
 */
export const inlineRunnerOfCall =
	(context: IWebhookFunctions): RunInline =>
	async (code, items) => {
		if (!canExecute(context)) return fail('This n8n runs no workflow for a call that comes in');
		const { additionalData } = context;
		try {
			const { data } = await additionalData.executeWorkflow({ code }, additionalData, {
				executionMode: context.getMode(),
				inputData: toItems(items),
				parentWorkflowId: String(context.getWorkflow().id),
				parentWorkflowSettings: code.settings,
				node: context.getNode(),
			});
			return ok((data[0] ?? []).map(({ json }) => json));
		} catch (error) {
			return fail(reasonOf(error));
		}
	};

interface CanExecute {
	additionalData: IWorkflowExecuteAdditionalData;
}

const canExecute = (context: object): context is CanExecute =>
	'additionalData' in context &&
	isObject(context.additionalData) &&
	typeof context.additionalData.executeWorkflow === 'function';

const toItems = (rows: readonly IDataObject[]) =>
	rows.map((json, item) => ({ json, pairedItem: { item } }));

/**
 * Leaves the tasks of a stopped execution as an execution of their own in the workflow's list:
 * n8n keeps nothing of a node that was stopped (2.41.1). Never rejects; the IDs are in the log too.
 */
export async function noteStoppedTasks(
	context: IExecuteFunctions,
	rows: IDataObject[],
): Promise<void> {
	const name = 'Submitted Tasks';
	const stopped = `stopped execution ${String(context.getWorkflowDataProxy(0).$execution.id)}`;
	const workflow = inlineWorkflow(
		`Seedance: tasks of the ${stopped}`,
		name,
		[inlineNode(1, name, 'n8n-nodes-base.noOp')],
		{},
		'all',
	);
	const started = await startDetached(context, workflow, rows);
	if (started.ok) return;
	const taskIds = rows.map(({ taskId }) => taskId).join(', ');
	logOf(context).warn(`Seedance: tasks of the ${stopped}: ${taskIds}`, { error: started.error });
}

/**
 * The address under `path` at which an execution can be reached once it is parked; `resumeUrl` is
 * n8n's own, and holds n8n's token for the execution.
 */
export function resumeUrlAt(resumeUrl: string, path: string): string {
	const url = new URL(resumeUrl);
	url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`;
	return url.toString();
}
