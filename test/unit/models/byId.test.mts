import { modelsOf } from '../../../nodes/shared/domain/provider';
import { defaultsOf, knownModel, tellApart } from '../../../nodes/shared/models/byId';
import { parametersOf } from '../../../nodes/shared/models/schema';
import { providers } from '../../../nodes/shared/providers';
import { errorOf, providerOf, valueOf } from '../helpers.mts';

const kinds = ['textToVideo', 'imageToVideo'] as const;
const all = Object.entries(providers).flatMap(([id, provider]) =>
	kinds.flatMap((kind) =>
		modelsOf(provider, kind).map((model) => [id, kind, model.id, provider] as const),
	),
);

describe.each(all)('%s %s %s', (_, kind, id, provider) => {
	test('is known by its ID, in any case, with a slash before it or a space', () => {
		const first = provider.models.find((model) => model.id === id && model.kind === kind);
		for (const written of [id, id.toUpperCase(), `/${id}`, ` ${id} `]) {
			expect(knownModel(provider, written, kind)).toBe(first);
		}
	});

	test('is known without what comes before it', () => {
		const bare = [...(provider.modelPrefixes ?? []), 'bytedance/'].reduce(
			(rest, prefix) => rest.replace(new RegExp(`^${prefix}`), ''),
			id,
		);
		expect(knownModel(provider, bare, kind)?.id).toMatch(bare);
	});
});

test.each([
	['modellix', 'imageToVideo', 'bytedance/seedance-2.0-fast-i2v', 'seedance-2.0-fast-i2v'],
	['modellix', 'imageToVideo', '/api/v1/bytedance/seedance-2.0-v2v/async', 'seedance-2.0-v2v'],
	['volcengine', 'textToVideo', 'seedance-2-5-260628', 'doubao-seedance-2-5-260628'],
	['replicate', 'textToVideo', 'seedance-2.5', 'bytedance/seedance-2.5'],
] as const)('%s %s: %s is %s', (id, kind, written, known) => {
	expect(knownModel(providerOf(id), written, kind)?.id).toBe(known);
});

test.each([
	['byteplus', 'ep-20260101-abcde'],
	['byteplus', 'doubao-seedance-2-5-260628'],
	['kie', 'bytedance/seedance-9'],
	['kie', '/api/v1/jobs/createTask'],
	['fal', 'bytedance/seedance-2.5/image-to-video'],
	['fal', ''],
])('%s: %s is no model that it knows from text', (id, written) => {
	expect(knownModel(providerOf(id), written, 'textToVideo')).toBeUndefined();
});

describe('what is given for one', () => {
	const provider = providerOf('modellix');
	const model = knownModel(provider, 'seedance-1.0-pro-fast-t2v', 'textToVideo');
	if (model === undefined) throw new Error('The model is gone');

	test('is its parameter under the vendor’s name or this package’s', () => {
		const given = { ratio: '9:16', cameraFixed: true, fps: 24, nested: { seed: 1 } };
		expect(valueOf(tellApart(model, given))).toEqual({
			values: { aspectRatio: '9:16', cameraFixed: true },
			additional: { fps: 24, nested: { seed: 1 } },
		});
	});

	test('is refused if it is given twice', () => {
		expect(errorOf(tellApart(model, { ratio: '9:16', aspectRatio: '16:9' }))).toBe('Aspect Ratio');
	});

	test('and the rest begins as in the node', () => {
		expect(defaultsOf(model)).toEqual({ aspectRatio: '16:9', resolution: '1080p', duration: 5 });
	});
});

test('no parameter of a model has the name by which the vendor calls another one', () => {
	for (const [, kind, id, provider] of all) {
		const model = provider.models.find((one) => one.id === id && one.kind === kind);
		const parameters = model === undefined ? [] : parametersOf(model);
		for (const { name, wireName } of parameters) {
			const others = parameters.filter((other) => other.name !== name);
			expect(others.map((other) => other.name)).not.toContain(wireName);
		}
	}
});
