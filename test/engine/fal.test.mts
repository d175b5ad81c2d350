import { clock } from '../../nodes/shared/n8n/clock.ts';
import { TOKEN_PARAMETER } from '../../nodes/shared/tasks/callbackToken.ts';
import { lastFrameImage, sampleImage, sampleVideo } from '../../sandbox/media/embedded.mts';
import { pngOf } from '../unit/pictures.mts';
import { generationMs } from './bench.mts';
import { bytesOf } from './harness.mts';
import { useReceiver } from '../servers.mts';
import { fromFiles, picture, useVendorBench } from './vendorBench.mts';

const fast = 'bytedance/seedance-2.0/fast';
const app = '/bytedance/seedance-2.0';
// The example of the models' own pages.
const prompt =
	'An octopus finds a football in the ocean and excitedly calls its octopus friends to come and play. Cut scene to an octopus football game under the sea.';
const imageUrl =
	'https://v3b.fal.media/files/b/0a8eba37/Cqg-4Uwzyz4DELfceT1CF_a17e588773ec45b1a9e6f100a787b80b.jpg';

const { bench, textToVideo, imageToVideo, task, submitted, body, calls, counts } = useVendorBench(
	'fal',
	{ prompt, text: `${fast}/text-to-video`, image: `${fast}/image-to-video` },
);

const base = () => `${app}/requests/${bench.taskIds()[0]}`;
const urls = () => {
	const url = `${bench.sandbox().baseUrls.fal}${base()}`;
	return { status: `${url}/status`, response: url, cancel: `${url}/cancel` };
};

describe('an order', () => {
	test('with what the node shows by itself has five seconds, not the model’s choice', async () => {
		const { status } = await textToVideo();
		expect(status).toBe('success');
		expect(bench.creates()).toMatchObject([
			{
				method: 'POST',
				path: `/${fast}/text-to-video`,
				headers: {
					authorization: `Key ${bench.sandbox().apiKeys.fal}`,
					'content-type': 'application/json',
				},
			},
		]);
		expect(body()).toEqual({ prompt, aspect_ratio: 'auto', resolution: '720p', duration: '5' });
	});

	test('with everything the model has', async () => {
		const { status } = await textToVideo({
			parameters: {
				aspectRatio: '21:9',
				resolution: '480p',
				duration: 15,
				options: {
					generateAudio: false,
					bitrateMode: 'high',
					codec: 'H265',
					endUserId: 'user-7',
				},
			},
		});
		expect(status).toBe('success');
		expect(body()).toEqual({
			prompt,
			aspect_ratio: '21:9',
			resolution: '480p',
			duration: '15',
			generate_audio: false,
			bitrate_mode: 'high',
			codec: 'H265',
			end_user_id: 'user-7',
		});
	});

	test('whose length the model chooses', async () => {
		await textToVideo({ parameters: { duration: 'auto' } });
		expect(body()).toMatchObject({ duration: 'auto' });
	});

	test('of 1.0 Pro, with frames in place of the duration', async () => {
		const { status } = await textToVideo({
			parameters: {
				model: 'fal-ai/bytedance/seedance/v1/pro/text-to-video',
				duration: 12,
				options: { frames: 30, cameraFixed: true, seed: -1, enableSafetyChecker: false },
			},
		});
		expect(status).toBe('success');
		expect(body()).toEqual({
			prompt,
			aspect_ratio: '16:9',
			resolution: '1080p',
			num_frames: 30,
			camera_fixed: true,
			seed: -1,
			enable_safety_checker: false,
		});
		expect(calls().at(-1)).toBe(`GET /fal-ai/bytedance/requests/${bench.taskIds()[0]}`);
	});

	test('of images, with what the node shows by itself', async () => {
		const { status } = await imageToVideo({ parameters: { imageUrl } });
		expect(status).toBe('success');
		expect(body()).toEqual({
			prompt,
			image_url: imageUrl,
			aspect_ratio: 'auto',
			resolution: '720p',
			duration: '5',
		});
	});

	// https://fal.ai/models/bytedance/seedance-2.0/image-to-video/api, which leaves the rest to the
	// vendor: an empty value is not sent.
	test('of images: the documented example, to the letter', async () => {
		const model = 'bytedance/seedance-2.0/image-to-video';
		const left = { aspectRatio: '', resolution: '', duration: '' };
		const { status } = await imageToVideo({ parameters: { model, imageUrl, ...left } });
		expect(status).toBe('success');
		expect(bench.creates()[0]?.path).toBe(`/${model}`);
		expect(body()).toEqual({ prompt, image_url: imageUrl });
	});

	test('of references of every kind', async () => {
		const { status } = await imageToVideo({
			parameters: {
				model: 'bytedance/seedance-2.5/reference-to-video',
				referenceImages: { image: [{ inputType: 'url', url: imageUrl }] },
				referenceVideos: { video: [{ url: 'https://files.example/dance.mp4' }] },
				referenceAudios: { audio: [{ url: 'https://files.example/song.mp3' }] },
				duration: 30,
				options: { taskType: 'extension', seed: 7, draft: true },
			},
		});
		expect(status).toBe('success');
		expect(body()).toEqual({
			prompt,
			aspect_ratio: 'auto',
			resolution: '720p',
			duration: '30',
			task: 'extension',
			draft: true,
			seed: 7,
			image_urls: [imageUrl],
			video_urls: ['https://files.example/dance.mp4'],
			audio_urls: ['https://files.example/song.mp3'],
		});
	});

	test('of a model that is not listed, with fields of its own', async () => {
		const { items } = await textToVideo({
			parameters: {
				model: 'custom',
				customModel: 'sandbox/next/text-to-video',
				options: { additionalParameters: '{"mood": ["calm"], "seed": null}' },
			},
		});
		expect(items[0]?.json).toMatchObject({ status: 'succeeded' });
		expect(body()).toEqual({ prompt, mood: ['calm'], seed: null });
		expect(calls()[0]).toBe('POST /sandbox/next/text-to-video');
		expect(calls().at(-1)).toBe(`GET /sandbox/next/requests/${bench.taskIds()[0]}`);
	});

	test.each([
		[{ duration: 16 }, 'Duration must be one of auto, 4, 5, 6'],
		[{ duration: '' }, ''],
		[{ resolution: '1080p' }, 'Resolution must be one of 480p, 720p for Seedance 2.0 Fast on fal'],
		[{ aspectRatio: 'adaptive' }, 'Aspect Ratio must be one of auto, 21:9'],
	])('%j is refused before anything is sent, if it is wrong', async (parameters, message) => {
		const { error } = await textToVideo({ parameters });
		expect(error?.message ?? '').toContain(message);
		expect(bench.creates()).toHaveLength(message === '' ? 1 : 0);
	});
});

