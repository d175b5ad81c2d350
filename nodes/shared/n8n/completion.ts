import type { IExecuteFunctions } from 'n8n-workflow';
import { videoParameter } from '../domain/ownParameters';

/** How a node gets from the submitted task to the finished video. */
export type Completion = 'wait' | 'pause' | 'notify' | 'submit';

const completions: readonly string[] = ['wait', 'pause', 'notify', 'submit'];

const isCompletion = (value: unknown): value is Completion =>
	typeof value === 'string' && completions.includes(value);

export function readCompletion(context: IExecuteFunctions): Completion {
	const { name, default: usual } = videoParameter.completion;
	const chosen = context.getNodeParameter(name, 0, usual);
	return isCompletion(chosen) ? chosen : usual;
}
