import type {
	ILoadOptionsFunctions,
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
	INodeType,
} from 'n8n-workflow';
import type { GenerationKind } from '../domain/model';
import { modelsOf, type Catalogue } from '../domain/provider';
import { option, orderParameter, videoParameter } from '../domain/ownParameters';
import { onlyVendor, providers } from '../providers';
import { CREDENTIAL_ABOVE, markerProperties, MAX_FALLBACKS } from './credentials';
import { modelOptions } from './modelOptions';
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
		options: [entryOf(catalogue, kinds)],
	};
}

const entryOf = (
	catalogue: Catalogue,
	kinds: readonly GenerationKind[],
): INodePropertyCollection => ({
	displayName: 'Fallback',
	name: orderParameter.fallbackProviders.entry,
	values: fieldsOf(catalogue, kinds),
});

function fieldsOf(catalogue: Catalogue, kinds: readonly GenerationKind[]): INodeProperties[] {
	const ids = Object.keys(catalogue);
	const [firstId = ''] = ids;
	const tellingBalance = ids.filter((id) => catalogue[id]?.vendor.balance !== undefined);
	return [
		{
			displayName: 'Provider',
			name: 'provider',
			type: 'options',
			noDataExpression: true,
			options: ids.map((value) => ({ name: catalogue[value]?.label ?? value, value })),
			default: firstId,
			description: 'The vendor that is asked next',
			hint: CREDENTIAL_ABOVE,
		},
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
		{
			...shownAs(videoParameter.callbackUrl),
			type: 'string',
			displayOptions: { show: { '/completion': ['notify'] } },
			placeholder: 'e.g. https://n8n.example.com/webhook/…',
			description: 'The Production URL of a Seedance Trigger with this provider',
		},
		{
			...shownAs(option.minimumBalance),
			type: 'number',
			typeOptions: { minValue: 0 },
			displayOptions: { show: { provider: tellingBalance } },
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
