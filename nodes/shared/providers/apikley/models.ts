import type { GenerationKind, ModelEntry } from '../../domain/model';
import * as parameter from '../../models/parameters';

const CREATE_PATH = '/api/v1/jobs/createTask';
const PROMPT_MAX_LENGTH = 10_000;

// "File URL after upload, not file content" (v1-pro-fast-image-to-video page).
const imageUrl = {
	wireName: 'image_url',
	acceptsDataUri: false,
	mimeTypes: ['image/jpeg', 'image/png', 'image/webp'],
	maxBytes: 10 * 1024 * 1024,
};

const duration = parameter.durationOneOf([5, 10], { default: 5, wireAsString: true });

const liteTextToVideo: ModelEntry = {
	id: 'bytedance/v1-lite-text-to-video',
	label: 'Seedance 1.0 Lite',
	description: 'Silent, up to 1080p, 5 or 10 s',
	isRetired: true,
	kind: 'textToVideo',
	createPath: CREATE_PATH,
	typicalSeconds: 60,
	input: {
		prompt: parameter.prompt(PROMPT_MAX_LENGTH),
		aspectRatio: parameter.aspectRatio(['16:9', '4:3', '1:1', '3:4', '9:16', '9:21'], {
			default: '16:9',
		}),
		resolution: parameter.resolution(['480p', '720p', '1080p'], { default: '720p' }),
		duration,
		cameraFixed: parameter.cameraFixed(),
		seed: parameter.seed({ default: -1 }),
		enableSafetyChecker: parameter.enableSafetyChecker(),
	},
};

const proTextToVideo: ModelEntry = {
	id: 'bytedance/v1-pro-text-to-video',
	label: 'Seedance 1.0 Pro',
	description: 'Silent, up to 1080p, 5 or 10 s',
	kind: 'textToVideo',
	createPath: CREATE_PATH,
	typicalSeconds: 60,
	input: {
		prompt: parameter.prompt(PROMPT_MAX_LENGTH),
		aspectRatio: parameter.aspectRatio(['21:9', '16:9', '4:3', '1:1', '3:4', '9:16'], {
			default: '16:9',
		}),
		resolution: parameter.resolution(['480p', '720p', '1080p'], { default: '720p' }),
		duration,
		cameraFixed: parameter.cameraFixed(),
		seed: parameter.seed({ min: -1, max: 2_147_483_647, default: -1 }),
		enableSafetyChecker: parameter.enableSafetyChecker(),
	},
};

const proFastImageToVideo: ModelEntry = {
	id: 'bytedance/v1-pro-fast-image-to-video',
	label: 'Seedance 1.0 Pro Fast',
	description: 'Silent, up to 1080p, 5 or 10 s',
	kind: 'imageToVideo',
	createPath: CREATE_PATH,
	typicalSeconds: 60,
	firstImage: imageUrl,
	input: {
		prompt: parameter.prompt(PROMPT_MAX_LENGTH),
		resolution: parameter.resolution(['720p', '1080p'], { default: '720p' }),
		duration,
	},
};

export const models: readonly ModelEntry[] = [proTextToVideo, proFastImageToVideo, liteTextToVideo];

/** A model that is not listed: prompt and image, the rest as JSON. */
export const customModel = (id: string, kind: GenerationKind): ModelEntry => ({
	id,
	label: id,
	kind,
	createPath: CREATE_PATH,
	typicalSeconds: 60,
	firstImage: kind === 'imageToVideo' ? imageUrl : undefined,
	input: { prompt: parameter.prompt() },
});
