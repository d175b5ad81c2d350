import type { z } from 'zod/v4';

export type GenerationKind = 'textToVideo' | 'imageToVideo';

/** Values of a model's parameters under this package's names, e.g. `{ aspectRatio: '16:9' }`. */
export type ParameterValues = Record<string, unknown>;

/** The same values under the vendor's names, e.g. `{ aspect_ratio: '16:9' }`. */
export type WireInput = Record<string, unknown>;

/** How a model takes an image. */
export interface ImageSlot {
	wireName: string;
	/** Whether the image itself may be sent as a base64 data URI; a public URL always may. */
	acceptsDataUri: boolean;
	mimeTypes?: readonly string[];
	maxBytes?: number;
}

export interface ModelEntry {
	/** The vendor's own model ID. */
	id: string;
	label: string;
	kind: GenerationKind;
	/** Path below the vendor's base URL that creates a task. */
	createPath: string;
	/** Path below the vendor's base URL that reads a task, where it depends on the model. */
	taskPath?: string;
	/** How long a usual task takes, in seconds: for people; the looking does not depend on it. */
	typicalSeconds: number;
	firstImage?: ImageSlot;
	lastImage?: ImageSlot;
	/** Every parameter the model has, under this package's names, with its `ParameterMeta`. */
	input: z.ZodObject;
}
