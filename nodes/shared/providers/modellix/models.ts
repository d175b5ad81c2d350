import {
	videoOperations,
	type GenerationKind,
	type ModelEntry,
	type ReferenceSlot,
} from '../../domain/model';
import { customOnGivenVideo, onGivenVideo } from '../../models/givenVideo';
import * as parameter from '../../models/parameters';

/** The vendor's pages of 2026-07 and later; 1.0 Lite keeps the longer path of its own page. */
const createPath = (modelId: string) => `/api/v1/bytedance/${modelId}/async`;
const litePath = (modelId: string) => `/api/v1/text-to-video/bytedance/${modelId}/async`;

const firstImage = { wireName: 'first_frame_image', acceptsDataUri: true };
const lastImage = { wireName: 'last_frame_image', acceptsDataUri: true };

const referenceImages: ReferenceSlot = {
	wireName: 'reference_images',
	isList: true,
	acceptsDataUri: true,
	maxCount: 9,
};

const referenceUrls = (wireName: string): ReferenceSlot => ({
	wireName,
	isList: true,
	acceptsDataUri: false,
	maxCount: 3,
});

const PROMPT_MAX_LENGTH = 10_000;
const seed = parameter.seed({ min: -1, max: 2_147_483_647, default: -1 });
const fiveToTwelve = parameter.durationBetween(2, 12, { default: 5 });
const executionExpiresAfter = parameter.executionExpiresAfter(3600, 259_200, { default: 172_800 });

const ratio = (values: readonly string[], byDefault: string) =>
	parameter.aspectRatio(values, { wireName: 'ratio', default: byDefault });

const ratios = ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9'];
const withAdaptive = [...ratios, 'adaptive'];
const upTo1080p = ['480p', '720p', '1080p'];

/** Both tiers: flex is the offline one. */
const tier = {
	serviceTier: parameter.serviceTier(),
	executionExpiresAfter,
	returnLastFrame: parameter.returnLastFrame(),
};

const proFastTextToVideo: ModelEntry = {
	id: 'seedance-1.0-pro-fast-t2v',
	label: 'Seedance 1.0 Pro Fast',
	description: 'Up to 1080p, 2 to 12 seconds, silent',
	kind: 'textToVideo',
	createPath: createPath('seedance-1.0-pro-fast-t2v'),
	typicalSeconds: 60,
	input: {
		prompt: parameter.prompt(PROMPT_MAX_LENGTH),
		aspectRatio: ratio(withAdaptive, '16:9'),
		resolution: parameter.resolution(upTo1080p, { default: '1080p' }),
		duration: fiveToTwelve,
		frames: parameter.frames(29, 289),
		seed,
		cameraFixed: parameter.cameraFixed(),
		...tier,
	},
};

const pro15 = (id: string, kind: GenerationKind): ModelEntry => ({
	id,
	label: 'Seedance 1.5 Pro',
	description: 'Up to 1080p, 4 to 12 seconds, with sound',
	isRetired: true,
	kind,
	createPath: createPath(id),
	typicalSeconds: 90,
	...(kind === 'imageToVideo' && { firstImage, lastImage }),
	input: {
		prompt: parameter.prompt(PROMPT_MAX_LENGTH),
		aspectRatio: ratio(withAdaptive, 'adaptive'),
		resolution: parameter.resolution(upTo1080p, { default: '720p' }),
		duration: parameter.durationBetween(4, 12, { default: 5 }),
		seed,
		cameraFixed: parameter.cameraFixed(),
		generateAudio: parameter.generateAudio(),
		...tier,
	},
});

const seedance2Input = (resolutions: readonly string[]) => ({
	prompt: parameter.prompt(PROMPT_MAX_LENGTH),
	aspectRatio: ratio(ratios, '16:9'),
	resolution: parameter.resolution(resolutions, { default: '720p' }),
	duration: parameter.durationBetween(4, 15, { default: 5 }),
	cameraFixed: parameter.cameraFixed(),
	generateAudio: parameter.generateAudio(),
	executionExpiresAfter,
});

