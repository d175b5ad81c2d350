import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import {
	noteWorkflow,
	pollerWorkflow,
	type PollerParameters,
	type PollerRole,
} from './pollerWorkflow';

const executionOf = (context: IExecuteFunctions) => {
	const { $execution, $workflow } = context.getWorkflowDataProxy(0);
	return { executionId: String($execution.id), workflowId: String($workflow.id) };
};

/**
 * Starts a keeper and parks this execution. The keeper's end wakes the execution `waiterId` with
 * the keeper's items; where that is empty, nobody waits for them.
 */
export async function startKeeper(
	context: IExecuteFunctions,
	parameters: PollerParameters,
	items: INodeExecutionData[],
) {
	const { workflowId } = executionOf(context);
	const code = pollerWorkflow('keeper', context.getNode(), parameters);
	const keeper = await context.executeWorkflow({ code }, items, undefined, {
		parentExecution:
			parameters.waiterId === ''
				? { ...executionOf(context), shouldResume: false }
				: { executionId: parameters.waiterId, workflowId, shouldResume: true },
		executionMode: context.getMode(),
	});
	// n8n would wake this execution with a dead keeper's items as if they were results (2.41.1). A
	// keeper that is not on this list wakes it only by ending, and the guardian sees to the dead.
	context.setMetadata({ waitingChildExecutionIds: [] });
	return keeper;
}

/** Starts a hidden execution that nobody waits for. Rejects when n8n does not let it start. */
export async function startDetached(
	context: IExecuteFunctions,
	role: PollerRole,
	parameters: PollerParameters,
	items: INodeExecutionData[],
): Promise<void> {
	const code = pollerWorkflow(role, context.getNode(), parameters);
	await context.executeWorkflow({ code }, items, undefined, {
		doNotWaitToFinish: true,
		parentExecution: { ...executionOf(context), shouldResume: false },
		executionMode: context.getMode(),
	});
}

/**
 * Leaves the tasks of a stopped execution as an execution of their own in the workflow's list:
 * n8n keeps nothing of a node that was stopped (2.41.1). Never rejects; the IDs are in the log too.
 */
export async function noteStoppedTasks(
	context: IExecuteFunctions,
	rows: IDataObject[],
): Promise<void> {
	const items = rows.map((json, item) => ({ json, pairedItem: { item } }));
	const { executionId } = executionOf(context);
	try {
		await context.executeWorkflow({ code: noteWorkflow(executionId) }, items, undefined, {
			doNotWaitToFinish: true,
			parentExecution: { ...executionOf(context), shouldResume: false },
			executionMode: context.getMode(),
		});
	} catch (error) {
		const taskIds = rows.map(({ taskId }) => taskId).join(', ');
		context.logger.warn(`Seedance: tasks of stopped execution ${executionId}: ${taskIds}`, {
			error: String(error),
		});
	}
}

/** The address at which this execution, once parked, can be reached; it holds n8n's own token. */
export function resumeUrlOf(context: IExecuteFunctions): string {
	return String(context.getWorkflowDataProxy(0).$execution.resumeUrl);
}
