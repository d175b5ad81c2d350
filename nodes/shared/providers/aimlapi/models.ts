import type { GenerationKind, ModelEntry, ReferenceSlot } from '../../domain/model';
import { checkUnaskedEdit, customOnGivenVideo, onGivenVideo } from '../../models/givenVideo';
import * as parameter from '../../models/parameters';

export const UNIVERSAL_PATH = '/v2/video/generations';
const LEGACY_PATH = '/v2/generate/video/bytedance/generation';

// "A direct link to an online image or a Base64-encoded local image" (1-0-lite-i2v page).
const firstImage = { wireName: 'image_url', acceptsDataUri: true };
const lastImage = { wireName: 'last_image_url', acceptsDataUri: true };

const references = (wireName: string, maxCount: number): ReferenceSlot => ({
	wireName,
	isList: true,
	acceptsDataUri: false,
	maxCount,
});

const universal = { createPath: UNIVERSAL_PATH, taskPath: UNIVERSAL_PATH, typicalSeconds: 90 };

const seedance2Ratios = ['21:9', '16:9', '4:3', '1:1', '3:4', '9:16'];

const upstreamLabels = { auto: 'Auto', bytedance: 'ByteDance', fal: 'Fal' };

interface Seedance2 {
	id: string;
	label: string;
	description: string;
	resolutions: readonly string[];
	duration: { max: number; default: number };
	hasWatermark: boolean;
	upstreams: readonly string[];
	/** The model tells by the prompt what becomes of a video, and nothing says "as long as it is". */
	check?: ModelEntry['check'];
}

/** 2.x: text, frames or references, with sound. Schemas of the vendor's pages, 2026-08. */
function seedance2(kind: GenerationKind, model: Seedance2): ModelEntry {
	const { id, label, description, check } = model;
	const images = {
		firstImage,
		lastImage,
		references: {
			images: references('image_urls', 9),
			videos: references('video_urls', 3),
			audios: references('audio_urls', 3),
		},
	};
	return {
		id,
		label,
		description,
		kind,
		...universal,
		...(kind === 'imageToVideo' && { ...images, ...(check && { check }) }),
		input: {
			prompt: parameter.prompt(),
			aspectRatio: parameter.aspectRatio(seedance2Ratios, { default: '16:9' }),
			resolution: parameter.resolution(model.resolutions, { default: '720p' }),
			duration: parameter.durationBetween(4, model.duration.max, {
				default: model.duration.default,
			}),
			generateAudio: parameter.generateAudio(),
			seed: parameter.seed(),
			...(model.hasWatermark && { watermark: parameter.watermark() }),
			upstream: parameter.upstream(model.upstreams, { valueLabels: upstreamLabels }),
		},
	};
}

const seedance2Models: readonly Seedance2[] = [
	{
		id: 'bytedance/seedance-2-5',
		label: 'Seedance 2.5',
		description: 'Up to 720p, 4 to 30 seconds, with sound',
		check: checkUnaskedEdit,
		resolutions: ['480p', '720p'],
		duration: { max: 30, default: 5 },
		hasWatermark: true,
		upstreams: ['auto', 'bytedance'],
	},
	{
		id: 'bytedance/dreamina-seedance-2-5',
		label: 'Dreamina Seedance 2.5',
		description: 'Up to 720p, 4 to 30 seconds, with sound',
		check: checkUnaskedEdit,
		resolutions: ['480p', '720p'],
		duration: { max: 30, default: 5 },
		hasWatermark: true,
		upstreams: ['auto', 'bytedance'],
	},
	{
		id: 'bytedance/seedance-2-0',
		label: 'Seedance 2.0',
		description: 'Up to 4K, 4 to 15 seconds, with sound',
		resolutions: ['480p', '720p', '1080p', '4k'],
		duration: { max: 15, default: 5 },
		hasWatermark: true,
		upstreams: ['auto', 'bytedance', 'fal'],
	},
	{
		id: 'bytedance/seedance-2-0-fast',
		label: 'Seedance 2.0 Fast',
		description: 'Up to 720p, 4 to 15 seconds, with sound, quicker and cheaper',
		resolutions: ['480p', '720p'],
		duration: { max: 15, default: 8 },
		hasWatermark: false,
		upstreams: ['auto', 'bytedance', 'fal'],
	},
	{
		id: 'bytedance/dreamina-seedance-2-0-mini',
		label: 'Dreamina Seedance 2.0 Mini',
		description: 'Up to 720p, 4 to 15 seconds, with sound, the cheapest of 2.0',
		resolutions: ['480p', '720p'],
		duration: { max: 15, default: 5 },
		hasWatermark: true,
		upstreams: ['auto', 'bytedance', 'fal'],
	},
];

