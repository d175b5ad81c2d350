import type { INodeProperties } from 'n8n-workflow';
import type { ModelEntry } from '../../../nodes/shared/domain/model';
import { findModel, type Catalogue, type Provider } from '../../../nodes/shared/domain/provider';
import * as parameter from '../../../nodes/shared/models/parameters';
import { toWireInput, validateParameters } from '../../../nodes/shared/models/schema';
import { generationProperties } from '../../../nodes/shared/properties/generation';
import { providers } from '../../../nodes/shared/providers';
import { errorOf, providerOf, valueOf } from '../helpers.mts';

/** Every kind of parameter there is, each under a wire name of its own. */
const madeUp: ModelEntry = {
	id: 'bytedance/made-up-9',
	label: 'Made-Up 9',
	kind: 'imageToVideo',
	createPath: '/made/up',
	typicalSeconds: 10,
	firstImage: { wireName: 'first_frame', acceptsDataUri: true },
	lastImage: { wireName: 'last_frame', acceptsDataUri: true },
	input: {
		prompt: parameter.prompt(10),
		aspectRatio: parameter.aspectRatio(['2:1', 'adaptive'], { wireName: 'shape', default: '2:1' }),
		resolution: parameter.resolution(['8k'], { default: '8k' }),
		duration: parameter.durationBetween(1, 60, { default: 30, wireAsString: true }),
		frames: parameter.frames(29, 289, { wireName: 'frame_count' }),
		seed: parameter.seed({ min: 0, max: 9, default: 3 }),
		cameraFixed: parameter.cameraFixed({ wireName: 'fixed_lens', default: true }),
		enableSafetyChecker: parameter.enableSafetyChecker(),
		serviceTier: parameter.serviceTier(),
		executionExpiresAfter: parameter.executionExpiresAfter(1, 2),
		returnLastFrame: parameter.returnLastFrame(),
		watermark: parameter.watermark(),
		// Not made by the helpers: a new model may bring anything.
		mood: {
			label: 'Mood',
			description: 'How it feels',
			wireName: 'mood_text',
			type: 'string',
			required: false,
			maxLength: 5,
		},
	},
};

const apikley = providerOf('apikley');
const aimlapi = providerOf('aimlapi');

const provider: Provider = {
	...apikley,
	label: 'Made-Up Vendor',
	models: [...apikley.models, madeUp],
};
const extended: Catalogue = { ...providers, apikley: provider };

const nodeParameters = ['aspectRatio', 'resolution', 'duration'];
const options = Object.keys(madeUp.input).filter(
	(name) => name !== 'prompt' && !nodeParameters.includes(name),
);

const properties = generationProperties('imageToVideo', extended);

function entriesOfOptions(): INodeProperties[] {
	const collection = properties.find(({ name }) => name === 'options');
	return (collection?.options ?? []).filter((entry): entry is INodeProperties => 'type' in entry);
}

/** The vendor's models that a property is shown for: told by them, or by those for which it is not. */
function modelsShownBy({ displayOptions = {} }: INodeProperties, modelPath: string): string[] {
	const { show = {}, hide = {} } = displayOptions;
	const [vendors, having, lacking] = [
		show[modelPath.replace('model', 'provider')],
		show[modelPath],
		hide[modelPath],
	];
	// Vendors are named where another one sells a model of that name.
	const isOfOthers = vendors !== undefined && !vendors.includes('apikley');
	if (isOfOthers || (having ?? lacking) === undefined) return [];
	const sold = provider.models.map(({ id }) => id);
	return sold.filter((id) => having?.includes(id) ?? !lacking?.includes(id));
}

const shownFor = (list: INodeProperties[], name: string, modelPath: string) =>
	list.filter(
		(property) => property.name === name && modelsShownBy(property, modelPath).includes(madeUp.id),
	);

