import type { WorkflowNode } from '../../../lab/n8nClient.mts';
import { createTrigger } from '../callbacks/trigger.mts';
import { tableRows } from '../ledgerTable.mts';
import { chain, manualTrigger, useSharedStage, seedanceNode } from '../stage.mts';
import { afterNode, finishedExecution, rowsOf, startTextRun, until } from '../workflows.mts';

const ITEMS = 3;
const FINISH_TIMEOUT_MS = 180_000;

const stage = useSharedStage({ settled: true, sandbox: { generationMs: 2000 } });

const states = async (table: string) => (await tableRows(stage, table)).map(({ state }) => state);

async function run(table: string, parameters: Record<string, unknown> = {}) {
	const id = await startTextRun(stage, {
		vendor: 'aimlapi',
		itemCount: ITEMS,
		promptSuffix: ` (${table})`,
		parameters: { options: { pollInterval: 1, taskLedger: table }, ...parameters },
	});
	return await finishedExecution(stage, id, FINISH_TIMEOUT_MS);
}

test('orders of a node that waits stand in a table, which nobody had to make', async () => {
	const table = 'ledger_wait';
	const execution = await run(table);
	const rows = await tableRows(stage, table);
	expect(rows).toHaveLength(ITEMS);
	for (const [item, { taskId, videoUrl }] of rowsOf(execution).entries()) {
		expect(rows[item]).toMatchObject({
			state: 'succeeded',
			provider: 'aimlapi',
			prompt: `clip ${item} (${table})`,
			taskId,
			videoUrl,
			usd: 0.18,
			executionId: execution.id,
			node: 'Seedance',
			item,
		});
	}
	// A second run uses the same table.
	await run(table);
	expect(await states(table)).toEqual(Array(2 * ITEMS).fill('succeeded'));
});

test('a paused node writes down what it takes delivery of', async () => {
	const table = 'ledger_pause';
	await run(table, { completion: 'pause' });
	expect(await states(table)).toEqual(Array(ITEMS).fill('succeeded'));
});

test('a trigger writes down what it delivers', async () => {
	const table = 'ledger_notify';
	const trigger = await createTrigger(stage, { vendor: 'aimlapi' });
	await run(table, { completion: 'notify', callbackUrl: trigger.url });
	await trigger.executions(ITEMS, FINISH_TIMEOUT_MS);
	const areAll = async () => (await states(table)).every((state) => state === 'succeeded');
	await until(areAll, 'every order is written down', 30_000, 500);
});

test('what was never collected is collected by a workflow of two nodes, once', async () => {
	const table = 'ledger_submit';
	await run(table, { completion: 'submit' });
	expect(await states(table)).toEqual(Array(ITEMS).fill('submitted'));

	const task = (name: string, x: number, parameters: Record<string, unknown>): WorkflowNode => ({
		...seedanceNode(stage, 'aimlapi', { resource: 'task', ...parameters }),
		name,
		type: 'n8n-nodes-seedance.seedanceTask',
		position: [x, 0],
	});
	const { id } = await stage.client.createWorkflow({
		name: 'What was left over',
		nodes: [
			manualTrigger,
			task('Left Over', 200, {
				operation: 'getMany',
				source: 'ledger',
				taskLedger: table,
				olderThanMinutes: 0,
			}),
			task('Collect', 400, { operation: 'wait' }),
			afterNode,
		],
		connections: chain(manualTrigger.name, 'Left Over', 'Collect', afterNode.name),
	});
	const collect = async () =>
		rowsOf(await stage.client.waitForExecution(await stage.client.runManually(id)));
	const collected = await collect();
	expect(collected.map(({ status }) => status)).toEqual(Array(ITEMS).fill('succeeded'));
	expect(await states(table)).toEqual(Array(ITEMS).fill('succeeded'));
	expect(await collect()).toEqual([]);
});

test('the ledger leaves no executions behind', async () => {
	const before = new Set((await stage.client.executions()).map(({ id }) => id));
	const execution = await run('ledger_quiet');
	const left = (await stage.client.executions()).filter(
		({ id, workflowId }) => !before.has(id) && workflowId === execution.workflowId,
	);
	expect(left.map(({ id }) => id)).toEqual([execution.id]);
});
