import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import type { Result } from '../domain/result';
import { DELIVERY_PATH } from '../host/paths';
import type { ParkingRun, PollerRun } from '../host/run';
import { PLAN_PARAMETER } from '../models/nodeParameters';
import { parentOf } from './caller';
import { resumeUrlAt, startDetached } from './executions';
import { logOf } from './log';
import { pollerWorkflow } from './pollerWorkflow';
import { networkOf } from './post';
import { thisProcess } from './process';
import { keepPlaceOfAgents, standAlone } from './stackEntry';

/** Opens a run of a node to those who pause it, or have others rung. */
export function openRun(context: IExecuteFunctions): ParkingRun {
	return {
		...networkOf(context),
		process: thisProcess,
		log: logOf(context),
		get executionId() {
			return context.getExecutionId();
		},
		parentId: () => parentOf(context),
		runIndex: () => Number(context.getWorkflowDataProxy(0).$runIndex),
		items: () => context.getInputData(),
		get kept() {
			return context.getContext('node');
		},
		keep(index, { json, binary }) {
			// n8n keeps this node's input while it is parked, and shows it to the call that delivers.
			const input = context.getInputData()[index];
			if (input === undefined) return;
			input.json = json;
			if (binary === undefined) delete input.binary;
			else input.binary = binary;
		},
		deliveryUrl: () =>
			resumeUrlAt(String(context.getWorkflowDataProxy(0).$execution.resumeUrl), DELIVERY_PATH),
		async pauseUntil(endsAt) {
			standAlone(context);
			keepPlaceOfAgents(context);
			await context.putExecutionToWait(new Date(endsAt));
		},
		startPoller: async (plan) =>
			await startDetached(context, pollerWorkflow(context.getNode(), plan), [{}]),
	};
}

/** Why a poller cannot go on, and what to do. */
interface Trouble {
	message: string;
	description: string;
}

/**
 * Has a poller's node do a round; while there is another one to come, its row leads it back to itself.
 * @throws NodeOperationError when it cannot go on.
 */
export async function doRound(
	context: IExecuteFunctions,
	round: (run: PollerRun) => Promise<Result<'again' | 'over', Trouble>>,
): Promise<INodeExecutionData[][]> {
	const done = await round({
		...networkOf(context),
		process: thisProcess,
		plan: context.getNodeParameter(PLAN_PARAMETER, 0, ''),
		items: () => context.getInputData(),
		// n8n keeps the node's context beside the items, so it does not grow with every round.
		kept: context.getContext('node'),
		restUntil: async (nextAt) => await context.putExecutionToWait(new Date(nextAt)),
	});
	if (done.ok) return [done.value === 'again' ? [{ json: {} }] : []];
	const { message, description } = done.error;
	throw new NodeOperationError(context.getNode(), message, { description });
}
