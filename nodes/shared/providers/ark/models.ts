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
import type { Provider } from '../../domain/provider';
import {
	checkUnaskedEdit,
	customOnGivenVideo,
	onGivenVideo,
	videoRules,
	type VideoUse,
} from '../../models/givenVideo';
import * as parameter from '../../models/parameters';

export const TASKS_PATH = '/contents/generations/tasks';

/** What a cloud puts before the names of the models. */
export interface ModelNames {
	/** From 2.0 on. */
	newer: string;
	/** Up to 1.5. */
	older: string;
}

const MEGABYTE = 1024 * 1024;
const SEED_MAX = 2_147_483_647;
const RATIOS = ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9'];
const ADAPTIVE = 'adaptive';

// docs/modelark/create-video-generation-task-api: an address or a base64 data URI, below 30 MB.
const imageRules = {
	acceptsDataUri: true,
	mimeTypes: ['image/jpeg', 'image/png', 'image/webp', 'image/bmp', 'image/tiff', 'image/gif'],
	maxBytes: 30 * MEGABYTE,
	size: { minSidePx: 300, maxSidePx: 6000, minRatio: 0.4, maxRatio: 2.5 },
};
// From 1.5 on.
const imageRulesWithHeic = {
	...imageRules,
	mimeTypes: [...imageRules.mimeTypes, 'image/heic', 'image/heif'],
};
// From 2.0 on, as for videos and sounds: the ID of a file in the account's own library.
const newerImageRules = { ...imageRulesWithHeic, acceptsAssets: true as const };

type Rules = Omit<ImageSlot, 'wireName'>;

const bothImages = (rules: Rules) => ({
	firstImage: { wireName: 'first_frame', ...rules },
	lastImage: { wireName: 'last_frame', ...rules },
});

/** Up to so many images, and so many videos and sounds each. */
function referencesUpTo(imageCount: number, clipCount: number, maxCount: number): References {
	const slot = (wireName: string, count: number): ReferenceSlot => ({
		wireName,
		isList: true,
		acceptsDataUri: false,
		acceptsAssets: true,
		maxCount: count,
	});
	return {
		images: { ...slot('reference_image', imageCount), ...newerImageRules },
		// By their address alone.
		videos: slot('reference_video', clipCount),
		audios: { ...slot('reference_audio', clipCount), acceptsDataUri: true },
		maxCount,
	};
}

type Images = Pick<ModelEntry, 'firstImage' | 'lastImage' | 'references'>;
type Facts = Pick<ModelEntry, 'id' | 'label' | 'description' | 'isRetired' | 'typicalSeconds'>;

/** A model with the same parameters for text and for images, but for what is said of the two. */
interface Family extends Facts {
	images: Images;
	input: ParameterSpecs;
	/** What only the entry for text has, and only the one for images. */
	ofText?: ParameterSpecs;
	ofImages?: ParameterSpecs;
	ratioOfText: ParameterSpec;
	ratioOfImages: ParameterSpec;
	check?: ModelEntry['check'];
	/** What it can do with a given video. */
	onVideos?: readonly VideoUse[];
}

function entriesOf(family: Family): ModelEntry[] {
	const { images, input, ofText, ofImages, ratioOfText, ratioOfImages, ...others } = family;
	const { check, onVideos = [], ...facts } = others;
	const entry = (
		kind: GenerationKind,
		aspectRatio: ParameterSpec,
		more: ParameterSpecs = {},
	): ModelEntry => ({
		...facts,
		kind,
		createPath: TASKS_PATH,
		input: { prompt: parameter.prompt(), aspectRatio, ...input, ...more },
		...(check && { check }),
	});
	// "Text is optional when media is given" (the create page).
	const ofImage = entry('imageToVideo', ratioOfImages, ofImages);
	const withImages = {
		...ofImage,
		...images,
		input: { ...ofImage.input, prompt: parameter.prompt(undefined, { required: false }) },
	};
	return [
		entry('textToVideo', ratioOfText, ofText),
		withImages,
		...onVideos.flatMap((use) => onGivenVideo(withImages, use)),
	];
}

