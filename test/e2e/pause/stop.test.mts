import { openStage, type Stage } from '../stage.mts';
import { createTextWorkflow, until } from '../workflows.mts';
import { FINISH_TIMEOUT_MS, pausedRun } from './pausedRuns.mts';

const runs = {
	'the video is finished later': pausedRun('modellix', 1),
	'the video is never finished': pausedRun('modellix', 1, {
		promptSuffix: ' [slow]',
		parameters: { options: { timeout: 0.5 } },
	}),
	'the vendor calls back': pausedRun('apikley', 1),
};

let stage: Stage;
const stopped: Array<{ name: string; workflowId: string; executionId: string }> = [];

beforeAll(async () => {
	stage = await openStage({ sandbox: { generationMs: 20_000 } });
	for (const [name, run] of Object.entries(runs)) {
		const workflowId = await createTextWorkflow(stage, run);
		const executionId = await stage.client.runManually(workflowId);
		await until(
			async () => (await stage.client.execution(executionId)).status === 'waiting',
			'the run is parked',
		);
		await stage.client.stopExecution(executionId);
		stopped.push({ name, workflowId, executionId });
	}
	await until(
		async () => (await unfinished()).length === 0,
		'every keeper and guardian has ended',
		FINISH_TIMEOUT_MS,
		2000,
	);
}, FINISH_TIMEOUT_MS + 240_000);

afterAll(async () => {
	await stage?.close();
});

async function unfinished() {
	const lists = await Promise.all(
		stopped.map(async ({ workflowId }) => await stage.client.executions({ workflowId })),
	);
	return lists.flat().filter(({ status }) => ['new', 'running', 'waiting'].includes(status));
}

test.each(Object.keys(runs))('stopped while parked, %s: it stays stopped', async (name) => {
	const executionId = stopped.find((run) => run.name === name)?.executionId ?? '';
	const { status, data } = await stage.client.execution(executionId);
	expect(status).toBe('canceled');
	expect(Object.keys(data.resultData.runData)).not.toContain('After');
});

test('the task IDs stay readable in the stopped executions', async () => {
	for (const { executionId } of stopped) {
		const { data } = await stage.client.execution(executionId);
		const kept = JSON.stringify(data);
		expect(stage.sandbox.tasks().some(({ taskId }) => kept.includes(taskId))).toBe(true);
	}
});

test('nothing waits on, and nothing was submitted again', async () => {
	expect(await unfinished()).toEqual([]);
	expect(stage.sandbox.tasks()).toHaveLength(stopped.length);
});
