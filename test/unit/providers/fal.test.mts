import { generateKeyPairSync, sign, createHash } from 'node:crypto';
import type { VendorCallback, VendorReference } from '../../../nodes/shared/domain/vendor';
import { talk, answer, outcomeOf, providerOf, errorOf, valueOf } from '../helpers.mts';
import { recordedBody } from '../../vendors/recorded.mts';

const { vendor, customModel } = providerOf('fal');

const model = customModel('bytedance/seedance-2.0/fast/text-to-video', 'textToVideo');
const requestId = '024ca5b1-45d3-4afd-883e-ad3abe2a1c4d';
const told = `https://queue.fal.run/bytedance/seedance-2.0/requests/${requestId}`;
const taskUrls = { status: `${told}/status`, response: told, cancel: `${told}/cancel` };
const reference: VendorReference = { taskId: requestId, modelId: model.id, taskUrls };

const status = (more: object, httpStatus = 200) =>
	answer({ status: 'COMPLETED', request_id: requestId, ...more }, httpStatus);
const video = {
	video: { url: 'https://v3.fal.media/files/penguin/a.mp4', content_type: 'video/mp4' },
	seed: 42,
};
const problems = (...detail: object[]) => ({ detail });
const policy = {
	loc: ['body', 'prompt'],
	msg: 'The content could not be processed',
	type: 'content_policy_violation',
};

describe('createTask', () => {
	const input = { prompt: 'An octopus finds a football in the ocean', duration: '5' };

	test('posts the input itself to the model', () => {
		expect(vendor.createTask({ model, input })).toStrictEqual({
			method: 'POST',
			url: '/bytedance/seedance-2.0/fast/text-to-video',
			body: input,
		});
	});

	test('names the webhook in the query', () => {
		const callbackUrl = 'https://your-domain.com/hook?seedance=a.b';
		expect(vendor.createTask({ model, input, callbackUrl })).toStrictEqual({
			method: 'POST',
			url: '/bytedance/seedance-2.0/fast/text-to-video',
			query: { fal_webhook: callbackUrl },
			body: input,
		});
	});
});

describe('readCreated', () => {
	const body = recordedBody('fal', 'created');

	test.each([
		['all addresses', { response_url: null, status_url: '', cancel_url: 5 }, undefined],
		[
			'two of them',
			{ response_url: undefined, cancel_url: undefined },
			{ status: taskUrls.status },
		],
	])('an ID is a task without %s', (_, more, left) => {
		const task = valueOf(vendor.readCreated(answer({ ...body, ...more })));
		expect(task.taskId).toBe(requestId);
		expect(task.taskUrls).toStrictEqual(left);
	});

	test('what is wrong with the fields is named', () => {
		const body = problems(
			{ loc: ['body', 'duration'], msg: 'unexpected value', type: 'one_of' },
			{ loc: ['body', 'image_urls', 2], msg: 'too small', type: 'image_too_small' },
			{ loc: ['body'], msg: 'something else' },
		);
		expect(errorOf(vendor.readCreated(answer(body, 422)))).toMatchObject({
			kind: 'invalidInput',
			message: 'duration: unexpected value; image_urls.2: too small; something else',
			vendorCode: 'one_of',
		});
	});

	test('the code is that of the first problem that has one, else the HTTP status', () => {
		const said = { loc: ['body'], msg: 'something else' };
		const code = (...detail: object[]) =>
			errorOf(vendor.readCreated(answer(problems(...detail), 422))).vendorCode;
		expect(code(said, { ...said, type: 'one_of' })).toBe('one_of');
		expect(code(said)).toBe('422');
	});

	test('only a refusal of the key speaks of an empty account', () => {
		const refused = answer({ detail: 'Your balance could not be read' }, 500);
		expect(errorOf(vendor.readCreated(refused)).kind).toBe('serverError');
	});

	test('the type of an error in its header is its code', () => {
		const response = {
			...answer({ detail: 'Request timed out' }, 504),
			headers: { 'x-fal-error-type': 'request_timeout' },
			retryAfterMs: 3000,
		};
		expect(errorOf(vendor.readCreated(response))).toMatchObject({
			vendorCode: 'request_timeout',
			retryAfterMs: 3000,
		});
	});
});

