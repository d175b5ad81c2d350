import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { Catalogue } from '../domain/provider';
import type { VendorApi } from '../domain/vendor';
import { option, orderParameter, taskParameter } from '../domain/ownParameters';
import { onlyVendor, providers } from '../providers';
import { providerProperty } from './generation';
import {
	callbackUrlProperty,
	completionProperty,
	contextOption,
	pauseInSubWorkflowsOption,
	waitingOptions,
} from './completion';
import { othersProperty } from './others';
import {
	fileNameOption,
	includeInputFieldsOption,
	maxFileSizeOption,
	outputProperties,
} from './output';
import { priceProperties } from './price';
import { providersWith } from './providerOptions';
import { optionsCollection, shownAs } from './shownAs';
import { getSpendingOperation, LEDGER_TABLE_NAME, spendingProperties } from './spending';

const waitOperation = { resource: ['task'], operation: ['wait'] };

/** Every property of the node Seedance Task; what a vendor cannot do is not offered for it. */
export function taskProperties(catalogue: Catalogue = providers): INodeProperties[] {
	const offered = taskOperations
		.filter(({ needs }) => needs === undefined || providersWith(needs, catalogue).length > 0)
		.map(({ value }) => value);
	return [
		providerProperty(catalogue),
		...resourceProperties(catalogue),
		...taskOperationProperties(catalogue),
		...accountProperties(catalogue),
		operationProperty({ resource: ['ledger'] }, [getSpendingOperation]),
		{
			...shownAs(taskParameter.taskId),
			type: 'string',
			required: true,
			displayOptions: {
				show: { resource: ['task'], operation: offered.filter((value) => value !== 'getMany') },
			},
			placeholder: 'e.g. {{ $json.taskId }}',
			description: "The task's ID, as a Seedance node returned it",
		},
		...(onlyVendor === undefined ? [othersProperty(catalogue)] : []),
		...sourceProperties(catalogue),
		...priceProperties,
		...ledgerProperties,
		...spendingProperties,
		limitProperty,
		completionProperty(waitOperation, false),
		callbackUrlProperty(waitOperation),
		...outputProperties({ show: { resource: ['task'], operation: ['get', 'wait'] } }),
		optionsCollection(taskOptions, { resource: ['task'] }),
	];
}

const getManyOperation = { resource: ['task'], operation: ['getMany'] };

/** Who tells the tasks: the vendor, where it can, or the table that the generation nodes have kept. */
function sourceProperties(catalogue: Catalogue): INodeProperties[] {
	const ids = Object.keys(catalogue);
	const listing = providersWith('list', catalogue);
	const others = ids.filter((id) => !listing.includes(id));
	const ledger = {
		name: orderParameter.taskLedger.label,
		value: 'ledger',
		description: `What nodes with '${orderParameter.taskLedger.label}' on have ordered from this vendor`,
	};
	const vendor = {
		name: 'Vendor',
		value: 'vendor',
		description: 'Every task of the account, wherever it was made',
	};
	const property = (
		provider: string[],
		options: INodePropertyOptions[],
		usual: string = taskParameter.source.default,
	): INodeProperties => ({
		...shownAs(taskParameter.source, usual),
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { ...getManyOperation, provider } },
		options,
		description: 'Who tells which tasks there are',
	});
	return [property(listing, [ledger, vendor]), property(others, [ledger], ledger.value)].filter(
		({ displayOptions }) => displayOptions?.show?.provider?.length !== 0,
	);
}

const fromLedger = { ...getManyOperation, source: ['ledger'] };

const ledgerProperties: INodeProperties[] = [
	{
		...shownAs(taskParameter.ledgerTable),
		type: 'string',
		displayOptions: { show: fromLedger },
		description: LEDGER_TABLE_NAME,
	},
	{
		...shownAs(taskParameter.orders),
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: fromLedger },
		options: [
			{ name: 'All', value: 'all' },
			{
				name: 'Not Collected',
				value: 'uncollected',
				description: 'Taken by the vendor, and no workflow has put out the video yet',
			},
		],
		description: 'Which orders to return',
	},
	{
		...shownAs(taskParameter.olderThanMinutes),
		type: 'number',
		typeOptions: { minValue: 0 },
		displayOptions: { show: { ...fromLedger, orders: ['uncollected'] } },
		description: 'Leaves out newer orders, for which their own workflow may still be waiting',
	},
];

const limitProperty: INodeProperties = {
	...shownAs(taskParameter.limit),
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 500 },
	displayOptions: { show: getManyOperation },
	description: 'Max number of results to return',
};

interface TaskOperation extends INodePropertyOptions {
	value: string;
	/** What the vendor's API must have; absent for what every vendor has. */
	needs?: keyof VendorApi;
}

