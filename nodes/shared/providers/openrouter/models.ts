import type {
	GenerationKind,
	ImageSlot,
	ModelEntry,
	References,
	ReferenceSlot,
} from '../../domain/model';
import type { ParameterSpec, ParameterSpecs } from '../../domain/parameter';
import { checkUnaskedEdit, customOnGivenVideo, onGivenVideo } from '../../models/givenVideo';
import * as parameter from '../../models/parameters';

export const VIDEOS_PATH = '/videos';

// Any address, or the image itself; videos and sounds by https:// alone.
const image = { acceptsDataUri: true };
const frames = {
	firstImage: { wireName: 'first_frame', ...image },
	lastImage: { wireName: 'last_frame', ...image },
} satisfies Record<string, ImageSlot>;

// No list of the vendor tells how many references it takes: these are the models' own numbers.
function referencesUpTo(imageCount: number, clipCount: number): References {
	const slot = (wireName: string, maxCount: number): ReferenceSlot => ({
		wireName,
		isList: true,
		acceptsDataUri: false,
		maxCount,
	});
	return {
		images: { ...slot('reference_image', imageCount), ...image },
		videos: slot('reference_video', clipCount),
		audios: slot('reference_audio', clipCount),
	};
}

interface Family
	extends Pick<ModelEntry, 'label' | 'description' | 'isRetired' | 'typicalSeconds'> {
	id: string;
	references?: References;
	ratioOfText: ParameterSpec;
	ratioOfImages: ParameterSpec;
	input: ParameterSpecs;
}

function entriesOf({ id, references, ratioOfText, ratioOfImages, input, ...facts }: Family) {
	const entry = (kind: GenerationKind, aspectRatio: ParameterSpec): ModelEntry => ({
		...facts,
		id: `bytedance/${id}`,
		kind,
		createPath: VIDEOS_PATH,
		input: { prompt: parameter.prompt(), aspectRatio, ...input },
	});
	// Nothing here says "as long as the video", so that the maker refuses edits of 2.5 after minutes.
	const check = hasRatioOfFrames(`bytedance/${id}`) ? checkUnaskedEdit : undefined;
	const ofImages: ModelEntry = {
		...entry('imageToVideo', ratioOfImages),
		...frames,
		...(references && { references }),
		...(check && { check }),
	};
	return [
		entry('textToVideo', ratioOfText),
		ofImages,
		...onGivenVideo(ofImages, { operation: 'reference', check }),
	];
}

// No default is published: what the node shows is always sent.
const RATIOS = ['16:9', '9:16', '4:3', '3:4', '1:1', '21:9'];
const ratio = (values: readonly string[], description?: string) =>
	parameter.aspectRatio(values, { default: '16:9', ...(description && { description }) });

const newestRatios = {
	ratioOfText: ratio(RATIOS),
	ratioOfImages: ratio(
		RATIOS,
		'Width to height of the video. First and last frame decide it themselves; then it is not sent.',
	),
};
const anyRatio = ratio([...RATIOS, '9:21']);
const anyRatios = { ratioOfText: anyRatio, ratioOfImages: anyRatio };

/** 2.5 makes of frames what has their own ratio, and takes no word for it here. */
export const hasRatioOfFrames = (id: string): boolean => id.startsWith('bytedance/seedance-2.5');

const picture = (resolutions: readonly string[], maxSeconds: number): ParameterSpecs => ({
	resolution: parameter.resolution(resolutions, { default: '720p', valueLabels: { '4K': '4K' } }),
	duration: parameter.durationBetween(4, maxSeconds, { default: 5 }),
	seed: parameter.seed(),
	generateAudio: parameter.generateAudio(),
	watermark: parameter.watermark(),
});

const upTo720p = ['480p', '720p'];
const upTo1080p = [...upTo720p, '1080p'];

/** The one in the middle: current, and neither the dearest nor the smallest. */
export const DEFAULT_MODEL = 'bytedance/seedance-2.0-fast';

/** Newest first; what its maker has stopped comes last. */
export const models: readonly ModelEntry[] = (
	[
		{
			id: 'seedance-2.5',
			label: 'Seedance 2.5',
			description: 'Up to 720p, 4 to 30 seconds, with sound',
			typicalSeconds: 240,
			references: referencesUpTo(30, 10),
			...newestRatios,
			input: picture(upTo720p, 30),
		},
		{
			id: 'seedance-2.5-flash',
			label: 'Seedance 2.5 Flash',
			description: 'Up to 720p, 4 to 30 seconds, with sound, quick and cheap',
			typicalSeconds: 120,
			references: referencesUpTo(10, 5),
			...newestRatios,
			input: picture(upTo720p, 30),
		},
		{
			id: 'seedance-2.0',
			label: 'Seedance 2.0',
			description: 'Up to 4K, 4 to 15 seconds, with sound',
			typicalSeconds: 210,
			references: referencesUpTo(9, 3),
			...anyRatios,
			input: picture([...upTo1080p, '4K'], 15),
		},
		{
			id: 'seedance-2.0-fast',
			label: 'Seedance 2.0 Fast',
			description: 'Up to 720p, 4 to 15 seconds, with sound, quicker and cheaper',
			typicalSeconds: 110,
			references: referencesUpTo(9, 3),
			...anyRatios,
			input: picture(upTo720p, 15),
		},
		{
			id: 'seedance-2.0-mini',
			label: 'Seedance 2.0 Mini',
			description: 'Up to 720p, 4 to 15 seconds, with sound, half the price of 2.0',
			typicalSeconds: 120,
			references: referencesUpTo(9, 3),
			...anyRatios,
			input: picture(upTo720p, 15),
		},
		{
			id: 'seedance-1-5-pro',
			label: 'Seedance 1.5 Pro',
			description: 'Up to 1080p, 4 to 12 seconds, with sound',
			isRetired: true,
			typicalSeconds: 180,
			...anyRatios,
			input: picture(upTo1080p, 12),
		},
	] satisfies Family[]
).flatMap(entriesOf);

/** A model that is not listed: prompt, first and last image, the rest as JSON. */
export function customModel(id: string, kind: GenerationKind): ModelEntry {
	const facts = { id, label: id, kind, createPath: VIDEOS_PATH, typicalSeconds: 120 };
	return (
		customOnGivenVideo(models, facts) ?? {
			...facts,
			...(kind === 'imageToVideo' && frames),
			input: { prompt: parameter.prompt() },
		}
	);
}
