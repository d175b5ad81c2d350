import type { ParameterSpecs } from './parameter';

/** What is done with a given video. */
export type VideoOperation = 'edit' | 'extend' | 'reference';

export type GenerationKind = 'textToVideo' | 'imageToVideo' | VideoOperation;

/** The operations of the node for given videos, in its order. */
export const videoOperations: readonly VideoOperation[] = ['edit', 'extend', 'reference'];

/** As the node calls them. */
export const operationNames: Readonly<Record<VideoOperation, string>> = {
	edit: 'Edit',
	extend: 'Extend',
	reference: 'Reference',
};

/** Values of a model's parameters under this package's names, e.g. `{ aspectRatio: '16:9' }`. */
export type ParameterValues = Record<string, unknown>;

/** The same values under the vendor's names, e.g. `{ aspect_ratio: '16:9' }`. */
export type WireInput = Record<string, unknown>;

/** What a vendor documents about an image's width and height. */
export interface ImageSize {
	/** Of either side, in pixels. */
	minSidePx: number;
	maxSidePx: number;
	/** Width divided by height. */
	minRatio: number;
	maxRatio: number;
}

/** How a model takes an image, or another file. */
export interface ImageSlot {
	wireName: string;
	/** The field is a list, at the end of which the address goes. */
	isList?: true;
	/** Whether the image itself may be sent as a base64 data URI; a public URL always may. */
	acceptsDataUri: boolean;
	/** Whether the ID of a file in the vendor's own library (`asset://…`) may be sent. */
	acceptsAssets?: true;
	mimeTypes?: readonly string[];
	maxBytes?: number;
	size?: ImageSize;
}

/** What a vendor documents about a given video. */
export interface VideoRules extends Pick<ImageSlot, 'mimeTypes' | 'maxBytes' | 'size'> {
	/** Its length in seconds; a little more or less is let through, as vendors do. */
	seconds?: { min: number; max: number };
	/** Pictures a second. */
	frameRate?: { min: number; max: number };
	/** Width times height. */
	pixels?: { min: number; max: number };
}

/** How a model takes the video that an operation is about. */
export interface VideoSlot extends ImageSlot, VideoRules {}

/** Words by which a model knows from the prompt what it is to do. */
export interface PromptLead {
	/** Put in front of a prompt that has nothing of the kind. */
	words: string;
	/** What tells it already. */
	unless: RegExp;
}

/** A list of files that show the model what to take over; its prompt speaks of them. */
export interface ReferenceSlot extends ImageSlot {
	isList: true;
	maxCount: number;
}

export interface References {
	images?: ReferenceSlot;
	/** The node takes videos and audios by URL, or as the data URI that the slot allows. */
	videos?: ReferenceSlot;
	audios?: ReferenceSlot;
	/** Of all kinds together. */
	maxCount?: number;
	/** Sounds need no image or video beside them. */
	takesSoundAlone?: true;
}

/** Which files an item brings along, as far as a rule of the model may depend on it. */
export interface GivenMedia {
	firstImage: boolean;
	lastImage: boolean;
	/** Numbers of references; a given video is one of them. */
	images: number;
	videos: number;
	audios: number;
}

export interface ModelEntry {
	/** The vendor's own model ID. */
	id: string;
	label: string;
	/** What tells it apart in a list of models, e.g. its resolutions, lengths and sound. */
	description?: string;
	/** Its maker has switched it off; a vendor may still serve it for a while. */
	isRetired?: true;
	kind: GenerationKind;
	/** Path below the vendor's base URL that creates a task. */
	createPath: string;
	/** Path below the vendor's base URL that reads a task, where it depends on the model. */
	taskPath?: string;
	/** How long a usual task takes, in seconds: for people; the looking does not depend on it. */
	typicalSeconds: number;
	firstImage?: ImageSlot;
	lastImage?: ImageSlot;
	/** The video that is edited, extended or taken as a reference. */
	video?: VideoSlot;
	/** What the operation forces, under the vendor's names: it goes out with every order. */
	forced?: WireInput;
	lead?: PromptLead;
	/** Where the model takes both, they exclude first and last image. */
	references?: References;
	/** Every parameter the model has, in the order in which they are checked. */
	input: ParameterSpecs;
	/**
	 * What is wrong with values and files that are right each by itself, as the end of a sentence that
	 * begins with a parameter's label; undefined when nothing is.
	 */
	check?(values: ParameterValues, media: GivenMedia): RuleBroken | undefined;
}

export interface RuleBroken {
	/** Label of the parameter to correct. */
	label: string;
	/** e.g. `must be adaptive where an image is given`. */
	rule: string;
}
