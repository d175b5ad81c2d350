import { outputOf, type Execution, type WorkflowNode } from '../../scripts/lib/n8nClient.mts';
import {
	chain,
	itemsNode,
	manualTrigger,
	seedanceNode,
	splitNode,
	type Stage,
	type Vendor,
} from './stage.mts';

export const textModels: Record<Vendor, string> = {
	apikley: 'bytedance/v1-lite-text-to-video',
	modellix: 'seedance-1.0-lite-t2v',
	aimlapi: 'bytedance/seedance-1-0-lite-t2v',
};

export interface TextRun {
	vendor: Vendor;
	itemCount: number;
	/** Added to each prompt, e.g. `[fail]`. */
	promptSuffix?: string;
	parameters?: Record<string, unknown>;
	settings?: Partial<WorkflowNode>;
}

/** A workflow that makes `itemCount` videos and hands them to a last node "After". */
export async function createTextWorkflow(stage: Stage, run: TextRun): Promise<string> {
	const { vendor, itemCount, promptSuffix = '', parameters, settings } = run;
	const after: WorkflowNode = {
		name: 'After',
		type: 'n8n-nodes-base.noOp',
		typeVersion: 1,
		position: [800, 0],
		parameters: {},
	};
	const seedance = seedanceNode(
		stage,
		vendor,
		{
			model: textModels[vendor],
			prompt: `={{ $json.prompts }}${promptSuffix}`,
			...parameters,
		},
		settings,
	);
	const { id } = await stage.client.createWorkflow({
		name: `${vendor} ${String(parameters?.completion ?? 'wait')}`,
		nodes: [manualTrigger, itemsNode(itemCount), splitNode, seedance, after],
		connections: chain('Start', 'Items', 'Split', 'Seedance', 'After'),
	});
	return id;
}

/** Starts such a workflow; gives the execution's ID. */
export async function startTextRun(stage: Stage, run: TextRun): Promise<string> {
	return await stage.client.runManually(await createTextWorkflow(stage, run));
}

/** The rows that reached the node after Seedance. */
export function rowsOf(execution: Execution): Array<Record<string, unknown>> {
	return outputOf(execution, 'After').map(({ json }) => json);
}

export async function until(
	isTrue: () => boolean | Promise<boolean>,
	what: string,
	timeoutMs = 60_000,
): Promise<void> {
	const deadline = Date.now() + timeoutMs;
	while (!(await isTrue())) {
		if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s in vain: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}
