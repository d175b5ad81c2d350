import type { IDataObject } from 'n8n-workflow';
import { clock } from '../../nodes/shared/n8n/clock.ts';
import { TOKEN_PARAMETER } from '../../nodes/shared/tasks/callbackToken.ts';
import { lastFrameImage, sampleImage, sampleVideo } from '../../sandbox/media/embedded.mts';
import { webhookSecret } from '../../sandbox/vendors/replicateWebhook.mts';
import { generationMs, numbered, type Given } from './bench.mts';
import { bytesOf, type NodeResult } from './harness.mts';
import { useReceiver } from '../servers.mts';
import { fromFiles, picture, useVendorBench } from './vendorBench.mts';

const fast = 'bytedance/seedance-2.0-fast';
const newest = 'bytedance/seedance-2.5';
const pro = 'bytedance/seedance-1-pro';
const stopped = 'bytedance/seedance-1.5-pro';
const lite = 'bytedance/seedance-1-lite';
// The example of https://replicate.com/changelog/2025-10-16-prediction-deadlines.
const prompt =
	'The sun rises slowly between tall buildings. [Ground-level follow shot] Bicycle tires roll over a dew-covered street at dawn. The cyclist passes through dappled light under a bridge as the entire city gradually wakes up.';
const imageUrl = 'https://images.example/first.png';

const { bench, textToVideo, task, submitted, calls, counts, ...own } = useVendorBench('replicate', {
	prompt,
	text: fast,
	image: fast,
});

const imageToVideo = async ({ parameters, ...given }: Given = {}) =>
	await own.imageToVideo({
		parameters: {
			...(parameters?.imageMode !== 'references' && { imageMode: 'frames', imageUrl }),
			...parameters,
		},
		...given,
	});

const body = () => bench.creates()[0]?.json as IDataObject;
const input = () => body()?.input;
const key = () => bench.sandbox().apiKeys.replicate;
const pathOf = (model: string) => `/models/${model}/predictions`;

const iso = (ms: number) => new Date(ms).toISOString();

