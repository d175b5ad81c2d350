import type {
	GenerationKind,
	ImageSlot,
	ModelEntry,
	ParameterValues,
	ReferenceSlot,
	References,
	RuleBroken,
} from '../../domain/model';
import type { ParameterSpecs } from '../../domain/parameter';
import {
	checkUnaskedEdit,
	customOnGivenVideo,
	onGivenVideo,
	videoRules,
	type VideoUse,
} from '../../models/givenVideo';
import * as parameter from '../../models/parameters';
import {
	CREATE_PATH,
	liteImageToVideo,
	liteTextToVideo,
	proFastImageToVideo,
	proImageToVideo,
	proTextToVideo,
} from '../market/models';

const MEGABYTE = 1024 * 1024;
const RATIOS = ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9'];
const ADAPTIVE = 'adaptive';

const upTo720p = ['480p', '720p'];
const upTo1080p = [...upTo720p, '1080p'];
const upTo4k = [...upTo1080p, '4k'];

// https://docs.kie.ai/market/bytedance: by its address alone, below 30 MB. Types are named for
// references; frames are taken to be no different.
const imageRules = {
	acceptsDataUri: false,
	mimeTypes: ['image/jpeg', 'image/png', 'image/webp', 'image/bmp', 'image/tiff', 'image/gif'],
	maxBytes: 30 * MEGABYTE,
	size: { minSidePx: 300, maxSidePx: 6000, minRatio: 0.4, maxRatio: 2.5 },
};
/** Named of the reference images alone. */
const imageTypes = [
	'image/jpeg',
	'image/png',
	'image/webp',
	'image/bmp',
	'image/tiff',
	'image/gif',
];

/** First and last frame, or up to so many reference images, and so many videos and sounds each. */
function imagesUpTo(
	imageCount: number,
	clipCount: number,
	more: Pick<ImageSlot, 'acceptsAssets'> = {},
): Images & { references: References } {
	const slot = (wireName: string, maxCount: number): ReferenceSlot => ({
		wireName,
		isList: true,
		acceptsDataUri: false,
		maxCount,
		...more,
	});
	return {
		firstImage: { wireName: 'first_frame_url', ...imageRules, ...more },
		lastImage: { wireName: 'last_frame_url', ...imageRules, ...more },
		references: {
			images: { ...imageRules, ...slot('reference_image_urls', imageCount), mimeTypes: imageTypes },
			videos: slot('reference_video_urls', clipCount),
			audios: slot('reference_audio_urls', clipCount),
		},
	};
}

// "`asset://asset-…` is accepted everywhere a URL is": said of 2.0, Fast and Mini; the schema of 2.5
// has it in every field.
const imagesOf25 = imagesUpTo(30, 10, { acceptsAssets: true });
const imagesOf20 = imagesUpTo(9, 3, { acceptsAssets: true });

type Check = NonNullable<ModelEntry['check']>;
type Images = Pick<ModelEntry, 'firstImage' | 'lastImage' | 'references'>;

/** A model with the same parameters for text and for images. */
interface Family extends Pick<ModelEntry, 'id' | 'label' | 'description' | 'typicalSeconds'> {
	isRetired?: true;
	images: Images;
	input: ParameterSpecs;
	/** What only the entry for text has. */
	ofText?: ParameterSpecs;
	check?: Check;
	/** What it can do with a given video. */
	onVideos?: readonly VideoUse[];
}

/** The model of one kind. */
const entryOf = (
	{ images, input, ofText, ...facts }: Omit<Family, 'onVideos'>,
	kind: GenerationKind,
): ModelEntry => ({
	...facts,
	kind,
	createPath: CREATE_PATH,
	...(kind === 'imageToVideo' && images),
	input: kind === 'textToVideo' ? { ...input, ...ofText } : input,
});

const nsfwChecker = parameter.nsfwChecker();
const generateAudio = parameter.generateAudio();
const returnLastFrame = parameter.returnLastFrame();
const webSearch = parameter.webSearch();

const PROMPT_MIN_LENGTH = 3;

/** From 1.5 to 2.0 a prompt has a shortest length as well. */
const checkPrompt = ({ prompt }: ParameterValues): RuleBroken | undefined =>
	String(prompt).length < PROMPT_MIN_LENGTH
		? { label: 'Prompt', rule: `must have at least ${PROMPT_MIN_LENGTH} characters` }
		: undefined;

const ratio = (byDefault: string) =>
	parameter.aspectRatio([...RATIOS, ADAPTIVE], { default: byDefault });

const newest: Family = {
	id: 'bytedance/seedance-2-5',
	label: 'Seedance 2.5',
	description: 'Up to 1080p, 4 to 30 seconds, with sound',
	typicalSeconds: 180,
	images: imagesOf25,
	input: {
		prompt: parameter.prompt(30_000),
		aspectRatio: ratio(ADAPTIVE),
		resolution: parameter.resolution(upTo1080p, { default: '720p' }),
		duration: parameter.durationOrAuto(-1, 4, 30, { default: 5 }),
		generateAudio,
		returnLastFrame,
		webSearch,
		nsfwChecker,
		outputFormat: parameter.outputFormat(['mp4', 'mov']),
	},
	check: checkUnaskedEdit,
	onVideos: [
		{
			operation: 'edit',
			rules: videoRules([4, 30], 200),
			forced: { aspect_ratio: ADAPTIVE, duration: -1 },
			without: ['aspectRatio', 'duration'],
		},
		{ operation: 'reference', rules: videoRules([2, 30], 200), check: checkUnaskedEdit },
	],
};

