import {
	talk,
	answer,
	lookAt,
	modelOf,
	outcomeOf,
	providerOf,
	errorOf,
	valueOf,
	expectNoVideoYet,
} from '../helpers.mts';

const { vendor } = providerOf('modellix');
const model = modelOf('modellix', 'seedance-1.0-lite-t2v');

const taskAnswer = (data: object) =>
	answer({
		code: 0,
		message: 'success',
		data: { status: 'success', task_id: 'task-abc123', ...data },
	});
const resources = (...list: unknown[]) => taskAnswer({ result: { resources: list } });

test('createTask is the documented example', () => {
	const input = { prompt: 'A serene beach at sunset with gentle waves' };
	expect(vendor.createTask({ model, input })).toStrictEqual({
		method: 'POST',
		url: '/api/v1/text-to-video/bytedance/seedance-1.0-lite-t2v/async',
		body: input,
	});
});

test.each([
	['task-abc123', 'task-abc123'],
	['../a?b', '..%2Fa%3Fb'],
])('the task %s is asked for by one path segment', (taskId, segment) => {
	expect(talk(vendor.look({ taskId, modelId: model.id, model })).requests).toStrictEqual([
		{ method: 'GET', url: `/api/v1/tasks/${segment}` },
	]);
});

describe('readCreated', () => {
	test.each([
		['processing', { status: 'running' }],
		['moderating', { status: 'running', unknownStatus: 'moderating' }],
	])('the status %s is kept', (status, expected) => {
		const body = { code: 0, data: { task_id: 'x', status } };
		expect(valueOf(vendor.readCreated(answer(body)))).toMatchObject(expected);
	});

	test.each([
		[400, "Invalid parameters: parameter 'prompt' is required", 'invalidInput'],
		[401, 'Authentication failed: bad key', 'unauthorized'],
		[402, 'Insufficient balance', 'insufficientCredits'],
		[404, 'Not found', 'notFound'],
		[429, 'Too many concurrent tasks', 'rateLimited'],
		[500, 'Internal error', 'serverError'],
		[503, 'Service unavailable', 'serverError'],
	])('%i "%s" is %s, in the body alone and with the HTTP status', (code, message, kind) => {
		for (const httpStatus of [200, code]) {
			expect(errorOf(vendor.readCreated(answer({ code, message }, httpStatus)))).toStrictEqual({
				kind,
				message,
				vendorCode: String(code),
				httpStatus,
				// The code repeats the HTTP status, which alone says it for certain.
				certainlyNotTaken: httpStatus >= 400 && httpStatus < 500,
			});
		}
	});

	test.each([
		['no JSON', answer(undefined), 'unreadableAnswer'],
		['no JSON from a gateway', answer(undefined, 504), 'serverError'],
		['an answer without a task', answer({ code: 0, message: 'success' }), 'unreadableAnswer'],
		['success with an HTTP error', answer({ code: 0, data: {} }, 503), 'serverError'],
		['another code than the HTTP status', answer({ code: 429 }, 400), 'rateLimited'],
	])('%s is a fault', (_, response, kind) => {
		expect(errorOf(vendor.readCreated(response)).kind).toBe(kind);
	});
});

