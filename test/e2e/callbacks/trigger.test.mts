import { sampleVideo } from '../../../sandbox/media/embedded.mts';
import type { SandboxTask } from '../../../sandbox/types.mts';
import { outputOf, type Execution } from '../../../lab/n8nClient.mts';
import { useSharedStage } from '../stage.mts';
import { call, successBody } from './send.mts';
import { allEnded, createTrigger, submitFor, TRIGGER, type Trigger } from './trigger.mts';

const VENDOR_RETRY_MS = 1100;
const SHORT_PATIENCE_MS = 1000;
const SLOW_VIDEO_MS = 4000;
const ATTEMPTS = 3;
/** The first ring of a poller comes after a minute; a slow machine comes on top. */
const POLLED_TIMEOUT_MS = 200_000;

// Callbacks go out when a test says so.
const stage = useSharedStage({ sandbox: { generationMs: 500, callbackTickMs: 0 } });
const impatientStage = useSharedStage({
	sandbox: { generationMs: 500, callbackTickMs: 0, callbackTimeoutMs: SHORT_PATIENCE_MS },
});
/** For the runs that wait for a poller: its sandbox is never reset. */
const polledStage = useSharedStage();
let polled: Trigger;
let lost: Trigger;

beforeAll(async () => {
	polled = await createTrigger(polledStage, { vendor: 'modellix' });
	await submitFor(polledStage, polled.url, { vendor: 'modellix', itemCount: 2 });
	lost = await createTrigger(polledStage);
	polledStage.sandbox.addFault({ operation: 'callback', effect: { kind: 'reset' } });
	await submitFor(polledStage, lost.url, { context: '{"row": 7}' });
});

beforeEach(() => {
	stage.sandbox.reset();
});

const rowsOf = (executions: Execution[]) =>
	executions.flatMap((execution) => outputOf(execution, TRIGGER).map(({ json }) => json));
const firstTask = (): SandboxTask => {
	const [task] = stage.sandbox.tasks();
	if (task === undefined) throw new Error('Nothing was submitted');
	return task;
};
const trueCallback = ({ callbackUrl, taskId }: SandboxTask) => ({
	url: String(callbackUrl),
	body: successBody(taskId),
});
const answers = () => stage.sandbox.callbacks().map(({ status }) => status);
const pause = async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms));

async function expectVideo(execution: Execution | undefined): Promise<void> {
	const file = execution && outputOf(execution, TRIGGER)[0]?.binary?.data;
	const { bytes } = await stage.client.binary(file?.id ?? '');
	expect(bytes.equals(sampleVideo)).toBe(true);
}

/** A trigger of its own, so that executions can be counted. */
async function submitted(itemCount = 1): Promise<Trigger> {
	const own = await createTrigger(stage);
	await submitFor(stage, own.url, { itemCount });
	await allEnded(stage);
	return own;
}

test('each finished video starts one execution with its row, context and file', async () => {
	const own = await createTrigger(stage);
	await submitFor(stage, own.url, {
		itemCount: 3,
		context: '={{ JSON.stringify({ row: $itemIndex, of: "sheet é" }) }}',
	});
	await allEnded(stage);
	await stage.sandbox.tick();
	expect(answers()).toEqual([200, 200, 200]);

	const executions = await own.executions(3);
	expect(executions.map(({ status, mode }) => [status, mode])).toEqual(
		[1, 2, 3].map(() => ['success', 'webhook']),
	);
	for (const { taskId, input } of stage.sandbox.tasks()) {
		const execution = executions.find((run) => rowsOf([run])[0]?.taskId === taskId);
		const [row] = execution ? rowsOf([execution]) : [];
		expect(row).toMatchObject({
			provider: 'apikley',
			model: 'bytedance/v1-lite-text-to-video',
			status: 'succeeded',
			videoUrl: `${stage.sandbox.url}/media/${taskId}.mp4`,
			context: { row: expect.any(Number), of: 'sheet é' },
		});
		const { row: number } = { ...(row?.context as { row: number } | undefined) };
		expect(input.prompt).toBe(`clip ${number}`);
		await expectVideo(execution);
	}
});

test('a failed task starts the workflow as well', async () => {
	const own = await createTrigger(stage);
	await submitFor(stage, own.url, { promptSuffix: ' [fail]' });
	await allEnded(stage);
	await stage.sandbox.tick();
	expect(answers()).toEqual([200]);
	expect(rowsOf(await own.executions(1))).toMatchObject([
		{
			taskId: firstTask().taskId,
			status: 'failed',
			failure: { code: '500', message: 'Internal server error' },
		},
	]);
});

