import { z } from 'zod/v4';
import { addressesIn, isPublicAddress, isWebAddress, sharePageOf } from '../domain/address';
import { clipTypeOf, decodeDataUri, isDataUri, toDataUri } from '../domain/dataUri';
import { isObject, reasonOf, writtenIn } from '../domain/json';
import { FILE, MEGABYTE } from '../domain/limits';
import type { ImageSlot, References, VideoRules, VideoSlot } from '../domain/model';
import { FILE_FIELD, videoParameter } from '../domain/ownParameters';
import type { Step } from '../domain/problem';
import type { Provider } from '../domain/provider';
import { fail, ok } from '../domain/result';
import { shown } from '../domain/shown';
import type { LargeFile, UploadFile } from '../domain/vendor';
import type { FileStore, NodeInput } from '../host/readers';
import type { StoredFile } from '../host/rows';
import { videoParameters } from '../models/givenVideo';
import { checkImage, type GivenImage } from '../models/imageCheck';
import {
	referenceKinds,
	referenceParameters,
	type ImageParameters,
	type ReferenceKind,
} from '../models/imageParameters';
import { checkVideoFile, findVideoProblem, readVideoFile } from '../models/videoCheck';
import { providers } from '../providers';
import { refuse } from '../tasks/problems';
import type { Media } from '../tasks/order';
import type { Session } from '../tasks/session';
import { fieldOfFile, readEntries } from './parameters';

/** An item's parameters and files. */
type Item = NodeInput & FileStore;

/** Who is to take the files, and where its API is asked. */
export type Taker = Pick<Session, 'provider' | 'baseUrl' | 'clock'>;

/** An image as it can be sent, or the file that has to be uploaded first. */
export type ImageInput = { address: string } | { file: UploadFile } | { large: LargeFile };

/** What the user has said about one file, and by which name he knows it. */
interface Source {
	label: string;
	kind: 'image' | 'video' | 'audio file';
	/** As the node holds it: mostly an address. */
	url: unknown;
	/** The input field with the file; undefined for one that comes by URL. */
	binaryProperty?: unknown;
	/** Label of the parameter that tells URL from file. */
	inputTypeLabel: string;
	/** Of a video that an order is about: by what it is checked. */
	video?: VideoRules;
}

/**
 * The image of an item as the vendor takes it: a URL, a data URI where it takes one, or a file for
 * its upload; undefined when the user wants none.
 */
export async function readImage(
	item: Item,
	taker: Taker,
	slot: ImageSlot,
	names: ImageParameters,
	itemIndex: number,
): Promise<Step<ImageInput | undefined>> {
	const inputType = item.parameter(names.inputType, itemIndex, names.defaultInputType);
	if (inputType === 'none') return ok(undefined);
	const given = sourceOf(item, names, inputType, itemIndex);
	return await readSource(item, taker, slot, { ...given, kind: 'image' }, itemIndex);
}

/** The video that the order is about, checked by what is known of it before it is sent. */
export async function readVideo(
	item: Item,
	taker: Taker,
	slot: VideoSlot,
	itemIndex: number,
): Promise<Step<Media>> {
	const inputType = item.parameter(videoParameters.inputType, itemIndex, 'url');
	const given = sourceOf(item, videoParameters, inputType, itemIndex);
	const source: Source = { ...given, kind: 'video', video: slot };
	const read = await readSource(item, taker, slot, source, itemIndex);
	return read.ok ? ok({ slot, ...read.value }) : read;
}

function sourceOf(
	item: NodeInput,
	{ label, url, binaryPropertyName }: Pick<ImageParameters, 'label' | 'url' | 'binaryPropertyName'>,
	inputType: unknown,
	itemIndex: number,
) {
	const isBinary = inputType === 'binary';
	return {
		label,
		url: isBinary ? '' : item.parameter(url, itemIndex, ''),
		binaryProperty: isBinary
			? item.parameter(binaryPropertyName, itemIndex, FILE_FIELD) || FILE_FIELD
			: undefined,
		inputTypeLabel: `${label} Input Type`,
	};
}

