import type {
	GenerationKind,
	ImageSlot,
	ModelEntry,
	ParameterValues,
	ReferenceSlot,
	References,
	RuleBroken,
} from '../../domain/model';
import {
	customOnGivenVideo,
	onGivenVideo,
	videoRules,
	type VideoUse,
} from '../../models/givenVideo';
import * as parameter from '../../models/parameters';

/** The model ID is the path that creates a task. */
const pathOf = (id: string) => `/${id.split('/').map(encodeURIComponent).join('/')}`;

const MEGABYTE = 1024 * 1024;

// "Data URIs are accepted in every *_url", for a few kilobytes; files go to the vendor's storage.
const image: ImageSlot = { wireName: 'image_url', acceptsDataUri: true };
const image2: ImageSlot = {
	...image,
	mimeTypes: ['image/jpeg', 'image/png', 'image/webp'],
	maxBytes: 30 * MEGABYTE,
};
const image25: ImageSlot = {
	...image2,
	mimeTypes: [
		'image/jpeg',
		'image/png',
		'image/webp',
		'image/bmp',
		'image/tiff',
		'image/gif',
		'image/heic',
		'image/heif',
	],
};
const asLast = (slot: ImageSlot): ImageSlot => ({ ...slot, wireName: 'end_image_url' });

const files = (wireName: string, maxCount: number): ReferenceSlot => ({
	wireName,
	isList: true,
	acceptsDataUri: false,
	maxCount,
});

const references2: References = {
	images: { ...image2, ...files('image_urls', 9), acceptsDataUri: true },
	videos: files('video_urls', 3),
	audios: files('audio_urls', 3),
	maxCount: 12,
};
const references25: References = {
	images: { ...image25, ...files('image_urls', 30), acceptsDataUri: true },
	videos: files('video_urls', 10),
	audios: files('audio_urls', 10),
	maxCount: 50,
};

const ratios = ['21:9', '16:9', '4:3', '1:1', '3:4', '9:16'];
const ratiosWithAuto = ['auto', ...ratios];

const from480pTo720p = ['480p', '720p'];
const from480pTo1080p = [...from480pTo720p, '1080p'];
const from480pTo4k = [...from480pTo1080p, '4k'];

/** The vendor's own default is `auto`, with which the model may choose a longer, dearer video. */
const upTo = (maxSeconds: number) =>
	parameter.durationOrAuto('auto', 4, maxSeconds, { default: 5, wireAsString: true });

interface Sold {
	/** What the IDs of the model's endpoints begin with. */
	path: string;
	label: string;
	description: string;
	typicalSeconds: number;
}

const endpoint = (
	{ path, ...about }: Sold,
	name: 'text-to-video' | 'image-to-video' | 'reference-to-video',
): Omit<ModelEntry, 'input'> => ({
	...about,
	id: `${path}/${name}`,
	kind: name === 'text-to-video' ? 'textToVideo' : 'imageToVideo',
	createPath: pathOf(`${path}/${name}`),
});

const asReference = (sold: Sold): Sold => ({ ...sold, label: `${sold.label} Reference` });

/** What every model from 2.0 on has, after its own parameters. */
const sound = { generateAudio: parameter.generateAudio() };
const bitrate = { bitrateMode: parameter.bitrateMode() };
const delivery = {
	codec: parameter.codec(['auto', 'H264', 'H265'], { default: 'auto' }),
	endUserId: parameter.endUserId(),
};

/** The path that makes the final video of a draft; it takes nothing but the draft and the codec. */
export const FINAL_PATH = pathOf('bytedance/seedance-2.5/draft/complete');

const finalOfDraft = {
	draftId: parameter.draftId({
		description:
			"The field draft_id of a draft's answer (there with Simplify off, under raw), for its final video in 1080p. Everything else but the codec comes from the draft.",
	}),
};

const checkFinal = ({ draftId, draft }: ParameterValues): RuleBroken | undefined =>
	draftId !== undefined && draft === true
		? { label: 'Draft', rule: 'must be off for the final video of a draft' }
		: undefined;

// The /api pages of the reference endpoints: what they say of videos, and what editing and extending
// force. A clip of two, four or thirty seconds may be a little shorter or longer than that.
const onVideos25: readonly VideoUse[] = [
	{
		operation: 'edit',
		rules: videoRules([4, 30], 200),
		forced: { task: 'editing', aspect_ratio: 'auto', duration: 'auto' },
		without: ['taskType', 'aspectRatio', 'duration', 'draft'],
		prompt: parameter.prompt(),
	},
	{
		operation: 'extend',
		rules: videoRules([2, 30], 200),
		forced: { task: 'extension', aspect_ratio: 'auto' },
		without: ['taskType', 'aspectRatio', 'draft'],
		prompt: parameter.prompt(),
	},
	{
		operation: 'reference',
		rules: videoRules([2, 30], 200),
		forced: { task: 'reference' },
		without: ['taskType', 'draft'],
	},
];
const onVideosFlash: readonly VideoUse[] = [
	{ operation: 'reference', rules: videoRules([2, 30], 200) },
];
const onVideos2: readonly VideoUse[] = [{ operation: 'reference', rules: videoRules([2, 15], 50) }];

