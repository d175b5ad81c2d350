import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { RunPlace } from '../host/readers';
import type { PairedOutput } from '../host/rows';
import type { NodeRun } from '../host/run';
import { findWaitingCaller } from './caller';
import { tablesOf } from './dataTable';
import { downloadTask } from './download';
import { inlineRunner, noteStoppedTasks } from './executions';
import { openInput } from './nodeInput';
import { openRun } from './run';
import { openSession } from './session';
import { onProblemOf, settle, toNodeError } from './settle';
import { stoppable } from './stoppable';
import { canPark } from './version';

/**
 * Tells the story of a node's run.
 * @throws NodeApiError naming item, task and remedy, unless Continue On Fail is set.
 */
export const atNode = async (
	context: IExecuteFunctions,
	story: (run: NodeRun) => Promise<PairedOutput[]>,
): Promise<INodeExecutionData[][]> => [
	await stoppable(context, async () => await story(openNodeRun(context))),
];

/** Opens a run of a node that orders, asks or waits. */
export function openNodeRun(context: IExecuteFunctions): NodeRun {
	const node = context.getNode();
	const run = openRun(context);
	const stopSignal = context.getExecutionCancelSignal();
	const { clock } = run.process;
	return {
		...run,
		...openInput(context),

		fetchFiles: async (account, task, rules) =>
			await downloadTask(context, { ...account, clock, stopSignal }, task, rules),

		openSession: async (providerId) => await openSession(context, providerId, stopSignal),
		settle: (results) => settle(node, results, onProblemOf(node)),
		raise(problem, itemIndex) {
			if (!context.continueOnFail()) throw toNodeError(node, problem, itemIndex);
		},

		stopSignal,
		onStop: (work) => context.onExecutionCancellation(work),
		noteStoppedTasks: async (rows) => await noteStoppedTasks(context, [...rows]),

		canPark,
		isToolExecution: () => context.isToolExecution(),
		findWaitingCaller: async (rules) => await findWaitingCaller(context, rules),

		tables: tablesOf(inlineRunner(context), clock),
		place: () => placeOf(context),
		isRetry: () => context.getMode() === 'retry',
	};
}

/**
 * n8n gives a retried execution the token of the first one (2.41.1), also after a crash, of which it
 * knows nothing else. n8n before 2.14 has none.
 */
function placeOf(context: IExecuteFunctions): RunPlace {
	const { $execution, $workflow } = context.getWorkflowDataProxy(0);
	const { id: nodeId, name: node } = context.getNode();
	const token = new URL(String($execution.resumeUrl)).searchParams.get('signature');
	return {
		workflow: String($workflow.name ?? ''),
		workflowId: String($workflow.id),
		executionId: String($execution.id),
		node,
		nodeId,
		...(token !== null && { token }),
	};
}
