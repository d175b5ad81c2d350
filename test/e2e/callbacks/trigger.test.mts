import { sampleVideo } from '../../../sandbox/media/embedded.mts';
import type { SandboxTask } from '../../../sandbox/types.mts';
import { withCallbackToken, deriveCallbackKey } from '../../../nodes/shared/callbacks/token';
import {
	outputOf,
	type Execution,
	type StoredCredential,
} from '../../../scripts/lib/n8nClient.mts';
import { credentialTypes, openStage, type Stage } from '../stage.mts';
import { send, successBody, vendorSignature } from './send.mts';
import { allEnded, createTrigger, submitFor, TRIGGER, type Trigger } from './trigger.mts';

const SECRET = 'webhook-secret-of-the-account';
const VENDOR_RETRY_MS = 1100;
const VENDOR_PATIENCE_MS = 5000;
const SLOW_VIDEO_MS = 8000;
const MINUTE_MS = 60_000;

let stage: Stage;
let trigger: Trigger;

beforeAll(async () => {
	// Callbacks go out when a test says so, signed; only some credentials have the secret.
	stage = await openStage({
		sandbox: { generationMs: 500, callbackTickMs: 0, apikleyWebhookHmacKey: SECRET },
	});
	trigger = await createTrigger(stage);
});

afterAll(async () => {
	await stage?.close();
});

beforeEach(() => {
	stage.sandbox.reset();
	stage.sandbox.setGenerationMs(500);
});

const rowsOf = (executions: Execution[]) =>
	executions.flatMap((execution) => outputOf(execution, TRIGGER).map(({ json }) => json));
const firstTask = (): SandboxTask => {
	const [task] = stage.sandbox.tasks();
	if (task === undefined) throw new Error('Nothing was submitted');
	return task;
};
const urlOf = ({ callbackUrl }: SandboxTask) => String(callbackUrl);
const trueCallback = (task: SandboxTask) => ({ url: urlOf(task), body: successBody(task.taskId) });
const answers = () => stage.sandbox.callbacks().map(({ status }) => status);
const pause = async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms));

/** A trigger of its own, so that executions can be counted. */
async function submitted(itemCount = 1, more: Parameters<typeof createTrigger>[1] = {}) {
	const own = await createTrigger(stage, more);
	await submitFor(stage, own.url, { itemCount });
	return own;
}

test('each finished video starts one execution with its row, context and file', async () => {
	await submitFor(stage, trigger.url, {
		itemCount: 3,
		context: '={{ JSON.stringify({ row: $itemIndex, of: "sheet é" }) }}',
	});
	await allEnded(stage);
	await stage.sandbox.tick();
	expect(answers()).toEqual([200, 200, 200]);

	const executions = await trigger.executions(3);
	expect(executions.map(({ status, mode }) => [status, mode])).toEqual(
		[1, 2, 3].map(() => ['success', 'webhook']),
	);
	const items = executions.flatMap((execution) => outputOf(execution, TRIGGER));
	for (const [index, { taskId }] of stage.sandbox.tasks().entries()) {
		const item = items.find(({ json }) => json.taskId === taskId);
		expect(item?.json).toMatchObject({
			provider: 'apikley',
			model: 'bytedance/v1-lite-text-to-video',
			status: 'succeeded',
			videoUrl: `${stage.sandbox.url}/media/${taskId}.mp4`,
			context: { row: expect.any(Number), of: 'sheet é' },
		});
		const { input } = stage.sandbox.tasks()[index] ?? {};
		expect(input?.prompt).toBe(`clip ${(item?.json.context as { row: number }).row}`);
		const file = await stage.client.binary(item?.binary?.data?.id ?? '');
		expect(file.bytes.equals(sampleVideo)).toBe(true);
	}
});

test.each([
	[['succeeded'], 0],
	[['succeeded', 'failed'], 1],
	[['failed'], 1],
])('a failed task and the events %j: %i executions', async (events, count) => {
	const own = await createTrigger(stage, { events });
	await submitFor(stage, own.url, { promptSuffix: ' [fail]' });
	await allEnded(stage);
	await stage.sandbox.tick();
	expect(answers()).toEqual([200]);
	const rows = rowsOf(await own.executions(count));
	expect(rows).toHaveLength(count);
	for (const row of rows) {
		expect(row).toMatchObject({
			taskId: firstTask().taskId,
			status: 'failed',
			failure: { code: '500', message: 'Internal server error' },
		});
	}
});

test('a callback that the vendor repeats starts nothing more', async () => {
	const own = await submitted();
	await allEnded(stage);
	const { sandbox } = stage;
	sandbox.addFault({ operation: 'callback', times: 1, effect: { kind: 'httpAfter', status: 500 } });
	await sandbox.tick();
	await own.executions(1);
	await pause(VENDOR_RETRY_MS);
	await sandbox.tick();
	expect(answers()).toEqual([500, 200]);
	expect(await own.executions(1)).toHaveLength(1);
});

test('callbacks for one task at the same moment start one execution', async () => {
	const own = await submitted();
	await allEnded(stage);
	// Holds all of them at the vendor together, behind the first look at what was delivered.
	stage.sandbox.addFault({ operation: 'status', effect: { kind: 'latency', latencyMs: 1000 } });
	const sent = Array.from({ length: 10 }, () => send(trueCallback(firstTask())));
	expect(await Promise.all(sent)).toEqual(sent.map(() => 200));
	const looks = stage.sandbox.requests.filter(({ operation }) => operation === 'status');
	expect(looks.length).toBeGreaterThan(1);
	expect(await own.executions(1)).toHaveLength(1);
});