const ratio = (values: readonly string[], byDefault: string) =>
	parameter.aspectRatio(values, { wireName: 'ratio', default: byDefault });

const anyRatio = ratio([...RATIOS, ADAPTIVE], ADAPTIVE);
const anyRatios = { ratioOfText: anyRatio, ratioOfImages: anyRatio };

const upTo720p = ['480p', '720p'];
const upTo1080p = [...upTo720p, '1080p'];

const everyModel = {
	safetyIdentifier: parameter.safetyIdentifier(64),
	watermark: parameter.watermark(),
	returnLastFrame: parameter.returnLastFrame({
		description:
			'Whether to return the last frame as an image too, e.g. as the first frame of the next clip',
	}),
};

const newerModels = {
	...everyModel,
	generateAudio: parameter.generateAudio(),
	priority: parameter.priority(0, 9, { default: 0 }),
};

const olderModels = {
	...everyModel,
	seed: parameter.seed({ min: -1, max: SEED_MAX, default: -1 }),
	cameraFixed: parameter.cameraFixed(),
	serviceTier: parameter.serviceTier(),
	executionExpiresAfter: parameter.executionExpiresAfter(3600, 259_200, { default: 172_800 }),
};

const draft = parameter.draft({
	description: 'Whether to make a preview in 480p, from whose task the final video can be ordered',
});

/**
 * The final video of a draft: it takes everything else from the draft, so it is offered where no image
 * has to be given.
 */
const finalOfDraft = {
	draftId: parameter.draftId({
		description:
			'Task ID of a draft of this model, for its final video. Prompt, duration and the like come from the draft; only resolution, watermark, last frame and what says how it is made are sent.',
		wireName: 'draft_task',
	}),
};

/** A draft has one resolution, and no other is taken for it. */
const checkDraft = (values: ParameterValues): RuleBroken | undefined =>
	values.draft === true && values.resolution !== '480p'
		? { label: 'Resolution', rule: 'must be 480p for a draft' }
		: undefined;

const checkFinal = (values: ParameterValues): RuleBroken | undefined =>
	values.draft === true
		? { label: 'Draft', rule: 'must be off for the final video of a draft' }
		: undefined;

/** Left to itself, the model tells by the prompt what becomes of a reference video. */
const taskType = parameter.taskType(['auto', 'reference', 'edit', 'extend'], {
	wireName: 'omni_reference_task_type',
	default: 'auto',
	valueLabels: { auto: 'Auto', reference: 'Reference', edit: 'Edit', extend: 'Extend' },
});

/** The vendor refuses it after minutes otherwise: a video that is edited has its ratio and length already. */
function checkTaskType(values: ParameterValues, media: GivenMedia): RuleBroken | undefined {
	const { taskType: type = 'auto', aspectRatio = ADAPTIVE, duration } = values;
	const { videos } = media;
	if (type === 'auto') return checkUnaskedEdit(values, media);
	if (type === 'reference') return undefined;
	const what = type === 'edit' ? 'edited' : 'extended';
	if (videos === 0) return { label: 'Reference Videos', rule: `must hold the video to be ${what}` };
	if (aspectRatio !== ADAPTIVE) {
		return { label: 'Aspect Ratio', rule: `must be adaptive where a video is ${what}` };
	}
	return type === 'edit' && duration !== -1
		? { label: 'Duration', rule: 'must be Chosen by the Model (-1) where a video is edited' }
		: undefined;
}

/** The task fails later, when the ratio of frames is not left to them. */
function checkNewest(values: ParameterValues, media: GivenMedia): RuleBroken | undefined {
	const { firstImage: isFramed } = media;
	const { aspectRatio = ADAPTIVE, draftId } = values;
	if (draftId !== undefined) {
		return values.resolution === '1080p'
			? checkFinal(values)
			: { label: 'Resolution', rule: 'must be 1080p for the final video of a draft' };
	}
	return isFramed && aspectRatio !== ADAPTIVE
		? { label: 'Aspect Ratio', rule: 'must be adaptive where the video begins with an image' }
		: (checkTaskType(values, media) ?? checkDraft(values));
}

