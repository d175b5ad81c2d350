import { createPaths, generationMs, minimal, useSandbox } from './helpers.mts';
import type { Json } from './helpers.mts';

const sandbox = useSandbox();
const create = (body: unknown, path = createPaths.aimlapi) => sandbox.post('aimlapi', path, body);
const legacy = createPaths.aimlapiLegacy;

const textToVideo = 'bytedance/seedance-1-0-lite-t2v';
const imageToVideo = 'bytedance/seedance-1-0-lite-i2v';
const text = (change: Json) => ({ model: textToVideo, prompt: 'A menacing dragon', ...change });
const image = (change: Json) => ({
	model: imageToVideo,
	prompt: 'Mona Lisa puts on glasses with her hands.',
	image_url: 'https://example.com/mona-lisa.png',
	...change,
});

async function createdTaskId(body: Json = minimal.aimlapi(), path?: string): Promise<string> {
	await create(body, path);
	return sandbox.get().tasks().at(-1)?.taskId ?? '';
}

describe('create', () => {
	const everyTextField = {
		resolution: '1080p',
		duration: 10,
		watermark: false,
		seed: 7,
		camerafixed: true,
		aspect_ratio: '9:21',
	};
	test.each<[string, Json, string]>([
		['text to video', text({}), createPaths.aimlapi],
		['text to video at the legacy URL, as in the samples', text({}), legacy],
		['every optional field of text to video', text(everyTextField), createPaths.aimlapi],
		['image to video', image({}), legacy],
		[
			'every optional field of image to video',
			image({ resolution: '480p', duration: 5, seed: 1, camera_fixed: true, watermark: false }),
			legacy,
		],
		['a data URI', image({ image_url: 'data:image/png;base64,iVBORw0KGgo=' }), legacy],
		['bare base64', image({ image_url: 'iVBORw0KGgo=' }), legacy],
		['a custom model', { model: 'sandbox/next', prompt: 'x', any: 1 }, createPaths.aimlapi],
	])('accepts %s', async (_, body, path) => {
		const reply = await create(body, path);
		expect(reply).toMatchObject({
			status: 200,
			body: { id: expect.any(String), status: 'queued', meta: { usage: {} } },
		});
	});

	test('IDs: text as documented, image with a colon and slashes', async () => {
		expect(await createdTaskId()).toMatch(/^cgt-20260102030405-[0-9a-f]+$/);
		expect(await createdTaskId(image({}), legacy)).toMatch(/^[0-9a-f-]{36}:bytedance\//);
	});

	test.each<[string, unknown, string, RegExp]>([
		['camera_fixed for text to video', text({ camera_fixed: true }), '', /camera_fixed/],
		['camerafixed for image to video', image({ camerafixed: true }), legacy, /camerafixed/],
		['a ratio for image to video', image({ aspect_ratio: '16:9' }), legacy, /aspect_ratio/],
		['1080p for image to video', image({ resolution: '1080p' }), legacy, /resolution/],
		['image to video at the new URL', image({}), '', /not available/],
		['image to video without image', { model: imageToVideo, prompt: 'x' }, legacy, /image_url/],
		['an image that is neither', image({ image_url: 'my image.png' }), legacy, /image_url/],
		['an image that is a file path', image({ image_url: 'file:///a.png' }), legacy, /image_url/],
		['a duration as text', text({ duration: '5' }), '', /duration/],
		['a duration between the two', text({ duration: 7 }), '', /duration/],
		['a ratio outside the enum', text({ aspect_ratio: 'adaptive' }), '', /aspect_ratio/],
		['the other vendors’ ratio field', text({ ratio: '16:9' }), '', /ratio/],
		['a seed as text', text({ seed: '7' }), '', /seed/],
		['a boolean as text', text({ watermark: 'true' }), '', /watermark/],
		['a missing prompt', { model: textToVideo }, '', /prompt/],
		['a missing model', { prompt: 'x' }, '', /model/],
		['an unknown model', { model: 'bytedance/x', prompt: 'x' }, '', /model/],
		['a nested input', { model: textToVideo, input: { prompt: 'x' } }, '', /input/],
		['malformed JSON', 'prompt=x', '', /JSON/],
	])('refuses %s with 400', async (_, body, path, reason) => {
		const usedPath = path || createPaths.aimlapi;
		expect(await create(body, usedPath)).toMatchObject({
			status: 400,
			body: {
				message: expect.stringMatching(reason),
				path: usedPath,
				requestId: expect.any(String),
				statusCode: '400',
				timestamp: '2026-01-02T03:04:05.000Z',
			},
		});
		expect(sandbox.get().tasks()).toEqual([]);
	});

	test('[credits] in the prompt answers 403', async () => {
		expect(await create(text({ prompt: '[credits]' }))).toMatchObject({
			status: 403,
			body: { statusCode: '403', message: expect.stringContaining('credits') },
		});
	});

	test('a wrong key and a wrong path', async () => {
		const headers = { authorization: 'wrong' };
		const unauthorized = await sandbox.request('aimlapi', '/v2/billing', { headers });
		expect(unauthorized).toMatchObject({ status: 401, body: { statusCode: '401' } });
		const missing = await sandbox.request('aimlapi', '/v2/video', { method: 'POST' });
		expect(missing).toMatchObject({ status: 404, body: { statusCode: '404' } });
	});
});

describe('status', () => {
	test('goes from queued to completed, readable at both URLs', async () => {
		const taskId = await createdTaskId(image({}), legacy);
		const seen: unknown[] = [];
		for (const share of [0, 0.5, 0.5]) {
			sandbox.clock.advance(share * generationMs);
			seen.push((await sandbox.statusOf('aimlapi', taskId)).body);
		}
		expect(seen).toEqual([
			{ id: taskId, status: 'queued' },
			{ id: taskId, status: 'generating' },
			{
				id: taskId,
				status: 'completed',
				video: { url: expect.stringContaining('/media/') },
				meta: { usage: { credits_used: 360_000, usd_spent: 0.18 } },
			},
		]);
		const query = `?generation_id=${encodeURIComponent(taskId)}`;
		expect((await sandbox.request('aimlapi', legacy + query)).body).toEqual(seen[2]);
	});

	test('the link says when it was signed and for how long', async () => {
		const taskId = await createdTaskId();
		sandbox.clock.advance(generationMs);
		const { body } = await sandbox.statusOf('aimlapi', taskId);
		const { searchParams } = new URL((body as { video: { url: string } }).video.url);
		expect(searchParams.get('X-Tos-Date')).toBe('20260102T030406Z');
		expect(searchParams.get('X-Tos-Expires')).toBe('86400');
	});

	test('[fail] ends as error', async () => {
		const taskId = await createdTaskId(text({ prompt: '[fail]' }));
		sandbox.clock.advance(generationMs);
		expect((await sandbox.statusOf('aimlapi', taskId)).body).toEqual({
			id: taskId,
			status: 'error',
			video: null,
			error: { name: '500', message: 'Internal server error' },
		});
	});

	test('an unknown and a missing ID', async () => {
		expect(await sandbox.statusOf('aimlapi', 'cgt-x')).toMatchObject({ status: 404 });
		const missing = await sandbox.request('aimlapi', createPaths.aimlapi);
		expect(missing).toMatchObject({ status: 400, body: { statusCode: '400' } });
	});

	test('a task of another vendor is unknown', async () => {
		await sandbox.post('modellix', createPaths.modellix, minimal.modellix());
		const [task] = sandbox.get().tasks();
		expect((await sandbox.statusOf('aimlapi', task?.taskId ?? '')).status).toBe(404);
	});
});

test('the balance', async () => {
	expect((await sandbox.request('aimlapi', '/v2/billing')).body).toEqual({
		current_balance: 500,
		currency: 'USD',
	});
});