// The page names no default; the shorter one costs less.
const fiveOrTen = parameter.durationOneOf([5, 10], { default: 5 });
const hd = parameter.resolution(['480p', '720p', '1080p'], { default: '1080p' });
// The universal URL's schemas of 1.0 spell it without an underscore.
const cameraFixed = parameter.cameraFixed({ wireName: 'camerafixed' });

/** 1.0 Pro has no aspect ratio: the image's, or the model's own. */
const pro = (kind: GenerationKind, id: string, label: string, description: string): ModelEntry => ({
	id,
	label,
	description,
	kind,
	...universal,
	...(kind === 'imageToVideo' && { firstImage, lastImage }),
	input: {
		prompt: parameter.prompt(),
		resolution: hd,
		duration: fiveOrTen,
		cameraFixed,
		seed: parameter.seed(),
		watermark: parameter.watermark(),
	},
});

const pro15 = (kind: GenerationKind): ModelEntry => ({
	id: 'bytedance/seedance-1-5-pro',
	label: 'Seedance 1.5 Pro',
	description: 'Up to 1080p, 4 to 12 seconds, with sound',
	isRetired: true,
	kind,
	...universal,
	...(kind === 'imageToVideo' && { firstImage, lastImage }),
	input: {
		prompt: parameter.prompt(),
		aspectRatio: parameter.aspectRatio([...seedance2Ratios, 'adaptive'], { default: '16:9' }),
		resolution: parameter.resolution(['480p', '720p', '1080p'], { default: '720p' }),
		duration: parameter.durationBetween(4, 12, { default: 5 }),
		generateAudio: parameter.generateAudio(),
		cameraFixed: parameter.cameraFixed(),
		seed: parameter.seed({ default: -1 }),
		watermark: parameter.watermark(),
	},
});

const liteTextToVideo: ModelEntry = {
	id: 'bytedance/seedance-1-0-lite-t2v',
	label: 'Seedance 1.0 Lite',
	description: 'Up to 1080p, 5 or 10 seconds, silent',
	isRetired: true,
	kind: 'textToVideo',
	createPath: UNIVERSAL_PATH,
	taskPath: UNIVERSAL_PATH,
	typicalSeconds: 45,
	input: {
		prompt: parameter.prompt(),
		aspectRatio: parameter.aspectRatio(['16:9', '4:3', '1:1', '3:4', '9:16', '21:9', '9:21'], {
			default: '16:9',
		}),
		resolution: hd,
		duration: fiveOrTen,
		cameraFixed,
		seed: parameter.seed(),
		watermark: parameter.watermark(),
	},
};

const liteImageToVideo: ModelEntry = {
	id: 'bytedance/seedance-1-0-lite-i2v',
	label: 'Seedance 1.0 Lite',
	description: 'Up to 720p, 5 or 10 seconds, silent',
	isRetired: true,
	kind: 'imageToVideo',
	createPath: LEGACY_PATH,
	taskPath: LEGACY_PATH,
	typicalSeconds: 90,
	firstImage,
	input: {
		prompt: parameter.prompt(),
		resolution: parameter.resolution(['480p', '720p'], { default: '720p' }),
		duration: fiveOrTen,
		cameraFixed: parameter.cameraFixed(),
		seed: parameter.seed(),
		watermark: parameter.watermark(),
	},
};

const PRO = 'Up to 1080p, 5 or 10 seconds, silent';
const PRO_FAST = 'Up to 1080p, 5 or 10 seconds, silent, quicker and cheaper';
const PRO_FAST_ID = 'bytedance/seedance-1-0-pro-fast';

export const models: readonly ModelEntry[] = [
	...seedance2Models.map((model) => seedance2('textToVideo', model)),
	...seedance2Models.flatMap((model) => {
		const { check } = model;
		const ofImages = seedance2('imageToVideo', model);
		return [ofImages, ...onGivenVideo(ofImages, { operation: 'reference', check })];
	}),
	pro('textToVideo', 'bytedance/seedance-1-0-pro-t2v', 'Seedance 1.0 Pro', PRO),
	pro('imageToVideo', 'bytedance/seedance-1-0-pro-i2v', 'Seedance 1.0 Pro', PRO),
	pro('textToVideo', PRO_FAST_ID, 'Seedance 1.0 Pro Fast', PRO_FAST),
	pro('imageToVideo', PRO_FAST_ID, 'Seedance 1.0 Pro Fast', PRO_FAST),
	pro15('textToVideo'),
	pro15('imageToVideo'),
	liteTextToVideo,
	liteImageToVideo,
];

/** A model that is not listed: prompt and images, the rest as JSON. */
export function customModel(id: string, kind: GenerationKind): ModelEntry {
	const facts = { id, label: id, kind, ...universal };
	return (
		customOnGivenVideo(models, facts) ?? {
			...facts,
			...(kind === 'imageToVideo' && { firstImage, lastImage }),
			input: { prompt: parameter.prompt() },
		}
	);
}
