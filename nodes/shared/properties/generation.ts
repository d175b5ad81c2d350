import type { INodeProperties } from 'n8n-workflow';
import { videoOperations, type GenerationKind, type VideoOperation } from '../domain/model';
import { modelsOf, type Catalogue, type Provider } from '../domain/provider';
import { option, orderParameter } from '../domain/ownParameters';
import { LEDGER_SWITCH_SINCE } from '../models/nodeParameters';
import { listsModels } from '../models/byId';
import { CUSTOM_MODEL } from '../models/schema';
import { onlyVendor, providers } from '../providers';
import { chainItemsOptions } from './chain';
import { fallbacksProperty } from './fallbacks';
import { imageProperties, referencesBesideVideo } from './images';
import { listModelProperties, listOption } from './listModel';
import { modelNames, modelOptions } from './modelOptions';
import { nodeParameterProperties, optionProperties } from './modelParameters';
import {
	callbackUrlProperty,
	completionProperty,
	contextOption,
	pauseInSubWorkflowsOption,
	sendCallbackUrlOption,
	waitingOptions,
} from './completion';
import {
	fileNameOption,
	includeInputFieldsOption,
	maxFileSizeOption,
	outputProperties,
} from './output';
import { maxPriceOption } from './price';
import { optionsCollection, shownAs } from './shownAs';
import { before, since } from './versions';
import { inOperations, operationProperty, videoProperties } from './videoToVideo';
import { providerNames, providerOptions, providersWith } from './providerOptions';

/**
 * Vendor and model below the node's name, e.g. `<vendor>: 2.0/fast`: without what all of the vendor's
 * models have in their IDs, because the canvas cuts a line off after some 26 characters. An expression
 * of n8n, so that no two closing braces may stand in it.
 */
export function generationSubtitle(catalogue: Catalogue = providers): string {
	const common = Object.entries(catalogue).flatMap(([id, { commonInModelIds }]) =>
		commonInModelIds === undefined
			? []
			: [`$parameter["provider"] === "${id}" ? /${new RegExp(commonInModelIds).source}/g : `],
	);
	const id =
		'($parameter["model"] === "list" ? $parameter["listModel"]["value"] : $parameter["model"])';
	const short = `${id}.replace(${common.join('')}"", "")`;
	return `={{ $parameter["provider"] + ": " + ($parameter["model"] === "custom" ? $parameter["customModel"] : ${short}) }}`;
}

/** The same with the operation in front. */
export const videoToVideoSubtitle = (catalogue: Catalogue = providers): string =>
	generationSubtitle(catalogue).replace('={{ ', '={{ $parameter["operation"] + ": " + ');

/** Every property of a generation node, derived from the catalogue. */
export function generationProperties(
	kind: 'textToVideo' | 'imageToVideo',
	catalogue: Catalogue = providers,
): INodeProperties[] {
	const offered = offeredFor(catalogue, [kind]);
	return [
		providerProperty(offered, providerOptions),
		...modelProperties(offered, kind),
		customModelProperty,
		...listedProperties(offered),
		...(kind === 'imageToVideo' ? imageProperties(offered) : []),
		...promptProperties(offered, kind),
		...nodeParameterProperties(offered, [kind]),
		...runProperties(
			offered,
			[kind],
			[...optionProperties(offered, [kind]), ...chainItemsOptions(offered, kind)],
		),
	];
}

const offeredFor = (catalogue: Catalogue, wanted: readonly GenerationKind[]): Catalogue =>
	Object.fromEntries(
		Object.entries(catalogue).filter(([, { kinds }]) => kinds.some((one) => wanted.includes(one))),
	);

/** How the node runs, whatever it makes. */
const runProperties = (
	offered: Catalogue,
	kinds: readonly GenerationKind[],
	ofModels: readonly INodeProperties[],
): INodeProperties[] => [
	completionProperty({}),
	callbackUrlProperty({}),
	...ledgerProperties,
	...outputProperties({ show: { completion: ['wait', 'pause'] } }),
	fallbacksProperty(offered, kinds),
	optionsProperty(offered, ofModels),
];

const asSwitch = since(LEDGER_SWITCH_SINCE);

