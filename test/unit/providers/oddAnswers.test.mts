import { isCertainlyNotTaken } from '../../../nodes/shared/faults';
import { vendors } from '../../../nodes/shared/vendors';
import { answer, faultOf, valueOf } from '../helpers.mts';

/**
 * A paid task must not get lost over a field that nobody needs: whatever else is odd, an ID is an
 * ID and a video is a video.
 */
describe('a created task keeps its ID', () => {
	test.each([
		['an empty list of videos', { id: 'x', status: 'queued', video: [] }],
		['a video without a URL', { id: 'x', status: 'queued', video: {} }],
		['an empty video URL', { id: 'x', status: 'queued', video: { url: '' } }],
		['credits as text', { id: 'x', status: 'queued', meta: { usage: { credits_used: '5' } } }],
		['no dollars', { id: 'x', status: 'queued', meta: { usage: { usd_spent: null } } }],
		['meta of another shape', { id: 'x', status: 'queued', meta: [] }],
		['no status', { id: 'x' }],
		['an early end', { id: 'x', status: 'completed' }],
	])('AI/ML API, with %s', (_, body) => {
		expect(valueOf(vendors.aimlapi.readCreated(answer(body))).taskId).toBe('x');
	});

	test.each([[{ task_id: 'x' }], [{ task_id: 'x', status: null }]])('Modellix, %j', (data) => {
		expect(valueOf(vendors.modellix.readCreated(answer({ code: 0, data }))).taskId).toBe('x');
	});
});

describe('a finished video is delivered', () => {
	test.each([
		['credits as text', { meta: { usage: { credits_used: '5' } } }],
		['no dollars', { meta: { usage: { credits_used: 5, usd_spent: null } } }],
		['meta of another shape', { meta: 'none' }],
	])('AI/ML API, with %s', (_, more) => {
		const body = { id: 'x', status: 'completed', video: { url: 'https://v' }, ...more };
		expect(valueOf(vendors.aimlapi.readTask(answer(body))).videoUrl).toBe('https://v');
	});

	test.each([
		['credits as text', { creditsConsumed: '5' }],
		['times as text', { createTime: '1698765400000', completeTime: '' }],
		['an odd fail code', { failCode: {}, failMsg: 0 }],
		['a null last frame', { resultJson: '{"resultUrls":["https://v"],"lastFrameUrl":null}' }],
	])('Apikley, with %s', (_, more) => {
		const resultJson = '{"resultUrls":["https://v"]}';
		const body = { code: 200, data: { taskId: 'x', state: 'success', resultJson, ...more } };
		expect(valueOf(vendors.apikley.readTask(answer(body))).videoUrl).toBe('https://v');
	});

	test.each([
		['null extensions', { resources: ['https://v'], extensions: null }],
		['null times', { resources: ['https://v'], extensions: { submit_time: null } }],
		['a null type', { resources: [{ url: 'https://v', type: null }] }],
		['a resource without a URL', { resources: [{ text: 'a' }, { url: 'https://v' }] }],
		['a frame before it, both as text', { resources: ['https://f/last.png', 'https://v'] }],
	])('Modellix, with %s', (_, result) => {
		const body = { code: 0, data: { task_id: 'x', status: 'success', result } };
		expect(valueOf(vendors.modellix.readTask(answer(body))).videoUrl).toBe('https://v');
	});
});

test('Apikley: an empty video URL is no video', () => {
	const data = { taskId: 'x', state: 'success', resultJson: '{"resultUrls":[""]}' };
	const outcome = vendors.apikley.readTask(answer({ code: 200, data }));
	expect(faultOf(outcome).kind).toBe('unreadableAnswer');
});

test('Apikley: a failed task that comes with the code 501 is a failed task', () => {
	const data = { taskId: 'x', state: 'fail', failCode: '500', failMsg: 'Internal server error' };
	const outcome = vendors.apikley.readTask(answer({ code: 501, msg: 'Task failed.', data }));
	expect(valueOf(outcome)).toMatchObject({
		taskId: 'x',
		status: 'failed',
		failure: { code: '500', message: 'Internal server error' },
	});
});

describe('nobody can know whether the vendor took the request', () => {
	test.each([
		['modellix', 500, { code: 1, message: 'internal' }],
		['modellix', 502, { code: -1, message: 'upstream' }],
		['modellix', 200, { code: 200, message: 'success', data: { task_id: 'x' } }],
		['apikley', 502, { code: -1, msg: 'upstream' }],
		['apikley', 500, { code: 100, msg: 'internal' }],
		['apikley', 200, { code: 0, msg: 'success', data: { taskId: 'x' } }],
	] as const)('%s, HTTP %i, %j', (provider, httpStatus, body) => {
		const fault = faultOf(vendors[provider].readCreated(answer(body, httpStatus)));
		expect(isCertainlyNotTaken(fault)).toBe(false);
	});
});

test('AI/ML API: an empty usage is none', () => {
	const task = valueOf(
		vendors.aimlapi.readTask(answer({ id: 'x', status: 'queued', meta: { usage: {} } })),
	);
	expect(task).not.toHaveProperty('usage');
});
