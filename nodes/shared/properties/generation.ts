import type { INodeProperties } from 'n8n-workflow';
import type { GenerationKind } from '../domain/model';
import { modelsOf, type Catalogue, type Provider } from '../domain/provider';
import type { Vendor } from '../domain/vendor';
import { DEFAULT_LEDGER_TABLE, MAX_ORDERS, TASK_LEDGER } from '../models/placement';
import { CUSTOM_MODEL } from '../models/schema';
import { providers } from '../providers';
import { fallbacksProperty } from './fallbacks';
import { imageProperties } from './images';
import { listModelProperties, listOption } from './listModel';
import { modelOptions } from './modelOptions';
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
		...(kind === 'imageToVideo' ? imageProperties(offered) : []),
		...nodeParameterProperties(offered, kind),
		completionProperty({}),
		callbackUrlProperty({}),
		...outputProperties({ show: { completion: ['wait', 'pause'] } }),
		fallbacksProperty(offered, kind),
		optionsProperty(offered, kind),
	];
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
	const lists = Object.entries(catalogue).flatMap(([providerId, provider]) => {
		const first = provider.defaultModelsOfVersion1?.[kind];
		const current = provider.defaultModels[kind] ?? CUSTOM_MODEL;
		const show = { provider: [providerId] };
		if (first === undefined) return [modelProperty(provider, kind, current, show)];
		return [
			modelProperty(provider, kind, first, { ...show, '@version': [1] }),
			modelProperty(provider, kind, current, { ...show, '@version': [{ _cnd: { gte: 2 } }] }),
		];
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
			"The vendor's ID of the model, also by an expression for each item. What it takes goes into the option 'Additional Parameters', and is checked where this node knows the model.",
	};
	const listing = providersThat(catalogue, ({ models }) => models !== undefined);
	return [...lists, custom, ...(listing.length > 0 ? listModelProperties : [])];
}

function modelProperty(
	provider: Provider,
	kind: GenerationKind,
	byDefault: string,
	show: NonNullable<INodeProperties['displayOptions']>['show'],
): INodeProperties {
	const custom = {
		name: 'Custom',
		value: CUSTOM_MODEL,
		description: 'Any model, by its ID',
	};
	return {
		displayName: 'Model',
		name: 'model',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show },
		options: [
			...modelOptions(modelsOf(provider, kind)),
			...(provider.vendor.models === undefined ? [] : [listOption]),
			custom,
		],
		default: byDefault,
		description: 'The model that generates the video',
	};
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
			sendCallbackUrlOption(providersThat(catalogue, ({ callbacks }) => callbacks !== undefined)),
			cancelOnStopOption(providersThat(catalogue, ({ cancel }) => cancel !== undefined)),
			minimumBalanceOption(providersThat(catalogue, ({ balance }) => balance !== undefined)),
		].sort(byDisplayName),
	};
}

const providersThat = (catalogue: Catalogue, can: (vendor: Vendor) => boolean): string[] =>
	Object.entries(catalogue).flatMap(([id, { vendor }]) => (can(vendor) ? [id] : []));

const cancelOnStopOption = (ids: string[]): INodeProperties => ({
	displayName: 'Cancel on Stop',
	name: 'cancelOnStop',
	type: 'boolean',
	displayOptions: { show: { '/provider': ids, '/completion': ['wait'] } },
	default: false,
	description:
		'Whether to ask the vendor to cancel unfinished tasks when the execution is stopped or runs out of time. What has begun may be charged all the same, and some vendors cancel only what has not begun.',
});

const minimumBalanceOption = (ids: string[]): INodeProperties => ({
	displayName: 'Minimum Balance',
	name: 'minimumBalance',
	type: 'number',
	typeOptions: { minValue: 0 },
	displayOptions: { show: { '/provider': ids } },
	default: 0,
	description:
		"Nothing is ordered while the vendor's account holds less, in its own unit (credits or dollars). Asked for at most every ten seconds; 0 does not ask. Some vendors tell it to certain keys only.",
});

const runOptions: INodeProperties[] = [
	{
		displayName: 'Additional Parameters',
		name: 'additionalParameters',
		type: 'json',
		default: '{}',
		description:
			"Further fields for the vendor's input object under the vendor's own names. They go in last and win.",
	},
	fileNameOption({ '/completion': ['wait', 'pause'] }),
	includeInputFieldsOption(),
	maxFileSizeOption({ '/completion': ['wait', 'pause'], '/downloadVideo': [true] }),
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
	pauseInSubWorkflowsOption,
	...waitingOptions,
	{
		displayName: 'Max Orders',
		name: MAX_ORDERS,
		type: 'number',
		noDataExpression: true,
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: 10,
		description:
			'How many videos this node may order in one execution, over all rounds of a loop, all calls of an agent and all retries. What goes beyond is refused before anything is paid. Without this option: no limit.',
	},
	{
		displayName: 'Task Ledger',
		name: TASK_LEDGER,
		type: 'string',
		noDataExpression: true,
		default: DEFAULT_LEDGER_TABLE,
		description:
			'Data Table of n8n in which every order is written down before and after it is made, so that a retry finds what is paid for even if n8n was killed. It is created at first use.',
	},
	{
		displayName: 'Resubmit Unknown',
		name: 'resubmitUnknown',
		type: 'boolean',
		default: false,
		description:
			'Whether a retry may submit an item again although an earlier try may have been accepted and paid',
	},
];

/** Without a language's rules, whose first use costs a tenth of what all nodes may take to load. */
function byDisplayName(a: INodeProperties, b: INodeProperties): number {
	const [one, other] = [a.displayName.toLowerCase(), b.displayName.toLowerCase()];
	if (one === other) return 0;
	return one < other ? -1 : 1;
}
