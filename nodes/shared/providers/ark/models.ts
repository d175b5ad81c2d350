import { z } from 'zod/v4';
import type { GenerationKind, ImageSlot, ModelEntry } from '../../domain/model';
import * as parameter from '../../models/parameters';

export const TASKS_PATH = '/contents/generations/tasks';

const MEGABYTE = 1024 * 1024;

// docs/modelark/create-video-generation-task-api: an address or a base64 data URI, below 30 MB.
const image = (role: 'first_frame' | 'last_frame'): ImageSlot => ({
	wireName: role,
	acceptsDataUri: true,
	mimeTypes: ['image/jpeg', 'image/png', 'image/webp', 'image/bmp', 'image/tiff', 'image/gif'],
	maxBytes: 30 * MEGABYTE,
});

/** A model or an inference endpoint (`ep-…`) that is not listed: prompt and images, the rest as JSON. */
export const customModel = (id: string, kind: GenerationKind): ModelEntry => ({
	id,
	label: id,
	kind,
	createPath: TASKS_PATH,
	typicalSeconds: 120,
	firstImage: kind === 'imageToVideo' ? image('first_frame') : undefined,
	input: z.object({ prompt: parameter.prompt() }),
});
