import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createByteDance } from '@ai-sdk/bytedance';
import { createFalClient } from '@fal-ai/client';
import { OpenRouter } from '@openrouter/sdk';
import Replicate, { validateWebhook } from 'replicate';
import { Client as WaveSpeed } from 'wavespeed';
import { lastFrameImage, sampleImage, sampleVideo } from '../../../sandbox/media/embedded.mts';
import { generationMs, useSandbox } from './helpers.mts';
import { useReceiver } from '../../servers.mts';

// Code that nobody of this project wrote, unchanged but for the address: what it can do with the
// sandbox, a vendor can do with the nodes.
const sandbox = useSandbox();
const prompt = 'A paper boat drifts down a rain-soaked street';

const bytesAt = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());
const pictureOf = (bytes: Buffer, name: string) =>
	new File([new Uint8Array(bytes)], name, { type: 'image/png' });

/** The vendor's videos get ready between two looks. */
const lookLater = () => sandbox.clock.advance(generationMs);

describe('@fal-ai/client', () => {
	const model = 'bytedance/seedance-2.0/fast/image-to-video';

	/** The client has its hosts built in: it is the network that leads them elsewhere. */
	const client = () => {
		const base = sandbox.get().baseUrls.fal;
		return createFalClient({
			credentials: sandbox.get().apiKeys.fal,
			fetch: async (address, init) => {
				const url = String(address instanceof Request ? address.url : address);
				return await fetch(url.replace(/^https:\/\/(queue\.fal\.run|rest\.fal\.ai)/, base), init);
			},
		});
	};

	test('uploads two pictures, waits and gets the video', async () => {
		const seen: string[] = [];
		const { data, requestId } = await client().subscribe(model, {
			input: {
				prompt,
				image_url: pictureOf(sampleImage, 'first.png'),
				end_image_url: pictureOf(lastFrameImage, 'last.png'),
				duration: '5',
				resolution: '720p',
			},
			pollInterval: 1,
			onQueueUpdate: ({ status }) => {
				seen.push(status);
				lookLater();
			},
		});
		expect(requestId).toBe(sandbox.get().tasks()[0]?.taskId);
		expect(await bytesAt(data.video.url)).toEqual(sampleVideo);
		expect(sandbox.get().uploads()).toEqual([sampleImage, lastFrameImage]);
		expect(seen.at(-1)).toBe('COMPLETED');
	});

	test('cancels what still waits', async () => {
		const fal = client();
		const input = { prompt, image_url: 'https://images.example/a.png' };
		const { request_id: requestId } = await fal.queue.submit(model, { input });
		await fal.queue.cancel(model, { requestId });
		expect(sandbox.get().requests.at(-1)).toMatchObject({
			method: 'PUT',
			responseStatus: 202,
		});
	});

	test('is told why an order is refused', async () => {
		const fal = client();
		const input = { prompt, image_url: 'https://images.example/a.png', duration: '99' };
		// The queue takes anything; the model refuses.
		const { request_id: requestId } = await fal.queue.submit(model, { input });
		lookLater();
		await expect(fal.queue.result(model, { requestId })).rejects.toMatchObject({
			name: 'ValidationError',
			status: 422,
			fieldErrors: [{ loc: ['body', 'duration'] }],
		});
	});
});

describe('replicate', () => {
	const model = 'bytedance/seedance-2.0-fast' as const;

	const client = () => {
		const { baseUrls, apiKeys } = sandbox.get();
		return new Replicate({ auth: apiKeys.replicate, baseUrl: baseUrls.replicate });
	};

	test('uploads a picture, waits and gets the video', async () => {
		const output = await client().run(
			model,
			{
				input: { prompt, image: pictureOf(sampleImage, 'first.png'), duration: 5 },
				wait: { mode: 'poll', interval: 1 },
			},
			lookLater,
		);
		expect(await bytesAt(String(output))).toEqual(sampleVideo);
		expect(sandbox.get().uploads()).toEqual([sampleImage]);
	});

	test('lists and cancels', async () => {
		const replicate = client();
		const { id } = await replicate.predictions.create({ model, input: { prompt } });
		const { results } = await replicate.predictions.list();
		expect(results.map((one) => one.id)).toEqual([id]);
		expect(await replicate.predictions.cancel(id)).toMatchObject({ id, status: 'canceled' });
	});

	const { url, received } = useReceiver();

	test('finds the webhook’s signature right, and a changed body wrong', async () => {
		const replicate = client();
		await replicate.predictions.create({
			model,
			input: { prompt },
			webhook: `${url()}/hook`,
			webhook_events_filter: ['completed'],
		});
		lookLater();
		await sandbox.get().tick();
		const { key } = await replicate.webhooks.default.secret.get();
		const [call] = received;
		if (call === undefined) throw new Error('Nobody called');
		const isGenuine = async (body: string) =>
			await validateWebhook({
				id: call.headers['webhook-id'] ?? '',
				timestamp: call.headers['webhook-timestamp'] ?? '',
				signature: call.headers['webhook-signature'] ?? '',
				body,
				secret: key,
			});
		expect(await isGenuine(call.text)).toBe(true);
		expect(await isGenuine(call.text.replace('succeeded', 'failed'))).toBe(false);
	});
});

