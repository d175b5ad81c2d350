import { randomUUID } from 'node:crypto';
import type { Sandbox } from '../../sandbox/index.mts';
import type { WorkflowNode } from '../../lab/n8nClient.mts';
import { chain, seedanceNode, type Stage, type VendorId } from '../../test/e2e/stage.mts';
import { textModels } from '../../test/e2e/workflows.mts';
import { webhookStart } from '../results/workflows.mts';

export type Kind = 'pause' | 'wait';

/** A row as a workflow has put it out. */
export interface OutRow {
	/** Unix milliseconds. */
	at: number;
	kind: string;
	executionId: string;
	taskId?: string;
	provider?: string;
	status?: string;
	error?: string;
	mayBeRepeat?: boolean;
}

/** Sends each row of its input, with the execution that has put it out. */
const report = (url: string, kind: Kind): WorkflowNode => ({
	name: 'Report',
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	position: [1200, 0],
	parameters: {
		method: 'POST',
		url,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: `={{ JSON.stringify({ kind: '${kind}', executionId: $execution.id, taskId: $json.taskId, provider: $json.provider, status: $json.status, error: $json.error, mayBeRepeat: $json.mayBeRepeat }) }}`,
	},
});

/** An active workflow with one video an execution; gives its path. */
export async function createLoad(
	stage: Stage,
	vendor: VendorId,
	kind: Kind,
	reportUrl: string,
): Promise<string> {
	const path = randomUUID();
	const seedance = seedanceNode(
		stage,
		vendor,
		{
			model: textModels[vendor],
			prompt: `=${promptOf(kind, '{{ $execution.id }}')}`,
			completion: kind,
			downloadVideo: false,
		},
		{ onError: 'continueRegularOutput' },
	);
	const nodes = [webhookStart(path), seedance, report(reportUrl, kind)];
	const { id } = await stage.client.createWorkflow({
		name: `${kind} ${vendor}`,
		nodes,
		connections: chain(...nodes.map(({ name }) => name)),
	});
	await stage.client.activate(id);
	return path;
}

const promptOf = (kind: Kind, executionId: string) => `A clip to ${kind} for, of ${executionId}.`;

/** How many orders there are beyond one for each execution. */
export function ordersTwice(sandbox: Sandbox): number {
	const prompts = sandbox.tasks().map(({ input, createBody }) => {
		const [prompt] = /A clip to \w+ for, of \d+\./.exec(JSON.stringify([input, createBody])) ?? [];
		return prompt;
	});
	return prompts.length - new Set(prompts).size;
}
