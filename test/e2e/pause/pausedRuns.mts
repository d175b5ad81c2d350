import type { Execution, WorkflowNode } from '../../../scripts/lib/n8nClient.mts';
import { manualTrigger, type Stage, type Vendor } from '../stage.mts';
import { startTextRun, until, type TextRun } from '../workflows.mts';

/** n8n wakes parked executions once a minute; a second look and a slow machine come on top. */
export const FINISH_TIMEOUT_MS = 300_000;

/** A run that pauses, and is looked at whenever n8n wakes parked executions. */
export function pausedRun(
	vendor: Vendor,
	itemCount: number,
	{ parameters, ...more }: Partial<TextRun> = {},
): TextRun {
	const { options, ...others } = parameters ?? {};
	return {
		vendor,
		itemCount,
		parameters: {
			completion: 'pause',
			...others,
			options: { pollInterval: 5, ...Object(options) },
		},
		...more,
	};
}

/** Starts the run and returns as soon as it is parked. */
export async function startParked(stage: Stage, run: TextRun): Promise<string> {
	const id = await startTextRun(stage, run);
	await until(
		async () => (await stage.client.execution(id)).status === 'waiting',
		`execution ${id} is parked`,
		60_000,
		200,
	);
	return id;
}

export const webhookStart = (path: string): WorkflowNode => ({
	...manualTrigger,
	type: 'n8n-nodes-base.webhook',
	typeVersion: 2,
	parameters: { path, httpMethod: 'POST', responseMode: 'onReceived' },
	webhookId: path,
});

/** What the node was stopped with. */
export function errorOf(execution: Execution) {
	return execution.data.resultData.runData.Seedance?.at(-1)?.error;
}

export const promptsInOrder = (stage: Stage, rows: Array<Record<string, unknown>>) =>
	rows.map(
		({ taskId }) => stage.sandbox.tasks().find((task) => task.taskId === taskId)?.input.prompt,
	);
