import type { IDisplayOptions, INodeParameters, INodeProperties } from 'n8n-workflow';
import type { GenerationKind } from '../../../nodes/shared/domain/model';
import { modelsOf } from '../../../nodes/shared/domain/provider';
import { option } from '../../../nodes/shared/domain/ownParameters';
import { modelOfNext } from '../../../nodes/shared/models/chain';
import {
	imageMode,
	REFERENCE_NOTICE,
	referenceKinds,
	referenceParameters,
} from '../../../nodes/shared/models/imageParameters';
import {
	CUSTOM_MODEL,
	LIST_MODEL,
	parametersOf,
	type ModelParameter,
} from '../../../nodes/shared/models/schema';
import { findProvider, providers } from '../../../nodes/shared/providers';
import { providerOf } from '../helpers.mts';
import { ofModels, opened } from './opened.mts';
import { choicesOf, nameOf, nodeNamed, nodes, placed } from '../ux/descriptions.mts';

const generationNodes = [
	['seedanceTextToVideo', 'textToVideo'],
	['seedanceImageToVideo', 'imageToVideo'],
	['seedanceVideoToVideo', 'edit'],
	['seedanceVideoToVideo', 'extend'],
	['seedanceVideoToVideo', 'reference'],
] as const;

/** The node for given videos has an operation for each kind. */
const operationOf = (kind: GenerationKind): INodeParameters =>
	['edit', 'extend', 'reference'].includes(kind) ? { operation: kind } : {};

const modelCases = generationNodes.flatMap(([nodeName, kind]) =>
	Object.entries(providers).flatMap(([provider, entry]) =>
		modelsOf(entry, kind).map((model) => [nodeName, provider, model.id, model] as const),
	),
);

/** What n8n's own editor shows for these values, in the node and under Options. */
function shown(nodeName: string, values: INodeParameters): INodeProperties[] {
	const { inNode, options } = opened(nodeName, 1, values);
	return [...inNode, ...options];
}

describe.each(modelCases)('%s with %s %s', (nodeName, provider, model, entry) => {
	const values = {
		...operationOf(entry.kind),
		provider,
		model,
		completion: 'wait',
		downloadVideo: true,
		imageMode: 'frames',
		imageInputType: 'url',
		lastImageInputType: 'none',
	};
	// Where the clips can go on from a last frame.
	const canChain = modelOfNext(providerOf(provider), entry) !== undefined;

	test('shows exactly the model’s parameters, once each, with their values and what they begin with', () => {
		const properties = shown(nodeName, values);
		const names = properties.map(({ name }) => name);
		expect(names).toEqual([...new Set(names)]);
		expect(names.includes(option.chainItems.name)).toBe(canChain);
		const ofTheModel = properties.filter(({ name }) => ofModels.has(name)).map(inWords);
		expect(new Set(ofTheModel)).toEqual(new Set(parametersOf(entry).map(asOffered)));
	});
});

/** What a property offers, in a line. */
const inWords = ({ name, displayName, ...property }: INodeProperties): string => {
	const choices = choicesOf({ name, displayName, ...property }).map(({ value }) => value);
	return JSON.stringify([name, displayName, property.default, choices]);
};

/** The same of a parameter, which begins with its default or with what is next to none. */
const asOffered = ({
	name,
	label,
	type,
	values,
	minimum,
	...parameter
}: ModelParameter): string => {
	const least = { boolean: false, string: '' }[String(type)] ?? minimum ?? 0;
	// The prompt has none, whatever the vendor's page says.
	const begins = name === 'prompt' ? '' : (parameter.default ?? values?.[0] ?? least);
	return JSON.stringify([name, label, begins, values ?? []]);
};

