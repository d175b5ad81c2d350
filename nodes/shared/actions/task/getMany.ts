import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { toJson } from '../../domain/json';
import { taskParameter, videoParameter } from '../../domain/ownParameters';
import type { Step } from '../../domain/problem';
import { fail, ok } from '../../domain/result';
import type { Task } from '../../domain/task';
import { isoFromMs, minutesToMs } from '../../domain/time';
import { converse } from '../../domain/vendor';
import { inlineRunner } from '../../n8n/executions';
import { listOrders } from '../../n8n/ledger/queries';
import { readOwn, readText } from '../../n8n/parameters';
import { toOrderRow, type LedgerRow } from '../../tasks/ledgerRow';
import { problemOfFault } from '../../tasks/problems';
import { ledgerWithProof, withProof } from '../../tasks/reference';
import { toListedRow } from '../../tasks/row';
import type { Session } from '../../tasks/session';
import { listForItems } from './listing';
import { problemOfTable, problemOfUnsupported } from './problems';

/** The latest tasks of the account or the ledger, each as a row, for every input item. */
export const getMany = async (
	context: IExecuteFunctions,
	session: Session,
): Promise<INodeExecutionData[]> =>
	await listForItems(context, session.providerId, async (itemIndex) =>
		readOwn(context, taskParameter.source, itemIndex) === 'ledger'
			? await listLedger(context, session, itemIndex)
			: await listAtVendor(context, session, itemIndex),
	);

async function listAtVendor(
	context: IExecuteFunctions,
	session: Session,
	itemIndex: number,
): Promise<Step<IDataObject[]>> {
	const { provider, transport } = session;
	if (provider.vendor.list === undefined) {
		return fail(problemOfUnsupported(provider, 'list tasks'));
	}
	const limit = readLimit(context, itemIndex);
	const listed = await converse(transport, provider.vendor.list(limit));
	if (!listed.ok) return fail(problemOfFault(provider, listed.error));
	const raw = readOwn(context, videoParameter.simplify, itemIndex) !== true;
	const origin = { provider: session.providerId, model: '' };
	const proven = ({ taskUrls, ...task }: Task): Task => {
		const whose = { ...origin, taskId: task.taskId };
		return { ...task, taskUrls: withProof(session.referenceKey, whose, taskUrls) };
	};
	return ok(listed.value.map((task) => toJson(toListedRow(proven(task), origin, { raw }))));
}

const readLimit = (context: IExecuteFunctions, itemIndex: number): number =>
	Number(readOwn(context, taskParameter.limit, itemIndex));

/** What the generation nodes have written down of their orders from this vendor. */
async function listLedger(
	context: IExecuteFunctions,
	{ providerId: provider, clock, referenceKey }: Session,
	itemIndex: number,
): Promise<Step<IDataObject[]>> {
	const { ledgerTable, orders, olderThanMinutes } = taskParameter;
	const table = readText(context, ledgerTable.name, itemIndex, ledgerTable.default);
	const isUncollected = readOwn(context, orders, itemIndex) === 'uncollected';
	const minutes = Number(readOwn(context, olderThanMinutes, itemIndex));
	const before = isoFromMs(clock.now() - minutesToMs(minutes));
	const listed = await listOrders(inlineRunner(context), {
		table,
		provider,
		uncollectedBefore: isUncollected ? before : undefined,
		limit: readLimit(context, itemIndex),
	});
	return listed.ok
		? ok(listed.value.map((row) => toLedgerRow(row, table, referenceKey)))
		: fail(problemOfTable(table, listed.error));
}

/** An order as an output row, which a later node knows for this package's own. */
function toLedgerRow(row: LedgerRow, table: string, referenceKey: Buffer | undefined) {
	const { provider, model = '', taskId = '', orderKey: key, orderedAt } = row;
	const reference = { table, key };
	const whose = { provider, model, taskId };
	const ledger = ledgerWithProof(referenceKey, whose, { reference, orderedAt });
	return toJson(toOrderRow(row, ledger));
}
