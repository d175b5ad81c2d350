import { createHmac } from 'node:crypto';
import { answer, errorOf, lookAt, modelOf, outcomeOf, providerOf, valueOf } from '../helpers.mts';
import { recordedBody } from '../../vendors/recorded.mts';

const { vendor, customModel } = providerOf('openrouter');

const newest = modelOf('openrouter', 'bytedance/seedance-2.5', 'imageToVideo');
const fast = modelOf('openrouter', 'bytedance/seedance-2.0-fast', 'imageToVideo');
const taskId = 'gen-vid-1764000000-abcdefghijklmnopqrst';
const imageUrl = 'https://images.example/first.png';

const job = (more: object = {}) => ({ ...recordedBody('openrouter', 'finished'), ...more });

const look = (more: object = {}) => lookAt(vendor, answer(job(more)));

describe('createTask', () => {
	test('the documented example of frames', () => {
		const input = { prompt: 'A', first_frame: imageUrl, last_frame: `${imageUrl}?last` };
		expect(vendor.createTask({ model: fast, input })).toStrictEqual({
			method: 'POST',
			url: '/videos',
			body: {
				model: 'bytedance/seedance-2.0-fast',
				prompt: 'A',
				frame_images: [
					{ type: 'image_url', image_url: { url: imageUrl }, frame_type: 'first_frame' },
					{ type: 'image_url', image_url: { url: `${imageUrl}?last` }, frame_type: 'last_frame' },
				],
			},
		});
	});

	test('references by their kinds, in the order in which a prompt counts them', () => {
		const input = {
			reference_audio: ['https://files.example/a.mp3'],
			reference_image: [imageUrl, `${imageUrl}?2`],
			reference_video: ['https://files.example/a.mp4'],
		};
		expect(vendor.createTask({ model: fast, input }).body).toEqual({
			model: 'bytedance/seedance-2.0-fast',
			input_references: [
				{ type: 'image_url', image_url: { url: imageUrl } },
				{ type: 'image_url', image_url: { url: `${imageUrl}?2` } },
				{ type: 'video_url', video_url: { url: 'https://files.example/a.mp4' } },
				{ type: 'audio_url', audio_url: { url: 'https://files.example/a.mp3' } },
			],
		});
	});

	test.each([
		['2.5', newest, undefined],
		['2.0', fast, '9:16'],
	])('frames of %s', (_, model, ratio) => {
		const input = { first_frame: imageUrl, aspect_ratio: '9:16' };
		expect(vendor.createTask({ model, input }).body?.aspect_ratio).toBe(ratio);
		const asReference = { reference_image: [imageUrl], aspect_ratio: '9:16' };
		expect(vendor.createTask({ model, input: asReference }).body?.aspect_ratio).toBe('9:16');
	});

	test('a watermark is for the one who runs the model, unless the user says otherwise', () => {
		const input = { prompt: 'A', watermark: false };
		expect(vendor.createTask({ model: fast, input }).body).toEqual({
			model: fast.id,
			prompt: 'A',
			provider: { options: { seed: { parameters: { watermark: false } } } },
		});
		const provider = { options: { byteplus: { watermark: true } } };
		const body = vendor.createTask({ model: fast, input: { ...input, provider } }).body;
		expect(body?.provider).toEqual(provider);
	});

	test('asks to be called', () => {
		const callbackUrl = 'https://your-domain.com/hook?seedance=a.b';
		const { body } = vendor.createTask({ model: fast, input: {}, callbackUrl });
		expect(body?.callback_url).toBe(callbackUrl);
	});

	test('a model that is not listed', () => {
		expect(customModel('other/next', 'imageToVideo')).toMatchObject({
			createPath: '/videos',
			firstImage: { wireName: 'first_frame' },
			lastImage: { wireName: 'last_frame' },
		});
	});
});

describe('readCreated', () => {
	const refused = (httpStatus: number, error: object) =>
		errorOf(vendor.readCreated(answer({ error, user_id: 'user_x' }, httpStatus)));

	test('money that other orders hold back is waited for', () => {
		const metadata = { limit_source: 'openrouter_in_flight_budget', retry_after_seconds: 12 };
		expect(refused(402, { code: 402, message: 'Held back', metadata })).toMatchObject({
			kind: 'rateLimited',
			retryAfterMs: 12_000,
			certainlyNotTaken: true,
		});
		const final = { limit_source: 'openrouter_credits' };
		expect(refused(402, { code: 402, message: 'Empty', metadata: final }).kind).toBe(
			'insufficientCredits',
		);
	});

	test('a prompt against the rules is not for another vendor', () => {
		const metadata = { error_type: 'content_policy_violation' };
		expect(refused(403, { code: 403, message: 'Refused', metadata })).toMatchObject({
			kind: 'invalidInput',
			vendorCode: 'content_policy_violation',
		});
	});

	test('a list of problems becomes a sentence', () => {
		const message = JSON.stringify([
			{ code: 'too_small', path: ['duration'], message: 'Too small' },
			{ message: 'No prompt' },
		]);
		const body = { success: false, error: { name: 'ZodError', message } };
		expect(errorOf(vendor.readCreated(answer(body, 400)))).toMatchObject({
			message: 'duration: Too small; No prompt',
			vendorCode: 'ZodError',
		});
	});
});