describe.each(generationNodes)('%s, %s', (nodeName, kind) => {
	const [provider = ''] = Object.keys(providers).filter((id) =>
		providers[id]?.kinds.includes(kind),
	);

	test.each(Object.entries(providers))('offers the models of %s and a custom one', (id, entry) => {
		if (!entry.kinds.includes(kind)) return;
		const [list, ...more] = shown(nodeName, {
			...operationOf(kind),
			provider: id,
		}).filter(({ name }) => name === 'model');
		expect(more).toEqual([]);
		const offered = list === undefined ? [] : choicesOf(list).map(({ value }) => value);
		const isOfVideo = nodeName === 'seedanceVideoToVideo';
		const others = entry.vendor.models === undefined || isOfVideo ? [] : [LIST_MODEL];
		const own = modelsOf(entry, kind).map((model) => model.id);
		expect(offered).toEqual([...own, ...others, CUSTOM_MODEL]);
		const first = entry.defaultModelsOfVersion1?.[kind] ?? entry.defaultModels[kind];
		expect(list?.default).toBe(first ?? CUSTOM_MODEL);
	});

	test('offers only providers that can do it', () => {
		const [provider] = shown(nodeName, operationOf(kind)).filter(({ name }) => name === 'provider');
		const able = Object.entries(providers).filter(([, { kinds }]) => kinds.includes(kind));
		expect(provider && choicesOf(provider).map(({ value }) => value)).toEqual(
			able.map(([id]) => id),
		);
	});

	test('a custom model has its ID, a prompt and Additional Parameters, and no model’s own', () => {
		const values = { ...operationOf(kind), provider, model: CUSTOM_MODEL, completion: 'wait' };
		const names = shown(nodeName, values).map(({ name }) => name);
		expect(names).toEqual(
			expect.arrayContaining(['customModel', 'prompt', 'additionalParameters']),
		);
		expect(names.filter((name) => ofModels.has(name))).toEqual(['prompt']);
	});

	test('asks for what the waiting needs only where the node waits', () => {
		const given = { ...operationOf(kind), provider, model: CUSTOM_MODEL };
		const submit = shown(nodeName, { ...given, completion: 'submit' }).map(({ name }) => name);
		for (const name of ['downloadVideo', 'binaryPropertyName', 'timeout', 'pollInterval']) {
			expect(submit).not.toContain(name);
		}
		const notify = shown(nodeName, { ...given, completion: 'notify' }).map(({ name }) => name);
		expect(notify).toEqual(expect.arrayContaining(['callbackUrl', 'context']));
		expect(submit).not.toContain('callbackUrl');
		expect(submit).not.toContain('context');
		const off = { ...given, completion: 'wait', downloadVideo: false };
		expect(shown(nodeName, off).map(({ name }) => name)).not.toContain('binaryPropertyName');
	});
});

test.each(Object.entries(providers))(
	'a pausing node asks whether %s may call back, if it can',
	(provider, { vendor }) => {
		const isAsked = (completion: string) =>
			shown('seedanceTextToVideo', { provider, model: CUSTOM_MODEL, completion }).some(
				({ name }) => name === 'sendCallbackUrl',
			);
		expect(isAsked('pause')).toBe(vendor.callbacks !== undefined);
		expect(isAsked('wait')).toBe(false);
	},
);

test('an image is asked for in the way that was chosen', () => {
	const ask = (imageInputType: string) =>
		shown('seedanceImageToVideo', { provider: 'aimlapi', imageInputType })
			.map(({ name }) => name)
			.filter((name) => name.startsWith('image'));
	expect(ask('url')).toEqual(['imageInputType', 'imageUrl']);
	expect(ask('binary')).toEqual(['imageInputType', 'imageBinaryPropertyName']);
});

