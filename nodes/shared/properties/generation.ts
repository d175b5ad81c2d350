import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { GenerationKind } from '../domain/model';
import { modelsOf, type Catalogue } from '../domain/provider';
import { firstImageParameters, lastImageParameters, type ImageParameters } from '../models/images';
import { CUSTOM_MODEL } from '../models/schema';
import { providers } from '../providers';
import { nodeParameterProperties, optionProperties } from './modelParameters';
import {
	callbackUrlProperty,
	completionProperty,
	contextOption,
	sendCallbackUrlOption,
	waitingOptions,
} from './completion';
import { outputProperties } from './output';

/** Every property of a generation node, derived from the catalogue. */
export function generationProperties(
	kind: GenerationKind,
	catalogue: Catalogue = providers,
): INodeProperties[] {
	const offered = Object.fromEntries(
		Object.entries(catalogue).filter(([, { kinds }]) => kinds.includes(kind)),
	);
	return [
		providerProperty(offered),
		...modelProperties(offered, kind),
		promptProperty,
		...(kind === 'imageToVideo' ? imageProperties(offered, kind) : []),
		...nodeParameterProperties(offered, kind),
		completionProperty({}),
		callbackUrlProperty({}),
		...outputProperties({ show: { completion: ['wait', 'pause'] } }),
		optionsProperty(offered, kind),
	];
}

/** The credentials of a node: for each provider its own. */
export function credentialsOf(catalogue: Catalogue, kinds: readonly GenerationKind[]) {
	return Object.entries(catalogue)
		.filter(([, provider]) => provider.kinds.some((kind) => kinds.includes(kind)))
		.map(([id, { credentialType }]) => ({
			name: credentialType,
			required: true,
			// Written as a path, because n8n's editor takes a plain parameter on which all credentials
			// depend for a choice of authentication, and hides it (2.41.1).
			displayOptions: { show: { '/provider': [id] } },
		}));
}

export function providerProperty(catalogue: Catalogue): INodeProperties {
	const ids = Object.keys(catalogue);
	const [firstId = ''] = ids;
	return {
		displayName: 'Provider',
		name: 'provider',
		type: 'options',
		noDataExpression: true,
		options: ids.map((value) => ({ name: catalogue[value]?.label ?? value, value })),
		default: firstId,
		description: 'The vendor that generates the video and is paid for it',
	};
}

function modelProperties(catalogue: Catalogue, kind: GenerationKind): INodeProperties[] {
	const lists = Object.entries(catalogue).map(([providerId, provider]): INodeProperties => {
		const models = modelsOf(provider, kind);
		const firstModelId = models[0]?.id ?? CUSTOM_MODEL;
		return {
			displayName: 'Model',
			name: 'model',
			type: 'options',
			noDataExpression: true,
			displayOptions: { show: { provider: [providerId] } },
			options: [
				...models.map(
					({ id, label }): INodePropertyOptions => ({
						name: label,
						value: id,
						description: id,
					}),
				),
				{
					name: 'Custom',
					value: CUSTOM_MODEL,
					description: 'A model that is not in this list, by its ID',
				},
			],
			default: firstModelId,
			description: 'The model that generates the video',
		};
	});
	const custom: INodeProperties = {
		displayName: 'Custom Model',
		name: 'customModel',
		type: 'string',
		required: true,
		displayOptions: { show: { model: [CUSTOM_MODEL] } },
		default: '',
		placeholder: 'e.g. bytedance/seedance-1.5-pro',
		description:
			"The vendor's ID of the model. Its parameters other than the prompt go into the option 'Additional Parameters'.",
	};
	return [...lists, custom];
}

const promptProperty: INodeProperties = {
	displayName: 'Prompt',
	name: 'prompt',
	type: 'string',
	typeOptions: { rows: 4 },
	required: true,
	default: '',
	placeholder: 'e.g. A paper boat drifts down a rain-soaked street, camera follows low',
	description: 'What happens in the video: subject, action, camera, style',
};

function imageProperties(catalogue: Catalogue, kind: GenerationKind): INodeProperties[] {
	const lastImages = Object.entries(catalogue).flatMap(([provider, entry]) => {
		const models = modelsOf(entry, kind).filter(({ lastImage }) => lastImage !== undefined);
		const show = { provider: [provider], model: models.map(({ id }) => id) };
		const none = { name: 'None', value: 'none', description: 'The video ends as it likes' };
		return models.length === 0 ? [] : imageProperty(lastImageParameters, show, [none]);
	});
	return [...imageProperty(firstImageParameters, {}, []), ...lastImages];
}

function imageProperty(
	{ label, inputType, defaultInputType, url, binaryPropertyName }: ImageParameters,
	show: { provider?: string[]; model?: string[] },
	furtherTypes: INodePropertyOptions[],
): INodeProperties[] {
	const isOptional = furtherTypes.length > 0;
	return [
		{
			displayName: `${label} Input Type`,
			name: inputType,
			type: 'options',
			displayOptions: { show },
			options: [
				...furtherTypes,
				{ name: 'Image URL', value: 'url', description: 'The address of an image on the web' },
				{
					name: 'Binary File',
					value: 'binary',
					description: 'An image from the previous node, for vendors that take files',
				},
			],
			default: defaultInputType,
			description: 'Where the image comes from',
		},
		{
			displayName: `${label} URL`,
			name: url,
			type: 'string',
			required: true,
			displayOptions: { show: { ...show, [inputType]: ['url'] } },
			default: '',
			placeholder: 'e.g. https://example.com/first-frame.png',
			description: `The address of the image that the video ${isOptional ? 'ends' : 'starts'} with`,
		},
		{
			displayName: `${label} Input Data Field Name`,
			name: binaryPropertyName,
			type: 'string',
			required: true,
			displayOptions: { show: { ...show, [inputType]: ['binary'] } },
			default: 'data',
			placeholder: 'e.g. data',
			description: "The name of the input field with the image's binary data",
		},
	];
}

function optionsProperty(catalogue: Catalogue, kind: GenerationKind): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			...optionProperties(catalogue, kind),
			...runOptions,
			sendCallbackUrlOption(callingProviders(catalogue)),
		].sort(byDisplayName),
	};
}

const callingProviders = (catalogue: Catalogue): string[] =>
	Object.keys(catalogue).filter((id) => catalogue[id]?.vendor.callbacks !== undefined);

const runOptions: INodeProperties[] = [
	{
		displayName: 'Additional Parameters',
		name: 'additionalParameters',
		type: 'json',
		default: '{}',
		description:
			"Further fields for the vendor's input object under the vendor's own names. They go in last and win.",
	},
	{
		displayName: 'Max Parallel Tasks',
		name: 'maxParallel',
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: 3,
		description:
			"How many videos of this run may be in the works at once. Without this option: the vendor's limit.",
	},
	contextOption,
	...waitingOptions,
	{
		displayName: 'Resubmit Unknown',
		name: 'resubmitUnknown',
		type: 'boolean',
		default: false,
		description:
			'Whether a retry may submit an item again although an earlier try may have been accepted and paid',
	},
];

function byDisplayName(a: INodeProperties, b: INodeProperties): number {
	return a.displayName.localeCompare(b.displayName, 'en');
}
