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

/** Says whether an image begins the video or is a reference, for models that know both. */
export const IMAGE_MODE = 'imageMode';

export type ImageMode = 'frames' | 'references';

/** Names of the node parameters that hold a list of references, and of the fields of one of them. */
export const referenceParameters = {
	images: { name: 'referenceImages', label: 'Reference Images', entry: 'image' },
	videos: { name: 'referenceVideos', label: 'Reference Videos', entry: 'video' },
	audios: { name: 'referenceAudios', label: 'Reference Audios', entry: 'audio' },
} as const;

export type ReferenceKind = keyof typeof referenceParameters;

export const referenceKinds: readonly ReferenceKind[] = ['images', 'videos', 'audios'];

export const lastImageParameters: ImageParameters = {
	label: 'Last Image',
	inputType: 'lastImageInputType',
	defaultInputType: 'none',
	url: 'lastImageUrl',
	binaryPropertyName: 'lastImageBinaryPropertyName',
};
