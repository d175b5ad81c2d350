import type {
	GenerationKind,
	GivenMedia,
	ImageSlot,
	ModelEntry,
	ParameterValues,
	References,
	ReferenceSlot,
	RuleBroken,
} from '../../domain/model';
import type { ParameterSpec, ParameterSpecs } from '../../domain/parameter';
import {
	checkUnaskedEdit,
	customOnGivenVideo,
	onGivenVideo,
	type VideoUse,
} from '../../models/givenVideo';
import * as parameter from '../../models/parameters';

const MAKER = 'bytedance';

/** `owner/name`; without an owner it is one of the maker's. */
function pathOf(id: string): string {
	const [owner = '', ...rest] = id.split('/');
	const [model, name] = rest.length === 0 ? [MAKER, owner] : [owner, rest.join('/')];
	return `/models/${encodeURIComponent(model)}/${encodeURIComponent(name)}/predictions`;
}

// https://replicate.com/docs/topics/predictions/input-files: an address, or a data URI of up to
// 256 kB; files go to the vendor's storage.
const firstImage: ImageSlot = { wireName: 'image', acceptsDataUri: true };
const lastImage: ImageSlot = { wireName: 'last_frame_image', acceptsDataUri: true };
const bothImages = { firstImage, lastImage };

const references = (kind: 'images' | 'videos' | 'audios', maxCount: number): ReferenceSlot => ({
	wireName: `reference_${kind}`,
	isList: true,
	acceptsDataUri: kind === 'images',
	maxCount,
});

const referencesUpTo = (imageCount: number, clipCount: number): References => ({
	images: references('images', imageCount),
	videos: references('videos', clipCount),
	audios: references('audios', clipCount),
});

type Images = Pick<ModelEntry, 'firstImage' | 'lastImage' | 'references'>;
type Facts = Pick<ModelEntry, 'id' | 'label' | 'description' | 'isRetired' | 'typicalSeconds'>;

/** A model makes videos of both kinds, with the same parameters but for what is said of the ratio. */
interface Family extends Facts {
	images: Images;
	ratioOfText: ParameterSpec;
	ratioOfImages: ParameterSpec;
	input: ParameterSpecs;
	check?: ModelEntry['check'];
	/** The files alone will do. */
	takesImagesAlone?: true;
	/** What it can do with a given video. */
	onVideos?: readonly VideoUse[];
}

function entriesOf(family: Family): ModelEntry[] {
	const { images, ratioOfText, ratioOfImages, input, check, onVideos = [], ...others } = family;
	const { takesImagesAlone, ...facts } = others;
	const entry = (kind: GenerationKind, aspectRatio: ParameterSpec): ModelEntry => {
		const required = kind === 'textToVideo' || !takesImagesAlone;
		return {
			...facts,
			kind,
			createPath: pathOf(facts.id),
			input: { prompt: parameter.prompt(undefined, { required }), aspectRatio, ...input },
			...(check && { check }),
		};
	};
	const ofImages = { ...entry('imageToVideo', ratioOfImages), ...images };
	return [
		entry('textToVideo', ratioOfText),
		ofImages,
		...onVideos.flatMap((use) => onGivenVideo(ofImages, use)),
	];
}

const ADAPTIVE = 'adaptive';
const RATIOS = ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9', '9:21'];
const RATIOS_OF_NEWEST = [ADAPTIVE, '16:9', '9:16', '1:1', '4:3', '3:4'];

const ratio = (values: readonly string[], byDefault = '16:9', description?: string) =>
	parameter.aspectRatio(values, { default: byDefault, ...(description && { description }) });

const oldRatios = {
	ratioOfText: ratio(RATIOS),
	ratioOfImages: ratio(RATIOS, '16:9', 'Width to height of the video. An image decides it itself.'),
};
const newRatio = ratio([...RATIOS, ADAPTIVE]);
const newRatios = { ratioOfText: newRatio, ratioOfImages: newRatio };

const upTo720p = ['480p', '720p'];
const upTo1080p = [...upTo720p, '1080p'];

// Any whole number by the models' own pages; the maker, who gets it in the end, takes these. A
// random one is none at all: -1 is not valid here.
const seed = parameter.seed({ min: 0, max: 2_147_483_647 });

// Fields that take one value alone (`fps` 24, `output_format` mp4) are not offered.
const silent = { seed, cameraFixed: parameter.cameraFixed() };

/** The task fails later, when the ratio of frames is not left to them. */
const checkNewest = (values: ParameterValues, media: GivenMedia): RuleBroken | undefined =>
	media.firstImage && (values.aspectRatio ?? '16:9') !== ADAPTIVE
		? { label: 'Aspect Ratio', rule: 'must be adaptive where the video begins with an image' }
		: checkUnaskedEdit(values, media);

/** "-1 for intelligent duration", "adaptive": what edits and extensions have to be ordered with. */
const asTheVideo = {
	forced: { aspect_ratio: ADAPTIVE, duration: -1 },
	without: ['aspectRatio', 'duration'],
	prompt: parameter.prompt(),
};

const checkLite = (
	{ resolution }: ParameterValues,
	{ images }: GivenMedia,
): RuleBroken | undefined =>
	images > 0 && resolution === '1080p'
		? { label: 'Resolution', rule: 'must be 480p or 720p with reference images' }
		: undefined;

