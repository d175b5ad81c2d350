import type { VendorCallbacks } from '../../../nodes/shared/domain/vendor';
import {
	talk,
	answer,
	lookAt,
	modelOf,
	providerOf,
	errorOf,
	valueOf,
	expectNoVideoYet,
} from '../helpers.mts';

const { vendor } = providerOf('apikley');

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
	// The examples of the two createTask pages, with the beginnings of their prompts.
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
		expect(vendor.createTask({ model, input, callbackUrl })).toStrictEqual({
			method: 'POST',
			url: '/api/v1/jobs/createTask',
			body: { model: model.id, callBackUrl: callbackUrl, input },
		});
	});

	test('without a callback URL there is no such field', () => {
		const { body } = vendor.createTask({ model: textToVideo, input: textInput });
		expect(body).toStrictEqual({ model: 'bytedance/v1-lite-text-to-video', input: textInput });
	});
});

test('a look asks the unified query endpoint, whatever the model', () => {
	const taskId = 'task_bytedance_1765186729394';
	for (const model of [textToVideo, undefined]) {
		expect(talk(vendor.look({ taskId, modelId: model?.id ?? 'x', model })).requests).toStrictEqual([
			{ method: 'GET', url: '/api/v1/jobs/recordInfo', query: { taskId } },
		]);
	}
});

describe('readCreated', () => {
	test.each([
		[
			'message',
			{ code: 200, message: 'success', data: { taskId: 'task_bytedance_1765186729394' } },
		],
		['no text', { code: 200, data: { taskId: 'task_bytedance_1765186729394', more: [1] }, x: 1 }],
	])('reads the task ID, envelope with %s', (_, body) => {
		expect(vendor.readCreated(answer(body))).toStrictEqual({
			ok: true,
			value: { taskId: 'task_bytedance_1765186729394', status: 'queued', raw: body },
		});
	});

	test.each([
		['no error code at all', answer({ code: 1, msg: 'no' }), 'serverError'],
		['a code beside another HTTP status', answer({ code: 455 }, 500), 'maintenance'],
		['a strange code beside an HTTP status', answer({ code: 1 }, 401), 'unauthorized'],
		['a strange code beside a gateway’s', answer({ code: 433 }, 502), 'serverError'],
		['success in the body of an HTTP 500', answer({ code: 200, data: {} }, 500), 'serverError'],
	])('%s is a fault', (_, response, kind) => {
		expect(errorOf(vendor.readCreated(response)).kind).toBe(kind);
	});
});

describe('a look', () => {
	test('message instead of msg, credits and a failure-free null', () => {
		const response = record(
			{ resultJson, creditsConsumed: 5, failCode: null, failMsg: null },
			{ msg: undefined, message: 'success' },
		);
		const task = valueOf(lookAt(vendor, response));
		expect(task).toMatchObject({ status: 'succeeded', usage: { credits: 5 } });
		expect(task).not.toHaveProperty('failure');
	});

	test('reads the last frame where the result has one', () => {
		const withFrame = JSON.stringify({ resultUrls: ['https://v'], lastFrameUrl: 'https://f' });
		const task = valueOf(lookAt(vendor, record({ resultJson: withFrame })));
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
		[{ failCode: '', failMsg: '' }, { message: 'no reason was given' }],
		[{ failCode: null, failMsg: null }, { message: 'no reason was given' }],
	])('state fail with %j', (reason, failure) => {
		const task = valueOf(lookAt(vendor, record({ state: 'fail', resultJson: null, ...reason })));
		expect(task).toMatchObject({ status: 'failed', failure });
		expect(task.failure).toStrictEqual(failure);
	});

	test.each([
		['no JSON', '<html>'],
		['a text result', '{"resultObject":{}}'],
	])('a success whose resultJson is %s is looked at again', (_, text) => {
		expectNoVideoYet(valueOf(lookAt(vendor, record({ resultJson: text }))));
	});

	test.each([
		['recordInfo is null', 422, 'notFound'],
		['Validation Error', 422, 'invalidInput'],
	])('"%s" (%i) is %s', (msg, code, kind) => {
		expect(errorOf(lookAt(vendor, answer({ code, msg, data: null }))).kind).toBe(kind);
		expect(errorOf(lookAt(vendor, answer({ code, message: msg }, code))).kind).toBe(kind);
	});
});