function checkStopped(values: ParameterValues): RuleBroken | undefined {
	if (values.draftId !== undefined) return checkFinal(values);
	if (values.draft !== true) return undefined;
	if (values.returnLastFrame === true) {
		return { label: 'Return Last Frame', rule: 'must be off for a draft' };
	}
	return values.serviceTier === 'flex'
		? { label: 'Service Tier', rule: 'must be Default for a draft' }
		: checkDraft(values);
}

/** Of the create page: for each video, and what an operation forces. An explicit type is checked at once. */
const rulesOfNewest = (minSeconds: number) => ({
	...videoRules([minSeconds, 30], 200),
	pixels: { min: 407_696, max: 8_295_044 },
});
const asType = (omni_reference_task_type: string) => ({ omni_reference_task_type });
const onVideosOfNewest: readonly VideoUse[] = [
	{
		operation: 'edit',
		rules: rulesOfNewest(4),
		forced: { ...asType('edit'), ratio: ADAPTIVE, duration: -1 },
		without: ['taskType', 'aspectRatio', 'duration', 'draft'],
		prompt: parameter.prompt(),
	},
	{
		operation: 'extend',
		rules: rulesOfNewest(2),
		forced: { ...asType('extend'), ratio: ADAPTIVE },
		without: ['taskType', 'aspectRatio', 'draft'],
		prompt: parameter.prompt(),
	},
	{
		operation: 'reference',
		rules: rulesOfNewest(2),
		forced: asType('reference'),
		without: ['taskType', 'draft'],
	},
];
const onVideosOfNewer: readonly VideoUse[] = [
	{
		operation: 'reference',
		rules: { ...videoRules([2, 15], 200), pixels: { min: 407_696, max: 8_295_044 } },
	},
];

const newest = ({ newer }: ModelNames): Family => ({
	id: `${newer}seedance-2-5-260628`,
	label: 'Seedance 2.5',
	description: 'Up to 1080p, 4 to 30 seconds, with sound',
	typicalSeconds: 240,
	images: {
		...bothImages(newerImageRules),
		// The create page of 2026-08-24: from 2.5 on, a sound alone is enough.
		references: { ...referencesUpTo(30, 10, 50), takesSoundAlone: true },
	},
	...anyRatios,
	input: {
		resolution: parameter.resolution(upTo1080p, { default: '720p' }),
		duration: parameter.durationOrAuto(-1, 4, 30, { default: 5 }),
		...newerModels,
		draft,
		outputFormat: parameter.outputFormat(['mp4', 'mov']),
	},
	ofText: finalOfDraft,
	ofImages: { taskType },
	check: checkNewest,
	onVideos: onVideosOfNewest,
});

/** 2.0 and its smaller sisters differ by their resolutions alone. */
const newer = (
	names: ModelNames,
	facts: Omit<Facts, 'isRetired'>,
	resolutions: readonly string[],
): Family => ({
	...facts,
	id: `${names.newer}${facts.id}`,
	images: { ...bothImages(newerImageRules), references: referencesUpTo(9, 3, 15) },
	...anyRatios,
	input: {
		resolution: parameter.resolution(resolutions, { default: '720p' }),
		duration: parameter.durationOrAuto(-1, 4, 15, { default: 5 }),
		...newerModels,
		webSearch: parameter.webSearch(),
	},
	onVideos: onVideosOfNewer,
});

const older = (names: ModelNames, facts: Omit<Facts, 'isRetired'>, images: Images): Family => ({
	...facts,
	id: `${names.older}${facts.id}`,
	images,
	ratioOfText: ratio(RATIOS, '16:9'),
	ratioOfImages: anyRatio,
	input: {
		resolution: parameter.resolution(upTo1080p, { default: '1080p' }),
		duration: parameter.durationBetween(2, 12, { default: 5 }),
		frames: parameter.frames(29, 289),
		...olderModels,
	},
});

