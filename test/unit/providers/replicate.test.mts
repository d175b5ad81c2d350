import { createHmac } from 'node:crypto';
import type { VendorCallback, VendorReference } from '../../../nodes/shared/domain/vendor';
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
import { recordedBody } from '../../vendors/recorded.mts';

const { vendor, customModel } = providerOf('replicate');

const model = modelOf('replicate', 'bytedance/seedance-2.0-fast', 'textToVideo');
const taskId = 'gm3qorzdhgbfurvjtvhg6dckhu';
const reference: VendorReference = { taskId, modelId: model.id };
const videoUrl = 'https://replicate.delivery/xezq/abc/tmp.mp4';

const prediction = (more: object = {}) => ({ ...recordedBody('replicate', 'finished'), ...more });

const look = (more: object = {}) => lookAt(vendor, answer(prediction(more)), reference);

describe('createTask', () => {
	const input = { prompt: 'A paper boat', duration: 5 };

	test('posts the input to the model', () => {
		expect(vendor.createTask({ model, input })).toStrictEqual({
			method: 'POST',
			url: '/models/bytedance/seedance-2.0-fast/predictions',
			body: { input },
		});
	});

	test('asks to be told the end alone', () => {
		const callbackUrl = 'https://your-domain.com/hook?seedance=a.b';
		expect(vendor.createTask({ model, input, callbackUrl })).toMatchObject({
			body: { input, webhook: callbackUrl, webhook_events_filter: ['completed'] },
		});
	});

	test.each([
		['seedance-2.0-mini', '/models/bytedance/seedance-2.0-mini/predictions'],
		['bytedance/seedance-2.0-mini', '/models/bytedance/seedance-2.0-mini/predictions'],
		['somebody/else', '/models/somebody/else/predictions'],
		['a b/c?d#e', '/models/a%20b/c%3Fd%23e/predictions'],
	])('a model that is not listed: %s', (id, createPath) => {
		const custom = customModel(id, 'imageToVideo');
		expect(custom).toMatchObject({ id, createPath });
		expect([custom.firstImage?.wireName, custom.lastImage?.wireName]).toEqual([
			'image',
			'last_frame_image',
		]);
		expect(customModel(id, 'textToVideo')).not.toHaveProperty('firstImage');
	});
});

describe('readCreated', () => {
	const refusal = (body: object, httpStatus = 422) =>
		errorOf(vendor.readCreated(answer(body, httpStatus))).message;

	test('names the fields that are wrong', () => {
		const invalid_fields = [
			{ type: 'number_lte', field: 'input.duration', description: 'Must be at most 12' },
			{ type: 'enum', description: 'Must be one of 480p, 720p' },
			{ type: 'unsaid', field: 'input.seed' },
		];
		const told = { title: 'Input validation failed', detail: '- input.duration: …', status: 422 };
		expect(refusal({ ...told, invalid_fields })).toBe(
			'input.duration: Must be at most 12; Must be one of 480p, 720p',
		);
		for (const strange of [[], null, 'x', [5], [{ field: 'input.seed' }]]) {
			expect(refusal({ ...told, invalid_fields: strange })).toBe('- input.duration: …');
		}
	});

	test('says the title where there is no more, and else the answer itself', () => {
		expect(refusal({ title: 'Insufficient credit' }, 402)).toBe('Insufficient credit');
		expect(refusal({ detail: '' }, 402)).toBe('{"detail":""}');
	});

	test.each([
		['Request was throttled. Expected available in 1 second.', 1000],
		['Request was throttled. Expected available in 12 seconds.', 12_000],
		['Request was throttled. Your rate limit resets in ~30s.', 30_000],
		['Request was throttled. Expected available in 1.25 seconds.', 1250],
		['Request was throttled.', undefined],
	])('429 "%s" asks to wait %j ms', (detail, retryAfterMs) => {
		const fault = errorOf(vendor.readCreated(answer({ detail }, 429)));
		expect(fault.retryAfterMs).toBe(retryAfterMs);
		expect('retryAfterMs' in fault).toBe(retryAfterMs !== undefined);
		const withHeader = { ...answer({ detail }, 429), retryAfterMs: 5000 };
		expect(errorOf(vendor.readCreated(withHeader)).retryAfterMs).toBe(5000);
	});

	test('a wait in the words of another refusal is none', () => {
		const detail = 'The prompt speaks of a boat in 5 seconds';
		expect(errorOf(vendor.readCreated(answer({ detail }, 422)))).not.toHaveProperty('retryAfterMs');
	});
});

