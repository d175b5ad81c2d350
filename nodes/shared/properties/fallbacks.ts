import type {
	ILoadOptionsFunctions,
	INodeProperties,
	INodePropertyOptions,
	INodeType,
} from 'n8n-workflow';
import type { GenerationKind } from '../domain/model';
import { modelsOf, type Catalogue } from '../domain/provider';
import { option, orderParameter } from '../domain/ownParameters';
import { onlyVendor, providers } from '../providers';
import { callbackUrlOfEntry } from './completion';
import { markerProperties, MAX_FALLBACKS, vendorOfEntry } from './credentials';
import { modelOptions } from './modelOptions';
import { providersWith } from './providerOptions';
import { shownAs } from './shownAs';

/**
 * The ordered list of vendors that may stand in for the node's own. A package of one vendor has none;
 * what a workflow brings along from the package of all is kept unseen, so that it can be spoken of.
 */
export function fallbacksProperty(
	catalogue: Catalogue,
	kinds: readonly GenerationKind[],
): INodeProperties {
	const named = shownAs(orderParameter.fallbackProviders, {});
	if (onlyVendor !== undefined) return { ...named, type: 'hidden' };
	return {
		...named,
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true, maxAllowedFields: MAX_FALLBACKS },
		placeholder: 'Add Fallback',
		description:
			'Vendors to turn to, in this order, when the one before certainly did not take the video, e.g. for want of credits. Parameters that a model does not have are left out.',
		options: [
			{
				displayName: 'Fallback',
				name: orderParameter.fallbackProviders.entry,
				values: fieldsOf(catalogue, kinds),
			},
		],
	};
}

function fieldsOf(catalogue: Catalogue, kinds: readonly GenerationKind[]): INodeProperties[] {
	return [
		vendorOfEntry(catalogue, 'The vendor that is asked next'),
		{
			displayName: 'Model Name or ID',
			name: 'model',
			type: 'options',
			typeOptions: {
				loadOptionsMethod: loadMethodOf(kinds),
				loadOptionsDependsOn: kinds.length > 1 ? ['&provider', '/operation'] : ['&provider'],
			},
			default: '',
			description:
				'The model at this vendor. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		},
		{
			...shownAs(option.additionalParameters),
			type: 'json',
			description:
				"Further fields for this vendor's input object under its own names. They go in last and win.",
		},
		callbackUrlOfEntry({}),
		{
			...shownAs(option.minimumBalance),
			type: 'number',
			typeOptions: { minValue: 0 },
			displayOptions: { show: { provider: providersWith('balance', catalogue) } },
			description: 'The vendor is passed over while its account holds less. 0 does not ask.',
		},
		...markerProperties(catalogue),
	];
}

const loadMethods: Record<GenerationKind, string> = {
	textToVideo: 'getTextToVideoModels',
	imageToVideo: 'getImageToVideoModels',
	edit: 'getVideoToVideoModels',
	extend: 'getVideoToVideoModels',
	reference: 'getVideoToVideoModels',
};

const loadMethodOf = ([kind = 'textToVideo']: readonly GenerationKind[]) => loadMethods[kind];

/** Gives the models of the fallback's own vendor; for several kinds, of the node's operation. */
export function fallbackLoaders(
	kinds: readonly GenerationKind[],
	catalogue: Catalogue = providers,
): NonNullable<NonNullable<INodeType['methods']>['loadOptions']> {
	if (onlyVendor !== undefined) return {};
	return {
		async [loadMethodOf(kinds)](this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
			const provider = catalogue[String(this.getCurrentNodeParameter('&provider'))];
			const operation = kinds.length > 1 ? this.getCurrentNodeParameter('operation') : undefined;
			const kind = kinds.find((one) => operation === undefined || one === operation);
			if (provider === undefined || kind === undefined) return [];
			const usual = { name: "The Vendor's Usual Model", value: '' };
			return [usual, ...modelOptions(modelsOf(provider, kind))];
		},
	};
}
