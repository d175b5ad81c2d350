import { outputOf, type WorkflowNode } from '../../lab/n8nClient.mts';
import { createChain, manualTrigger, type SharedStage } from './stage.mts';

/** The rows of a Data Table, read as a workflow reads them. */
export async function tableRows(
	{ client }: SharedStage,
	table: string,
): Promise<Array<Record<string, unknown>>> {
	const read: WorkflowNode = {
		name: 'Rows',
		type: 'n8n-nodes-base.dataTable',
		typeVersion: 1.1,
		position: [200, 0],
		parameters: {
			resource: 'row',
			operation: 'get',
			dataTableId: { __rl: true, mode: 'name', value: table },
			returnAll: true,
		},
	};
	const id = await createChain({ client }, `Rows of ${table}`, [manualTrigger, read]);
	const execution = await client.waitForExecution(await client.runManually(id));
	return outputOf(execution, read.name)
		.map(({ json }) => json)
		.toSorted((a, b) => Number(a.item) - Number(b.item));
}