/** The references of an item in the order of the node, checked against the numbers of the model. */
export async function readReferences(
	item: Item,
	taker: Taker,
	references: References,
	itemIndex: number,
	{ areOptional = false } = {},
): Promise<Step<Record<ReferenceKind, Media[]>>> {
	const read: Record<ReferenceKind, Media[]> = { images: [], videos: [], audios: [] };
	for (const kind of referenceKinds) {
		const slot = references[kind];
		if (slot === undefined) continue;
		const { label } = referenceParameters[kind];
		const sources = readSources(item, kind, itemIndex);
		if (sources.length > slot.maxCount) return tooMany(label, sources.length, slot.maxCount);
		for (const source of sources) {
			const file = await readSource(item, taker, slot, source, itemIndex);
			if (!file.ok) return file;
			read[kind].push({ slot, ...file.value });
		}
	}
	const { images, videos, audios } = read;
	const { maxCount = Infinity } = references;
	const count = images.length + videos.length + audios.length;
	if (count > maxCount) return tooMany('References', count, maxCount);
	const isEnough = areOptional || images.length + videos.length > 0;
	if (isEnough || (references.takesSoundAlone && audios.length > 0)) return ok(read);
	const what = references.videos === undefined ? 'an image' : 'an image or a video';
	return refuse(
		`Reference Images must not be empty`,
		`Add ${what}; the model takes it over into the video.`,
	);
}

function readSources(item: NodeInput, kind: ReferenceKind, itemIndex: number): Source[] {
	const { name, label, entry } = referenceParameters[kind];
	type Written = Pick<Source, 'url' | 'binaryProperty'>;
	const written = readEntries(item, name, entry, itemIndex).flatMap((one): Written[] => {
		const { url, binaryPropertyName } = one;
		if (one.inputType === 'binary')
			return [{ url: '', binaryProperty: binaryPropertyName || FILE_FIELD }];
		// A list belongs here: one entry may hold several addresses.
		const addresses = isFile(url) ? [] : addressesIn(listOf(url));
		return addresses.length > 1 ? addresses.map((address) => ({ url: address })) : [{ url }];
	});
	return written.map(
		(one, index): Source => ({
			...one,
			label: `${label} ${index + 1}`,
			kind: kind === 'images' ? 'image' : kind === 'videos' ? 'video' : 'audio file',
			inputTypeLabel: 'Input Type',
		}),
	);
}

/** A file as n8n's items hold it, which an expression such as `{{ $binary.data }}` gives. */
const isFile = (value: unknown): boolean =>
	isObject(value) && typeof value.mimeType === 'string' && (FILE_FIELD in value || 'id' in value);

/** A list that an expression gives, as it would stand in a field. */
const listOf = (value: unknown): string =>
	Array.isArray(value) ? JSON.stringify(value) : writtenIn(value);

async function readSource(
	item: Item,
	taker: Taker,
	slot: ImageSlot,
	source: Source,
	itemIndex: number,
): Promise<Step<ImageInput>> {
	const { label, binaryProperty, url } = source;
	const given = binaryProperty ?? url;
	if (binaryProperty !== undefined || isFile(given)) {
		const field = fieldOfFile(item, itemIndex, given, source.inputTypeLabel);
		if (!field.ok) return field;
		return await readBinary(item, taker, slot, source, itemIndex, field.value);
	}
	const [address = '', ...others] = addressesIn(listOf(url));
	if (others.length === 0) {
		const known = source.video && problemOfKnownVideo(item, taker, source, address, itemIndex);
		return known ?? (await readAddress(item, taker, slot, source, address));
	}
	return refuse(
		`${label} URL holds ${others.length + 1} addresses, and one belongs there`,
		`It is ${shown(listOf(url))}. Choose one of them, e.g. {{ $json.images[0] }}, or make an item of each with the node Split Out.`,
	);
}

const toldOfVideo = z.object({
	videoUrl: z.string(),
	expiresAt: z.string().optional(),
	video: z
		.object({
			durationSeconds: z.number(),
			width: z.number(),
			height: z.number(),
			frameRate: z.number(),
			bytes: z.number(),
		})
		.partial()
		.optional(),
});

