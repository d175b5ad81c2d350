import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { orderParameter } from '../domain/ownParameters';
import { LIST_MODEL } from '../models/schema';
import { shownAs } from './shownAs';

/** Names of the node's methods that read a vendor's list and what a model takes. */
export const SEARCH_METHOD = 'searchModels';
export const FIELDS_METHOD = 'getModelParameters';

export const listOption: INodePropertyOptions = {
	name: "From the Vendor's List",
	value: LIST_MODEL,
	description: 'Also models newer than this node',
};

const show = { model: [LIST_MODEL] };

/** A model of the vendor's own list, and fields for what it takes. */
export const listModelProperties: INodeProperties[] = [
	{
		...shownAs(orderParameter.listModel, { mode: 'list', value: '' }),
		type: 'resourceLocator',
		required: true,
		displayOptions: { show },
		description: 'The model that generates the video',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a model...',
				typeOptions: { searchListMethod: SEARCH_METHOD, searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. bytedance/seedance-1.5-pro',
			},
		],
	},
	{
		...shownAs(orderParameter.modelParameters, { mappingMode: 'defineBelow', value: null }),
		type: 'resourceMapper',
		noDataExpression: true,
		displayOptions: { show },
		typeOptions: {
			loadOptionsDependsOn: ['provider', `${orderParameter.listModel.name}.value`],
			resourceMapper: {
				resourceMapperMethod: FIELDS_METHOD,
				mode: 'map',
				valuesLabel: orderParameter.modelParameters.label,
				fieldWords: { singular: 'parameter', plural: 'parameters' },
				addAllFields: true,
				multiKeyMatch: false,
				supportAutoMap: false,
			},
		},
		description: 'What is left empty, the vendor decides',
	},
];
