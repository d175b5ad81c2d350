import type {
	GenerationKind,
	ImageSlot,
	ModelEntry,
	ReferenceSlot,
	VideoSlot,
} from '../../domain/model';
import type { ParameterSpecs } from '../../domain/parameter';
import { customOnGivenVideo, onGivenVideo } from '../../models/givenVideo';
import * as parameter from '../../models/parameters';

const MAKER = 'bytedance';

/** The model ID is the path; one that begins with no maker is one of Seedance's. */
const pathOf = (id: string): string => {
	const whole = id.startsWith('seedance-') ? `${MAKER}/${id}` : id;
	return `/api/v3/${whole.split('/').map(encodeURIComponent).join('/')}`;
};

// Every file by its address: data URIs are not documented, so files go to the vendor's storage.
const firstImage: ImageSlot = { wireName: 'image', acceptsDataUri: false };
const lastImage: ImageSlot = { wireName: 'last_image', acceptsDataUri: false };
const frames = { firstImage, lastImage };

const references = (kind: 'images' | 'videos' | 'audios', maxCount: number): ReferenceSlot => ({
	wireName: `reference_${kind}`,
	isList: true,
	acceptsDataUri: false,
	maxCount,
});

const referencesUpTo = (imageCount: number, clipCount: number) => ({
	references: {
		images: references('images', imageCount),
		videos: references('videos', clipCount),
		audios: references('audios', clipCount),
	},
});

type Files = Pick<ModelEntry, 'firstImage' | 'lastImage' | 'references' | 'video'>;
type Facts = Pick<ModelEntry, 'label' | 'description' | 'typicalSeconds'>;

const entry = (
	id: string,
	kind: GenerationKind,
	facts: Facts,
	input: ParameterSpecs,
	files: Files = {},
): ModelEntry => ({
	...facts,
	id: `${MAKER}/${id}`,
	kind,
	createPath: pathOf(`${MAKER}/${id}`),
	...files,
	input: { prompt: parameter.prompt(), ...input },
});

const ratio = parameter.aspectRatio(['16:9', '9:16', '4:3', '3:4', '1:1', '21:9'], {
	default: '16:9',
});
const resolution = (values: readonly string[]) => parameter.resolution(values, { default: '720p' });

const upTo720p = ['480p', '720p'];
const upTo1080p = [...upTo720p, '1080p'];
const turbo = ['720p', '1080p'];

const picture = (resolutions: readonly string[], maxSeconds: number): ParameterSpecs => ({
	resolution: resolution(resolutions),
	duration: parameter.durationBetween(4, maxSeconds, { default: 5 }),
	generateAudio: parameter.generateAudio(),
});
const pictureWithSearch = {
	...picture(upTo1080p, 15),
	webSearch: parameter.webSearch({ wireName: 'enable_web_search' }),
};

const newest: Facts = {
	label: 'Seedance 2.5',
	description: 'Up to 4K, 4 to 30 seconds, with sound',
	typicalSeconds: 240,
};
const newestTurbo: Facts = {
	label: 'Seedance 2.5 Turbo',
	description: 'Up to 1080p, 4 to 30 seconds, with sound, quicker',
	typicalSeconds: 180,
};
const flash: Facts = {
	label: 'Seedance 2.5 Flash',
	description: 'Up to 720p, 4 to 30 seconds, with sound, quick and cheap',
	typicalSeconds: 120,
};
const newer: Facts = {
	label: 'Seedance 2.0',
	description: 'Up to 1080p, 4 to 15 seconds, with sound',
	typicalSeconds: 180,
};
const newerFast: Facts = {
	label: 'Seedance 2.0 Fast',
	description: 'Up to 1080p, 4 to 15 seconds, with sound, quicker and cheaper',
	typicalSeconds: 110,
};

