import type { Outcome } from '../../../nodes/shared/domain/fault';
import type { Dialogue, VendorResponse } from '../../../nodes/shared/domain/vendor';
import { byteplus } from '../../../nodes/shared/providers/byteplus';
import { volcengine } from '../../../nodes/shared/providers/volcengine';
import {
	talk,
	answer,
	lookAt,
	outcomeOf,
	errorOf,
	valueOf,
	expectNoVideoYet,
} from '../helpers.mts';
import { recordedBody } from '../../vendors/recorded.mts';

const { vendor } = byteplus;
const { cancel, delete: remove, list, callbacks } = vendor;
if (!cancel || !remove || !list || !callbacks) throw new Error('Ark can do all of it');

const tasks = '/contents/generations/tasks';
const taskId = 'cgt-20250704191750-n4qjp';
const taskUrl = `${tasks}/${taskId}`;
const model = byteplus.customModel('ep-20260101-abcde', 'imageToVideo');

const bodyOf = (input: Record<string, unknown>, callbackUrl?: string) =>
	vendor.createTask({ model, input, ...(callbackUrl !== undefined && { callbackUrl }) }).body;

test('the two clouds differ by nothing but names, addresses and models', () => {
	for (const common of ['limits', 'kinds', 'customModel', 'vendor'] as const) {
		expect(volcengine[common]).toBe(byteplus[common]);
	}
	expect(byteplus).toMatchObject({
		label: 'BytePlus',
		baseUrl: 'https://ark.ap-southeast.bytepluses.com/api/v3',
	});
	expect(volcengine).toMatchObject({
		label: 'Volcengine',
		baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
	});
});

describe.each([byteplus, volcengine])('$label', ({ label, models, defaultModels }) => {
	const newerPrefix = label === 'BytePlus' ? 'dreamina-' : 'doubao-';
	const olderPrefix = label === 'BytePlus' ? '' : 'doubao-';

	test('sells what is sold, newest first, and each for texts and images', () => {
		const ids = [
			`${newerPrefix}seedance-2-5-260628`,
			`${newerPrefix}seedance-2-0-260128`,
			`${newerPrefix}seedance-2-0-fast-260128`,
			`${newerPrefix}seedance-2-0-mini-260615`,
			`${olderPrefix}seedance-1-0-pro-fast-251015`,
			`${olderPrefix}seedance-1-0-pro-250528`,
			`${olderPrefix}seedance-1-5-pro-251215`,
		];
		expect(models.map(({ id, kind }) => [id, kind])).toEqual(
			ids.flatMap((id) => [
				[id, 'textToVideo'],
				[id, 'imageToVideo'],
				...(id.includes('2-5') ? ['edit', 'extend'].map((kind) => [id, kind]) : []),
				...(/seedance-2-/.test(id) ? [[id, 'reference']] : []),
			]),
		);
	});

	test('says of 1.5 Pro, and of no other, that its maker has switched it off', () => {
		const retired = models.filter(({ isRetired }) => isRetired).map(({ label: name }) => name);
		expect(retired).toEqual(['Seedance 1.5 Pro', 'Seedance 1.5 Pro']);
	});

	test('begins with 2.0 Fast', () => {
		const fast = `${newerPrefix}seedance-2-0-fast-260128`;
		const newest = `${newerPrefix}seedance-2-5-260628`;
		expect(defaultModels).toEqual({
			textToVideo: fast,
			imageToVideo: fast,
			edit: newest,
			extend: newest,
			reference: fast,
		});
	});
});

