import { onVideo } from './onVideo.mts';
import { prompt } from './prompt.mts';
import type { ModelPage, PageField, PagePaths } from './types.mts';

const pathsAt = (path: string): PagePaths => ({
	createPath: path,
	taskPath: `${path}?generation_id={taskId}`,
});
const universal = pathsAt('/v2/video/generations');
const legacy = pathsAt('/v2/generate/video/bytedance/generation');

const duration: PageField = {
	name: 'duration',
	field: 'duration',
	type: 'integer',
	values: ['5', '10'],
};
const seed: PageField = { name: 'seed', field: 'seed', type: 'integer' };
const watermark: PageField = {
	name: 'watermark',
	field: 'watermark',
	type: 'boolean',
	default: false,
};

const firstImage = { field: 'image_url', byFile: true } as const;
const lastImage = { field: 'last_image_url', byFile: true } as const;
const urlLists = [
	{ field: 'image_urls', byFile: false, maxCount: 9 },
	{ field: 'video_urls', byFile: false, maxCount: 3 },
	{ field: 'audio_urls', byFile: false, maxCount: 3 },
] as const;

const resolution = (values: readonly string[], byDefault: string): PageField => ({
	name: 'resolution',
	field: 'resolution',
	type: 'string',
	values,
	default: byDefault,
});

const generateAudio: PageField = {
	name: 'generateAudio',
	field: 'generate_audio',
	type: 'boolean',
	default: true,
};

const kinds = ['textToVideo', 'imageToVideo'] as const;

/** A page of a 2.x model; it speaks of text, frames and references alike. */
const page2 = (
	model: string,
	resolutions: readonly string[],
	[longest, byDefault]: readonly [number, number],
	providers: readonly string[],
	more: readonly PageField[] = [watermark],
) =>
	kinds.map(
		(kind): ModelPage => ({
			provider: 'aimlapi',
			model,
			kind,
			...universal,
			...(kind === 'imageToVideo' && { image: firstImage, lastImage, urlLists }),
			fields: [
				prompt(),
				{
					name: 'aspectRatio',
					field: 'aspect_ratio',
					type: 'string',
					values: ['21:9', '16:9', '4:3', '1:1', '3:4', '9:16'],
					default: '16:9',
				},
				resolution(resolutions, '720p'),
				{
					name: 'duration',
					field: 'duration',
					type: 'integer',
					range: [4, longest],
					default: byDefault,
				},
				generateAudio,
				seed,
				...more,
				{ name: 'upstream', field: 'provider', type: 'string', values: providers, default: 'auto' },
			],
		}),
	);

const pages2 = [
	page2('bytedance/seedance-2-5', ['480p', '720p'], [30, 5], ['auto', 'bytedance']),
	page2('bytedance/dreamina-seedance-2-5', ['480p', '720p'], [30, 5], ['auto', 'bytedance']),
	page2(
		'bytedance/seedance-2-0',
		['480p', '720p', '1080p', '4k'],
		[15, 5],
		['auto', 'bytedance', 'fal'],
	),
	page2('bytedance/seedance-2-0-fast', ['480p', '720p'], [15, 8], ['auto', 'bytedance', 'fal'], []),
	page2(
		'bytedance/dreamina-seedance-2-0-mini',
		['480p', '720p'],
		[15, 5],
		['auto', 'bytedance', 'fal'],
	),
].flat();

const proFields: readonly PageField[] = [
	prompt(),
	resolution(['480p', '720p', '1080p'], '1080p'),
	duration,
	{ name: 'cameraFixed', field: 'camerafixed', type: 'boolean', default: false },
	seed,
	watermark,
];

const pagePro = (model: string, kind: ModelPage['kind']): ModelPage => ({
	provider: 'aimlapi',
	model,
	kind,
	...universal,
	...(kind === 'imageToVideo' && { image: firstImage, lastImage }),
	fields: proFields,
});

const page15 = (kind: ModelPage['kind']): ModelPage => ({
	provider: 'aimlapi',
	model: 'bytedance/seedance-1-5-pro',
	kind,
	...universal,
	...(kind === 'imageToVideo' && { image: firstImage, lastImage }),
	fields: [
		prompt(),
		{
			name: 'aspectRatio',
			field: 'aspect_ratio',
			type: 'string',
			values: ['21:9', '16:9', '4:3', '1:1', '3:4', '9:16', 'adaptive'],
			default: '16:9',
		},
		resolution(['480p', '720p', '1080p'], '720p'),
		{ name: 'duration', field: 'duration', type: 'integer', range: [4, 12] },
		generateAudio,
		{ name: 'cameraFixed', field: 'camera_fixed', type: 'boolean', default: false },
		{ ...seed, default: -1 },
		watermark,
	],
});

// The two pages disagree about the camera field's name.
export const aimlapi: readonly ModelPage[] = [
	...pages2.filter(({ kind }) => kind === 'textToVideo'),
	...pages2
		.filter(({ kind }) => kind === 'imageToVideo')
		.flatMap((page) => [page, onVideo(page, 'reference')]),
	pagePro('bytedance/seedance-1-0-pro-t2v', 'textToVideo'),
	pagePro('bytedance/seedance-1-0-pro-i2v', 'imageToVideo'),
	pagePro('bytedance/seedance-1-0-pro-fast', 'textToVideo'),
	pagePro('bytedance/seedance-1-0-pro-fast', 'imageToVideo'),
	page15('textToVideo'),
	page15('imageToVideo'),
	{
		provider: 'aimlapi',
		model: 'bytedance/seedance-1-0-lite-t2v',
		kind: 'textToVideo',
		...universal,
		// "you can still call this model using the legacy URL", and the page's samples do.
		legacy,
		fields: [
			prompt(),
			{
				name: 'aspectRatio',
				field: 'aspect_ratio',
				type: 'string',
				values: ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9', '9:21'],
				default: '16:9',
			},
			{
				name: 'resolution',
				field: 'resolution',
				type: 'string',
				values: ['480p', '720p', '1080p'],
				default: '1080p',
			},
			duration,
			{ name: 'cameraFixed', field: 'camerafixed', type: 'boolean', default: false },
			seed,
			watermark,
		],
	},
	{
		provider: 'aimlapi',
		model: 'bytedance/seedance-1-0-lite-i2v',
		kind: 'imageToVideo',
		...legacy,
		image: { field: 'image_url', byFile: true },
		fields: [
			prompt(),
			{
				name: 'resolution',
				field: 'resolution',
				type: 'string',
				values: ['480p', '720p'],
				default: '720p',
			},
			duration,
			{ name: 'cameraFixed', field: 'camera_fixed', type: 'boolean', default: false },
			seed,
			watermark,
		],
	},
];
