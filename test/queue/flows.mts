import type { WorkflowNode } from '../../lab/n8nClient.mts';
import {
	chain,
	createChain,
	itemsNode,
	manualTrigger,
	seedanceNode,
	setNode,
	splitNode,
	type Stage,
} from '../e2e/stage.mts';
import { afterNode, textModels } from '../e2e/workflows.mts';

const paused = (stage: Stage, prompt: string) =>
	seedanceNode(stage, 'apikley', { model: textModels.apikley, prompt, completion: 'pause' });

const main = (node: string) => [{ node, type: 'main', index: 0 }];

/** Loop Over Items with one item a round, which pauses. Gives the execution's ID. */
export async function startLoop(stage: Stage, rounds: number): Promise<string> {
	const loop: WorkflowNode = {
		name: 'Loop',
		type: 'n8n-nodes-base.splitInBatches',
		typeVersion: 3,
		position: [500, 0],
		parameters: { options: {} },
	};
	const seedance = paused(stage, '={{ $json.prompts }} (loop)');
	const { id } = await stage.client.createWorkflow({
		name: 'Loop',
		nodes: [manualTrigger, itemsNode(rounds), splitNode, loop, seedance, afterNode],
		connections: {
			...chain('Start', 'Items', 'Split', 'Loop'),
			...chain('Seedance', 'Loop'),
			Loop: { main: [main('After'), main('Seedance')] },
		},
	});
	return await stage.client.runManually(id);
}

/** A video that somebody has to approve before it goes on. Gives the execution's ID. */
export async function startApproval(stage: Stage): Promise<string> {
	const ask = setNode('Ask', '={{ { url: $execution.resumeUrl } }}');
	const wait: WorkflowNode = {
		name: 'Wait',
		type: 'n8n-nodes-base.wait',
		typeVersion: 1.1,
		position: [800, 0],
		webhookId: 'the-wait-of-the-user',
		parameters: { resume: 'webhook', httpMethod: 'POST' },
	};
	const nodes = [manualTrigger, ask, paused(stage, 'a film to approve'), wait, afterNode];
	return await stage.client.runManually(await createChain(stage, 'Approval', nodes));
}