describe('where a task is asked for', () => {
	const asked = (more: Partial<VendorReference>) =>
		talk(vendor.look({ taskId: requestId, modelId: model.id, ...more }), status({})).requests;

	test('at the addresses of the submit answer', () => {
		expect(asked({ taskUrls })).toStrictEqual([
			{ method: 'GET', url: taskUrls.status },
			{ method: 'GET', url: taskUrls.response },
		]);
	});

	test.each([
		['fal-ai/bytedance/seedance/v1/pro/text-to-video', '/fal-ai/bytedance'],
		['bytedance/seedance-2.0/text-to-video', '/bytedance/seedance-2.0'],
		['bytedance/seedance-2.5/us/image-to-video', '/bytedance/seedance-2.5'],
		['owner/a b?', '/owner/a%20b%3F'],
	])('below owner and app of %s, without any', (modelId, app) => {
		expect(asked({ modelId, taskId: 'a/b' })).toStrictEqual([
			{ method: 'GET', url: `${app}/requests/a%2Fb/status` },
		]);
		expect(asked({ modelId })[1]).toStrictEqual({
			method: 'GET',
			url: `${app}/requests/${requestId}`,
		});
	});

	test('what the answer did not tell is built', () => {
		const { requests } = talk(
			vendor.look({ ...reference, taskUrls: { status: taskUrls.status } }),
			status({}),
		);
		expect(requests.map(({ url }) => url)).toEqual([
			taskUrls.status,
			`/bytedance/seedance-2.0/requests/${requestId}`,
		]);
	});

	test.each(['', 'seedance', '/seedance', 'seedance/'])(
		'a model ID that names no app (%j) is told, and nobody is asked',
		(modelId) => {
			for (const dialogue of [
				vendor.look({ taskId: 'x', modelId }),
				vendor.cancel?.({ taskId: 'x', modelId }),
			]) {
				if (dialogue === undefined) throw new Error('fal can cancel');
				const { requests, outcome } = talk(dialogue);
				expect(requests).toEqual([]);
				expect(outcome).toMatchObject({
					ok: false,
					error: { kind: 'rejected', certainlyNotTaken: true },
				});
			}
			const known = vendor.look({ ...reference, modelId });
			expect(talk(known).requests).toHaveLength(1);
		},
	);

	test.each(Object.keys(taskUrls))('without %s alone, a model ID has to name an app', (name) => {
		const others = Object.fromEntries(Object.entries(taskUrls).filter(([other]) => other !== name));
		const dialogue = vendor.look({ ...reference, modelId: 'seedance', taskUrls: others });
		expect(talk(dialogue)).toMatchObject({ requests: [], outcome: { ok: false } });
	});

	test('the address to cancel a task is built, too', () => {
		if (vendor.cancel === undefined) throw new Error('fal can cancel');
		const { requests } = talk(vendor.cancel({ taskId: 'a/b', modelId: model.id }));
		expect(requests[0]).toStrictEqual({
			method: 'PUT',
			url: '/bytedance/seedance-2.0/requests/a%2Fb/cancel',
		});
	});
});

