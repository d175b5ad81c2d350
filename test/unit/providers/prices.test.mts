import { quantityOf } from '../../../nodes/shared/providers/estimate';
import type { ModelEntry, WireInput } from '../../../nodes/shared/domain/model';
import type { VendorResponse } from '../../../nodes/shared/domain/vendor';
import { answer, providerOf, talk } from '../helpers.mts';

const video = { prompt: 'A boat', resolution: '720p', duration: 5 };

function priceAt(
	providerId: string,
	input: WireInput,
	response: VendorResponse,
	more: Partial<ModelEntry> = {},
) {
	const { vendor, models } = providerOf(providerId);
	const [model] = models;
	if (model === undefined || vendor.price === undefined) throw new Error('No price');
	return talk(vendor.price({ model: { ...model, id: 'the/model', ...more }, input }), response);
}

describe('WaveSpeed', () => {
	const createPath = '/api/v3/bytedance/seedance-2.5/text-to-video';
	const quoted = (data: unknown) =>
		priceAt('wavespeed', video, answer({ code: 200, data }), { createPath });

	test('asks for the very body', () => {
		expect(quoted({ price: 1 }).requests).toEqual([
			{
				method: 'POST',
				url: '/api/v3/model/price',
				body: { model_id: 'bytedance/seedance-2.5/text-to-video', inputs: video },
			},
		]);
	});

	test.each([
		[
			{ price: 0.6, currency: 'USD' },
			{ amount: 0.6, currency: 'USD', basis: 'quote' },
		],
		[
			{ price: 0.6, discounted_price: 0.6 },
			{ amount: 0.6, currency: 'USD', basis: 'quote' },
		],
		[
			{ price: 0.6, discounted_price: 0.5 },
			{ amount: 0.5, listPrice: 0.6, currency: 'USD', basis: 'quote' },
		],
		// Never less than it may cost.
		[
			{ price: 0.6, discounted_price: -1 },
			{ amount: 0.6, currency: 'USD', basis: 'quote' },
		],
	])('%j', (data, price) => {
		expect(quoted(data).outcome).toEqual({ ok: true, value: price });
	});

	test.each([{}, { price: '0.6' }, { price: -1 }, null, 'free'])('%j is no price', (data) => {
		expect(quoted(data).outcome?.ok).toBe(false);
	});
});

describe('fal', () => {
	const listed = (unit: string, input: WireInput = video) =>
		priceAt(
			'fal',
			input,
			answer({ prices: [{ endpoint_id: 'the/model', unit_price: 0.02, unit }] }),
		);

	/** 720p at most: 943,500 × 121 / 1024. */
	const tokens = 111_488;

	test.each([
		['1000 tokens', (tokens / 1000) * 0.02],
		['1k tokens', (tokens / 1000) * 0.02],
		['1,000 tokens', (tokens / 1000) * 0.02],
		['million tokens', (tokens / 1e6) * 0.02],
		['1M tokens', (tokens / 1e6) * 0.02],
		['token', tokens * 0.02],
		['seconds', 0.1],
		['per video second', 0.1],
		['video', 0.02],
	])('a price per %s', (unit, amount) => {
		expect(listed(unit).outcome).toMatchObject({ ok: true, value: { basis: 'estimate' } });
		const { outcome } = listed(unit);
		expect(outcome?.ok && outcome.value.amount).toBeCloseTo(amount, 5);
	});

	test.each([
		['megapixels', video],
		['0 tokens', video],
		['1000 tokens', { ...video, duration: 'auto' }],
		['seconds', { ...video, duration: -1 }],
		['1000 tokens', { ...video, resolution: undefined }],
		['1000 tokens', { ...video, video_urls: ['https://x.example/a.mp4'] }],
		['videos', { ...video, draft_id: 'd' }],
	])('per %s of %j: nobody can tell', (unit, input) => {
		const { outcome, requests } = listed(unit, input);
		expect(outcome).toMatchObject({
			ok: false,
			error: { kind: 'priceUnknown', certainlyNotTaken: true },
		});
		expect(requests.every(({ method }) => method === 'GET')).toBe(true);
	});

	test('two prices for one endpoint, or none', () => {
		const price = { endpoint_id: 'the/model', unit_price: 1, unit: 'videos' };
		for (const prices of [[], [price, price], [{ ...price, endpoint_id: 'other' }]]) {
			const { outcome } = priceAt('fal', video, answer({ prices }));
			expect(outcome).toMatchObject({ ok: false, error: { kind: 'priceUnknown' } });
		}
	});
});

describe('OpenRouter', () => {
	const listed = (skus: unknown, input: WireInput = video) =>
		priceAt('openrouter', input, answer({ data: [{ id: 'the/model', pricing_skus: skus }] }));

	test.each<[unknown, WireInput, number]>([
		[{ video_tokens: '0.00001' }, video, 1.114_87],
		// The dearest that may hold: whether sound counts, names do not tell alike.
		[{ video_tokens: '0.00001', video_tokens_no_audio: '0.000005' }, video, 1.114_87],
		[{ video_tokens: '0.00001', video_tokens_1080p: '0.1' }, video, 1.114_87],
		[{ video_tokens: '0.00001', video_tokens_720p: '0.00002' }, video, 2.229_74],
		[{ price_per_second: 0.07 }, video, 0.35],
	])('%j', (skus, input, amount) => {
		const { outcome } = listed(skus, input);
		expect(outcome).toMatchObject({ ok: true, value: { currency: 'USD', basis: 'estimate' } });
		expect(outcome?.ok && outcome.value.amount).toBeCloseTo(amount, 4);
	});

	test.each<[unknown, WireInput]>([
		[{}, video],
		[{ per_image: '1' }, video],
		[{ video_tokens: 'free' }, video],
		[{ video_tokens: '0' }, video],
		[undefined, video],
		[{ video_tokens: '0.00001' }, { ...video, duration: undefined }],
		[{ video_tokens: '0.00001' }, { ...video, reference_video: ['https://x.example/a.mp4'] }],
	])('%j of %j: nobody can tell', (skus, input) => {
		expect(listed(skus, input).outcome).toMatchObject({
			ok: false,
			error: { kind: 'priceUnknown' },
		});
	});
});

test.each([
	{ input_references: [{ type: 'video_url', video_url: { url: 'https://v' } }] },
	{ content: [{ type: 'video_url' }] },
	{ reference_video: 'https://v' },
])('a given video counts, wherever it stands: no estimate (%j)', (more) => {
	const input = { prompt: 'A video of a boat', duration: 5, resolution: '720p' };
	expect(quantityOf(input)?.seconds).toBe(5);
	expect(quantityOf({ ...input, ...more })).toBeUndefined();
});
