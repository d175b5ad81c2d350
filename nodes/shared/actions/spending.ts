import { toJson } from '../domain/json';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { TABLE } from '../domain/limits';
import type { Step } from '../domain/problem';
import { fail, ok } from '../domain/result';
import { DEFAULT_LEDGER_TABLE, TASK_LEDGER } from '../models/placement';
import { clock } from '../n8n/clock';
import { remedyOfTable } from '../n8n/dataTable';
import { inlineRunner } from '../n8n/executions';
import { readingItem, readText } from '../n8n/parameters';
import { readSpending } from '../n8n/spending';
import { problemOfInput } from '../tasks/problems';
import { itemIndexesOf, settleProblems } from './run';

/** Sums up what the orders of a task ledger have cost: a row for each day, vendor and model. */
export async function getSpending(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const rows: INodeExecutionData[] = [];
	const provider = String(context.getNodeParameter('provider', 0));
	for (const itemIndex of itemIndexesOf(context)) {
		const read = await readingItem(async () => await readRows(context, provider, itemIndex));
		if (read.ok)
			rows.push(...read.value.map((json) => ({ json, pairedItem: { item: itemIndex } })));
		else {
			const origin = { provider, model: '' };
			rows.push(...settleProblems(context, [{ itemIndex, origin, problem: read.error }]));
		}
	}
	return rows;
}

async function readRows(
	context: IExecuteFunctions,
	provider: string,
	itemIndex: number,
): Promise<Step<IDataObject[]>> {
	const table = readText(context, TASK_LEDGER, itemIndex, DEFAULT_LEDGER_TABLE);
	const days = Number(context.getNodeParameter('days', itemIndex, 30));
	if (!Number.isInteger(days) || days < 1 || days > TABLE.maxSpendingDays) {
		const rule = `Days must be a whole number between 1 and ${TABLE.maxSpendingDays}`;
		return fail(problemOfInput(rule, "Correct 'Days' in the node."));
	}
	const isOfAll = context.getNodeParameter('allProviders', itemIndex, true) === true;
	const query = { table, days, ...(!isOfAll && { provider }) };
	const read = await readSpending(inlineRunner(context), clock, query);
	if (read.ok) return ok(read.value.map(toJson));
	return fail(
		problemOfInput(
			`The task ledger '${table}' could not be read: ${read.error}`,
			remedyOfTable(
				"Check the name under 'Table', and that Data Tables are switched on in this n8n.",
			),
		),
	);
}