describe('an order', () => {
	test('is one request to create a task', () => {
		expect(vendor.createTask({ model, input: { prompt: 'A cat', duration: 7 } })).toStrictEqual({
			method: 'POST',
			url: tasks,
			body: {
				model: 'ep-20260101-abcde',
				content: [{ type: 'text', text: 'A cat' }],
				duration: 7,
			},
		});
	});

	test('puts texts and media into content by their roles, in the order in which prompts count', () => {
		const input = {
			reference_audio: ['https://x/a.mp3'],
			reference_video: ['https://x/v.mp4'],
			reference_image: ['https://x/1.png', 'data:image/png;base64,AAAA'],
			prompt: 'Image 1 meets Image 2',
			duration: 5,
		};
		expect(bodyOf(input)).toStrictEqual({
			model: model.id,
			content: [
				{ type: 'text', text: 'Image 1 meets Image 2' },
				{ type: 'image_url', image_url: { url: 'https://x/1.png' }, role: 'reference_image' },
				{
					type: 'image_url',
					image_url: { url: 'data:image/png;base64,AAAA' },
					role: 'reference_image',
				},
				{ type: 'video_url', video_url: { url: 'https://x/v.mp4' }, role: 'reference_video' },
				{ type: 'audio_url', audio_url: { url: 'https://x/a.mp3' }, role: 'reference_audio' },
			],
			duration: 5,
		});
	});

	test('gives the first and the last image their roles', () => {
		const input = { prompt: 'A', last_frame: 'https://x/z.png', first_frame: 'https://x/a.png' };
		expect(bodyOf(input)?.content).toStrictEqual([
			{ type: 'text', text: 'A' },
			{ type: 'image_url', image_url: { url: 'https://x/a.png' }, role: 'first_frame' },
			{ type: 'image_url', image_url: { url: 'https://x/z.png' }, role: 'last_frame' },
		]);
	});

	test('hands additional parameters on as they are; they win, but for whom is asked and told', () => {
		const content = [{ type: 'text', text: 'Theirs' }];
		const extra = { tools: [{ type: 'web_search' }], nested: { a: [1, null] } };
		expect(
			bodyOf({ prompt: 'A', duration: 5, ...extra, content, model: 'ep-other' }),
		).toStrictEqual({ model: 'ep-20260101-abcde', content, duration: 5, ...extra });
		expect(bodyOf({ prompt: 'A', duration: -1 })).toMatchObject({ duration: -1 });
		const theirs = { prompt: 'A', callback_url: 'https://theirs' };
		expect(bodyOf(theirs, 'https://ours')).toMatchObject({ callback_url: 'https://ours' });
		expect(bodyOf(theirs)).not.toHaveProperty('callback_url');
	});

	test('asks for a look into the web as a tool', () => {
		expect(bodyOf({ prompt: 'A', web_search: true })).toMatchObject({
			tools: [{ type: 'web_search' }],
		});
		for (const input of [{ web_search: false }, {}, { web_search: true }]) {
			expect(bodyOf(input)).not.toHaveProperty('web_search');
		}
		expect(bodyOf({ prompt: 'A', web_search: false })).not.toHaveProperty('tools');
	});

	test('names the callback URL where there is one', () => {
		expect(bodyOf({ prompt: 'A' }, 'https://n8n/hook')).toMatchObject({
			callback_url: 'https://n8n/hook',
		});
		expect(bodyOf({ prompt: 'A' })).not.toHaveProperty('callback_url');
	});

	describe('says how long the video is to be, because a model that may choose costs more', () => {
		test.each([
			['nothing about it', { prompt: 'A' }, 5],
			['a duration', { prompt: 'A', duration: 12 }, 12],
			['the choice of the model', { prompt: 'A', duration: -1 }, -1],
			['content of the user’s own', { content: [{ type: 'text', text: 'A' }, null] }, 5],
			['content that is no list', { content: 'odd' }, 5],
		])('%s', (_, input, duration) => {
			expect(bodyOf(input)).toMatchObject({ duration });
		});

		test.each([
			['frames', { prompt: 'A', frames: 121 }],
			['a draft', { content: [{ type: 'draft_task', draft_task: { id: 'cgt-1' } }] }],
		])('but for %s, which say it themselves', (_, input) => {
			expect(bodyOf(input)).not.toHaveProperty('duration');
		});
	});
});

const refusal = (code: string, message = 'No. Request id: 0217') => ({
	error: { code, message, param: '', type: 'Some' },
});

const reference = { taskId, modelId: '' };

const readers: Array<[string, (response: VendorResponse) => Outcome<unknown>]> = [
	['an order', (response) => vendor.readCreated(response)],
	['a look', (response) => lookAt(vendor, response)],
	['a list', (response) => outcomeOf(list(10), response)],
	['a cancellation', (response) => outcomeOf(cancel(reference), response)],
	['a deletion', (response) => outcomeOf(remove(reference), response)],
];

