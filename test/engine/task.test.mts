import type { IDataObject } from 'n8n-workflow';
import { sampleVideo } from '../../sandbox/media/embedded.mts';
import { generationMs, numbered, ownPrompt, useBench, type Given } from './bench.mts';
import { bytesOf } from './harness.mts';
import { on, systems, type System } from './systems.mts';

const bench = useBench();

const task = (parameters: IDataObject, given: Given = {}) =>
	bench.run({
		type: 'seedanceTask',
		parameters: { taskId: '={{ $json.taskId }}', ...parameters },
		...given,
	});

/** The rows of Submit Only, as the next node gets them. */
async function submitted(system: System) {
	const { items } = await bench.run(
		on(system, { ...system.minimal.parameters, completion: 'submit' }),
	);
	return items.map(({ json }) => ({ json }));
}

describe.each(systems)('$name', (system) => {
	const { provider } = system;

	test('Get: as it is now, once', async () => {
		const items = await submitted(system);
		const { items: rows } = await task({ provider, operation: 'get' }, { items });
		expect(rows).toMatchObject([
			{
				json: {
					taskId: bench.taskIds()[0],
					provider,
					model: system.model,
					status: 'queued',
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(rows[0]?.json).not.toHaveProperty('videoUrl');
		expect(Object.keys(rows[0]?.binary ?? {})).toEqual([]);
		expect(bench.checks()).toHaveLength(1);
		// AI/ML API keeps the tasks of older models at an address of their own.
		expect(bench.checks()[0]?.path).toBe(system.checkPath(bench.taskIds()[0] ?? ''));
	});

	test('Wait: the finished video', async () => {
		const items = await submitted(system);
		const { items: rows } = await task({ provider, operation: 'wait' }, { items });
		expect(rows).toMatchObject([
			{ json: { taskId: bench.taskIds()[0], model: system.model, status: 'succeeded' } },
		]);
		expect(await bytesOf(rows[0])).toEqual(sampleVideo);
		expect(bench.clock().elapsed()).toBeGreaterThanOrEqual(generationMs);
		expect(bench.clock().elapsed()).toBeLessThan(1.1 * generationMs);
	});
});

test('Get of a finished task brings the video along', async () => {
	bench.sandbox().setGenerationMs(0);
	await bench.run({ parameters: { completion: 'submit' } });
	const [taskId] = bench.taskIds();
	const { items } = await task({ provider: 'apikley', operation: 'get', taskId });
	expect(items[0]?.json).toMatchObject({ taskId, status: 'succeeded' });
	expect(items[0]?.json).not.toHaveProperty('model');
	expect(await bytesOf(items[0])).toEqual(sampleVideo);
});

test('Get of a failed task is a row, not an error', async () => {
	bench.sandbox().setGenerationMs(0);
	bench.fault({ operation: 'create', effect: { kind: 'failTask', code: '422', message: 'NSFW' } });
	await bench.run({ parameters: { completion: 'submit' } });
	const [taskId] = bench.taskIds();
	const { status, items } = await task({ provider: 'apikley', operation: 'get', taskId });
	expect(status).toBe('success');
	expect(items[0]?.json).toMatchObject({
		taskId,
		status: 'failed',
		failure: { code: '422', message: 'NSFW' },
	});
	expect(items[0]?.json).not.toHaveProperty('error');
});

test('Get shows a status word that it does not know', async () => {
	await bench.run({ parameters: { completion: 'submit' } });
	bench.fault({ operation: 'status', effect: { kind: 'unknownStatus', status: 'moderating' } });
	const [taskId] = bench.taskIds();
	const { items } = await task({ provider: 'apikley', operation: 'get', taskId });
	expect(items[0]?.json).toMatchObject({ status: 'running', vendorStatus: 'moderating' });
});

test('Get without Simplify adds the vendor’s answer', async () => {
	await bench.run({ parameters: { completion: 'submit' } });
	const [taskId] = bench.taskIds();
	const { items } = await task({ provider: 'apikley', operation: 'get', taskId, simplify: false });
	expect(items[0]?.json.raw).toMatchObject({ code: 200, data: { taskId, state: 'waiting' } });
});

test('Wait for many tasks: rows in order, side by side', async () => {
	const { items } = await bench.run({
		parameters: { ...ownPrompt, completion: 'submit' },
		items: numbered(12),
	});
	const { items: rows } = await task(
		{ provider: 'apikley', operation: 'wait', downloadVideo: false },
		{ items: items.map(({ json }) => ({ json })) },
	);
	expect(rows.map(({ json }) => json.taskId)).toEqual(items.map(({ json }) => json.taskId));
	expect(bench.clock().elapsed()).toBeLessThan(2 * generationMs);
	expect(bench.creates()).toHaveLength(12);
});

test('Wait for a task that fails: the error, and no word of paying again by itself', async () => {
	bench.fault({ operation: 'create', effect: { kind: 'failTask' } });
	await bench.run({ parameters: { completion: 'submit' } });
	const [taskId] = bench.taskIds();
	const { error } = await task({ provider: 'apikley', operation: 'wait', taskId });
	expect(error?.message).toMatch(/^Apikley could not generate the video/);
	expect(error?.description).toContain(`Task ID: ${taskId}.`);
});

test('Wait with a timeout', async () => {
	await bench.run({ parameters: { completion: 'submit' } });
	const [taskId] = bench.taskIds();
	const { error } = await task({
		provider: 'apikley',
		operation: 'wait',
		taskId,
		options: { timeout: 0.25 },
	});
	expect(error?.message).toMatch(/^The video was not finished after 0.25 minutes/);
	expect(error?.description).toContain(`Task ID: ${taskId}.`);
});

describe('the address of AI/ML API’s tasks', () => {
	const taskId = '3f1c:bytedance/seedance-1-0-lite-i2v';
	const query = `?generation_id=${encodeURIComponent(taskId)}`;
	const model = 'bytedance/seedance-1-0-lite-i2v';

	test.each([
		['the row’s model', {}, [{ json: { model } }], '/v2/generate/video/bytedance/generation'],
		['the option Model', { options: { model } }, [], '/v2/generate/video/bytedance/generation'],
		['the option before the row', { options: { model: 'other' } }, [{ json: { model } }], ''],
		['no model', {}, [], ''],
	])('%s', async (_, parameters, items, legacyPath) => {
		const given = items.length > 0 ? { items } : {};
		await task({ provider: 'aimlapi', operation: 'get', taskId, ...parameters }, given);
		const path = legacyPath === '' ? '/v2/video/generations' : legacyPath;
		expect(bench.checks().map((check) => check.path)).toEqual([path + query]);
	});
});

test.each([
	['', /^Task ID must not be empty/],
	['unknown', /^Modellix does not know this task/],
])('Get with the task ID "%s"', async (taskId, message) => {
	const { error } = await task(
		{ provider: 'modellix', operation: 'get' },
		{ items: [{ json: { taskId } }] },
	);
	expect(error?.message).toMatch(message);
	expect(error?.message).toMatch(/\[item 0\]$/);
});

test('Get with an expression for the task ID that finds nothing', async () => {
	const { error } = await task({ provider: 'modellix', operation: 'get' });
	expect(error?.message).toMatch(/^Task ID must not be empty/);
	expect(bench.sandbox().requests).toEqual([]);
});

test('a strange task ID stays one path segment', async () => {
	await task({ provider: 'modellix', operation: 'get', taskId: '../team/balance?x=1#y' });
	expect(bench.sandbox().requests.map(({ path }) => path)).toEqual([
		'/api/v1/tasks/..%2Fteam%2Fbalance%3Fx%3D1%23y',
	]);
});

describe('Get Balance', () => {
	const account = { resource: 'account', operation: 'getBalance' };

	test.each([
		['modellix', { provider: 'modellix', balance: 500 }],
		['aimlapi', { provider: 'aimlapi', balance: 500, currency: 'USD', unit: 'USD' }],
	])('%s', async (provider, json) => {
		const { items } = await task({ provider, ...account });
		expect(items).toEqual([{ json, pairedItem: { item: 0 } }]);
	});

	test.each([
		['modellix', 401],
		['aimlapi', 401],
		['aimlapi', 500],
	] as const)('%s answers %i', async (provider, httpStatus) => {
		bench.fault({ operation: 'balance', effect: { kind: 'http', status: httpStatus } });
		const { error } = await task({ provider, ...account });
		expect(error?.message).toMatch(/did not accept the API key|server error/);
	});

	test('Apikley has none', async () => {
		const { error } = await task({ provider: 'apikley', ...account });
		expect(error?.message).toMatch(/^Apikley has no way to ask for the balance/);
	});
});

test('Continue On Fail: one row per item', async () => {
	await bench.run({ parameters: { completion: 'submit' } });
	const [taskId] = bench.taskIds();
	const { items } = await task(
		{ provider: 'apikley', operation: 'get' },
		{ items: [{ json: { taskId: 'no' } }, { json: { taskId } }], onError: 'continueRegularOutput' },
	);
	expect(items).toMatchObject([
		{ json: { error: expect.stringContaining('does not know'), taskId: 'no' } },
		{ json: { taskId, status: 'queued' } },
	]);
});

describe('before anything is sent', () => {
	test.each(['seedanceTask', 'seedanceTextToVideo'] as const)(
		'%s without a credential',
		async (type) => {
			const run = bench.run({
				type,
				credentials: {},
				parameters: { provider: 'apikley', taskId: 'x' },
			});
			const message = await run.then(({ error }) => error?.message).catch(String);
			expect(message).toMatch(/credential/i);
			expect(bench.sandbox().requests).toEqual([]);
		},
	);

	test.each(['seedanceTask', 'seedanceTextToVideo'] as const)(
		'%s with a provider of a later version',
		async (type) => {
			const { error } = await bench.run({
				type,
				parameters: { provider: 'acme', model: 'x', taskId: 'x' },
			});
			expect(error?.message).toBe(
				'The provider "acme" is not known to this version of the node [item 0]',
			);
			expect(bench.sandbox().requests).toEqual([]);
		},
	);
});
