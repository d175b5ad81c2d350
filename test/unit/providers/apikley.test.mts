import { apikley } from '../../../nodes/shared/vendors/apikley';
import { answer, faultOf, modelOf, valueOf } from '../helpers.mts';

const textToVideo = modelOf('apikley', 'bytedance/v1-lite-text-to-video');
const imageToVideo = modelOf('apikley', 'bytedance/v1-pro-fast-image-to-video');

const record = (data: object, envelope: object = {}) =>
	answer({
		code: 200,
		msg: 'success',
		data: { taskId: 'task_12345678', state: 'success', ...data },
		...envelope,
	});
const resultJson = '{"resultUrls":["https://example.com/generated-content.mp4"]}';

describe('createTask', () => {
	// The examples of the two createTask pages.
	const textInput = {
		prompt: 'Wide-angle shot: A serene sailing boat gently sways in the harbor at dawn',
		aspect_ratio: '16:9',
		resolution: '720p',
		duration: '5',
		camera_fixed: false,
		enable_safety_checker: true,
	};
	const imageInput = {
		prompt: 'A cinematic close-up sequence of a single elegant ceramic coffee cup',
		image_url:
			'https://file.aiquickdraw.com/custom-page/akr/section-images/1762340693669m6sey187.webp',
		resolution: '720p',
		duration: '5',
	};

	test.each([
		['text to video', textToVideo, textInput],
		['image to video', imageToVideo, imageInput],
	])('%s is the documented example', (_, model, input) => {
		const callbackUrl = 'https://your-domain.com/api/callback';
		expect(apikley.createTask({ model, input, callbackUrl })).toStrictEqual({
			method: 'POST',
			path: '/api/v1/jobs/createTask',
			body: { model: model.id, callBackUrl: callbackUrl, input },
		});
	});

	test('without a callback URL there is no such field', () => {
		const { body } = apikley.createTask({ model: textToVideo, input: textInput });
		expect(body).toStrictEqual({ model: 'bytedance/v1-lite-text-to-video', input: textInput });
	});
});

test('getTask asks the unified query endpoint', () => {
	expect(apikley.getTask({ taskId: 'task_bytedance_1765186729394' })).toStrictEqual({
		method: 'GET',
		path: '/api/v1/jobs/recordInfo',
		query: { taskId: 'task_bytedance_1765186729394' },
	});
});

describe('readCreated', () => {
	test.each([
		['msg', { code: 200, msg: 'success', data: { taskId: 'task_bytedance_1765186729394' } }],
		[
			'message',
			{ code: 200, message: 'success', data: { taskId: 'task_bytedance_1765186729394' } },
		],
		['no text', { code: 200, data: { taskId: 'task_bytedance_1765186729394', more: [1] }, x: 1 }],
	])('reads the task ID, envelope with %s', (_, body) => {
		expect(apikley.readCreated(answer(body))).toStrictEqual({
			ok: true,
			value: { taskId: 'task_bytedance_1765186729394', status: 'queued', raw: body },
		});
	});

	test.each([
		[401, 'unauthorized'],
		[402, 'insufficientCredits'],
		[404, 'notFound'],
		[422, 'invalidInput'],
		[429, 'rateLimited'],
		[455, 'maintenance'],
		[500, 'serverError'],
		[501, 'generationFailed'],
		[505, 'featureDisabled'],
		[400, 'invalidInput'],
	])('code %i is %s, with HTTP 200 and with the real HTTP status', (code, kind) => {
		for (const httpStatus of [200, code]) {
			const body = { code, msg: 'in its own words', data: null };
			expect(faultOf(apikley.readCreated(answer(body, httpStatus)))).toStrictEqual({
				kind,
				message: 'in its own words',
				vendorCode: String(code),
				httpStatus,
			});
		}
	});

	test.each([
		['408 of the vendor', answer({ code: 408, msg: 'no result' }), 'noAnswer'],
		['a success code without a task', answer({ code: 200, msg: 'success' }), 'unreadableAnswer'],
		['an empty task ID', answer({ code: 200, data: { taskId: '' } }), 'unreadableAnswer'],
		['no JSON', answer(undefined), 'unreadableAnswer'],
		['no JSON from a gateway', answer(undefined, 502), 'serverError'],
		['success in the body of an HTTP 500', answer({ code: 200, data: {} }, 500), 'serverError'],
	])('%s is a fault', (_, response, kind) => {
		expect(faultOf(apikley.readCreated(response)).kind).toBe(kind);
	});

	test('a fault carries the wait that the vendor asked for', () => {
		const response = { ...answer({ code: 429, msg: 'slow down' }), retryAfterMs: 3000 };
		expect(faultOf(apikley.readCreated(response)).retryAfterMs).toBe(3000);
	});

	test('a fault without a text shows the answer itself', () => {
		expect(faultOf(apikley.readCreated(answer({ code: 402 }))).message).toBe('{"code":402}');
	});
});

