import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { isPublicAddress, isWebAddress } from '../domain/address';
import { isObject } from '../domain/json';
import type { ImageSlot, References } from '../domain/model';
import type { Step } from '../domain/problem';
import type { Provider } from '../domain/provider';
import { fail, ok } from '../domain/result';
import type { UploadFile } from '../domain/vendor';
import { checkImage, type GivenImage } from '../models/imageCheck';
import {
	referenceKinds,
	referenceParameters,
	type ImageParameters,
	type ReferenceKind,
} from '../models/images';
import { problemOfInput } from '../tasks/problems';
import type { Media } from '../tasks/session';
import { readText } from './parameters';

/** An image as it can be sent, or the file that has to be uploaded first. */
export type ImageInput = { address: string } | { file: UploadFile };

/** What the user has said about one file, and by which name he knows it. */
interface Source {
	label: string;
	kind: 'image' | 'video' | 'audio file';
	url: string;
	/** The input field with the file; undefined for one that comes by URL. */
	binaryProperty?: string;
	/** Label of the parameter that tells URL from file. */
	inputTypeLabel: string;
}

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
	const isBinary = inputType === 'binary';
	const source: Source = {
		label: names.label,
		kind: 'image',
		url: isBinary ? '' : readText(context, names.url, itemIndex),
		binaryProperty: isBinary
			? readText(context, names.binaryPropertyName, itemIndex, 'data')
			: undefined,
		inputTypeLabel: `${names.label} Input Type`,
	};
	return await readSource(context, provider, slot, source, itemIndex);
}

/** The references of an item in the order of the node, checked against the numbers of the model. */
export async function readReferences(
	context: IExecuteFunctions,
	provider: Provider,
	references: References,
	itemIndex: number,
): Promise<Step<Record<ReferenceKind, Media[]>>> {
	const read: Record<ReferenceKind, Media[]> = { images: [], videos: [], audios: [] };
	for (const kind of referenceKinds) {
		const slot = references[kind];
		if (slot === undefined) continue;
		const { label } = referenceParameters[kind];
		const sources = readSources(context, kind, itemIndex);
		if (sources.length > slot.maxCount) return tooMany(label, sources.length, slot.maxCount);
		for (const source of sources) {
			const file = await readSource(context, provider, slot, source, itemIndex);
			if (!file.ok) return file;
			read[kind].push({ slot, ...file.value });
		}
	}
	const { images, videos, audios } = read;
	const { maxCount = Infinity } = references;
	const count = images.length + videos.length + audios.length;
	if (count > maxCount) return tooMany('References', count, maxCount);
	const isEnough = images.length + videos.length > 0;
	if (isEnough || (references.takesSoundAlone && audios.length > 0)) return ok(read);
	const what = references.videos === undefined ? 'an image' : 'an image or a video';
	return refuse(
		`Reference Images must not be empty`,
		`Add ${what}; the model takes it over into the video.`,
	);
}

function readSources(context: IExecuteFunctions, kind: ReferenceKind, itemIndex: number): Source[] {
	const { name, label, entry } = referenceParameters[kind];
	const given: unknown = context.getNodeParameter(name, itemIndex, {});
	const entries = isObject(given) ? given[entry] : undefined;
	return (Array.isArray(entries) ? entries : []).filter(isObject).map((one, index): Source => {
		const text = (value: unknown) => String(value ?? '').trim();
		return {
			label: `${label} ${index + 1}`,
			kind: kind === 'images' ? 'image' : kind === 'videos' ? 'video' : 'audio file',
			url: text(one.url),
			binaryProperty: one.inputType === 'binary' ? text(one.binaryPropertyName) : undefined,
			inputTypeLabel: 'Input Type',
		};
	});
}

