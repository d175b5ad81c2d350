import { setTimeout as sleep } from 'node:timers/promises';
import { outputOf, type Execution } from '../../../lab/n8nClient.mts';
import {
	createChain,
	itemsNode,
	manualTrigger,
	seedanceNode,
	splitNode,
	useSharedStage,
} from '../stage.mts';
import { until } from '../workflows.mts';

const STATUS_CALLS_BEFORE_STOP = 4;
const QUIET_MS = 5000;

const stage = useSharedStage({ sandbox: { generationMs: 120_000 } });
let workflowId: string;
let executionId: string;
let callsAfterStop: number;

const statusCalls = () =>
	stage.sandbox.requests.filter(({ operation }) => operation === 'status').length;

beforeAll(async () => {
	const seedance = seedanceNode(stage, 'modellix', {
		model: 'seedance-1.0-lite-t2v',
		prompt: '={{ $json.prompts }}',
		options: { pollInterval: 1 },
	});
	const nodes = [manualTrigger, itemsNode(2), splitNode, seedance];
	workflowId = await createChain(stage, 'Stopped by the user', nodes);
	executionId = await stage.client.runManually(workflowId);
	await until(() => statusCalls() >= STATUS_CALLS_BEFORE_STOP, 'the vendor is asked');

	await stage.client.stopExecution(executionId);
	await stage.client.waitForExecution(executionId);
	// A call that was on its way when the stop came may still be counted by the sandbox.
	await until(() => stage.sandbox.inFlight() === 0, 'no call is on its way');
	const before = statusCalls();
	await sleep(QUIET_MS);
	callsAfterStop = statusCalls() - before;
});

const taskIds = () => stage.sandbox.tasks().map(({ taskId }) => taskId);

test('ends the execution', async () => {
	expect((await stage.client.execution(executionId)).status).toBe('canceled');
});

test('asks the vendor nothing any more', () => {
	expect(callsAfterStop).toBe(0);
	expect(taskIds()).toHaveLength(2);
});

test('leaves the task IDs in an execution of their own, in the same list', async () => {
	const listed = await stage.client.executions({ workflowId });
	const notes = listed.filter(({ id }) => id !== executionId);
	expect(notes.map(({ status }) => status)).toEqual(['success']);
	const note: Execution & { workflowData?: { name: string } } = await stage.client.execution(
		notes[0]?.id ?? '',
	);
	expect(note.workflowData?.name).toBe(`Seedance: tasks of the stopped execution ${executionId}`);
	const rows = outputOf(note, 'Submitted Tasks').map(({ json }) => json);
	expect(rows.map(({ taskId }) => taskId).sort()).toEqual(taskIds().sort());
	for (const row of rows) {
		expect(row).toMatchObject({ provider: 'modellix', model: 'seedance-1.0-lite-t2v' });
	}
});

test('has each task ID in the log of n8n', () => {
	for (const taskId of taskIds()) {
		expect(stage.n8n.logs()).toMatch(new RegExp(`Seedance: Modellix accepted task ${taskId}`));
	}
});
