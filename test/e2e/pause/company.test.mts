import { randomUUID } from 'node:crypto';
import type { Execution, WorkflowNode } from '../../../lab/n8nClient.mts';
import { outputOf } from '../../../lab/n8nClient.mts';
import { AND_ALSO, startOpenAiStandIn, type OpenAiStandIn } from '../../../lab/openAiStandIn.mts';
import { agentWorkflow } from '../agentWorkflow.mts';
import {
	chain,
	createChain,
	itemsNode,
	manualTrigger,
	useStage,
	seedanceNode,
	splitNode,
} from '../stage.mts';
import { afterNode, finishedExecution, textModels, until } from '../workflows.mts';
import { untilParked, webhookStart } from './pausedRuns.mts';

/** Entries of one node are ordered one after the other, and a young n8n delivers nothing for a minute. */
const TIMEOUT_MS = 600_000;

const COUNT = 3;

const stage = useStage({ sandbox: { generationMs: 5_000 } });
let openAi: OpenAiStandIn;
let agent: string;
let parted: string;
let mended: { workflowId: string; executionId: string };

/** Every second item fails at the vendor. */
const promptsOf = (label: string) =>
	Array.from({ length: COUNT }, (_, item) => `clip ${item}${item === 1 ? ' [fail]' : ''} ${label}`);

const orders = (label: string) =>
	stage.sandbox
		.tasks()
		.filter(({ input }) => String(input.prompt).endsWith(` ${label}`))
		.map(({ input }) => input.prompt);

/** Puts every item out at an output of its own. */
const switchNode: WorkflowNode = {
	name: 'Switch',
	type: 'n8n-nodes-base.switch',
	typeVersion: 3.2,
	position: [500, 0],
	parameters: { mode: 'expression', numberOutputs: COUNT, output: '={{ $itemIndex }}' },
};

/** Three outputs of a Switch into one Seedance node. */
async function createSwitch(label: string, more: Partial<WorkflowNode>, after: WorkflowNode) {
	const seedance = seedanceNode(
		stage,
		'apikley',
		{
			model: textModels.apikley,
			prompt: `={{ $json.prompts + ($json.prompts === 'clip 1' ? '${label === 'mended' ? '' : ' [fail]'}' : '') }} ${label}`,
			completion: 'pause',
		},
		more,
	);
	const entry = { node: 'Seedance', type: 'main', index: 0 };
	const { id } = await stage.client.createWorkflow({
		name: `Three ways into one node, ${label}`,
		nodes: [manualTrigger, itemsNode(COUNT), splitNode, switchNode, seedance, after],
		connections: {
			...chain('Start', 'Items', 'Split', 'Switch'),
			Switch: { main: Array.from({ length: COUNT }, () => [entry]) },
			...chain('Seedance', 'After'),
		},
	});
	return id;
}

const brokenAfter: WorkflowNode = {
	...afterNode,
	type: 'n8n-nodes-base.stopAndError',
	parameters: { errorMessage: 'Not yet' },
};

beforeAll(async () => {
	openAi = await startOpenAiStandIn();
	const toKeep = { onError: 'continueRegularOutput' } as const;
	parted = await stage.client.runManually(await createSwitch('parted', toKeep, afterNode));
	const said = promptsOf('agent').join(AND_ALSO);
	const workflow = await agentWorkflow(stage, openAi, said, { completion: 'pause' });
	const nodes = workflow.nodes.map((node) =>
		node.name === 'Seedance' ? { ...node, ...toKeep } : node,
	);
	const { id } = await stage.client.createWorkflow({ ...workflow, nodes });
	agent = await stage.client.runManually(id);
	const workflowId = await createSwitch('mended', {}, brokenAfter);
	mended = { workflowId, executionId: await stage.client.runManually(workflowId) };
	for (const started of [parted, agent, mended.executionId]) await untilParked(stage, started);
	await stage.n8n.kill();
	await stage.n8n.restart();
}, TIMEOUT_MS);

afterAll(async () => {
	await openAi?.close();
});

const endOf = async (executionId: string) =>
	await finishedExecution(stage, executionId, TIMEOUT_MS);

const outcomesOf = (execution: Execution, node: string) =>
	(execution.data.resultData.runData[node] ?? [])
		.flatMap(({ data }) => data?.main?.[0] ?? [])
		.map(({ json }) => [
			stage.sandbox.tasks().find(({ taskId }) => taskId === json.taskId)?.input.prompt,
			json.status,
		]);

const expected = (label: string) =>
	promptsOf(label).map((prompt, item) => [prompt, item === 1 ? 'failed' : 'succeeded']);

