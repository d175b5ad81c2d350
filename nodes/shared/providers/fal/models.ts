import { z } from 'zod/v4';
import type { GenerationKind, ImageSlot, ModelEntry } from '../../domain/model';
import * as parameter from '../../models/parameters';

/** The model ID is the path that creates a task. */
const pathOf = (id: string) => `/${id.split('/').map(encodeURIComponent).join('/')}`;

// "Data URIs are accepted in every *_url": for a few kilobytes; files go to the vendor's storage.
const image: ImageSlot = { wireName: 'image_url', acceptsDataUri: true };

export const models: readonly ModelEntry[] = [];

/** A model that is not listed: prompt and image, the rest as JSON. */
export const customModel = (id: string, kind: GenerationKind): ModelEntry => ({
	id,
	label: id,
	kind,
	createPath: pathOf(id),
	typicalSeconds: 120,
	firstImage: kind === 'imageToVideo' ? image : undefined,
	input: z.object({ prompt: parameter.prompt() }),
});