describe('a look', () => {
	const look = (...answers: Array<ReturnType<typeof answer>>) =>
		outcomeOf(vendor.look(reference), ...answers);

	test('a status that does not repeat the ID is about what was asked', () => {
		const report = valueOf(look(answer({ status: 'IN_QUEUE' })));
		expect(report).not.toHaveProperty('taskId');
		expect(report.status).toBe('queued');
	});

	test('a status of another request is told as such, and its result left alone', () => {
		const { requests, outcome } = talk(vendor.look(reference), status({ request_id: 'other' }));
		expect(requests).toHaveLength(1);
		expect(outcome).toMatchObject({ ok: true, value: { taskId: 'other', status: 'running' } });
	});

	test('a completed request has its video', () => {
		expect(valueOf(look(status({ metrics: { inference_time: 61 } }), answer(video)))).toStrictEqual(
			{ taskId: requestId, status: 'succeeded', videoUrl: video.video.url, seed: 42, raw: video },
		);
	});

	test.each([
		['2.5', { billableUnits: 2.5 }],
		['0', { billableUnits: 0 }],
		['', undefined],
		['many', undefined],
		['-1', undefined],
	])('what it is charged by stands in a header (%j)', (units, usage) => {
		const result = { ...answer(video), headers: { 'x-fal-billable-units': units } };
		expect(valueOf(look(status({}), result)).usage).toEqual(usage);
	});

	describe('that failed', () => {
		const failed = { error: 'Invalid status code: 422', error_type: 'bad_request' };

		test.each([
			[422, policy, `prompt: ${policy.msg}`],
			[500, { msg: 'Oops', type: 'internal_server_error' }, 'Oops'],
		])('says why by a list of problems with HTTP %i', (httpStatus, problem, message) => {
			const body = problems(problem);
			for (const more of [{}, failed]) {
				expect(valueOf(look(status(more), answer(body, httpStatus)))).toStrictEqual({
					taskId: requestId,
					status: 'failed',
					failure: { code: problem.type, message },
					raw: body,
				});
			}
		});

		test('says why by a sentence', () => {
			const report = valueOf(look(status({}), answer({ detail: 'No luck' }, 422)));
			expect(report).toMatchObject({ status: 'failed', failure: { message: 'No luck' } });
		});

		test.each([
			['a gateway’s', answer(undefined, 502)],
			['a limit’s', answer({ detail: 'Too many requests' }, 429)],
			['that it is not kept any more', answer({ detail: 'Request not found' }, 404)],
			['an empty success', answer({})],
		])('says why in its status, whatever its result says (%s)', (_, result) => {
			const report = valueOf(look(status(failed), result));
			expect(report).toMatchObject({
				status: 'failed',
				failure: { code: 'bad_request', message: 'Invalid status code: 422' },
			});
			expect(report.raw).toBeDefined();
		});

		test.each([
			[{ error_type: 'runner_server_error' }, { code: 'runner_server_error' }],
			[{ error: { a: 1 } }, { message: '{"a":1}' }],
			[{ error: 'Gone', error_type: null }, { message: 'Gone' }],
		])('%j in its status is a failure', (more, failure) => {
			const report = valueOf(look(status(more), answer(undefined, 500)));
			expect(report).toMatchObject({ status: 'failed', failure });
			expect(report.failure?.message).not.toBe('');
		});

		test('without a word has the answer itself', () => {
			const { failure } = valueOf(look(status({}), answer({}, 422)));
			expect(failure).toStrictEqual({ message: '{}' });
		});

		test('because it was cancelled, is cancelled', () => {
			const cancelled = { error: 'Request was cancelled', error_type: 'client_cancelled' };
			for (const result of [answer({ detail: 'cancelled' }, 499), answer({}, 422)]) {
				expect(valueOf(look(status(cancelled), result))).toMatchObject({
					status: 'cancelled',
					failure: { message: 'Request was cancelled' },
				});
			}
		});
	});

	test.each([
		[401, 'unauthorized'],
		[403, 'forbidden'],
		[404, 'notFound'],
		[429, 'rateLimited'],
		[500, 'serverError'],
		[502, 'serverError'],
		[504, 'serverError'],
	])('HTTP %i is %s, and no failed task, at the result', (httpStatus, kind) => {
		const refusal = answer({ detail: 'in its own words' }, httpStatus);
		expect(errorOf(look(status({}), refusal))).toMatchObject({ kind, httpStatus });
	});

	test.each([answer(undefined), answer(undefined, 502)])(
		'a result that cannot be read is looked at again, and known to be there: %#',
		(result) => {
			const kind = result.httpStatus === 200 ? 'unreadableAnswer' : 'serverError';
			expect(errorOf(look(status({}), result))).toMatchObject({ kind, afterEnd: true });
		},
	);

	test.each([
		['FAILED', 'failed'],
		[' error ', 'failed'],
	])('an end in another word (%s) is %s', (word, end) => {
		const told = status({ status: word, error: 'Out of memory', error_type: 'oom' });
		expect(valueOf(look(told))).toMatchObject({
			status: end,
			failure: { code: 'oom', message: 'Out of memory' },
		});
	});

	test('a status that is none is looked at again', () => {
		expect(errorOf(look(answer({ status: '' }))).kind).toBe('unreadableAnswer');
	});

	test('an unknown request in the queue’s own form', () => {
		expect(errorOf(look(answer({ status: 'NOT_FOUND' }, 404)))).toMatchObject({
			kind: 'notFound',
			message: '{"status":"NOT_FOUND"}',
		});
	});
});

