import { onVideo } from './onVideo.mts';
import { prompt } from './prompt.mts';
import type { ModelPage, PageField } from './types.mts';

const pathsOf = (model: string) => ({
	createPath: `/api/v1/bytedance/${model}/async`,
	taskPath: '/api/v1/tasks/{taskId}',
});

const ratio = (more: readonly string[], byDefault: string): PageField => ({
	name: 'aspectRatio',
	field: 'ratio',
	type: 'string',
	values: ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9', ...more],
	default: byDefault,
});

const resolution = (values: readonly string[], byDefault: string): PageField => ({
	name: 'resolution',
	field: 'resolution',
	type: 'string',
	values,
	default: byDefault,
});

const duration = (shortest: number, longest: number): PageField => ({
	name: 'duration',
	field: 'duration',
	type: 'integer',
	range: [shortest, longest],
	default: 5,
});

const seed: PageField = {
	name: 'seed',
	field: 'seed',
	type: 'integer',
	range: [-1, 2147483647],
	default: -1,
};

const cameraFixed: PageField = {
	name: 'cameraFixed',
	field: 'camera_fixed',
	type: 'boolean',
	default: false,
};

const generateAudio: PageField = {
	name: 'generateAudio',
	field: 'generate_audio',
	type: 'boolean',
	default: true,
};

const expiry: PageField = {
	name: 'executionExpiresAfter',
	field: 'execution_expires_after',
	type: 'integer',
	range: [3600, 259200],
	default: 172800,
};

const tierFields: readonly PageField[] = [
	{
		name: 'serviceTier',
		field: 'service_tier',
		type: 'string',
		values: ['default', 'flex'],
		default: 'default',
	},
	expiry,
	{ name: 'returnLastFrame', field: 'return_last_frame', type: 'boolean', default: false },
];

const image = { field: 'first_frame_image', byFile: true } as const;
const lastImage = { field: 'last_frame_image', byFile: true } as const;
const imageList = { field: 'reference_images', byFile: true, maxCount: 9 } as const;
const videoList = { field: 'video_urls', byFile: false, maxCount: 3 } as const;
const audioList = { field: 'audio_urls', byFile: false, maxCount: 3 } as const;

const fields2 = (resolutions: readonly string[]): readonly PageField[] => [
	prompt(10000),
	ratio([], '16:9'),
	resolution(resolutions, '720p'),
	duration(4, 15),
	cameraFixed,
	generateAudio,
	expiry,
];

const page15 = (model: string, kind: ModelPage['kind']): ModelPage => ({
	provider: 'modellix',
	model,
	kind,
	...pathsOf(model),
	...(kind === 'imageToVideo' && { image, lastImage }),
	fields: [
		prompt(10000),
		ratio(['adaptive'], 'adaptive'),
		resolution(['480p', '720p', '1080p'], '720p'),
		duration(4, 12),
		seed,
		cameraFixed,
		generateAudio,
		...tierFields,
	],
});

function pagesVideoToVideo(model: string, resolutions: readonly string[]): ModelPage[] {
	const page: ModelPage = {
		provider: 'modellix',
		model,
		kind: 'imageToVideo',
		...pathsOf(model),
		urlLists: [imageList, { ...videoList, required: true }, audioList],
		fields: fields2(resolutions),
	};
	// "Edit or extend": the prompt says it, and nothing else is different.
	return [page, onVideo(page, 'edit'), onVideo(page, 'extend'), onVideo(page, 'reference')];
}

export const modellix: readonly ModelPage[] = [
	{
		provider: 'modellix',
		model: 'seedance-2.0-fast-i2v',
		kind: 'imageToVideo',
		...pathsOf('seedance-2.0-fast-i2v'),
		image,
		lastImage,
		urlLists: [imageList, audioList],
		fields: fields2(['480p', '720p']),
	},
	...pagesVideoToVideo('seedance-2.0-v2v', ['480p', '720p', '1080p']),
	...pagesVideoToVideo('seedance-2.0-fast-v2v', ['480p', '720p']),
	{
		provider: 'modellix',
		model: 'seedance-1.0-pro-fast-t2v',
		kind: 'textToVideo',
		...pathsOf('seedance-1.0-pro-fast-t2v'),
		fields: [
			prompt(10000),
			ratio(['adaptive'], '16:9'),
			resolution(['480p', '720p', '1080p'], '1080p'),
			duration(2, 12),
			{
				name: 'frames',
				field: 'frames',
				type: 'integer',
				range: [29, 289],
				grid: { from: 25, step: 4 },
			},
			seed,
			cameraFixed,
			...tierFields,
		],
	},
	page15('seedance-1.5-pro-t2v', 'textToVideo'),
	page15('seedance-1.5-pro-i2v', 'imageToVideo'),
	{
		provider: 'modellix',
		model: 'seedance-1.0-lite-t2v',
		kind: 'textToVideo',
		createPath: '/api/v1/text-to-video/bytedance/seedance-1.0-lite-t2v/async',
		taskPath: '/api/v1/tasks/{taskId}',
		fields: [
			prompt(2000),
			{
				name: 'aspectRatio',
				field: 'ratio',
				type: 'string',
				values: ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9', 'adaptive'],
				default: '16:9',
			},
			{
				name: 'resolution',
				field: 'resolution',
				type: 'string',
				values: ['480p', '720p', '1080p'],
				default: '720p',
			},
			{ name: 'duration', field: 'duration', type: 'integer', range: [2, 12], default: 5 },
			{
				name: 'frames',
				field: 'frames',
				type: 'integer',
				range: [29, 289],
				grid: { from: 25, step: 4 },
			},
			{ name: 'seed', field: 'seed', type: 'integer', range: [-1, 2147483647], default: -1 },
			{ name: 'cameraFixed', field: 'camera_fixed', type: 'boolean', default: false },
			{
				name: 'serviceTier',
				field: 'service_tier',
				type: 'string',
				values: ['default', 'flex'],
				default: 'default',
			},
			{
				name: 'executionExpiresAfter',
				field: 'execution_expires_after',
				type: 'integer',
				range: [3600, 259200],
				default: 172800,
			},
			{ name: 'returnLastFrame', field: 'return_last_frame', type: 'boolean', default: false },
		],
	},
];