/** An endpoint for references, and what it does with a given video. */
const withVideos = (entry: ModelEntry, uses: readonly VideoUse[]): ModelEntry[] => [
	entry,
	...uses.flatMap((use) => onGivenVideo(entry, use)),
];

function models25(sold: Sold, more: { draft?: ReturnType<typeof parameter.draft> }): ModelEntry[] {
	const picture = (aspectRatios: string[]) => ({
		prompt: parameter.prompt(),
		aspectRatio: parameter.aspectRatio(aspectRatios, { default: 'auto' }),
		resolution: parameter.resolution(from480pTo1080p, { default: '720p' }),
		duration: upTo(30),
	});
	const others = { ...sound, ...more, ...bitrate, ...delivery };
	return [
		{
			...endpoint(sold, 'text-to-video'),
			input: { ...picture(ratiosWithAuto), ...others, ...(more.draft && finalOfDraft) },
			...(more.draft && { check: checkFinal }),
		},
		{
			...endpoint(sold, 'image-to-video'),
			firstImage: image25,
			lastImage: asLast(image25),
			input: { ...picture(['auto']), ...others, prompt: optionalPrompt },
		},
		...withVideos(
			{
				...endpoint(asReference(sold), 'reference-to-video'),
				references: references25,
				input: {
					...picture(ratiosWithAuto),
					prompt: optionalPrompt,
					taskType: parameter.taskType(['reference', 'editing', 'extension'], {
						default: 'reference',
						valueLabels: { reference: 'Reference', editing: 'Editing', extension: 'Extension' },
					}),
					...others,
					seed: parameter.seed(),
				},
			},
			onVideos25,
		),
	];
}

/** "Optional" on the pages of image and reference to video. */
const optionalPrompt = parameter.prompt(undefined, { required: false });

/** The pages tell limits and the names of these fields; what else it has is not known. */
function modelsFlash(sold: Sold): ModelEntry[] {
	const picture = (aspectRatios: string[]) => ({
		prompt: parameter.prompt(),
		aspectRatio: parameter.aspectRatio(aspectRatios, { default: 'auto' }),
		resolution: parameter.resolution(from480pTo720p, { default: '720p' }),
		duration: upTo(30),
		...sound,
	});
	return [
		{ ...endpoint(sold, 'text-to-video'), input: picture(ratiosWithAuto) },
		{
			...endpoint(sold, 'image-to-video'),
			firstImage: image25,
			lastImage: asLast(image25),
			input: { ...picture(['auto']), prompt: optionalPrompt },
		},
		...withVideos(
			{
				...endpoint(asReference(sold), 'reference-to-video'),
				references: {
					images: { ...image25, ...files('image_urls', 10), acceptsDataUri: true },
					videos: files('video_urls', 5),
					audios: files('audio_urls', 5),
				},
				input: picture(ratiosWithAuto),
			},
			onVideosFlash,
		),
	];
}

function models2(
	sold: Sold,
	resolutions: string[],
	more: { bitrateMode?: ReturnType<typeof parameter.bitrateMode> },
): ModelEntry[] {
	const input = {
		prompt: parameter.prompt(),
		aspectRatio: parameter.aspectRatio(ratiosWithAuto, { default: 'auto' }),
		resolution: parameter.resolution(resolutions, { default: '720p' }),
		duration: upTo(15),
		...sound,
		...more,
		...delivery,
	};
	return [
		{ ...endpoint(sold, 'text-to-video'), input },
		{
			...endpoint(sold, 'image-to-video'),
			firstImage: image2,
			lastImage: asLast(image2),
			input,
		},
		...withVideos(
			{ ...endpoint(asReference(sold), 'reference-to-video'), references: references2, input },
			onVideos2,
		),
	];
}

const lengthsFrom = (minSeconds: number) =>
	parameter.durationOneOf(
		Array.from({ length: 13 - minSeconds }, (_, index) => minSeconds + index),
		{ default: 5, wireAsString: true },
	);

const camera = {
	cameraFixed: parameter.cameraFixed(),
	seed: parameter.seed({ default: -1 }),
	enableSafetyChecker: parameter.enableSafetyChecker(),
};

