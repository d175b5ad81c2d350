import { toJson } from '../../domain/json';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Step } from '../../domain/problem';
import { fail, ok } from '../../domain/result';
import { DEFAULT_LEDGER_TABLE, TASK_LEDGER } from '../../models/nodeParameters';
import { clock } from '../../n8n/clock';
import { inlineRunner } from '../../n8n/executions';
import { readText } from '../../n8n/parameters';
import { readSpending } from '../../n8n/spending';
import { problemOfInput } from '../../tasks/problems';
import { listForItems } from './listing';
import { problemOfTable } from './problems';

/** Sums up what the orders of a task ledger have cost: a row for each day, vendor and model. */
export async function getSpending(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const provider = String(context.getNodeParameter('provider', 0));
	return await listForItems(
		context,
		provider,
		async (itemIndex) => await readRows(context, provider, itemIndex),
	);
}

/** Each day is a query of its own. */
const MAX_DAYS = 366;

async function readRows(
	context: IExecuteFunctions,
	provider: string,
	itemIndex: number,
): Promise<Step<IDataObject[]>> {
	const table = readText(context, TASK_LEDGER, itemIndex, DEFAULT_LEDGER_TABLE);
	const days = Number(context.getNodeParameter('days', itemIndex, 30));
	if (!Number.isInteger(days) || days < 1 || days > MAX_DAYS) {
		const rule = `Days must be a whole number between 1 and ${MAX_DAYS}`;
		return fail(problemOfInput(rule, "Correct 'Days' in the node."));
	}
	const isOfAll = context.getNodeParameter('allProviders', itemIndex, true) === true;
	const query = { table, days, ...(!isOfAll && { provider }) };
	const read = await readSpending(inlineRunner(context), clock, query);
	return read.ok ? ok(read.value.map(toJson)) : fail(problemOfTable(table, read.error));
}
