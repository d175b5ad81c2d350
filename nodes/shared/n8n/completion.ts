import type { IExecuteFunctions } from 'n8n-workflow';

/** How a node gets from the submitted task to the finished video. */
export type Completion = 'wait' | 'pause' | 'notify' | 'submit';

const completions: readonly string[] = ['wait', 'pause', 'notify', 'submit'];

const isCompletion = (value: unknown): value is Completion =>
	typeof value === 'string' && completions.includes(value);

export function readCompletion(context: IExecuteFunctions): Completion {
	const chosen = context.getNodeParameter('completion', 0, 'wait');
	return isCompletion(chosen) ? chosen : 'wait';
}