test('callbacks for one task at the same moment, and later ones, start one execution', async () => {
	const own = await submitted();
	// Holds them at the vendor, so that they overlap on a slow machine, too.
	stage.sandbox.addFault({ operation: 'status', effect: { kind: 'latency', latencyMs: 8000 } });
	const sent = await Promise.all(
		Array.from({ length: 10 }, async () => await call(trueCallback(firstTask()))),
	);
	expect(sent.map(({ status }) => status)).toEqual(sent.map(() => 200));
	const states = sent.map(({ state }) => state);
	expect(states.filter((state) => state === 'delivered')).toHaveLength(1);
	expect(states.filter((state) => state === 'pending')).toHaveLength(9);
	expect(await call(trueCallback(firstTask()))).toEqual({ status: 200, state: 'delivered' });
	expect(await own.executions(1)).toHaveLength(1);
});

test('a vendor that cannot be asked: 503, and its next call works', async () => {
	const own = await submitted();
	const effect = { kind: 'http', status: 503 } as const;
	stage.sandbox.addFault({ operation: 'status', effect });
	await stage.sandbox.tick();
	expect(answers()).toEqual([503]);
	stage.sandbox.clearFaults();
	await pause(VENDOR_RETRY_MS);
	await stage.sandbox.tick();
	expect(answers()).toEqual([503, 200]);
	expect(await own.executions(1)).toHaveLength(1);
});

test('a vendor that gives up waiting for the answer: one execution, with the video', async () => {
	const { sandbox } = impatientStage;
	let own = await createTrigger(impatientStage);
	// A poller that rings at just that moment has the vendor answered at once: not this time, then.
	for (let attempt = 1; ; attempt++) {
		await submitFor(impatientStage, own.url);
		await allEnded(impatientStage);
		const effect = { kind: 'latency', latencyMs: SLOW_VIDEO_MS } as const;
		sandbox.addFault({ operation: 'media', effect });
		await sandbox.tick();
		const told = sandbox.callbacks().map(({ status }) => status);
		if (attempt === ATTEMPTS || told[0] === null) {
			expect(told).toEqual([null]);
			break;
		}
		sandbox.reset();
		own = await createTrigger(impatientStage);
	}
	const [task] = sandbox.tasks();
	expect(task && (await call(trueCallback(task))).status).toBe(200);
	const [execution, ...more] = await own.executions(1);
	expect(more).toEqual([]);
	await expectVideo(execution);
	expect(sandbox.requests.filter(({ operation }) => operation === 'media')).toHaveLength(1);
});

test('Accept Unsigned takes tasks that were submitted elsewhere', async () => {
	const own = await createTrigger(stage, { options: { acceptUnsigned: true } });
	await fetch(`${stage.sandbox.baseUrls.apikley}/api/v1/jobs/createTask`, {
		method: 'POST',
		headers: {
			authorization: `Bearer ${stage.sandbox.apiKeys.apikley}`,
			'content-type': 'application/json',
		},
		body: JSON.stringify({
			model: 'bytedance/v1-lite-text-to-video',
			callBackUrl: own.url,
			input: { prompt: 'submitted elsewhere' },
		}),
	});
	await allEnded(stage);
	await stage.sandbox.tick();
	expect(answers()).toEqual([200]);
	expect(rowsOf(await own.executions(1))).toMatchObject([{ taskId: firstTask().taskId }]);
});

test('the test URL works after "Listen for test event"', async () => {
	const own = await createTrigger(stage, { active: false });
	const listening = stage.client.runManually(own.workflowId, { trigger: TRIGGER });
	await expect(listening).rejects.toThrow(/waits for a webhook call/);
	await submitFor(stage, own.testUrl);
	await allEnded(stage);
	await stage.sandbox.tick();
	expect(answers()).toEqual([200]);
	const executions = await own.executions(1);
	expect(executions.map(({ mode, status }) => [mode, status])).toEqual([['manual', 'success']]);
	expect(rowsOf(executions)).toMatchObject([{ taskId: firstTask().taskId, status: 'succeeded' }]);
});

test(
	'a vendor that calls nobody, and callbacks that are lost: the pollers ring the trigger',
	async () => {
		const taskIds = (vendor: string) =>
			polledStage.sandbox.tasks().flatMap((task) => (task.vendor === vendor ? task.taskId : []));
		const byPoller = rowsOf(await polled.executions(2, POLLED_TIMEOUT_MS));
		expect(byPoller.map(({ taskId }) => taskId).sort()).toEqual(taskIds('modellix').sort());
		const [execution, ...more] = await lost.executions(1, POLLED_TIMEOUT_MS);
		expect(more).toEqual([]);
		await expectVideo(execution);
		expect(execution && rowsOf([execution])).toMatchObject([
			{ taskId: taskIds('apikley')[0], status: 'succeeded', context: { row: 7 } },
		]);
	},
	POLLED_TIMEOUT_MS + 30_000,
);
