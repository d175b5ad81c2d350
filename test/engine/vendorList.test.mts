import type { IDataObject } from 'n8n-workflow';
import { liveModels } from '../../sandbox/liveModels.mts';
import type { VendorId } from '../../sandbox/index.mts';
import { useBench } from './bench.mts';

const bench = useBench();

const image = 'https://example.com/first.png';

const listed = (provider: VendorId, id: string, values: IDataObject = {}): IDataObject => ({
	provider,
	model: 'list',
	listModel: { __rl: true, mode: 'list', value: id },
	modelParameters: { mappingMode: 'defineBelow', value: values, schema: [] },
});

const family = 'bytedance/seedance-9.9';
const texts = [
	['fal', `${family}/text-to-video`],
	['replicate', family],
	['wavespeed', `${family}/text-to-video`],
	['openrouter', family],
	['aimlapi', 'bytedance/seedance-9-9'],
] as const;

const isFrom = (vendor: VendorId) => liveModels.filter((one) => one.vendor === vendor);

describe.each(texts)('%s: a model that no list of ours knows', (vendor, id) => {
	test('makes a video, with its parameters as sheets write them', async () => {
		const values = { resolution: '8K', duration: '7s', generate_audio: 'no', aspect_ratio: '32x9' };
		const { status, items } = await bench.run({ parameters: listed(vendor, id, values) });
		expect(status).toBe('success');
		const row = {
			model: id,
			status: 'succeeded',
			duration: 7,
			resolution: '8k',
			aspectRatio: '32:9',
		};
		expect(items[0]?.json).toMatchObject(row);
		const sent = { resolution: '8k', duration: 7, generate_audio: false, aspect_ratio: '32:9' };
		expect(JSON.stringify(bench.creates()[0]?.json)).toContain('"prompt":"A paper boat"');
		expect(bench.sandbox().tasks()[0]?.input).toMatchObject(sent);
		expect(isFrom(vendor).map((one) => one.id)).toContain(id);
	});

	test('submitted only, its video comes by Seedance Task', async () => {
		const parameters = { ...listed(vendor, id, { resolution: '8k' }), completion: 'submit' };
		const { items } = await bench.run({ parameters });
		expect(items[0]?.json).toMatchObject({ model: id, status: 'queued', resolution: '8k' });
		const { items: rows } = await bench.run({
			type: 'seedanceTask',
			parameters: { provider: vendor, operation: 'wait', taskId: '={{ $json.taskId }}' },
			items: items.map(({ json }) => ({ json })),
		});
		// A model that the node does not know is told where its row proves it, as fal's addresses do.
		const told = vendor === 'fal' ? { model: id } : {};
		expect(rows[0]?.json).toMatchObject({ ...told, status: 'succeeded' });
		expect(rows[0]?.binary?.data?.mimeType).toBe('video/mp4');
	});

	test.each([
		[{ resolution: '480p', duration: 46 }, /^Duration must be .*45/],
		[{ resolution: '1080p' }, /^Resolution must be one of 480p, 8k/],
		[{ resolution: '480p', mood: 'dark' }, /has no parameter "mood"/],
	])('%j is refused before anything is paid', async (values, message) => {
		const { error } = await bench.run({ parameters: listed(vendor, id, values) });
		expect(error?.message).toMatch(message);
		expect(bench.creates()).toEqual([]);
	});
});

test.each([
	['fal', `${family}/image-to-video`, { image_url: image, end_image_url: `${image}?2` }],
	['replicate', family, { image, last_frame_image: `${image}?2` }],
	['wavespeed', `${family}/image-to-video`, { image, last_image: `${image}?2` }],
	['aimlapi', 'bytedance/seedance-9-9', { image_url: image, last_image_url: `${image}?2` }],
	['openrouter', family, { first_frame: image, last_frame: `${image}?2` }],
] as const)('%s: images go into the fields of %s', async (vendor, id, sent) => {
	const { status } = await bench.run({
		type: 'seedanceImageToVideo',
		parameters: {
			...listed(vendor, id, { resolution: '8k' }),
			prompt: 'It sails',
			downloadVideo: false,
			imageUrl: image,
			lastImageInputType: 'url',
			lastImageUrl: `${image}?2`,
		},
	});
	expect(status).toBe('success');
	expect(bench.sandbox().tasks()[0]?.input).toMatchObject(sent);
});

