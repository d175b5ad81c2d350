import type { GenerationKind } from '../../../nodes/shared/domain/model';
import type { Outcome } from '../../../nodes/shared/domain/fault';
import type { Dialogue, VendorRequest, VendorResponse } from '../../../nodes/shared/domain/vendor';
import { knownModel } from '../../../nodes/shared/models/byId';
import { toldModel } from '../../../nodes/shared/models/toldModel';
import { providers } from '../../../nodes/shared/providers';
import { kindsOfId, postedIn, seedanceFor } from '../../../nodes/shared/providers/listing';
import { liveModels } from '../../../sandbox/liveModels.mts';
import { startSandbox, type Sandbox, type VendorId } from '../../../sandbox/index.mts';
import { vendors } from '../../../sandbox/types.mts';
import { authorizationFor } from '../../vendors/index.mts';
import { errorOf, providerOf, valueOf } from '../helpers.mts';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const asked: VendorRequest[] = [];

async function send(vendor: VendorId, request: VendorRequest): Promise<VendorResponse> {
	asked.push(request);
	const query = new URLSearchParams(request.query).toString();
	const answer = await fetch(`${sandbox.baseUrls[vendor]}${request.url}?${query}`, {
		method: request.method,
		headers: { authorization: authorizationFor(vendor, sandbox.apiKeys[vendor]) },
	});
	const text = await answer.text();
	const body: unknown = JSON.parse(text);
	return { httpStatus: answer.status, headers: {}, body, excerpt: text.slice(0, 300) };
}

/** Leads a dialogue with the sandbox. */
async function lead<T>(vendor: VendorId, dialogue: Dialogue<T>): Promise<Outcome<T>> {
	let step = dialogue.next();
	while (!step.done) step = dialogue.next(await send(vendor, step.value));
	return step.value;
}

const answer = (body: unknown, httpStatus = 200): VendorResponse => ({
	httpStatus,
	headers: {},
	body,
	excerpt: JSON.stringify(body ?? 'nothing'),
});

/** Leads a dialogue with the same answer to everything. */
function leadWith<T>(dialogue: Dialogue<T>, given: VendorResponse): Outcome<T> {
	let step = dialogue.next();
	for (let asks = 0; !step.done; asks++) {
		if (asks > 20) throw new Error('It asks for ever');
		step = dialogue.next(given);
	}
	return step.value;
}

const listing = vendors
	.filter((vendor) => liveModels.some((model) => model.vendor === vendor))
	.map((vendor) => [vendor, providerOf(vendor).vendor.models] as const);
const kinds: readonly GenerationKind[] = ['textToVideo', 'imageToVideo'];

test('the vendors with a list are those that have one in the sandbox', () => {
	const able = Object.entries(providers).filter(([, { vendor }]) => vendor.models !== undefined);
	expect(able.map(([id]) => id).toSorted()).toEqual(listing.map(([id]) => id).toSorted());
});

