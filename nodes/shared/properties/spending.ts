import type { INodeProperties } from 'n8n-workflow';
import { TABLE } from '../domain/limits';
import { DEFAULT_LEDGER_TABLE, TASK_LEDGER } from '../models/nodeParameters';

export const getSpendingOperation = {
	name: 'Get Spending',
	value: 'getSpending',
	description: 'Sum up what the orders of a task ledger have cost, by day, vendor and model',
	action: 'Get spending',
};

const displayOptions = { show: { resource: ['ledger'], operation: ['getSpending'] } };

/** Of which orders the costs are summed up. */
export const spendingProperties: INodeProperties[] = [
	{
		displayName: 'Table',
		name: TASK_LEDGER,
		type: 'string',
		displayOptions,
		default: DEFAULT_LEDGER_TABLE,
		description: 'Name of the Data Table, as the option Task Ledger has it',
	},
	{
		displayName: 'Days',
		name: 'days',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: TABLE.maxSpendingDays, numberPrecision: 0 },
		displayOptions,
		default: 30,
		description: 'How many days back, today included; a day begins at midnight UTC',
	},
	{
		displayName: 'All Vendors',
		name: 'allProviders',
		type: 'boolean',
		displayOptions,
		default: true,
		description: 'Whether to sum up the orders from every vendor, or from that of Provider only',
	},
];
