import type { INodePropertyOptions } from 'n8n-workflow';
import type { ModelEntry } from '../domain/model';

/** Models as the entries of a list, with what tells apart those that still run; their IDs are the values. */
export const modelOptions = (models: readonly ModelEntry[]): INodePropertyOptions[] =>
	models.map((model) => ({
		...nameOf(model),
		...(!model.isRetired && { description: model.description }),
	}));

/**
 * The same by their names alone: n8n sends every list to every browser, and a model that takes a video
 * stands in one for each operation.
 */
export const modelNames = (models: readonly ModelEntry[]): INodePropertyOptions[] =>
	models.map(nameOf);

const nameOf = ({ id, label, isRetired }: ModelEntry) => ({
	name: isRetired ? `${label} (Retired)` : label,
	value: id,
});