// Its server cuts and pads videos that are too long or too short by itself, and puts the words for
// editing in front of the prompt. An edited video keeps its length and ratio.
const video: VideoSlot = { wireName: 'video', acceptsDataUri: false };
const besideVideo: Files = {
	video,
	references: { images: references('images', 9), audios: references('audios', 3) },
};
const edited = (resolutions: readonly string[]): ParameterSpecs => ({
	resolution: resolution(resolutions),
	generateAudio: parameter.generateAudio({
		description: 'Whether the edited video has new sound; off, it keeps the sound of the given one',
	}),
});

const asReference = (facts: Facts): Facts => ({ ...facts, label: `${facts.label} Reference` });

const editedWithSearch = {
	...edited(upTo1080p),
	webSearch: parameter.webSearch({ wireName: 'enable_web_search' }),
};
const newestPicture = picture([...upTo1080p, '4k'], 30);
const flashPicture = picture(upTo720p, 30);

export const TEXT_MODEL = `${MAKER}/seedance-2.5/text-to-video`;
export const EDIT_MODEL = `${MAKER}/seedance-2.5/video-edit`;
export const EXTEND_MODEL = `${MAKER}/seedance-2.5/video-extend`;
export const IMAGE_MODEL = `${MAKER}/seedance-2.5/image-to-video`;

// The page of 2.5 tells how long references may be together, not how many: the numbers are the
// model's own.
/** Newest first. */
const listed: readonly ModelEntry[] = [
	entry('seedance-2.5/text-to-video', 'textToVideo', newest, {
		aspectRatio: ratio,
		...newestPicture,
	}),
	entry('seedance-2.5/image-to-video', 'imageToVideo', newest, newestPicture, frames),
	entry(
		'seedance-2.5/text-to-video',
		'imageToVideo',
		asReference(newest),
		{ aspectRatio: ratio, ...newestPicture },
		referencesUpTo(30, 10),
	),
	entry('seedance-2.5/video-edit', 'edit', newest, edited([...upTo1080p, '4k']), besideVideo),
	entry('seedance-2.5/video-extend', 'extend', newest, newestPicture, { video }),
	entry('seedance-2.5/video-edit-turbo', 'edit', newestTurbo, edited(turbo), besideVideo),
	entry(
		'seedance-2.5/image-to-video-turbo',
		'imageToVideo',
		newestTurbo,
		picture(turbo, 30),
		frames,
	),
	entry('seedance-2.5-flash/text-to-video', 'textToVideo', flash, {
		aspectRatio: ratio,
		...flashPicture,
	}),
	entry('seedance-2.5-flash/image-to-video', 'imageToVideo', flash, flashPicture, frames),
	entry(
		'seedance-2.5-flash/reference-to-video',
		'imageToVideo',
		asReference(flash),
		{ aspectRatio: ratio, ...flashPicture },
		referencesUpTo(10, 5),
	),
	entry('seedance-2.5-flash/video-edit', 'edit', flash, edited(upTo720p), { video }),
	// Left out, ratio and length are the video's, and the ratio is the image's.
	entry('seedance-2.0/video-edit', 'edit', newer, editedWithSearch, besideVideo),
	entry('seedance-2.0-fast/video-edit', 'edit', newerFast, editedWithSearch, besideVideo),
	entry('seedance-2.0/image-to-video', 'imageToVideo', newer, pictureWithSearch, frames),
	entry('seedance-2.0-fast/image-to-video', 'imageToVideo', newerFast, pictureWithSearch, frames),
];

/** What takes reference videos takes a given one for the first of them. */
export const models: readonly ModelEntry[] = listed.flatMap((model) => [
	model,
	...onGivenVideo(model, { operation: 'reference' }),
]);

/** A model that is not listed: prompt, first and last image or a video, the rest as JSON. */
export function customModel(id: string, kind: GenerationKind): ModelEntry {
	const facts = { id, label: id, kind, createPath: pathOf(id), typicalSeconds: 120 };
	return (
		customOnGivenVideo(models, facts) ?? {
			...facts,
			...(kind === 'imageToVideo' && frames),
			input: { prompt: parameter.prompt() },
		}
	);
}