test('a vendor without a list refuses a model of one', async () => {
	const { error } = await bench.run({ parameters: listed('kie', 'bytedance/seedance-2') });
	expect(error?.message).toBe('kie.ai has no list of its models [item 0]');
	expect(bench.sandbox().requests).toEqual([]);
});

test('what is required and missing is refused, unless it is added', async () => {
	const parameters = listed('wavespeed', `${family}/text-to-video`);
	const { error } = await bench.run({ parameters });
	expect(error?.message).toMatch(/^Resolution must not be empty/);
	expect(bench.creates()).toEqual([]);
	const options = { additionalParameters: { resolution: '8k' } };
	expect((await bench.run({ parameters: { ...parameters, options } })).status).toBe('success');
});

test('Modellix tells no parameters: they are added', async () => {
	const options = { additionalParameters: { resolution: '8k', duration: 7 } };
	const parameters = { ...listed('modellix', `${family}-t2v`), options };
	const { status, items } = await bench.run({ parameters });
	expect(status).toBe('success');
	expect(items[0]?.json.model).toBe(`${family}-t2v`);
	expect(bench.creates()[0]).toMatchObject({ path: `/api/v1/${family}-t2v/async` });
});

describe('a model of the list that the node knows is that model', () => {
	test('with its checks, names and defaults, under the names of its fields', async () => {
		const id = 'bytedance/seedance-2.0/text-to-video';
		const { error } = await bench.run({ parameters: listed('fal', id, { duration: 31 }) });
		expect(error?.message).toMatch(/^Duration must be .* Seedance 2\.0 on fal/);
		const { status } = await bench.run({
			parameters: listed('fal', id, { duration: 9, generate_audio: false }),
		});
		expect(status).toBe('success');
		expect(bench.creates()[0]?.json).toMatchObject({ duration: '9', generate_audio: false });
		expect(bench.requests('models')).toEqual([]);
	});

	test.each(['mood', 'draft_id', 'toString'])(
		'and %s, which it has not, is refused before anything is paid',
		async (name) => {
			const id = 'bytedance/seedance-2.0/text-to-video';
			const parameters = listed('fal', id, { duration: 9, [name]: 'x' });
			const { error } = await bench.run({ parameters });
			expect(error?.message).toBe(`Seedance 2.0 on fal has no parameter "${name}" [item 0]`);
			expect(error?.description).toMatch(/^Remove it under 'Model Parameters'/);
			expect(bench.creates()).toEqual([]);
		},
	);

	test('by an expression for each item, beside one that nobody knows', async () => {
		const { status, items } = await bench.run({
			parameters: {
				...listed('wavespeed', '={{ $json.id }}'),
				listModel: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
				options: { additionalParameters: '={{ $json.more }}' },
			},
			items: [
				{ json: { id: 'seedance-2.5/text-to-video', more: { duration: 30 } } },
				{ json: { id: `${family}/text-to-video`, more: { duration: 45, resolution: '480p' } } },
			],
		});
		expect(status).toBe('success');
		expect(items.map(({ json }) => json.model)).toEqual([
			'bytedance/seedance-2.5/text-to-video',
			`${family}/text-to-video`,
		]);
	});
});

