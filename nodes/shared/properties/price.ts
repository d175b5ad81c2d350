import type { INodeProperties } from 'n8n-workflow';
import { option, taskParameter } from '../domain/ownParameters';
import { shownAs } from './shownAs';

/** For vendors that tell what an order costs before it is made. */
export const maxPriceOption = (ids: string[]): INodeProperties => ({
	...shownAs(option.maxPrice, 1),
	type: 'number',
	// Whoever orders by way of an agent must not be able to raise it.
	noDataExpression: true,
	typeOptions: { minValue: 0, numberPrecision: 4 },
	displayOptions: { show: { '/provider': ids } },
	description:
		'The most that one video may cost, in US dollars. What costs more, or whose price is not told, is refused before anything is paid. Where the vendor has a price list only, it is an estimate.',
});

const show = { resource: ['account'], operation: ['getPrice'] };

/** What a price depends on, for Seedance Task; what is left empty is as a generation node has it. */
export const priceProperties: INodeProperties[] = [
	{
		...shownAs(taskParameter.model),
		type: 'string',
		required: true,
		displayOptions: { show },
		placeholder: 'e.g. bytedance/seedance-2.0-fast',
		description: "The vendor's ID of the model, as the generation nodes have it",
	},
	...['Aspect Ratio', 'Duration', 'Resolution'].map(
		(displayName, index): INodeProperties => ({
			displayName,
			name: ['aspectRatio', 'duration', 'resolution'][index] ?? '',
			type: 'string',
			displayOptions: { show },
			default: '',
			placeholder: ['e.g. 16:9', 'e.g. 5', 'e.g. 720p'][index],
			description: 'Empty for the value with which a generation node begins',
		}),
	),
	{
		...shownAs(option.additionalParameters),
		type: 'json',
		displayOptions: { show },
		description:
			"Further fields for the vendor's input object on which the price depends, under the vendor's own names",
	},
];
