import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { clock } from '../../nodes/shared/n8n/clock.ts';
import { TOKEN_PARAMETER } from '../../nodes/shared/tasks/callbackToken.ts';
import { signCallback } from '../../sandbox/callbacks.mts';
import { sampleImage, sampleVideo } from '../../sandbox/media/embedded.mts';
import { pngOf } from '../unit/pictures.mts';
import { generationMs } from './bench.mts';
import { bytesOf } from './harness.mts';
import { useReceiver } from '../servers.mts';
import { picture, useVendorBench } from './vendorBench.mts';

const fast = 'bytedance/seedance-2-fast';
const newest = 'bytedance/seedance-2-5';
const stopped = 'bytedance/seedance-1.5-pro';

// Of the examples on the pages of the models.
const prompt =
	'A serene beach at sunset with waves gently crashing on the shore, palm trees swaying in the breeze, and seagulls flying across the orange sky';
const example = (name: string) =>
	`https://templateb.aiquickdraw.com/custom-page/akr/section-images/${name}`;

const { bench, textToVideo, imageToVideo, counts } = useVendorBench('kie', {
	prompt,
	text: fast,
	image: fast,
});
const ofText = async (parameters: IDataObject = {}) => await textToVideo({ parameters });
const ofImages = async (parameters: IDataObject, items?: INodeExecutionData[]) =>
	await imageToVideo({ parameters, items });

const bodies = () => bench.creates().map(({ json }) => json);
const inputOf = () => (bodies()[0] as IDataObject | undefined)?.input;

describe('an order', () => {
	test('with what the node shows by itself', async () => {
		const { status, items } = await ofText({ downloadVideo: true });
		expect(status).toBe('success');
		expect(bench.creates()).toMatchObject([
			{
				method: 'POST',
				path: '/api/v1/jobs/createTask',
				headers: { authorization: `Bearer ${bench.sandbox().apiKeys.kie}` },
			},
		]);
		expect(bodies()).toEqual([
			{
				model: fast,
				input: { prompt, aspect_ratio: '16:9', resolution: '720p', duration: 5 },
			},
		]);
		const [taskId] = bench.taskIds();
		expect(items[0]?.json).toMatchObject({
			taskId,
			provider: 'kie',
			model: fast,
			status: 'succeeded',
			usage: { credits: 5 },
		});
		expect(await bytesOf(items[0])).toEqual(sampleVideo);
		expect(bench.checks()[0]?.path).toBe(`/api/v1/jobs/recordInfo?taskId=${taskId}`);
	});

	test('of 2.5 with everything that it has', async () => {
		const { status } = await ofText({
			model: newest,
			aspectRatio: '21:9',
			resolution: '1080p',
			duration: -1,
			options: {
				generateAudio: false,
				returnLastFrame: true,
				webSearch: true,
				nsfwChecker: true,
				outputFormat: 'mov',
			},
		});
		expect(status).toBe('success');
		expect(inputOf()).toEqual({
			prompt,
			aspect_ratio: '21:9',
			resolution: '1080p',
			duration: -1,
			generate_audio: false,
			return_last_frame: true,
			web_search: true,
			nsfw_checker: true,
			output_format: 'mov',
		});
	});

	test('of 2.5 with what the node shows: five seconds, and the ratio is left to the model', async () => {
		await ofText({ model: newest });
		expect(inputOf()).toEqual({
			prompt,
			aspect_ratio: 'adaptive',
			resolution: '720p',
			duration: 5,
		});
	});

	test('of 1.0 Lite, whose length is a text', async () => {
		const { status } = await ofImages({
			model: 'bytedance/v1-lite-image-to-video',
			imageUrl: example('a.png'),
			lastImageInputType: 'url',
			lastImageUrl: example('b.png'),
			duration: 10,
			options: { cameraFixed: true, seed: 7, enableSafetyChecker: false, nsfwChecker: true },
		});
		expect(status).toBe('success');
		expect(inputOf()).toEqual({
			prompt,
			image_url: example('a.png'),
			end_image_url: example('b.png'),
			resolution: '720p',
			duration: '10',
			camera_fixed: true,
			seed: 7,
			enable_safety_checker: false,
			nsfw_checker: true,
		});
	});

	test('of a model that is not listed, from its first image to its last', async () => {
		const { status } = await ofImages({
			model: 'custom',
			customModel: 'sandbox/next',
			imageUrl: example('a.png'),
			lastImageInputType: 'url',
			lastImageUrl: example('b.png'),
			options: { additionalParameters: '{"mood": "calm"}' },
		});
		expect(status).toBe('success');
		expect(bodies()).toEqual([
			{
				model: 'sandbox/next',
				input: {
					prompt,
					first_frame_url: example('a.png'),
					last_frame_url: example('b.png'),
					mood: 'calm',
				},
			},
		]);
	});
});