describe('an order', () => {
	test('with what the node shows by itself', async () => {
		const { status } = await textToVideo();
		expect(status).toBe('success');
		expect(bench.creates()).toMatchObject([
			{
				method: 'POST',
				path: pathOf(fast),
				headers: { authorization: `Bearer ${key()}`, 'content-type': 'application/json' },
			},
		]);
		expect(body()).toEqual({
			input: { prompt, aspect_ratio: '16:9', resolution: '720p', duration: 5 },
		});
	});

	test('the documented example, to the letter: an empty value is not sent', async () => {
		const left = { aspectRatio: '', resolution: '', duration: '' };
		const { status } = await textToVideo({ parameters: { model: pro, ...left } });
		expect(status).toBe('success');
		expect(bench.creates()[0]?.path).toBe(pathOf(pro));
		expect(body()).toEqual({ input: { prompt } });
	});

	test.each<[string, string, IDataObject, IDataObject]>([
		[
			'2.5',
			newest,
			{
				aspectRatio: '3:4',
				resolution: '1080p',
				duration: 30,
				options: { seed: 0, generateAudio: false, watermark: true },
			},
			{
				aspect_ratio: '3:4',
				resolution: '1080p',
				duration: 30,
				seed: 0,
				generate_audio: false,
				watermark: true,
			},
		],
		[
			'2.0',
			'bytedance/seedance-2.0',
			{
				aspectRatio: 'adaptive',
				resolution: '4k',
				duration: -1,
				options: { seed: 7, generateAudio: true },
			},
			{
				aspect_ratio: 'adaptive',
				resolution: '4k',
				duration: -1,
				seed: 7,
				generate_audio: true,
			},
		],
		[
			'1.0 Pro',
			pro,
			{
				aspectRatio: '9:21',
				resolution: '480p',
				duration: 2,
				options: { seed: 2_147_483_647, cameraFixed: true },
			},
			{
				aspect_ratio: '9:21',
				resolution: '480p',
				duration: 2,
				seed: 2_147_483_647,
				camera_fixed: true,
			},
		],
		[
			'1.5 Pro, which has no resolution',
			stopped,
			{
				aspectRatio: '21:9',
				resolution: '1080p',
				duration: 4,
				options: { seed: 7, cameraFixed: false, generateAudio: true },
			},
			{ aspect_ratio: '21:9', duration: 4, seed: 7, camera_fixed: false, generate_audio: true },
		],
	])('with everything that %s has', async (_, model, parameters, fields) => {
		const { status } = await textToVideo({ parameters: { model, ...parameters } });
		expect(status).toBe('success');
		expect(bench.creates()[0]?.path).toBe(pathOf(model));
		expect(input()).toEqual({ prompt, ...fields });
	});

	test.each([
		['seedance-2.0-mini', '/models/bytedance/seedance-2.0-mini/predictions', 404],
		['sandbox/next', '/models/sandbox/next/predictions', 201],
	])('of a model that is not listed: %s', async (customModel, path, status) => {
		const options = { additionalParameters: '{"mood": ["calm"]}' };
		const { error } = await imageToVideo({
			parameters: {
				model: 'custom',
				customModel,
				lastImageInputType: 'url',
				lastImageUrl: `${imageUrl}?last`,
				options,
			},
		});
		expect(bench.creates()).toMatchObject([{ path, responseStatus: status }]);
		expect(input()).toEqual({
			prompt,
			image: imageUrl,
			last_frame_image: `${imageUrl}?last`,
			mood: ['calm'],
		});
		expect(error?.message ?? '').toMatch(status === 404 ? /does not know this .*model/ : /^$/);
	});

	test('of both frames, where 2.5 leaves the ratio to them by itself', async () => {
		const last = { lastImageInputType: 'url', lastImageUrl: `${imageUrl}?last` };
		const { status } = await imageToVideo({ parameters: { model: newest, ...last } });
		expect(status).toBe('success');
		expect(input()).toEqual({
			prompt,
			aspect_ratio: 'adaptive',
			resolution: '720p',
			duration: 5,
			image: imageUrl,
			last_frame_image: `${imageUrl}?last`,
		});
	});

	test('of references of every kind, in any ratio', async () => {
		const { status } = await imageToVideo({
			parameters: {
				model: newest,
				imageMode: 'references',
				aspectRatio: '9:16',
				referenceImages: { image: [{ inputType: 'url', url: imageUrl }] },
				referenceVideos: { video: [{ url: 'https://files.example/dance.mp4' }] },
				referenceAudios: { audio: [{ url: 'https://files.example/song.mp3' }] },
			},
		});
		expect(status).toBe('success');
		expect(input()).toEqual({
			prompt,
			aspect_ratio: '9:16',
			resolution: '720p',
			duration: 5,
			reference_images: [imageUrl],
			reference_videos: ['https://files.example/dance.mp4'],
			reference_audios: ['https://files.example/song.mp3'],
		});
	});

	const images = (count: number) => ({
		image: Array.from({ length: count }, () => ({ inputType: 'url', url: imageUrl })),
	});
	const asReferences = (count: number) => ({
		imageMode: 'references',
		referenceImages: images(count),
	});

	test.each<[IDataObject, RegExp]>([
		[{ duration: 16 }, /^Duration must be one of -1, 4, 5, 6/],
		[{ duration: 3 }, /^Duration must be one of -1, 4, 5, 6/],
		[{ model: stopped, duration: 3 }, /^Duration must be between 4 and 12 seconds/],
		[{ resolution: '1080p' }, /^Resolution must be one of 480p, 720p for Seedance 2\.0 Fast/],
		[{ aspectRatio: 'auto' }, /^Aspect Ratio must be one of 16:9/],
		[{ model: newest, aspectRatio: '21:9' }, /^Aspect Ratio must be one of adaptive, 16:9/],
		[{ options: { seed: -1 } }, /^Seed must be between 0 and 2147483647/],
		[
			{ model: newest, aspectRatio: '16:9' },
			/^Aspect Ratio must be adaptive where the video begins with an image for Seedance 2\.5/,
		],
		[
			{ model: lite, resolution: '1080p', ...asReferences(1) },
			/^Resolution must be 480p or 720p with reference images for Seedance 1\.0 Lite/,
		],
		[{ model: lite, ...asReferences(5) }, /^Reference Images must be at most 4, and 5 are given/],
		[
			{ imageMode: 'references', referenceAudios: { audio: [{ url: imageUrl }] } },
			/^Reference Images must not be empty/,
		],
	])('%j is refused before anything is sent', async (parameters, message) => {
		const { error } = await imageToVideo({ parameters });
		expect(error?.message).toMatch(message);
		expect(bench.sandbox().requests).toEqual([]);
	});

	test('a frame in 1080p of 1.0 Lite is no reference', async () => {
		const { status } = await imageToVideo({ parameters: { model: lite, resolution: '1080p' } });
		expect(status).toBe('success');
	});
});