describe('look', () => {
	test('asks for the prediction', () => {
		const { requests } = talk(vendor.look({ taskId: 'a/b', modelId: '' }), answer(prediction()));
		expect(requests).toStrictEqual([{ method: 'GET', url: '/predictions/a%2Fb' }]);
	});

	test('tells where its end is reported', () => {
		const webhook = 'https://n8n.example/hook';
		expect(valueOf(look({ webhook })).callbackUrl).toBe(webhook);
	});

	test.each([
		[
			{ token_output_count: 108_000, video_output_duration_seconds: 5 },
			{ tokens: 108_000, seconds: 5 },
		],
		[{ video_output_duration_seconds: 5.04 }, { seconds: 5.04 }],
		[{ predict_time: 1 }, undefined],
		[undefined, undefined],
	])('what it made stands in its metrics (%j)', (metrics, usage) => {
		expect(valueOf(look({ metrics })).usage).toEqual(usage);
	});

	test('a video that was made on the website stays', () => {
		expect(valueOf(look({ source: 'web' }))).not.toHaveProperty('expiresAt');
	});

	test.each([[[videoUrl]], [[videoUrl, 'https://replicate.delivery/second.mp4']]])(
		'a list of addresses begins with the video',
		(output) => {
			expect(valueOf(look({ output }))).toMatchObject({ status: 'succeeded', videoUrl });
		},
	);

	test.each(['canceled', 'aborted'])('%s without a reason is no failure', (status) => {
		expect(valueOf(look({ status }))).not.toHaveProperty('failure');
	});

	test.each([
		['The input was flagged as sensitive (E005)', 'The input was flagged as sensitive (E005)'],
		[{ detail: 'x' }, '{"detail":"x"}'],
		[null, 'no reason was given'],
		['', 'no reason was given'],
	])('a failure because of %j', (error, message) => {
		expect(valueOf(look({ status: 'failed', output: null, error }))).toMatchObject({
			status: 'failed',
			failure: { message },
		});
	});

	test('a video that was removed is not ordered again, but said', () => {
		expect(errorOf(look({ output: null, data_removed: true }))).toStrictEqual({
			kind: 'notFound',
			message: 'The video was removed, as everything is an hour after it was made',
			httpStatus: 200,
			certainlyNotTaken: false,
		});
	});

	test('a failure stays one when everything else was removed', () => {
		const gone = { status: 'failed', output: null, data_removed: true, error: 'E005' };
		expect(valueOf(look(gone))).toMatchObject({ status: 'failed', failure: { message: 'E005' } });
	});
});

const operation = <T,>(one: T | undefined): T => {
	if (one === undefined) throw new Error('Replicate can do it');
	return one;
};

describe('cancel', () => {
	const cancel = (...answers: Array<ReturnType<typeof answer>>) =>
		talk(operation(vendor.cancel)(reference), ...answers);
	const asked = { method: 'POST', url: `/predictions/${taskId}/cancel` };
	const looked = { method: 'GET', url: `/predictions/${taskId}` };

	test('tells what the answer says', () => {
		const { requests, outcome } = cancel(answer(prediction({ status: 'canceled', output: null })));
		expect(requests).toStrictEqual([asked]);
		expect(outcome).toMatchObject({ ok: true, value: { taskId, status: 'cancelled' } });
	});

	test('what had ended before tells its end', () => {
		expect(cancel(answer(prediction())).outcome).toMatchObject({
			ok: true,
			value: { status: 'succeeded', videoUrl },
		});
	});

	test.each([[undefined], [{}], [prediction({ id: 'other' })]])(
		'looks where the answer is about no task, or another',
		(body) => {
			const ended = answer(prediction({ status: 'canceled', output: null }));
			const { requests, outcome } = cancel(answer(body), ended);
			expect(requests).toStrictEqual([asked, looked]);
			expect(outcome).toMatchObject({ ok: true, value: { taskId, status: 'cancelled' } });
		},
	);

	test('a refusal is a fault', () => {
		expect(cancel(answer({ detail: 'No' }, 404)).outcome).toMatchObject({
			ok: false,
			error: { kind: 'notFound' },
		});
	});
});

