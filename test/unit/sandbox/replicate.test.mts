import { createHash, createHmac } from 'node:crypto';
import { generationMs, start, useSandbox, type Json } from './helpers.mts';
import { useReceiver } from '../../servers.mts';

const sandbox = useSandbox();
const fast = '/models/bytedance/seedance-2.0-fast/predictions';
const pathOf = (name: string) => `/models/bytedance/${name}/predictions`;
const prompt = 'A paper boat drifts down a rain-soaked street';
const imageUrl = 'https://files.example/boat.png';

const create = (input: Json = { prompt }, path = fast) =>
	sandbox.post('replicate', path, { input });
const get = (path: string) => sandbox.request('replicate', path);
const base = () => `${sandbox.get().baseUrls.replicate}/predictions`;

async function createdId(input?: Json): Promise<string> {
	await create(input);
	return sandbox.get().tasks().at(-1)?.taskId ?? '';
}

const iso = (ms: number) => new Date(ms).toISOString().replace('Z', '000Z');

describe('create', () => {
	test('answers with the prediction', async () => {
		const { status, body } = await create();
		const id = sandbox.get().tasks()[0]?.taskId;
		expect(status).toBe(201);
		expect(id).toMatch(/^[a-z0-9]{26}$/);
		expect(body).toEqual({
			id,
			model: 'bytedance/seedance-2.0-fast',
			version: 'hidden',
			input: { prompt },
			logs: '',
			output: null,
			data_removed: false,
			error: null,
			source: 'api',
			status: 'starting',
			created_at: iso(start),
			urls: {
				get: `${base()}/${id}`,
				cancel: `${base()}/${id}/cancel`,
				web: `https://replicate.com/p/${id}`,
			},
		});
	});

	test('may name the model in the body', async () => {
		const version = 'bytedance/seedance-1-pro';
		const { status } = await sandbox.post('replicate', '/predictions', {
			version,
			input: { prompt },
		});
		expect(status).toBe(201);
		expect(sandbox.get().tasks()).toMatchObject([{ model: version }]);
	});

	const two = { prompt, aspect_ratio: 'adaptive', resolution: '480p', duration: -1, seed: 7 };
	const one = {
		prompt,
		aspect_ratio: '9:21',
		resolution: '1080p',
		duration: 12,
		seed: 0,
		camera_fixed: true,
		fps: 24,
	};
	const references = {
		reference_images: [imageUrl, 'data:image/png;base64,iVBORw0KGgo='],
		reference_videos: ['https://files.example/dance.mp4'],
		reference_audios: ['https://files.example/song.mp3'],
	};
	const frames = { image: imageUrl, last_frame_image: imageUrl };

	test.each<[string, string, Json]>([
		['everything 2.0 Fast has', 'seedance-2.0-fast', { ...two, generate_audio: false }],
		['4k where there is one', 'seedance-2.0', { ...two, resolution: '4k' }],
		['both frames', 'seedance-2.0-fast', { ...two, ...frames }],
		['a data URI', 'seedance-1-pro-fast', { prompt, image: 'data:image/png;base64,iVBORw0KGgo=' }],
		['references', 'seedance-2.0-fast', { ...two, ...references }],
		['everything 2.5 has', 'seedance-2.5', { ...two, watermark: true, output_format: 'mp4' }],
		['frames of 2.5', 'seedance-2.5', { ...two, ...frames, duration: 30 }],
		[
			'references of 2.5 in any ratio',
			'seedance-2.5',
			{ ...references, prompt, aspect_ratio: '9:16' },
		],
		['everything 1.0 Pro has', 'seedance-1-pro', { ...one, ...frames }],
		[
			'everything 1.5 Pro has',
			'seedance-1.5-pro',
			{
				prompt,
				aspect_ratio: '9:21',
				duration: 4,
				seed: 0,
				camera_fixed: true,
				generate_audio: true,
				fps: 24,
			},
		],
		['references of 1.0 Lite', 'seedance-1-lite', { prompt, reference_images: [imageUrl] }],
	])('takes %s', async (_, name, input) => {
		const { status, body } = await create(input, pathOf(name));
		expect([status, body]).toEqual([201, expect.objectContaining({ input })]);
	});

	test('takes any field of a made-up model', async () => {
		const { status } = await create({ prompt, any: [1] }, '/models/sandbox/next/predictions');
		expect(status).toBe(201);
	});

	const urls = (count: number) => Array.from({ length: count }, () => imageUrl);

	test.each<[string, string, Json, string]>([
		['no prompt', 'seedance-2.0-fast', {}, 'prompt'],
		['an unknown field', 'seedance-2.0-fast', { prompt, watermark: true }, 'watermark'],
		['a duration as text', 'seedance-2.0-fast', { prompt, duration: '5' }, 'duration'],
		['a duration between -1 and 4', 'seedance-2.0-fast', { prompt, duration: 3 }, 'duration'],
		['a length only 2.5 has', 'seedance-2.0', { prompt, duration: 16 }, 'duration'],
		['1080p of 2.0 Fast', 'seedance-2.0-fast', { prompt, resolution: '1080p' }, 'resolution'],
		['a random seed', 'seedance-1-pro', { prompt, seed: -1 }, 'seed'],
		['21:9 of 2.5', 'seedance-2.5', { prompt, aspect_ratio: '21:9' }, 'aspect_ratio'],
		['another word for adaptive', 'seedance-2.0', { prompt, aspect_ratio: 'auto' }, 'aspect_ratio'],
		['a still camera of 2.0', 'seedance-2.0', { prompt, camera_fixed: true }, 'camera_fixed'],
		['a resolution of 1.5', 'seedance-1.5-pro', { prompt, resolution: '720p' }, 'resolution'],
		['another rate', 'seedance-1-pro', { prompt, fps: 30 }, 'fps'],
		[
			'a last frame alone',
			'seedance-2.0',
			{ prompt, last_frame_image: imageUrl },
			'last_frame_image',
		],
		['a last frame of Pro Fast', 'seedance-1-pro-fast', { prompt, ...frames }, 'last_frame_image'],
		['frames of 2.5 in a ratio', 'seedance-2.5', { prompt, image: imageUrl }, 'aspect_ratio'],
		['frames with references', 'seedance-2.0', { prompt, ...frames, ...references }, 'image'],
		['sounds alone', 'seedance-2.0', { prompt, reference_audios: [imageUrl] }, 'reference_audios'],
		['too many images', 'seedance-2.0', { prompt, reference_images: urls(10) }, 'reference_images'],
		[
			'1080p with references',
			'seedance-1-lite',
			{
				prompt,
				reference_images: urls(1),
				resolution: '1080p',
			},
			'resolution',
		],
	])('refuses %s', async (_, name, input, field) => {
		const { status, body } = await create(input, pathOf(name));
		expect(status).toBe(422);
		expect(body).toMatchObject({
			title: 'Input validation failed',
			detail: expect.stringContaining(`- input.${field}: `),
			status: 422,
			invalid_fields: [{ field: `input.${field}` }],
		});
		expect(sandbox.get().tasks()).toEqual([]);
	});

	test.each<[string, Json]>([
		['webhook', { webhook: 'n8n.example' }],
		['webhook_events_filter', { webhook_events_filter: ['finished'] }],
		['input', { input: 'A cat' }],
		['prompt', { prompt }],
	])('refuses a body with a wrong %s', async (field, more) => {
		const body = { input: { prompt }, ...more };
		const answered = await sandbox.post('replicate', fast, body);
		expect(answered).toMatchObject({ status: 422, body: { invalid_fields: [{ field }] } });
	});

	test('no credit, no key, no such model', async () => {
		expect(await create({ prompt: '[credits]' })).toMatchObject({
			status: 402,
			body: { title: 'Insufficient credit', status: 402 },
		});
		expect(await create({ prompt }, pathOf('seedance-9'))).toMatchObject({ status: 404 });
		const headers = { authorization: 'Bearer wrong' };
		for (const path of ['/account', '/predictions', '/files', '/webhooks/default/secret']) {
			expect(await sandbox.request('replicate', path, { headers })).toMatchObject({
				status: 401,
				body: { title: 'Unauthenticated', status: 401 },
			});
		}
		expect(sandbox.get().tasks()).toEqual([]);
	});
});

