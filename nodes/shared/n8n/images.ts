import type { IExecuteFunctions } from 'n8n-workflow';
import type { ImageSlot } from '../domain/model';
import type { Step } from '../domain/problem';
import type { Provider } from '../domain/provider';
import { fail, ok } from '../domain/result';
import type { UploadFile } from '../domain/vendor';
import type { ImageParameters } from '../models/images';
import { problemOfInput } from '../tasks/problems';
import { readText } from './parameters';

/** An image as it can be sent, or the file that has to be uploaded first. */
export type ImageInput = { address: string } | { file: UploadFile };

/**
 * The image of an item as the vendor takes it: a URL, a data URI where it takes one, or a file for
 * its upload; undefined when the user wants none.
 */
export async function readImage(
	context: IExecuteFunctions,
	provider: Provider,
	slot: ImageSlot,
	names: ImageParameters,
	itemIndex: number,
): Promise<Step<ImageInput | undefined>> {
	const inputType = context.getNodeParameter(names.inputType, itemIndex, names.defaultInputType);
	if (inputType === 'none') return ok(undefined);
	if (inputType === 'binary') return await readBinary(context, provider, slot, names, itemIndex);

	const url = readText(context, names.url, itemIndex);
	if (url === '') {
		return refuse(`${names.label} URL must not be empty`, 'Enter the address of an image.');
	}
	const isData = slot.acceptsDataUri && /^data:image\/[a-z0-9.+-]+;base64,/i.test(url);
	const isWeb = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
	if (isData || isWeb) return ok({ address: url });
	return refuse(
		`${names.label} URL is not a web address that ${provider.label} can open`,
		`It must begin with http:// or https://${slot.acceptsDataUri ? ', or be a base64 data URI' : ''}.`,
	);
}

async function readBinary(
	context: IExecuteFunctions,
	provider: Provider,
	slot: ImageSlot,
	names: ImageParameters,
	itemIndex: number,
): Promise<Step<ImageInput | undefined>> {
	if (!slot.acceptsDataUri && provider.vendor.upload === undefined) {
		return refuse(
			`${provider.label} takes images by URL only`,
			`Upload the file to a public address first (e.g. with an S3, Google Drive or FTP node), then set '${names.label} Input Type' to 'Image URL'.`,
		);
	}
	const property = readText(context, names.binaryPropertyName, itemIndex, 'data');
	const { mimeType, fileName = 'image' } = context.helpers.assertBinaryData(itemIndex, property);
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
	return slot.acceptsDataUri
		? ok({ address: `data:${mimeType};base64,${bytes.toString('base64')}` })
		: ok({ file: { bytes, mimeType, fileName } });
}

const refuse = (message: string, description: string) => fail(problemOfInput(message, description));