const newest: Family = {
	id: `${MAKER}/seedance-2.5`,
	label: 'Seedance 2.5',
	description: 'Up to 1080p, 4 to 30 seconds, with sound',
	typicalSeconds: 240,
	images: { ...bothImages, references: referencesUpTo(30, 10) },
	ratioOfText: ratio(RATIOS_OF_NEWEST),
	// The vendor's own default is 16:9, which it does not take for frames.
	ratioOfImages: ratio(RATIOS_OF_NEWEST, ADAPTIVE),
	input: {
		resolution: parameter.resolution(upTo1080p, { default: '720p' }),
		duration: parameter.durationOrAuto(-1, 4, 30, { default: 5 }),
		seed,
		generateAudio: parameter.generateAudio(),
		watermark: parameter.watermark(),
	},
	check: checkNewest,
	takesImagesAlone: true,
	onVideos: [
		{ operation: 'edit', rules: { seconds: { min: 4, max: 30 } }, ...asTheVideo },
		{ operation: 'extend', rules: { seconds: { min: 2, max: 30 } }, ...asTheVideo },
		{
			operation: 'reference',
			rules: { seconds: { min: 2, max: 30 } },
			check: checkUnaskedEdit,
		},
	],
};

/** 2.0 and its smaller sister differ by their resolutions alone. */
const newer = (facts: Facts, resolutions: readonly string[]): Family => ({
	...facts,
	images: { ...bothImages, references: referencesUpTo(9, 3) },
	...newRatios,
	input: {
		resolution: parameter.resolution(resolutions, { default: '720p' }),
		duration: parameter.durationOrAuto(-1, 4, 15, { default: 5 }),
		seed,
		generateAudio: parameter.generateAudio(),
	},
	// "For editing", says the page of the videos; their length is told of all together.
	onVideos: [
		{ operation: 'edit', rules: { seconds: { min: 2, max: 15 } }, ...asTheVideo },
		{ operation: 'reference', rules: { seconds: { min: 2, max: 15 } } },
	],
});

const older = (
	facts: Facts,
	images: Images,
	resolution: '720p' | '1080p',
	check?: Family['check'],
): Family => ({
	...facts,
	images,
	...oldRatios,
	input: {
		resolution: parameter.resolution(upTo1080p, { default: resolution }),
		duration: parameter.durationBetween(2, 12, { default: 5 }),
		...silent,
	},
	check,
});

const stopped: Family = {
	id: `${MAKER}/seedance-1.5-pro`,
	label: 'Seedance 1.5 Pro',
	description: '4 to 12 seconds, with sound',
	isRetired: true,
	typicalSeconds: 200,
	images: bothImages,
	...oldRatios,
	input: {
		// The vendor's page begins at 2, the model itself at 4.
		duration: parameter.durationBetween(4, 12, { default: 5 }),
		...silent,
		generateAudio: parameter.generateAudio({ default: false }),
	},
};

/** The one in the middle: current, and neither the dearest nor the smallest. */
export const DEFAULT_MODEL = `${MAKER}/seedance-2.0-fast`;
export const NEWEST_MODEL = newest.id;

/** Newest first; what its maker has stopped comes last. */
export const models: readonly ModelEntry[] = [
	newest,
	newer(
		{
			id: `${MAKER}/seedance-2.0`,
			label: 'Seedance 2.0',
			description: 'Up to 4K, 4 to 15 seconds, with sound',
			typicalSeconds: 210,
		},
		[...upTo1080p, '4k'],
	),
	newer(
		{
			id: DEFAULT_MODEL,
			label: 'Seedance 2.0 Fast',
			description: 'Up to 720p, 4 to 15 seconds, with sound, quicker and cheaper',
			typicalSeconds: 110,
		},
		upTo720p,
	),
	older(
		{
			id: `${MAKER}/seedance-1-pro-fast`,
			label: 'Seedance 1.0 Pro Fast',
			description: 'Up to 1080p, 2 to 12 seconds, silent, quick and cheap',
			typicalSeconds: 50,
		},
		{ firstImage },
		'1080p',
	),
	older(
		{
			id: `${MAKER}/seedance-1-pro`,
			label: 'Seedance 1.0 Pro',
			description: 'Up to 1080p, 2 to 12 seconds, silent',
			typicalSeconds: 50,
		},
		bothImages,
		'1080p',
	),
	stopped,
	older(
		{
			id: `${MAKER}/seedance-1-lite`,
			label: 'Seedance 1.0 Lite',
			description: 'Up to 1080p, 2 to 12 seconds, silent',
			isRetired: true,
			typicalSeconds: 40,
		},
		{ ...bothImages, references: { images: references('images', 4) } },
		'720p',
		checkLite,
	),
].flatMap(entriesOf);

/** A model that is not listed: prompt, first and last image, the rest as JSON. */
export function customModel(id: string, kind: GenerationKind): ModelEntry {
	const facts = { id, label: id, kind, createPath: pathOf(id), typicalSeconds: 120 };
	return (
		customOnGivenVideo(models, facts) ?? {
			...facts,
			...(kind === 'imageToVideo' && bothImages),
			input: { prompt: parameter.prompt() },
		}
	);
}
