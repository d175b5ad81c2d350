import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

/**
 * Runs a node's work. When the user has stopped the execution, whatever the work rejects with is
 * put in the words by which n8n tells a stopped execution from a failed one (2.41.1).
 */
export async function stoppable<T>(context: IExecuteFunctions, work: () => Promise<T>): Promise<T> {
	const stopSignal = context.getExecutionCancelSignal();
	// n8n goes through the tries of Retry On Fail after a stop, too (2.41.1).
	if (stopSignal?.aborted) throw stopped(context);
	const [result] = await Promise.allSettled([work()]);
	if (result.status === 'fulfilled') return result.value;
	throw stopSignal?.aborted ? stopped(context) : result.reason;
}

const stopped = (context: IExecuteFunctions) =>
	new NodeOperationError(context.getNode(), 'The execution was canceled');
