import { taskParameter, videoParameter } from '../../domain/ownParameters';
import { toJson, type Json } from '../../domain/json';
import type { Step } from '../../domain/problem';
import { fail, ok } from '../../domain/result';
import type { Task } from '../../domain/task';
import { isoFromMs, minutesToMs } from '../../domain/time';
import { converse } from '../../domain/vendor';
import type { Hints, NodeInput, Rows } from '../../host/readers';
import type { PairedOutput } from '../../host/rows';
import { readOwn, readText } from '../../orders/parameters';
import { listOrders } from '../../tasks/ledgerQueries';
import { toOrderRow, type LedgerRow } from '../../tasks/ledgerRow';
import { problemOfFault } from '../../tasks/problems';
import { ledgerWithProof, withProof } from '../../tasks/reference';
import { toListedRow } from '../../tasks/row';
import type { Session } from '../../tasks/session';
import type { Tables } from '../../tasks/tables';
import { listForItems } from './listing';
import { problemOfTable, problemOfUnsupported } from './problems';

/** The node, and the ledgers that it may name. */
type Listing = NodeInput & { tables: Tables };

/** The latest tasks of the account or the ledger, each as a row, for every input item. */
export const getMany = async (
	run: Listing & Hints & Rows,
	session: Session,
): Promise<PairedOutput[]> =>
	await listForItems(run, session.providerId, async (itemIndex) =>
		readOwn(run, taskParameter.source, itemIndex) === 'ledger'
			? await listLedger(run, session, itemIndex)
			: await listAtVendor(run, session, itemIndex),
	);

async function listAtVendor(
	node: NodeInput,
	session: Session,
	itemIndex: number,
): Promise<Step<Json[]>> {
	const { provider, transport } = session;
	if (provider.vendor.list === undefined) {
		return fail(problemOfUnsupported(provider, 'list tasks'));
	}
	const limit = readLimit(node, itemIndex);
	const listed = await converse(transport, provider.vendor.list(limit));
	if (!listed.ok) return fail(problemOfFault(provider, listed.error));
	const raw = readOwn(node, videoParameter.simplify, itemIndex) !== true;
	const origin = { provider: session.providerId, model: '' };
	const proven = ({ taskUrls, ...task }: Task): Task => {
		const whose = { ...origin, taskId: task.taskId };
		return { ...task, taskUrls: withProof(session.referenceKey, whose, taskUrls) };
	};
	return ok(listed.value.map((task) => toJson(toListedRow(proven(task), origin, { raw }))));
}

const readLimit = (node: NodeInput, itemIndex: number): number =>
	Number(readOwn(node, taskParameter.limit, itemIndex));

/** What the generation nodes have written down of their orders from this vendor. */
async function listLedger(
	node: Listing,
	{ providerId: provider, clock, referenceKey }: Session,
	itemIndex: number,
): Promise<Step<Json[]>> {
	const { ledgerTable } = taskParameter;
	const table = readText(node, ledgerTable.name, itemIndex, ledgerTable.default);
	const isUncollected = readOwn(node, taskParameter.orders, itemIndex) === 'uncollected';
	const minutes = Number(readOwn(node, taskParameter.olderThanMinutes, itemIndex));
	const before = isoFromMs(clock.now() - minutesToMs(minutes));
	const listed = await listOrders(node.tables, {
		table,
		provider,
		uncollectedBefore: isUncollected ? before : undefined,
		limit: readLimit(node, itemIndex),
	});
	return listed.ok
		? ok(listed.value.map((row) => toLedgerRow(row, table, referenceKey)))
		: fail(problemOfTable(node.tables, table, listed.error));
}

/** An order as an output row, which a later node knows for this package's own. */
function toLedgerRow(row: LedgerRow, table: string, referenceKey: Buffer | undefined) {
	const { provider, model = '', taskId = '', orderKey: key, orderedAt } = row;
	const reference = { table, key };
	const whose = { provider, model, taskId };
	const ledger = ledgerWithProof(referenceKey, whose, { reference, orderedAt });
	return toJson(toOrderRow(row, ledger));
}
