import type { INodeProperties } from 'n8n-workflow';
import { TABLE } from '../domain/limits';
import { orderParameter, taskParameter } from '../domain/ownParameters';
import { shownAs } from './shownAs';

export const getSpendingOperation = {
	name: 'Get Spending',
	value: 'getSpending',
	description: 'Sum up what the orders of a task ledger have cost, by day, vendor and model',
	action: 'Get spending',
};

export const LEDGER_TABLE_NAME = `Name of the Data Table, as '${orderParameter.taskLedger.label}' has it in the nodes that order`;

const displayOptions = { show: { resource: ['ledger'], operation: ['getSpending'] } };

/** Of which orders the costs are summed up. */
export const spendingProperties: INodeProperties[] = [
	{
		...shownAs(taskParameter.ledgerTable),
		type: 'string',
		displayOptions,
		description: LEDGER_TABLE_NAME,
	},
	{
		...shownAs(taskParameter.days),
		type: 'number',
		typeOptions: { minValue: 1, maxValue: TABLE.maxSpendingDays, numberPrecision: 0 },
		displayOptions,
		description: 'How many days back, today included; a day begins at midnight UTC',
	},
	{
		...shownAs(taskParameter.allProviders),
		type: 'boolean',
		displayOptions,
		description: 'Whether to sum up the orders from every vendor, or from that of Provider only',
	},
];
