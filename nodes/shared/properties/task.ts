import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { catalogue } from '../catalogue';
import { vendors } from '../vendors';
import { providerProperty } from './generation';
import {
	callbackUrlProperty,
	completionProperty,
	contextOption,
	waitingOptions,
} from './completion';
import { outputProperties } from './output';

const providersWithBalance = Object.entries(vendors)
	.filter(([, { balance }]) => balance !== undefined)
	.map(([id]) => id);

const waitOperation = { resource: ['task'], operation: ['wait'] };

/** Every property of the node Seedance Task; what a vendor cannot do is not offered for it. */
export function taskProperties(): INodeProperties[] {
	return [
		providerProperty(catalogue),
		...resourceProperties(),
		operationProperty('task', [
			{
				name: 'Get',
				value: 'get',
				description: 'Look at a task once; its video comes along when it is finished',
				action: 'Get task',
			},
			{
				name: 'Wait',
				value: 'wait',
				description: 'Wait until the task has ended and get its video',
				action: 'Wait for task',
			},
		]),
		operationProperty('account', [
			{
				name: 'Get Balance',
				value: 'getBalance',
				description: 'Get what is left on the account',
				action: 'Get account balance',
			},
		]),
		{
			displayName: 'Task ID',
			name: 'taskId',
			type: 'string',
			required: true,
			displayOptions: { show: { resource: ['task'] } },
			default: '={{ $json.taskId }}',
			placeholder: 'e.g. {{ $json.taskId }}',
			description: "The task's ID, as a Seedance node returned it",
		},
		completionProperty(waitOperation, false),
		callbackUrlProperty(waitOperation),
		...outputProperties({ show: { resource: ['task'] } }),
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			displayOptions: { show: { resource: ['task'] } },
			options: taskOptions,
		},
	];
}

function resourceProperties(): INodeProperties[] {
	return [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			displayOptions: { show: { provider: providersWithBalance } },
			options: [
				{ name: 'Account', value: 'account' },
				{ name: 'Task', value: 'task' },
			],
			default: 'task',
		},
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			displayOptions: { hide: { provider: providersWithBalance } },
			options: [{ name: 'Task', value: 'task' }],
			default: 'task',
		},
	];
}

function operationProperty(resource: string, options: INodePropertyOptions[]): INodeProperties {
	const firstOperation = options[0]?.value ?? '';
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options,
		default: firstOperation,
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
	{
		displayName: 'Max Parallel Tasks',
		name: 'maxParallel',
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: 3,
		description: 'How many tasks may be looked at side by side',
	},
	{
		displayName: 'Model',
		name: 'model',
		type: 'string',
		default: '={{ $json.model }}',
		placeholder: 'e.g. bytedance/seedance-1-0-lite-i2v',
		description:
			'The model the task was submitted with. Some vendors keep the tasks of older models at an address of their own.',
	},
	...onlyFor('wait', waitingOptions),
];
