import { randomUUID } from 'node:crypto';
import type { Execution, WorkflowNode } from '../../../lab/n8nClient.mts';
import { chain, credentialTypes, type SharedStage, type VendorId } from '../stage.mts';
import { startTextRun, until, type TextRun } from '../workflows.mts';
import { send } from './send.mts';

/** Long enough for an execution to begin after its callback was answered. */
const QUIET_MS = 2000;

export const TRIGGER = 'Seedance Trigger';

export interface TriggerOptions {
	events?: string[];
	options?: Record<string, unknown>;
	vendor?: VendorId;
	/** False leaves the workflow unpublished, with its test URL alone. */
	active?: boolean;
	/** The node behind the trigger. */
	after?: WorkflowNode;
}

const nothing: WorkflowNode = {
	name: 'After',
	type: 'n8n-nodes-base.noOp',
	typeVersion: 1,
	position: [200, 0],
	parameters: {},
};

/** A workflow that a Seedance Trigger starts. */
export interface Trigger {
	workflowId: string;
	url: string;
	testUrl: string;
	/** Waits until `count` executions have ended, and long enough to see one too many. */
	executions(count: number, timeoutMs?: number): Promise<Execution[]>;
}

export async function createTrigger(
	stage: SharedStage,
	more: TriggerOptions = {},
): Promise<Trigger> {
	const { client, n8n } = stage;
	const { events = ['succeeded', 'failed'], options = {}, active = true } = more;
	const { vendor = 'apikley', after = nothing } = more;
	const { id, name } = stage.credentials[vendor];
	const webhookId = randomUUID();
	const workflow = await client.createWorkflow({
		name: `Trigger ${webhookId}`,
		nodes: [
			{
				name: TRIGGER,
				type: 'n8n-nodes-seedance.seedanceTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: { provider: vendor, events, options },
				credentials: { [credentialTypes[vendor]]: { id, name } },
				webhookId,
			},
			after,
		],
		connections: chain(TRIGGER, after.name),
	});
	const url = `${n8n.webhookUrl}/webhook/${webhookId}/seedance`;
	if (active) {
		await client.activate(workflow.id);
		// Registered a moment after activation.
		await until(async () => (await send({ url, body: {} })) !== 404, 'the trigger listens');
	}
	const ended = async () =>
		(await client.executions({ workflowId: workflow.id })).filter(
			({ status }) => status === 'success' || status === 'error',
		);
	return {
		workflowId: workflow.id,
		url,
		testUrl: `${n8n.url}/webhook-test/${webhookId}/seedance`,
		async executions(count, timeoutMs = 60_000) {
			const what = `${count} executions of the trigger's workflow`;
			await until(async () => (await ended()).length >= count, what, timeoutMs, 250);
			await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
			const all = await client.executions({ workflowId: workflow.id });
			return await Promise.all(all.map(({ id }) => client.execution(id)));
		},
	};
}

/** Submits with Completion "Notify a Trigger" and waits for the node to end; not for the videos. */
export async function submitFor(
	stage: SharedStage,
	callbackUrl: string,
	run: Partial<Pick<TextRun, 'vendor' | 'itemCount' | 'promptSuffix'>> & {
		context?: string;
		options?: Record<string, unknown>;
	} = {},
): Promise<void> {
	const { vendor = 'apikley', itemCount = 1, promptSuffix, context, options } = run;
	const id = await startTextRun(stage, {
		vendor,
		itemCount,
		promptSuffix,
		parameters: {
			completion: 'notify',
			callbackUrl,
			options: { ...options, ...(context !== undefined && { context }) },
		},
	});
	const { status } = await stage.client.waitForExecution(id);
	if (status !== 'success') throw new Error(`The submitting execution ended with ${status}`);
}

/** A task, and the address that the vendor was given to call. */
export interface CalledTask {
	taskId: string;
	url: string;
}

/** The task that the next submission makes. */
export async function newTask(
	{ sandbox }: SharedStage,
	submit: () => Promise<void>,
): Promise<CalledTask> {
	const known = new Set(sandbox.tasks().map(({ taskId }) => taskId));
	await submit();
	const fresh = () => sandbox.tasks().find(({ taskId }) => !known.has(taskId));
	await until(() => fresh() !== undefined, 'a task is submitted');
	return { taskId: String(fresh()?.taskId), url: String(fresh()?.callbackUrl) };
}

/** Waits until the vendor has finished every task. */
export async function allEnded({ sandbox }: SharedStage): Promise<void> {
	const isEnded = ({ state }: { state: string }) => state === 'succeeded' || state === 'failed';
	await until(() => sandbox.tasks().every(isEnded), 'the tasks have ended');
}