function models1(sold: Sold, imageResolution: '720p' | '1080p'): ModelEntry[] {
	const others = {
		duration: lengthsFrom(2),
		frames: parameter.framesBetween(29, 289, { wireName: 'num_frames' }),
		...camera,
	};
	return [
		{
			...endpoint(sold, 'text-to-video'),
			input: {
				prompt: parameter.prompt(),
				aspectRatio: parameter.aspectRatio(ratios, { default: '16:9' }),
				resolution: parameter.resolution(from480pTo1080p, { default: '1080p' }),
				...others,
			},
		},
		{
			...endpoint(sold, 'image-to-video'),
			firstImage: image,
			input: {
				prompt: parameter.prompt(),
				aspectRatio: parameter.aspectRatio(ratiosWithAuto, { default: 'auto' }),
				resolution: parameter.resolution(from480pTo1080p, { default: imageResolution }),
				...others,
			},
		},
	];
}

function models15(sold: Sold): ModelEntry[] {
	const input = {
		prompt: parameter.prompt(),
		aspectRatio: parameter.aspectRatio(ratiosWithAuto, { default: '16:9' }),
		resolution: parameter.resolution(from480pTo1080p, { default: '720p' }),
		duration: lengthsFrom(4),
		...sound,
		...camera,
	};
	return [
		{ ...endpoint(sold, 'text-to-video'), isRetired: true, input },
		{
			...endpoint(sold, 'image-to-video'),
			isRetired: true,
			firstImage: image,
			lastImage: asLast(image),
			input,
		},
	];
}

export const models: readonly ModelEntry[] = [
	...models25(
		{
			path: 'bytedance/seedance-2.5',
			label: 'Seedance 2.5',
			description: 'Up to 1080p, 4 to 30 seconds, with sound',
			typicalSeconds: 180,
		},
		{ draft: parameter.draft() },
	),
	...models25(
		{
			path: 'bytedance/seedance-2.5/us',
			label: 'Seedance 2.5 US',
			description: 'Up to 1080p, 4 to 30 seconds, with sound, in the US, a fifth dearer',
			typicalSeconds: 180,
		},
		{},
	),
	...modelsFlash({
		path: 'bytedance/seedance-2.5/flash',
		label: 'Seedance 2.5 Flash',
		description: 'Up to 720p, 4 to 30 seconds, with sound, quick and cheap',
		typicalSeconds: 120,
	}),
	...models2(
		{
			path: 'bytedance/seedance-2.0',
			label: 'Seedance 2.0',
			description: 'Up to 4K, 4 to 15 seconds, with sound',
			typicalSeconds: 180,
		},
		from480pTo4k,
		bitrate,
	),
	...models2(
		{
			path: 'bytedance/seedance-2.0/fast',
			label: 'Seedance 2.0 Fast',
			description: 'Up to 720p, 4 to 15 seconds, with sound, quicker and cheaper',
			typicalSeconds: 110,
		},
		from480pTo720p,
		bitrate,
	),
	...models2(
		{
			path: 'bytedance/seedance-2.0/mini',
			label: 'Seedance 2.0 Mini',
			description: 'Up to 720p, 4 to 15 seconds, with sound, half the price of 2.0',
			typicalSeconds: 120,
		},
		from480pTo720p,
		{},
	),
	...models1(
		{
			path: 'fal-ai/bytedance/seedance/v1/pro',
			label: 'Seedance 1.0 Pro',
			description: 'Up to 1080p, 2 to 12 seconds, silent; fal may make it with Pro Fast',
			typicalSeconds: 50,
		},
		'720p',
	),
	...models1(
		{
			path: 'fal-ai/bytedance/seedance/v1/pro/fast',
			label: 'Seedance 1.0 Pro Fast',
			description: 'Up to 1080p, 2 to 12 seconds, silent',
			typicalSeconds: 50,
		},
		'1080p',
	),
	...models15({
		path: 'fal-ai/bytedance/seedance/v1.5/pro',
		label: 'Seedance 1.5 Pro',
		description: 'Up to 1080p, 4 to 12 seconds, with sound',
		typicalSeconds: 200,
	}),
];

/** Endpoints of this name take references, all of them by the same names. */
const imagesOfCustom = (id: string) =>
	id.endsWith('/reference-to-video')
		? { references: references25 }
		: { firstImage: image, lastImage: asLast(image) };

/** A model that is not listed: prompt and images, the rest as JSON. */
export function customModel(id: string, kind: GenerationKind): ModelEntry {
	const facts = { id, label: id, kind, createPath: pathOf(id), typicalSeconds: 120 };
	return (
		customOnGivenVideo(models, facts) ?? {
			...facts,
			...(kind === 'imageToVideo' && imagesOfCustom(id)),
			input: { prompt: parameter.prompt() },
		}
	);
}
