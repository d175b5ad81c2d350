import { generationMs, start, useSandbox, type Json } from './helpers.mts';
import { createHash, createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { useReceiver } from '../../servers.mts';

const sandbox = useSandbox();
const fast = '/bytedance/seedance-2.0/fast';
const app = '/bytedance/seedance-2.0';
const create = (body: unknown, path = `${fast}/text-to-video`) => sandbox.post('fal', path, body);

// The example of the fast text-to-video page, with every field it has.
const prompt = 'An octopus finds a football in the ocean and excitedly calls its octopus friends.';
const everything = {
	prompt,
	aspect_ratio: '21:9',
	resolution: '480p',
	duration: 'auto',
	generate_audio: false,
	bitrate_mode: 'high',
	codec: 'H265',
	end_user_id: 'user-7',
};
const imageUrl = 'https://v3b.fal.media/files/b/0a8eba37/octopus.jpg';

async function createdId(body: Json = { prompt }, path?: string): Promise<string> {
	await create(body, path);
	return sandbox.get().tasks().at(-1)?.taskId ?? '';
}

const get = (path: string) => sandbox.request('fal', path);
const put = (path: string) => sandbox.request('fal', path, { method: 'PUT' });

/** Status and result of a request that has come to its end. */
async function endOf(body: unknown, path?: string) {
	await create(body, path);
	sandbox.clock.advance(generationMs);
	const task = sandbox.get().tasks().at(-1);
	const at = `/${task?.model.split('/').slice(0, 2).join('/')}/requests/${task?.taskId}`;
	return { status: await get(`${at}/status`), result: await get(at) };
}

describe('submit', () => {
	test('tells the request and where it can be asked for', async () => {
		const { status, body } = await create({ prompt });
		const id = sandbox.get().tasks()[0]?.taskId;
		const url = `${sandbox.get().baseUrls.fal}${app}/requests/${id}`;
		expect(status).toBe(200);
		expect(body).toEqual({
			status: 'IN_QUEUE',
			request_id: id,
			response_url: url,
			status_url: `${url}/status`,
			cancel_url: `${url}/cancel`,
			queue_position: 0,
		});
	});

	const references = {
		prompt: '@Image1 dances like @Video1',
		image_urls: [imageUrl, 'data:image/png;base64,iVBORw0KGgo='],
		video_urls: ['https://example.com/dance.mp4'],
		audio_urls: ['https://example.com/song.mp3'],
	};

	test.each<[string, Json, string]>([
		['a prompt', { prompt }, `${fast}/text-to-video`],
		['every field of text to video', everything, `${fast}/text-to-video`],
		['4k where there is one', { prompt, resolution: '4k' }, `${app}/text-to-video`],
		[
			'both frames',
			{ ...everything, image_url: imageUrl, end_image_url: imageUrl },
			`${fast}/image-to-video`,
		],
		[
			'a data URI',
			{ prompt, image_url: 'data:image/png;base64,iVBORw0KGgo=' },
			`${fast}/image-to-video`,
		],
		['references', references, `${fast}/reference-to-video`],
		[
			'every field of 2.5 reference to video',
			{ ...everything, ...references, duration: '30', draft: true, task: 'editing', seed: 7 },
			'/bytedance/seedance-2.5/reference-to-video',
		],
		[
			'every field of 1.0 Pro',
			{
				prompt,
				aspect_ratio: '9:16',
				resolution: '1080p',
				duration: '12',
				num_frames: 30,
				camera_fixed: true,
				seed: -1,
				enable_safety_checker: false,
			},
			'/fal-ai/bytedance/seedance/v1/pro/text-to-video',
		],
		['any field of a made-up model', { prompt, any: 1 }, '/sandbox/next/text-to-video'],
	])('makes a video of %s', async (_, body, path) => {
		const { status, result } = await endOf(body, path);
		expect(status).toMatchObject({ status: 200, body: { status: 'COMPLETED' } });
		expect(status.body).not.toHaveProperty('error');
		expect(result).toMatchObject({
			status: 200,
			body: { video: { url: expect.stringMatching(/\.mp4$/) }, seed: expect.any(Number) },
		});
	});

	const tooMany = Array.from({ length: 10 }, () => imageUrl);
	test.each<[string, Json, string, string]>([
		['a prompt that is missing', {}, `${fast}/text-to-video`, 'prompt'],
		['a prompt that is empty', { prompt: '' }, `${fast}/text-to-video`, 'prompt'],
		['a duration as a number', { prompt, duration: 5 }, `${fast}/text-to-video`, 'duration'],
		['a duration out of reach', { prompt, duration: '16' }, `${fast}/text-to-video`, 'duration'],
		[
			'a length that only 2.5 has',
			{ prompt, duration: '3' },
			'/bytedance/seedance-2.5/text-to-video',
			'duration',
		],
		[
			'the word of other vendors',
			{ prompt, aspect_ratio: 'adaptive' },
			`${fast}/text-to-video`,
			'aspect_ratio',
		],
		[
			'1080p of the fast one',
			{ prompt, resolution: '1080p' },
			`${fast}/text-to-video`,
			'resolution',
		],
		['a seed of 2.0', { prompt, seed: 7 }, `${fast}/text-to-video`, 'seed'],
		[
			'a bitrate of the mini one',
			{ prompt, bitrate_mode: 'high' },
			`${app}/mini/text-to-video`,
			'bitrate_mode',
		],
		[
			'a ratio beside an image of 2.5',
			{ prompt, image_url: imageUrl, aspect_ratio: '16:9' },
			'/bytedance/seedance-2.5/image-to-video',
			'aspect_ratio',
		],
		[
			'a draft in the United States',
			{ prompt, draft: true },
			'/bytedance/seedance-2.5/us/text-to-video',
			'draft',
		],
		['no image', { prompt }, `${fast}/image-to-video`, 'image_url'],
		['a path as image', { prompt, image_url: 'boat.png' }, `${fast}/image-to-video`, 'image_url'],
		['ten images', { prompt, image_urls: tooMany }, `${fast}/reference-to-video`, 'image_urls'],
		[
			'thirteen files',
			{
				prompt,
				image_urls: tooMany.slice(1),
				video_urls: tooMany.slice(7),
				audio_urls: tooMany.slice(9),
			},
			`${fast}/reference-to-video`,
			'image_urls',
		],
		[
			'a first frame beside references',
			{ prompt, image_url: imageUrl },
			`${fast}/reference-to-video`,
			'image_url',
		],
		[
			'an end frame of 1.0 Pro',
			{ prompt, image_url: imageUrl, end_image_url: imageUrl },
			'/fal-ai/bytedance/seedance/v1/pro/image-to-video',
			'end_image_url',
		],
		[
			'28 frames',
			{ prompt, num_frames: 28 },
			'/fal-ai/bytedance/seedance/v1/pro/text-to-video',
			'num_frames',
		],
		['an input around it', { input: { prompt } }, `${fast}/text-to-video`, 'input'],
	])('takes %s, and the request is completed with an error', async (_, body, path, field) => {
		const { status, result } = await endOf(body, path);
		expect(status).toMatchObject({
			status: 200,
			body: {
				status: 'COMPLETED',
				error: 'Invalid status code: 422',
				error_type: 'bad_request',
			},
		});
		expect(result).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', field] }] } });
	});

	test('an error of the input is known at once', async () => {
		const id = await createdId({});
		expect((await get(`${app}/requests/${id}`)).status).toBe(422);
	});

	test.each<[string, unknown, string, number]>([
		['no JSON', 'prompt=x', `${fast}/text-to-video`, 422],
		['a webhook that is no URL', { prompt }, `${fast}/text-to-video?fal_webhook=here`, 422],
		['an empty account', { prompt: '[credits]' }, `${fast}/text-to-video`, 403],
		['a path without fal-ai', { prompt }, '/bytedance/seedance/v1/pro/text-to-video', 404],
		['a model that is gone', { prompt }, '/fal-ai/bytedance/seedance/v1/lite/text-to-video', 404],
		['an app that is none', { prompt }, '/nobody/nothing', 404],
	])('refuses %s', async (_, body, path, status) => {
		expect(await create(body, path)).toMatchObject({
			status,
			body: { detail: expect.anything() },
		});
		expect(sandbox.get().tasks()).toEqual([]);
	});

	test('an empty account is told as fal tells it', async () => {
		const { body } = await create({ prompt: '[credits]' });
		expect(body).toEqual({ detail: expect.stringContaining('Exhausted balance') });
	});
});

test.each<[string, Record<string, string>, RegExp]>([
	['a wrong key', { authorization: 'Key wrong' }, /invalid key credentials/],
	['a key in another scheme', { authorization: 'Bearer sandbox-fal-key' }, /invalid key/],
])('%s is refused everywhere', async (_, headers, detail) => {
	for (const path of [`${app}/requests/x/status`, '/v1/account/billing', '/anything']) {
		expect(await sandbox.request('fal', path, { headers })).toMatchObject({
			status: 401,
			body: { detail: expect.stringMatching(detail) },
		});
	}
});

test('a request without a key is refused, but the public keys need none', async () => {
	const { baseUrls } = sandbox.get();
	const answers = await Promise.all(
		[`${app}/requests/x/status`, '/.well-known/jwks.json'].map((path) =>
			fetch(baseUrls.fal + path),
		),
	);
	expect(answers.map(({ status }) => status)).toEqual([401, 200]);
});

describe('a request', () => {
	test('goes from the queue over its progress to its end', async () => {
		const id = await createdId();
		const url = `${sandbox.get().baseUrls.fal}${app}/requests/${id}`;
		const addresses = {
			response_url: url,
			status_url: `${url}/status`,
			cancel_url: `${url}/cancel`,
		};
		const seen: unknown[] = [];
		for (const share of [0, 0.5, 0.5]) {
			sandbox.clock.advance(share * generationMs);
			const { status, body } = await get(`${app}/requests/${id}/status`);
			seen.push([status, body]);
		}
		const common = { request_id: id, ...addresses, logs: null };
		expect(seen).toEqual([
			[202, { status: 'IN_QUEUE', ...common, queue_position: 1 }],
			[202, { status: 'IN_PROGRESS', ...common }],
			[200, { status: 'COMPLETED', ...common, metrics: { inference_time: 1 } }],
		]);
	});

	test('has no result before its end', async () => {
		const id = await createdId();
		expect(await get(`${app}/requests/${id}`)).toMatchObject({
			status: 400,
			body: { detail: 'Request is still in progress' },
		});
	});

	test('is known below its app alone', async () => {
		const id = await createdId();
		const statuses = await Promise.all(
			[app, '/bytedance/seedance-2.5', `${fast}/text-to-video`, '/bytedance'].map(
				async (path) => (await get(`${path}/requests/${id}/status`)).status,
			),
		);
		expect(statuses).toEqual([202, 404, 405, 404]);
		expect(await get(`${app}/requests/unknown/status`)).toMatchObject({
			status: 404,
			body: { status: 'NOT_FOUND' },
		});
	});

	test('of [fail] is completed with an internal error', async () => {
		const { status, result } = await endOf({ prompt: 'A [fail]' });
		expect(status.body).toMatchObject({
			status: 'COMPLETED',
			error: 'Invalid status code: 500',
			error_type: 'bad_request',
		});
		expect(result).toMatchObject({
			status: 500,
			body: {
				detail: [{ loc: ['body'], msg: 'Internal server error', type: 'internal_server_error' }],
			},
		});
	});

	test('that a fault lets fail says why', async () => {
		const effect = { kind: 'failTask', code: 'content_policy_violation', message: 'No' } as const;
		sandbox.get().addFault({ operation: 'create', effect });
		const { result } = await endOf({ prompt });
		expect(result).toMatchObject({
			status: 422,
			body: { detail: [{ msg: 'No', type: 'content_policy_violation' }] },
		});
	});

	test('of a draft tells its ID', async () => {
		const path = '/bytedance/seedance-2.5/text-to-video';
		const { result } = await endOf({ prompt, draft: true }, path);
		expect(result.body).toMatchObject({ draft_id: expect.stringMatching(/^draft-/) });
	});
});

describe('cancel', () => {
	test('takes a waiting request out of the queue', async () => {
		const id = await createdId();
		expect(await put(`${app}/requests/${id}/cancel`)).toMatchObject({
			status: 202,
			body: { status: 'CANCELLATION_REQUESTED' },
		});
		expect((await get(`${app}/requests/${id}/status`)).status).toBe(404);
	});

	test('ends a running request', async () => {
		const id = await createdId();
		sandbox.clock.advance(generationMs / 2);
		expect((await put(`${app}/requests/${id}/cancel`)).status).toBe(202);
		expect(await get(`${app}/requests/${id}/status`)).toMatchObject({
			status: 200,
			body: { status: 'COMPLETED', error_type: 'client_cancelled' },
		});
		expect((await get(`${app}/requests/${id}`)).status).toBe(400);
	});

	test('comes too late for a completed one, and knows no other', async () => {
		const id = await createdId();
		sandbox.clock.advance(generationMs);
		expect(await put(`${app}/requests/${id}/cancel`)).toMatchObject({
			status: 400,
			body: { status: 'ALREADY_COMPLETED' },
		});
		expect((await put(`${app}/requests/unknown/cancel`)).status).toBe(404);
		expect((await get(`${app}/requests/${id}/cancel`)).status).toBe(404);
	});
});

describe('the storage', () => {
	const initiate = (body: unknown, query = '?storage_type=fal-cdn-v3') =>
		sandbox.post('fal', `/storage/upload/initiate${query}`, body);
	const file = { content_type: 'image/png', file_name: 'boat.png' };
	const begun = async () =>
		(await initiate(file)).body as Record<'upload_url' | 'file_url', string>;
	const send = (url: string, init: RequestInit = {}) =>
		fetch(url, {
			method: 'PUT',
			body: new Uint8Array([0x89, 0, 255]),
			...init,
			headers: { 'content-type': 'image/png', ...init.headers },
		});

	test('tells where a file goes, takes it, and its address is good then', async () => {
		const { upload_url, file_url } = await begun();
		const path = `${fast}/image-to-video`;
		const before = await endOf({ prompt, image_url: file_url }, path);
		expect(before.result).toMatchObject({
			status: 422,
			body: { detail: [{ loc: ['body', 'image_url'], type: 'file_download_error' }] },
		});
		expect((await send(upload_url)).status).toBe(200);
		expect(sandbox.get().uploads()).toEqual([Buffer.from([0x89, 0, 255])]);
		const after = await endOf({ prompt, image_url: file_url }, path);
		expect(after.result.status).toBe(200);
		const list = { prompt, image_urls: [imageUrl, `${file_url}-other`] };
		const other = await endOf(list, `${fast}/reference-to-video`);
		expect(other.result.body).toMatchObject({ detail: [{ loc: ['body', 'image_urls'] }] });
	});

	test.each<[string, RequestInit, string, number]>([
		['an API key', { headers: { authorization: 'Key sandbox-fal-key' } }, '', 400],
		['another type', { headers: { 'content-type': 'image/jpeg' } }, '', 403],
		['another signature', {}, 'x', 403],
		['nothing', { body: '' }, '', 400],
		['another method', { method: 'POST' }, '', 405],
	])('refuses %s', async (_, init, more, status) => {
		const { upload_url } = await begun();
		expect((await send(upload_url + more, init)).status).toBe(status);
		expect(sandbox.get().uploads()).toEqual([]);
	});

	test.each<[string, unknown, string, number]>([
		['no type', { file_name: 'a.png' }, '?storage_type=fal-cdn-v3', 422],
		['no storage', file, '', 422],
		['no JSON', 'x', '?storage_type=fal-cdn-v3', 422],
	])('begins nothing with %s', async (_, body, query, status) => {
		expect((await initiate(body, query)).status).toBe(status);
	});

	test('forgets its files with the rest', async () => {
		await send((await begun()).upload_url);
		sandbox.get().reset();
		expect(sandbox.get().uploads()).toEqual([]);
	});
});

describe('the webhook', () => {
	const { url, received } = useReceiver();

	async function calledWith(text: string) {
		const query = new URLSearchParams({ fal_webhook: `${url()}/hook?nonce=1` });
		await create({ prompt: text }, `${fast}/text-to-video?${query}`);
		sandbox.clock.advance(generationMs);
		await sandbox.get().tick();
		const id = sandbox.get().tasks()[0]?.taskId;
		return { id, headers: received[0]?.headers ?? {}, body: received[0]?.text ?? '' };
	}

	test('tells the end, signed with one of the public keys', async () => {
		const { id, headers, body } = await calledWith(prompt);
		expect(JSON.parse(body)).toEqual({
			request_id: id,
			gateway_request_id: id,
			status: 'OK',
			payload: expect.objectContaining({ seed: 42 }),
		});
		const header = (name: string) => String(headers[`x-fal-webhook-${name}`]);
		expect(header('timestamp')).toBe(String(Math.floor((start + generationMs) / 1000)));
		const hash = createHash('sha256').update(body).digest('hex');
		const message = Buffer.from(
			[header('request-id'), header('user-id'), header('timestamp'), hash].join('\n'),
		);
		const { keys } = (await get('/.well-known/jwks.json')).body as { keys: JsonWebKey[] };
		const signature = Buffer.from(header('signature'), 'hex');
		const matching = keys.filter((key) =>
			verify(null, message, createPublicKey({ key, format: 'jwk' }), signature),
		);
		expect([keys.length, matching.length]).toEqual([2, 1]);
	});

	test('tells an error with what the result would say', async () => {
		const { body } = await calledWith('A [fail]');
		expect(JSON.parse(body)).toMatchObject({
			status: 'ERROR',
			error: 'Invalid status code: 500',
			payload: { detail: [{ type: 'internal_server_error' }] },
		});
	});
});

test('the balance, of an administrator', async () => {
	await create({ prompt });
	expect((await get('/v1/account/billing?expand=credits')).body).toEqual({
		username: 'sandbox',
		credits: { current_balance: 24.2, currency: 'USD' },
	});
});
