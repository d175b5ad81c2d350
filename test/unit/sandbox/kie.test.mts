import { signCallback } from '../../../sandbox/callbacks.mts';
import { sampleImage } from '../../../sandbox/media/embedded.mts';
import { generationMs, start, useSandbox } from './helpers.mts';
import type { Json } from './helpers.mts';
import { useReceiver } from '../../servers.mts';

const hmacKey = 'kie_test_hmac_key_0123456789';
const sandbox = useSandbox({ webhookKeys: { kie: hmacKey } });
const createPath = '/api/v1/jobs/createTask';
const create = (model: string, input: Json, more: Json = {}) =>
	sandbox.post('kie', createPath, { model: `bytedance/${model}`, input, ...more });

const prompt = 'A serene beach at sunset with waves gently crashing on the shore';
const url = 'https://templateb.aiquickdraw.com/custom-page/akr/section-images/example1.png';

// The example of the seedance-2 page, which shows frames and references at once.
const common = {
	prompt,
	return_last_frame: false,
	generate_audio: false,
	resolution: '720p',
	aspect_ratio: '16:9',
	duration: 15,
	web_search: false,
};
const frames = { first_frame_url: url, last_frame_url: `${url}?2` };
const references = {
	reference_image_urls: [url],
	reference_video_urls: [`${url}.mp4`],
	reference_audio_urls: [`${url}.mp3`],
};
/** A problem of one of two pages is told as the text page's, so what is wrong stands alone. */
const text15 = {
	prompt,
	aspect_ratio: '1:1',
	resolution: '720p',
	duration: 8,
	fixed_lens: false,
	generate_audio: false,
};
const pro15 = { ...text15, input_urls: [url] };
const pro1 = {
	prompt,
	image_url: url,
	resolution: '720p',
	duration: '5',
	camera_fixed: false,
	seed: -1,
	enable_safety_checker: true,
};

test.each<[string, string, Json]>([
	['text', 'seedance-2', common],
	['frames', 'seedance-2', { ...common, ...frames }],
	['references', 'seedance-2', { ...common, ...references }],
	['1.5 Pro', 'seedance-1.5-pro', pro15],
	['1.5 Pro from a text', 'seedance-1.5-pro', text15],
	['1.0 Pro', 'v1-pro-image-to-video', pro1],
	['a length that 2.5 chooses', 'seedance-2-5', { ...common, duration: -1 }],
])('accepts the documented example: %s', async (_, model, input) => {
	const { body } = await create(model, input);
	expect(body).toEqual({
		code: 200,
		msg: 'success',
		data: { taskId: expect.stringMatching(/^task_bytedance_\d{13}$/) },
	});
});

test.each<[string, string, Json, RegExp]>([
	[
		'frames with references',
		'seedance-2',
		{ ...common, ...frames, ...references },
		/first_frame_url/,
	],
	['a last frame alone', 'seedance-2', { ...common, last_frame_url: url }, /_frame_url/],
	[
		'a data URI',
		'seedance-2',
		{ ...common, first_frame_url: 'data:image/png;base64,AA==' },
		/first_frame_url/,
	],
	[
		'ten images',
		'seedance-2',
		{ ...common, reference_image_urls: Array(10).fill(url) },
		/reference_image/,
	],
	['a length as text', 'seedance-2', { ...common, duration: '5' }, /duration/],
	['a length that 2.0 is to choose', 'seedance-2', { ...common, duration: -1 }, /duration/],
	['a seed', 'seedance-2', { ...common, seed: 1 }, /seed/],
	['nsfw_checker at 2.0', 'seedance-2', { ...common, nsfw_checker: true }, /nsfw_checker/],
	['1080p at Fast', 'seedance-2-fast', { ...common, resolution: '1080p' }, /resolution/],
	['return_last_frame at Mini', 'seedance-2-mini', common, /return_last_frame/],
	['a prompt of two characters', 'seedance-2', { ...common, prompt: 'ab' }, /prompt/],
	['1.5 without a ratio', 'seedance-1.5-pro', { ...text15, aspect_ratio: undefined }, /aspect/],
	['1.5 without a length', 'seedance-1.5-pro', { ...text15, duration: undefined }, /duration/],
	['1.5 with one image as a text', 'seedance-1.5-pro', { ...pro15, input_urls: url }, /input_urls/],
	['1.5 with three', 'seedance-1.5-pro', { ...pro15, input_urls: [url, url, url] }, /input_urls/],
	['1.5 with camera_fixed', 'seedance-1.5-pro', { ...text15, camera_fixed: true }, /camera_fixed/],
	['1.0 with a number', 'v1-pro-image-to-video', { ...pro1, duration: 5 }, /duration/],
	['1.0 Pro with a last image', 'v1-pro-image-to-video', { ...pro1, end_image_url: url }, /end_im/],
])('refuses %s with HTTP 200 and code 422', async (_, model, input, reason) => {
	expect(await create(model, input)).toMatchObject({
		status: 200,
		body: { code: 422, msg: expect.stringMatching(reason), data: null },
	});
	expect(sandbox.get().tasks()).toEqual([]);
});