describe('readTask', () => {
	test('reads the documented answer of a finished task', () => {
		const response = record({
			model: 'grok-imagine/text-to-image',
			param: '{"model":"…","callBackUrl":"…","input":{"prompt":"…"}}',
			resultJson,
			failCode: '',
			failMsg: '',
			costTime: 15000,
			completeTime: 1698765432000,
			createTime: 1698765400000,
			updateTime: 1698765432000,
		});
		expect(valueOf(apikley.readTask(response))).toStrictEqual({
			taskId: 'task_12345678',
			status: 'succeeded',
			videoUrl: 'https://example.com/generated-content.mp4',
			createdAt: '2023-10-31T15:16:40.000Z',
			completedAt: '2023-10-31T15:17:12.000Z',
			raw: response.body,
		});
	});

	test.each([
		['waiting', 'queued'],
		['queuing', 'queued'],
		['generating', 'running'],
	])('state %s is %s', (state, status) => {
		const response = record({ state, resultJson: null, costTime: null, completeTime: null });
		expect(valueOf(apikley.readTask(response))).toStrictEqual({
			taskId: 'task_12345678',
			status,
			raw: response.body,
		});
	});

	test('an unknown state keeps polling and shows the word', () => {
		const task = valueOf(apikley.readTask(record({ state: 'Upscaling' })));
		expect(task).toMatchObject({ status: 'running', unknownStatus: 'Upscaling' });
	});

	test('message instead of msg, credits and a failure-free null', () => {
		const response = record(
			{ resultJson, creditsConsumed: 5, failCode: null, failMsg: null },
			{ msg: undefined, message: 'success' },
		);
		const task = valueOf(apikley.readTask(response));
		expect(task).toMatchObject({ status: 'succeeded', usage: { credits: 5 } });
		expect(task).not.toHaveProperty('failure');
	});

	test('reads the last frame where the result has one', () => {
		const withFrame = JSON.stringify({ resultUrls: ['https://v'], lastFrameUrl: 'https://f' });
		const task = valueOf(apikley.readTask(record({ resultJson: withFrame })));
		expect(task).toMatchObject({ videoUrl: 'https://v', lastFrameUrl: 'https://f' });
	});

	test.each([
		[
			{ failCode: '500', failMsg: 'Internal server error' },
			{ code: '500', message: 'Internal server error' },
		],
		[
			{ failCode: 500, failMsg: 'Internal server error' },
			{ code: '500', message: 'Internal server error' },
		],
		[{ failCode: '', failMsg: '' }, { message: 'Apikley gave no reason' }],
		[{ failCode: null, failMsg: null }, { message: 'Apikley gave no reason' }],
	])('state fail with %j', (reason, failure) => {
		const task = valueOf(apikley.readTask(record({ state: 'fail', resultJson: null, ...reason })));
		expect(task).toMatchObject({ status: 'failed', failure });
		expect(task.failure).toStrictEqual(failure);
	});

	test.each([
		['no JSON', '<html>'],
		['empty', ''],
		['null', null],
		['without URLs', '{"resultUrls":[]}'],
		['a text result', '{"resultObject":{}}'],
	])('a success whose resultJson is %s is looked at again', (_, text) => {
		const fault = faultOf(apikley.readTask(record({ resultJson: text })));
		expect(fault.kind).toBe('unreadableAnswer');
	});

	test.each([
		['recordInfo is null', 422, 'notFound'],
		['Validation Error', 422, 'invalidInput'],
		['Task not found', 404, 'notFound'],
		['taskId parameter is required', 400, 'invalidInput'],
		['Unauthorized', 401, 'unauthorized'],
		['Rate limit exceeded', 429, 'rateLimited'],
	])('"%s" (%i) is %s', (msg, code, kind) => {
		expect(faultOf(apikley.readTask(answer({ code, msg, data: null }))).kind).toBe(kind);
		expect(faultOf(apikley.readTask(answer({ code, message: msg }, code))).kind).toBe(kind);
	});
});

test('no balance is offered, because none is documented', () => {
	expect(apikley.balance).toBeUndefined();
});
