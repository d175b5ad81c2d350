/** Names of the node parameters that describe one image. */
export interface ImageParameters {
	label: string;
	inputType: string;
	/** Where the image comes from when the node does not say. */
	defaultInputType: 'url' | 'none';
	url: string;
	binaryPropertyName: string;
}

export const firstImageParameters: ImageParameters = {
	label: 'Image',
	inputType: 'imageInputType',
	defaultInputType: 'url',
	url: 'imageUrl',
	binaryPropertyName: 'imageBinaryPropertyName',
};

export type ImageMode = 'frames' | 'references';

/** Says whether an image begins the video or is a reference, for models that know both. */
export const imageMode: {
	name: string;
	label: string;
	default: ImageMode;
	/** As the editor calls the two. */
	labels: Readonly<Record<ImageMode, string>>;
} = {
	name: 'imageMode',
	label: 'Use Images As',
	default: 'frames',
	labels: { frames: 'First and Last Frame', references: 'References' },
};

export const IMAGE_MODE = imageMode.name;

/** A text in the node that says how a prompt calls the references. */
export const REFERENCE_NOTICE = 'referenceNotice';

/** Names of the node parameters that hold a list of references, and of the fields of one of them. */
export const referenceParameters = {
	images: { name: 'referenceImages', label: 'Reference Images', entry: 'image' },
	videos: { name: 'referenceVideos', label: 'Reference Videos', entry: 'video' },
	audios: { name: 'referenceAudios', label: 'Reference Audios', entry: 'audio' },
} as const;

export type ReferenceKind = keyof typeof referenceParameters;

export const referenceKinds: readonly ReferenceKind[] = ['images', 'videos', 'audios'];

/** One of a kind, in English, as vendors put it into the names of references. */
const oneOf: Readonly<Record<ReferenceKind, string>> = {
	images: 'Image',
	videos: 'Video',
	audios: 'Audio',
};

/**
 * How a prompt calls a reference at a vendor whose pages call the first image like `tag`. Counted from 1,
 * each kind by itself.
 */
export const nameInPrompt = (tag: string, kind: ReferenceKind, number: number): string =>
	tag.replace(oneOf.images, oneOf[kind]).replace('1', String(number));

export const lastImageParameters: ImageParameters = {
	label: 'Last Image',
	inputType: 'lastImageInputType',
	defaultInputType: 'none',
	url: 'lastImageUrl',
	binaryPropertyName: 'lastImageBinaryPropertyName',
};
