import { z } from 'zod/v4';
import type { GenerationKind, ModelEntry } from '../../domain/model';
import * as parameter from '../../models/parameters';

export const UNIVERSAL_PATH = '/v2/video/generations';
const LEGACY_PATH = '/v2/generate/video/bytedance/generation';

// "A direct link to an online image or a Base64-encoded local image" (1-0-lite-i2v page).
const imageUrl = { wireName: 'image_url', acceptsDataUri: true };

const duration = parameter.durationOneOf([5, 10], { default: 5 });

const liteTextToVideo: ModelEntry = {
	id: 'bytedance/seedance-1-0-lite-t2v',
	label: 'Seedance 1.0 Lite',
	kind: 'textToVideo',
	createPath: UNIVERSAL_PATH,
	taskPath: UNIVERSAL_PATH,
	typicalSeconds: 45,
	input: z.object({
		prompt: parameter.prompt(),
		aspectRatio: parameter.aspectRatio(['16:9', '4:3', '1:1', '3:4', '9:16', '21:9', '9:21'], {
			default: '16:9',
		}),
		resolution: parameter.resolution(['480p', '720p', '1080p'], { default: '1080p' }),
		duration,
		// The universal URL's schema spells it without an underscore.
		cameraFixed: parameter.cameraFixed({ wireName: 'camerafixed' }),
		seed: parameter.seed(),
		watermark: parameter.watermark(),
	}),
};

const liteImageToVideo: ModelEntry = {
	id: 'bytedance/seedance-1-0-lite-i2v',
	label: 'Seedance 1.0 Lite',
	kind: 'imageToVideo',
	createPath: LEGACY_PATH,
	taskPath: LEGACY_PATH,
	typicalSeconds: 90,
	firstImage: imageUrl,
	input: z.object({
		prompt: parameter.prompt(),
		resolution: parameter.resolution(['480p', '720p'], { default: '720p' }),
		duration,
		cameraFixed: parameter.cameraFixed(),
		seed: parameter.seed(),
		watermark: parameter.watermark(),
	}),
};

export const models: readonly ModelEntry[] = [liteTextToVideo, liteImageToVideo];

/** A model that is not listed: prompt and image, the rest as JSON. */
export const customModel = (id: string, kind: GenerationKind): ModelEntry => ({
	id,
	label: id,
	kind,
	createPath: UNIVERSAL_PATH,
	taskPath: UNIVERSAL_PATH,
	typicalSeconds: 60,
	firstImage: kind === 'imageToVideo' ? imageUrl : undefined,
	input: z.object({ prompt: parameter.prompt() }),
});