describe.each(listing)('%s', (vendor, models) => {
	if (models === undefined) throw new Error(`${vendor} has no list`);
	const live = liveModels.filter((one) => one.vendor === vendor);
	const provider = providerOf(vendor);

	test.each(kinds)(
		'lists what is new and what is known, for %s, and nothing else',
		async (kind) => {
			const ids = valueOf(await lead(vendor, models.list(kind))).map(({ id }) => id);
			expect(new Set(ids).size).toBe(ids.length);
			const told = kind === 'textToVideo' ? 'text-to-video' : 'image-to-video';
			for (const { id, kind: of } of live) {
				const isForBoth = !/t2v|text-to|image-to/.test(id);
				expect([id, ids.includes(id)]).toEqual([id, isForBoth || of === told]);
			}
			expect(ids.some((id) => knownModel(provider, id, kind) !== undefined)).toBe(true);
			expect(ids.filter((id) => !/seedance/.test(id))).toEqual([]);
			expect(ids).not.toContain('someone/seedance-copy');
		},
	);

	test('tells what a model takes that nobody here knows', async () => {
		for (const { id, kind } of live) {
			expect(knownModel(provider, id, 'textToVideo')).toBeUndefined();
			if (models.schema === undefined) continue;
			const schema = valueOf(await lead(vendor, models.schema(id)));
			const of = kind === 'text-to-video' ? 'textToVideo' : 'imageToVideo';
			const model = valueOf(toldModel(provider, id, of, schema));
			expect(model.input).toMatchObject({
				aspectRatio: { wireName: 'aspect_ratio', values: ['16:9', '9:16', '32:9'] },
				resolution: { values: ['480p', '8k'] },
				generateAudio: { type: 'boolean' },
			});
			expect(Object.keys(model.input).slice(0, 3)).toEqual(['prompt', 'aspectRatio', 'resolution']);
			if (of === 'imageToVideo') {
				const { firstImage, lastImage } = provider.customModel(id, of);
				expect(model.firstImage?.wireName).toBe(firstImage?.wireName);
				expect(model.lastImage?.wireName).toBe(lastImage?.wireName);
			}
			expect(model.createPath).toBe(live.find((one) => one.id === id)?.createPath);
			expect(Object.keys(model.input)).not.toContain('model');
		}
	});

	test('a model that it does not have is a fault', async () => {
		if (models.schema === undefined) return;
		const told = await lead(vendor, models.schema('bytedance/none'));
		const model = told.ok ? toldModel(provider, 'x', 'textToVideo', told.value) : told;
		expect(model.ok).toBe(false);
	});

	test.each([
		['a refusal', answer({ message: 'no' }, 401)],
		['a gateway’s page', answer(undefined, 502)],
		['nothing', answer(undefined)],
		['null', answer(null)],
		['another shape', answer({ data: 'x', models: 7 })],
	])('%s is a fault, not a list', (_, given) => {
		expect(leadWith(models.list('textToVideo'), given).ok).toBe(false);
	});

	test.each([
		['entries of any kind', [null, 1, 'painter', {}, [], { id: {}, model_id: 7, slug: null }]],
		[
			'paths in disguise',
			[
				'../../admin/seedance',
				'a/../seedance',
				'seedance?x',
				'seedance x',
				'//seedance',
				'.seedance',
				'=seedance',
				'={{$env}}/seedance',
				`seedance${'x'.repeat(300)}`,
			],
		],
	])('%s are passed over', (_, entries) => {
		const all = entries.map((id) =>
			typeof id === 'string'
				? {
						...{ id, endpoint_id: id, model_id: id, slug: id },
						...{
							type: 'internal/video-generations/submit',
							supported_frame_images: ['first_frame'],
						},
						model: { owner: 'bytedance', name: id },
					}
				: id,
		);
		const body =
			vendor === 'fal' || vendor === 'replicate' || vendor === 'modellix'
				? { models: all }
				: { data: all };
		expect(valueOf(leadWith(models.list('imageToVideo'), answer(body)))).toEqual([]);
	});

	test('an ID that is none asks for nothing elsewhere', () => {
		for (const id of ['a/b?c=d#e', 'a/ü b', 'x'.repeat(200)]) {
			const step = models.schema?.(id).next();
			if (step === undefined || step.done) continue;
			const { url } = step.value;
			expect(url).toMatch(/^\/[\w./%-]+$/);
		}
	});
});

test('fal’s list is read page by page, to an end', () => {
	const { models } = providerOf('fal').vendor;
	const endless = answer({
		models: [{ endpoint_id: 'bytedance/seedance-9/text-to-video' }],
		next_cursor: 'again',
	});
	if (models === undefined) throw new Error('No list');
	expect(valueOf(leadWith(models.list('textToVideo'), endless))).toHaveLength(1);
});

test.each([
	['bytedance/seedance-2.5/text-to-video', ['textToVideo']],
	['seedance-1.0-lite-t2v', ['textToVideo']],
	['seedance-2.0-i2v', ['imageToVideo']],
	['a/reference-to-video', ['imageToVideo']],
	['seedance-2.5/video-edit', []],
	['seedance-2.0-v2v', []],
	['bytedance/seedance-2.0', undefined],
])('%s is for %j', (id, expected) => {
	expect(kindsOfId(id)).toEqual(expected);
});

test('a model is listed once', () => {
	const twice = [
		{ id: 'seedance-9', name: 'First' },
		{ id: 'seedance-9', name: 'Second' },
	];
	expect(seedanceFor('textToVideo', twice)).toEqual([twice[0]]);
});

test('an OpenAPI document with several ways to post needs the path', () => {
	const post = (type: string) => ({
		post: { requestBody: { content: { 'application/json': { schema: { type } } } } },
	});
	const document = { paths: { '/a': post('a'), '/b': post('b') } };
	expect(postedIn(document, '/b').schema).toEqual({ type: 'b' });
	expect(postedIn(document, '/c').schema).toBeUndefined();
	expect(postedIn('none').schema).toBeUndefined();
});

test('refusals name the reason', () => {
	const { models } = providerOf('wavespeed').vendor;
	if (models?.schema === undefined) throw new Error('No schema');
	expect(errorOf(leadWith(models.schema('x/seedance'), answer({ data: [] }))).message).toMatch(
		/no model/,
	);
});