/** 2.0 and its smaller sisters differ by their resolutions and by what they have on top. */
const newer = (
	facts: Pick<Family, 'id' | 'label' | 'description' | 'typicalSeconds'>,
	resolutions: readonly string[],
	more: ParameterSpecs,
	ofText: ParameterSpecs = {},
): Family => ({
	...facts,
	ofText,
	images: imagesOf20,
	input: {
		prompt: parameter.prompt(20_000),
		aspectRatio: ratio('16:9'),
		resolution: parameter.resolution(resolutions, { default: '720p' }),
		duration: parameter.durationBetween(4, 15, { default: 5 }),
		generateAudio,
		...more,
	},
	check: checkPrompt,
	onVideos: [{ operation: 'reference', rules: videoRules([2, 15], 50), check: checkPrompt }],
});

const FAST_ID = 'bytedance/seedance-2-fast';

const current: readonly Family[] = [
	newest,
	newer(
		{
			id: 'bytedance/seedance-2',
			label: 'Seedance 2.0',
			description: 'Up to 4K, 4 to 15 seconds, with sound',
			typicalSeconds: 180,
		},
		upTo4k,
		{ webSearch, returnLastFrame },
	),
	newer(
		{
			id: FAST_ID,
			label: 'Seedance 2.0 Fast',
			description: 'Up to 720p, 4 to 15 seconds, with sound, quicker and cheaper',
			typicalSeconds: 110,
		},
		upTo720p,
		{ returnLastFrame, nsfwChecker },
		// "Only in the scene of t2v", says the schema of the smaller two.
		{ webSearch },
	),
	newer(
		{
			id: 'bytedance/seedance-2-mini',
			label: 'Seedance 2.0 Mini',
			description: 'Up to 720p, 4 to 15 seconds, with sound, the smallest of 2.0',
			typicalSeconds: 120,
		},
		upTo720p,
		{ nsfwChecker },
		{ webSearch },
	),
];

/** Its page requires ratio and length: without them the order would be refused. */
function checkStopped(values: ParameterValues): RuleBroken | undefined {
	const rule = 'must not be empty';
	if (values.aspectRatio === undefined) return { label: 'Aspect Ratio', rule };
	return values.duration === undefined ? { label: 'Duration', rule } : checkPrompt(values);
}

const stopped: Family = {
	id: 'bytedance/seedance-1.5-pro',
	label: 'Seedance 1.5 Pro',
	description: 'Up to 1080p, 4 to 12 seconds, with sound',
	isRetired: true,
	typicalSeconds: 200,
	// It takes two, but that the second one ends the video is said nowhere.
	images: {
		firstImage: {
			wireName: 'input_urls',
			isList: true,
			acceptsDataUri: false,
			mimeTypes: ['image/jpeg', 'image/png', 'image/webp'],
			maxBytes: 10 * MEGABYTE,
		},
	},
	input: {
		prompt: parameter.prompt(20_000),
		aspectRatio: parameter.aspectRatio(RATIOS, { default: '1:1' }),
		resolution: parameter.resolution(upTo1080p, { default: '720p' }),
		duration: parameter.durationBetween(4, 12, { default: 5 }),
		cameraFixed: parameter.cameraFixed({ wireName: 'fixed_lens' }),
		generateAudio: parameter.generateAudio({ default: false }),
		nsfwChecker,
	},
	check: checkStopped,
};

const kinds: readonly GenerationKind[] = ['textToVideo', 'imageToVideo'];
const entriesOf = (family: Family) => {
	const { onVideos = [], ...others } = family;
	const ofImages = entryOf(others, 'imageToVideo');
	return [
		...kinds.map((kind) => entryOf(others, kind)),
		...onVideos.flatMap((use) => onGivenVideo(ofImages, use)),
	];
};

export const models: readonly ModelEntry[] = [
	...current.flatMap(entriesOf),
	proTextToVideo({ nsfwChecker }),
	proImageToVideo({ nsfwChecker }),
	proFastImageToVideo({ nsfwChecker }),
	...entriesOf(stopped),
	liteTextToVideo({ nsfwChecker }),
	liteImageToVideo({ nsfwChecker }),
];

/** The one in the middle: current, and neither the dearest nor the smallest. */
export const defaultModels = {
	textToVideo: FAST_ID,
	imageToVideo: FAST_ID,
	edit: newest.id,
	reference: FAST_ID,
};

/** A model that is not listed: prompt and images as the newest generation takes them, the rest as JSON. */
export function customModel(id: string, kind: GenerationKind): ModelEntry {
	const facts = { id, label: id, kind, createPath: CREATE_PATH, typicalSeconds: 120 };
	return (
		customOnGivenVideo(models, facts) ?? {
			...facts,
			...(kind === 'imageToVideo' && { ...imagesOf20, references: undefined }),
			input: { prompt: parameter.prompt() },
		}
	);
}
