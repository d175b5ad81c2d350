import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { pollerWorkflow, type PollerParameters, type PollerRole } from './pollerWorkflow';

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

/** Starts a hidden execution that nobody waits for. */
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

/** The address at which this execution, once parked, can be reached; it holds n8n's own token. */
export function resumeUrlOf(context: IExecuteFunctions): string {
	return String(context.getWorkflowDataProxy(0).$execution.resumeUrl);
}
