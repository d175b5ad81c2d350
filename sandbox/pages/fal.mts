import { onVideo } from './onVideo.mts';
import { optionalPrompt, prompt } from './prompt.mts';
import type { ModelPage, PageField, PageImage, PagePaths, PageUrlList } from './types.mts';

/** The endpoint's ID is its path; its requests are asked for below the first two parts of it. */
const pathsOf = (model: string): PagePaths => ({
	createPath: `/${model}`,
	taskPath: `/${model.split('/').slice(0, 2).join('/')}/requests/{taskId}/status`,
});

const choice = (
	name: string,
	field: string,
	values: readonly string[],
	byDefault?: string,
): PageField => ({ name, field, type: 'string', values, default: byDefault });

const flag = (name: string, field: string, byDefault: boolean): PageField => ({
	name,
	field,
	type: 'boolean',
	default: byDefault,
});

const six = ['21:9', '16:9', '4:3', '1:1', '3:4', '9:16'];
const ratio = (values: readonly string[], byDefault: string) =>
	choice('aspectRatio', 'aspect_ratio', values, byDefault);
const anyRatio = ratio(['auto', ...six], 'auto');

const resolution = (values: readonly string[], byDefault = '720p') =>
	choice('resolution', 'resolution', values, byDefault);
const upTo1080p = ['480p', '720p', '1080p'];

const seconds = (from: number, to: number) =>
	Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
const duration = (from: number, to: number) =>
	choice('duration', 'duration', seconds(from, to), '5');

/** The pages' own default is "auto"; the nodes begin with five seconds. */
const durationOrAuto = (to: number) => choice('duration', 'duration', ['auto', ...seconds(4, to)]);

const generateAudio = flag('generateAudio', 'generate_audio', true);
const draft = flag('draft', 'draft', false);
/** Goes to the endpoint of final videos, `bytedance/seedance-2.5/draft/complete`. */
const draftId: PageField = {
	name: 'draftId',
	field: 'draft_id',
	type: 'string',
	isElsewhere: true,
};
const bitrateMode = choice('bitrateMode', 'bitrate_mode', ['standard', 'high'], 'standard');
const codec = choice('codec', 'codec', ['auto', 'H264', 'H265'], 'auto');
const endUserId: PageField = { name: 'endUserId', field: 'end_user_id', type: 'string' };
const seed: PageField = { name: 'seed', field: 'seed', type: 'integer' };

const image: PageImage = { field: 'image_url', byFile: true };
const lastImage: PageImage = { field: 'end_image_url', byFile: true };
const references = (images: number, others: number): readonly PageUrlList[] => [
	{ field: 'image_urls', byFile: true, maxCount: images },
	{ field: 'video_urls', byFile: false, maxCount: others },
	{ field: 'audio_urls', byFile: false, maxCount: others },
];

type Page = Omit<ModelPage, 'provider' | 'createPath' | 'taskPath'>;

const pageOf = (page: Page): ModelPage => ({ provider: 'fal', ...pathsOf(page.model), ...page });

// The pages of image and reference to video let the prompt be left out.
function pages25(path: string, more: readonly PageField[]): ModelPage[] {
	const fieldsWith = (words: PageField, aspectRatio: PageField, ...others: PageField[]) => [
		words,
		aspectRatio,
		resolution(upTo1080p),
		durationOrAuto(30),
		generateAudio,
		...more,
		bitrateMode,
		codec,
		endUserId,
		...others,
	];
	const task = choice('taskType', 'task', ['reference', 'editing', 'extension'], 'reference');
	const ofReferences = pageOf({
		model: `${path}/reference-to-video`,
		kind: 'imageToVideo',
		urlLists: references(30, 10),
		maxUrls: 50,
		fields: fieldsWith(optionalPrompt(), anyRatio, task, seed),
	});
	return [
		pageOf({
			model: `${path}/text-to-video`,
			kind: 'textToVideo',
			fields: [...fieldsWith(prompt(), anyRatio), ...(more.includes(draft) ? [draftId] : [])],
		}),
		pageOf({
			model: `${path}/image-to-video`,
			kind: 'imageToVideo',
			image,
			lastImage,
			fields: fieldsWith(optionalPrompt(), ratio(['auto'], 'auto')),
		}),
		ofReferences,
		onVideo(ofReferences, 'edit', {
			forced: { task: 'editing', aspect_ratio: 'auto', duration: 'auto' },
			without: ['taskType', 'aspectRatio', 'duration', 'draft'],
			prompt: prompt(),
		}),
		onVideo(ofReferences, 'extend', {
			forced: { task: 'extension', aspect_ratio: 'auto' },
			without: ['taskType', 'aspectRatio', 'draft'],
			prompt: prompt(),
		}),
		onVideo(ofReferences, 'reference', {
			forced: { task: 'reference' },
			without: ['taskType', 'draft'],
		}),
	];
}