async function readSource(
	context: IExecuteFunctions,
	provider: Provider,
	slot: ImageSlot,
	source: Source,
	itemIndex: number,
): Promise<Step<ImageInput>> {
	if (source.binaryProperty !== undefined) {
		return await readBinary(context, provider, slot, source, itemIndex);
	}
	const { label, kind, url } = source;
	if (url === '') {
		const what = kind === 'image' ? 'an image' : kind === 'video' ? 'a video' : 'an audio file';
		return refuse(`${label} URL must not be empty`, `Enter the address of ${what}.`);
	}
	const data = slot.acceptsDataUri ? dataUriPattern.exec(url) : null;
	if (data !== null) {
		const [start, mimeType = ''] = data;
		if (!mimeType.startsWith('image/')) return ok({ address: url });
		const bytes = Buffer.from(url.slice(start.length), 'base64');
		const valid = check(provider, slot, { named: `${label} URL`, mimeType, bytes });
		return valid.ok ? ok({ address: url }) : valid;
	}
	if (isWebAddress(url) || (slot.acceptsAssets && assetPattern.test(url)))
		return ok({ address: url });
	const others = [
		...(slot.acceptsDataUri ? ['be a base64 data URI'] : []),
		...(slot.acceptsAssets ? ['name a file of its library as asset://ID'] : []),
	];
	return refuse(
		`${label} URL is not a web address that ${provider.label} can open`,
		`It must begin with http:// or https://${others.map((one) => `, or ${one}`).join('')}.`,
	);
}

const dataUriPattern = /^data:((?:image|audio)\/[a-z0-9.+-]+);base64,/i;
const assetPattern = /^asset:\/\/[\w.-]+$/;

async function readBinary(
	context: IExecuteFunctions,
	provider: Provider,
	slot: ImageSlot,
	{ binaryProperty: property = 'data', inputTypeLabel }: Source,
	itemIndex: number,
): Promise<Step<ImageInput>> {
	const { upload } = provider.vendor;
	const file = context.helpers.assertBinaryData(itemIndex, property);
	const byAddress = slot.acceptsDataUri || upload !== undefined;
	const link = byAddress ? undefined : linkTo(context, provider, file, inputTypeLabel);
	if (link?.ok === false) return link;

	const bytes = await context.helpers.getBinaryDataBuffer(itemIndex, property);
	const named = `The file in field '${property}'`;
	const valid = check(provider, slot, { named, mimeType: file.mimeType, bytes });
	if (!valid.ok) return valid;
	if (link !== undefined) return link;
	const mimeType = valid.value;
	// A vendor with a storage means it for files: an order with whole images in it may be too long.
	return upload === undefined
		? ok({ address: `data:${mimeType};base64,${bytes.toString('base64')}` })
		: ok({ file: { bytes, mimeType, fileName: file.fileName ?? 'image' } });
}

/** A signed address of n8n's own, for vendors that take no file; the vendor has to reach this n8n. */
function linkTo(
	context: IExecuteFunctions,
	{ label }: Provider,
	file: IBinaryData,
	inputTypeLabel: string,
): Step<{ address: string }> {
	const byHand = `upload the file to a public address first (e.g. with an S3, Google Drive or FTP node) and set '${inputTypeLabel}' to 'Image URL'.`;
	const message = `${label} takes images by URL only`;
	if (file.id === undefined) {
		return refuse(
			message,
			`This n8n keeps files in memory, where they have no address: set N8N_DEFAULT_BINARY_DATA_MODE to filesystem, or ${byHand}`,
		);
	}
	const address = context.helpers.createBinarySignedUrl(file, LINK_LIFETIME);
	if (isPublicAddress(address)) return ok({ address });
	return refuse(
		message,
		`It cannot open files of this n8n at ${new URL(address).origin}: set WEBHOOK_URL to an address that is reachable from the internet, or ${byHand}`,
	);
}

/** Longer than a vendor lets a task wait in its queue. */
const LINK_LIFETIME = '3 days';

function check({ label }: Provider, slot: ImageSlot, given: GivenImage): Step<string> {
	const checked = checkImage(label, slot, given);
	return checked.ok ? checked : refuse(checked.error.message, checked.error.fix);
}

const tooMany = (label: string, count: number, maxCount: number) =>
	refuse(
		`${label} must be at most ${maxCount}, and ${count} are given`,
		'Remove some of them, or choose a model that takes more.',
	);

const refuse = (message: string, description: string) => fail(problemOfInput(message, description));
