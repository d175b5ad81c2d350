import { onVideo } from './onVideo.mts';
import { optionalPrompt, prompt } from './prompt.mts';
import type { ModelPage, PageField, PageImage, PageUrlList, VideoOperation } from './types.mts';

const choice = (
	name: string,
	field: string,
	values: readonly string[],
	byDefault: string,
): PageField => ({ name, field, type: 'string', values, default: byDefault });

const flag = (name: string, field: string, byDefault: boolean): PageField => ({
	name,
	field,
	type: 'boolean',
	default: byDefault,
});

const ratio = (values: readonly string[], byDefault = '16:9') =>
	choice('aspectRatio', 'aspect_ratio', values, byDefault);
const seven = ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9', '9:21'];
const anyRatio = ratio([...seven, 'adaptive']);

const resolution = (values: readonly string[], byDefault = '720p') =>
	choice('resolution', 'resolution', values, byDefault);
const both = ['480p', '720p'];
const upTo1080p = [...both, '1080p'];

const duration = (from: number, to: number): PageField => ({
	name: 'duration',
	field: 'duration',
	type: 'integer',
	range: [from, to],
	default: 5,
});

/** The pages say -1 to `to`; the model takes nothing between -1 and 4. */
const openDuration = (to: number): PageField => ({
	name: 'duration',
	field: 'duration',
	type: 'integer',
	values: ['-1', ...Array.from({ length: to - 3 }, (_, index) => String(index + 4))],
	default: 5,
});

/** No page has bounds but for the 0 of 2.5; these are the maker's, without its -1. */
const seed: PageField = { name: 'seed', field: 'seed', type: 'integer', range: [0, 2147483647] };
const cameraFixed = flag('cameraFixed', 'camera_fixed', false);
const sound = (byDefault: boolean) => flag('generateAudio', 'generate_audio', byDefault);
const watermark = flag('watermark', 'watermark', false);

const image: PageImage = { field: 'image', byFile: true };
const lastImage: PageImage = { field: 'last_frame_image', byFile: true };
const frames = { image, lastImage };

const imageList = (maxCount: number): PageUrlList => ({
	field: 'reference_images',
	byFile: true,
	maxCount,
});

const references = (images: number, clips: number) => ({
	urlLists: [
		imageList(images),
		{ field: 'reference_videos', byFile: false, maxCount: clips },
		{ field: 'reference_audios', byFile: false, maxCount: clips },
	],
});

type Media = Pick<ModelPage, 'image' | 'lastImage' | 'urlLists'>;

interface About {
	words?: PageField;
	operations?: readonly VideoOperation[];
}

/** "Set to -1 to edit or extend", with an adaptive ratio. */
const asTheVideo = {
	forced: { aspect_ratio: 'adaptive', duration: -1 },
	without: ['aspectRatio', 'duration'],
	prompt: prompt(),
};

/** A page tells of both: text alone, and with images. */
function pagesOf(
	name: string,
	media: Media,
	fields: readonly PageField[],
	fieldsOfImages = fields,
	{ words = prompt(), operations = [] }: About = {},
): ModelPage[] {
	const common = {
		provider: 'replicate' as const,
		model: `bytedance/${name}`,
		createPath: `/models/bytedance/${name}/predictions`,
		taskPath: '/predictions/{taskId}',
	};
	const ofMedia: ModelPage = {
		...common,
		kind: 'imageToVideo',
		...media,
		fields: [words, ...fieldsOfImages],
	};
	return [
		{ ...common, kind: 'textToVideo', fields: [prompt(), ...fields] },
		ofMedia,
		...operations.map((operation) =>
			onVideo(ofMedia, operation, operation === 'reference' ? {} : asTheVideo),
		),
	];
}

const newest = [resolution(upTo1080p), openDuration(30), seed, sound(true), watermark];
const ratiosOfNewest = ['adaptive', '16:9', '9:16', '1:1', '4:3', '3:4'];

const newer = (resolutions: readonly string[]) => [
	anyRatio,
	resolution(resolutions),
	openDuration(15),
	seed,
	sound(true),
];

const older = (byDefault: '720p' | '1080p') => [
	ratio(seven),
	resolution(upTo1080p, byDefault),
	duration(2, 12),
	seed,
	cameraFixed,
];

const pagesOf2 = (name: string, resolutions: readonly string[]) => {
	const fields = newer(resolutions);
	const media = { ...frames, ...references(9, 3) };
	return pagesOf(name, media, fields, fields, { operations: ['edit', 'reference'] });
};

export const replicate: readonly ModelPage[] = [
	...pagesOf(
		'seedance-2.5',
		{ ...frames, ...references(30, 10) },
		[ratio(ratiosOfNewest), ...newest],
		// The default of the page is 16:9, with which no frame is taken.
		[ratio(ratiosOfNewest, 'adaptive'), ...newest],
		{ words: optionalPrompt(), operations: ['edit', 'extend', 'reference'] },
	),
	...pagesOf2('seedance-2.0', [...upTo1080p, '4k']),
	...pagesOf2('seedance-2.0-fast', both),
	...pagesOf('seedance-1-pro-fast', { image }, older('1080p')),
	...pagesOf('seedance-1-pro', frames, older('1080p')),
	// The page begins at two seconds, the model at four.
	...pagesOf('seedance-1.5-pro', frames, [
		ratio(seven),
		duration(4, 12),
		seed,
		cameraFixed,
		sound(false),
	]),
	...pagesOf('seedance-1-lite', { ...frames, urlLists: [imageList(4)] }, older('720p')),
];