describe('in the node', () => {
	test('the model is offered by its vendor alone', () => {
		const offering = properties.filter(
			({ name, options: offered }) =>
				name === 'model' && offered?.some((one) => 'value' in one && one.value === madeUp.id),
		);
		expect(offering.map(({ displayOptions }) => displayOptions)).toEqual([
			{ show: { provider: ['apikley'] } },
		]);
	});

	test('it is not in the other node', () => {
		expect(JSON.stringify(generationProperties('textToVideo', extended))).not.toContain(madeUp.id);
	});

	/** Which of its vendor's models the only property of that name is shown for. */
	const shownModels = (list: INodeProperties[], name: string, prefix: '' | '/'): unknown[] => {
		const [property, ...more] = shownFor(list, name, `${prefix}model`);
		expect(more).toEqual([]);
		if (property === undefined) return [];
		const ofKind = provider.models.filter(({ kind }) => kind === madeUp.kind).map(({ id }) => id);
		return modelsShownBy(property, `${prefix}model`).filter((id) => ofKind.includes(id));
	};

	test.each(nodeParameters)('%s is shown once, for no other model of its vendor', (name) => {
		expect(shownModels(properties, name, '')).toEqual([madeUp.id]);
	});

	test.each(options)('the option %s is shown once, for no other model of its vendor', (name) => {
		expect(shownModels(entriesOfOptions(), name, '/')).toEqual([madeUp.id]);
	});

	test('vendors share a property, unless one sells a model of the other without the parameter', () => {
		const sold = (id: string, input: ModelEntry['input']): ModelEntry => ({ ...madeUp, id, input });
		const prompt = parameter.prompt();
		const mute = { prompt };
		const loud = { prompt, generateAudio: parameter.generateAudio() };
		const shownAt = (ofApikley: ModelEntry[], ofAimlapi: ModelEntry[]) => {
			const catalogue = {
				apikley: { ...apikley, models: ofApikley },
				aimlapi: { ...aimlapi, models: ofAimlapi },
			};
			const list = generationProperties('imageToVideo', catalogue).find(
				({ name }) => name === 'options',
			);
			return (list?.options ?? []).flatMap((entry) =>
				entry.name === 'generateAudio' && 'displayOptions' in entry
					? [entry.displayOptions?.show]
					: [],
			);
		};
		// From then on it stands in the node itself.
		const before = { '@version': [1, 2] };
		expect(shownAt([sold('a', loud)], [sold('b', loud)])).toEqual([
			{ '/model': ['a', 'b'], ...before },
		]);
		expect(shownAt([sold('a', loud)], [sold('a', mute), sold('b', loud)])).toEqual([
			{ '/provider': ['apikley'], '/model': ['a'], ...before },
			{ '/model': ['b'], ...before },
		]);
	});

	test('bounds, values and defaults come along', () => {
		const [duration] = shownFor(properties, 'duration', 'model');
		expect(duration).toMatchObject({
			displayName: 'Duration',
			type: 'number',
			default: 30,
			typeOptions: { minValue: 1, maxValue: 60, numberPrecision: 0 },
		});
		const [ratio] = shownFor(properties, 'aspectRatio', 'model');
		expect(ratio).toMatchObject({
			type: 'options',
			default: '2:1',
			options: [
				{ name: '2:1', value: '2:1' },
				{ name: 'Adaptive', value: 'adaptive' },
			],
		});
		const [camera] = shownFor(entriesOfOptions(), 'cameraFixed', '/model');
		expect(camera).toMatchObject({ type: 'boolean', default: true });
		const [mood] = shownFor(entriesOfOptions(), 'mood', '/model');
		expect(mood).toMatchObject({ displayName: 'Mood', type: 'string', default: '' });
	});

	test('a second model with the same parameters shares their properties', () => {
		const sibling = { ...madeUp, id: 'bytedance/made-up-10' };
		const both = { ...extended, apikley: { ...provider, models: [...provider.models, sibling] } };
		const shared = generationProperties('imageToVideo', both).filter(
			({ name, displayOptions }) =>
				name === 'duration' && displayOptions?.show?.model?.includes(sibling.id),
		);
		expect(shared.map(({ displayOptions }) => displayOptions?.show?.model)).toEqual([
			[madeUp.id, sibling.id],
		]);
	});

	test('the last image is offered, for it alone', () => {
		const last = properties.filter(
			({ name, displayOptions }) =>
				name.startsWith('lastImage') && displayOptions?.show?.model?.includes(madeUp.id),
		);
		// URL and field depend on it alone.
		expect(last.map(({ name }) => name)).toEqual(['lastImageInputType']);
		for (const { displayOptions } of last) {
			const models = displayOptions?.show?.model ?? [];
			const ofVendor = models.filter((id) => findModel(provider, String(id), 'imageToVideo'));
			expect(ofVendor).toEqual(
				[madeUp.id, ...ofVendor.filter((id) => findModel(provider, String(id))?.lastImage)].filter(
					(id, at, all) => all.indexOf(id) === at,
				),
			);
		}
		expect(last[0]).toMatchObject({ default: 'none' });
	});

	test('the last image is not offered for another vendor’s model of the same ID', () => {
		const twin = { ...madeUp, lastImage: undefined };
		const withTwin = {
			...extended,
			aimlapi: { ...aimlapi, models: [...aimlapi.models, twin] },
		};
		const lastImage = generationProperties('imageToVideo', withTwin).find(
			({ name, displayOptions }) =>
				name === 'lastImageInputType' && displayOptions?.show?.model?.includes(madeUp.id),
		);
		expect(lastImage?.displayOptions?.show?.provider).toContain('apikley');
		expect(lastImage?.displayOptions?.show?.provider).not.toContain('aimlapi');
	});
});