const stopped = (names: ModelNames): Family => ({
	id: `${names.older}seedance-1-5-pro-251215`,
	label: 'Seedance 1.5 Pro',
	description: 'Up to 1080p, 4 to 12 seconds, with sound',
	isRetired: true,
	typicalSeconds: 180,
	images: bothImages(imageRulesWithHeic),
	...anyRatios,
	input: {
		resolution: parameter.resolution(upTo1080p, { default: '720p' }),
		duration: parameter.durationOrAuto(-1, 4, 12, { default: 5 }),
		...olderModels,
		generateAudio: parameter.generateAudio(),
		draft,
	},
	ofText: finalOfDraft,
	check: checkStopped,
});

const FAST_ID = 'seedance-2-0-fast-260128';

/** What a cloud sells, newest first; what its maker has stopped comes last. */
export function arkModels(
	names: ModelNames,
): Pick<Provider, 'models' | 'modelPrefixes' | 'defaultModels'> {
	const models = [
		newest(names),
		newer(
			names,
			{
				id: 'seedance-2-0-260128',
				label: 'Seedance 2.0',
				description: 'Up to 4K, 4 to 15 seconds, with sound',
				typicalSeconds: 210,
			},
			[...upTo1080p, '4k'],
		),
		newer(
			names,
			{
				id: FAST_ID,
				label: 'Seedance 2.0 Fast',
				description: 'Up to 720p, 4 to 15 seconds, with sound, quicker and cheaper',
				typicalSeconds: 90,
			},
			upTo720p,
		),
		newer(
			names,
			{
				id: 'seedance-2-0-mini-260615',
				label: 'Seedance 2.0 Mini',
				description: 'Up to 720p, 4 to 15 seconds, with sound, the smallest of 2.0',
				typicalSeconds: 120,
			},
			upTo720p,
		),
		older(
			names,
			{
				id: 'seedance-1-0-pro-fast-251015',
				label: 'Seedance 1.0 Pro Fast',
				description: 'Up to 1080p, 2 to 12 seconds, silent, quick and cheap',
				typicalSeconds: 50,
			},
			{ firstImage: bothImages(imageRules).firstImage },
		),
		older(
			names,
			{
				id: 'seedance-1-0-pro-250528',
				label: 'Seedance 1.0 Pro',
				description: 'Up to 1080p, 2 to 12 seconds, silent',
				typicalSeconds: 60,
			},
			bothImages(imageRules),
		),
		stopped(names),
	].flatMap(entriesOf);
	// The one in the middle: current, and neither the dearest nor the smallest.
	const fast = `${names.newer}${FAST_ID}`;
	const [{ id: newestId }] = [newest(names)];
	const modelPrefixes = [names.newer];
	const defaultModels = {
		textToVideo: fast,
		imageToVideo: fast,
		edit: newestId,
		extend: newestId,
		reference: fast,
	};
	return { models, modelPrefixes, defaultModels };
}

/** Of a model that nobody here knows, nothing is taken to be forbidden that any of them takes. */
const anyImageRules = {
	acceptsDataUri: true,
	acceptsAssets: true as const,
	mimeTypes: imageRulesWithHeic.mimeTypes,
};

/** A model or an inference endpoint (`ep-…`) that is not listed: prompt and images, the rest as JSON. */
export function customModel(id: string, kind: GenerationKind): ModelEntry {
	const facts = { id, label: id, kind, createPath: TASKS_PATH, typicalSeconds: 120 };
	return (
		customOnGivenVideo(entriesOf(newest({ newer: '', older: '' })), facts) ?? {
			...facts,
			...(kind === 'imageToVideo' && bothImages(anyImageRules)),
			input: { prompt: parameter.prompt() },
		}
	);
}