describe('a video', () => {
	test('has its times, and the hour in which it can be had', async () => {
		const { items } = await textToVideo({ parameters: { downloadVideo: true } });
		const [made] = bench.sandbox().tasks();
		const { taskId = '', createdAt = 0, finishesAt = 0 } = made ?? {};
		expect(items[0]?.json).toEqual({
			taskId,
			provider: 'replicate',
			model: fast,
			status: 'succeeded',
			videoUrl: `${bench.sandbox().url}/media/${taskId}.mp4`,
			video: expect.objectContaining({ durationSeconds: 3, width: 640, height: 360 }),
			createdAt: iso(createdAt),
			completedAt: iso(finishesAt),
			expiresAt: iso(finishesAt + 3_600_000),
			prompt,
			duration: 5,
			resolution: '720p',
			aspectRatio: '16:9',
		});
		expect(await bytesOf(items[0])).toEqual(sampleVideo);
		expect(bench.downloads()[0]?.headers.authorization).toBeUndefined();
		const checks = new Set(bench.checks().map(({ method, path }) => `${method} ${path}`));
		expect([...checks]).toEqual([`GET /predictions/${taskId}`]);
	});

	test('that was removed is said to be, and not ordered again', async () => {
		const failed = await textToVideo({ parameters: { options: { timeout: 0.25 } } });
		await clock.sleep(generationMs + 3_600_000);
		const { error } = await failed.retry();
		expect(error?.description).toContain('The video was removed');
		expect(error?.description).toContain(`Task ID: ${bench.taskIds()[0]}.`);
		expect(bench.creates()).toHaveLength(1);
	});
});

describe('who does not wait is told that the video goes', () => {
	const hintsOf = ({ run }: NodeResult) =>
		run.data.resultData.runData.Seedance?.at(-1)?.hints?.map(({ message }) => message) ?? [];
	const hint = 'Replicate deletes a video 60 minutes after it is finished.';
	const submit = { completion: 'submit' };
	const notify = {
		completion: 'notify',
		callbackUrl: 'https://n8n.example/webhook/abc/seedance',
	};

	test.each([
		[submit, 'Have it downloaded before, e.g. by the node Seedance Task, operation Wait.'],
		[notify, 'Leave Download Video on in the Seedance Trigger, or have it downloaded before.'],
	])('once, with %j', async (parameters, way) => {
		const result = await textToVideo({
			parameters,
			items: numbered(2),
			n8n: { startExecution: () => undefined },
		});
		expect(result.items).toHaveLength(2);
		expect(hintsOf(result)).toEqual([`${hint} ${way}`]);
	});

	test('but not who waits, and not where nothing was taken', async () => {
		expect(hintsOf(await textToVideo({ parameters: { downloadVideo: true } }))).toEqual([]);
		const result = await textToVideo({
			parameters: { completion: 'submit', prompt: '[credits]' },
			onError: 'continueRegularOutput',
		});
		expect(result.items[0]?.json).toHaveProperty('error');
		expect(hintsOf(result)).toEqual([]);
	});

	test('and not of vendors that keep it', async () => {
		const parameters = { provider: 'byteplus', prompt, completion: 'submit' };
		expect(hintsOf(await bench.run({ parameters }))).toEqual([]);
	});
});

