import {
	outputOf,
	type Execution,
	type WorkflowInput,
	type WorkflowNode,
} from '../../../lab/n8nClient.mts';
import { chain, itemsNode, manualTrigger, useSharedStage, splitNode } from '../stage.mts';
import { afterNode, createTextWorkflow, finishedExecutions, rowsOf } from '../workflows.mts';
import { FINISH_TIMEOUT_MS, pausedRun, promptsInOrder, startInProduction } from './pausedRuns.mts';

const ITEMS = 2;

const stage = useSharedStage({ sandbox: { generationMs: 10_000 } });
const ended = new Map<string, Execution>();
const executionOf = (name: string): Execution => {
	const execution = ended.get(name);
	if (execution === undefined) throw new Error(`${name} has not ended`);
	return execution;
};

const runIn = (name: string, more = {}) =>
	pausedRun('modellix', ITEMS, { promptSuffix: ` (${name})`, ...more });

async function startStep(): Promise<string> {
	const workflowId = await createTextWorkflow(stage, runIn('as a step'));
	return await stage.client.runManually(workflowId, { destinationNode: 'Seedance' });
}

/** The user's own sub-workflow makes the videos; the calling workflow gets them. */
async function startSubWorkflow(): Promise<string> {
	const calledStart: WorkflowNode = {
		...manualTrigger,
		type: 'n8n-nodes-base.executeWorkflowTrigger',
		typeVersion: 1.1,
		parameters: { inputSource: 'passthrough' },
	};
	const run = runIn('in a sub-workflow', {
		start: calledStart,
		parameters: { options: { pauseInSubWorkflows: true } },
	});
	const called = await stage.client.workflow(await createTextWorkflow(stage, run));
	await stage.client.activate(called.id);
	const caller: WorkflowInput = {
		name: 'Calls a sub-workflow',
		nodes: [
			manualTrigger,
			itemsNode(1),
			splitNode,
			{
				name: 'Call',
				type: 'n8n-nodes-base.executeWorkflow',
				typeVersion: 1.2,
				position: [600, 0],
				parameters: { workflowId: { __rl: true, mode: 'id', value: called.id }, options: {} },
			},
			afterNode,
		],
		connections: chain('Start', 'Items', 'Split', 'Call', 'After'),
	};
	const { id } = await stage.client.createWorkflow(caller);
	return await stage.client.runManually(id);
}

beforeAll(async () => {
	const ids = {
		'in production': (await startInProduction(stage, runIn('in production'))).executionId,
		'by hand': await stage.client.runManually(await createTextWorkflow(stage, runIn('by hand'))),
		'as a step': await startStep(),
		'in a sub-workflow': await startSubWorkflow(),
	};
	const executions = await finishedExecutions(stage, Object.values(ids), FINISH_TIMEOUT_MS);
	Object.keys(ids).forEach((name, index) => {
		const execution = executions[index];
		if (execution) ended.set(name, execution);
	});
}, FINISH_TIMEOUT_MS + 240_000);

test.each([
	['in production', 'webhook', 'After'],
	['by hand', 'manual', 'After'],
	['as a step', 'manual', 'Seedance'],
	['in a sub-workflow', 'manual', 'After'],
])('%s: the videos come out in order and are paid for once', async (name, mode, lastNode) => {
	const execution = executionOf(name);
	expect(execution.data.resultData.error).toBeUndefined();
	expect(execution).toMatchObject({ status: 'success', mode });
	const items = outputOf(execution, lastNode);
	const rows = items.map(({ json }) => json);
	expect(promptsInOrder(stage, rows)).toEqual([`clip 0 (${name})`, `clip 1 (${name})`]);
	expect(rows.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
	const created = stage.sandbox.requests.filter(
		({ operation, rawBody }) => operation === 'create' && rawBody.includes(`(${name})`),
	);
	expect(created).toHaveLength(ITEMS);
	for (const { json, binary } of items) {
		const { bytes } = await stage.client.binary(binary?.data?.id ?? '');
		const original = Buffer.from(await (await fetch(String(json.videoUrl))).arrayBuffer());
		expect(bytes.equals(original)).toBe(true);
	}
});

test('a step that is executed alone leaves the rest of the workflow alone', () => {
	expect(rowsOf(executionOf('as a step'))).toEqual([]);
});
