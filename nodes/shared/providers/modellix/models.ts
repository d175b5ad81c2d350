import { z } from 'zod/v4';
import type { GenerationKind, ModelEntry } from '../../domain/model';
import * as parameter from '../../models/parameters';

const createPath = (modelId: string) => `/api/v1/text-to-video/bytedance/${modelId}/async`;

const liteTextToVideo: ModelEntry = {
	id: 'seedance-1.0-lite-t2v',
	label: 'Seedance 1.0 Lite',
	kind: 'textToVideo',
	createPath: createPath('seedance-1.0-lite-t2v'),
	typicalSeconds: 60,
	input: z.object({
		prompt: parameter.prompt(2000),
		aspectRatio: parameter.aspectRatio(['16:9', '4:3', '1:1', '3:4', '9:16', '21:9', 'adaptive'], {
			wireName: 'ratio',
			default: '16:9',
		}),
		resolution: parameter.resolution(['480p', '720p', '1080p'], { default: '720p' }),
		duration: parameter.durationBetween(2, 12, { default: 5 }),
		frames: parameter.frames(29, 289),
		seed: parameter.seed({ min: -1, max: 2_147_483_647, default: -1 }),
		cameraFixed: parameter.cameraFixed(),
		serviceTier: parameter.serviceTier(),
		executionExpiresAfter: parameter.executionExpiresAfter(3600, 259_200, { default: 172_800 }),
		returnLastFrame: parameter.returnLastFrame(),
	}),
};

export const models: readonly ModelEntry[] = [liteTextToVideo];

/** A model that is not listed: prompt and image, the rest as JSON. */
export const customModel = (id: string, kind: GenerationKind): ModelEntry => ({
	id,
	label: id,
	kind,
	createPath: createPath(encodeURIComponent(id)),
	typicalSeconds: 60,
	input: z.object({ prompt: parameter.prompt() }),
});