test.each([
	['no record of the order', undefined],
	['a record that is no JSON', '{'],
	['a record that is no object', '["https://x"]'],
	['a record without one', '{"model":"m"}'],
	['a record with one that is no text', '{"callBackUrl":5}'],
])('no callback URL is told by %s', (_, param) => {
	const report = valueOf(lookAt(vendor, record({ state: 'waiting', param })));
	expect(report).not.toHaveProperty('callbackUrl');
});

describe('an answer about a task that failed', () => {
	const data = { taskId: 'x', state: 'fail', failCode: '500', failMsg: 'Internal server error' };

	test('with the code of the failure is a failed task', () => {
		const outcome = lookAt(vendor, answer({ code: 501, msg: 'Task failed.', data }));
		expect(valueOf(outcome)).toMatchObject({
			taskId: 'x',
			status: 'failed',
			failure: { code: '500', message: 'Internal server error' },
		});
	});

	test('with a code, but without a failed state, is a fault', () => {
		const outcome = lookAt(vendor, answer({ code: 501, data: { ...data, state: 'success' } }));
		expect(errorOf(outcome).kind).toBe('generationFailed');
	});
});

test('no balance, cancel, delete or list is offered, because none is documented', () => {
	for (const ability of ['balance', 'cancel', 'delete', 'list', 'upload'] as const) {
		expect(vendor[ability]).toBeUndefined();
	}
});

describe('its signature', () => {
	const { callbacks } = vendor;
	if (callbacks?.verify === undefined) throw new Error('Apikley signs its callbacks');
	const { verify, readTaskId, signs }: VendorCallbacks = callbacks;
	// Computed from the documented algorithm, apart from this code.
	const secret = 'kie_test_hmac_key_0123456789';
	const taskId = 'task_bytedance_1765186729394';
	const timestamp = '1765186800';
	const signature = '65iNbVZOvz5gTwYgNI6pvv+pfiZEFcGTIQ+dbWyMzlU=';
	const signedAtMs = Number(timestamp) * 1000;
	const rawBody = new Uint8Array();

	const isSigned = (
		more: Record<string, string | undefined> = {},
		body: unknown = { code: 200, data: { taskId, state: 'success' } },
		nowMs = signedAtMs,
		withSecret = secret,
	) => {
		const headers = { 'x-webhook-timestamp': timestamp, 'x-webhook-signature': signature, ...more };
		return verify({ headers, body, rawBody }, { secret: withSecret, nowMs });
	};

	test('is there only for accounts with a secret', () => {
		expect(signs).toBe('withSecret');
	});

	test.each([
		[{ data: { taskId } }],
		[{ data: { task_id: taskId } }],
		[{ taskId }],
		[{ task_id: taskId }],
	])('is accepted for %j', (body) => {
		expect(readTaskId({ headers: {}, body, rawBody })).toBe(taskId);
		expect(isSigned({}, body)).toBe(true);
	});

	test.each([[{}], [null], [{ data: { taskId: '' } }], [{ taskId: 5 }], ['task']])(
		'%j names no task',
		(body) => {
			expect(readTaskId({ headers: {}, body, rawBody })).toBeUndefined();
			expect(isSigned({}, body)).toBe(false);
		},
	);

	test('counts for five minutes, either way', () => {
		const minutes = (count: number) => signedAtMs + count * 60_000;
		for (const nowMs of [minutes(5), minutes(-5)]) {
			expect(isSigned({}, undefined, nowMs)).toBe(true);
		}
		for (const nowMs of [minutes(5) + 1, minutes(-5) - 1]) {
			expect(isSigned({}, undefined, nowMs)).toBe(false);
		}
	});

	test.each([
		['another task', {}, { data: { taskId: `${taskId}0` } }],
		['no signature', { 'x-webhook-signature': undefined }, undefined],
		['an empty signature', { 'x-webhook-signature': '' }, undefined],
		['a shortened signature', { 'x-webhook-signature': signature.slice(0, -1) }, undefined],
		['a lengthened signature', { 'x-webhook-signature': `${signature}=` }, undefined],
		['no time', { 'x-webhook-timestamp': undefined }, undefined],
		['another time', { 'x-webhook-timestamp': '1765186801' }, undefined],
		['a time that is none', { 'x-webhook-timestamp': 'now' }, undefined],
	])('is refused with %s', (_, headers, body) => {
		expect(isSigned(headers, body)).toBe(false);
	});

	test('is refused with another secret', () => {
		expect(isSigned({}, undefined, signedAtMs, 'other')).toBe(false);
	});
});
