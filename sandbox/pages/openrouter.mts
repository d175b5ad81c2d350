import { onVideo } from './onVideo.mts';
import { prompt } from './prompt.mts';
import type { ModelPage, PageField, PageImage, PageUrlList } from './types.mts';

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

const six = ['16:9', '9:16', '4:3', '3:4', '1:1', '21:9'];
const seven = [...six, '9:21'];

const both = ['480p', '720p'];
const upTo1080p = [...both, '1080p'];

/** No default is told anywhere; those here are the nodes' own, which they always send. */
const fieldsOf = (
	ratios: readonly string[],
	resolutions: readonly string[],
	to: number,
): PageField[] => [
	prompt(),
	choice('aspectRatio', 'aspect_ratio', ratios, '16:9'),
	choice('resolution', 'resolution', resolutions, '720p'),
	{ name: 'duration', field: 'duration', type: 'integer', range: [4, to], default: 5 },
	{ name: 'seed', field: 'seed', type: 'integer' },
	flag('generateAudio', 'generate_audio', true),
	// A parameter of the one who runs the model: provider.options.seed.parameters.
	flag('watermark', 'watermark', false),
];

// In `frame_images` and `input_references`, told apart by their roles and types.
const image: PageImage = { field: 'first_frame', byFile: true };
const lastImage: PageImage = { field: 'last_frame', byFile: true };

const list = (field: string, byFile: boolean, maxCount: number): PageUrlList => ({
	field,
	byFile,
	maxCount,
});
const references = (images: number, clips: number) => ({
	urlLists: [
		list('reference_image', true, images),
		list('reference_video', false, clips),
		list('reference_audio', false, clips),
	],
});

function pagesOf(
	name: string,
	fields: readonly PageField[],
	media: Pick<ModelPage, 'urlLists'> = {},
): ModelPage[] {
	const common = {
		provider: 'openrouter' as const,
		model: `bytedance/${name}`,
		createPath: '/videos',
		taskPath: '/videos/{taskId}',
		fields,
	};
	const ofMedia: ModelPage = { ...common, kind: 'imageToVideo', image, lastImage, ...media };
	return [
		{ ...common, kind: 'textToVideo' },
		ofMedia,
		...(media.urlLists ? [onVideo(ofMedia, 'reference')] : []),
	];
}

/** The list of models (GET /videos/models), which says nothing about the number of references. */
export const openrouter: readonly ModelPage[] = [
	...pagesOf('seedance-2.5', fieldsOf(six, both, 30), references(30, 10)),
	...pagesOf('seedance-2.5-flash', fieldsOf(six, both, 30), references(10, 5)),
	...pagesOf('seedance-2.0', fieldsOf(seven, [...upTo1080p, '4K'], 15), references(9, 3)),
	...pagesOf('seedance-2.0-fast', fieldsOf(seven, both, 15), references(9, 3)),
	...pagesOf('seedance-2.0-mini', fieldsOf(seven, both, 15), references(9, 3)),
	...pagesOf('seedance-1-5-pro', fieldsOf(seven, upTo1080p, 12)),
];
