import { isObject } from '../../nodes/shared/domain/json';
import { useBench } from './bench.mts';

const bench = useBench();

const image = 'https://example.com/first.png';
const creates = () => bench.creates().map(({ json }) => json);

describe('a custom model that the node knows is that model', () => {
	test('with its checks, before anything is paid', async () => {
		const { error } = await bench.run({
			parameters: {
				provider: 'kie',
				model: 'custom',
				customModel: '={{ $json.model }}',
				options: { additionalParameters: '={{ $json.more }}' },
			},
			items: [
				{ json: { model: 'seedance-2', more: { duration: 5 } } },
				{ json: { model: 'bytedance/seedance-2', more: { duration: 99 } } },
			],
		});
		expect(error?.message).toMatch(/^Duration must be .+ on kie\.ai \[item 1\]$/);
		expect(bench.sandbox().requests).toEqual([]);
	});

	test('with its wire names and defaults, under both names, as sheets write it', async () => {
		const { status, items } = await bench.run({
			parameters: {
				provider: 'modellix',
				model: 'custom',
				customModel: 'bytedance/seedance-1.0-pro-fast-t2v',
				options: {
					additionalParameters: { aspectRatio: '9x16', duration: '7s', resolution: null },
				},
			},
		});
		expect(status).toBe('success');
		expect(creates()[0]).toEqual({ prompt: 'A paper boat', ratio: '9:16', duration: 7 });
		expect(items[0]?.json).toMatchObject({
			model: 'seedance-1.0-pro-fast-t2v',
			aspectRatio: '9:16',
			duration: 7,
		});
	});

	test('what is left out is as in the list, unless the user writes parts of the request', async () => {
		const given = {
			provider: 'modellix',
			model: 'custom',
			customModel: 'seedance-1.0-pro-fast-t2v',
		};
		await bench.run({ parameters: given });
		expect(creates()[0]).toEqual({
			prompt: 'A paper boat',
			ratio: '16:9',
			resolution: '1080p',
			duration: 5,
		});
	});

	test('what is added wins over the node’s own prompt', async () => {
		await bench.run({
			parameters: {
				provider: 'modellix',
				model: 'custom',
				customModel: 'seedance-1.0-pro-fast-t2v',
				prompt: 'A paper boat',
				options: { additionalParameters: { prompt: 'A paper plane' } },
			},
		});
		expect(creates()).toEqual([expect.objectContaining({ prompt: 'A paper plane' })]);
	});

	test('a value that is given twice is refused', async () => {
		const { error } = await bench.run({
			parameters: {
				provider: 'modellix',
				model: 'custom',
				customModel: 'seedance-1.0-pro-fast-t2v',
				options: { additionalParameters: { ratio: '9:16', aspectRatio: '16:9' } },
			},
		});
		expect(error?.message).toMatch(/^Aspect Ratio is given twice/);
		expect(bench.sandbox().requests).toEqual([]);
	});

	test('models from a sheet, with first image, last image and references, in one run', async () => {
		const { status, items } = await bench.run({
			type: 'seedanceImageToVideo',
			parameters: {
				provider: 'fal',
				prompt: 'It sails',
				downloadVideo: false,
				model: 'custom',
				customModel: '={{ $json.model }}',
				imageMode: '={{ $json.mode }}',
				imageUrl: image,
				lastImageInputType: '={{ $json.last ? "url" : "none" }}',
				lastImageUrl: '={{ $json.last }}',
				referenceImages: { image: [{ inputType: 'url', url: image }] },
				options: { additionalParameters: '={{ $json.more }}' },
			},
			items: [
				{
					json: {
						model: 'bytedance/seedance-2.0/image-to-video',
						mode: 'frames',
						last: `${image}?2`,
					},
				},
				{ json: { model: 'bytedance/seedance-2.0/reference-to-video', mode: 'references' } },
				{
					json: {
						model: 'bytedance/seedance-2.5/image-to-video',
						mode: 'frames',
						more: { duration: 30, generate_audio: false },
					},
				},
			],
		});
		expect(status).toBe('success');
		expect(items.map(({ json }) => json.model)).toEqual([
			'bytedance/seedance-2.0/image-to-video',
			'bytedance/seedance-2.0/reference-to-video',
			'bytedance/seedance-2.5/image-to-video',
		]);
		const bodies = creates().filter(isObject);
		expect(bodies).toContainEqual(
			expect.objectContaining({ image_url: image, end_image_url: `${image}?2`, duration: '5' }),
		);
		expect(bodies).toContainEqual(expect.objectContaining({ image_urls: [image] }));
		expect(bodies).toContainEqual(
			expect.objectContaining({ duration: '30', generate_audio: false, aspect_ratio: 'auto' }),
		);
	});

	test.each([
		['bytedance/seedance-2.0/reference-to-video', 'frames', /takes its images as references/],
		['bytedance/seedance-2.0/image-to-video', 'references', /takes no references/],
	])('%s does not take %s', async (customModel, imageMode, message) => {
		const { error } = await bench.run({
			type: 'seedanceImageToVideo',
			parameters: {
				provider: 'fal',
				prompt: 'It sails',
				model: 'custom',
				customModel,
				imageMode,
				imageUrl: image,
			},
		});
		expect(error?.message).toMatch(message);
		expect(bench.sandbox().requests).toEqual([]);
	});

	test('a fallback gets what was given for it', async () => {
		bench.fault({ vendor: 'kie', operation: 'create', effect: { kind: 'http', status: 402 } });
		const { status, items } = await bench.run({
			parameters: {
				provider: 'kie',
				model: 'custom',
				customModel: 'bytedance/seedance-2',
				options: { additionalParameters: { duration: 9, aspect_ratio: '9:16' } },
				fallbackProviders: { fallback: [{ provider: 'fal', model: '' }] },
			},
		});
		expect(status).toBe('success');
		expect(items[0]?.json).toMatchObject({ provider: 'fal', duration: 9, aspectRatio: '9:16' });
	});
});
