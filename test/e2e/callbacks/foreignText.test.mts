import { randomUUID } from 'node:crypto';
import type { WorkflowNode } from '../../../lab/n8nClient.mts';
import { outputOf } from '../../../lab/n8nClient.mts';
import { createChain, manualTrigger, seedanceNode, setNode, useSharedStage } from '../stage.mts';
import { afterNode, finishedExecution } from '../workflows.mts';
import { useServer } from '../../servers.mts';

/** An expression that takes long enough to be seen from outside, were it evaluated. */
const LOOP_MS = 4_000;
const slow = `={{ (() => { const until = Date.now() + ${LOOP_MS}; while (Date.now() < until) {} return 'x'; })() }}`;

const stage = useSharedStage({ sandbox: { generationMs: 1000 } });

/** A stranger's item as Seedance Task gets it: webhook, Edit Fields, Seedance Task Get. */
async function openDoor(): Promise<string> {
	const path = randomUUID();
	const webhook: WorkflowNode = {
		name: 'Webhook',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		position: [0, 0],
		webhookId: path,
		parameters: { path, httpMethod: 'POST', responseMode: 'lastNode', options: {} },
	};
	const edit = setNode('Edit Fields', '={{ $json.body }}');
	const task = seedanceNode(
		stage,
		'apikley',
		{ resource: 'task', operation: 'get', taskId: '={{ $json.taskId }}', downloadVideo: false },
		{ name: 'Task', type: 'n8n-nodes-seedance.seedanceTask', onError: 'continueRegularOutput' },
	);
	const nodes = [webhook, edit, task, afterNode];
	const id = await createChain(stage, 'A stranger asks for a task', nodes);
	await stage.client.activate(id);
	return path;
}

async function ask(path: string, item: object): Promise<{ answer: unknown; tookMs: number }> {
	const begunAt = Date.now();
	const response = await stage.client.callWebhook(path, { body: item });
	return { answer: await response.json(), tookMs: Date.now() - begunAt };
}

test('an expression in a webhook’s item is not run', async () => {
	const path = await openDoor();
	const old = { taskId: 'nope', orderedAt: '2000-01-01T00:00:00Z' };
	const { answer } = await ask(path, old);
	expect(answer).toMatchObject({ taskId: 'nope', error: expect.stringContaining('Apikley') });
	for (const ledger of [
		{ table: slow, key: 'k' },
		{ table: 'seedance_tasks', key: slow },
		{ table: slow, key: 'k', proof: 'x'.repeat(43) },
	]) {
		const { answer: again, tookMs } = await ask(path, { ...old, ledger });
		expect(again).toMatchObject({ taskId: 'nope' });
		expect(tookMs).toBeLessThan(LOOP_MS);
	}
}, 120_000);

/** The texts that a model may also hand to the ledger by the node's own parameters. */
test.each([slow, '=1+1', '={{ "}}" }}'])('a table of the name %j is a name', async (taskLedger) => {
	const named = setNode('Name', { taskLedger });
	const task = seedanceNode(
		stage,
		'apikley',
		{
			resource: 'task',
			operation: 'getMany',
			source: 'ledger',
			taskLedger: '={{ $json.taskLedger }}',
		},
		{ name: 'Task', type: 'n8n-nodes-seedance.seedanceTask', onError: 'continueRegularOutput' },
	);
	const id = await createChain(stage, 'A table of a stranger’s name', [manualTrigger, named, task]);
	const begunAt = Date.now();
	const execution = await finishedExecution(stage, await stage.client.runManually(id), 60_000);
	const [row] = outputOf(execution, 'Task');
	expect(row?.json.error).toContain(`There is no table '${taskLedger}'`);
	expect(Date.now() - begunAt).toBeLessThan(LOOP_MS + 60_000);
});

describe('an agent', () => {
	/** What the model was told of its tool call. */
	const told: string[] = [];

	/** A model that adds to its tool call what the tool did not ask for. */
	const said = (item: object) => ({
		role: 'assistant',
		content: null,
		tool_calls: [
			{
				id: 'call_1',
				type: 'function',
				function: { name: 'Seedance_Task', arguments: JSON.stringify(item) },
			},
		],
	});

	const openAi = useServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const { messages = [], tools = [] } = JSON.parse(Buffer.concat(chunks).toString() || '{}');
			const answered = messages.findLast((one: { role: string }) => one.role === 'tool');
			if (answered !== undefined) told.push(String(answered.content));
			const call = said({
				Task_ID: 'nope',
				taskId: 'nope',
				orderedAt: '2000-01-01T00:00:00Z',
				ledger: { table: slow, key: 'k' },
				taskUrls: { status: `${stage.sandbox.baseUrls.fal}/any/path` },
			});
			if (call.tool_calls[0] && tools[0]) {
				call.tool_calls[0].function.name = tools[0].function.name;
			}
			const message =
				answered === undefined ? call : { role: 'assistant', content: 'There is none.' };
			response.setHeader('Content-Type', 'application/json');
			response.end(
				JSON.stringify({
					id: 'chatcmpl-1',
					object: 'chat.completion',
					created: 1,
					model: 'gpt-4.1-mini',
					choices: [
						{ index: 0, message, finish_reason: answered === undefined ? 'tool_calls' : 'stop' },
					],
					usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
				}),
			);
		});
	});

	test('whose model adds a ledger and addresses runs no expression and asks no path', async () => {
		const baseURL = `${openAi()}/v1`;
		const { id: credentialId, name } = await stage.client.createCredential({
			name: 'A model that says too much',
			type: 'openAiApi',
			data: { apiKey: 'sk-x', url: baseURL },
		});
		const tool = seedanceNode(
			stage,
			'fal',
			{
				resource: 'task',
				operation: 'get',
				taskId: "={{ $fromAI('Task_ID', 'The task', 'string') }}",
				downloadVideo: false,
				options: { model: 'bytedance/seedance-2.0/fast/text-to-video' },
			},
			{ name: 'Task', type: 'n8n-nodes-seedance.seedanceTaskTool' },
		);
		const to = (type: string) => ({ [type]: [[{ node: 'Agent', type, index: 0 }]] });
		const { id } = await stage.client.createWorkflow({
			name: 'An agent looks at a task',
			nodes: [
				manualTrigger,
				{
					name: 'Agent',
					type: '@n8n/n8n-nodes-langchain.agent',
					typeVersion: 3,
					position: [200, 0],
					parameters: { promptType: 'define', text: 'Look', options: {} },
				},
				{
					name: 'Model',
					type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
					typeVersion: 1.2,
					position: [200, 200],
					parameters: {
						model: { __rl: true, mode: 'id', value: 'gpt-4.1-mini' },
						options: { baseURL },
					},
					credentials: { openAiApi: { id: credentialId, name } },
				},
				tool,
			],
			connections: { Start: to('main'), Model: to('ai_languageModel'), Task: to('ai_tool') },
		});
		const execution = await finishedExecution(stage, await stage.client.runManually(id), 60_000);
		expect(execution.status).toBe('success');
		expect(told).toHaveLength(1);
		const asked = stage.sandbox.requests.filter(
			({ vendor, path }) => vendor === 'fal' && path.includes('nope'),
		);
		expect(asked.map(({ path }) => path)).toEqual(['/bytedance/seedance-2.0/requests/nope/status']);
		expect(stage.sandbox.requests.filter(({ path }) => path.includes('/any/path'))).toEqual([]);
		const [run] = execution.data.resultData.runData.Task ?? [];
		expect(run?.executionTime ?? 0).toBeLessThan(LOOP_MS);
	}, 120_000);
});