describe('a look', () => {
	test.each([
		['resources as strings', resources('https://v')],
		['an entry without a type', resources({ url: 'https://v' })],
		['resources beside the result', taskAnswer({ resources: ['https://v'] })],
		['resources beside a null result', taskAnswer({ result: null, resources: ['https://v'] })],
	])('finds the video in %s', (_, response) => {
		const task = valueOf(lookAt(vendor, response));
		expect(task.videoUrl).toBe('https://v');
		expect(task).not.toHaveProperty('lastFrameUrl');
	});

	test.each([
		['pending', 'queued'],
		['processing', 'running'],
		['PROCESSING', 'running'],
		['completed', 'succeeded'],
		['succeeded', 'succeeded'],
		['Success', 'succeeded'],
		['failed', 'failed'],
		['error', 'failed'],
		['canceled', 'cancelled'],
		['cancelled', 'cancelled'],
	])('status %s is %s', (status, expected) => {
		const response = taskAnswer({ status, result: { resources: ['https://v'] } });
		expect(valueOf(lookAt(vendor, response)).status).toBe(expected);
	});

	test('an unknown status keeps polling and shows the word', () => {
		const task = valueOf(lookAt(vendor, taskAnswer({ status: 'moderating' })));
		expect(task).toMatchObject({ status: 'running', unknownStatus: 'moderating' });
	});

	test.each([
		[{ message: 'The prompt was refused' }, 'The prompt was refused'],
		[{ error: 'The prompt was refused' }, 'The prompt was refused'],
		[{ error: { code: 7 } }, '{"code":7}'],
		[{ error: 'First', message: 'Second' }, 'First'],
	])('a failed task tells its reason from %j', (more, message) => {
		const task = valueOf(lookAt(vendor, taskAnswer({ status: 'failed', ...more })));
		expect(task).toMatchObject({ status: 'failed', failure: { message } });
	});

	test('a failed task without a reason does not give "success" as its reason', () => {
		const task = valueOf(lookAt(vendor, taskAnswer({ status: 'failed' })));
		expect(task.failure).toStrictEqual({ message: 'no reason was given' });
	});

	test.each([
		['no resources', resources()],
		['only an image', resources({ url: 'https://f', type: 'image' })],
		['no result', taskAnswer({})],
	])('a success with %s is looked at again', (_, response) => {
		expectNoVideoYet(valueOf(lookAt(vendor, response)));
	});

	test('a time that is none is left out', () => {
		const result = { resources: ['https://v'], extensions: { submit_time: 'soon' } };
		expect(valueOf(lookAt(vendor, taskAnswer({ result })))).not.toHaveProperty('createdAt');
	});
});

describe('balance', () => {
	const { balance } = vendor;
	if (balance === undefined) throw new Error('Modellix tells the balance');

	test.each([
		['a refusal', answer({ code: 401, message: 'no' }, 401), 'unauthorized'],
		['a balance that is none', answer({ code: 0, data: { balance: '5' } }), 'unreadableAnswer'],
	])('%s is a fault', (_, response, kind) => {
		expect(errorOf(outcomeOf(balance(), response)).kind).toBe(kind);
	});
});

test.each([
	[
		'bytedance/seedance-2.0-mini-t2v',
		'textToVideo',
		'/api/v1/bytedance/seedance-2.0-mini-t2v/async',
	],
	['seedance-2.0-mini-t2v', 'textToVideo', '/api/v1/bytedance/seedance-2.0-mini-t2v/async'],
	['bytedance/seedance-2.0-i2v', 'imageToVideo', '/api/v1/bytedance/seedance-2.0-i2v/async'],
	['seedance-2.0-i2v', 'imageToVideo', '/api/v1/bytedance/seedance-2.0-i2v/async'],
	[
		'seedance-1.0-lite-t2v-250428',
		'textToVideo',
		'/api/v1/text-to-video/bytedance/seedance-1.0-lite-t2v-250428/async',
	],
	['/api/v1/any/path', 'textToVideo', '/api/v1/any/path'],
	['/api/v1/any/seedance-9.9/async', 'textToVideo', '/api/v1/any/seedance-9.9/async'],
	[
		'/api/v1/text-to-video/bytedance/seedance-1.0-lite-t2v/async',
		'imageToVideo',
		'/api/v1/text-to-video/bytedance/seedance-1.0-lite-t2v/async',
	],
] as const)('a custom model in either spelling has the documented path: %s', (id, kind, path) => {
	expect(providerOf('modellix').customModel(id, kind).createPath).toBe(path);
});

test.each([
	['/v2/admin/keys', '/api/v1/v2/admin/keys/async'],
	['//evil.example/x', '/api/v1/evil.example/x/async'],
	['/seedance-9', '/api/v1/bytedance/seedance-9/async'],
	['/api/v1/team/balance', '/api/v1/api/v1/team/balance/async'],
	['/api/v1/tasks/t-1', '/api/v1/api/v1/tasks/t-1/async'],
	['/api/v1/a/b/c/async', '/api/v1/api/v1/a/b/c/async/async'],
	['/api/v1/a/b?c=d', '/api/v1/api/v1/a/b%3Fc%3Dd/async'],
	['/api/v1/a/b%2e%2e/async', '/api/v1/api/v1/a/b%252e%252e/async/async'],
])('whatever else begins with a slash is an ID: %s', (id, path) => {
	for (const kind of ['textToVideo', 'imageToVideo', 'edit'] as const) {
		expect(providerOf('modellix').customModel(id, kind).createPath).toBe(path);
	}
});