describe('list', () => {
	const list = (limit: number, ...answers: Array<ReturnType<typeof answer>>) =>
		talk(operation(vendor.list)(limit), ...answers);
	const named = (id: string, more: object = {}) => prediction({ id, ...more });
	const next = 'https://api.replicate.com/v1/predictions?cursor=cD0yMDIy%3D';

	test('has the videos alone, in the vendor’s order', () => {
		const results = [
			named('c', { status: 'processing', output: null, completed_at: null }),
			named('x', { model: 'black-forest-labs/flux-schnell' }),
			named('y', { model: undefined }),
			named('b', { data_removed: true, output: null }),
			{ id: '', status: 'succeeded' },
			null,
			named('a'),
		];
		const { requests, outcome } = list(50, answer({ previous: null, next: null, results }));
		expect(requests).toStrictEqual([{ method: 'GET', url: '/predictions' }]);
		expect(outcome).toMatchObject({
			ok: true,
			value: [
				{ taskId: 'c', status: 'running' },
				{ taskId: 'b', status: 'succeeded' },
				{ taskId: 'a', status: 'succeeded', videoUrl },
			],
		});
		const expiring = outcome?.ok === true ? outcome.value.map(({ expiresAt }) => expiresAt) : [];
		expect(expiring).toEqual([undefined, undefined, expect.any(String)]);
	});

	test('goes no further than what was asked for', () => {
		const { requests } = list(1, answer({ next, results: [named('a')] }));
		expect(requests).toHaveLength(1);
	});

	test('goes on by the cursor for as long as it has to', () => {
		const first = answer({ next, results: [named('c')] });
		const second = answer({ next, results: [named('b'), named('a')] });
		const { requests, outcome } = list(2, first, second);
		expect(requests).toStrictEqual([
			{ method: 'GET', url: '/predictions' },
			{ method: 'GET', url: '/predictions', query: { cursor: 'cD0yMDIy=' } },
		]);
		expect(outcome).toMatchObject({ ok: true, value: [{ taskId: 'c' }, { taskId: 'b' }] });
	});

	test('does not go on for ever', () => {
		const pages = Array.from({ length: 20 }, () => answer({ next, results: [] }));
		const { requests, outcome } = list(1, ...pages);
		expect(requests).toHaveLength(10);
		expect(outcome).toStrictEqual({ ok: true, value: [] });
	});

	test.each([undefined, 5, 'no address', 'https://api.replicate.com/v1/predictions'])(
		'ends where the next page is %j',
		(strange) => {
			expect(list(9, answer({ next: strange, results: [] })).outcome).toMatchObject({ ok: true });
		},
	);

	test.each([
		[answer({ detail: 'No' }, 401), 'unauthorized'],
		[answer({ results: 5 }), 'unreadableAnswer'],
	])('may fail', (response, kind) => {
		expect(list(9, response).outcome).toMatchObject({ ok: false, error: { kind } });
	});
});

describe('upload', () => {
	const bytes = Buffer.from('an image');
	const upload = (response: ReturnType<typeof answer>) =>
		talk(
			operation(vendor.upload)({ bytes, mimeType: 'image/png', fileName: 'boat.png' }),
			response,
		);

	test('sends the file as a form and gives its address', () => {
		const get = 'https://api.replicate.com/v1/files/abc';
		const { requests, outcome } = upload(answer({ id: 'abc', urls: { get } }, 201));
		expect(requests).toStrictEqual([
			{
				method: 'POST',
				url: '/files',
				form: [{ name: 'content', fileName: 'boat.png', mimeType: 'image/png', bytes }],
			},
		]);
		expect(outcome).toStrictEqual({ ok: true, value: get });
	});

	test.each([
		[answer({ detail: 'Too large' }, 413), 'invalidInput'],
		[answer({ id: 'abc' }, 201), 'unreadableAnswer'],
		[answer(undefined, 503), 'serverError'],
	])('may fail', (response, kind) => {
		expect(upload(response).outcome).toMatchObject({ ok: false, error: { kind } });
	});
});

test('no balance and no way to delete a task is offered', () => {
	expect(vendor.balance).toBeUndefined();
	expect(vendor.delete).toBeUndefined();
});

