import { onVideo } from './onVideo.mts';
import { prompt } from './prompt.mts';
import type { ModelPage, PageField, PageImage, PageUrlList } from './types.mts';

const common = {
	provider: 'kie',
	createPath: '/api/v1/jobs/createTask',
	taskPath: '/api/v1/jobs/recordInfo?taskId={taskId}',
} as const;

const choice = (
	name: string,
	field: string,
	values: readonly string[],
	byDefault: string,
): PageField => ({ name, field, type: 'string', values, default: byDefault });

const flag = (name: string, field: string, byDefault?: boolean): PageField => ({
	name,
	field,
	type: 'boolean',
	default: byDefault,
});

const ratio = (values: readonly string[], byDefault: string) =>
	choice('aspectRatio', 'aspect_ratio', values, byDefault);
const resolution = (...values: readonly string[]) =>
	choice('resolution', 'resolution', values, '720p');
const upTo1080p = resolution('480p', '720p', '1080p');

const nsfwChecker = flag('nsfwChecker', 'nsfw_checker', false);
const generateAudio = flag('generateAudio', 'generate_audio', true);
const returnLastFrame = flag('returnLastFrame', 'return_last_frame', false);
const webSearch = flag('webSearch', 'web_search');

const byUrl = (field: string): PageImage => ({ field, byFile: false });

const six = ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9'];
const seven = [...six, 'adaptive'];

type Page = Omit<ModelPage, 'provider' | 'createPath' | 'taskPath'>;

/** One page for text and images together. */
function bothKinds(
	page: Pick<Page, 'model' | 'fields'>,
	images: Pick<Page, 'image' | 'lastImage' | 'lastNeedsFirst' | 'urlLists'>,
	ofText: readonly PageField[] = [],
): ModelPage[] {
	return [
		{ ...common, ...page, kind: 'textToVideo', fields: [...page.fields, ...ofText] },
		{ ...common, ...page, kind: 'imageToVideo', ...images },
	];
}

// "First/last frame and references are mutually exclusive."
const framesOr = (images: number, others: number, more: Pick<PageImage, 'byAsset'> = {}) => ({
	image: { ...byUrl('first_frame_url'), ...more },
	lastImage: { ...byUrl('last_frame_url'), ...more },
	lastNeedsFirst: true as const,
	urlLists: [
		{ ...byUrl('reference_image_urls'), ...more, maxCount: images },
		{ ...byUrl('reference_video_urls'), ...more, maxCount: others },
		{ ...byUrl('reference_audio_urls'), ...more, maxCount: others },
	] satisfies PageUrlList[],
});

/** The last page is the one about media. */
function withReference(pages: ModelPage[]): ModelPage[] {
	const ofMedia = pages.at(-1);
	return ofMedia === undefined ? pages : [...pages, onVideo(ofMedia, 'reference')];
}

const page2 = (
	model: string,
	resolutions: readonly string[],
	more: readonly PageField[],
	ofText: readonly PageField[] = [],
) =>
	withReference(
		bothKinds(
			{
				model,
				fields: [
					prompt(20000, 3),
					ratio(seven, '16:9'),
					resolution(...resolutions),
					{ name: 'duration', field: 'duration', type: 'integer', range: [4, 15], default: 5 },
					generateAudio,
					...more,
				],
			},
			// "`asset://asset-…` is accepted everywhere a URL is": said of 2, 2-fast and 2-mini.
			framesOr(9, 3, { byAsset: true }),
			ofText,
		),
	);

const seconds = Array.from({ length: 27 }, (_, index) => String(index + 4));

const [newestOfText, newestOfMedia] = bothKinds(
	{
		model: 'bytedance/seedance-2-5',
		fields: [
			prompt(30000),
			ratio(seven, 'adaptive'),
			upTo1080p,
			{
				name: 'duration',
				field: 'duration',
				type: 'integer',
				values: ['-1', ...seconds],
				default: 5,
			},
			generateAudio,
			returnLastFrame,
			webSearch,
			nsfwChecker,
			choice('outputFormat', 'output_format', ['mp4', 'mov'], 'mp4'),
		],
	},
	framesOr(30, 10, { byAsset: true }),
);

/** As others have found: an edit has to be ordered as long and as wide as the video is. */
const newest = [newestOfText, newestOfMedia].flatMap((one) => {
	if (one === undefined || one.kind === 'textToVideo') return one ?? [];
	const edit = onVideo(one, 'edit', {
		forced: { aspect_ratio: 'adaptive', duration: -1 },
		without: ['aspectRatio', 'duration'],
	});
	return [one, edit, onVideo(one, 'reference')];
});

const pro15 = bothKinds(
	{
		model: 'bytedance/seedance-1.5-pro',
		fields: [
			prompt(20000, 3),
			{ ...ratio(six, '1:1'), mustBeSent: true },
			upTo1080p,
			{
				name: 'duration',
				field: 'duration',
				type: 'integer',
				wireType: 'number',
				range: [4, 12],
				mustBeSent: true,
			},
			flag('cameraFixed', 'fixed_lens', false),
			flag('generateAudio', 'generate_audio', false),
			nsfwChecker,
		],
	},
	{ image: { ...byUrl('input_urls'), isList: true } },
);

const fiveOrTen = choice('duration', 'duration', ['5', '10'], '5');
const camera = flag('cameraFixed', 'camera_fixed');
const safety = flag('enableSafetyChecker', 'enable_safety_checker');
const seed: PageField = {
	name: 'seed',
	field: 'seed',
	type: 'integer',
	range: [-1, 2147483647],
	default: -1,
};

const page1 = (page: Pick<Page, 'model' | 'kind' | 'image' | 'lastImage'>): ModelPage => ({
	...common,
	...page,
	fields: [prompt(10000), upTo1080p, fiveOrTen, camera, seed, safety, nsfwChecker],
});

const textPage1 = (model: string, ratios: readonly string[], itsSeed: PageField): ModelPage => ({
	...common,
	model,
	kind: 'textToVideo',
	fields: [
		prompt(10000),
		ratio(ratios, '16:9'),
		upTo1080p,
		fiveOrTen,
		camera,
		itsSeed,
		safety,
		nsfwChecker,
	],
});

export const kie: readonly ModelPage[] = [
	...newest,
	...page2('bytedance/seedance-2', ['480p', '720p', '1080p', '4k'], [webSearch, returnLastFrame]),
	...page2(
		'bytedance/seedance-2-fast',
		['480p', '720p'],
		[returnLastFrame, nsfwChecker],
		[webSearch],
	),
	...page2('bytedance/seedance-2-mini', ['480p', '720p'], [nsfwChecker], [webSearch]),
	textPage1('bytedance/v1-pro-text-to-video', ['21:9', '16:9', '4:3', '1:1', '3:4', '9:16'], seed),
	page1({
		model: 'bytedance/v1-pro-image-to-video',
		kind: 'imageToVideo',
		image: byUrl('image_url'),
	}),
	{
		...common,
		model: 'bytedance/v1-pro-fast-image-to-video',
		kind: 'imageToVideo',
		image: byUrl('image_url'),
		fields: [prompt(10000), resolution('720p', '1080p'), fiveOrTen, nsfwChecker],
	},
	...pro15,
	textPage1('bytedance/v1-lite-text-to-video', ['16:9', '4:3', '1:1', '3:4', '9:16', '9:21'], {
		name: 'seed',
		field: 'seed',
		type: 'integer',
	}),
	page1({
		model: 'bytedance/v1-lite-image-to-video',
		kind: 'imageToVideo',
		image: byUrl('image_url'),
		lastImage: byUrl('end_image_url'),
	}),
];
