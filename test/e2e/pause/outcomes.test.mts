import { outputOf, type Execution, type ExecutionItem } from '../../../lab/n8nClient.mts';
import {
	createChain,
	itemsNode,
	manualTrigger,
	seedanceNode,
	splitNode,
	useSharedStage,
} from '../stage.mts';
import { finishedExecutions, rowsOf, startTextRun, textModels } from '../workflows.mts';
import type { TextRun } from '../workflows.mts';
import { errorOf, FINISH_TIMEOUT_MS, pausedRun, promptsInOrder } from './pausedRuns.mts';

const middleFails = '{{ $itemIndex === 1 ? " [fail]" : "" }}';

const runs = {
	'error as a row': pausedRun('modellix', 3, {
		promptSuffix: `${middleFails} (error as a row)`,
		settings: { onError: 'continueRegularOutput' },
	}),
	'error output': pausedRun('modellix', 3, {
		promptSuffix: `${middleFails} (error output)`,
		settings: { onError: 'continueErrorOutput' },
	}),
	'error stops': pausedRun('modellix', 3, { promptSuffix: `${middleFails} (error stops)` }),
	timeout: pausedRun('modellix', 2, {
		promptSuffix: ' [slow] (timeout)',
		parameters: { options: { timeout: 0.5 } },
	}),
	'last frame': pausedRun('modellix', 1, {
		promptSuffix: ' (last frame)',
		parameters: { options: { returnLastFrame: true } },
	}),
	'no callback URL': pausedRun('apikley', 1, {
		promptSuffix: ' (no callback URL)',
		parameters: { options: { sendCallbackUrl: false } },
	}),
} satisfies Record<string, TextRun>;

type Name = keyof typeof runs | 'submitted before';

const stage = useSharedStage({ sandbox: { generationMs: 20_000 } });
const ended = new Map<Name, Execution>();
const executionOf = (name: Name): Execution => {
	const execution = ended.get(name);
	if (execution === undefined) throw new Error(`${name} has not ended`);
	return execution;
};
const tasksOf = (name: Name) =>
	stage.sandbox.tasks().filter(({ input }) => String(input.prompt).endsWith(`(${name})`));
const itemsOf = (name: Name): ExecutionItem[] => outputOf(executionOf(name), 'Seedance');

/** One node submits, Seedance Task waits for the rows it put out. */
async function startWaitForSubmitted(): Promise<string> {
	const submit = seedanceNode(
		stage,
		'modellix',
		{
			model: textModels.modellix,
			prompt: '={{ $json.prompts }} (submitted before)',
			completion: 'submit',
		},
		{ name: 'Submit' },
	);
	const wait = seedanceNode(
		stage,
		'modellix',
		{ operation: 'wait', taskId: '={{ $json.taskId }}', completion: 'pause' },
		{ type: 'n8n-nodes-seedance.seedanceTask', position: [800, 0] },
	);
	const nodes = [manualTrigger, itemsNode(3), splitNode, submit, wait];
	return await stage.client.runManually(await createChain(stage, 'Submit, then wait', nodes));
}

beforeAll(async () => {
	const ids = new Map<Name, string>();
	ids.set('submitted before', await startWaitForSubmitted());
	for (const name of Object.keys(runs) as Array<keyof typeof runs>) {
		ids.set(name, await startTextRun(stage, runs[name]));
	}
	const executions = await finishedExecutions(stage, [...ids.values()], FINISH_TIMEOUT_MS);
	[...ids.keys()].forEach((name, index) => {
		const execution = executions[index];
		if (execution) ended.set(name, execution);
	});
}, FINISH_TIMEOUT_MS + 240_000);

