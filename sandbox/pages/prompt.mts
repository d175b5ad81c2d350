import type { PageField } from './types.mts';

export const prompt = (maxLength?: number, minLength?: number): PageField => ({
	name: 'prompt',
	field: 'prompt',
	required: true,
	type: 'string',
	maxLength,
	minLength,
});

/** Where the page lets the files stand alone. */
export const optionalPrompt = (maxLength?: number): PageField => ({
	...prompt(maxLength),
	required: undefined,
});
