import type { IExecuteFunctions } from 'n8n-workflow';

/** How a node gets from the submitted task to the finished video. */
export type Completion = 'wait' | 'pause' | 'notify' | 'submit';

const completions: readonly string[] = ['wait', 'pause', 'notify', 'submit'];

const isCompletion = (value: unknown): value is Completion =>
	typeof value === 'string' && completions.includes(value);

/** Reads Completion; an n8n that cannot park waits in the node and says so. */
export function readCompletion(context: IExecuteFunctions, canPark: boolean): Completion {
	const chosen = context.getNodeParameter('completion', 0, 'wait');
	const completion = isCompletion(chosen) ? chosen : 'wait';
	if (canPark || completion !== 'pause') return completion;
	context.addExecutionHints({
		message:
			"This n8n is older than 2.30 and cannot park the execution, so the node waited while running. Update n8n to use 'Pause the Execution'.",
		location: 'outputPane',
	});
	return 'wait';
}