describe('the documented example, to the letter', () => {
	// The page shows frames and references in one body, and says that they exclude each other.
	const parameters = {
		model: 'bytedance/seedance-2',
		resolution: '720p',
		aspectRatio: '16:9',
		duration: 15,
		options: { returnLastFrame: false, generateAudio: false, webSearch: false },
	};
	const common = {
		prompt,
		return_last_frame: false,
		generate_audio: false,
		resolution: '720p',
		aspect_ratio: '16:9',
		duration: 15,
		web_search: false,
	};

	test('of 2.0 with its frames', async () => {
		const { status } = await ofImages({
			...parameters,
			imageMode: 'frames',
			imageUrl: example('example2.png'),
			lastImageInputType: 'url',
			lastImageUrl: example('example3.png'),
		});
		expect(status).toBe('success');
		expect(bodies()).toEqual([
			{
				model: 'bytedance/seedance-2',
				input: {
					...common,
					first_frame_url: example('example2.png'),
					last_frame_url: example('example3.png'),
				},
			},
		]);
	});

	test('of 2.0 with its references', async () => {
		const { status } = await ofImages({
			...parameters,
			imageMode: 'references',
			referenceImages: { image: [{ inputType: 'url', url: example('example1.png') }] },
			referenceVideos: { video: [{ url: example('example1.mp4') }] },
			referenceAudios: { audio: [{ url: example('example1.mp3') }] },
		});
		expect(status).toBe('success');
		expect(inputOf()).toEqual({
			...common,
			reference_image_urls: [example('example1.png')],
			reference_video_urls: [example('example1.mp4')],
			reference_audio_urls: [example('example1.mp3')],
		});
	});

	test('of 1.5 Pro', async () => {
		const { status } = await ofImages({
			model: stopped,
			imageUrl: example('example1.png'),
			aspectRatio: '1:1',
			resolution: '720p',
			duration: 8,
			options: { cameraFixed: false, generateAudio: false },
		});
		expect(status).toBe('success');
		expect(inputOf()).toEqual({
			prompt,
			input_urls: [example('example1.png')],
			aspect_ratio: '1:1',
			resolution: '720p',
			duration: 8,
			fixed_lens: false,
			generate_audio: false,
		});
	});

	test('of 1.0 Pro', async () => {
		const { status } = await ofImages({
			model: 'bytedance/v1-pro-image-to-video',
			imageUrl: example('1755179021328w1nhip18.webp'),
			resolution: '720p',
			duration: 5,
			options: { cameraFixed: false, seed: -1, enableSafetyChecker: true },
		});
		expect(status).toBe('success');
		expect(inputOf()).toEqual({
			prompt,
			image_url: example('1755179021328w1nhip18.webp'),
			resolution: '720p',
			duration: '5',
			camera_fixed: false,
			seed: -1,
			enable_safety_checker: true,
		});
	});
});

describe('what is wrong is told before anything is sent', () => {
	test.each<[string, IDataObject, RegExp]>([
		['a short prompt', { prompt: 'A' }, /^Prompt must have at least 3 characters/],
		['1.5 Pro without a ratio', { model: stopped, aspectRatio: '' }, /^Aspect Ratio must not be/],
		['1.5 Pro without a length', { model: stopped, duration: '' }, /^Duration must not be empty/],
		['a length of 2.5 at Fast', { duration: 30 }, /^Duration must be between 4 and 15 seconds/],
		['a length that Fast is to choose', { duration: -1 }, /^Duration must be between 4 and 15/],
		['4k at Fast', { resolution: '4k' }, /^Resolution must be one of 480p, 720p for Seedance 2.0/],
	])('%s', async (_, parameters, message) => {
		const { error } = await ofText(parameters);
		expect(error?.message).toMatch(message);
		expect(bench.sandbox().requests).toEqual([]);
	});

	test.each<[string, number, IDataObject]>([
		['2.0 Fast', 10, { model: fast }],
		['2.5', 31, { model: newest }],
	])('too many references for %s', async (_, count, parameters) => {
		const image = Array.from({ length: count }, () => ({
			inputType: 'url',
			url: example('a.png'),
		}));
		const given = { imageMode: 'references', referenceImages: { image } };
		const { error } = await ofImages({ ...parameters, ...given });
		expect(error?.message).toMatch(/^Reference Images must be at most/);
		expect(bench.sandbox().requests).toEqual([]);
	});

	test('sounds without a picture', async () => {
		const { error } = await ofImages({
			imageMode: 'references',
			referenceAudios: { audio: [{ url: example('a.mp3') }] },
		});
		expect(error?.message).toMatch(/^Reference Images must not be empty/);
		expect(bench.sandbox().requests).toEqual([]);
	});
});

