import { taskParameter } from '../nodes/shared/domain/ownParameters.ts';
import { findProvider } from '../nodes/shared/providers/index.ts';
import type { N8nClient, StoredCredential, WorkflowNode } from './n8nClient.mts';

const PROVIDER = 'apikley';
const PROMPTS = ['A lighthouse in the evening fog', 'A tram in the rain, seen from above'];
const ORDERED_BEFORE_MS = 2 * 60 * 60_000;
const IS_LEFT = { columnName: 'state', value: 'submitted' };

/**
 * Orders two videos and leaves them, as an n8n does that is killed: they stand in the task ledger as
 * ordered two hours ago. Older ones go, because a sandbox that was started anew does not know them.
 */
export async function leaveOrders(
	client: N8nClient,
	credentials: readonly StoredCredential[],
	table: string = taskParameter.ledgerTable.default,
): Promise<void> {
	const type = findProvider(PROVIDER)?.credentialType ?? '';
	const credential = credentials.find((stored) => stored.type === type);
	if (credential === undefined) throw new Error(`No credential of the type ${type}`);
	await client.deleteRows(table, IS_LEFT);
	const { id } = await client.createWorkflow({
		name: 'Orders that are left over',
		nodes: nodesFor(credential, table),
		connections: chain('Start', 'Prompts', 'Split', 'Order'),
	});
	const execution = await client.waitForExecution(await client.runManually(id));
	const { error } = execution.data.resultData;
	if (error) throw new Error(`The orders that are left over were not taken: ${error.message}`);
	await client.deleteWorkflow(id);
	const orderedAt = new Date(Date.now() - ORDERED_BEFORE_MS).toISOString();
	await client.updateRows(table, IS_LEFT, { orderedAt });
}

function nodesFor({ id, name, type }: StoredCredential, table: string): WorkflowNode[] {
	const node = (title: string, kind: string, typeVersion: number, parameters = {}) => ({
		name: title,
		type: kind,
		typeVersion,
		position: [0, 0] as [number, number],
		parameters,
	});
	const order = {
		provider: PROVIDER,
		prompt: '={{ $json.prompts }}',
		completion: 'submit',
		options: { taskLedger: table },
	};
	return [
		node('Start', 'n8n-nodes-base.manualTrigger', 1),
		node('Prompts', 'n8n-nodes-base.set', 3.4, {
			mode: 'raw',
			jsonOutput: JSON.stringify({ prompts: PROMPTS }),
		}),
		node('Split', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'prompts' }),
		{
			...node('Order', 'n8n-nodes-seedance.seedanceTextToVideo', 2, order),
			credentials: { [type]: { id, name } },
		},
	];
}

/** Connects nodes one after the other. */
const chain = (...names: string[]): Record<string, unknown> =>
	Object.fromEntries(
		names
			.slice(0, -1)
			.map((name, index) => [
				name,
				{ main: [[{ node: names[index + 1], type: 'main', index: 0 }]] },
			]),
	);
