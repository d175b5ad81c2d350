import type { IExecuteFunctions } from 'n8n-workflow';
import type { ImageSlot, ProviderEntry } from '../catalogue';
import { problemOfInput, type Problem } from '../errors';
import { readText } from '../nodeParameters';

export type ImageInput = { ok: true; value: string | undefined } | { ok: false; problem: Problem };

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

/** The image of an item as the vendor takes it: a URL, or a data URI where it takes one. */
export async function readImage(
	context: IExecuteFunctions,
	provider: ProviderEntry,
	slot: ImageSlot,
	names: ImageParameters,
	itemIndex: number,
): Promise<ImageInput> {
	const inputType = context.getNodeParameter(names.inputType, itemIndex, names.defaultInputType);
	if (inputType === 'none') return { ok: true, value: undefined };
	if (inputType === 'binary') return await readBinary(context, provider, slot, names, itemIndex);

	const url = readText(context, names.url, itemIndex);
	if (url === '') {
		return refuse(`${names.label} URL must not be empty`, 'Enter the address of an image.');
	}
	const isData = slot.acceptsDataUri && /^data:image\/[a-z0-9.+-]+;base64,/i.test(url);
	const isWeb = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
	if (isData || isWeb) return { ok: true, value: url };
	return refuse(
		`${names.label} URL is not a web address that ${provider.label} can open`,
		`It must begin with http:// or https://${slot.acceptsDataUri ? ', or be a base64 data URI' : ''}.`,
	);
}

async function readBinary(
	context: IExecuteFunctions,
	provider: ProviderEntry,
	slot: ImageSlot,
	names: ImageParameters,
	itemIndex: number,
): Promise<ImageInput> {
	if (!slot.acceptsDataUri) {
		return refuse(
			`${provider.label} takes images by URL only`,
			`Upload the file to a public address first (e.g. with an S3, Google Drive or FTP node), then set '${names.label} Input Type' to 'Image URL'.`,
		);
	}
	const property = readText(context, names.binaryPropertyName, itemIndex, 'data');
	const { mimeType } = context.helpers.assertBinaryData(itemIndex, property);
	const isAccepted = slot.mimeTypes?.includes(mimeType) ?? mimeType.startsWith('image/');
	if (!isAccepted) {
		return refuse(
			`The file in field '${property}' is not an image that ${provider.label} takes (${mimeType})`,
			`Use ${slot.mimeTypes?.join(', ') ?? 'a JPEG, PNG or WebP image'}.`,
		);
	}
	const bytes = await context.helpers.getBinaryDataBuffer(itemIndex, property);
	if (slot.maxBytes !== undefined && bytes.length > slot.maxBytes) {
		return refuse(
			`The image in field '${property}' is too large for ${provider.label}`,
			`It has ${bytes.length} bytes; at most ${slot.maxBytes} are allowed.`,
		);
	}
	return { ok: true, value: `data:${mimeType};base64,${bytes.toString('base64')}` };
}

function refuse(message: string, description: string): ImageInput {
	return { ok: false, problem: problemOfInput(message, description) };
}