describe('what goes wrong', () => {
	test('an input that the vendor refuses: which field', async () => {
		const options = { additionalParameters: '{"camera_fixed": true}' };
		const { error } = await textToVideo({ parameters: { options } });
		expect(error?.message).toMatch(/^Replicate did not accept the parameters/);
		expect(error?.description).toContain('input.camera_fixed is not supported');
		expect(error?.description).toMatch(/Nothing was submitted\.$/);
	});

	test('a limit is waited out for as long as the answer says', async () => {
		const detail = 'Request was throttled. Your rate limit resets in ~30s.';
		const effect = { kind: 'http', status: 429, body: { detail } } as const;
		bench.fault({ operation: 'create', times: 2, effect });
		await textToVideo({ parameters: { completion: 'submit' } });
		const moments = bench.creates().map(({ receivedAt }) => receivedAt);
		expect(moments.map((moment) => moment - (moments[0] ?? 0))).toEqual([0, 30_000, 60_000]);
		expect(bench.taskIds()).toHaveLength(1);
	});
});

describe('an image', () => {
	const files = () => `${bench.sandbox().baseUrls.replicate}/files/`;

	test('as a file goes to the vendor’s files first', async () => {
		const { status } = await imageToVideo(fromFiles);
		expect(status).toBe('success');
		expect(bench.sandbox().uploads()).toEqual([sampleImage, lastFrameImage]);
		expect(bench.requests('upload')).toMatchObject([
			{ method: 'POST', path: '/files', headers: { authorization: `Bearer ${key()}` } },
			{ method: 'POST', path: '/files', headers: { authorization: `Bearer ${key()}` } },
		]);
		expect(input()).toMatchObject({
			image: expect.stringContaining(files()),
			last_frame_image: expect.stringContaining(files()),
		});
	});

	test('is uploaded once for all items and for a later try', async () => {
		bench.fault({ operation: 'create', times: 2, effect: { kind: 'http', status: 422 } });
		const items = [1, 2].map(() => ({ json: {}, binary: picture('data', 'a.png') }));
		const failed = await imageToVideo({ parameters: { imageInputType: 'binary' }, items });
		expect(failed.status).toBe('error');
		expect((await failed.retry()).status).toBe('success');
		expect(bench.sandbox().uploads()).toHaveLength(1);
		const images = bench.creates().map(({ json }) => json);
		expect(new Set(images.map((body) => JSON.stringify(body))).size).toBe(1);
	});

	test('that cannot be uploaded costs nothing; a retry uploads and orders once', async () => {
		bench.fault({ operation: 'upload', times: 1, effect: { kind: 'http', status: 413 } });
		const failed = await imageToVideo({
			parameters: { imageInputType: 'binary' },
			items: [{ json: {}, binary: picture('data', 'a.png') }],
		});
		expect(failed.error?.description).toMatch(/Nothing was submitted\.$/);
		expect(bench.creates()).toEqual([]);
		expect((await failed.retry()).status).toBe('success');
		expect([bench.creates().length, bench.sandbox().uploads().length]).toEqual([1, 1]);
	});
});