const taskOperations: TaskOperation[] = [
	{
		name: 'Cancel',
		value: 'cancel',
		description: 'Ask the vendor to stop a task that has not ended',
		action: 'Cancel task',
		needs: 'cancel',
	},
	{
		name: 'Delete',
		value: 'delete',
		description: "Remove the vendor's record of a task",
		action: 'Delete task',
		needs: 'delete',
	},
	{
		name: 'Get',
		value: 'get',
		description: 'Look at a task once; its video comes along when it is finished',
		action: 'Get task',
	},
	{
		name: 'Get Many',
		value: 'getMany',
		description: 'List the latest tasks, of the account or of the task ledger',
		action: 'Get many tasks',
	},
	{
		name: 'Wait',
		value: 'wait',
		description: 'Wait until the task has ended and get its video',
		action: 'Wait for task',
	},
];

/** One list for each set of providers that can do the same. */
function taskOperationProperties(catalogue: Catalogue): INodeProperties[] {
	const groups = new Map<string, { ids: string[]; options: INodePropertyOptions[] }>();
	for (const id of Object.keys(catalogue)) {
		const options = taskOperations
			.filter(({ needs }) => needs === undefined || providersWith(needs, catalogue).includes(id))
			.map(({ name, value, description, action }) => ({ name, value, description, action }));
		const key = options.map(({ value }) => value).join();
		const { ids = [] } = groups.get(key) ?? {};
		groups.set(key, { ids: [...ids, id], options });
	}
	return [...groups.values()].map(({ ids, options }) =>
		operationProperty({ resource: ['task'], provider: ids }, options),
	);
}

const getBalanceOperation = {
	name: 'Get Balance',
	value: 'getBalance',
	description: 'Get what is left on the account',
	action: 'Get account balance',
};

const getPriceOperation = {
	name: 'Get Price',
	value: 'getPrice',
	description: 'Get what a video would cost; nothing is ordered',
	action: 'Get video price',
};

/**
 * Whoever tells prices tells the balance, too. None where no vendor tells it, because n8n offers every
 * operation in its nodes panel.
 */
function accountProperties(catalogue: Catalogue): INodeProperties[] {
	if (providersWith('balance', catalogue).length === 0) return [];
	const priced = providersWith('price', catalogue);
	const show = { resource: ['account'] };
	const property = operationProperty(show, [getBalanceOperation]);
	if (priced.length === 0) return [property];
	return [
		{ ...property, displayOptions: { show, hide: { provider: priced } } },
		operationProperty({ ...show, provider: priced }, [getBalanceOperation, getPriceOperation]),
	];
}

function resourceProperties(catalogue: Catalogue): INodeProperties[] {
	const provider = providersWith('balance', catalogue);
	const ofEveryVendor = [
		{ name: 'Task', value: 'task' },
		{ name: orderParameter.taskLedger.label, value: 'ledger' },
	];
	const property = (
		displayOptions: IDisplayOptions,
		options: INodePropertyOptions[],
	): INodeProperties => ({
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		displayOptions,
		options,
		default: 'task',
	});
	return [
		property({ show: { provider } }, [{ name: 'Account', value: 'account' }, ...ofEveryVendor]),
		property({ hide: { provider } }, ofEveryVendor),
	];
}

function operationProperty(
	show: { resource: string[]; provider?: string[] },
	options: INodePropertyOptions[],
): INodeProperties {
	const hasGet = options.some(({ value }) => value === 'get');
	const firstChoice = hasGet ? 'get' : (options[0]?.value ?? '');
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show },
		options,
		default: firstChoice,
	};
}

/** Options of one operation only. */
function onlyFor(operation: string, options: INodeProperties[]): INodeProperties[] {
	return options.map((option) => ({
		...option,
		displayOptions: { show: { ...option.displayOptions?.show, '/operation': [operation] } },
	}));
}

const taskOptions: INodeProperties[] = [
	...onlyFor('wait', [contextOption]),
	fileNameOption({ '/operation': ['get', 'wait'] }),
	includeInputFieldsOption({ '/operation': ['get', 'wait'] }),
	maxFileSizeOption({ '/operation': ['get', 'wait'], '/downloadVideo': [true] }),
	{
		...shownAs(option.maxParallel, 3),
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		description: 'How many tasks may be looked at side by side, of all vendors together',
	},
	{
		...shownAs(taskParameter.model),
		type: 'string',
		placeholder: 'e.g. bytedance/seedance-1-0-lite-i2v',
		description:
			'The model the task was submitted with. Some vendors keep the tasks of older models at an address of their own.',
	},
	...onlyFor('wait', [pauseInSubWorkflowsOption]),
	...onlyFor('wait', waitingOptions),
];