describe('a prediction', () => {
	test('goes its way', async () => {
		const id = await createdId();
		expect(await get(`/predictions/${id}`)).toMatchObject({ body: { status: 'starting' } });
		sandbox.clock.advance(generationMs / 2);
		const running = await get(`/predictions/${id}`);
		expect(running).toMatchObject({
			status: 200,
			body: { status: 'processing', started_at: iso(start + 0.3 * generationMs), output: null },
		});
		expect(running.body).not.toHaveProperty('completed_at');
		sandbox.clock.advance(generationMs / 2);
		expect(await get(`/predictions/${id}`)).toMatchObject({
			body: {
				status: 'succeeded',
				output: `${sandbox.get().url}/media/${id}.mp4`,
				completed_at: iso(start + generationMs),
				metrics: { predict_time: 0.7, total_time: 1 },
			},
		});
	});

	test('fails in its own words', async () => {
		const id = await createdId({ prompt: '[fail]' });
		sandbox.clock.advance(generationMs);
		expect(await get(`/predictions/${id}`)).toMatchObject({
			body: { status: 'failed', error: 'Internal server error', output: null },
		});
	});

	test('is empty an hour after its end, and its video is gone', async () => {
		const id = await createdId();
		const video = `${sandbox.get().url}/media/${id}.mp4`;
		sandbox.clock.advance(generationMs + 3_599_999);
		expect((await fetch(video)).status).toBe(200);
		sandbox.clock.advance(1);
		expect((await fetch(video)).status).toBe(403);
		expect(await get(`/predictions/${id}`)).toMatchObject({
			body: { status: 'succeeded', data_removed: true, input: {}, output: null },
		});
	});

	test('is cancelled once, and not when it has ended', async () => {
		const id = await createdId();
		const cancel = () => sandbox.post('replicate', `/predictions/${id}/cancel`, '');
		sandbox.clock.advance(generationMs / 2);
		expect(await cancel()).toMatchObject({
			status: 200,
			body: { id, status: 'canceled', error: null },
		});
		sandbox.clock.advance(generationMs);
		expect(await get(`/predictions/${id}`)).toMatchObject({ body: { status: 'canceled' } });

		const other = await createdId();
		sandbox.clock.advance(generationMs);
		const late = await sandbox.post('replicate', `/predictions/${other}/cancel`, '');
		expect(late).toMatchObject({ status: 200, body: { id: other, status: 'succeeded' } });
		expect(await sandbox.post('replicate', '/predictions/x/cancel', '')).toMatchObject({
			status: 404,
		});
	});

	test('cannot be deleted', async () => {
		const id = await createdId();
		const init = { method: 'DELETE' };
		expect((await sandbox.request('replicate', `/predictions/${id}`, init)).status).toBe(404);
		expect((await get(`/predictions/${id}`)).status).toBe(200);
	});
});