describe('wavespeed', () => {
	const model = 'bytedance/seedance-2.5/image-to-video';

	const client = () => {
		const { baseUrls, apiKeys } = sandbox.get();
		const options = { baseUrl: baseUrls.wavespeed, maxConnectionRetries: 0 };
		return new WaveSpeed(apiKeys.wavespeed, options);
	};

	test('uploads a picture, waits and gets the video', async () => {
		const wavespeed = client();
		const folder = await mkdtemp(path.join(tmpdir(), 'wavespeed-'));
		const picture = path.join(folder, 'first.png');
		await writeFile(picture, sampleImage);
		const image = await wavespeed.upload(picture);
		await rm(folder, { recursive: true });
		expect(sandbox.get().uploads()).toEqual([sampleImage]);
		sandbox.get().setGenerationMs(0);
		const { outputs } = await wavespeed.run(model, { prompt, image, duration: 5 });
		expect(await bytesAt(String(outputs[0]))).toEqual(sampleVideo);
	});

	test('is told why an order is refused', async () => {
		const input = { prompt, image: 'https://images.example/a.png', duration: 99 };
		await expect(client().run(model, input)).rejects.toThrow(/HTTP 400: .*duration/);
	});
});

describe('@openrouter/sdk', () => {
	const client = () => {
		const { baseUrls, apiKeys } = sandbox.get();
		return new OpenRouter({ apiKey: apiKeys.openrouter, serverURL: baseUrls.openrouter });
	};

	test('orders, looks, and fetches the video with its key', async () => {
		const { videoGeneration } = client();
		const { id, status } = await videoGeneration.generate({
			videoGenerationRequest: {
				model: 'bytedance/seedance-2.0-fast',
				prompt,
				duration: 5,
				resolution: '720p',
				aspectRatio: '16:9',
				generateAudio: true,
				frameImages: [
					{
						type: 'image_url',
						imageUrl: { url: 'https://images.example/a.png' },
						frameType: 'first_frame',
					},
				],
			},
		});
		expect(status).toBe('pending');
		lookLater();
		const done = await videoGeneration.getGeneration({ jobId: id });
		expect(done).toMatchObject({ status: 'completed', usage: { cost: expect.any(Number) } });
		const stream = await videoGeneration.getVideoContent({ jobId: id });
		expect(Buffer.from(await new Response(stream).arrayBuffer())).toEqual(sampleVideo);
	});

	test('lists the models', async () => {
		const { data } = await client().videoGeneration.listVideosModels();
		expect(data.map(({ id }) => id)).toContain('bytedance/seedance-2.5-flash');
	});

	test('is told why an order is refused', async () => {
		const videoGenerationRequest = { model: 'bytedance/seedance-2.5', prompt, duration: 99 };
		const order = client().videoGeneration.generate({ videoGenerationRequest });
		await expect(order).rejects.toMatchObject({ statusCode: 400 });
	});
});

describe.each(['byteplus', 'volcengine'] as const)('@ai-sdk/bytedance at %s', (cloud) => {
	const ids = {
		byteplus: { newer: 'dreamina-seedance-2-0-fast-260128', older: 'seedance-1-0-pro-250528' },
		volcengine: {
			newer: 'doubao-seedance-2-0-fast-260128',
			older: 'doubao-seedance-1-0-pro-250528',
		},
	}[cloud];

	const generate = async (
		modelId: string,
		options: Partial<
			Parameters<ReturnType<ReturnType<typeof createByteDance>['video']>['doGenerate']>[0]
		>,
	) => {
		const { baseUrls, apiKeys } = sandbox.get();
		const provider = createByteDance({
			apiKey: apiKeys[cloud],
			baseURL: baseUrls[cloud],
			fetch: async (url, init) => {
				if (init?.method === 'GET') lookLater();
				return await fetch(url, init);
			},
		});
		return await provider.video(modelId).doGenerate({
			prompt,
			n: 1,
			aspectRatio: '16:9',
			resolution: '1280x720',
			duration: 5,
			fps: undefined,
			seed: undefined,
			image: undefined,
			generateAudio: undefined,
			frameImages: undefined,
			inputReferences: undefined,
			providerOptions: {},
			...options,
		});
	};

	test('waits and gets the video', async () => {
		const { videos } = await generate(ids.newer, {
			providerOptions: { bytedance: { generateAudio: true, pollIntervalMs: 1 } },
		});
		const [video] = videos;
		expect(await bytesAt(video?.type === 'url' ? video.url : '')).toEqual(sampleVideo);
	});

	test('begins with one picture and ends with another', async () => {
		const { videos } = await generate(ids.older, {
			image: { type: 'file', mediaType: 'image/png', data: new Uint8Array(sampleImage) },
			seed: 7,
			providerOptions: {
				bytedance: {
					lastFrameImage: 'https://images.example/last.png',
					returnLastFrame: true,
					cameraFixed: true,
				},
			},
		});
		expect(videos).toHaveLength(1);
	});

	test('is told why an order is refused', async () => {
		await expect(generate(ids.newer, { duration: 99 })).rejects.toMatchObject({
			statusCode: 400,
			message: expect.stringContaining('duration'),
		});
	});
});