describe('cancel', () => {
	const cancel = (...answers: Array<ReturnType<typeof answer>>) => {
		if (vendor.cancel === undefined) throw new Error('fal can cancel');
		return talk(vendor.cancel(reference), ...answers);
	};
	const requested = answer({ status: 'CANCELLATION_REQUESTED' }, 202);

	test('asks for it and tells what is known then', () => {
		const { requests, outcome } = cancel(requested, status({ status: 'IN_PROGRESS' }));
		expect(requests).toStrictEqual([
			{ method: 'PUT', url: taskUrls.cancel },
			{ method: 'GET', url: taskUrls.status },
		]);
		expect(outcome).toMatchObject({ ok: true, value: { status: 'running' } });
	});

	test('what was taken out of the queue is cancelled', () => {
		const { outcome } = cancel(requested, answer({ status: 'NOT_FOUND' }, 404));
		expect(outcome).toStrictEqual({
			ok: true,
			value: { status: 'cancelled', raw: requested.body },
		});
	});

	test('what had ended before tells its end', () => {
		const { outcome } = cancel(
			answer({ status: 'ALREADY_COMPLETED' }, 400),
			status({}),
			answer(video),
		);
		expect(outcome).toMatchObject({ ok: true, value: { status: 'succeeded' } });
	});

	test('what had ended before and is not kept any more was not cancelled', () => {
		const { outcome } = cancel(
			answer({ status: 'ALREADY_COMPLETED' }, 400),
			answer({ status: 'NOT_FOUND' }, 404),
		);
		expect(outcome).toMatchObject({ ok: false, error: { kind: 'notFound' } });
	});

	test.each([
		[404, 'notFound'],
		[401, 'unauthorized'],
		[500, 'serverError'],
	])('HTTP %i is %s', (httpStatus, kind) => {
		const { requests, outcome } = cancel(answer({ status: 'NOT_FOUND' }, httpStatus));
		expect(requests).toHaveLength(1);
		expect(outcome).toMatchObject({ ok: false, error: { kind } });
	});

	test('a look that does not work says so', () => {
		const { outcome } = cancel(requested, answer(undefined, 502));
		expect(outcome).toMatchObject({ ok: false, error: { kind: 'serverError' } });
	});
});

describe('upload', () => {
	const bytes = Buffer.from('an image');
	const upload = (...answers: Array<ReturnType<typeof answer>>) => {
		if (vendor.upload === undefined) throw new Error('fal has a storage');
		return talk(vendor.upload({ bytes, mimeType: 'image/png', fileName: 'boat.png' }), ...answers);
	};
	const begun = answer({
		upload_url: 'https://v3.fal.media/files/upload/x?signature=s',
		file_url: 'https://v3.fal.media/files/x/boat.png',
	});

	test('begins, sends the bytes without the key, and gives the address', () => {
		const { requests, outcome } = upload(begun, answer(undefined));
		expect(requests).toStrictEqual([
			{
				method: 'POST',
				host: 'rest',
				url: '/storage/upload/initiate',
				query: { storage_type: 'fal-cdn-v3' },
				body: { content_type: 'image/png', file_name: 'boat.png' },
			},
			{
				method: 'PUT',
				url: 'https://v3.fal.media/files/upload/x?signature=s',
				file: { bytes, mimeType: 'image/png' },
				withoutKey: true,
			},
		]);
		expect(outcome).toStrictEqual({ ok: true, value: 'https://v3.fal.media/files/x/boat.png' });
	});

	test.each([
		['an empty account', [answer({ detail: 'User is locked.' }, 403)], 'insufficientCredits'],
		['no address', [answer({ file_url: 'https://v3.fal.media/x' })], 'unreadableAnswer'],
		['a storage that refuses', [begun, answer(undefined, 403)], 'forbidden'],
		['a storage that is down', [begun, answer(undefined, 503)], 'serverError'],
	])('%s is a fault', (_, answers, kind) => {
		expect(upload(...answers).outcome).toMatchObject({ ok: false, error: { kind } });
	});
});

