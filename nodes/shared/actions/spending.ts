import { toJson } from '../domain/json';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { MAX_SPENDING_DAYS, taskParameter } from '../domain/ownParameters';
import type { Step } from '../domain/problem';
import { fail, ok } from '../domain/result';
import { clock } from '../n8n/clock';
import { remedyOfTable } from '../n8n/dataTable';
import { inlineRunner } from '../n8n/executions';
import { readingItem, readOwn, readText } from '../n8n/parameters';
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
	const { ledgerTable } = taskParameter;
	const table = readText(context, ledgerTable.name, itemIndex, ledgerTable.default);
	const days = Number(readOwn(context, taskParameter.days, itemIndex));
	if (!Number.isInteger(days) || days < 1 || days > MAX_SPENDING_DAYS) {
		const { label } = taskParameter.days;
		const rule = `${label} must be a whole number between 1 and ${MAX_SPENDING_DAYS}`;
		return fail(problemOfInput(rule, `Correct '${label}' in the node.`));
	}
	const isOfAll = readOwn(context, taskParameter.allProviders, itemIndex) === true;
	const query = { table, days, ...(!isOfAll && { provider }) };
	const read = await readSpending(inlineRunner(context), clock, query);
	if (read.ok) return ok(read.value.map(toJson));
	return fail(
		problemOfInput(
			`The task ledger '${table}' could not be read: ${read.error}`,
			remedyOfTable(
				`Check the name under '${ledgerTable.label}', and that Data Tables are switched on in this n8n.`,
			),
		),
	);
}
