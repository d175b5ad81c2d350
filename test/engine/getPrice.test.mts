import type { IDataObject } from 'n8n-workflow';
import { useBench, type VendorId } from './bench.mts';

const bench = useBench();

const getPrice = async (
	provider: VendorId,
	parameters: IDataObject,
	type = 'seedanceTask' as const,
) =>
	await bench.run({
		type,
		parameters: { provider, resource: 'account', operation: 'getPrice', ...parameters },
	});

const paid = () => [...bench.creates(), ...bench.requests('upload')].length;

test('WaveSpeed: the price of the very order, with the account’s discount', async () => {
	const model = 'bytedance/seedance-2.5/text-to-video';
	const { items } = await getPrice('wavespeed', { model, duration: '10', resolution: '1080p' });
	expect(items[0]?.json).toEqual({
		provider: 'wavespeed',
		model,
		price: 1.2,
		currency: 'USD',
		basis: 'quote',
		listPrice: 1.3333,
	});
	expect(bench.requests('price')[0]?.json).toEqual({
		model_id: model,
		inputs: {
			prompt: 'A video',
			aspect_ratio: '16:9',
			resolution: '1080p',
			duration: 10,
		},
	});
	expect(paid()).toBe(0);
});

test('WaveSpeed: of several items, each is told the price of its own values', async () => {
	const models = ['bytedance/seedance-2.5/text-to-video', 'bytedance/seedance-2.5/image-to-video'];
	const { items, error } = await bench.run({
		type: 'seedanceTask',
		parameters: {
			provider: 'wavespeed',
			resource: 'account',
			operation: 'getPrice',
			model: '={{ $json.model }}',
			duration: '={{ $json.seconds }}',
			additionalParameters: '={{ $json.more }}',
		},
		items: [
			{ json: { model: models[0], seconds: 5, more: { generate_audio: true } } },
			{ json: { model: models[1], seconds: 10, more: { generate_audio: false } } },
		],
	});
	expect(error).toBeUndefined();
	expect(items.map(({ json }) => json.model)).toEqual(models);
	const asked = bench.requests('price').map(({ json }) => json);
	for (const [index, inputs] of [
		{ duration: 5, generate_audio: true },
		{ duration: 10, generate_audio: false },
	].entries()) {
		expect(asked).toContainEqual(
			expect.objectContaining({
				model_id: models[index],
				inputs: expect.objectContaining(inputs),
			}),
		);
	}
});

test('WaveSpeed: a model that takes an image, and further fields', async () => {
	const { items } = await getPrice('wavespeed', {
		model: 'bytedance/seedance-2.5/image-to-video',
		additionalParameters: '{"generate_audio": false}',
	});
	expect(items[0]?.json).toMatchObject({ price: 0.6, basis: 'quote' });
	expect(bench.requests('price')[0]?.json).toMatchObject({
		inputs: { generate_audio: false, image: expect.stringMatching(/^https:/) },
	});
});

test.each([
	['fal', 'bytedance/seedance-2.0/fast/text-to-video', 1.560_8],
	['openrouter', 'bytedance/seedance-2.0-fast', 0.468_24],
] as const)('%s: an estimate from its price list, with how', async (provider, model, price) => {
	const { items } = await getPrice(provider, { model });
	expect(items[0]?.json).toMatchObject({ provider, model, currency: 'USD', basis: 'estimate' });
	expect(items[0]?.json.price).toBeCloseTo(price, 2);
	expect(items[0]?.json.how).toMatch(/^at most [\d.]+ × [\d.]+ USD per /);
	expect(paid()).toBe(0);
});

test.each<[VendorId, IDataObject, RegExp]>([
	[
		'fal',
		{ model: 'bytedance/seedance-2.0/fast/text-to-video', duration: 'auto' },
		/left to the model/,
	],
	['fal', { model: 'bytedance/no-such-model' }, /fal does not know/],
	['openrouter', { model: 'bytedance/seedance-9' }, /has no model bytedance\/seedance-9/],
	['wavespeed', { model: 'bytedance/seedance-9' }, /WaveSpeed does not know/],
	['wavespeed', { model: ' ' }, /Model must not be empty/],
	[
		'openrouter',
		{ model: 'bytedance/seedance-2.0', resolution: '8k' },
		/Resolution must be one of/,
	],
	['fal', { model: 'x', additionalParameters: '[1]' }, /must be a JSON object/],
])('%s %j: nobody can tell, and it says why', async (provider, parameters, words) => {
	const { error } = await getPrice(provider, parameters);
	expect(`${error?.message} ${error?.description}`).toMatch(words);
	expect(paid()).toBe(0);
});