describe.each(readers)('%s that is refused', (_, read) => {
	test.each([
		[400, 'MissingParameter', 'invalidInput'],
		[400, 'MissingParameter.content', 'invalidInput'],
		[400, 'InvalidParameter', 'invalidInput'],
		[400, 'InvalidParameter.UnsupportedParameter', 'invalidInput'],
		[400, 'InvalidParameter.TaskTypeConstraint', 'invalidInput'],
		[400, 'InvalidImageURL.EmptyURL', 'invalidInput'],
		[400, 'InputTextSensitiveContentDetected', 'invalidInput'],
		[400, 'InputImageSensitiveContentDetected.PrivacyInformation', 'invalidInput'],
		[400, 'InputTextRiskDetection', 'invalidInput'],
		[400, 'ContentSecurityDetectionError', 'serverError'],
		[400, 'InvalidEndpoint.ClosedEndpoint', 'featureDisabled'],
		[401, 'AuthenticationError', 'unauthorized'],
		[401, 'InvalidAccountStatus', 'forbidden'],
		[403, 'AccessDenied', 'forbidden'],
		[403, 'AccountOverdueError', 'insufficientCredits'],
		[403, 'OperationDenied.ServiceNotOpen', 'forbidden'],
		[403, 'OperationDenied.PermissionDenied', 'forbidden'],
		[403, 'OperationDenied.ServiceOverdue', 'insufficientCredits'],
		[404, 'InvalidEndpointOrModel.NotFound', 'notFound'],
		[404, 'InvalidEndpointOrModel.ModelIDAccessDisabled', 'forbidden'],
		[404, 'ModelNotOpen', 'forbidden'],
		[404, 'NotFound', 'notFound'],
		[409, 'InvalidAction.RunningTaskDeletion', 'conflict'],
		[409, 'InvalidAction', 'conflict'],
		[429, 'RateLimitExceeded.EndpointRPMExceeded', 'rateLimited'],
		[429, 'ModelAccountRpmRateLimitExceeded', 'rateLimited'],
		[429, 'AccountRateLimitExceeded', 'rateLimited'],
		[429, 'RequestBurstTooFast', 'rateLimited'],
		[429, 'QuotaExceeded', 'insufficientCredits'],
		[429, 'SetLimitExceeded', 'insufficientCredits'],
		[429, 'ServerOverloaded', 'serverError'],
		[500, 'InternalServiceError', 'serverError'],
		[500, 'SomethingNew', 'serverError'],
		[400, 'constructor', 'invalidInput'],
	])('HTTP %i, %s is %s', (httpStatus, code, kind) => {
		expect(errorOf(read(answer(refusal(code), httpStatus)))).toStrictEqual({
			kind,
			message: 'No. Request id: 0217',
			vendorCode: code,
			httpStatus,
			certainlyNotTaken: ![409, 500].includes(httpStatus),
		});
	});

	test('because too many tasks are queued may be tried again', () => {
		const body = refusal('QuotaExceeded', 'The number of queued tasks exceeds the limit');
		expect(errorOf(read(answer(body, 429)))).toMatchObject({
			kind: 'rateLimited',
			certainlyNotTaken: true,
		});
	});

	test.each([
		[404, { message: 'page not found' }, 'notFound', 'page not found'],
		[400, { error: { message: 'wrong' } }, 'invalidInput', 'wrong'],
		[403, { error: null }, 'forbidden', '{"error":null}'],
		[418, { error: 'odd' }, 'rejected', '{"error":"odd"}'],
	])('HTTP %i, %j by its HTTP status', (httpStatus, body, kind, message) => {
		expect(errorOf(read(answer(body, httpStatus)))).toMatchObject({ kind, message, httpStatus });
	});
});

const readTask = (body: unknown) => lookAt(vendor, answer(body));

const succeeded = recordedBody('byteplus', 'finished');