test('a list has the newest first, a hundred a page', async () => {
	for (let count = 0; count < 101; count++) await create();
	const ids = sandbox
		.get()
		.tasks()
		.map(({ taskId }) => taskId)
		.toReversed();
	const listed = (body: unknown) => (body as { results: Json[] }).results.map(({ id }) => id);
	const first = await get('/predictions');
	const next = `${base()}?cursor=100`;
	expect(first.body).toMatchObject({ previous: null, next });
	expect(listed(first.body)).toEqual(ids.slice(0, 100));
	const second = await get(next.slice(sandbox.get().baseUrls.replicate.length));
	expect(second.body).toMatchObject({ previous: `${base()}?cursor=0`, next: null });
	expect(listed(second.body)).toEqual(ids.slice(100));
	expect((await get('/predictions?cursor=x')).status).toBe(400);
});

test('the account is the key’s', async () => {
	expect(await get('/account')).toMatchObject({
		status: 200,
		body: { type: 'user', username: 'sandbox' },
	});
});

describe('files', () => {
	const bytes = Buffer.from('\r\n--an image\r\n\0\xff', 'latin1');
	const send = (form: FormData) =>
		sandbox.request('replicate', '/files', { method: 'POST', body: form });
	const formOf = (parts: Record<string, Blob | string>) => {
		const form = new FormData();
		for (const [name, part] of Object.entries(parts)) {
			if (typeof part === 'string') form.append(name, part);
			else form.append(name, part, 'boat.png');
		}
		return form;
	};
	const content = new Blob([bytes], { type: 'image/png' });

	test('are kept as they came, and told', async () => {
		const metadata = new Blob(['{"a": 1}'], { type: 'application/json' });
		const { status, body } = await send(formOf({ content, metadata }));
		expect(status).toBe(201);
		expect(sandbox.get().uploads()).toEqual([bytes]);
		const { id, urls } = body as { id: string; urls: { get: string } };
		expect(body).toMatchObject({
			content_type: 'image/png',
			size: bytes.length,
			checksums: { sha256: createHash('sha256').update(bytes).digest('hex') },
		});
		expect(urls.get).toBe(`${sandbox.get().baseUrls.replicate}/files/${id}`);
		expect(await get(`/files/${id}`)).toMatchObject({ status: 200, body: { id } });
		expect(await get('/files')).toMatchObject({ body: { next: null, results: [{ id }] } });
		expect((await create({ prompt, image: urls.get })).status).toBe(201);
	});

	test.each<[string, Record<string, Blob | string>, number]>([
		['no file', { other: 'x' }, 400],
		['no content', { metadata: '{}' }, 400],
		['a text for a file', { content: 'x' }, 400],
		['nothing in it', { content: new Blob([]) }, 400],
		['metadata that is no JSON', { content, metadata: '{' }, 400],
	])('are refused with %s', async (_, parts, status) => {
		expect((await send(formOf(parts))).status).toBe(status);
		expect(sandbox.get().uploads()).toEqual([]);
	});

	test('are refused in any other form, and cannot be used where there are none', async () => {
		expect((await sandbox.post('replicate', '/files', { content: 'x' })).status).toBe(415);
		expect((await get('/files/x')).status).toBe(404);
		const image = `${sandbox.get().baseUrls.replicate}/files/x`;
		expect(await create({ prompt, image })).toMatchObject({
			status: 422,
			body: { invalid_fields: [{ field: 'input.image' }] },
		});
	});
});