/** What a row of this package says of the very video that is given: it can only speak against it. */
function problemOfKnownVideo(
	item: NodeInput,
	{ provider, baseUrl, clock }: Taker,
	{ label, video = {} }: Source,
	address: string,
	itemIndex: number,
) {
	const told = toldOfVideo.safeParse(item.items()[itemIndex]?.json).data;
	if (told?.videoUrl !== address) return undefined;
	const { expiresAt = '', video: facts = {} } = told;
	if (Date.parse(expiresAt) <= clock.now()) {
		return refuse(
			`${label} URL is no longer valid: the video could be had until ${expiresAt}`,
			'Give the file instead, if a node before has it (set the input type to Binary File), or make the video again.',
		);
	}
	// What stands in for a vendor in this network, as the sandbox does, gives clips that are no such videos.
	if (!isPublicAddress(baseUrl)) return undefined;
	const problem = findVideoProblem(provider.label, video, {
		named: `The video of ${label} URL`,
		...facts,
	});
	return problem && refuse(problem.message, problem.fix);
}

/** What stands in a field for an address: one of the web, of the vendor's library, or a file itself. */
async function readAddress(
	item: Item,
	taker: Taker,
	slot: ImageSlot,
	source: Source,
	address: string,
): Promise<Step<ImageInput>> {
	const { label, kind } = source;
	const { label: vendor } = taker.provider;
	if (address === '') {
		const what = kind === 'image' ? 'an image' : kind === 'video' ? 'a video' : 'an audio file';
		return refuse(`${label} URL must not be empty`, `Enter the address of ${what}.`);
	}
	if (isDataUri(address)) return await readInline(item, taker, slot, source, address);
	if (slot.acceptsAssets && assetPattern.test(address)) return ok({ address });
	if (isWebAddress(address)) {
		return (
			(source.video && problemBehindKey(taker, label, address)) ??
			checkAddress(taker, label, address)
		);
	}
	const others = [
		...(takesFiles(taker.provider, slot) ? ['be a base64 data URI'] : []),
		...(slot.acceptsAssets ? ['name a file of its library as asset://ID'] : []),
	];
	const isLost = /\[object Object\]/.test(address);
	return refuse(
		`${label} URL is not a web address that ${vendor} can open`,
		`It is ${shown(address)}. It must begin with http:// or https://${others.map((one) => `, or ${one}`).join('')}.${isLost ? ' An expression gave an object there: name the field of it that holds the address.' : ''}`,
	);
}

/** A video that its vendor gives out to the API key alone, which no other one has. */
function problemBehindKey({ provider, baseUrl }: Taker, label: string, address: string) {
	const isBelow = (url: string) => address.startsWith(`${url.replace(/\/+$/, '')}/`);
	const keeper = Object.values(providers).find(
		(one) => one.videosNeedKey && (isBelow(one.baseUrl) || (one === provider && isBelow(baseUrl))),
	);
	return (
		keeper &&
		refuse(
			`${label} URL is given out by ${keeper.label} to its API key alone, so ${provider.label} cannot open it`,
			`Give the file instead: leave '${videoParameter.downloadVideo.label}' on in the node that made it, and set 'Video Input Type' to 'Binary File'.`,
		)
	);
}

const takesFiles = ({ vendor }: Provider, { acceptsDataUri }: ImageSlot): boolean =>
	acceptsDataUri || vendor.upload !== undefined;

/** Addresses that only seem to lead to a file that the vendor can open. */
function checkAddress(
	{ provider, baseUrl }: Taker,
	label: string,
	address: string,
): Step<{ address: string }> {
	// A vendor that stands in this network, as the sandbox does, opens its addresses.
	if (!isPublicAddress(address) && isPublicAddress(baseUrl)) {
		return refuse(
			`${label} URL is a private address, which ${provider.label} cannot open`,
			`It is ${shown(address)}. Give the file itself instead (set the input type to 'Binary File'), or an address that is reachable from the internet.`,
		);
	}
	const page = sharePageOf(address);
	if (page === undefined) return ok({ address });
	return refuse(
		`${label} URL is a page of ${page.name} about a file, not the file itself`,
		`It is ${shown(address)}. ${page.instead}`,
	);
}

