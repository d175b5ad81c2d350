import { onVideo } from './onVideo.mts';
import { optionalPrompt, prompt } from './prompt.mts';
import type { ModelPage, PageField } from './types.mts';

/** The clouds that run Ark; their models differ by a part of the name alone. */
export type ArkCloud = 'byteplus' | 'volcengine';

const prefixes: Record<ArkCloud, { newer: string; older: string }> = {
	byteplus: { newer: 'dreamina-', older: '' },
	volcengine: { newer: 'doubao-', older: 'doubao-' },
};

const ratios = ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9'];

const ratio = (values: readonly string[], byDefault = 'adaptive'): PageField => ({
	name: 'aspectRatio',
	field: 'ratio',
	type: 'string',
	values,
	default: byDefault,
});

const resolution = (values: readonly string[], byDefault: string): PageField => ({
	name: 'resolution',
	field: 'resolution',
	type: 'string',
	values,
	default: byDefault,
});

const duration = (min: number, max: number): PageField => ({
	name: 'duration',
	field: 'duration',
	type: 'integer',
	range: [min, max],
	default: 5,
});

/** From 1.5 on the model chooses the length if it is told -1. */
const openDuration = (min: number, max: number): PageField => ({
	name: 'duration',
	field: 'duration',
	type: 'integer',
	values: ['-1', ...Array.from({ length: max - min + 1 }, (_, index) => String(min + index))],
	// That of 2.5 is -1: at twice the price, if the model likes.
	default: 5,
});

const flag = (name: string, field: string, byDefault = false): PageField => ({
	name,
	field,
	type: 'boolean',
	default: byDefault,
});

const watermark = flag('watermark', 'watermark');
const safetyIdentifier: PageField = {
	name: 'safetyIdentifier',
	field: 'safety_identifier',
	type: 'string',
	maxLength: 64,
};
const taskType: PageField = {
	name: 'taskType',
	field: 'omni_reference_task_type',
	type: 'string',
	values: ['auto', 'reference', 'edit', 'extend'],
	default: 'auto',
};
const returnLastFrame = flag('returnLastFrame', 'return_last_frame');
const cameraFixed = flag('cameraFixed', 'camera_fixed');
const generateAudio = flag('generateAudio', 'generate_audio', true);
const draft = flag('draft', 'draft');

/** In `content`, as `{"type": "draft_task", "draft_task": {"id": …}}`. */
const draftTask: PageField = {
	name: 'draftId',
	field: 'draft_task',
	type: 'string',
	isElsewhere: true,
};

const seed: PageField = {
	name: 'seed',
	field: 'seed',
	type: 'integer',
	range: [-1, 2147483647],
	default: -1,
};

const frames: PageField = {
	name: 'frames',
	field: 'frames',
	type: 'integer',
	range: [29, 289],
	grid: { from: 25, step: 4 },
};

const serviceTier: PageField = {
	name: 'serviceTier',
	field: 'service_tier',
	type: 'string',
	values: ['default', 'flex'],
	default: 'default',
};

const executionExpiresAfter: PageField = {
	name: 'executionExpiresAfter',
	field: 'execution_expires_after',
	type: 'integer',
	range: [3600, 259200],
	default: 172800,
};

const outputFormat: PageField = {
	name: 'outputFormat',
	field: 'output_format',
	type: 'string',
	values: ['mp4', 'mov'],
	default: 'mp4',
};

const priority: PageField = {
	name: 'priority',
	field: 'priority',
	type: 'integer',
	range: [0, 9],
	default: 0,
};

/** The body has it as `tools: [{"type": "web_search"}]`. */
const webSearch = flag('webSearch', 'web_search');

/** Images by their address or as a base64 data URI. */
const frame = (field: 'first_frame' | 'last_frame') => ({ field, byFile: true });
const firstFrame = { image: frame('first_frame') };
const bothFrames = { ...firstFrame, lastImage: frame('last_frame') };
/** From 2.0 on also from the account's own library. */
const byAsset = { byAsset: true } as const;
const newerFrames = {
	image: { ...frame('first_frame'), ...byAsset },
	lastImage: { ...frame('last_frame'), ...byAsset },
};

/** Sounds likewise; videos by their address alone. */
const references = (imageCount: number, clipCount: number, maxUrls: number) => ({
	urlLists: [
		{ field: 'reference_image', byFile: true, ...byAsset, maxCount: imageCount },
		{ field: 'reference_video', byFile: false, ...byAsset, maxCount: clipCount },
		{ field: 'reference_audio', byFile: true, ...byAsset, maxCount: clipCount },
	],
	maxUrls,
});

