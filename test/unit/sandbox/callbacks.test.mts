import { signCallback } from '../../../sandbox/callbacks.mts';
import { createPaths, generationMs, minimal, start, useSandbox } from './helpers.mts';
import { useReceiver } from '../../servers.mts';

const hmacKey = 'kie_test_hmac_key_0123456789';
const sandbox = useSandbox({ webhookKeys: { apikley: hmacKey }, callbackTimeoutMs: 500 });

const receiver = useReceiver();
const { received, answers } = receiver;
const receiverUrl = () => `${receiver.url()}/hook?nonce=1`;

async function createFinished(prompt?: string): Promise<string> {
	const body = { ...minimal.apikley(prompt), callBackUrl: receiverUrl() };
	await sandbox.post('apikley', createPaths.apikley, body);
	sandbox.clock.advance(generationMs);
	return sandbox.get().tasks().at(-1)?.taskId ?? '';
}

const statuses = () =>
	sandbox
		.get()
		.callbacks()
		.map(({ status }) => status);

test('the signature of the documented algorithm', () => {
	expect(signCallback('task_bytedance_1765186729394', 1_765_186_800, hmacKey)).toBe(
		'65iNbVZOvz5gTwYgNI6pvv+pfiZEFcGTIQ+dbWyMzlU=',
	);
});

test('a finished task is told once, signed, with the request it came from', async () => {
	const taskId = await createFinished();
	await sandbox.get().tick();
	await sandbox.get().tick();
	expect(received).toHaveLength(1);
	const [callback] = received;
	const timestamp = Math.floor((start + generationMs) / 1000);
	expect(callback?.headers).toMatchObject({
		'content-type': 'application/json',
		'x-webhook-timestamp': String(timestamp),
		'x-webhook-signature': signCallback(taskId, timestamp, hmacKey),
	});
	expect(JSON.parse(callback?.text ?? '')).toEqual({
		code: 200,
		msg: 'Playground task completed successfully.',
		data: {
			taskId,
			model: 'bytedance/v1-lite-text-to-video',
			state: 'success',
			param: JSON.stringify({ ...minimal.apikley(), callBackUrl: receiverUrl() }),
			resultJson: JSON.stringify({
				resultUrls: [`${sandbox.get().url}/media/${taskId}.mp4`],
			}),
			costTime: 1,
			createTime: start,
			updateTime: start + generationMs,
			completeTime: start + generationMs,
			creditsConsumed: 5,
			failCode: null,
			failMsg: null,
		},
	});
	expect(sandbox.get().callbacks()).toEqual([
		{ taskId, url: receiverUrl(), status: 200, attempt: 1, at: start + generationMs },
	]);
});

test('a failed task is told as well', async () => {
	await createFinished('[fail]');
	await sandbox.get().tick();
	expect(JSON.parse(received[0]?.text ?? '')).toMatchObject({
		code: 501,
		msg: 'Playground task failed.',
		data: { state: 'fail', failCode: '500', resultJson: null, creditsConsumed: 0 },
	});
});

test('nothing is told before the end, nor without a URL', async () => {
	await sandbox.post('apikley', createPaths.apikley, {
		...minimal.apikley(),
		callBackUrl: receiverUrl(),
	});
	await sandbox.post('apikley', createPaths.apikley, minimal.apikley());
	await sandbox.get().tick();
	expect(received).toEqual([]);
	sandbox.clock.advance(generationMs);
	await sandbox.get().tick();
	expect(received).toHaveLength(1);
});

test('three attempts, a second apart, then no more', async () => {
	answers.push(500, 'silence', 302, 200);
	await createFinished();
	for (let i = 0; i < 5; i++) {
		await sandbox.get().tick();
		await sandbox.get().tick();
		sandbox.clock.advance(1000);
	}
	expect(statuses()).toEqual([500, null, 302]);
	expect(
		sandbox
			.get()
			.callbacks()
			.map(({ attempt }) => attempt),
	).toEqual([1, 2, 3]);
});

test('faults: lost on the way, delivered twice, broken', async () => {
	const { addFault, tick } = sandbox.get();
	const operation = 'callback';
	addFault({ operation, times: 1, effect: { kind: 'reset' } });
	addFault({ operation, times: 1, effect: { kind: 'httpAfter', status: 504 } });
	addFault({ operation, times: 1, effect: { kind: 'malformedJson' } });
	await createFinished();
	const counts: number[] = [];
	for (let i = 0; i < 3; i++) {
		await tick();
		counts.push(received.length);
		sandbox.clock.advance(1000);
	}
	expect(counts).toEqual([0, 1, 2]);
	expect(statuses()).toEqual([null, 504, 200]);
	expect(() => JSON.parse(received[1]?.text ?? '')).toThrow(SyntaxError);
});

test('a fault without an operation leaves callbacks alone', async () => {
	await createFinished();
	sandbox.get().addFault({ effect: { kind: 'reset' } });
	await sandbox.get().tick();
	expect(statuses()).toEqual([200]);
});
