import type { INodePropertyOptions } from 'n8n-workflow';
import type { ModelEntry } from '../domain/model';

/** Models as the entries of a list, with what tells them apart; their IDs are the values. */
export const modelOptions = (models: readonly ModelEntry[]): INodePropertyOptions[] =>
	models.map(({ id, label, description, isRetired }) => ({
		name: isRetired ? `${label} (Retired)` : label,
		value: id,
		description: [description, isRetired ? 'may not run any more' : undefined]
			.filter((part) => part !== undefined)
			.join(' · '),
	}));
