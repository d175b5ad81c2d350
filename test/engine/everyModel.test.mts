import {
	generationProperties,
	videoToVideoProperties,
} from '../../nodes/shared/properties/generation.ts';
import { providers } from '../../nodes/shared/providers/index.ts';
import { useBench, type NodeName } from './bench.mts';

const bench = useBench();

const nodes: Record<string, NodeName> = {
	textToVideo: 'seedanceTextToVideo',
	imageToVideo: 'seedanceImageToVideo',
	edit: 'seedanceVideoToVideo',
	extend: 'seedanceVideoToVideo',
	reference: 'seedanceVideoToVideo',
};

const videoUrl = 'https://videos.example/boat.mp4';
const models = Object.entries(providers).flatMap(([provider, { models: listed }]) =>
	listed.map((model) => ({ provider, model, id: model.id })),
);

const imageUrl = 'https://images.example/boat.png';

test.each(models)('$provider $id: what the node shows by itself makes a video', async (one) => {
	const { provider, model } = one;
	const { status, items } = await bench.run({
		type: nodes[model.kind],
		parameters: {
			provider,
			model: model.id,
			prompt: 'A paper boat',
			downloadVideo: false,
			...(model.firstImage && { imageUrl }),
			...(model.video && { operation: model.kind, videoUrl }),
			...(model.firstImage === undefined &&
				model.video === undefined &&
				model.references && {
					referenceImages: { image: [{ inputType: 'url', url: imageUrl }] },
					...(model.references.videos && {
						referenceVideos: { video: [{ url: 'https://videos.example/boat.mp4' }] },
					}),
				}),
		},
	});
	expect(status).toBe('success');
	expect(items[0]?.json).toMatchObject({ provider, model: model.id, status: 'succeeded' });
	expect(bench.sandbox().tasks()).toMatchObject([{ model: model.id }]);
});

type Kind = Parameters<typeof generationProperties>[0] | 'edit' | 'extend' | 'reference';

const propertiesFor = (kind: Kind) => {
	if (kind === 'textToVideo' || kind === 'imageToVideo') return generationProperties(kind);
	return videoToVideoProperties().filter(
		({ displayOptions }) => displayOptions?.show?.operation?.includes(kind) ?? true,
	);
};

const beginning = (kind: Kind, version: number) =>
	propertiesFor(kind)
		.filter(({ name, displayOptions }) => {
			const [known] = displayOptions?.show?.['@version'] ?? [];
			return name === 'model' && (known === undefined || (known === 1) === (version === 1));
		})
		.flatMap(({ default: chosen, displayOptions }) =>
			(displayOptions?.show?.provider ?? []).map((provider) => [provider, chosen]),
		);

test('a node of a workflow saved with version 1 begins with the models of then', () => {
	expect(Object.fromEntries(beginning('textToVideo', 1))).toMatchObject({
		apikley: 'bytedance/v1-lite-text-to-video',
		modellix: 'seedance-1.0-lite-t2v',
		aimlapi: 'bytedance/seedance-1-0-lite-t2v',
	});
	expect(Object.fromEntries(beginning('imageToVideo', 1))).toMatchObject({
		apikley: 'bytedance/v1-pro-fast-image-to-video',
		aimlapi: 'bytedance/seedance-1-0-lite-i2v',
	});
});

test.each(['textToVideo', 'imageToVideo', 'edit', 'extend', 'reference'] as const)(
	'%s: a new node begins with a current model of its vendor, once',
	(kind) => {
		const offered = Object.entries(providers).filter(([, { kinds }]) => kinds.includes(kind));
		expect(beginning(kind, 2).toSorted()).toEqual(
			offered.map(([id, { defaultModels }]) => [id, defaultModels[kind] ?? 'custom']).toSorted(),
		);
		for (const [, { defaultModels, models: listed }] of offered) {
			const chosen = listed.find(
				(model) => model.id === defaultModels[kind] && model.kind === kind,
			);
			expect([defaultModels[kind], chosen?.isRetired]).toEqual([defaultModels[kind], undefined]);
			if (defaultModels[kind] !== undefined) expect(chosen).toBeDefined();
		}
	},
);

test('what its maker has switched off comes last', () => {
	for (const { models: listed } of Object.values(providers)) {
		const retired = listed.map(({ isRetired = false }) => isRetired);
		expect(retired).toEqual(retired.toSorted((a, b) => Number(a) - Number(b)));
	}
});
