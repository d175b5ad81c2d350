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

/** Parks this execution on a keeper; n8n goes on with the keeper's items when it has finished. */
export async function parkOn(
	context: IExecuteFunctions,
	parameters: PollerParameters,
	items: INodeExecutionData[],
) {
	const code = pollerWorkflow('keeper', context.getNode(), parameters);
	return await context.executeWorkflow({ code }, items, undefined, {
		parentExecution: { ...executionOf(context), shouldResume: true },
		executionMode: context.getMode(),
	});
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