describe.each(modelCases.filter(([, , , { kind }]) => kind === 'imageToVideo'))(
	'%s with %s %s: the images',
	(nodeName, provider, model, { firstImage, lastImage, references }) => {
		const imagesIn = (imageMode: string) =>
			shown(nodeName, {
				provider,
				model,
				imageMode,
				imageInputType: 'url',
				lastImageInputType: 'url',
			})
				.map(({ name }) => name)
				.filter((name) => /image|reference/i.test(name) && name !== REFERENCE_NOTICE);
		const frames = [
			...(firstImage && references ? ['imageMode'] : []),
			...(firstImage ? ['imageInputType', 'imageUrl'] : []),
			...(lastImage ? ['lastImageInputType', 'lastImageUrl'] : []),
		];
		const lists = [
			...(references?.images ? ['referenceImages'] : []),
			...(references?.videos ? ['referenceVideos'] : []),
			...(references?.audios ? ['referenceAudios'] : []),
		];

		test('are those that begin and end the video', () => {
			expect(imagesIn('frames')).toEqual(firstImage ? frames : lists);
		});

		test('or those that it takes over', () => {
			const both = firstImage && references ? ['imageMode', ...lists] : frames;
			expect(imagesIn('references')).toEqual(firstImage ? both : lists);
		});
	},
);

test.each(Object.entries(providers))(
	'a custom model of %s may end with an image, if it can',
	(id, entry) => {
		const values = { provider: id, model: CUSTOM_MODEL, imageMode: 'frames' };
		const names = shown('seedanceImageToVideo', values).map(({ name }) => name);
		const { lastImage } = entry.customModel('any', 'imageToVideo');
		expect(names.includes('lastImageInputType')).toBe(lastImage !== undefined);
		expect(names).toContain('imageInputType');
	},
);

test.each(Object.entries(providers))(
	'a custom model of %s may take references, where one of the vendor’s does',
	(id, entry) => {
		const values = { provider: id, model: CUSTOM_MODEL, imageMode: 'references' };
		const names = shown('seedanceImageToVideo', values).map(({ name }) => name);
		const taken = modelsOf(entry, 'imageToVideo').flatMap(({ references }) => references ?? []);
		expect(names.includes(imageMode.name)).toBe(taken.length > 0);
		for (const kind of referenceKinds) {
			const isTaken = taken.some((one) => one[kind] !== undefined);
			expect(names.includes(referenceParameters[kind].name)).toBe(isTaken);
		}
		expect(names.includes('imageInputType')).toBe(taken.length === 0);
	},
);

describe('every condition', () => {
	const conditions = placed.flatMap((entry) =>
		[entry.property.displayOptions?.show, entry.property.displayOptions?.hide].flatMap((rules) =>
			Object.entries(rules ?? {}).map(
				([reference, values]) => [nameOf(entry), reference, values, entry] as const,
			),
		),
	);

	test.each(conditions)('of %s on %s can come true', (_, reference, values, entry) => {
		if (reference.startsWith('@')) return;
		const { properties } = nodeNamed(entry.node);
		const isAbsolute = reference.startsWith('/');
		expect(isAbsolute).toBe(entry.collection !== undefined);
		const referred = properties.filter(({ name }) => name === reference.replace('/', ''));
		expect(referred.length).toBeGreaterThan(0);
		const possible = referred.flatMap((property) =>
			property.type === 'boolean' ? [true, false] : choicesOf(property).map(({ value }) => value),
		);
		expect(possible).toEqual(expect.arrayContaining([...(values ?? [])]));
	});

	test('there are some', () => {
		expect(conditions.length).toBeGreaterThan(40);
	});
});

describe('credentials', () => {
	test.each(nodes.map(({ description }) => [description.name, description] as const))(
		'of %s are asked for one provider each',
		(_, description) => {
			const lists = description.properties.filter(({ name }) => name === 'provider');
			const offered = [...new Set(lists.flatMap(choicesOf).map(({ value }) => value))];
			// A path, because n8n's editor hides the choice of a plain parameter (see credentialsOf).
			const askedFor = (rules: IDisplayOptions | undefined) => rules?.show?.['/provider'] ?? [];
			const asked = (description.credentials ?? []).flatMap(({ displayOptions }) => [
				...askedFor(displayOptions),
			]);
			expect(asked.toSorted()).toEqual(offered.map(String).toSorted());
			for (const { name, required, displayOptions } of description.credentials ?? []) {
				expect(required).toBe(true);
				const [id] = askedFor(displayOptions);
				expect(findProvider(id)?.credentialType).toBe(name);
			}
		},
	);
});