/** Where orders are written down, for those who have it switched on. */
const ledgerProperties: INodeProperties[] = [
	{
		...shownAs(orderParameter.taskLedger),
		type: 'boolean',
		noDataExpression: true,
		displayOptions: { show: asSwitch },
		description:
			'Whether every order is written into a Data Table of n8n, so that a retry finds what is paid for even if n8n was killed',
	},
	{
		...shownAs(orderParameter.taskLedgerTable),
		type: 'string',
		noDataExpression: true,
		displayOptions: { show: { ...asSwitch, [orderParameter.taskLedger.name]: [true] } },
		placeholder: `e.g. ${orderParameter.taskLedgerTable.default}`,
		description: 'The Data Table, which is created at first use',
	},
];

/** Every property of the node for given videos: of each operation those of the models that know it. */
export function videoToVideoProperties(catalogue: Catalogue = providers): INodeProperties[] {
	const offered = offeredFor(catalogue, videoOperations);
	const operations = videoOperations.filter((operation) =>
		Object.values(catalogue).some(({ kinds }) => kinds.includes(operation)),
	);
	const ofEach = (make: (here: Catalogue, operation: VideoOperation) => INodeProperties[]) =>
		inOperations(operations, (operation) => make(offeredFor(catalogue, [operation]), operation));
	return [
		operationProperty(operations),
		...ofEach((here) => [providerProperty(here, providerNames)]),
		...ofEach(modelProperties),
		customModelProperty,
		...ofEach(promptProperties),
		...videoProperties,
		...referencesBesideVideo(offered),
		...nodeParameterProperties(offered, videoOperations),
		...runProperties(offered, videoOperations, optionProperties(offered, videoOperations)),
	];
}

/** Those who choose a vendor for a new video are told what each is good for. */
export function providerProperty(
	catalogue: Catalogue,
	optionsOf: typeof providerOptions = providerNames,
): INodeProperties {
	const ids = Object.keys(catalogue);
	const [firstId = ''] = ids;
	const named = { displayName: 'Provider', name: 'provider', default: firstId };
	// Kept, because conditions depend on it, and a workflow that comes from another package names its vendor.
	if (onlyVendor !== undefined) return { ...named, type: 'hidden' };
	return {
		...named,
		type: 'options',
		noDataExpression: true,
		options: optionsOf(catalogue),
		description: 'The vendor that generates the video and is paid for it',
	};
}

function modelProperties(catalogue: Catalogue, kind: GenerationKind): INodeProperties[] {
	return Object.entries(catalogue).flatMap(([providerId, provider]): INodeProperties[] => {
		const first = provider.defaultModelsOfVersion1?.[kind];
		const current = provider.defaultModels[kind] ?? CUSTOM_MODEL;
		const show = { provider: [providerId] };
		if (first === undefined) return [modelProperty(provider, kind, current, show)];
		return [
			modelProperty(provider, kind, first, { ...show, ...before(2) }, modelNames),
			modelProperty(provider, kind, current, { ...show, ...since(2) }),
		];
	});
}

const customModelProperty: INodeProperties = {
	...shownAs(orderParameter.customModel),
	type: 'string',
	required: true,
	displayOptions: { show: { model: [CUSTOM_MODEL] } },
	placeholder: 'e.g. bytedance/seedance-1.5-pro',
	description: `The vendor's ID of the model, also by an expression for each item. What it takes goes into the option '${option.additionalParameters.label}', and is checked where this node knows the model.`,
};

/** A model of the vendor's own list, in nodes where some vendor has one. */
const listedProperties = (catalogue: Catalogue): INodeProperties[] =>
	providersWith('models', catalogue).length > 0 ? listModelProperties : [];

function modelProperty(
	provider: Provider,
	kind: GenerationKind,
	byDefault: string,
	show: NonNullable<INodeProperties['displayOptions']>['show'],
	optionsOf = kind === 'textToVideo' || kind === 'imageToVideo' ? modelOptions : modelNames,
): INodeProperties {
	return {
		...shownAs(orderParameter.model, byDefault),
		type: 'options',
		noDataExpression: true,
		displayOptions: { show },
		options: [
			...optionsOf(modelsOf(provider, kind)),
			...(listsModels(provider, kind) ? [listOption] : []),
			{ name: 'Custom', value: CUSTOM_MODEL },
		],
	};
}

const ofGivenVideo = 'Make it night: street lights are on, everything else stays as it is';

const promptExamples: Record<GenerationKind, string> = {
	textToVideo: 'A paper boat drifts down a rain-soaked street, camera follows low',
	imageToVideo: 'The woman turns to the camera and smiles, her hair moves in the wind',
	edit: ofGivenVideo,
	extend: ofGivenVideo,
	reference: ofGivenVideo,
};

