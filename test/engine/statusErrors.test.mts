import type { FaultEffect } from '../../sandbox/index.mts';
import { vendors } from '../../sandbox/vendors/index.mts';
import { numbered, ownPrompt, prompts, useBench, type VendorId } from './bench.mts';

const generationMs = 60_000;
const bench = useBench({ takesMs: generationMs });

const answers: Array<[string, (code: number) => FaultEffect]> = [
	['HTTP status', (status) => ({ kind: 'http', status })],
	['code in an answer of HTTP 200', (code) => ({ kind: 'bodyCode', code })],
];

const final: Array<[number, VendorId, RegExp]> = [
	[401, 'apikley', /^Apikley did not accept the API key/],
	[402, 'apikley', /^Apikley does not have enough credits/],
	[422, 'apikley', /^Apikley did not accept the parameters/],
	[501, 'apikley', /^Apikley could not generate the video/],
	[505, 'apikley', /^Apikley has switched this feature off/],
	[401, 'modellix', /^Modellix did not accept the API key/],
];

const passing: Array<[number, VendorId]> = [
	[404, 'apikley'],
	[429, 'apikley'],
	[455, 'apikley'],
	[500, 'apikley'],
	[404, 'modellix'],
	[429, 'modellix'],
	[500, 'modellix'],
	[503, 'modellix'],
];

describe.each(answers)('%s', (_, effectOf) => {
	test.each(final)('%i from %s: told with the task ID', async (code, provider, message) => {
		bench.fault({ operation: 'status', effect: effectOf(code) });
		const { status, error } = await bench.run({ parameters: { provider } });

		expect(status).toBe('error');
		expect(error?.message).toMatch(message);
		expect(error?.description).toContain(`Task ID: ${bench.taskIds()[0]}.`);
		expect(bench.checks()).toHaveLength(1);
	});

	test.each(passing)('%i from %s: it goes on', async (code, provider) => {
		bench.fault({ operation: 'status', times: 3, effect: effectOf(code) });
		const { status, items } = await bench.run({ parameters: { provider } });

		expect(status).toBe('success');
		expect(items[0]?.json).toMatchObject({ taskId: bench.taskIds()[0], status: 'succeeded' });
		expect(bench.creates()).toHaveLength(1);
		expect(bench.checks().length).toBeGreaterThan(3);
	});
});

describe('AI/ML API has HTTP statuses only', () => {
	test.each([
		[401, /^AI\/ML API did not accept the API key/],
		[403, /^AI\/ML API does not have enough credits/],
	])('%i: told with the task ID', async (httpStatus, message) => {
		bench.fault({ operation: 'status', effect: { kind: 'http', status: httpStatus } });
		const { error } = await bench.run({ parameters: { provider: 'aimlapi' } });
		expect(error?.message).toMatch(message);
		expect(error?.description).toContain(`Task ID: ${bench.taskIds()[0]}.`);
	});

	test.each([404, 429, 500, 502, 504])('%i: it goes on', async (httpStatus) => {
		bench.fault({ operation: 'status', times: 3, effect: { kind: 'http', status: httpStatus } });
		const { status } = await bench.run({ parameters: { provider: 'aimlapi' } });
		expect(status).toBe('success');
		expect(bench.creates()).toHaveLength(1);
	});
});

describe.each(vendors)('%s', (provider) => {
	test.each([301, 307])('%i, which is a proxy’s: it goes on', async (status) => {
		bench.fault({ operation: 'status', times: 3, effect: { kind: 'http', status } });
		const ended = await bench.run({ parameters: { provider } });
		expect(ended.status).toBe('success');
		expect(bench.creates()).toHaveLength(1);
		expect(bench.checks().length).toBeGreaterThan(3);
	});
});

test.each(vendors)('%s: Retry-After is kept', async (provider) => {
	const effect: FaultEffect = { kind: 'http', status: 429, retryAfterSeconds: 200 };
	bench.fault({ operation: 'status', times: 1, effect });
	await bench.run({ parameters: { provider } });
	const [first = 0, second = 0] = bench.checks().map(({ receivedAt }) => receivedAt);
	expect(second - first).toBe(200_000);
});

test.each(vendors)('%s: a task that its own vendor does not know at first', async (provider) => {
	bench.fault({ operation: 'create', effect: { kind: 'slowPropagation', forMs: 50_000 } });
	const { status } = await bench.run({ parameters: { provider } });
	expect(status).toBe('success');
	expect(bench.creates()).toHaveLength(1);
});

test('a task that its vendor never knows: told after two minutes, with its ID', async () => {
	const forMs = 3_600_000;
	bench.fault({ operation: 'create', effect: { kind: 'slowPropagation', forMs } });
	const { error } = await bench.run();
	expect(error?.message).toMatch(/^Apikley does not know this task/);
	expect(error?.description).toContain(`Task ID: ${bench.taskIds()[0]}.`);
	expect(bench.clock().elapsed()).toBeGreaterThanOrEqual(120_000);
	expect(bench.clock().elapsed()).toBeLessThan(180_000);
});

