import { toJson } from '../../domain/json';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { MAX_SPENDING_DAYS, taskParameter } from '../../domain/ownParameters';
import type { Step } from '../../domain/problem';
import { fail, ok } from '../../domain/result';
import { clock } from '../../n8n/clock';
import { inlineRunner } from '../../n8n/executions';
import { readOwn, readText } from '../../n8n/parameters';
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

async function readRows(
	context: IExecuteFunctions,
	provider: string,
	itemIndex: number,
): Promise<Step<IDataObject[]>> {
	const { ledgerTable, days: parameter, allProviders } = taskParameter;
	const table = readText(context, ledgerTable.name, itemIndex, ledgerTable.default);
	const days = Number(readOwn(context, parameter, itemIndex));
	if (!Number.isInteger(days) || days < 1 || days > MAX_SPENDING_DAYS) {
		const rule = `${parameter.label} must be a whole number between 1 and ${MAX_SPENDING_DAYS}`;
		return fail(problemOfInput(rule, `Correct '${parameter.label}' in the node.`));
	}
	const isOfAll = readOwn(context, allProviders, itemIndex) === true;
	const query = { table, days, ...(!isOfAll && { provider }) };
	const read = await readSpending(inlineRunner(context), clock, query);
	return read.ok ? ok(read.value.map(toJson)) : fail(problemOfTable(table, read.error));
}
