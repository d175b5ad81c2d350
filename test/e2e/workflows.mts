import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { forEachVendor } from '../../sandbox/vendors/index.mts';
import { FINISHED, outputOf, type Execution, type WorkflowNode } from '../../lab/n8nClient.mts';
import { kits } from '../vendors/index.mts';
import {
	createChain,
	itemsNode,
	manualTrigger,
	seedanceNode,
	splitNode,
	type SharedStage,
	type VendorId,
} from './stage.mts';

export const textModels: Record<VendorId, string> = forEachVendor(
	(vendor) => kits[vendor].textModel,
);

/** Does nothing: its input is what Seedance put out. */
export const afterNode: WorkflowNode = {
	name: 'After',
	type: 'n8n-nodes-base.noOp',
	typeVersion: 1,
	position: [800, 0],
	parameters: {},
};

export interface TextRun {
	vendor: VendorId;
	itemCount: number;
	/** Added to each prompt, e.g. `[fail]`. */
	promptSuffix?: string;
	parameters?: Record<string, unknown>;
	settings?: Partial<WorkflowNode>;
	/** What starts the workflow; "Execute workflow" by default. */
	start?: WorkflowNode;
}

/** A workflow that makes `itemCount` videos and hands them to a last node "After". */
export async function createTextWorkflow(stage: SharedStage, run: TextRun): Promise<string> {
	const { vendor, itemCount, promptSuffix = '', parameters, settings, start = manualTrigger } = run;
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
	const name = `${vendor} ${String(parameters?.completion ?? 'wait')}`;
	const nodes = [start, itemsNode(itemCount), splitNode, seedance, afterNode];
	return await createChain(stage, name, nodes);
}

/** Starts such a workflow; gives the execution's ID. */
export async function startTextRun(stage: SharedStage, run: TextRun): Promise<string> {
	return await stage.client.runManually(await createTextWorkflow(stage, run));
}

/** A workflow that a Seedance Trigger starts, active, and the trigger's Production URL. */
export async function createTriggerWorkflow(
	stage: SharedStage,
	vendor: VendorId,
	after: WorkflowNode = afterNode,
): Promise<{ workflowId: string; url: string }> {
	const webhookId = randomUUID();
	const trigger = seedanceNode(
		stage,
		vendor,
		{ events: ['succeeded', 'failed'] },
		{ type: 'n8n-nodes-seedance.seedanceTrigger', webhookId },
	);
	const name = `When a video of ${vendor} is finished`;
	const workflowId = await createChain(stage, name, [trigger, after]);
	await stage.client.activate(workflowId);
	return { workflowId, url: `${stage.n8n.webhookUrl}/webhook/${webhookId}/seedance` };
}

/** Waits for all executions with few requests, so that looking does not slow n8n down. */
export async function finishedExecutions(
	stage: SharedStage,
	ids: string[],
	timeoutMs: number,
): Promise<Execution[]> {
	const deadline = Date.now() + timeoutMs;
	const finished = new Map<string, Execution>();
	for (;;) {
		for (const id of ids) {
			if (finished.has(id)) continue;
			const execution = await stage.client.execution(id);
			if (FINISHED.includes(execution.status)) finished.set(id, execution);
			else if (Date.now() > deadline) {
				throw new Error(`Execution ${id} is still "${execution.status}"`);
			}
		}
		if (finished.size === ids.length) return ids.flatMap((id) => finished.get(id) ?? []);
		await sleep(1000);
	}
}

export async function finishedExecution(
	stage: SharedStage,
	id: string,
	timeoutMs: number,
): Promise<Execution> {
	const [execution] = await finishedExecutions(stage, [id], timeoutMs);
	if (execution === undefined) throw new Error(`Execution ${id} has not ended`);
	return execution;
}

/** The rows that reached the node after Seedance. */
export function rowsOf(execution: Execution): Array<Record<string, unknown>> {
	return outputOf(execution, 'After').map(({ json }) => json);
}

export async function until(
	isTrue: () => boolean | Promise<boolean>,
	what: string,
	timeoutMs = 60_000,
	gapMs = 20,
): Promise<void> {
	const deadline = Date.now() + timeoutMs;
	while (!(await isTrue())) {
		if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s in vain: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, gapMs));
	}
}