/** A file that stands in the field itself, as a data URI. */
async function readInline(
	item: Item,
	taker: Taker,
	slot: ImageSlot,
	{ label, kind, inputTypeLabel, video }: Source,
	address: string,
): Promise<Step<ImageInput>> {
	const { provider } = taker;
	const file = decodeDataUri(address);
	if (file === undefined) {
		return refuse(
			`${label} URL is a data URI that holds no file`,
			`It is ${shown(address)}. It must look like data:image/png;base64, with the file behind it.`,
		);
	}
	const named = `${label} URL`;
	const mimeType =
		kind === 'image'
			? check(provider, slot, { named, ...file })
			: video === undefined
				? checkClip(provider, slot, named, file)
				: await checkInlineVideo(provider, video, named, file);
	if (!mimeType.ok) return mimeType;
	const { bytes } = file;
	if (takesFiles(provider, slot))
		return ok(asTaken(provider, slot, { bytes, mimeType: mimeType.value, fileName: kind }));
	if (kind !== 'image') return takesAddressesOnly(provider, label);
	const stored = await item.store(bytes, 'image', mimeType.value);
	return linkTo(item, imagesByUrl(provider), stored, inputTypeLabel);
}

const takesAddressesOnly = ({ label: vendor }: Provider, label: string) =>
	refuse(
		`${label} URL is not a web address that ${vendor} can open`,
		'It is the file itself, and the vendor takes its address only: upload the file to a public address first, e.g. with an S3, Google Drive or FTP node.',
	);

function checkClip(
	{ label: vendor }: Provider,
	{ maxBytes = Infinity }: ImageSlot,
	named: string,
	file: { mimeType: string; bytes: Buffer },
): Step<string> {
	const mimeType = clipTypeOf(file);
	if (!/^(audio|video)\//.test(mimeType)) {
		return refuse(
			`${named} is neither a sound nor a video (${mimeType || 'of no type'})`,
			'Look at the node that made the data URI.',
		);
	}
	if (file.bytes.length <= maxBytes) return ok(mimeType);
	return refuse(
		`${named} is too large for ${vendor}`,
		`It has ${file.bytes.length} bytes; at most ${maxBytes} are allowed.`,
	);
}

/** A vendor with a storage means it for files: an order with whole images in it may be too long. */
const asTaken = (
	{ vendor }: Provider,
	slot: ImageSlot,
	file: UploadFile & { bytes: Buffer },
): ImageInput =>
	vendor.upload === undefined ? { address: toDataUri(file.mimeType, file.bytes) } : { file };

const assetPattern = /^asset:\/\/[\w.-]+$/;

async function readBinary(
	item: Item,
	{ provider }: Taker,
	slot: ImageSlot,
	source: Source,
	itemIndex: number,
	property: string,
): Promise<Step<ImageInput>> {
	const { inputTypeLabel, video } = source;
	const file = item.fileIn(itemIndex, property);
	if (video !== undefined) return await readBinaryVideo(item, provider, source, video, file);
	const byFile = takesFiles(provider, slot);
	const link = byFile ? undefined : linkTo(item, imagesByUrl(provider), file, inputTypeLabel);
	if (link?.ok === false) return link;

	const bytes = await item.bytesIn(itemIndex, property);
	const named = `The file in field '${property}'`;
	const valid = check(provider, slot, { named, mimeType: file.mimeType, bytes });
	if (!valid.ok) return valid;
	if (link !== undefined) return link;
	const fileName = file.fileName ?? 'image';
	return ok(asTaken(provider, slot, { bytes, mimeType: valid.value, fileName }));
}

/**
 * A given video: uploaded where the vendor has a storage and the file is not too long to be held in
 * memory, else by n8n's own link. It is looked through as a stream, and read when it is its turn.
 */
