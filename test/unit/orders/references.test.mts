import type { References } from '../../../nodes/shared/domain/model';
import { readReferences } from '../../../nodes/shared/orders/mediaReader';
import { fileStore, nodeInput } from '../fakes/nodeInput.mts';
import { errorOf, providerOf, valueOf, virtualClock } from '../helpers.mts';
import { pngOf } from '../pictures.mts';

/** Another one for each field. */
const photoOf = (property: string) => pngOf(640, 360 + property.length);

const slot = (wireName: string, maxCount: number, acceptsDataUri = false) => ({
	wireName,
	isList: true as const,
	acceptsDataUri,
	maxCount,
});

const all: References = {
	images: slot('image_urls', 3, true),
	videos: slot('video_urls', 2),
	audios: slot('audio_urls', 2),
	maxCount: 4,
};

const url = (name: string) => `https://files.example/${name}`;

async function read(parameters: Record<string, unknown>, references = all) {
	const stored = { data: '', mimeType: 'image/png' };
	const items = [{ json: {}, binary: { photo: stored, 'a.png': stored, data: stored } }];
	const provider = providerOf('aimlapi');
	return await readReferences(
		{ ...nodeInput({ parameters, items }), ...fileStore({ stored, bytes: photoOf }) },
		{ provider, baseUrl: provider.baseUrl, clock: virtualClock() },
		references,
		0,
	);
}

const images = (...names: string[]) => ({
	referenceImages: { image: names.map((name) => ({ inputType: 'url', url: url(name) })) },
});

test('URLs and files come in the order of the node, each in its list', async () => {
	const { images: pictures, ...others } = valueOf(
		await read({
			referenceImages: {
				image: [
					{ inputType: 'url', url: ` ${url('a.png')} ` },
					{ inputType: 'binary', binaryPropertyName: 'photo', url: 'ignored' },
				],
			},
			referenceVideos: { video: [{ url: url('b.mp4') }] },
			referenceAudios: { audio: [{ url: url('c.mp3') }] },
		}),
	);
	const photo = `data:image/png;base64,${photoOf('photo').toString('base64')}`;
	expect(pictures).toEqual([
		{ slot: all.images, address: url('a.png') },
		{ slot: all.images, address: photo },
	]);
	expect(others).toEqual({
		videos: [{ slot: all.videos, address: url('b.mp4') }],
		audios: [{ slot: all.audios, address: url('c.mp3') }],
	});
});

test.each([
	['none at all', {}, 'Reference Images must not be empty', 'an image or a video'],
	[
		'only sound',
		{ referenceAudios: { audio: [{ url: url('c.mp3') }] } },
		'Reference Images must not be empty',
		'an image or a video',
	],
	['too many of a kind', images('1', '2', '3', '4'), 'Reference Images must be at most 3, and 4'],
	[
		'too many in all',
		{
			...images('1', '2', '3'),
			referenceVideos: { video: [{ url: url('4') }, { url: url('5') }] },
		},
		'References must be at most 4, and 5 are given',
	],
	[
		'too many in all, with sounds',
		{
			...images('1', '2', '3'),
			referenceAudios: { audio: [{ url: url('4') }, { url: url('5') }] },
		},
		'References must be at most 4, and 5 are given',
	],
	[
		'an empty one',
		{ referenceImages: { image: [{ url: url('1') }, { url: ' ' }] } },
		'Reference Images 2 URL must not be empty',
	],
	[
		'a video that is no address',
		{ ...images('1'), referenceVideos: { video: [{ url: 'clip.mp4' }] } },
		'Reference Videos 1 URL is not a web address that AI/ML API can open',
	],
])('%s is refused before anything is paid', async (_, given, message, fix = '') => {
	const problem = errorOf(await read(given));
	expect(problem.message).toContain(message);
	expect(problem.description).toContain(fix);
	expect(problem.code).toBe('invalidInput');
});

test('a model that takes images only asks for an image', async () => {
	const problem = errorOf(await read({}, { images: slot('reference_images', 4) }));
	expect(problem.description).toBe('Add an image; the model takes it over into the video.');
});

test('a kind that the model does not take is not read', async () => {
	const given = { ...images('1'), referenceVideos: { video: [{ url: 'anything' }] } };
	const read1 = valueOf(await read(given, { images: slot('reference_images', 4) }));
	expect([read1.images.length, read1.videos]).toEqual([1, []]);
});

test('one entry may hold several addresses, which count one by one', async () => {
	const [a, b, c] = [url('a.png'), url('b.png'), url('c.png')];
	const entries = (...urls: unknown[]) => ({
		referenceImages: { image: urls.map((one) => ({ url: one })) },
	});
	for (const given of [
		entries(`${a},${b}\n${c}`),
		entries([a, b, c]),
		entries(`["${a}","${b}"]`, c),
	]) {
		const { images: pictures } = valueOf(await read(given));
		expect(pictures.map((one) => 'address' in one && one.address)).toEqual([a, b, c]);
	}
	const tooMany = errorOf(await read(entries([a, b, c, a])));
	expect(tooMany.message).toBe('Reference Images must be at most 3, and 4 are given');
});
