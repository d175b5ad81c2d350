import { sampleImage, sampleVideo } from '../../sandbox/media/embedded.mts';
import { bytesOf } from './harness.mts';
import { picture, useVendorBench } from './vendorBench.mts';

const fast = 'bytedance/seedance-2.0-fast';
const prompt = 'A paper boat drifts down a rain-soaked street';

const { bench, textToVideo, imageToVideo, task, body } = useVendorBench('openrouter', {
	prompt,
	text: fast,
	image: fast,
});
const key = () => `Bearer ${bench.sandbox().apiKeys.openrouter}`;

describe('an order', () => {
	test('with what the node shows by itself, and the row it becomes', async () => {
		const { items } = await textToVideo();
		expect(body()).toEqual({
			model: fast,
			prompt,
			aspect_ratio: '16:9',
			resolution: '720p',
			duration: 5,
		});
		expect(items[0]?.json).toMatchObject({
			provider: 'openrouter',
			model: fast,
			status: 'succeeded',
			usage: { usd: 0.4536 },
		});
		expect(items[0]?.json).not.toHaveProperty('videoNeedsKey');
	});

	test('in 4K, which is written so here alone', async () => {
		const parameters = { model: 'bytedance/seedance-2.0', resolution: '4K' };
		expect((await textToVideo({ parameters })).status).toBe('success');
		expect(body()).toMatchObject({ resolution: '4K' });
	});

	test('of a file, in the request', async () => {
		const { status } = await imageToVideo({
			parameters: { imageMode: 'frames', imageInputType: 'binary' },
			items: [{ json: {}, binary: picture('data', 'a.png') }],
		});
		expect(status).toBe('success');
		expect(body()).toMatchObject({
			frame_images: [
				{
					type: 'image_url',
					image_url: { url: `data:image/png;base64,${sampleImage.toString('base64')}` },
					frame_type: 'first_frame',
				},
			],
		});
	});

	test('a fallback of another vendor’s 4k is this one’s 4K', async () => {
		bench.fault({
			vendor: 'replicate',
			operation: 'create',
			effect: { kind: 'http', status: 402 },
		});
		const { items } = await bench.run({
			type: 'seedanceTextToVideo',
			parameters: {
				provider: 'replicate',
				model: 'bytedance/seedance-2.0',
				prompt,
				resolution: '4k',
				downloadVideo: false,
				fallbackProviders: {
					fallback: [{ provider: 'openrouter', model: 'bytedance/seedance-2.0' }],
				},
			},
		});
		expect(items[0]?.json).toMatchObject({ provider: 'openrouter', status: 'succeeded' });
		expect(bench.creates()[1]?.json).toMatchObject({ resolution: '4K' });
	});

	test('of a video that does not lie at an open address is told why', async () => {
		const { error } = await imageToVideo({
			parameters: {
				imageMode: 'references',
				referenceVideos: { video: [{ url: 'http://files.example/dance.mp4' }] },
			},
		});
		expect(error?.description).toContain('Only HTTPS URLs are allowed');
	});
});

describe('the video behind the key', () => {
	test('is fetched with it, whole, although nobody tells its length', async () => {
		const { items } = await textToVideo({ parameters: { downloadVideo: true } });
		expect(await bytesOf(items[0])).toEqual(sampleVideo);
		expect(bench.downloads().map(({ headers }) => headers.authorization)).toEqual([key()]);
		expect(bench.downloads()[0]?.path).toMatch(/^\/openrouter\/videos\/.+\/content\?index=0$/);
	});

	test('that breaks off is fetched again', async () => {
		bench.fault({
			operation: 'media',
			times: 1,
			effect: { kind: 'truncateClean', afterBytes: 500 },
		});
		const { items } = await textToVideo({ parameters: { downloadVideo: true } });
		expect(await bytesOf(items[0])).toEqual(sampleVideo);
		expect(bench.downloads()).toHaveLength(2);
	});

	test('is fetched by Seedance Task, too', async () => {
		const row = (await textToVideo()).items[0]?.json ?? {};
		const { items } = await task('get', row, { downloadVideo: true });
		expect(await bytesOf(items[0])).toEqual(sampleVideo);
	});
});

test('the balance in dollars', async () => {
	await textToVideo({ parameters: { completion: 'submit' } });
	const { items } = await task('getBalance', {}, { resource: 'account' });
	expect(items[0]?.json).toMatchObject({ balance: 9.55, currency: 'USD' });
});