describe('a video', () => {
	test('is asked for at the told addresses, and its result once', async () => {
		const { items } = await textToVideo({ parameters: { downloadVideo: true } });
		const [taskId] = bench.taskIds();
		expect(items[0]?.json).toEqual({
			taskId,
			provider: 'fal',
			model: `${fast}/text-to-video`,
			status: 'succeeded',
			videoUrl: `${bench.sandbox().url}/media/${taskId}.mp4`,
			prompt,
			duration: 5,
			resolution: '720p',
			aspectRatio: 'auto',
			seed: 42,
			video: expect.objectContaining({ durationSeconds: 3, width: 640, height: 360 }),
			taskUrls: { ...urls(), proof: expect.any(String) },
		});
		expect(await bytesOf(items[0])).toEqual(sampleVideo);
		expect(new Set(calls().slice(1, -2))).toEqual(new Set([`GET ${base()}/status`]));
		expect(calls().slice(-2)).toEqual([`GET ${base()}`, `GET /media/${taskId}.mp4`]);
		expect(bench.downloads()[0]?.headers.authorization).toBeUndefined();
	});

	test('is waited for with other words, strange answers and lost ones', async () => {
		bench.fault({ operation: 'create', effect: { kind: 'slowPropagation', forMs: 20_000 } });
		bench.fault({
			operation: 'status',
			times: 2,
			effect: { kind: 'unknownStatus', status: 'MODERATING' },
		});
		bench.fault({ operation: 'status', times: 2, effect: { kind: 'otherTask' } });
		bench.fault({ operation: 'status', times: 2, effect: { kind: 'malformedJson' } });
		bench.fault({ operation: 'status', times: 1, effect: { kind: 'bodyCode', code: 500 } });
		bench.fault({ operation: 'result', times: 2, effect: { kind: 'http', status: 502 } });
		bench.fault({ operation: 'result', times: 1, effect: { kind: 'http', status: 429 } });
		bench.fault({ operation: 'result', times: 1, effect: { kind: 'malformedJson' } });
		const { items } = await textToVideo();
		expect(items[0]?.json).toMatchObject({ taskId: bench.taskIds()[0], status: 'succeeded' });
		expect(bench.creates()).toHaveLength(1);
	});

	test('that is paid for is named with its addresses where a later try can ask nobody', async () => {
		const failed = await textToVideo({ parameters: { options: { timeout: 0.25 } } });
		const seedanceFalApi = { apiKey: bench.sandbox().apiKeys.fal, baseUrl: 'no address' };
		const { items } = await failed.retry({
			onError: 'continueRegularOutput',
			credentials: { seedanceFalApi },
		});
		expect(items[0]?.json).toMatchObject({
			error: expect.stringContaining('is not a web address'),
			taskId: bench.taskIds()[0],
			taskUrls: { ...urls(), proof: expect.any(String) },
		});
		expect(bench.creates()).toHaveLength(1);
	});

	test('that is paid for is found again by a retry', async () => {
		const failed = await textToVideo({ parameters: { options: { timeout: 0.25 } } });
		expect(failed.error?.message).toMatch(/still running at fal \(IN_|still running at fal/);
		const { items } = await failed.retry({
			parameters: {
				provider: 'fal',
				model: `${fast}/text-to-video`,
				prompt,
				downloadVideo: false,
			},
		});
		expect(items[0]?.json).toMatchObject({ taskId: bench.taskIds()[0], status: 'succeeded' });
		expect(bench.creates()).toHaveLength(1);
	});
});

describe('what goes wrong', () => {
	test('an input that only the model refuses: which field, and the task', async () => {
		const { error } = await textToVideo({
			parameters: { options: { additionalParameters: '{"seed": 7}' } },
		});
		expect(error?.message).toBe(
			'fal could not generate the video: seed: This field is not supported [item 0]',
		);
		expect(error?.description).toContain('Code: value_error.');
		expect(error?.description).toContain(`Task ID: ${bench.taskIds()[0]}.`);
		expect(bench.creates()).toHaveLength(1);
	});
});

test('a draft, and its final video', async () => {
	const model = 'bytedance/seedance-2.5/text-to-video';
	const draft = await bench.run({
		parameters: { provider: 'fal', model, simplify: false, options: { draft: true } },
	});
	const raw = draft.items[0]?.json.raw as { draft_id: string } | undefined;
	const draftId = raw?.draft_id;
	const { status, items } = await bench.run({
		parameters: { provider: 'fal', model, options: { draftId, codec: 'H265' } },
	});
	expect(status).toBe('success');
	expect(bench.creates().at(-1)).toMatchObject({
		path: '/bytedance/seedance-2.5/draft/complete',
		json: { draft_id: draftId, codec: 'H265' },
	});
	expect(Object.keys(Object(bench.creates().at(-1)?.json))).toHaveLength(2);
	expect(items[0]?.json).toMatchObject({ provider: 'fal', model, status: 'succeeded' });
});

describe('an image', () => {
	test('as a file goes to the storage first, which never sees the key', async () => {
		const { status } = await imageToVideo(fromFiles);
		expect(status).toBe('success');
		expect(bench.sandbox().uploads()).toEqual([sampleImage, lastFrameImage]);
		const uploads = bench.requests('upload');
		expect(uploads.map(({ method, json }) => [method, json])).toMatchObject([
			['POST', { content_type: 'image/png', file_name: 'a.png' }],
			['PUT', undefined],
			['POST', { content_type: 'image/png', file_name: 'b.png' }],
			['PUT', undefined],
		]);
		expect(uploads.map(({ headers }) => headers.authorization !== undefined)).toEqual([
			true,
			false,
			true,
			false,
		]);
		const storage = `${bench.sandbox().baseUrls.fal}/storage/files/`;
		expect(body()).toMatchObject({
			image_url: expect.stringContaining(storage),
			end_image_url: expect.stringContaining(storage),
		});
	});

	test('may be a data URI where the user writes one', async () => {
		const dataUri = `data:image/png;base64,${sampleImage.toString('base64')}`;
		await imageToVideo({ parameters: { imageUrl: dataUri } });
		// It is a file like any other: this vendor has a storage for it.
		expect(body()).toMatchObject({ image_url: expect.stringMatching(/^https?:/) });
		expect(bench.sandbox().uploads()).toEqual([sampleImage]);
	});

	test('as a reference goes there, too, and keeps its place', async () => {
		const { status } = await imageToVideo({
			parameters: {
				model: `${fast}/reference-to-video`,
				referenceImages: {
					image: [
						{ inputType: 'url', url: imageUrl },
						{ inputType: 'binary', binaryPropertyName: 'data' },
						{ inputType: 'url', url: `${imageUrl}?2` },
					],
				},
			},
			items: [{ json: {}, binary: picture('data', 'a.png') }],
		});
		expect(status).toBe('success');
		expect(body()).toMatchObject({
			image_urls: [imageUrl, expect.stringContaining('/storage/files/'), `${imageUrl}?2`],
		});
	});

	test.each([
		[
			'image/gif',
			Buffer.from('GIF89a\x40\x01\x40\x01', 'latin1'),
			/is not an image that fal takes/,
		],
		['image/png', pngOf(640, 360, 30 * 1024 * 1024 + 1), /is too large for fal/],
	])('that the model does not take (%s) is refused before anything is sent', async (...given) => {
		const [mimeType, bytes, message] = given;
		const { error } = await imageToVideo({
			parameters: { imageInputType: 'binary' },
			items: [{ json: {}, binary: { data: { data: bytes.toString('base64'), mimeType } } }],
		});
		expect(error?.message).toMatch(message);
		expect(bench.sandbox().requests).toEqual([]);
	});

	test('references: one is needed, and no sound alone is one', async () => {
		for (const given of [{}, { referenceAudios: { audio: [{ url: imageUrl }] } }]) {
			const { error } = await imageToVideo({
				parameters: { model: `${fast}/reference-to-video`, ...given },
			});
			expect(error?.message).toMatch(/^Reference Images must not be empty/);
		}
		expect(bench.sandbox().requests).toEqual([]);
	});
});

describe('Seedance Task', () => {
	test('Wait goes on where the row says', async () => {
		const row = await submitted();
		expect(row).toMatchObject({ status: 'queued', taskUrls: urls() });
		const { items } = await task('wait', row);
		expect(items[0]?.json).toMatchObject({ taskId: row.taskId, status: 'succeeded' });
	});

	test('an ID of elsewhere is found by its model', async () => {
		const { taskId } = await submitted();
		const { items } = await task(
			'wait',
			{ taskId },
			{ options: { model: `${fast}/text-to-video` } },
		);
		expect(items[0]?.json).toMatchObject({ taskId, status: 'succeeded' });
		expect(calls().at(-1)).toBe(`GET ${base()}`);
	});

	test('an ID of elsewhere without its model: what is missing', async () => {
		const { taskId } = await submitted();
		const before = calls().length;
		const { error } = await task('get', { taskId });
		expect(error?.description).toContain('The address of a task begins with its model');
		expect(error?.description).toContain(`Task ID: ${String(taskId)}.`);
		expect(calls().slice(before)).toEqual([]);
	});

	test.each([
		['waiting', 0, 'cancelled'],
		['running', generationMs / 2, 'cancelled'],
		['completed', generationMs, 'succeeded'],
	])('Cancel of a %s one', async (_, afterMs, status) => {
		const row = await submitted();
		await clock.sleep(afterMs);
		const { items } = await task('cancel', row);
		const { taskId, taskUrls } = row;
		expect(items[0]?.json).toMatchObject({ taskId, taskUrls, status });
		const path = `${app}/requests/${String(row.taskId)}/cancel`;
		expect(bench.requests('cancel')).toMatchObject([{ method: 'PUT', path }]);
	});

	test('a task that somebody cancelled is no failure of the model', async () => {
		const row = await submitted();
		await clock.sleep(generationMs / 2);
		await task('cancel', row);
		const { error } = await task('wait', row);
		expect(error?.message).toMatch(/^fal cancelled the task/);
	});

	test('Get Balance, with a key that may see it and one that may not', async () => {
		const parameters = { provider: 'fal', resource: 'account', operation: 'getBalance' };
		const asked = await bench.run({ type: 'seedanceTask', parameters });
		expect(asked.items[0]?.json).toEqual({
			provider: 'fal',
			balance: 24.5,
			currency: 'USD',
			unit: 'USD',
		});
		bench.fault({ operation: 'balance', effect: { kind: 'http', status: 401 } });
		const { error } = await bench.run({ type: 'seedanceTask', parameters });
		expect(error?.message).toMatch(/^fal does not allow this request/);
	});
});

describe('the webhook', () => {
	const { url, received } = useReceiver();

	const called = async () => {
		const callbackUrl = `${url()}/webhook/hook`;
		const { items } = await textToVideo({
			parameters: { completion: 'notify', callbackUrl },
			n8n: { startExecution() {} },
		});
		expect(items[0]?.json).toMatchObject({ status: 'queued', taskUrls: urls() });
		await clock.sleep(generationMs);
		await bench.sandbox().tick();
		const [call] = received;
		if (call === undefined) throw new Error('Nobody called');
		return call;
	};

	test('is asked for with the order, behind a token', async () => {
		await called();
		const { path = '' } = bench.creates()[0] ?? {};
		const webhook = new URL(path, 'http://fal.test').searchParams.get('fal_webhook') ?? '';
		expect(new URL(webhook).searchParams.has(TOKEN_PARAMETER)).toBe(true);
	});

	test('counts with fal’s signature alone', async () => {
		const call = await called();
		expect(await counts(call)).toBe(true);
		const changed = Buffer.from(call.rawBody.toString().replace('OK', 'KO'));
		expect(await counts({ ...call, rawBody: changed })).toBe(false);
		const other = { ...call.headers, 'x-fal-webhook-request-id': 'other' };
		expect(await counts({ ...call, headers: other })).toBe(false);
		expect(bench.requests('keys')).toHaveLength(1);
		expect(bench.requests('keys')[0]?.headers.authorization).toBeUndefined();
		await clock.sleep(301_000);
		expect(await counts(call)).toBe(false);
	});
});
