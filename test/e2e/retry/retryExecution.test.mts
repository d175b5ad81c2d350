import type { Execution } from '../../../lab/n8nClient.mts';
import { useSharedStage } from '../stage.mts';
import { createTextWorkflow, rowsOf } from '../workflows.mts';
import { paidByItem, saidOfItems } from './ledger.mts';

const ITEMS = 3;

const stage = useSharedStage({ sandbox: { generationMs: 1000 } });

beforeEach(() => {
	stage.sandbox.reset();
});

const creates = () =>
	stage.sandbox.requests.filter(({ operation }) => operation === 'create').length;

/** Runs three items to their end; gives the execution with its workflow. */
async function run(): Promise<{ workflowId: string; execution: Execution }> {
	const workflowId = await createTextWorkflow(stage, {
		vendor: 'aimlapi',
		itemCount: ITEMS,
		parameters: { options: { pollInterval: 1 } },
	});
	const id = await stage.client.runManually(workflowId);
	return { workflowId, execution: await stage.client.waitForExecution(id) };
}

async function retry({ id }: Execution, loadWorkflow = false): Promise<Execution> {
	const retried = await stage.client.retryExecution(id, loadWorkflow);
	expect(retried.id).not.toBe(id);
	return await stage.client.waitForExecution(retried.id);
}

function expectEveryItemOnce(execution: Execution, paid: Map<number, string[]>): void {
	expect(execution.data.resultData.error).toBeUndefined();
	expect(execution.status).toBe('success');
	const rows = rowsOf(execution).map(({ taskId, status }) => [taskId, status]);
	const last = (item: number) => paid.get(item)?.at(-1);
	expect(rows).toEqual(Array.from({ length: ITEMS }, (_, item) => [last(item), 'succeeded']));
}

test('a check that is refused for a while: the retry goes on with the paid tasks', async () => {
	stage.sandbox.addFault({ operation: 'status', effect: { kind: 'http', status: 401 } });
	const { execution } = await run();
	expect(execution.status).toBe('error');
	expect(execution.data.resultData.error?.message).toContain('did not accept the API key');
	expect(creates()).toBe(ITEMS);

	stage.sandbox.clearFaults();
	expectEveryItemOnce(await retry(execution), paidByItem(stage));
	expect(creates()).toBe(ITEMS);
});

test('one refused check of one item: likewise', async () => {
	stage.sandbox.addFault({ operation: 'status', times: 1, effect: { kind: 'http', status: 401 } });
	const { execution } = await run();
	const states = [...saidOfItems(execution).values()].map(({ state }) => state).sort();
	expect(states).toEqual(['401', 'succeeded', 'succeeded']);
	expectEveryItemOnce(await retry(execution), paidByItem(stage));
	expect(creates()).toBe(ITEMS);
});

test('a task that ended badly is submitted anew, the others are not', async () => {
	stage.sandbox.addFault({ operation: 'create', times: 1, effect: { kind: 'failTask' } });
	const { execution } = await run();
	expect(execution.status).toBe('error');
	expect(creates()).toBe(ITEMS);

	expectEveryItemOnce(await retry(execution), paidByItem(stage));
	expect(creates()).toBe(ITEMS + 1);
	const perItem = [...paidByItem(stage).values()].map(({ length }) => length);
	expect(perItem.sort()).toEqual([1, 1, 2]);
});

test('a lost answer that no list settles: retries refuse to pay again until it is told to order again', async () => {
	const effect = { kind: 'httpAfter', status: 500 } as const;
	stage.sandbox.addFault({ operation: 'create', times: 1, effect });
	stage.sandbox.addFault({ operation: 'list', effect: { kind: 'http', status: 403 } });
	const { workflowId, execution } = await run();
	expect(execution.data.resultData.error?.message).toContain('may have accepted this video');
	expect(creates()).toBe(ITEMS);

	const refused = await retry(execution);
	expect(refused.status).toBe('error');
	expect(refused.data.resultData.error?.message).toContain('may have accepted this video');
	expect(creates()).toBe(ITEMS);

	const workflow = await stage.client.workflow(workflowId);
	await stage.client.updateWorkflow(workflowId, {
		...workflow,
		nodes: workflow.nodes.map((node) =>
			node.name === 'Seedance'
				? {
						...node,
						parameters: {
							...node.parameters,
							options: { pollInterval: 1, resubmitUnknown: true },
						},
					}
				: node,
		),
	});
	// As it was, the workflow still refuses.
	expect((await retry(refused)).status).toBe('error');
	expect(creates()).toBe(ITEMS);

	expectEveryItemOnce(await retry(refused, true), paidByItem(stage));
	expect(creates()).toBe(ITEMS + 1);
	expect([...paidByItem(stage).values()].map(({ length }) => length).sort()).toEqual([1, 1, 2]);
});
