import { randomUUID } from 'node:crypto';
import type { Execution, ExecutionSummary, WorkflowNode } from '../../../lab/n8nClient.mts';
import { manualTrigger, type SharedStage, type VendorId } from '../stage.mts';
import { createTextWorkflow, until, type TextRun } from '../workflows.mts';

/** The first look comes after a minute, the wide poller's after three; a slow machine comes on top. */
export const FINISH_TIMEOUT_MS = 300_000;

/** A run that pauses. */
export function pausedRun(
	vendor: VendorId,
	itemCount: number,
	{ parameters, ...more }: Partial<TextRun> = {},
): TextRun {
	return { vendor, itemCount, parameters: { completion: 'pause', ...parameters }, ...more };
}

/** An execution and the workflow it belongs to. */
export interface Started {
	workflowId: string;
	executionId: string;
}

export async function untilParked(stage: SharedStage, executionId: string): Promise<void> {
	await stage.client.waitForExecution(executionId, { statuses: ['waiting'] });
}

export const webhookStart = (path: string): WorkflowNode => ({
	...manualTrigger,
	type: 'n8n-nodes-base.webhook',
	typeVersion: 2,
	parameters: { path, httpMethod: 'POST', responseMode: 'onReceived' },
	webhookId: path,
});

/** Starts the run by a call to its webhook, as active workflows are started. */
export async function startInProduction(stage: SharedStage, run: TextRun): Promise<Started> {
	const path = randomUUID();
	const workflowId = await createTextWorkflow(stage, { ...run, start: webhookStart(path) });
	await stage.client.activate(workflowId);
	const { status } = await stage.client.callWebhook(path, { body: {} });
	if (status !== 200) throw new Error(`The webhook answered ${status}`);
	let executionId: string | undefined;
	await until(async () => {
		const listed = await stage.client.executions({ workflowId });
		executionId = listed.find(({ mode }) => mode === 'webhook')?.id;
		return executionId !== undefined;
	}, 'the execution has started');
	return { workflowId, executionId: String(executionId) };
}

/** The executions that this package has started beside the user's own and that have not ended. */
export async function hiddenExecutions(
	{ client }: SharedStage,
	{ workflowId, executionId }: Started,
): Promise<ExecutionSummary[]> {
	const listed = await client.executions({ workflowId });
	return listed.filter(
		({ id, status }) => id !== executionId && ['new', 'running', 'waiting'].includes(status),
	);
}

/** The wide poller is the last to find out that its wait is over. */
export async function untilNoneIsHidden(stage: SharedStage, started: Started): Promise<void> {
	await until(
		async () => (await hiddenExecutions(stage, started)).length === 0,
		'the pollers have ended',
		FINISH_TIMEOUT_MS,
		2000,
	);
}

/** What the node was stopped with. */
export function errorOf(execution: Execution) {
	return execution.data.resultData.runData.Seedance?.at(-1)?.error;
}

export const promptsInOrder = (
	{ sandbox }: SharedStage,
	rows: Array<Record<string, unknown>>,
): unknown[] =>
	rows.map(({ taskId }) => sandbox.tasks().find((task) => task.taskId === taskId)?.input.prompt);
