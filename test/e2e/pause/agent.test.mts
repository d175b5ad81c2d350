import { outputOf, type Execution, type WorkflowNode } from '../../../scripts/lib/n8nClient.mts';
import { manualTrigger, openSharedStage, seedanceNode, type SharedStage } from '../stage.mts';
import { finishedExecutions, textModels } from '../workflows.mts';
import { startFakeModel, type FakeModel } from './fakeModel.mts';
import { FINISH_TIMEOUT_MS } from './pausedRuns.mts';

const PROMPT = 'a paper boat on a pond';

let stage: SharedStage;
let model: FakeModel;
let execution: Execution;

async function modelNode(): Promise<WorkflowNode> {
	const { id, name } = await stage.client.createCredential({
		name: 'Fake model',
		type: 'openAiApi',
		data: { apiKey: 'none', url: model.baseUrl },
	});
	return {
		name: 'Model',
		type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
		typeVersion: 1.2,
		position: [200, 200],
		parameters: {
			model: { __rl: true, mode: 'id', value: 'fake' },
			options: { baseURL: model.baseUrl },
		},
		credentials: { openAiApi: { id, name } },
	};
}

async function startAgent(): Promise<string> {
	const agent: WorkflowNode = {
		name: 'Agent',
		type: '@n8n/n8n-nodes-langchain.agent',
		typeVersion: 3,
		position: [200, 0],
		parameters: { promptType: 'define', text: 'Make me a video', options: {} },
	};
	const tool = seedanceNode(
		stage,
		'modellix',
		{
			model: textModels.modellix,
			prompt: "={{ $fromAI('Prompt', 'What the video shows', 'string') }}",
			completion: 'pause',
		},
		{ type: 'n8n-nodes-seedance.seedanceTextToVideoTool' },
	);
	const to = (type: string) => ({ [type]: [[{ node: 'Agent', type, index: 0 }]] });
	const { id } = await stage.client.createWorkflow({
		name: 'An agent makes a video',
		nodes: [manualTrigger, agent, await modelNode(), tool],
		connections: {
			Start: to('main'),
			Model: to('ai_languageModel'),
			Seedance: to('ai_tool'),
		},
	});
	return await stage.client.runManually(id);
}

beforeAll(async () => {
	model = await startFakeModel(PROMPT);
	stage = await openSharedStage({ sandbox: { generationMs: 8_000 } });
	const executionId = await startAgent();
	const [ended] = await finishedExecutions(stage, [executionId], FINISH_TIMEOUT_MS);
	if (ended === undefined) throw new Error('The agent has not ended');
	execution = ended;
}, FINISH_TIMEOUT_MS + 240_000);

afterAll(async () => {
	await stage?.close();
	await model?.close();
});

test('an agent waits for its video in the database and then goes on', () => {
	expect(execution.data.resultData.error).toBeUndefined();
	expect(execution.status).toBe('success');
	expect(outputOf(execution, 'Agent').map(({ json }) => json.output)).toEqual([
		'Your video is there.',
	]);
});

test('the model is told the finished video', () => {
	const [task, ...others] = stage.sandbox.tasks();
	expect(others).toEqual([]);
	expect(task?.input.prompt).toBe(PROMPT);
	expect(model.toolAnswers).toHaveLength(1);
	expect(model.toolAnswers[0]).toContain(task?.taskId);
	expect(model.toolAnswers[0]).toContain('succeeded');
});
