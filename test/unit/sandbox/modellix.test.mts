import { createPaths, generationMs, minimal, start, useSandbox } from './helpers.mts';
import type { Json } from './helpers.mts';

const sandbox = useSandbox();
const create = (body: unknown, path = createPaths.modellix) => sandbox.post('modellix', path, body);

async function createdTaskId(body: Json = minimal.modellix()): Promise<string> {
	await create(body);
	return sandbox.get().tasks().at(-1)?.taskId ?? '';
}

describe('create', () => {
	test.each<[string, Json]>([
		['the documented example', { prompt: 'A serene beach at sunset with gentle waves' }],
		[
			'every optional field',
			{
				prompt: 'A serene beach at sunset with gentle waves',
				ratio: 'adaptive',
				resolution: '1080p',
				duration: 12,
				frames: 121,
				seed: -1,
				camera_fixed: false,
				service_tier: 'flex',
				execution_expires_after: 172_800,
				return_last_frame: true,
			},
		],
		['both ends of frames', { prompt: 'x', frames: 29 }],
		['2000 characters outside the basic plane', { prompt: '🎬'.repeat(2000) }],
	])('accepts %s', async (_, body) => {
		const reply = await create(body);
		expect(reply).toMatchObject({
			status: 200,
			body: {
				code: 0,
				message: 'success',
				data: {
					status: 'pending',
					task_id: expect.stringMatching(/^task-video-[0-9a-f-]+$/),
					model_id: 'seedance-1.0-lite-t2v',
				},
			},
		});
	});

	test.each([
		'/api/v1/text-to-video/bytedance/sandbox/next/async',
		'/api/v1/image-to-video/sandbox/next/async',
		'/api/v1/sandbox%2Fnext',
	])('accepts a custom model at %s', async (path) => {
		const reply = await create({ prompt: 'x', anything: 1 }, path);
		expect(reply.body).toMatchObject({ code: 0, data: { model_id: 'sandbox/next' } });
	});

	test.each<[string, unknown, string | RegExp]>([
		['a missing prompt', {}, "parameter 'prompt' is required"],
		['an empty prompt', { prompt: '' }, "parameter 'prompt' is required"],
		['a prompt of 2001 characters', { prompt: 'x'.repeat(2001) }, /'prompt'/],
		['the other vendors’ ratio field', { prompt: 'x', aspect_ratio: '16:9' }, /'aspect_ratio'/],
		['a model in the body', { prompt: 'x', model: 'y' }, /'model' is not supported/],
		['a ratio outside the enum', { prompt: 'x', ratio: '9:21' }, /'ratio' must be one of/],
		['a resolution outside the enum', { prompt: 'x', resolution: '720P' }, /'resolution'/],
		['a duration as text', { prompt: 'x', duration: '5' }, /'duration' must be an integer/],
		['a duration below the range', { prompt: 'x', duration: 1 }, /'duration' must be between/],
		['a duration above the range', { prompt: 'x', duration: 13 }, /'duration' must be between/],
		['a fractional duration', { prompt: 'x', duration: 2.5 }, /'duration'/],
		['frames off the grid', { prompt: 'x', frames: 120 }, /'frames' must have the format 25/],
		['frames below the range', { prompt: 'x', frames: 25 }, /'frames'/],
		['frames above the range', { prompt: 'x', frames: 293 }, /'frames'/],
		['a seed below -1', { prompt: 'x', seed: -2 }, /'seed'/],
		['a seed above 31 bits', { prompt: 'x', seed: 2_147_483_648 }, /'seed'/],
		['a boolean as text', { prompt: 'x', camera_fixed: 'true' }, /'camera_fixed'/],
		['a boolean as a number', { prompt: 'x', return_last_frame: 1 }, /'return_last_frame'/],
		['an unknown tier', { prompt: 'x', service_tier: 'fast' }, /'service_tier'/],
		['an expiry below the range', { prompt: 'x', execution_expires_after: 3599 }, /expires/],
		['an expiry above the range', { prompt: 'x', execution_expires_after: 259_201 }, /expires/],
		['malformed JSON', '{', /JSON/],
	])('refuses %s with 400', async (_, body, reason) => {
		const message = expect.stringMatching(reason);
		expect(await create(body)).toMatchObject({ status: 400, body: { code: 400, message } });
		expect(sandbox.get().tasks()).toEqual([]);
	});

	test('refuses another content type', async () => {
		const reply = await sandbox.request('modellix', createPaths.modellix, {
			method: 'POST',
			body: new URLSearchParams({ prompt: 'x' }),
		});
		expect(reply).toMatchObject({ status: 400, body: { code: 400 } });
	});

	test('[credits] in the prompt answers 402', async () => {
		expect(await create({ prompt: '[credits]' })).toMatchObject({
			status: 402,
			body: { code: 402 },
		});
	});

	test('a wrong key', async () => {
		const headers = { authorization: 'Bearer wrong' };
		const reply = await sandbox.request('modellix', '/api/v1/apikey/validate', { headers });
		expect(reply).toMatchObject({ status: 401, body: { code: 401 } });
	});

	test.each([
		['GET', createPaths.modellix],
		['POST', '/api/v1/text-to-video/bytedance/seedance-1-0-lite-t2v/async'],
		['POST', '/api/v1/tasks/x'],
		['GET', '/api/v1/%E0%A4%A'],
	])('%s %s does not exist', async (method, path) => {
		const reply = await sandbox.request('modellix', path, { method });
		expect(reply).toMatchObject({ status: 404, body: { code: 404 } });
	});
});