const fastImageToVideo: ModelEntry = {
	id: 'seedance-2.0-fast-i2v',
	label: 'Seedance 2.0 Fast',
	description: 'Up to 720p, 4 to 15 seconds, with sound, frames or references',
	kind: 'imageToVideo',
	createPath: createPath('seedance-2.0-fast-i2v'),
	typicalSeconds: 90,
	firstImage,
	lastImage,
	references: { images: referenceImages, audios: referenceUrls('audio_urls') },
	input: seedance2Input(['480p', '720p']),
};

/** Makes a new video of given ones. */
const videoToVideo = (
	id: string,
	label: string,
	description: string,
	resolutions: readonly string[],
): ModelEntry[] => {
	const entry: ModelEntry = {
		id,
		label,
		description,
		kind: 'imageToVideo',
		createPath: createPath(id),
		typicalSeconds: 120,
		references: {
			images: referenceImages,
			videos: referenceUrls('video_urls'),
			audios: referenceUrls('audio_urls'),
		},
		input: seedance2Input(resolutions),
		check: (_, { videos }) =>
			videos === 0 ? { label: 'Reference Videos', rule: 'must not be empty' } : undefined,
	};
	// "Edit or extend existing videos" (the page of the model): the prompt says which.
	return [entry, ...videoOperations.flatMap((operation) => onGivenVideo(entry, { operation }))];
};

const liteTextToVideo: ModelEntry = {
	id: 'seedance-1.0-lite-t2v',
	label: 'Seedance 1.0 Lite',
	description: 'Up to 1080p, 2 to 12 seconds, silent',
	isRetired: true,
	kind: 'textToVideo',
	createPath: litePath('seedance-1.0-lite-t2v'),
	typicalSeconds: 60,
	input: {
		prompt: parameter.prompt(2000),
		aspectRatio: ratio(withAdaptive, '16:9'),
		resolution: parameter.resolution(upTo1080p, { default: '720p' }),
		duration: fiveToTwelve,
		frames: parameter.frames(29, 289),
		seed,
		cameraFixed: parameter.cameraFixed(),
		...tier,
	},
};

export const models: readonly ModelEntry[] = [
	fastImageToVideo,
	...videoToVideo(
		'seedance-2.0-v2v',
		'Seedance 2.0 Video to Video',
		'Up to 1080p, 4 to 15 seconds, with sound, from reference videos',
		upTo1080p,
	),
	...videoToVideo(
		'seedance-2.0-fast-v2v',
		'Seedance 2.0 Fast Video to Video',
		'Up to 720p, 4 to 15 seconds, with sound, from reference videos',
		['480p', '720p'],
	),
	proFastTextToVideo,
	pro15('seedance-1.5-pro-t2v', 'textToVideo'),
	pro15('seedance-1.5-pro-i2v', 'imageToVideo'),
	liteTextToVideo,
];

/** As documented of every model; the vendor's own addresses look alike. */
const usualPath = /^\/api\/v1\/(?!(?:tasks|team|apikey|models)\/)[\w-]+\/[\w-][\w.-]*(?:\/async)?$/;

const isCreatePath = (id: string): boolean =>
	usualPath.test(id) || models.some((model) => model.createPath === id);

/**
 * `provider/model`, as the vendor's own command line has it, or a model of ByteDance's alone. Only what
 * the first version of the node was made for has the longer path of its own page.
 */
const customPath = (id: string, kind: GenerationKind): string => {
	if (isCreatePath(id)) return id;
	if (kind === 'textToVideo' && id.startsWith('seedance-1.0-lite')) {
		return litePath(encodeURIComponent(id));
	}
	const plain = id.replace(/^\/+/, '');
	const whole = plain.includes('/') ? plain : `bytedance/${plain}`;
	return `/api/v1/${whole.split('/').map(encodeURIComponent).join('/')}/async`;
};

/**
 * A model that is not listed, by its ID or, because the vendor's documents name several forms, by
 * the whole path of its create request: prompt and images, the rest as JSON.
 */
export function customModel(id: string, kind: GenerationKind): ModelEntry {
	const facts = { id, label: id, kind, createPath: customPath(id, kind), typicalSeconds: 60 };
	return (
		customOnGivenVideo(models, facts) ?? {
			...facts,
			...(kind === 'imageToVideo' && { firstImage, lastImage }),
			input: { prompt: parameter.prompt() },
		}
	);
}