describe('on its way', () => {
	const values = {
		prompt: 'A cat',
		aspectRatio: 'adaptive',
		duration: '60',
		seed: 9,
		cameraFixed: false,
		mood: 'calm',
	};

	test('it is validated by its own rules', () => {
		const check = (more: object) => validateParameters(provider, madeUp, { ...values, ...more });
		expect(check({}).ok).toBe(true);
		const suffix = 'for Made-Up 9 on Made-Up Vendor';
		expect(errorOf(check({ prompt: 'Eleven char' }))).toMatchObject({
			label: 'Prompt',
			message: `Prompt must have at most 10 characters (it has 11) ${suffix}`,
		});
		expect(errorOf(check({ seed: 10 }))).toMatchObject({
			label: 'Seed',
			message: `Seed must be between 0 and 9 ${suffix}`,
		});
		expect(errorOf(check({ mood: 'gloomy' })).label).toBe('Mood');
	});

	test('it goes out under its own names', () => {
		const input = toWireInput(madeUp, valueOf(validateParameters(provider, madeUp, values)));
		expect(apikley.vendor.createTask({ model: madeUp, input })).toStrictEqual({
			method: 'POST',
			url: '/made/up',
			body: {
				model: madeUp.id,
				input: {
					prompt: 'A cat',
					shape: 'adaptive',
					duration: '60',
					seed: 9,
					fixed_lens: false,
					mood_text: 'calm',
				},
			},
		});
	});

	test('its frames still replace its duration', () => {
		expect(toWireInput(madeUp, { prompt: 'A', duration: 5, frames: 121 })).toStrictEqual({
			prompt: 'A',
			frame_count: 121,
		});
	});
});

test('a parameter without its label is refused by the compiler', () => {
	// @ts-expect-error a parameter says what it is called and how it travels
	const nameless: ModelEntry['input'] = { x: { type: 'string', required: false } };
	expect(Object.keys(nameless)).toEqual(['x']);
});

test('a model of both kinds under one ID is found for each', () => {
	const textTwin: ModelEntry = { ...madeUp, kind: 'textToVideo', firstImage: undefined };
	const both = { ...provider, models: [textTwin, madeUp] };
	expect(findModel(both, madeUp.id, 'imageToVideo')).toBe(madeUp);
	expect(findModel(both, madeUp.id, 'textToVideo')).toBe(textTwin);
	expect(findModel(both, madeUp.id)).toBe(textTwin);
});