async function readBinaryVideo(
	item: Item,
	{ label: vendor, vendor: { upload } }: Provider,
	{ inputTypeLabel }: Source,
	rules: VideoRules,
	stored: StoredFile,
): Promise<Step<ImageInput>> {
	const { size, open } = await item.toOpen(stored);
	const fileName = stored.fileName ?? 'video.mp4';
	const isUploaded = upload !== undefined && size <= FILE.maxUploadMegabytes * MEGABYTE;
	const why =
		upload === undefined
			? `${vendor} takes videos by URL only`
			: `The file '${fileName}' has more than ${FILE.maxUploadMegabytes} MB, and longer ones go to ${vendor} by URL only`;
	const link = isUploaded ? undefined : linkTo(item, why, stored, inputTypeLabel);
	if (link?.ok === false) return link;

	const given = { named: `The file '${fileName}'`, bytes: size, claimed: stored.mimeType };
	const tooLarge = findVideoProblem(vendor, rules, given);
	if (tooLarge !== undefined) return refuse(tooLarge.message, tooLarge.fix);
	const checked = checkVideoFile(vendor, rules, given, await readVideoFile(await open()));
	if (!checked.ok) return refuse(checked.error.message, checked.error.fix);
	if (link !== undefined) return link;
	const mimeType = checked.value;
	return ok({
		large: {
			async open() {
				const [bytes] = await Promise.allSettled([inOnePiece(open)]);
				if (bytes.status === 'fulfilled') return ok({ bytes: bytes.value, mimeType, fileName });
				const message = `n8n could not read the file: ${reasonOf(bytes.reason)}`;
				return fail({ kind: 'invalidInput', message, certainlyNotTaken: true });
			},
		},
	});
}

async function inOnePiece(open: () => Promise<AsyncIterable<Uint8Array>>): Promise<Buffer> {
	const parts: Uint8Array[] = [];
	for await (const chunk of await open()) parts.push(chunk);
	return Buffer.concat(parts);
}

async function checkInlineVideo(
	{ label: vendor }: Provider,
	rules: VideoRules,
	named: string,
	{ mimeType: claimed, bytes }: { mimeType: string; bytes: Buffer },
): Promise<Step<string>> {
	const read = await readVideoFile(one(bytes));
	const checked = checkVideoFile(vendor, rules, { named, claimed, bytes: bytes.length }, read);
	return checked.ok ? checked : refuse(checked.error.message, checked.error.fix);
}

async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
	yield await Promise.resolve(bytes);
}

const imagesByUrl = ({ label }: Provider) => `${label} takes images by URL only`;

/** A signed address of n8n's own, for vendors that take no file; the vendor has to reach this n8n. */
function linkTo(
	item: Item,
	message: string,
	file: StoredFile,
	inputTypeLabel: string,
): Step<{ address: string }> {
	const what = inputTypeLabel.startsWith(videoParameters.label) ? 'Video' : 'Image';
	const byHand = `upload the file to a public address first (e.g. with an S3, Google Drive or FTP node) and set '${inputTypeLabel}' to '${what} URL'.`;
	if (file.id === undefined) {
		return refuse(
			message,
			`This n8n keeps files in memory, where they have no address: set N8N_DEFAULT_BINARY_DATA_MODE to filesystem, or ${byHand}`,
		);
	}
	const address = item.linkTo(file);
	if (isPublicAddress(address)) return ok({ address });
	return refuse(
		message,
		`It cannot open files of this n8n at ${new URL(address).origin}: set WEBHOOK_URL to an address that is reachable from the internet, or ${byHand}`,
	);
}

function check({ label }: Provider, slot: ImageSlot, given: GivenImage): Step<string> {
	const checked = checkImage(label, slot, given);
	return checked.ok ? checked : refuse(checked.error.message, checked.error.fix);
}

const tooMany = (label: string, count: number, maxCount: number) =>
	refuse(
		`${label} must be at most ${maxCount}, and ${count} are given`,
		'Remove some of them, or choose a model that takes more.',
	);
