import type { NodeInput } from '../host/readers';

/** How a node gets from the submitted task to the finished video. */
export type Completion = 'wait' | 'pause' | 'notify' | 'submit';

const completions: readonly string[] = ['wait', 'pause', 'notify', 'submit'];

const isCompletion = (value: unknown): value is Completion =>
	typeof value === 'string' && completions.includes(value);

export function readCompletion(input: NodeInput): Completion {
	const chosen = input.parameter('completion', 0, 'wait');
	return isCompletion(chosen) ? chosen : 'wait';
}
