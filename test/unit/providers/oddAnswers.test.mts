import { answer, lookAt, providerOf, errorOf, valueOf } from '../helpers.mts';

const { vendor: apikley } = providerOf('apikley');
const { vendor: modellix } = providerOf('modellix');
const { vendor: aimlapi } = providerOf('aimlapi');

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
		expect(valueOf(aimlapi.readCreated(answer(body))).taskId).toBe('x');
	});

	test.each([[{ task_id: 'x' }], [{ task_id: 'x', status: null }]])('Modellix, %j', (data) => {
		expect(valueOf(modellix.readCreated(answer({ code: 0, data }))).taskId).toBe('x');
	});
});

describe('a finished video is delivered', () => {
	test.each([
		['credits as text', { meta: { usage: { credits_used: '5' } } }],
		['no dollars', { meta: { usage: { credits_used: 5, usd_spent: null } } }],
		['meta of another shape', { meta: 'none' }],
	])('AI/ML API, with %s', (_, more) => {
		const body = { id: 'x', status: 'completed', video: { url: 'https://v' }, ...more };
		expect(valueOf(lookAt(aimlapi, answer(body))).videoUrl).toBe('https://v');
	});

	test.each([
		['credits as text', { creditsConsumed: '5' }],
		['times as text', { createTime: '1698765400000', completeTime: '' }],
		['an odd fail code', { failCode: {}, failMsg: 0 }],
		['a null last frame', { resultJson: '{"resultUrls":["https://v"],"lastFrameUrl":null}' }],
	])('Apikley, with %s', (_, more) => {
		const resultJson = '{"resultUrls":["https://v"]}';
		const body = { code: 200, data: { taskId: 'x', state: 'success', resultJson, ...more } };
		expect(valueOf(lookAt(apikley, answer(body))).videoUrl).toBe('https://v');
	});

	test.each([
		['null extensions', { resources: ['https://v'], extensions: null }],
		['null times', { resources: ['https://v'], extensions: { submit_time: null } }],
		['a null type', { resources: [{ url: 'https://v', type: null }] }],
		['a resource without a URL', { resources: [{ text: 'a' }, { url: 'https://v' }] }],
		['a frame before it, both as text', { resources: ['https://f/last.png', 'https://v'] }],
	])('Modellix, with %s', (_, result) => {
		const body = { code: 0, data: { task_id: 'x', status: 'success', result } };
		expect(valueOf(lookAt(modellix, answer(body))).videoUrl).toBe('https://v');
	});
});

describe('nobody can know whether the vendor took the request', () => {
	test.each([
		['modellix', 500, { code: 1, message: 'internal' }],
		['modellix', 502, { code: -1, message: 'upstream' }],
		['modellix', 200, { code: 402, message: 'no credits' }],
		['modellix', 409, { code: 402, message: 'no credits' }],
		['apikley', 502, { code: -1, msg: 'upstream' }],
		['apikley', 500, { code: 100, msg: 'internal' }],
		['apikley', 500, { code: 422, msg: 'wrong' }],
		['apikley', 302, { code: 402, msg: 'no credits' }],
		['apikley', 200, { code: 501, msg: 'failed' }],
		['apikley', 200, { code: 400, msg: 'wrong' }],
		['aimlapi', 500, { statusCode: 400, message: 'wrong' }],
	])('%s, HTTP %i, %j', (provider, httpStatus, body) => {
		const { vendor } = providerOf(provider);
		expect(errorOf(vendor.readCreated(answer(body, httpStatus))).certainlyNotTaken).toBe(false);
	});
});

test('AI/ML API: an empty usage is none', () => {
	const task = valueOf(lookAt(aimlapi, answer({ id: 'x', status: 'queued', meta: { usage: {} } })));
	expect(task).not.toHaveProperty('usage');
});
