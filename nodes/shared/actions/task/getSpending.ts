import { toJson, type Json } from '../../domain/json';
import { TABLE } from '../../domain/limits';
import { taskParameter } from '../../domain/ownParameters';
import type { Step } from '../../domain/problem';
import { fail, ok } from '../../domain/result';
import type { Process } from '../../host/process';
import type { Hints, NodeInput, Rows } from '../../host/readers';
import type { PairedOutput } from '../../host/rows';
import { readOwn, readText } from '../../orders/parameters';
import { readSpending } from '../../tasks/ledgerSpending';
import { refuse } from '../../tasks/problems';
import type { Tables } from '../../tasks/tables';
import { listForItems } from './listing';
import { problemOfTable } from './problems';

/** The node, the ledgers that it may name, and what day it is. */
type Summing = NodeInput & { tables: Tables; process: Pick<Process, 'clock'> };

/** Sums up what the orders of a task ledger have cost: a row for each day, vendor and model. */
export async function getSpending(run: Summing & Hints & Rows): Promise<PairedOutput[]> {
	const provider = String(run.parameter('provider', 0));
	return await listForItems(
		run,
		provider,
		async (itemIndex) => await readRows(run, provider, itemIndex),
	);
}

async function readRows(node: Summing, provider: string, itemIndex: number): Promise<Step<Json[]>> {
	const { ledgerTable } = taskParameter;
	const table = readText(node, ledgerTable.name, itemIndex, ledgerTable.default);
	const days = Number(readOwn(node, taskParameter.days, itemIndex));
	if (!Number.isInteger(days) || days < 1 || days > TABLE.maxSpendingDays) {
		const rule = `Days must be a whole number between 1 and ${TABLE.maxSpendingDays}`;
		return refuse(rule, `Correct '${taskParameter.days.label}' in the node.`);
	}
	const isOfAll = readOwn(node, taskParameter.allProviders, itemIndex) === true;
	const query = { table, days, ...(!isOfAll && { provider }) };
	const read = await readSpending(node.tables, node.process.clock, query);
	return read.ok
		? ok(read.value.map(toJson))
		: fail(problemOfTable(node.tables, table, read.error));
}