describe('Seedance Task', () => {
	test('Wait, with a row or with an ID of elsewhere', async () => {
		const row = await submitted();
		for (const json of [row, { taskId: row.taskId }]) {
			const { items } = await task('wait', json);
			expect(items[0]?.json).toMatchObject({ taskId: row.taskId, status: 'succeeded' });
		}
	});

	test.each([
		['waiting', 0, 'cancelled'],
		['running', generationMs / 2, 'cancelled'],
		['finished', generationMs, 'succeeded'],
	])('Cancel of a %s one', async (_, afterMs, status) => {
		const row = await submitted();
		await clock.sleep(afterMs);
		const before = calls().length;
		const { items } = await task('cancel', row);
		expect(items[0]?.json).toMatchObject({ taskId: row.taskId, status });
		expect(calls().slice(before)).toEqual([`POST /predictions/${String(row.taskId)}/cancel`]);
	});

	test('a task that somebody cancelled ends the wait for it', async () => {
		const row = await submitted();
		await task('cancel', row);
		const { error } = await task('wait', row);
		expect(error?.message).toBe('Replicate cancelled the task: the task is cancelled [item 0]');
	});

	test('Get Many has the newest first', async () => {
		await submitted();
		await clock.sleep(generationMs);
		await submitted();
		const [older, newer] = bench.taskIds();
		const { items } = await task('getMany', {}, { limit: 5 });
		expect(items.map(({ json }) => [json.taskId, json.status])).toEqual([
			[newer, 'queued'],
			[older, 'succeeded'],
		]);
		const { items: latest } = await task('getMany', {}, { limit: 1 });
		expect(latest.map(({ json }) => json.taskId)).toEqual([newer]);
	});

	test('Get Many goes on to the next page', async () => {
		const parameters = { provider: 'replicate', prompt, completion: 'submit' };
		await bench.run({ parameters, items: numbered(101) });
		const { items } = await task('getMany', {}, { limit: 101 });
		expect(items.map(({ json }) => json.taskId)).toEqual(bench.taskIds().toReversed());
		expect(bench.requests('list').map(({ path }) => path)).toEqual([
			'/predictions',
			'/predictions?cursor=100',
		]);
	});
});

describe('the webhook', () => {
	const { url, received } = useReceiver();

	const called = async () => {
		const callbackUrl = `${url()}/webhook/hook`;
		await textToVideo({
			parameters: { completion: 'notify', callbackUrl },
			n8n: { startExecution() {} },
		});
		await clock.sleep(generationMs);
		await bench.sandbox().tick();
		const [call] = received;
		if (call === undefined || received.length > 1) throw new Error('Not called once');
		return call;
	};

	test('is asked for with the order, behind a token, for the end alone', async () => {
		await called();
		expect(body().webhook_events_filter).toEqual(['completed']);
		expect(new URL(String(body().webhook)).searchParams.has(TOKEN_PARAMETER)).toBe(true);
	});

	test('counts with the account’s secret alone, which is asked for once', async () => {
		const call = await called();
		expect(await counts(call)).toBe(true);
		const changed = Buffer.from(call.rawBody.toString().replace('succeeded', 'failed'));
		expect(await counts({ ...call, rawBody: changed })).toBe(false);
		const other = { ...call.headers, 'webhook-id': 'msg_other' };
		expect(await counts({ ...call, headers: other })).toBe(false);
		expect(bench.requests('keys')).toMatchObject([
			{ path: '/webhooks/default/secret', headers: { authorization: `Bearer ${key()}` } },
		]);
		await clock.sleep(301_000);
		expect(await counts(call)).toBe(false);
	});

	test('counts with the credential’s secret, and asks for none', async () => {
		const call = await called();
		expect(await counts(call, { webhookSecret })).toBe(true);
		expect(await counts(call, { webhookSecret: 'whsec_b3RoZXI=' })).toBe(false);
		expect(bench.requests('keys')).toEqual([]);
	});

	test('does not count while no secret can be had', async () => {
		const call = await called();
		bench.fault({ operation: 'keys', times: 1, effect: { kind: 'http', status: 403 } });
		expect(await counts(call)).toBe(false);
		expect(await counts(call)).toBe(true);
	});
});