test('an unknown task is answered with 200 and starts nothing', async () => {
	const own = await createTrigger(stage);
	const url = withCallbackToken(own.url, deriveCallbackKey(stage.sandbox.apiKeys.apikley), {});
	expect(await send({ url, body: successBody('task_bytedance_1') })).toBe(200);
	expect(stage.sandbox.requests.map(({ operation }) => operation)).toEqual(['status']);
	expect(await own.executions(0)).toEqual([]);
});

test('an unfinished task is answered with 200 and starts nothing, until it is finished', async () => {
	stage.sandbox.setGenerationMs(6000);
	const own = await submitted();
	expect(await send(trueCallback(firstTask()))).toBe(200);
	expect(firstTask().state).not.toBe('succeeded');
	expect(await own.executions(0)).toEqual([]);
	await allEnded(stage);
	await stage.sandbox.tick();
	expect(await own.executions(1)).toHaveLength(1);
});

test.each([
	['no answer', { kind: 'reset' }],
	['HTTP 503', { kind: 'http', status: 503 }],
	['HTTP 401', { kind: 'http', status: 401 }],
	['broken JSON', { kind: 'malformedJson' }],
] as const)('the vendor cannot be asked (%s): 503, the next call works', async (_name, effect) => {
	const own = await submitted();
	await allEnded(stage);
	stage.sandbox.addFault({ operation: 'status', times: 1, effect });
	await stage.sandbox.tick();
	expect(answers()).toEqual([503]);
	expect(await own.executions(0)).toEqual([]);
	await pause(VENDOR_RETRY_MS);
	await stage.sandbox.tick();
	expect(answers()).toEqual([503, 200]);
	expect(await own.executions(1)).toHaveLength(1);
});

test('answers in time although the video comes slowly', async () => {
	const own = await submitted();
	await allEnded(stage);
	const effect = { kind: 'latency', latencyMs: SLOW_VIDEO_MS } as const;
	stage.sandbox.addFault({ operation: 'media', effect });
	const startedAt = Date.now();
	await stage.sandbox.tick();
	const answeredAfterMs = Date.now() - startedAt;
	process.stdout.write(
		`video takes ${SLOW_VIDEO_MS} ms, callback answered ${answeredAfterMs} ms\n`,
	);
	expect(answers()).toEqual([200]);
	expect(answeredAfterMs).toBeLessThan(VENDOR_PATIENCE_MS);
	const [execution] = await own.executions(1);
	expect(Date.now() - startedAt).toBeGreaterThan(SLOW_VIDEO_MS);
	const binary = execution && outputOf(execution, TRIGGER)[0]?.binary?.data;
	expect((await stage.client.binary(binary?.id ?? '')).bytes.equals(sampleVideo)).toBe(true);
});

test.each([
	[true, 200, 1],
	[false, 401, 0],
])('acceptUnsigned %s and a task of another system: %i', async (acceptUnsigned, status, count) => {
	const own = await createTrigger(stage, { options: { acceptUnsigned } });
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
	expect(answers()).toEqual([status]);
	const rows = rowsOf(await own.executions(count));
	expect(rows.map((row) => row.taskId)).toEqual(count === 1 ? [firstTask().taskId] : []);
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

describe('with the webhook secret in the credential', () => {
	let credential: StoredCredential;
	beforeAll(async () => {
		credential = await stage.client.createCredential({
			name: 'Apikley with a secret',
			type: credentialTypes.apikley,
			data: {
				apiKey: stage.sandbox.apiKeys.apikley,
				baseUrl: stage.sandbox.baseUrls.apikley,
				webhookSecret: SECRET,
			},
		});
	});

	test('the true callback passes, others are refused', async () => {
		const own = await submitted(1, { credential });
		await allEnded(stage);
		const { taskId } = firstTask();
		const forged: Array<Record<string, string>> = [
			{},
			vendorSignature(taskId, SECRET, Date.now() - 6 * MINUTE_MS),
			vendorSignature(taskId, SECRET, Date.now() + 6 * MINUTE_MS),
			vendorSignature(taskId, 'another secret'),
			vendorSignature('another task', SECRET),
		];
		for (const headers of forged) {
			expect(await send({ ...trueCallback(firstTask()), headers })).toBe(401);
		}
		expect(await own.executions(0)).toEqual([]);
		await stage.sandbox.tick();
		expect(answers()).toEqual([200]);
		expect(rowsOf(await own.executions(1))).toMatchObject([{ taskId }]);
	});
});

test('what was delivered at the same moment is known after a restart', async () => {
	const own = await submitted(5);
	await allEnded(stage);
	await stage.sandbox.tick();
	expect(await own.executions(5)).toHaveLength(5);
	await stage.n8n.restart();
	const replayed: number[] = [];
	for (const task of stage.sandbox.tasks()) replayed.push(await send(trueCallback(task)));
	expect(replayed).toEqual([200, 200, 200, 200, 200]);
	expect(await own.executions(5)).toHaveLength(5);
});