test('one vendor’s key and tasks are nothing to the other', async () => {
	await create('seedance-2', common);
	const taskId = sandbox.get().tasks()[0]?.taskId ?? '';
	expect((await sandbox.statusOf('kie', taskId)).body).toMatchObject({ code: 200, msg: 'success' });
	expect((await sandbox.statusOf('apikley', taskId)).body).toMatchObject({ code: 422 });
	const authorization = `Bearer ${sandbox.get().apiKeys.apikley}`;
	const reply = await sandbox.request('kie', '/api/v1/chat/credit', { headers: { authorization } });
	expect(reply).toMatchObject({ status: 401, body: { code: 401 } });
});

test('the last frame is one more URL', async () => {
	await create('seedance-2', { ...common, return_last_frame: true });
	const taskId = sandbox.get().tasks()[0]?.taskId ?? '';
	sandbox.clock.advance(generationMs);
	const media = `${sandbox.get().url}/media/${taskId}`;
	expect((await sandbox.statusOf('kie', taskId)).body).toMatchObject({
		data: { resultJson: JSON.stringify({ resultUrls: [`${media}.mp4`, `${media}.png`] }) },
	});
});

test('the credits fall by what tasks cost', async () => {
	const credits = async () => (await sandbox.request('kie', '/api/v1/chat/credit')).body;
	expect(await credits()).toEqual({ code: 200, msg: 'success', data: 10_000 });
	await create('seedance-2', common);
	expect(await credits()).toMatchObject({ data: 9995 });
});

describe('the storage', () => {
	const send = async (fields: Record<string, string | Blob>, vendor: 'kie' | 'apikley' = 'kie') => {
		const body = new FormData();
		for (const [name, value] of Object.entries(fields)) body.set(name, value);
		return await sandbox.request(vendor, '/api/file-stream-upload', { method: 'POST', body });
	};
	const file = new Blob([new Uint8Array(sampleImage)], { type: 'image/png' });

	test('keeps a file, byte for byte, and tells its address', async () => {
		const reply = await send({ file, uploadPath: 'images/n8n', fileName: 'a.png' });
		expect(reply).toMatchObject({
			status: 200,
			body: {
				success: true,
				code: 200,
				msg: 'File uploaded successfully',
				data: {
					fileName: 'a.png',
					filePath: 'images/n8n/a.png',
					downloadUrl: `${sandbox.get().baseUrls.kie}/files/images/n8n/a.png`,
					fileSize: sampleImage.length,
					mimeType: 'image/png',
					uploadedAt: new Date(start).toISOString(),
				},
			},
		});
		expect(sandbox.get().uploads()).toEqual([sampleImage]);
	});

	test('overwrites a file of the same name', async () => {
		const named = { uploadPath: 'images', fileName: 'a.png' };
		await send({ file, ...named });
		await send({ file: new Blob(['other']), ...named });
		expect(sandbox.get().uploads()).toEqual([Buffer.from('other')]);
	});

	test.each<[string, Record<string, string | Blob>]>([
		['no file', { uploadPath: 'images' }],
		['an empty file', { file: new Blob([]), uploadPath: 'images' }],
		['no path', { file }],
		['an unknown field', { file, uploadPath: 'images', folder: 'x' }],
	])('refuses %s', async (_, fields) => {
		expect(await send(fields)).toMatchObject({ status: 400, body: { code: 400, data: null } });
		expect(sandbox.get().uploads()).toEqual([]);
	});

	test('refuses what is no form, and a wrong key', async () => {
		const path = '/api/file-stream-upload';
		expect(await sandbox.post('kie', path, { file: 'x' })).toMatchObject({ status: 400 });
		const headers = { authorization: 'Bearer wrong' };
		const reply = await sandbox.request('kie', path, { method: 'POST', headers });
		expect(reply).toMatchObject({ status: 401 });
	});

	test('Apikley has none', async () => {
		const reply = await send({ file, uploadPath: 'images' }, 'apikley');
		expect(reply).toMatchObject({ status: 404 });
	});
});

const { url: receiverUrl, received } = useReceiver();

test('callbacks are signed with kie.ai’s own key', async () => {
	await create('seedance-2', common, { callBackUrl: `${receiverUrl()}/hook` });
	sandbox.clock.advance(generationMs);
	await sandbox.get().tick();
	const seconds = (start + generationMs) / 1000;
	const taskId = sandbox.get().tasks()[0]?.taskId ?? '';
	expect(received.map(({ headers }) => headers)).toMatchObject([
		{
			'x-webhook-timestamp': String(Math.floor(seconds)),
			'x-webhook-signature': signCallback(taskId, Math.floor(seconds), hmacKey),
		},
	]);
});

test('a refusal may name a task, as at Apikley', async () => {
	sandbox.get().addFault({ operation: 'create', effect: { kind: 'refuseWithTask' } });
	const { body } = await create('seedance-2', common);
	expect(body).toMatchObject({ code: 501, data: { taskId: expect.any(String) } });
});
