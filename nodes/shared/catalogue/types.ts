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
	/** How long a usual task takes, in seconds: where polling starts to look closely. */
	typicalSeconds: number;
	firstImage?: ImageSlot;
	lastImage?: ImageSlot;
	/** Every parameter the model has, under this package's names, with {@link ParameterMeta}. */
	input: z.ZodObject;
}

export interface ProviderEntry {
	label: string;
	/** Credential type whose key this provider takes. */
	credentialType: string;
	apiKeysUrl: string;
	/** What the vendor documents about load, or a careful choice where it documents nothing. */
	limits: {
		maxParallelTasks: number;
		/** At most this many create requests in any window of `windowMs`. */
		createsPerWindow?: { count: number; windowMs: number };
	};
	models: readonly ModelEntry[];
	/** A model that the catalogue does not know yet: prompt and image, the rest as JSON. */
	customModel: (id: string, kind: GenerationKind) => ModelEntry;
	/** Kinds of generation for which the vendor documents at least one model or a common body. */
	kinds: readonly GenerationKind[];
}

export type Catalogue = Readonly<Record<string, ProviderEntry>>;