describe('look', () => {
	test('a signed address needs no key', () => {
		const signed = 'https://storage.example/v.mp4?sig=1';
		const report = valueOf(look({ urls: [signed] }));
		expect(report.videoUrl).toBe(signed);
		expect(report).not.toHaveProperty('videoNeedsKey');
	});

	test.each([
		['in words', 'Refused', { message: 'Refused' }],
		['as an object', { code: 400, message: 'Bad' }, { code: '400', message: 'Bad' }],
		['not at all', undefined, { message: 'no reason was given' }],
	])('a failed task says why: %s', (_, error, failure) => {
		expect(valueOf(look({ status: 'failed', error }))).toMatchObject({ status: 'failed', failure });
	});

	test('a price that is not told is left out', () => {
		expect(valueOf(look({ usage: { cost: null } }))).not.toHaveProperty('usage');
	});

	test('a video that stands elsewhere in the answer is found, and asked for with the key', () => {
		const video_url = 'https://openrouter.ai/api/v1/videos/x/content';
		expect(valueOf(look({ unsigned_urls: [], output: { video_url } }))).toMatchObject({
			status: 'succeeded',
			videoUrl: video_url,
			videoNeedsKey: true,
		});
	});
});

describe('the balance', () => {
	const balance = (...answers: ReturnType<typeof answer>[]) => {
		const dialogue = vendor.balance?.();
		if (dialogue === undefined) throw new Error('It tells none');
		return outcomeOf(dialogue, ...answers);
	};
	const denied = answer({ error: { code: 403, message: 'Only management keys' } }, 403);

	test('of a key that may not see it, what is left of its own limit', () => {
		const key = answer({ data: { limit_remaining: 4.5, usage: 1 } });
		expect(valueOf(balance(denied, key))).toEqual({ balance: 4.5, currency: 'USD' });
		const unlimited = answer({ data: { limit_remaining: null, usage: 1 } });
		expect(errorOf(balance(denied, unlimited)).kind).toBe('forbidden');
	});
});

describe('a callback', () => {
	const secret = 'the secret of the workspace';
	const nowMs = 1_764_000_000_000;
	const body = { type: 'video.generation.completed', data: { id: taskId, status: 'completed' } };
	const rawBody = Buffer.from(JSON.stringify(body));
	const sign = (key: string, at = 1_764_000_000, bytes = rawBody) =>
		`t=${at},v1=${createHmac('sha256', key).update(`${at},`).update(bytes).digest('hex')}`;

	const check = (signature?: string, own = secret) =>
		vendor.callbacks?.verify?.(
			{ headers: { 'x-openrouter-signature': signature }, body, rawBody },
			{ secret: own, nowMs },
		);

	test('a right signature', () => {
		expect(check(sign(secret))).toBe(true);
	});

	test.each([
		['none', undefined],
		['another secret', sign('other')],
		['another body', sign(secret, 1_764_000_000, Buffer.from('{}'))],
		['too old', sign(secret, 1_764_000_000 - 301)],
		['from the future', sign(secret, 1_764_000_000 + 301)],
		['another time', sign(secret).replace('t=1764000000', 't=1764000001')],
		['no time', sign(secret).replace(/^t=\d+,/, '')],
		['another version', sign(secret).replace('v1=', 'v0=')],
	])('%s is refused', (_, signature) => {
		expect(check(signature)).toBe(false);
	});

	test('an empty secret proves nothing', () => {
		expect(check(sign(''), '')).toBe(false);
	});

	test('names the task, inside and outside of `data`', () => {
		const read = vendor.callbacks?.readTaskId;
		expect(read?.({ headers: {}, rawBody, body })).toBe(taskId);
		expect(read?.({ headers: {}, rawBody, body: body.data })).toBe(taskId);
		expect(read?.({ headers: {}, rawBody, body: null })).toBeUndefined();
	});
});