test.each(vendors)('%s: an unknown status keeps polling', async (provider) => {
	bench.fault({
		operation: 'status',
		times: 4,
		effect: { kind: 'unknownStatus', status: 'moderating' },
	});
	const { status, items } = await bench.run({ parameters: { provider } });
	expect(status).toBe('success');
	expect(items[0]?.json).not.toHaveProperty('vendorStatus');
	expect(bench.checks().length).toBeGreaterThan(4);
});

describe('the timeout', () => {
	test('names the task, its state and how to go on', async () => {
		bench.fault({ operation: 'status', effect: { kind: 'unknownStatus', status: 'moderating' } });
		const { error } = await bench.run({ parameters: { options: { timeout: 1.5 } } });
		expect(error?.message).toBe(
			'The video was not finished after 1.5 minutes; it is still running at Apikley (moderating) [item 0]',
		);
		expect(error?.description).toContain(`Task ID: ${bench.taskIds()[0]}.`);
		expect(error?.description).toMatch(/Seedance Task, operation Wait/);
		expect(bench.clock().elapsed()).toBe(90_000);
	});

	test('tells of the last check when that did not work', async () => {
		bench.fault({ operation: 'status', effect: { kind: 'http', status: 503 } });
		const { error } = await bench.run({ parameters: { provider: 'modellix' } });
		expect(error?.message).toMatch(/^The video was not finished after 30 minutes/);
		expect(error?.description).toMatch(/The last check did not work\. Answer: "Service unavail/);
		expect(error?.description).toContain(`Task ID: ${bench.taskIds()[0]}.`);
	});

	test('a video that is ready at the last moment is still taken', async () => {
		bench.sandbox().setGenerationMs(60_000);
		const { status } = await bench.run({ parameters: { options: { timeout: 1 } } });
		expect(status).toBe('success');
	});

	test('Continue On Fail: the row keeps task ID and status', async () => {
		const { items } = await bench.run({
			parameters: { options: { timeout: 0.5 } },
			onError: 'continueRegularOutput',
		});
		expect(items[0]?.json).toMatchObject({
			error: expect.stringContaining('was not finished after 0.5 minutes'),
			taskId: bench.taskIds()[0],
			status: 'running',
			failure: { code: 'timeout' },
		});
	});
});

describe('a task that fails', () => {
	test.each(vendors)('%s: why, and which', async (provider) => {
		const effect = {
			kind: 'failTask',
			code: '422',
			message: 'Image is canceled by NSFW',
		} as const;
		bench.fault({ operation: 'create', effect });
		const { status, error } = await bench.run({ parameters: { provider } });
		// "canceled" in an error makes n8n mark the whole execution as stopped.
		expect(status).toBe('error');
		expect(error?.message).toMatch(/could not generate the video: .*is cancelled by NSFW/);
		expect(error?.description).toContain(`Task ID: ${bench.taskIds()[0]}.`);
	});

	test('Continue On Fail: row with error, task ID, status and failure', async () => {
		const { items } = await bench.run({
			parameters: ownPrompt,
			items: prompts('A [fail]', 'B'),
			onError: 'continueRegularOutput',
		});
		const [taskId, other] = bench.taskIds();
		expect(items).toEqual([
			{
				json: {
					error: 'Apikley could not generate the video: Internal server error',
					taskId,
					provider: 'apikley',
					model: 'bytedance/v1-lite-text-to-video',
					prompt: 'A [fail]',
					aspectRatio: '16:9',
					resolution: '720p',
					duration: 5,
					status: 'failed',
					failure: { kind: 'generationFailed', code: '500', message: expect.any(String) },
				},
				pairedItem: { item: 0 },
			},
			{
				json: expect.objectContaining({ taskId: other, status: 'succeeded' }),
				pairedItem: { item: 1 },
			},
		]);
		expect(items[1]?.json).not.toHaveProperty('error');
	});
});

test('one failure of five: the others are waited for, and the error lists every task', async () => {
	const items = numbered(5);
	items[1] = { json: { prompt: 'Clip 1 [fail]' } };
	items[4] = { json: { prompt: 'Clip 4 [slow]' } };
	const { error } = await bench.run({ parameters: ownPrompt, items });
	expect(error?.message).toMatch(/\[item 1\]$/);
	for (const [item, taskId] of bench.taskIds().entries()) {
		const state = item === 1 ? 'failed' : 'succeeded';
		expect(error?.description).toContain(`[item ${item}] ${taskId} (${state})`);
	}
	expect(bench.clock().elapsed()).toBeGreaterThanOrEqual(10 * generationMs);
});
