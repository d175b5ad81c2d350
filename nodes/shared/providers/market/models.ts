import type { ImageSlot, ModelEntry } from '../../domain/model';
import type { ParameterSpecs } from '../../domain/parameter';
import * as parameter from '../../models/parameters';

export const CREATE_PATH = '/api/v1/jobs/createTask';

const PROMPT_MAX_LENGTH = 10_000;
const DESCRIPTION = 'Up to 1080p, 5 or 10 seconds, silent';

const upTo1080p = ['480p', '720p', '1080p'];

/** Of the first generation: "File URL after upload, not file content" (v1-pro-fast-image-to-video page). */
export const imageUrl: ImageSlot = {
	wireName: 'image_url',
	acceptsDataUri: false,
	mimeTypes: ['image/jpeg', 'image/png', 'image/webp'],
	maxBytes: 10 * 1024 * 1024,
};

const duration = parameter.durationOneOf([5, 10], { default: 5, wireAsString: true });
const cameraFixed = parameter.cameraFixed();
const enableSafetyChecker = parameter.enableSafetyChecker();
const anySeed = parameter.seed({ min: -1, max: 2_147_483_647, default: -1 });

const common = { description: DESCRIPTION, createPath: CREATE_PATH, typicalSeconds: 60 };

/** Models of the first generation, each with the parameters that one vendor has beyond the family's. */
export const liteTextToVideo = (more: ParameterSpecs = {}): ModelEntry => ({
	...common,
	id: 'bytedance/v1-lite-text-to-video',
	label: 'Seedance 1.0 Lite',
	isRetired: true,
	kind: 'textToVideo',
	input: {
		prompt: parameter.prompt(PROMPT_MAX_LENGTH),
		aspectRatio: parameter.aspectRatio(['16:9', '4:3', '1:1', '3:4', '9:16', '9:21'], {
			default: '16:9',
		}),
		resolution: parameter.resolution(upTo1080p, { default: '720p' }),
		duration,
		cameraFixed,
		seed: parameter.seed({ default: -1 }),
		enableSafetyChecker,
		...more,
	},
});

export const proTextToVideo = (more: ParameterSpecs = {}): ModelEntry => ({
	...common,
	id: 'bytedance/v1-pro-text-to-video',
	label: 'Seedance 1.0 Pro',
	kind: 'textToVideo',
	input: {
		prompt: parameter.prompt(PROMPT_MAX_LENGTH),
		aspectRatio: parameter.aspectRatio(['21:9', '16:9', '4:3', '1:1', '3:4', '9:16'], {
			default: '16:9',
		}),
		resolution: parameter.resolution(upTo1080p, { default: '720p' }),
		duration,
		cameraFixed,
		seed: anySeed,
		enableSafetyChecker,
		...more,
	},
});

export const proFastImageToVideo = (more: ParameterSpecs = {}): ModelEntry => ({
	...common,
	id: 'bytedance/v1-pro-fast-image-to-video',
	label: 'Seedance 1.0 Pro Fast',
	kind: 'imageToVideo',
	firstImage: imageUrl,
	input: {
		prompt: parameter.prompt(PROMPT_MAX_LENGTH),
		resolution: parameter.resolution(['720p', '1080p'], { default: '720p' }),
		duration,
		...more,
	},
});

/** 1.0 Pro and Lite from an image have the same parameters. */
const imageToVideo = (more: ParameterSpecs) => ({
	prompt: parameter.prompt(PROMPT_MAX_LENGTH),
	resolution: parameter.resolution(upTo1080p, { default: '720p' }),
	duration,
	cameraFixed,
	seed: anySeed,
	enableSafetyChecker,
	...more,
});

export const proImageToVideo = (more: ParameterSpecs = {}): ModelEntry => ({
	...common,
	id: 'bytedance/v1-pro-image-to-video',
	label: 'Seedance 1.0 Pro',
	kind: 'imageToVideo',
	firstImage: imageUrl,
	input: imageToVideo(more),
});

export const liteImageToVideo = (more: ParameterSpecs = {}): ModelEntry => ({
	...common,
	id: 'bytedance/v1-lite-image-to-video',
	label: 'Seedance 1.0 Lite',
	isRetired: true,
	kind: 'imageToVideo',
	firstImage: imageUrl,
	lastImage: { ...imageUrl, wireName: 'end_image_url' },
	input: imageToVideo(more),
});
