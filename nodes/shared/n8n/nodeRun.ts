import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { FILE } from '../domain/limits';
import type { PairedOutput } from '../host/rows';
import type { NodeRun } from '../host/run';
import { findWaitingCaller } from './caller';
import { downloadTask } from './download';
import { noteStoppedTasks } from './executions';
import { openLedger } from './ledger';
import { openRun } from './run';
import { openSession } from './session';
import { onProblemOf, settle, toNodeError } from './settle';
import { stoppable } from './stoppable';
import { toFile } from './storedFile';
import { runsAsTool } from './tool';
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
	const { helpers } = context;
	const run = openRun(context);
	const stopSignal = context.getExecutionCancelSignal();
	const { clock } = run.process;
	return {
		...run,
		parameter: (name, itemIndex, fallback) => context.getNodeParameter(name, itemIndex, fallback),
		written: () => node.parameters,
		runsAsTool: () => runsAsTool(context),

		fileIn: (itemIndex, field) => helpers.assertBinaryData(itemIndex, field),
		bytesIn: async (itemIndex, field) => await helpers.getBinaryDataBuffer(itemIndex, field),
		toOpen: async (file) => await toFile(context, file),
		store: async (bytes, fileName, mimeType) =>
			await helpers.prepareBinaryData(bytes, fileName, mimeType),
		linkTo: (file) => helpers.createBinarySignedUrl(file, FILE.linkLifetime),
		fetchFiles: async (account, task, rules) =>
			await downloadTask(context, { ...account, clock, stopSignal }, task, rules),

		openSession: async (providerId) => await openSession(context, providerId, stopSignal),
		hint: (message, type = 'info') =>
			context.addExecutionHints({ message, type, location: 'outputPane' }),
		settle: (results) => settle(node, results, onProblemOf(node)),
		raise(problem, itemIndex) {
			if (!context.continueOnFail()) throw toNodeError(node, problem, itemIndex);
		},

		openLedger: async () => await openLedger(context),

		stopSignal,
		onStop: (work) => context.onExecutionCancellation(work),
		noteStoppedTasks: async (rows) => await noteStoppedTasks(context, [...rows]),

		canPark,
		isToolExecution: () => context.isToolExecution(),
		findWaitingCaller: async (rules) => await findWaitingCaller(context, rules),
	};
}