describe('balance', () => {
	const balance = (response: ReturnType<typeof answer>) => {
		if (vendor.balance === undefined) throw new Error('fal tells the balance');
		return talk(vendor.balance(), response);
	};

	test.each([
		[401, 'forbidden'],
		[403, 'forbidden'],
		[500, 'serverError'],
	])('HTTP %i is %s', (httpStatus, kind) => {
		const body = { error: { type: 'authorization_error', message: 'Admin key required' } };
		expect(balance(answer(body, httpStatus)).outcome).toMatchObject({
			ok: false,
			error: { kind, message: 'Admin key required', vendorCode: 'authorization_error' },
		});
	});

	test('that is kept from a key is no empty account, whatever the words', () => {
		const body = { error: { message: 'The balance is for keys of scope ADMIN' } };
		expect(balance(answer(body, 403)).outcome).toMatchObject({ error: { kind: 'forbidden' } });
	});

	test('that cannot be read is a fault', () => {
		expect(balance(answer({ username: 'me' })).outcome).toMatchObject({
			ok: false,
			error: { kind: 'unreadableAnswer' },
		});
	});
});

test('no list of tasks and no way to delete one is offered', () => {
	expect(vendor.list).toBeUndefined();
	expect(vendor.delete).toBeUndefined();
});