describe('a schema that cannot be read', () => {
	const id = `${family}/text-to-video`;
	const bodies: Array<[string, unknown]> = [
		['is broken', { models: [{ openapi: '<html>' }] }],
		['refers to itself', schemaIn({ $ref: '#/components/schemas/In' })],
		[
			'is huge',
			schemaIn({
				properties: Object.fromEntries(
					Array.from({ length: 10_000 }, (_, index) => [`f${index}`, { type: 'string' }]),
				),
			}),
		],
		[
			'names hostile things',
			schemaIn(JSON.parse('{"properties":{"__proto__":{},"constructor":{}}}')),
		],
	];

	function schemaIn(In: unknown) {
		const schema = { $ref: '#/components/schemas/In' };
		const post = { requestBody: { content: { 'application/json': { schema } } } };
		const openapi = { paths: { [`/${id}`]: { post } }, components: { schemas: { In } } };
		return { models: [{ endpoint_id: id, openapi }] };
	}

	const told = (effect: { status: number; body?: unknown }) =>
		bench.fault({ vendor: 'fal', operation: 'models', effect: { kind: 'http', ...effect } });

	test.each(bodies)('%s: Additional Parameters still work, fields say so', async (_, body) => {
		told({ status: 200, body });
		const { error } = await bench.run({ parameters: listed('fal', id, { duration: 7 }) });
		expect(error?.message).toMatch(/could not be read from fal, so nothing was ordered/);
		expect(error?.description).toMatch(/Reason: .+ give duration under 'Additional Parameters'/);
		expect(bench.creates()).toEqual([]);
		const options = { additionalParameters: { resolution: '8k', duration: 7 } };
		const { status, run } = await bench.run({ parameters: { ...listed('fal', id), options } });
		expect(status).toBe('success');
		const hints = run.data.resultData.runData.Seedance?.at(-1)?.hints;
		expect(hints?.map(({ message }) => message)).toEqual([
			expect.stringMatching(/^What this model takes could not be read .+ unchecked\. bytedance/),
		]);
		expect(bench.creates()[0]?.json).toEqual({
			prompt: 'A paper boat',
			resolution: '8k',
			duration: 7,
		});
	});

	test.each([500, 401, 302])('HTTP status %d', async (status) => {
		told({ status });
		const { error } = await bench.run({ parameters: listed('fal', id, { duration: 7 }) });
		expect(error?.message).toMatch(/could not be read from fal/);
	});

	test('is asked for once for many items and runs', async () => {
		const items = Array.from({ length: 20 }, () => ({ json: {} }));
		const parameters = listed('fal', id, { resolution: '8k' });
		await bench.run({ parameters, items });
		expect(bench.requests('models')).toHaveLength(1);
		await bench.run({ parameters });
		expect(bench.requests('models')).toHaveLength(1);
	});
});

test.each(['../../v1/account', 'a/./b', 'x y', 'a?b', `a${'b'.repeat(400)}`])(
	'the ID %j is refused',
	async (value) => {
		for (const parameters of [
			{ ...listed('fal', value) },
			{ provider: 'fal', model: 'custom', customModel: '={{ $json.value }}' },
		]) {
			const { error } = await bench.run({ parameters, items: [{ json: { value } }] });
			expect(error?.message).toMatch(/^(Vendor|Custom) Model is no ID of a model/);
		}
		expect(bench.sandbox().requests).toEqual([]);
	},
);

test('what the editor keeps beside the values is no other order', async () => {
	const id = `${family}/text-to-video`;
	bench.fault({
		vendor: 'fal',
		operation: 'status',
		times: 20,
		effect: { kind: 'http', status: 401 },
	});
	const parameters = {
		prompt: 'A boat',
		downloadVideo: false,
		...listed('fal', id, { resolution: '8k' }),
	};
	const failed = await bench.run({ parameters });
	expect(failed.status).toBe('error');
	bench.sandbox().clearFaults();
	const opened = {
		...parameters,
		listModel: { __rl: true, mode: 'list', value: id, cachedResultName: 'Seedance 9.9' },
		modelParameters: {
			mappingMode: 'defineBelow',
			value: { resolution: '8k', duration: null, seed: '' },
			schema: [{ id: 'resolution' }],
			matchingColumns: [],
		},
	};
	expect((await failed.retry({ parameters: opened })).status).toBe('success');
	expect(bench.creates()).toHaveLength(1);
	const edited = listed('fal', id, { resolution: '480p' });
	await failed.retry({ parameters: { ...parameters, ...edited } });
	expect(bench.creates()).toHaveLength(2);
});

test('a fallback gets what was given for it, in its own words', async () => {
	bench.fault({ vendor: 'fal', operation: 'create', effect: { kind: 'http', status: 403 } });
	const { status, items } = await bench.run({
		parameters: {
			...listed('fal', `${family}/text-to-video`, { resolution: '480p', duration: 7 }),
			fallbackProviders: { fallback: [{ provider: 'kie', model: 'bytedance/seedance-2' }] },
		},
	});
	expect(status).toBe('success');
	expect(items[0]?.json).toMatchObject({ provider: 'kie', resolution: '480p', duration: 7 });
});
