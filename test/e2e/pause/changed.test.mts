import { outputOf } from '../../../lab/n8nClient.mts';
import { credentialTypes, useStage } from '../stage.mts';
import { createTextWorkflow, finishedExecution, rowsOf } from '../workflows.mts';
import {
	FINISH_TIMEOUT_MS,
	hiddenExecutions,
	pausedRun,
	promptsInOrder,
	startInProduction,
	untilNoneIsHidden,
	untilParked,
	type Started,
} from './pausedRuns.mts';

/** Of its own: in an n8n in which many wait, the pollers come to their end later. */
const stage = useStage({ sandbox: { generationMs: 15_000 } });
let edited: Started;
let withoutCredential: Started;
let stopped: Started;
let stoppedWithCallback: Started;

beforeAll(async () => {
	edited = await startInProduction(stage, pausedRun('modellix', 2, { promptSuffix: ' (edited)' }));
	withoutCredential = await startWithOwnCredential();
	stopped = await startByHand('modellix', ' (stopped)');
	stoppedWithCallback = await startByHand('apikley', ' (stopped, called back)');
	for (const { executionId } of [edited, withoutCredential, stopped, stoppedWithCallback]) {
		await untilParked(stage, executionId);
	}
	await edit(edited);
	await stage.client.deleteCredential(ownCredentialId);
	await stage.client.stopExecution(stopped.executionId);
	await stage.client.stopExecution(stoppedWithCallback.executionId);
}, FINISH_TIMEOUT_MS);

let ownCredentialId = '';

async function startByHand(vendor: 'modellix' | 'apikley', promptSuffix: string): Promise<Started> {
	const workflowId = await createTextWorkflow(stage, pausedRun(vendor, 1, { promptSuffix }));
	return { workflowId, executionId: await stage.client.runManually(workflowId) };
}

async function startWithOwnCredential(): Promise<Started> {
	const type = credentialTypes.modellix;
	const { id, name } = await stage.client.createCredential({
		name: 'Soon to be deleted',
		type,
		data: { apiKey: stage.sandbox.apiKeys.modellix, baseUrl: stage.sandbox.baseUrls.modellix },
	});
	ownCredentialId = id;
	const run = pausedRun('modellix', 2, {
		promptSuffix: ' (without credential)',
		settings: { credentials: { [type]: { id, name } }, onError: 'continueRegularOutput' },
	});
	const workflowId = await createTextWorkflow(stage, run);
	return { workflowId, executionId: await stage.client.runManually(workflowId) };
}

/** Renames workflow and nodes, changes the prompt and switches the workflow off. */
async function edit({ workflowId }: Started): Promise<void> {
	const { nodes, connections } = await stage.client.workflow(workflowId);
	const renamed = JSON.stringify({ nodes, connections })
		.replaceAll('Seedance', 'Renamed')
		.replaceAll('"n8n-nodes-base.noOp"', '"n8n-nodes-base.stopAndError"')
		.replaceAll('(edited)', '(changed)');
	await stage.client.updateWorkflow(workflowId, { ...JSON.parse(renamed), name: 'Renamed' });
	await stage.client.deactivate(workflowId);
}

const endOf = async ({ executionId }: Started) =>
	await finishedExecution(stage, executionId, FINISH_TIMEOUT_MS);

const tasksOf = (label: string) =>
	stage.sandbox.tasks().filter(({ input }) => String(input.prompt).includes(`(${label}`));

test(
	'renamed, edited and deactivated: the execution ends as it began, with its videos',
	async () => {
		const execution = await endOf(edited);
		expect(execution.data.resultData.error).toBeUndefined();
		expect(execution.status).toBe('success');
		expect(promptsInOrder(stage, rowsOf(execution))).toEqual([
			'clip 0 (edited)',
			'clip 1 (edited)',
		]);
		expect(outputOf(execution, 'Seedance').map(({ binary }) => Object.keys(binary ?? {}))).toEqual([
			['data'],
			['data'],
		]);
	},
	FINISH_TIMEOUT_MS,
);

test(
	'the credential is deleted: Continue On Fail still gives a row with its task ID for each item',
	async () => {
		const execution = await endOf(withoutCredential);
		expect(execution.status).toBe('success');
		const rows = rowsOf(execution);
		expect(promptsInOrder(stage, rows)).toEqual([
			'clip 0 (without credential)',
			'clip 1 (without credential)',
		]);
		for (const row of rows) {
			expect(row).toMatchObject({ error: expect.any(String), failure: { code: 'noAccess' } });
			expect(row).not.toHaveProperty('videoUrl');
		}
	},
	FINISH_TIMEOUT_MS,
);

test(
	'stopped by the user: it stays stopped, its task IDs stay readable, and the pollers end',
	async () => {
		const cases = [
			{ started: stopped, label: 'stopped)' },
			{ started: stoppedWithCallback, label: 'stopped, called back)' },
		];
		for (const { started, label } of cases) {
			await untilNoneIsHidden(stage, started);
			const { status, data } = await stage.client.execution(started.executionId);
			expect(status).toBe('canceled');
			expect(Object.keys(data.resultData.runData)).not.toContain('After');
			const [task, ...others] = tasksOf(label);
			expect(others).toEqual([]);
			expect(JSON.stringify(data)).toContain(task?.taskId);
			expect(await hiddenExecutions(stage, started)).toEqual([]);
		}
	},
	FINISH_TIMEOUT_MS,
);