describe('status', () => {
	test('goes from pending to success', async () => {
		const taskId = await createdTaskId();
		const seen: unknown[] = [];
		for (const share of [0, 0.5, 0.5]) {
			sandbox.clock.advance(share * generationMs);
			seen.push((await sandbox.statusOf('modellix', taskId)).body);
		}
		expect(seen).toMatchObject([
			{ code: 0, data: { status: 'pending' } },
			{ code: 0, data: { status: 'processing', duration: 500 } },
			{ code: 0, data: { status: 'success', duration: 1000 } },
		]);
		expect(seen[1]).not.toHaveProperty('data.result');
	});

	test('a finished task has a video resource, and the last frame when asked for', async () => {
		const taskId = await createdTaskId({ prompt: 'x', return_last_frame: true });
		sandbox.clock.advance(generationMs);
		const { url } = sandbox.get();
		const { body } = await sandbox.statusOf('modellix', taskId);
		expect(body).toMatchObject({
			message: 'success',
			data: {
				task_id: taskId,
				model_id: 'seedance-1.0-lite-t2v',
				result: {
					resources: [
						{ url: `${url}/media/${taskId}.mp4`, type: 'video', format: 'mp4' },
						{ url: `${url}/media/${taskId}.png`, type: 'image', format: 'png' },
					],
					extensions: { submit_time: new Date(start).toISOString() },
				},
			},
		});
		const other = await createdTaskId();
		sandbox.clock.advance(generationMs);
		const without = (await sandbox.statusOf('modellix', other)).body;
		expect(without).toHaveProperty('data.result.resources.length', 1);
	});

	test('[fail] ends as failed, HTTP 200 and code 0', async () => {
		const taskId = await createdTaskId({ prompt: '[fail]' });
		sandbox.clock.advance(generationMs);
		expect(await sandbox.statusOf('modellix', taskId)).toMatchObject({
			status: 200,
			body: {
				code: 0,
				message: 'Task failed: Internal server error (500)',
				data: { status: 'failed' },
			},
		});
	});

	test('a task that outlives its expiry fails', async () => {
		sandbox.get().setGenerationMs(3_600_001);
		const taskId = await createdTaskId({ prompt: 'x', execution_expires_after: 3600 });
		sandbox.clock.advance(3_600_000);
		const { body } = await sandbox.statusOf('modellix', taskId);
		expect(body).toMatchObject({ data: { status: 'failed' } });
	});

	test('an unknown task is 404', async () => {
		expect(await sandbox.statusOf('modellix', 'task-x')).toMatchObject({
			status: 404,
			body: { code: 404, message: expect.stringContaining('task-x') },
		});
	});
});

test('the key check and the balance', async () => {
	expect((await sandbox.request('modellix', '/api/v1/apikey/validate')).body).toEqual({
		code: 0,
		message: 'success',
		data: { is_valid: true },
	});
	expect((await sandbox.request('modellix', '/api/v1/team/balance')).body).toEqual({
		code: 0,
		message: 'success',
		data: { balance: 500 },
	});
});