test('Continue On Fail: the failed item keeps its place', () => {
	expect(executionOf('error as a row').status).toBe('success');
	const items = itemsOf('error as a row');
	const rows = items.map(({ json }) => json);
	expect(promptsInOrder(stage, rows)).toEqual([
		'clip 0 (error as a row)',
		'clip 1 [fail] (error as a row)',
		'clip 2 (error as a row)',
	]);
	expect(rows.map(({ status }) => status)).toEqual(['succeeded', 'failed', 'succeeded']);
	expect(rows.map(({ error }) => typeof error)).toEqual(['undefined', 'string', 'undefined']);
	expect(rows[1]?.failure).toMatchObject({ code: expect.any(String), message: expect.any(String) });
	expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
		{ item: 0 },
		{ item: 1 },
		{ item: 2 },
	]);
	expect(items.map(({ binary }) => Object.keys(binary ?? {}))).toEqual([['data'], [], ['data']]);
	expect(rowsOf(executionOf('error as a row'))).toHaveLength(3);
});

test('error output: the failed item leaves there, the others go on', () => {
	const execution = executionOf('error output');
	expect(execution.status).toBe('success');
	const good = outputOf(execution, 'Seedance', 0);
	const bad = outputOf(execution, 'Seedance', 1);
	expect(
		promptsInOrder(
			stage,
			good.map(({ json }) => json),
		),
	).toEqual(['clip 0 (error output)', 'clip 2 (error output)']);
	expect(good.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
	expect(bad).toHaveLength(1);
	expect(bad[0]?.pairedItem).toEqual({ item: 1 });
	const { taskId } = tasksOf('error output').find(({ failure }) => failure) ?? {};
	expect(bad[0]?.json).toMatchObject({
		error: expect.stringContaining('Modellix could not generate the video'),
		details: { taskId, status: 'failed' },
	});
	expect(rowsOf(execution)).toHaveLength(2);
});

test('without Continue On Fail the error of the node names every task', () => {
	const execution = executionOf('error stops');
	expect(execution.status).toBe('error');
	const error = errorOf(execution);
	expect(error?.message).toMatch(/^Modellix could not generate the video/);
	const tasks = tasksOf('error stops');
	expect(tasks).toHaveLength(3);
	for (const { taskId } of tasks) expect(error?.description).toContain(taskId);
	expect(rowsOf(execution)).toEqual([]);
});

test('Timeout counts while paused, and its error holds the task IDs', () => {
	const execution = executionOf('timeout');
	expect(execution.status).toBe('error');
	const error = errorOf(execution);
	expect(error?.message).toMatch(
		/^The video was not finished after 0\.5 minutes; it is still running at Modellix/,
	);
	for (const { taskId } of tasksOf('timeout')) expect(error?.description).toContain(taskId);
});

test('Seedance Task waits paused for what another node submitted', () => {
	const execution = executionOf('submitted before');
	expect(execution.status).toBe('success');
	const items = itemsOf('submitted before');
	const submitted = outputOf(execution, 'Submit').map(({ json }) => json.taskId);
	expect(items.map(({ json }) => json.taskId)).toEqual(submitted);
	for (const { json, binary } of items) {
		expect(json).toMatchObject({ status: 'succeeded', model: textModels.modellix });
		expect(binary?.data?.fileName).toBe(`${String(json.taskId)}.mp4`);
	}
	expect(tasksOf('submitted before')).toHaveLength(3);
});

test('the last frame comes with the video', async () => {
	const [item] = itemsOf('last frame');
	expect(Object.keys(item?.binary ?? {})).toEqual(['data', 'lastFrame']);
	const { bytes, contentType } = await stage.client.binary(item?.binary?.lastFrame?.id ?? '');
	expect(contentType).toContain('image/png');
	expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
});

test('Send Callback URL off: Apikley is given none, and the video comes all the same', () => {
	expect(tasksOf('no callback URL').map(({ callbackUrl }) => callbackUrl)).toEqual([undefined]);
	expect(itemsOf('no callback URL').map(({ json }) => json.status)).toEqual(['succeeded']);
	expect(stage.sandbox.callbacks()).toEqual([]);
});

test('every item was submitted once', () => {
	const creates = stage.sandbox.requests.filter(({ operation }) => operation === 'create');
	const prompts = creates.map(({ rawBody }) => rawBody);
	expect(new Set(prompts).size).toBe(prompts.length);
});