type Media = Pick<ModelPage, 'image' | 'lastImage' | 'urlLists' | 'maxUrls' | 'takesSoundAlone'>;

const pageOf = (
	provider: ArkCloud,
	model: string,
	page: Media & Pick<ModelPage, 'fields'>,
): ModelPage => ({
	provider,
	model,
	kind: page.image ? 'imageToVideo' : 'textToVideo',
	createPath: '/contents/generations/tasks',
	taskPath: '/contents/generations/tasks/{taskId}',
	...page,
	// "Optional when media is given, but for edits and extensions."
	fields: [page.image ? optionalPrompt() : prompt(), ...page.fields],
});

const both = ['480p', '720p'];
const upTo1080p = [...both, '1080p'];
const anyRatio = ratio([...ratios, 'adaptive']);

/** 2.0 and its smaller sisters differ by their resolutions alone. */
function newerPages(provider: ArkCloud, name: string, resolutions: readonly string[]) {
	const model = `${prefixes[provider].newer}seedance-2-0${name}`;
	const fields = [
		anyRatio,
		resolution(resolutions, '720p'),
		openDuration(4, 15),
		generateAudio,
		safetyIdentifier,
		watermark,
		returnLastFrame,
		priority,
		webSearch,
	];
	const ofMedia = pageOf(provider, model, { ...newerFrames, ...references(9, 3, 15), fields });
	return [pageOf(provider, model, { fields }), ofMedia, onVideo(ofMedia, 'reference')];
}

function newestPages(provider: ArkCloud): ModelPage[] {
	const model = `${prefixes[provider].newer}seedance-2-5-260628`;
	const fields = [
		anyRatio,
		resolution(upTo1080p, '720p'),
		openDuration(4, 30),
		generateAudio,
		safetyIdentifier,
		watermark,
		returnLastFrame,
		draft,
		outputFormat,
		priority,
	];
	const ofMedia = pageOf(provider, model, {
		...newerFrames,
		...references(30, 10, 50),
		takesSoundAlone: true,
		fields: [...fields, taskType],
	});
	// "edit: ratio adaptive, duration -1; extend: ratio adaptive." The nodes make drafts elsewhere.
	return [
		pageOf(provider, model, { fields: [...fields, draftTask] }),
		ofMedia,
		onVideo(ofMedia, 'edit', {
			forced: { omni_reference_task_type: 'edit', ratio: 'adaptive', duration: -1 },
			without: ['taskType', 'aspectRatio', 'duration', 'draft'],
			prompt: prompt(),
		}),
		onVideo(ofMedia, 'extend', {
			forced: { omni_reference_task_type: 'extend', ratio: 'adaptive' },
			without: ['taskType', 'aspectRatio', 'draft'],
			prompt: prompt(),
		}),
		onVideo(ofMedia, 'reference', {
			forced: { omni_reference_task_type: 'reference' },
			without: ['taskType', 'draft'],
		}),
	];
}

function stoppedPages(provider: ArkCloud): ModelPage[] {
	const model = `${prefixes[provider].older}seedance-1-5-pro-251215`;
	const fields = [
		anyRatio,
		resolution(upTo1080p, '720p'),
		openDuration(4, 12),
		seed,
		cameraFixed,
		generateAudio,
		safetyIdentifier,
		watermark,
		returnLastFrame,
		serviceTier,
		executionExpiresAfter,
		draft,
	];
	return [
		pageOf(provider, model, { fields: [...fields, draftTask] }),
		pageOf(provider, model, { ...bothFrames, fields }),
	];
}

function olderPages(provider: ArkCloud, name: string, images: Media): ModelPage[] {
	const model = `${prefixes[provider].older}seedance-1-0-${name}`;
	const fields = [
		resolution(upTo1080p, '1080p'),
		duration(2, 12),
		frames,
		seed,
		cameraFixed,
		safetyIdentifier,
		watermark,
		returnLastFrame,
		serviceTier,
		executionExpiresAfter,
	];
	return [
		pageOf(provider, model, { fields: [ratio(ratios, '16:9'), ...fields] }),
		pageOf(provider, model, { ...images, fields: [anyRatio, ...fields] }),
	];
}

export const arkPages = (provider: ArkCloud): readonly ModelPage[] => [
	...newestPages(provider),
	...newerPages(provider, '-260128', [...upTo1080p, '4k']),
	...newerPages(provider, '-fast-260128', both),
	...newerPages(provider, '-mini-260615', both),
	...olderPages(provider, 'pro-fast-251015', firstFrame),
	...olderPages(provider, 'pro-250528', bothFrames),
	...stoppedPages(provider),
];