describe('its signature', () => {
	const { callbacks } = vendor;
	// Computed from the documented algorithm, apart from this code.
	const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
	const rawBody = Buffer.from('{"test": 2432232314}');
	const right = 'v1,78nXHjpFP0tVJQW5D0SBwmVyyW87BV/rL6MgfM/Bw44=';
	const headers = {
		'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
		'webhook-timestamp': '1614265330',
		'webhook-signature': right,
	};
	const signedAtMs = 1_614_265_330_000;
	const stored = answer({ key: secret });

	interface Given {
		body?: Buffer;
		nowMs?: number;
		own?: string;
		keyAnswer?: ReturnType<typeof answer>;
	}

	const check = (more: Record<string, string | undefined> = {}, given: Given = {}) => {
		const { body = rawBody, nowMs = signedAtMs, own = secret, keyAnswer = stored } = given;
		const callback: VendorCallback = { headers: { ...headers, ...more }, body: {}, rawBody: body };
		const verified = callbacks?.verify?.(callback, { secret: own, nowMs });
		if (verified === undefined || typeof verified === 'boolean') throw new Error('No dialogue');
		return talk(verified, keyAnswer);
	};
	const isRight = (...given: Parameters<typeof check>) => {
		const { outcome } = check(...given);
		if (outcome === undefined) throw new Error('It asks on');
		return valueOf(outcome);
	};

	test('is there always', () => {
		expect(callbacks?.signs).toBe('always');
	});

	test('is right by the credential’s own secret, without asking for one', () => {
		expect(check()).toEqual({ requests: [], outcome: { ok: true, value: true } });
		expect(isRight({}, { own: secret.replace('whsec_', '') })).toBe(true);
	});

	test('is right by the account’s secret, which may be kept for an hour', () => {
		expect(check({}, { own: '' })).toEqual({
			requests: [{ method: 'GET', url: '/webhooks/default/secret', cacheForMs: 3_600_000 }],
			outcome: { ok: true, value: true },
		});
	});

	test('may be one of several', () => {
		const other = `v1,${Buffer.alloc(32).toString('base64')}`;
		for (const signatures of [`${other} ${right}`, `${right} ${other}`, `v2,xyz ${right}`]) {
			expect(isRight({ 'webhook-signature': signatures })).toBe(true);
		}
		for (const signatures of [other, `${other} ${other}`, right.replace('v1', 'v2')]) {
			expect(isRight({ 'webhook-signature': signatures })).toBe(false);
		}
	});

	test('covers the body as it came, byte for byte', () => {
		expect(isRight({}, { body: Buffer.from('{"test":2432232314}') })).toBe(false);
		expect(isRight({}, { body: Buffer.from('{"test": 2432232315}') })).toBe(false);
		expect(isRight({}, { own: '', body: Buffer.from('{"test": 2432232315}') })).toBe(false);
	});

	test.each([
		['another call', { 'webhook-id': 'msg_2' }],
		['another time', { 'webhook-timestamp': '1614265331' }],
		['no ID', { 'webhook-id': undefined }],
		['no signature', { 'webhook-signature': undefined }],
		['an empty signature', { 'webhook-signature': 'v1,' }],
		['half a signature', { 'webhook-signature': right.slice(0, 20) }],
		['a signature without its version', { 'webhook-signature': right.slice(3) }],
	])('is refused with %s', (_, more) => {
		expect(isRight(more)).toBe(false);
		expect(isRight(more, { own: '' })).toBe(false);
	});

	test.each(['whsec_', 'whsec_AAAA', `${secret}BBBB`, right])(
		'is refused with the secret %s',
		(own) => {
			expect(isRight({}, { own })).toBe(false);
		},
	);

	test('is never right with an empty secret', () => {
		const signature = createHmac('sha256', '')
			.update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${rawBody.toString()}`)
			.digest('base64');
		const empty = { 'webhook-signature': `v1,${signature}` };
		expect(isRight(empty, { own: 'whsec_' })).toBe(false);
		expect(isRight(empty, { own: '', keyAnswer: answer({ key: 'whsec_' }) })).toBe(false);
	});

	test.each([undefined, 'v2,xyz'])('no secret is asked for without one (%j)', (signature) => {
		const { requests } = check({ 'webhook-signature': signature }, { own: '' });
		expect(requests).toEqual([]);
	});

	test.each([undefined, '', 'now', '1.6e9', '-1614265330', 'x1614265330', '1614265330x'])(
		'is refused with the time %j, and no secret is asked for',
		(timestamp) => {
			const { requests, outcome } = check({ 'webhook-timestamp': timestamp }, { own: '' });
			expect([requests, outcome]).toEqual([[], { ok: true, value: false }]);
		},
	);

	test('counts for five minutes, either way', () => {
		for (const offset of [300_000, -300_000]) {
			expect(isRight({}, { nowMs: signedAtMs + offset })).toBe(true);
		}
		for (const offset of [300_001, -300_001]) {
			expect(isRight({}, { nowMs: signedAtMs + offset })).toBe(false);
			expect(check({}, { nowMs: signedAtMs + offset, own: '' }).requests).toEqual([]);
		}
	});

	test.each([
		answer({ secret }),
		answer({ key: '' }),
		answer(undefined),
		answer({ key: secret }, 403),
		answer({ key: secret }, 503),
	])('cannot be checked without a secret, and what was said stays here', (keyAnswer) => {
		const { outcome } = check({}, { own: '', keyAnswer });
		expect(outcome).toMatchObject({ ok: false });
		expect(JSON.stringify(outcome)).not.toContain(secret);
		const kind = outcome?.ok === false ? outcome.error.kind : '';
		expect(['unreadableAnswer', 'forbidden', 'serverError']).toContain(kind);
	});

	test.each([
		[prediction(), taskId],
		[{ id: '' }, undefined],
		[{ id: 5 }, undefined],
		[null, undefined],
	])('%j speaks of %j', (body, id) => {
		expect(callbacks?.readTaskId({ headers: {}, body, rawBody })).toBe(id);
	});
});

test('an answer to the look that is no prediction is looked at again', () => {
	for (const body of [{ id: taskId }, { status: 'succeeded' }]) {
		expect(errorOf(outcomeOf(vendor.look(reference), answer(body))).kind).toBe('unreadableAnswer');
	}
});
