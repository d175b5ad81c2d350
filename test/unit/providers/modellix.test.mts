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

test.each([
	['success with an HTTP error', answer({ code: 0, data: {} }, 503), 'serverError'],
	['another code than the HTTP status', answer({ code: 429 }, 400), 'rateLimited'],
])('%s is a fault', (_, response, kind) => {
	expect(errorOf(vendor.readCreated(response)).kind).toBe(kind);
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

const done = (resources: unknown[]) =>
	answer({ code: 0, data: { task_id: 'x', status: 'success', result: { resources } } });

const video = { url: 'https://media.example/1', type: 'video' };
const image = { url: 'https://media.example/2', type: 'image' };

describe('which resource is the video, and which the last frame', () => {
	test.each<[string, unknown[], { videoUrl: string; lastFrameUrl?: string }]>([
		['by type', [video, image], { videoUrl: video.url, lastFrameUrl: image.url }],
		['by type, the image first', [image, video], { videoUrl: video.url, lastFrameUrl: image.url }],
		[
			'by type, whatever the address looks like',
			[
				{ url: 'https://media.example/frame.png', type: 'video' },
				{ url: 'https://media.example/clip.mp4', type: 'image' },
			],
			{
				videoUrl: 'https://media.example/frame.png',
				lastFrameUrl: 'https://media.example/clip.mp4',
			},
		],
		[
			'a picture for a list of videos is neither',
			[video, { url: 'https://media.example/1/thumbnail.png', type: 'image' }, image],
			{ videoUrl: video.url, lastFrameUrl: image.url },
		],
		[
			'a third type is neither',
			[{ url: 'https://media.example/sound', type: 'audio' }, video],
			{ videoUrl: video.url },
		],
		[
			'by the ending, where no type is told',
			[{ url: 'https://media.example/frame.jpg?x=1' }, { url: 'https://media.example/clip' }],
			{
				videoUrl: 'https://media.example/clip',
				lastFrameUrl: 'https://media.example/frame.jpg?x=1',
			},
		],
		...['png', 'jpg', 'jpeg', 'webp', 'PNG'].map(
			(ending): [string, unknown[], { videoUrl: string; lastFrameUrl: string }] => [
				`by the ending ${ending}`,
				[`https://media.example/frame.${ending}`, 'https://media.example/clip.mp4'],
				{
					videoUrl: 'https://media.example/clip.mp4',
					lastFrameUrl: `https://media.example/frame.${ending}`,
				},
			],
		),
		[
			'an ending in the middle is none',
			['https://media.example/frame.png/clip'],
			{ videoUrl: 'https://media.example/frame.png/clip' },
		],
		['what is no resource is passed over', [null, 7, '', {}, video], { videoUrl: video.url }],
	])('%s', (_, resources, urls) => {
		const { videoUrl, lastFrameUrl } = valueOf(lookAt(vendor, done(resources)));
		expect({ videoUrl, lastFrameUrl }).toEqual({ lastFrameUrl: undefined, ...urls });
	});

	test.each([image, { url: 'https://media.example/sound', type: 'audio' }])(
		'a success with %j alone is looked at again',
		(resource) => {
			expectNoVideoYet(valueOf(lookAt(vendor, done([resource]))));
		},
	);
});

describe('the reason of a failure', () => {
	const failed = (task: object, message?: string) =>
		valueOf(
			lookAt(
				vendor,
				answer({ code: 0, message, data: { task_id: 'x', status: 'failed', ...task } }),
			),
		).failure;

	test.each([
		['the task’s error', { error: 'NSFW', message: 'Other' }, 'Answer', 'NSFW'],
		['the task’s message', { message: 'NSFW' }, 'Answer', 'NSFW'],
		['the answer’s message', {}, 'NSFW', 'NSFW'],
		['an error that is no text', { error: { code: 7 } }, 'Answer', '{"code":7}'],
		['no reason: the answer only says that it came', {}, 'success', 'no reason was given'],
		['no reason, in other letters', {}, 'Success', 'no reason was given'],
		['no word at all', {}, undefined, 'no reason was given'],
	])('%s', (_, task, message, reason) => {
		expect(failed(task, message)).toEqual({ message: reason });
	});
});

test('an order’s state is read, and a missing one means queued', () => {
	const created = (status?: string) =>
		valueOf(vendor.readCreated(answer({ code: 0, data: { task_id: 'x', status } })));
	expect(created()).toMatchObject({ taskId: 'x', status: 'queued' });
	expect(created('processing')).toMatchObject({ status: 'running' });
	expect(created('moderating')).toMatchObject({ status: 'running', unknownStatus: 'moderating' });
	expect(created()).not.toHaveProperty('unknownStatus');
});
