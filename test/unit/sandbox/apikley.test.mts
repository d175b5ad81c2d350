import { createPaths, generationMs, minimal, start, useSandbox } from './helpers.mts';
import type { Json } from './helpers.mts';

const sandbox = useSandbox();
const create = (body: unknown) => sandbox.post('apikley', createPaths.apikley, body);
const refusal = (msg: unknown, code = 422) => ({
	status: 200,
	body: { code, msg, data: null },
});

const textToVideo = 'bytedance/v1-lite-text-to-video';
const imageToVideo = 'bytedance/v1-pro-fast-image-to-video';
const textInput = {
	prompt: 'Wide-angle shot: A serene sailing boat gently sways in the harbor at dawn.',
	aspect_ratio: '16:9',
	resolution: '720p',
	duration: '5',
	camera_fixed: false,
	enable_safety_checker: true,
};
const imageInput = {
	prompt: 'A cinematic close-up sequence of a single elegant ceramic coffee cup.',
	image_url:
		'https://file.aiquickdraw.com/custom-page/akr/section-images/1762340693669m6sey187.webp',
	resolution: '720p',
	duration: '5',
};

async function createdTaskId(prompt?: string): Promise<string> {
	await create(minimal.apikley(prompt));
	return sandbox.get().tasks().at(-1)?.taskId ?? '';
}

describe('create', () => {
	test.each([
		['text to video, the documented example', textToVideo, textInput],
		['image to video, the documented example', imageToVideo, imageInput],
		['every optional field', textToVideo, { ...textInput, seed: -1, aspect_ratio: '9:21' }],
		['a custom model with any field', 'sandbox/next', { prompt: 'A cat', anything: [1] }],
	])('accepts %s', async (_, model, input) => {
		const callBackUrl = 'https://your-domain.com/api/callback';
		const { status, body } = await create({ model, callBackUrl, input });
		expect(status).toBe(200);
		expect(body).toEqual({
			code: 200,
			msg: 'success',
			data: { taskId: expect.stringMatching(/^task_bytedance_\d{13}$/) },
		});
		expect(sandbox.get().tasks()).toMatchObject([{ model, input, callbackUrl: callBackUrl }]);
	});

	test('gives every task its own ID, within one millisecond too', async () => {
		await Promise.all([1, 2, 3].map(() => create(minimal.apikley())));
		expect(
			new Set(
				sandbox
					.get()
					.tasks()
					.map(({ taskId }) => taskId),
			).size,
		).toBe(3);
	});

	const text = (change: Json) => ({ model: textToVideo, input: { ...textInput, ...change } });
	const image = (change: Json) => ({ model: imageToVideo, input: { ...imageInput, ...change } });
	test.each<[string, unknown, RegExp]>([
		['an unknown input field', text({ ratio: '16:9' }), /ratio/],
		['an unknown top-level field', { ...text({}), replyUrl: 'https://a.b' }, /replyUrl/],
		['a duration that is a number', text({ duration: 5 }), /duration/],
		['a duration outside the enum', text({ duration: '7' }), /duration/],
		['a ratio of another vendor', text({ aspect_ratio: '21:9' }), /aspect_ratio/],
		['a resolution outside the enum', text({ resolution: '4k' }), /resolution/],
		['a boolean as text', text({ camera_fixed: 'false' }), /camera_fixed/],
		['a safety checker as a number', text({ enable_safety_checker: 1 }), /enable_safety/],
		['a fractional seed', text({ seed: 1.5 }), /seed/],
		['a seed as text', text({ seed: '1' }), /seed/],
		['a null', text({ seed: null }), /seed/],
		['a prompt of 10001 characters', text({ prompt: 'x'.repeat(10_001) }), /prompt/],
		['an empty prompt', text({ prompt: '' }), /prompt/],
		['a prompt that is not text', text({ prompt: ['x'] }), /prompt/],
		['a missing prompt', { model: textToVideo, input: {} }, /prompt/],
		['a missing input', { model: textToVideo }, /input/],
		['an input that is not an object', { model: textToVideo, input: '{}' }, /input/],
		['a missing model', { input: textInput }, /model/],
		['an unknown model', { model: 'bytedance/v9', input: textInput }, /not supported/],
		['a callback that is no URL', { ...text({}), callBackUrl: 'localhost' }, /callBackUrl/],
		['an image model without an image', { model: imageToVideo, input: { prompt: 'x' } }, /image/],
		['a data URI', image({ image_url: 'data:image/png;base64,AAAA' }), /image_url/],
		['480p for the image model', image({ resolution: '480p' }), /resolution/],
		['a seed for the image model', image({ seed: 1 }), /seed/],
		['a camera field for the image model', image({ camera_fixed: true }), /camera_fixed/],
		['a custom model without a prompt', { model: 'sandbox/next', input: {} }, /prompt/],
		['malformed JSON', '{"model":', /JSON/],
		['an array', [], /JSON object/],
	])('refuses %s with HTTP 200 and code 422', async (_, body, reason) => {
		expect(await create(body)).toMatchObject(refusal(expect.stringMatching(reason)));
		expect(sandbox.get().tasks()).toEqual([]);
	});

	test('refuses another content type', async () => {
		const reply = await sandbox.request('apikley', createPaths.apikley, {
			method: 'POST',
			headers: { 'content-type': 'text/plain' },
			body: JSON.stringify(minimal.apikley()),
		});
		expect(reply).toMatchObject(refusal(expect.stringMatching(/Content-Type/)));
	});

	test('[credits] in the prompt answers 402 in the body and takes nothing', async () => {
		expect(await create(minimal.apikley('[credits]'))).toMatchObject(
			refusal(expect.stringMatching(/^Insufficient Credits/), 402),
		);
		expect(sandbox.get().tasks()).toEqual([]);
	});
});