describe('webhooks', () => {
	const { url, received } = useReceiver();

	const order = (more: Json = {}) =>
		sandbox.post('replicate', fast, { input: { prompt }, webhook: `${url()}/hook`, ...more });
	const pass = async () => {
		for (const share of [0.5, 0.5]) {
			sandbox.clock.advance(share * generationMs);
			await sandbox.get().tick();
		}
		return received.map(({ text }) => (JSON.parse(text) as { status: string }).status);
	};

	test('tell the end alone where that was asked for, signed', async () => {
		await order({ webhook_events_filter: ['completed'] });
		expect(await pass()).toEqual(['succeeded']);
		const { key } = (await get('/webhooks/default/secret')).body as { key: string };
		expect(key).toMatch(/^whsec_/);
		const [call] = received;
		if (call === undefined) throw new Error('Nobody called');
		const { headers, text } = call;
		const id = String(headers['webhook-id']);
		const timestamp = String(headers['webhook-timestamp']);
		expect(Number(timestamp)).toBe(Math.floor((start + generationMs) / 1000));
		const signature = createHmac('sha256', Buffer.from(key.slice('whsec_'.length), 'base64'))
			.update(`${id}.${timestamp}.${text}`)
			.digest('base64');
		expect(headers['webhook-signature']).toBe(`v1,${signature}`);
		const taskId = sandbox.get().tasks()[0]?.taskId;
		expect(JSON.parse(text)).toEqual((await get(`/predictions/${taskId}`)).body);
	});

	test('tell the start, too, where nothing was said', async () => {
		await order();
		expect(await pass()).toEqual(['processing', 'succeeded']);
	});

	test('tell nothing that was not asked for', async () => {
		await order({ webhook_events_filter: ['logs'] });
		expect(await pass()).toEqual([]);
	});
});