const promptProperty = (kind: GenerationKind): INodeProperties => ({
	displayName: 'Prompt',
	name: 'prompt',
	type: 'string',
	typeOptions: { rows: 4 },
	default: '',
	placeholder: `e.g. ${promptExamples[kind]}`,
	description: 'What happens in the video: subject, action, camera, style',
});

/**
 * The prompt, which n8n's editor demands where it is required: of models whose page lets it be left
 * out it is not. Told by the model alone; of two vendors' models of one name, the check knows more.
 */
function promptProperties(catalogue: Catalogue, kind: GenerationKind): INodeProperties[] {
	const models = Object.values(catalogue).flatMap((provider) => modelsOf(provider, kind));
	const free = models.filter(({ input }) => input.prompt?.required === false).map(({ id }) => id);
	const property = promptProperty(kind);
	if (free.length === 0) return [{ ...property, required: true }];
	const model = [...new Set(free)];
	return [
		{ ...property, required: true, displayOptions: { hide: { model } } },
		{ ...property, displayOptions: { show: { model } } },
	];
}

function optionsProperty(
	catalogue: Catalogue,
	ofModels: readonly INodeProperties[],
): INodeProperties {
	const options = [
		...ofModels,
		...runOptions,
		sendCallbackUrlOption(providersWith('callbacks', catalogue)),
		cancelOnStopOption(providersWith('cancel', catalogue)),
		minimumBalanceOption(providersWith('balance', catalogue)),
		maxPriceOption(providersWith('price', catalogue)),
	];
	return optionsCollection(options.sort(byDisplayName));
}

const cancelOnStopOption = (ids: string[]): INodeProperties => ({
	...shownAs(option.cancelOnStop),
	type: 'boolean',
	displayOptions: { show: { '/provider': ids, '/completion': ['wait'] } },
	description:
		'Whether to ask the vendor to cancel unfinished tasks when the execution is stopped or runs out of time. What has begun may be charged all the same, and some vendors cancel only what has not begun.',
});

const minimumBalanceOption = (ids: string[]): INodeProperties => ({
	...shownAs(option.minimumBalance),
	type: 'number',
	typeOptions: { minValue: 0 },
	displayOptions: { show: { '/provider': ids } },
	description:
		"Nothing is ordered while the vendor's account holds less, in its own unit (credits or dollars). Asked for at most every ten seconds; 0 does not ask. Some vendors tell it to certain keys only.",
});

const runOptions: INodeProperties[] = [
	{
		...shownAs(option.additionalParameters),
		type: 'json',
		description:
			"Further fields for the vendor's input object under the vendor's own names. They go in last and win.",
	},
	fileNameOption({ '/completion': ['wait', 'pause'] }),
	includeInputFieldsOption(),
	maxFileSizeOption({ '/completion': ['wait', 'pause'], '/downloadVideo': [true] }),
	{
		...shownAs(option.maxParallel, 3),
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		description:
			"How many videos of this run may be in the works at once. Without this option: the vendor's limit.",
	},
	contextOption,
	pauseInSubWorkflowsOption,
	...waitingOptions,
	{
		...shownAs(option.maxOrders, 10),
		type: 'number',
		noDataExpression: true,
		typeOptions: { minValue: 1, numberPrecision: 0 },
		description:
			'How many videos this node may order in one execution, over all rounds of a loop, all calls of an agent and all retries. What goes beyond is refused before anything is paid. Without this option: no limit.',
	},
	{
		...shownAs(option.taskLedger, orderParameter.taskLedgerTable.default),
		type: 'string',
		noDataExpression: true,
		displayOptions: { show: before(LEDGER_SWITCH_SINCE) },
		description:
			'Data Table of n8n in which every order is written down, so that a retry finds what is paid for even if n8n was killed. It is created at first use.',
	},
	{
		...shownAs(option.resubmitUnknown),
		type: 'boolean',
		description:
			'Whether a retry may order a video again that the vendor may have taken and charged for, because its answer was lost',
	},
];

/** Without a language's rules, whose first use costs a tenth of what all nodes may take to load. */
function byDisplayName(a: INodeProperties, b: INodeProperties): number {
	const [one, other] = [a.displayName.toLowerCase(), b.displayName.toLowerCase()];
	if (one === other) return 0;
	return one < other ? -1 : 1;
}
