import { providers } from '../../nodes/shared/providers';
import { vendors } from '../../sandbox/types.mts';
import { pngOf } from '../unit/pictures.mts';
import { numbered, prompts, ownPrompt, useBench, type Given, type VendorId } from './bench.mts';

const bench = useBench();

/** Five seconds of 720p at each vendor that tells a price, in dollars. */
const usual: Array<[VendorId, number]> = [
	['wavespeed', 0.6],
	['fal', 1.56],
	['openrouter', 0.47],
];

const run = async (provider: VendorId, maxPrice: unknown, { parameters, ...given }: Given = {}) =>
	await bench.run({
		...given,
		parameters: {
			provider,
			completion: 'submit',
			...parameters,
			options: { maxPrice, ...Object(parameters?.options) },
		},
	});

const paid = () => bench.creates().length + bench.requests('upload').length;

describe.each(usual)('%s', (provider, price) => {
	test('a video above it is refused, and nothing is ordered', async () => {
		const { error } = await run(provider, price - 0.05);
		expect(error?.message).toMatch(/would cost more than 'Max Price' allows \[item 0\]$/);
		expect(error?.description).toMatch(/USD.*'Max Price' is .*Nothing was submitted/);
		expect(paid()).toBe(0);
	});

	test('one below it is ordered', async () => {
		const { status } = await run(provider, price + 0.05);
		expect(status).toBe('success');
		expect(bench.creates()).toHaveLength(1);
	});

	test('each item by itself', async () => {
		const { items } = await run(provider, price + 0.05, {
			parameters: { prompt: '={{ $json.prompt }}', duration: '={{ $json.duration }}' },
			items: [
				{ json: { prompt: 'A', duration: 5 } },
				{ json: { prompt: 'B', duration: 10 } },
				{ json: { prompt: 'C', duration: 4 } },
			],
			onError: 'continueRegularOutput',
		});
		expect(items.map(({ json }) => json.failure)).toEqual([
			undefined,
			expect.objectContaining({ code: 'aboveMaxPrice' }),
			undefined,
		]);
		expect(bench.creates()).toHaveLength(2);
	});

	test('a price that cannot be read: refused unpaid', async () => {
		bench.fault({ operation: 'price', effect: { kind: 'http', status: 403 } });
		bench.fault({ operation: 'models', effect: { kind: 'http', status: 403 } });
		const { error } = await run(provider, 100);
		expect(error?.description).toMatch(/price.*was not told.*Nothing was submitted/);
		expect(paid()).toBe(0);
	});

	test.each([{}, { data: { price: 'free' }, prices: 'none' }, { prices: [], data: [] }])(
		'a price that is none (%j): refused unpaid',
		async (body) => {
			bench.fault({ operation: 'price', effect: { kind: 'http', status: 200, body } });
			bench.fault({ operation: 'models', effect: { kind: 'http', status: 200, body } });
			const { status } = await run(provider, 100);
			expect(status).toBe('error');
			expect(paid()).toBe(0);
		},
	);

	test.each([0, -1, 'a lot'])('%j is no price', async (maxPrice) => {
		const { error } = await run(provider, maxPrice);
		expect(error?.message).toMatch(/^Max Price must be a number greater than 0/);
		expect(paid()).toBe(0);
	});

	test('an image is not uploaded for it', async () => {
		const data = { data: pngOf(1280, 720).toString('base64'), mimeType: 'image/png' };
		const { error } = await run(provider, price - 0.05, {
			type: 'seedanceImageToVideo',
			parameters: { prompt: 'A boat', imageInputType: 'binary' },
			items: [{ json: {}, binary: { data } }],
		});
		expect(error?.message).toMatch(/would cost more/);
		expect(paid()).toBe(0);
	});

	test('another Max Price at a retry is the same order', async () => {
		bench.fault({ operation: 'status', times: 1, effect: { kind: 'http', status: 401 } });
		const first = await run(provider, price + 1, { parameters: { completion: 'wait' } });
		expect(first.status).toBe('error');
		const parameters = {
			provider,
			prompt: 'A paper boat',
			downloadVideo: false,
			completion: 'wait',
			options: { maxPrice: 0.01 },
		};
		const second = await first.retry({ parameters });
		expect(second.status).toBe('success');
		expect(bench.creates()).toHaveLength(1);
	});
});

test.each(['fal', 'openrouter'] as const)(
	'%s: an estimate needs to know how long the video is',
	async (provider) => {
		const { error } = await run(provider, 100, {
			parameters: { model: 'custom', customModel: 'sandbox/new' },
		});
		expect(error?.message).toMatch(/does not tell what this video would cost/);
		expect(paid()).toBe(0);
	},
);

test('fallbacks: judged for the vendor that would really be asked', async () => {
	const fallback = [{ provider: 'openrouter' }, { provider: 'wavespeed' }];
	const { items } = await run('fal', 0.55, {
		parameters: {
			fallbackProviders: { fallback },
			aspectRatio: '16:9',
			model: 'bytedance/seedance-2.0/fast/text-to-video',
		},
	});
	expect(items[0]?.json).toMatchObject({
		provider: 'openrouter',
		refusedBy: [{ provider: 'fal', code: 'aboveMaxPrice' }],
	});
	expect(bench.creates()).toHaveLength(1);
});

test('fallbacks: all too dear, or telling no price', async () => {
	const { error } = await run('fal', 0.05, {
		parameters: {
			aspectRatio: '16:9',
			fallbackProviders: { fallback: [{ provider: 'byteplus' }, { provider: 'wavespeed' }] },
		},
	});
	expect(error?.message).toMatch(/^None of the 3 providers took the video/);
	expect(error?.description).toMatch(
		/1\. fal would cost more.*2\. .*tells no prices.*3\. WaveSpeed/,
	);
	expect(paid()).toBe(0);
});

test('a price list is asked for once, whatever the number of items', async () => {
	await run('fal', 100, {
		parameters: { ...ownPrompt, options: { maxParallel: 1 } },
		items: numbered(5),
	});
	expect(bench.requests('price').length).toBeLessThan(5);
	expect(bench.creates()).toHaveLength(5);
});

test.each(vendors.filter((vendor) => providers[vendor]?.vendor.price === undefined))(
	'%s tells none: what an option of another vendor says is not asked',
	async (provider) => {
		const { status } = await run(provider, 0.000_1, { items: prompts('A boat') });
		expect([status, bench.creates().length]).toEqual(['success', 1]);
	},
);