test.each([
	['POST', createPaths.apikley],
	['GET', '/api/v1/jobs/recordInfo?taskId=x'],
	['GET', '/api/v1/chat/credit'],
])('%s %s with a wrong key: 401 in status and body', async (method, path) => {
	const reply = await sandbox.request('apikley', path, {
		method,
		headers: { authorization: 'Bearer wrong' },
	});
	expect(reply).toMatchObject({ status: 401, body: { code: 401, data: null } });
});

test.each([
	['GET', createPaths.apikley],
	['POST', '/api/v1/jobs/recordInfo?taskId=x'],
	['GET', '/api/v1/jobs/recordinfo?taskId=x'],
	['GET', '/'],
])('%s %s does not exist', async (method, path) => {
	const reply = await sandbox.request('apikley', path, { method });
	expect(reply).toMatchObject({ status: 404, body: { code: 404, data: null } });
});

describe('status', () => {
	const states = async (taskId: string, shares: number[]) => {
		const seen: unknown[] = [];
		for (const share of shares) {
			sandbox.clock.advance(share * generationMs);
			const { body } = await sandbox.statusOf('apikley', taskId);
			seen.push((body as { data: { state: string } }).data.state);
		}
		return seen;
	};

	test('goes from waiting to success', async () => {
		const taskId = await createdTaskId();
		expect(await states(taskId, [0, 0.15, 0.2, 0.6, 0.05, 1])).toEqual([
			'waiting',
			'queuing',
			'generating',
			'generating',
			'success',
			'success',
		]);
	});

	test('[slow] takes ten times as long', async () => {
		const taskId = await createdTaskId('[slow]');
		expect(await states(taskId, [9.99, 0.01])).toEqual(['generating', 'success']);
	});

	test('a finished task has its video as JSON in a string, under `message`', async () => {
		const taskId = await createdTaskId();
		sandbox.clock.advance(generationMs);
		const { body } = await sandbox.statusOf('apikley', taskId);
		expect(body).toEqual({
			code: 200,
			message: 'success',
			data: {
				taskId,
				model: textToVideo,
				state: 'success',
				param: JSON.stringify(minimal.apikley()),
				resultJson: JSON.stringify({
					resultUrls: [`${sandbox.get().url}/media/${taskId}.mp4`],
				}),
				failCode: '',
				failMsg: '',
				createTime: start,
				updateTime: start + generationMs,
				completeTime: start + generationMs,
				creditsConsumed: 5,
			},
		});
	});

	test('an unfinished task has no result and no completion time', async () => {
		const { body } = await sandbox.statusOf('apikley', await createdTaskId());
		expect(body).toMatchObject({ data: { resultJson: '', completeTime: null } });
	});

	test('[fail] ends as failed, with the reason', async () => {
		const taskId = await createdTaskId('[fail]');
		sandbox.clock.advance(generationMs);
		expect((await sandbox.statusOf('apikley', taskId)).body).toMatchObject({
			code: 200,
			data: { state: 'fail', failCode: '500', failMsg: 'Internal server error' },
		});
	});

	test('an unknown task', async () => {
		const { status, body } = await sandbox.statusOf('apikley', 'task_unknown');
		expect(status).toBe(200);
		expect(body).toEqual({ code: 422, msg: 'recordInfo is null', data: null });
	});

	test('no task ID', async () => {
		const { body } = await sandbox.request('apikley', '/api/v1/jobs/recordInfo');
		expect(body).toMatchObject({ code: 400, msg: 'taskId parameter is required' });
	});
});

test('the balance falls by what tasks cost', async () => {
	const balance = async () => (await sandbox.request('apikley', '/api/v1/chat/credit')).body;
	expect(await balance()).toEqual({ code: 200, msg: 'success', data: 10_000 });
	await createdTaskId();
	expect(await balance()).toMatchObject({ data: 9995 });
});
