import { generationProperties } from '../../nodes/shared/properties/generation.ts';
import { providers } from '../../nodes/shared/providers/index.ts';
import { useBench, type NodeName } from './bench.mts';

const bench = useBench();

const nodes: Record<string, NodeName> = {
	textToVideo: 'seedanceTextToVideo',
	imageToVideo: 'seedanceImageToVideo',
};
const models = Object.entries(providers).flatMap(([provider, { models: listed }]) =>
	listed.map((model) => ({ provider, model, id: model.id })),
);

test.each(models)('$provider $id: what the node shows by itself makes a video', async (one) => {
	const { provider, model } = one;
	const { status, items } = await bench.run({
		type: nodes[model.kind],
		parameters: {
			provider,
			model: model.id,
			prompt: 'A paper boat',
			downloadVideo: false,
			...(model.firstImage && { imageUrl: 'https://images.example/boat.png' }),
		},
	});
	expect(status).toBe('success');
	expect(items[0]?.json).toMatchObject({ provider, model: model.id, status: 'succeeded' });
	expect(bench.sandbox().tasks()).toMatchObject([{ model: model.id }]);
});

test('a model that is added leaves the one that the node begins with', () => {
	const first = (kind: 'textToVideo' | 'imageToVideo') =>
		generationProperties(kind)
			.filter(({ name }) => name === 'model')
			.map(({ default: chosen }) => chosen);
	expect(first('textToVideo')).toEqual([
		'bytedance/v1-lite-text-to-video',
		'seedance-1.0-lite-t2v',
		'bytedance/seedance-1-0-lite-t2v',
	]);
	expect(first('imageToVideo')).toEqual([
		'bytedance/v1-pro-fast-image-to-video',
		'bytedance/seedance-1-0-lite-i2v',
	]);
});
