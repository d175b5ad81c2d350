import type { PageField } from './types.mts';

export const prompt = (maxLength?: number, minLength?: number): PageField => ({
	name: 'prompt',
	field: 'prompt',
	required: true,
	type: 'string',
	maxLength,
	minLength,
});