function pagesFlash(path: string): ModelPage[] {
	const fields = (aspectRatio: PageField, words = prompt()) => [
		words,
		aspectRatio,
		resolution(['480p', '720p']),
		durationOrAuto(30),
		generateAudio,
	];
	const ofReferences = pageOf({
		model: `${path}/reference-to-video`,
		kind: 'imageToVideo',
		urlLists: references(10, 5),
		fields: fields(anyRatio),
	});
	return [
		pageOf({ model: `${path}/text-to-video`, kind: 'textToVideo', fields: fields(anyRatio) }),
		pageOf({
			model: `${path}/image-to-video`,
			kind: 'imageToVideo',
			image,
			lastImage,
			fields: fields(ratio(['auto'], 'auto'), optionalPrompt()),
		}),
		ofReferences,
		onVideo(ofReferences, 'reference'),
	];
}

function pages2(
	path: string,
	resolutions: readonly string[],
	more: readonly PageField[],
): ModelPage[] {
	const fields = [
		prompt(),
		anyRatio,
		resolution(resolutions),
		durationOrAuto(15),
		generateAudio,
		...more,
		codec,
		endUserId,
	];
	const ofReferences = pageOf({
		model: `${path}/reference-to-video`,
		kind: 'imageToVideo',
		urlLists: references(9, 3),
		maxUrls: 12,
		fields,
	});
	return [
		pageOf({ model: `${path}/text-to-video`, kind: 'textToVideo', fields }),
		pageOf({
			model: `${path}/image-to-video`,
			kind: 'imageToVideo',
			image,
			lastImage,
			fields,
		}),
		ofReferences,
		onVideo(ofReferences, 'reference'),
	];
}

const camera = [
	flag('cameraFixed', 'camera_fixed', false),
	seed,
	flag('enableSafetyChecker', 'enable_safety_checker', true),
];

function pages1(path: string, imageResolution: string): ModelPage[] {
	const others: PageField[] = [
		duration(2, 12),
		{ name: 'frames', field: 'num_frames', type: 'integer', range: [29, 289] },
		...camera,
	];
	return [
		pageOf({
			model: `${path}/text-to-video`,
			kind: 'textToVideo',
			fields: [prompt(), ratio(six, '16:9'), resolution(upTo1080p, '1080p'), ...others],
		}),
		pageOf({
			model: `${path}/image-to-video`,
			kind: 'imageToVideo',
			image,
			fields: [prompt(), anyRatio, resolution(upTo1080p, imageResolution), ...others],
		}),
	];
}

function pages15(path: string): ModelPage[] {
	const fields = [
		prompt(),
		ratio(['auto', ...six], '16:9'),
		resolution(upTo1080p),
		duration(4, 12),
		generateAudio,
		...camera,
	];
	return [
		pageOf({ model: `${path}/text-to-video`, kind: 'textToVideo', fields }),
		pageOf({
			model: `${path}/image-to-video`,
			kind: 'imageToVideo',
			image,
			lastImage,
			fields,
		}),
	];
}

export const fal: readonly ModelPage[] = [
	...pages25('bytedance/seedance-2.5', [draft]),
	...pages25('bytedance/seedance-2.5/us', []),
	...pagesFlash('bytedance/seedance-2.5/flash'),
	...pages2('bytedance/seedance-2.0', [...upTo1080p, '4k'], [bitrateMode]),
	...pages2('bytedance/seedance-2.0/fast', ['480p', '720p'], [bitrateMode]),
	...pages2('bytedance/seedance-2.0/mini', ['480p', '720p'], []),
	...pages1('fal-ai/bytedance/seedance/v1/pro', '720p'),
	...pages1('fal-ai/bytedance/seedance/v1/pro/fast', '1080p'),
	...pages15('fal-ai/bytedance/seedance/v1.5/pro'),
];