describe('its signature', () => {
	const { callbacks } = vendor;
	const publicKey = {
		kty: 'OKP',
		crv: 'Ed25519',
		x: '6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw',
	};
	// Computed from the documented algorithm, apart from this code.
	const rawBody = Buffer.from(
		'{"request_id":"req_1","status":"OK","payload":{"video":{"url":"https://v3.fal.media/x.mp4"},"seed":42}}',
	);
	const headers = {
		'x-fal-webhook-request-id': 'req_1',
		'x-fal-webhook-user-id': 'user_1',
		'x-fal-webhook-timestamp': '1700000000',
		'x-fal-webhook-signature':
			'2c67b6c52c022f1db4639bbfd9a94bfcac232f463830fe0e882b2a1b7e35851b3211fc543cfc0bf6e15cb52dc57a076960967a7743560d97887ca43391b9db02',
	};
	const signedAtMs = 1_700_000_000_000;

	const check = (
		more: Record<string, string | undefined> = {},
		{ body = rawBody, nowMs = signedAtMs }: { body?: Buffer; nowMs?: number } = {},
		keys = answer({ keys: [publicKey] }),
	) => {
		const callback: VendorCallback = {
			headers: { ...headers, ...more },
			body: JSON.parse(rawBody.toString()),
			rawBody: body,
		};
		const verified = callbacks?.verify?.(callback, { secret: '', nowMs });
		if (verified === undefined || typeof verified === 'boolean') throw new Error('No dialogue');
		return talk(verified, keys);
	};
	const isRight = (...given: Parameters<typeof check>) => {
		const { outcome } = check(...given);
		if (outcome === undefined) throw new Error('It asks on');
		return valueOf(outcome);
	};

	test('is there always', () => {
		expect(callbacks?.signs).toBe('always');
	});

	test('is right, by the vendor’s key, which may be kept for a day', () => {
		const { requests, outcome } = check();
		expect(outcome).toStrictEqual({ ok: true, value: true });
		expect(requests).toStrictEqual([
			{
				method: 'GET',
				host: 'rest',
				url: '/.well-known/jwks.json',
				withoutKey: true,
				cacheForMs: 86_400_000,
			},
		]);
	});

	test('may be made with any of the keys', () => {
		const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
		const strange = [
			{ kty: 'RSA', n: 'AQAB', e: 'AQAB' },
			null,
			...['short', `${publicKey.x}A`, ` ${publicKey.x}`].map((x) => ({ ...publicKey, x })),
		];
		for (const keys of [
			[other, publicKey],
			[...strange, publicKey],
		]) {
			expect(isRight({}, {}, answer({ keys }))).toBe(true);
		}
		for (const keys of [[], [other], strange]) {
			expect(isRight({}, {}, answer({ keys }))).toBe(false);
		}
	});

	test('covers the body as it came, byte for byte', () => {
		const spaced = Buffer.from(JSON.stringify(JSON.parse(rawBody.toString()), null, 1));
		expect(isRight({}, { body: spaced })).toBe(false);
		expect(isRight({}, { body: Buffer.from(rawBody.toString().replace('42', '43')) })).toBe(false);
	});

	test.each([
		['another request', { 'x-fal-webhook-request-id': 'req_2' }],
		['another account', { 'x-fal-webhook-user-id': 'user_2' }],
		['another time', { 'x-fal-webhook-timestamp': '1700000001' }],
		['no request', { 'x-fal-webhook-request-id': undefined }],
		['no account', { 'x-fal-webhook-user-id': undefined }],
		['no signature', { 'x-fal-webhook-signature': undefined }],
		['a signature that is none', { 'x-fal-webhook-signature': 'zz' }],
		[
			'half a signature',
			{ 'x-fal-webhook-signature': headers['x-fal-webhook-signature'].slice(64) },
		],
	])('is refused with %s', (_, more) => {
		expect(isRight(more)).toBe(false);
	});

	test.each([undefined, '', 'now', '1.7e9', '-1700000000'])(
		'is refused with the time %j, and no key is asked for',
		(timestamp) => {
			const { requests, outcome } = check({ 'x-fal-webhook-timestamp': timestamp });
			expect([requests, outcome]).toEqual([[], { ok: true, value: false }]);
		},
	);

	test('counts for five minutes, either way', () => {
		for (const offset of [300_000, -300_000]) {
			expect(isRight({}, { nowMs: signedAtMs + offset })).toBe(true);
		}
		for (const offset of [300_001, -300_001]) {
			expect(isRight({}, { nowMs: signedAtMs + offset })).toBe(false);
		}
	});

	test.each([answer({}), answer(undefined), answer({ keys: [publicKey] }, 503)])(
		'cannot be checked without the keys',
		(keys) => {
			expect(check({}, {}, keys).outcome).toMatchObject({ ok: false });
		},
	);

	test('of its own making, with a key pair of today', () => {
		const pair = generateKeyPairSync('ed25519');
		const body = Buffer.from('{"request_id":"x"}');
		const hash = createHash('sha256').update(body).digest('hex');
		const message = ['x', 'me', '1700000000', hash].join('\n');
		const signature = sign(null, Buffer.from(message), pair.privateKey).toString('hex');
		const own = {
			'x-fal-webhook-request-id': 'x',
			'x-fal-webhook-user-id': 'me',
			'x-fal-webhook-signature': signature,
		};
		const keys = [pair.publicKey.export({ format: 'jwk' })];
		expect(isRight(own, { body }, answer({ keys }))).toBe(true);
	});

	test.each([
		[{ request_id: 'x', status: 'OK' }, 'x'],
		[{ request_id: 'x', gateway_request_id: 'y', status: 'ERROR', payload: null }, 'x'],
		[{ request_id: '' }, undefined],
		[{ gateway_request_id: 'y' }, undefined],
		[null, undefined],
	])('%j speaks of %j', (body, taskId) => {
		expect(callbacks?.readTaskId({ headers: {}, body, rawBody })).toBe(taskId);
	});
});

test('a custom endpoint for references takes references, any other one frames', () => {
	const ofReferences = customModel('bytedance/seedance-3.0/reference-to-video', 'imageToVideo');
	expect(ofReferences.firstImage).toBeUndefined();
	expect(ofReferences.references?.images?.wireName).toBe('image_urls');
	const ofFrames = customModel('bytedance/seedance-3.0/image-to-video', 'imageToVideo');
	expect(ofFrames.references).toBeUndefined();
	expect(ofFrames.firstImage?.wireName).toBe('image_url');
});
