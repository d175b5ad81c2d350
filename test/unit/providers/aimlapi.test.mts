import type { VendorResponse } from '../../../nodes/shared/domain/vendor';
import {
	talk,
	answer,
	lookAt,
	modelOf,
	outcomeOf,
	providerOf,
	errorOf,
	valueOf,
} from '../helpers.mts';

const aimlapi = providerOf('aimlapi');
const { vendor } = aimlapi;
const textToVideo = modelOf('aimlapi', 'bytedance/seedance-1-0-lite-t2v');
const imageToVideo = modelOf('aimlapi', 'bytedance/seedance-1-0-lite-i2v');

const plainUrl = 'https://cdn.aimlapi.com/flamingo/files/b/0a9579b9/x_video.mp4';

describe('requests', () => {
	test('text to video goes to the universal URL', () => {
		const input = { prompt: 'A menacing evil dragon appears in a distance' };
		expect(vendor.createTask({ model: textToVideo, input })).toStrictEqual({
			method: 'POST',
			url: '/v2/video/generations',
			body: { model: 'bytedance/seedance-1-0-lite-t2v', ...input },
		});
	});

	test('image to video goes to the URL of its page', () => {
		const input = { prompt: 'Mona Lisa puts on glasses', image_url: 'https://x/mona.jpg' };
		expect(vendor.createTask({ model: imageToVideo, input })).toStrictEqual({
			method: 'POST',
			url: '/v2/generate/video/bytedance/generation',
			body: { model: 'bytedance/seedance-1-0-lite-i2v', ...input },
		});
	});

	test.each([
		['text to video', textToVideo, '/v2/video/generations'],
		['image to video', imageToVideo, '/v2/generate/video/bytedance/generation'],
		['an unknown model', undefined, '/v2/video/generations'],
		['a custom model', aimlapi.customModel('x', 'textToVideo'), '/v2/video/generations'],
	])('a task of %s is read where it was created', (_, model, url) => {
		const taskId = '9e730e80-40e2-4461-ba1b-1cc15df10b4f:bytedance/omnihuman';
		const { requests } = talk(vendor.look({ taskId, modelId: model?.id ?? '', model }));
		expect(requests).toStrictEqual([{ method: 'GET', url, query: { generation_id: taskId } }]);
	});
});

const readCreated = (response: VendorResponse) => vendor.readCreated(response);
const readTask = (response: VendorResponse) => lookAt(vendor, response);

describe.each([
	['readCreated', readCreated],
	['look', readTask],
] as const)('%s', (_, read) => {
	test('an HTTP 201 counts', () => {
		expect(read(answer({ id: 'x', status: 'queued' }, 201)).ok).toBe(true);
	});

	test('nullable fields may be null and unknown ones are ignored', () => {
		const body = { id: 'x', status: 'queued', video: null, error: null, meta: null, new: [{}] };
		expect(valueOf(read(answer(body)))).toStrictEqual({
			taskId: 'x',
			status: 'queued',
			raw: body,
		});
	});
});

test.each([
	['queued', { status: 'queued' }],
	['waiting', { status: 'queued' }],
	['generating', { status: 'running' }],
	['completed', { status: 'running' }],
	['error', { status: 'running' }],
	['upscaling', { status: 'running', unknownStatus: 'upscaling' }],
])('a task that begins as %s is looked at like any other', (status, expected) => {
	const body = { id: 'x', status, video: { url: 'https://v' } };
	expect(valueOf(readCreated(answer(body)))).toStrictEqual({ taskId: 'x', ...expected, raw: body });
});

describe('a look', () => {
	test.each([
		['completed', { url: plainUrl }],
		['succeeded', { url: plainUrl }],
		['completed', [{ url: plainUrl }]],
		['completed', [{ url: plainUrl, duration: 5 }, { url: 'https://other' }]],
	])('%s with video %j', (status, video) => {
		const task = valueOf(readTask(answer({ id: 'x', status, video })));
		expect(task).toMatchObject({ status: 'succeeded', videoUrl: plainUrl });
		expect(task).not.toHaveProperty('expiresAt');
	});

	test.each([
		[
			{ name: 'Moderation', message: 'Refused' },
			{ code: 'Moderation', message: 'Refused' },
		],
		[{ message: 'Refused' }, { message: 'Refused' }],
		[
			{
				detail: [
					{
						loc: ['body', 'image_url'],
						msg: 'Could not detect face in the image',
						type: 'face_detection_error',
						input: 'https://x',
					},
				],
			},
			{ code: 'face_detection_error', message: 'Could not detect face in the image' },
		],
		['just a text', { message: 'just a text' }],
		[{ odd: true }, { message: '{"odd":true}' }],
		[{ detail: [] }, { message: '{"detail":[]}' }],
		[null, { message: 'no reason was given' }],
		[undefined, { message: 'no reason was given' }],
	])('a failed task tells its reason from %j', (error, failure) => {
		const task = valueOf(readTask(answer({ id: 'x', status: 'error', error })));
		expect(task.status).toBe('failed');
		expect(task.failure).toStrictEqual(failure);
	});
});

describe('balance', () => {
	const { balance } = vendor;
	if (balance === undefined) throw new Error('AI/ML API tells the balance');

	test.each([
		[
			{ current_balance: 123.45, currency: 'USD' },
			{ balance: 123.45, currency: 'USD' },
		],
		[{ current_balance: 0 }, { balance: 0 }],
	])('asks, and reads %j', (body, value) => {
		expect(talk(balance(), answer(body))).toStrictEqual({
			requests: [{ method: 'GET', url: '/v2/billing' }],
			outcome: { ok: true, value },
		});
	});

	test.each([
		['a refusal', answer({ message: 'no' }, 401), 'unauthorized'],
		['another answer', answer({ balance: 1 }), 'unreadableAnswer'],
	])('%s is a fault', (_, response, kind) => {
		expect(errorOf(outcomeOf(balance(), response)).kind).toBe(kind);
	});
});
