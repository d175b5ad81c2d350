import type { ModelEntry } from '../../../nodes/shared/domain/model';
import { modelsOf } from '../../../nodes/shared/domain/provider';
import { modelOfNext, valuesInChain } from '../../../nodes/shared/models/chain';
import * as parameter from '../../../nodes/shared/models/parameters';
import { validateParameters } from '../../../nodes/shared/models/schema';
import { providers } from '../../../nodes/shared/providers';
import { providerOf } from '../helpers.mts';

const ratio = parameter.aspectRatio(['16:9', '9:16']);
const kinds = ['textToVideo', 'imageToVideo'] as const;
const models = Object.entries(providers).flatMap(([id, provider]) =>
	kinds.flatMap((kind) => modelsOf(provider, kind).map((model) => ({ id, provider, model }))),
);
const chainable = models.flatMap(({ id, provider, model }) => {
	const next = modelOfNext(provider, model);
	return next === undefined ? [] : [{ id, provider, model, next }];
});

const nextOf = (vendor: string, id: string) => {
	const provider = providerOf(vendor);
	const model = provider.models.find((one) => one.id === id) as ModelEntry;
	return modelOfNext(provider, model)?.id;
};

test('a clip goes on as the same model, in the form that begins with an image', () => {
	expect(nextOf('byteplus', 'dreamina-seedance-2-0-260128')).toBe('dreamina-seedance-2-0-260128');
	expect(nextOf('modellix', 'seedance-1.5-pro-t2v')).toBe('seedance-1.5-pro-i2v');
	for (const { model, next } of chainable) {
		expect(next.label).toBe(model.label);
		expect(next.kind).toBe('imageToVideo');
		expect(next.firstImage).toBeDefined();
		expect(Object.keys(next.input)).toContain('returnLastFrame');
	}
});

test('nothing goes on without a last frame, or without a form for images', () => {
	expect(nextOf('kie', 'bytedance/seedance-2-mini')).toBeUndefined();
	expect(nextOf('modellix', 'seedance-1.0-pro-fast-t2v')).toBeUndefined();
	expect(nextOf('modellix', 'seedance-2.0-fast-i2v')).toBeUndefined();
	const without = models.filter(({ model }) => model.input.returnLastFrame === undefined);
	expect(without.length).toBeGreaterThan(20);
	for (const { provider, model } of without) expect(modelOfNext(provider, model)).toBeUndefined();
});

test('these vendors have such models', () => {
	const vendors = chainable.map(({ id }) => id);
	expect(vendors).toEqual(expect.arrayContaining(['byteplus', 'kie', 'modellix', 'volcengine']));
});

const cases = chainable.flatMap(({ id, provider, model, next }) =>
	[...(model.input.aspectRatio?.values ?? []), undefined].map(
		(ratio) => [`${id} ${model.kind} ${model.id} ${ratio}`, provider, model, next, ratio] as const,
	),
);

test.each(cases)('%s: what the first clip is made with, the next one takes', (...given) => {
	const [, provider, model, next, ratio] = given;
	const aspectRatio = ratio === undefined ? undefined : String(ratio);
	const resolution = String(model.input.resolution?.values?.at(-1));
	const own = { prompt: 'A scene', resolution: 'another', aspectRatio: 'another', duration: 5 };
	const values = valuesInChain(next, own, { resolution, aspectRatio });
	const valid = validateParameters(provider, next, values);
	expect(valid).toMatchObject({ ok: true, value: { resolution, returnLastFrame: true } });
	const media = { firstImage: true, lastImage: false, images: 0, videos: 0, audios: 0 };
	expect(next.check?.(values, media)).toBeUndefined();
	expect(['adaptive', aspectRatio]).toContain(values.aspectRatio);
});

test('the ratio is the first one’s wherever the model takes it beside an image', () => {
	const next = providerOf('byteplus').models.find(
		({ id, kind }) => id === 'dreamina-seedance-2-0-260128' && kind === 'imageToVideo',
	) as ModelEntry;
	expect(valuesInChain(next, {}, { aspectRatio: '9:16' }).aspectRatio).toBe('9:16');
	expect(valuesInChain(next, {}, {}).aspectRatio).toBe('adaptive');
});

test('the first clip keeps what it was given, and gives its last frame', () => {
	const [one] = chainable;
	if (one === undefined) throw new Error('No model');
	expect(valuesInChain(one.model, { prompt: 'A', returnLastFrame: false })).toEqual({
		prompt: 'A',
		returnLastFrame: true,
	});
});

test.each<[string, ModelEntry['input']]>([
	['no ratio at all', {}],
	['a ratio without words of its own', { aspectRatio: { ...ratio, values: undefined } }],
	['no word for the image’s own ratio', { aspectRatio: ratio }],
])('behind a clip of an unknown ratio, a model with %s is told none', (_, input) => {
	const [{ model } = { model: undefined }] = models;
	if (model === undefined) throw new Error('The catalogue is empty');
	const values = valuesInChain({ ...model, input }, { duration: 5 }, { resolution: '720p' });
	expect(values).toEqual({ duration: 5, returnLastFrame: true, resolution: '720p' });
});