describe('an image as a file', () => {
	const file = (bytes: Buffer) => picture('data', 'image.png', bytes);
	const other = Buffer.concat([sampleImage, Buffer.from([0])]);
	const asFile = { imageInputType: 'binary' };

	test('is uploaded first, and ordered by the address that comes back', async () => {
		const items = [sampleImage, other].map((bytes) => ({ json: {}, binary: file(bytes) }));
		const { status } = await ofImages(asFile, items);
		expect(status).toBe('success');
		const inBase64 = (files: Buffer[]) => files.map((bytes) => bytes.toString('base64')).toSorted();
		expect(inBase64(bench.sandbox().uploads())).toEqual(inBase64([sampleImage, other]));
		expect(bench.requests('upload')).toMatchObject(
			items.map(() => ({
				path: '/api/file-stream-upload',
				headers: { authorization: `Bearer ${bench.sandbox().apiKeys.kie}` },
			})),
		);
		const addresses = bodies().map(
			(body) => (body as { input: IDataObject }).input.first_frame_url,
		);
		const storage = `${bench.sandbox().baseUrls.kie}/files/images/n8n/`;
		for (const address of addresses) expect(address).toContain(storage);
		// Both are called image.png, and neither takes the other's place.
		expect(new Set(addresses).size).toBe(2);
	});

	test('stands in the list of 1.5 Pro', async () => {
		await ofImages({ model: stopped, ...asFile }, [{ json: {}, binary: file(sampleImage) }]);
		expect(inputOf()).toMatchObject({ input_urls: [expect.stringContaining('/kie/files/')] });
	});

	test('goes to the other address where the first one is not known', async () => {
		bench.fault({ operation: 'upload', times: 1, effect: { kind: 'http', status: 404 } });
		const { status } = await ofImages(asFile, [{ json: {}, binary: file(sampleImage) }]);
		expect(status).toBe('success');
		expect(bench.requests('upload')).toHaveLength(2);
		expect(bench.creates()).toHaveLength(1);
	});

	test('that is too large is refused before anything is sent', async () => {
		const { error } = await ofImages(asFile, [
			{ json: {}, binary: file(pngOf(640, 360, 30 * 1024 * 1024 + 1)) },
		]);
		expect(error?.message).toMatch(/is too large for kie\.ai/);
		expect(bench.sandbox().requests).toEqual([]);
	});
});

test('the last frame comes along', async () => {
	const { items } = await ofText({ options: { returnLastFrame: true } });
	const media = `${bench.sandbox().url}/media/${bench.taskIds()[0]}`;
	expect(items[0]?.json).toMatchObject({
		videoUrl: `${media}.mp4`,
		lastFrameUrl: `${media}.png`,
	});
});

describe('the credits', () => {
	const account = { provider: 'kie', resource: 'account', operation: 'getBalance' };

	test('are told', async () => {
		const { items } = await bench.run({ type: 'seedanceTask', parameters: account });
		expect(items[0]?.json).toEqual({
			provider: 'kie',
			balance: 10_000,
			unit: 'credits',
		});
	});

	test('with HTTP 200 and a refusal in the body: a bad key', async () => {
		bench.fault({ operation: 'balance', effect: { kind: 'bodyCode', code: 401 } });
		const { error } = await bench.run({ type: 'seedanceTask', parameters: account });
		expect(error?.message).toMatch(/^kie\.ai did not accept the API key/);
	});

	test('that are too few keep an order back', async () => {
		const { error } = await ofText({ options: { minimumBalance: 10_001 } });
		expect(error?.description).toMatch(/Nothing was submitted\.$/);
		expect(bench.creates()).toEqual([]);
	});
});

describe('the callback', () => {
	const secret = 'kie_test_hmac_key_0123456789';
	const callbackUrl = 'https://n8n.example/webhook/abc/seedance';

	test('is asked for with the order, behind a token', async () => {
		await bench.run({
			parameters: { provider: 'kie', completion: 'notify', callbackUrl, prompt },
			n8n: { startExecution: () => undefined },
		});
		const { callBackUrl = '' } = bodies()[0] as { callBackUrl?: string };
		const given = new URL(callBackUrl);
		expect(given.origin + given.pathname).toBe(callbackUrl);
		expect(given.searchParams.has(TOKEN_PARAMETER)).toBe(true);
	});

	test('counts with the account’s signature alone, for five minutes', async () => {
		const taskId = 'task_bytedance_1765186729394';
		const seconds = Math.floor(clock.now() / 1000);
		const signedWith = (key: string) => ({
			'x-webhook-timestamp': String(seconds),
			'x-webhook-signature': signCallback(taskId, seconds, key),
		});
		const isTrue = async (headers: Record<string, string>, about = taskId) => {
			const rawBody = Buffer.from(JSON.stringify({ code: 200, data: { taskId: about } }));
			return await counts({ headers, rawBody }, { webhookSecret: secret });
		};

		expect(await isTrue(signedWith(secret))).toBe(true);
		expect(await isTrue(signedWith('other'))).toBe(false);
		expect(await isTrue({})).toBe(false);
		expect(await isTrue(signedWith(secret), 'other')).toBe(false);
		await clock.sleep(301_000);
		expect(await isTrue(signedWith(secret))).toBe(false);
	});

	const { url, received } = useReceiver();

	test('comes when the video is there, about this very task', async () => {
		await bench.run({
			parameters: {
				provider: 'kie',
				prompt,
				completion: 'notify',
				callbackUrl: `${url()}/webhook/hook`,
			},
			n8n: { startExecution: () => undefined },
		});
		await clock.sleep(generationMs);
		await bench.sandbox().tick();
		expect(received.map(({ text }) => JSON.parse(text))).toMatchObject([
			{ code: 200, data: { taskId: bench.taskIds()[0], state: 'success' } },
		]);
	});
});