describe('a look', () => {
	test('asks for the task at its own address', () => {
		expect(talk(vendor.look({ taskId: 'cgt/ä', modelId: '' })).requests).toStrictEqual([
			{ method: 'GET', url: `${tasks}/cgt%2F%C3%A4` },
		]);
	});

	test('believes a signed link about its own end', () => {
		const video_url = 'https://x/v.mp4?X-Tos-Date=20250704T111816Z&X-Tos-Expires=3600';
		const { expiresAt } = valueOf(readTask({ ...succeeded, content: { video_url } }));
		expect(expiresAt).toBe('2025-07-04T12:18:16.000Z');
	});

	test('tells no end and no reason before there is one', () => {
		const body = { ...succeeded, status: 'running', error: { code: 'X', message: 'old' } };
		expect(valueOf(readTask(body))).toStrictEqual({
			taskId: 'cgt-2026',
			status: 'running',
			usage: { tokens: 108900 },
			seed: succeeded.seed,
			createdAt: '2026-05-21T07:33:38.000Z',
			raw: body,
		});
	});

	test.each([
		[
			'failed',
			{ error: { code: 'OutputVideoSensitiveContentDetected', message: 'Sensitive' } },
			{ code: 'OutputVideoSensitiveContentDetected', message: 'Sensitive' },
		],
		[
			'failed',
			{ error: { code: 'InternalServiceError' } },
			{ code: 'InternalServiceError', message: 'no reason was given' },
		],
		['failed', { failure_reason: { code: 'A', message: 'B' } }, { code: 'A', message: 'B' }],
		['failed', { error: null, failure_reason: 'too dark' }, { message: 'too dark' }],
		['failed', { error: { odd: 1 } }, { message: '{"odd":1}' }],
		['failed', { error: null }, { message: 'no reason was given' }],
		['failed', {}, { message: 'no reason was given' }],
		[
			'expired',
			{ error: { code: 'Expired', message: 'Late' } },
			{ code: 'Expired', message: 'Late' },
		],
		['expired', { error: null }, undefined],
		['cancelled', {}, undefined],
	])('a task that is %s with %j', (status, more, failure) => {
		const report = valueOf(readTask({ id: 'x', status, ...more }));
		expect(report.failure).toStrictEqual(failure);
		expect('failure' in report).toBe(failure !== undefined);
	});

	test('a success with a last frame alone is looked at again', () => {
		const content = { last_frame_url: 'https://x' };
		expectNoVideoYet(valueOf(readTask({ id: 'x', status: 'succeeded', content })));
	});

	test.each([
		['usage', { usage: null }],
		['a number of tokens', { usage: { total_tokens: '5' } }],
		['times', { created_at: '2026', updated_at: null }],
		['a last frame', { content: { video_url: 'https://v', last_frame_url: null } }],
		['times that are possible', { created_at: 1e300, updated_at: -1 }],
	])('a video without %s is still delivered', (_, more) => {
		const body = { id: 'x', status: 'succeeded', content: { video_url: 'https://v' }, ...more };
		const report = valueOf(readTask(body));
		expect(report.videoUrl).toBe('https://v');
		expect(Object.values(report)).not.toContain(undefined);
	});

	test('tokens of the output count where there is no total', () => {
		const body = { ...succeeded, usage: { completion_tokens: 7 } };
		expect(valueOf(readTask(body)).usage).toStrictEqual({ tokens: 7 });
	});
});

const record = (status: string, id = taskId) => answer({ id, status });
const look = { method: 'GET', url: taskUrl };
const removal = { method: 'DELETE', url: taskUrl };

describe('cancel', () => {
	test('looks, cancels what is queued, and tells what the vendor says then', () => {
		expect(
			talk(cancel(reference), record('queued'), answer({}), record('cancelled')),
		).toStrictEqual({
			requests: [look, removal, look],
			outcome: {
				ok: true,
				value: { taskId, status: 'cancelled', raw: { id: taskId, status: 'cancelled' } },
			},
		});
	});

	test('is done already for a cancelled task', () => {
		const { requests, outcome } = talk(cancel(reference), record('cancelled'));
		expect(requests).toStrictEqual([look]);
		expect(outcome).toMatchObject({ ok: true, value: { status: 'cancelled' } });
	});

	// The same request would delete the record, and with it the way to a paid video.
	test.each([
		['running', /being worked on \(running\)/],
		['moderating', /being worked on \(moderating\)/],
		['succeeded', /already ended \(succeeded\)/],
		['failed', /already ended \(failed\)/],
		['expired', /already ended \(expired\)/],
	])('leaves a task alone that is %s', (status, message) => {
		const { requests, outcome } = talk(cancel(reference), record(status));
		expect(requests).toStrictEqual([look]);
		expect(outcome).toMatchObject({
			ok: false,
			error: { kind: 'conflict', message: expect.stringMatching(message), certainlyNotTaken: true },
		});
	});

	test('tells when its work begins between the two requests', () => {
		const refused = answer(refusal('InvalidAction.RunningTaskDeletion'), 409);
		const outcome = outcomeOf(cancel(reference), record('queued'), refused);
		expect(errorOf(outcome)).toMatchObject({
			kind: 'conflict',
			vendorCode: 'InvalidAction.RunningTaskDeletion',
		});
	});
});