test(
	'a Switch with three outputs into one node: as many videos as orders, through kill -9',
	async () => {
		const execution = await endOf(parted);
		expect(execution.status).toBe('success');
		// n8n begins with the last of several outputs into one node.
		expect(outcomesOf(execution, 'Seedance')).toEqual(expected('parted').toReversed());
		expect(outcomesOf(execution, 'After')).toEqual(expected('parted').toReversed());
		expect(orders('parted')).toEqual(promptsOf('parted').toReversed());
	},
	TIMEOUT_MS,
);

test(
	'an agent with three calls in one turn: each is told its own video',
	async () => {
		const execution = await endOf(agent);
		expect(execution.status).toBe('success');
		expect(orders('agent')).toEqual(promptsOf('agent'));
		const [first = '', second = '', third = ''] = openAi.toolAnswers;
		expect(openAi.toolAnswers).toHaveLength(COUNT);
		expect([first, third].map((told) => told.includes('succeeded'))).toEqual([true, true]);
		expect(second).toContain('could not generate the video');
		const taskIds = stage.sandbox
			.tasks()
			.filter(({ input }) => String(input.prompt).endsWith(' agent'))
			.map(({ taskId }) => taskId);
		expect(first).toContain(taskIds[0]);
		expect(third).toContain(taskIds[2]);
		expect(outputOf(execution, 'Agent')).toHaveLength(1);
	},
	TIMEOUT_MS,
);

test(
	'a Retry behind the first entry goes on, and pays for the others once',
	async () => {
		const failed = await endOf(mended.executionId);
		expect(failed.status).toBe('error');
		expect(orders('mended')).toHaveLength(1);
		const { nodes, connections } = await stage.client.workflow(mended.workflowId);
		await stage.client.updateWorkflow(mended.workflowId, {
			nodes: nodes.map((node) => (node.name === 'After' ? afterNode : node)),
			connections,
		});
		const known = (await stage.client.executions()).map(({ id }) => id);
		// Answers when the run pauses or ends.
		void stage.client.retryExecution(failed.id, true).catch(() => undefined);
		let retried = '';
		await until(async () => {
			const listed = await stage.client.executions({ workflowId: mended.workflowId });
			retried = listed.find(({ id, mode }) => mode === 'retry' && !known.includes(id))?.id ?? '';
			return retried !== '';
		}, 'the retry has begun');
		const execution = await endOf(retried);
		expect(execution.status).toBe('success');
		expect(orders('mended')).toHaveLength(COUNT);
		expect(outcomesOf(execution, 'After').map(([, status]) => status)).toEqual(
			Array.from({ length: COUNT }, () => 'succeeded'),
		);
	},
	TIMEOUT_MS,
);

test('a webhook that answers with its last node gets the video, and a hint says why it waited', async () => {
	const path = randomUUID();
	const start = webhookStart(path);
	start.parameters = { ...start.parameters, responseMode: 'lastNode', responseData: 'allEntries' };
	const seedance = seedanceNode(stage, 'apikley', {
		model: textModels.apikley,
		prompt: 'a clip called',
		completion: 'pause',
	});
	const id = await createChain(stage, 'Somebody waits', [start, seedance]);
	await stage.client.activate(id);
	const answer = await stage.client.callWebhook(path, { body: {} });
	expect(answer.status).toBe(200);
	expect(await answer.json()).toEqual([expect.objectContaining({ status: 'succeeded' })]);
});

test('a sub-workflow for each item waits, and every video comes back', async () => {
	const trigger: WorkflowNode = {
		...manualTrigger,
		type: 'n8n-nodes-base.executeWorkflowTrigger',
		typeVersion: 1.1,
		parameters: { inputSource: 'passthrough' },
	};
	const seedance = seedanceNode(stage, 'apikley', {
		model: textModels.apikley,
		prompt: '={{ $json.prompts }} each',
		completion: 'pause',
	});
	const child = await createChain(stage, 'Called for each', [trigger, seedance]);
	await stage.client.activate(child).catch(() => undefined);
	const call: WorkflowNode = {
		name: 'Call',
		type: 'n8n-nodes-base.executeWorkflow',
		typeVersion: 1.2,
		position: [600, 0],
		parameters: {
			workflowId: { __rl: true, mode: 'id', value: child },
			mode: 'each',
			options: {},
		},
	};
	const nodes = [manualTrigger, itemsNode(COUNT), splitNode, call];
	const parent = await createChain(stage, 'Calls for each', nodes);
	const execution = await stage.client.waitForExecution(await stage.client.runManually(parent), {
		timeoutMs: 120_000,
	});
	expect(execution.status).toBe('success');
	expect(orders('each')).toHaveLength(COUNT);
	expect(outcomesOf(execution, 'Call').map(([, status]) => status)).toEqual(
		Array.from({ length: COUNT }, () => 'succeeded'),
	);
});
