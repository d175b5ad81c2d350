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

export const lastImageParameters: ImageParameters = {
	label: 'Last Image',
	inputType: 'lastImageInputType',
	defaultInputType: 'none',
	url: 'lastImageUrl',
	binaryPropertyName: 'lastImageBinaryPropertyName',
};