describe('delete', () => {
	test.each(['succeeded', 'failed', 'expired'])('removes a task that is %s', (status) => {
		expect(talk(remove(reference), record(status), answer({}))).toStrictEqual({
			requests: [look, removal],
			outcome: { ok: true, value: undefined },
		});
	});

	test.each([
		// The same request would cancel it.
		['queued', /has not ended \(queued\)/],
		['running', /has not ended \(running\)/],
		['moderating', /has not ended \(moderating\)/],
		['cancelled', /deleted by the vendor within 24 hours/],
	])('leaves a task alone that is %s', (status, message) => {
		const { requests, outcome } = talk(remove(reference), record(status));
		expect(requests).toStrictEqual([look]);
		expect(outcome).toMatchObject({
			ok: false,
			error: { kind: 'conflict', message: expect.stringMatching(message) },
		});
	});

	test('tells why it was refused', () => {
		const refused = answer(refusal('AccessDenied'), 403);
		expect(errorOf(outcomeOf(remove(reference), record('failed'), refused)).kind).toBe('forbidden');
	});
});

const deeds: Array<[string, () => Dialogue<unknown>, string]> = [
	['cancel', () => cancel(reference), 'queued'],
	['delete', () => remove(reference), 'failed'],
];

test.each(deeds)('%s does nothing on word of another task', (_, act, status) => {
	const { requests, outcome } = talk(act(), record(status, 'cgt-other'));
	expect(requests).toStrictEqual([look]);
	expect(outcome).toMatchObject({ ok: false, error: { kind: 'unreadableAnswer' } });
});

describe('list', () => {
	test('asks once for the largest page and gives the newest, newest first', () => {
		const items = [
			{ id: 'a', status: 'queued', created_at: 1000 },
			{ id: 'c', status: 'succeeded', created_at: 3000 },
			{ id: 'b', status: 'failed', created_at: 2000, failure_reason: 'dark' },
			{ id: 'd', status: 'expired' },
			{ status: 'queued' },
			'odd',
		];
		const { requests, outcome } = talk(list(3), answer({ items, total: 6 }));
		expect(requests).toStrictEqual([
			{ method: 'GET', url: tasks, query: { page_num: '1', page_size: '500' } },
		]);
		expect(outcome).toStrictEqual({
			ok: true,
			value: [
				{
					taskId: 'c',
					status: 'succeeded',
					createdAt: '1970-01-01T00:50:00.000Z',
					raw: items[1],
				},
				{
					taskId: 'b',
					status: 'failed',
					createdAt: '1970-01-01T00:33:20.000Z',
					failure: { message: 'dark' },
					raw: items[2],
				},
				{ taskId: 'a', status: 'queued', createdAt: '1970-01-01T00:16:40.000Z', raw: items[0] },
			],
		});
	});

	test('an account without tasks has none', () => {
		expect(valueOf(outcomeOf(list(5), answer({ items: [], total: 0 })))).toEqual([]);
	});

	test.each([[undefined], [{}], [{ items: null }]])('%j is unreadable', (body) => {
		expect(errorOf(outcomeOf(list(5), answer(body))).kind).toBe('unreadableAnswer');
	});
});

describe('a callback', () => {
	const call = (body: unknown) =>
		callbacks.readTaskId({ headers: {}, body, rawBody: new Uint8Array() });

	test.each(['queued', 'running', 'succeeded'])('names its task when it is %s', (status) => {
		expect(call({ ...succeeded, status })).toBe('cgt-2026');
	});

	test.each([[undefined], [{}], [{ id: '' }], [{ id: 5 }], ['cgt-1'], [null]])(
		'%j names none',
		(body) => {
			expect(call(body)).toBeUndefined();
		},
	);

	test('is signed by nobody', () => {
		expect(callbacks).not.toHaveProperty('verify');
		expect(callbacks).not.toHaveProperty('signs');
	});
});
