import type { WorkflowInput, WorkflowNode } from '../../lab/n8nClient.mts';
import type { OpenAiStandIn } from '../../lab/openAiStandIn.mts';
import { manualTrigger, seedanceNode, type SharedStage } from './stage.mts';
import { textModels } from './workflows.mts';

/** An agent that is told the prompt, and has Seedance as its only tool. */
export async function agentWorkflow(
	stage: SharedStage,
	openAi: OpenAiStandIn,
	prompt: string,
	toolParameters: Record<string, unknown> = {},
): Promise<WorkflowInput> {
	const { id, name } = await stage.client.createCredential({
		name: 'Stand-in for OpenAI',
		type: 'openAiApi',
		data: { apiKey: openAi.apiKey, url: openAi.baseUrl },
	});
	const model: WorkflowNode = {
		name: 'Model',
		type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
		typeVersion: 1.2,
		position: [200, 200],
		parameters: {
			model: { __rl: true, mode: 'id', value: 'gpt-4.1-mini' },
			options: { baseURL: openAi.baseUrl },
		},
		credentials: { openAiApi: { id, name } },
	};
	const agent: WorkflowNode = {
		name: 'Agent',
		type: '@n8n/n8n-nodes-langchain.agent',
		typeVersion: 3,
		position: [200, 0],
		parameters: { promptType: 'define', text: prompt, options: {} },
	};
	const tool = seedanceNode(
		stage,
		'modellix',
		{
			model: textModels.modellix,
			prompt: "={{ $fromAI('Prompt', 'What the video shows', 'string') }}",
			...toolParameters,
		},
		{ type: 'n8n-nodes-seedance.seedanceTextToVideoTool' },
	);
	const to = (type: string) => ({ [type]: [[{ node: 'Agent', type, index: 0 }]] });
	return {
		name: 'An agent makes a video',
		nodes: [manualTrigger, agent, model, tool],
		connections: { Start: to('main'), Model: to('ai_languageModel'), Seedance: to('ai_tool') },
	};
}
