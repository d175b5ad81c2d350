import { onVideo } from './onVideo.mts';
import { prompt } from './prompt.mts';
import type { ModelPage, PageField, PageImage, PageUrlList } from './types.mts';

const resolution = (values: readonly string[]): PageField => ({
	name: 'resolution',
	field: 'resolution',
	type: 'string',
	values,
	default: '720p',
});

const duration = (to: number): PageField => ({
	name: 'duration',
	field: 'duration',
	type: 'integer',
	range: [4, to],
	default: 5,
});

const ratio: PageField = {
	name: 'aspectRatio',
	field: 'aspect_ratio',
	type: 'string',
	values: ['16:9', '9:16', '4:3', '3:4', '1:1', '21:9'],
	default: '16:9',
};

const flag = (name: string, field: string, byDefault: boolean): PageField => ({
	name,
	field,
	type: 'boolean',
	default: byDefault,
});
const sound = flag('generateAudio', 'generate_audio', true);
const webSearch = flag('webSearch', 'enable_web_search', false);

const image: PageImage = { field: 'image', byFile: false };
const lastImage: PageImage = { field: 'last_image', byFile: false };
const frames = { image, lastImage };

const list = (field: string, maxCount: number): PageUrlList => ({ field, byFile: false, maxCount });
const references = (images: number, clips: number) => ({
	urlLists: [
		list('reference_images', images),
		list('reference_videos', clips),
		list('reference_audios', clips),
	],
});

const video = { video: { field: 'video', byFile: false } };
const videoAndOthers = {
	...video,
	urlLists: [list('reference_images', 9), list('reference_audios', 3)],
};

type Media = Pick<ModelPage, 'image' | 'lastImage' | 'urlLists' | 'video'>;

const page = (
	name: string,
	kind: ModelPage['kind'],
	fields: readonly PageField[],
	media: Media = {},
): ModelPage => ({
	provider: 'wavespeed',
	model: `bytedance/${name}`,
	kind,
	createPath: `/api/v3/bytedance/${name}`,
	taskPath: '/api/v3/predictions/{taskId}/result',
	...media,
	fields: [prompt(), ...fields],
});

const all = ['480p', '720p', '1080p', '4k'];
const newest = [ratio, resolution(all), duration(30), sound];
const newestOfImage = [resolution(all), duration(30), sound];
const turbo = [resolution(['720p', '1080p']), duration(30), sound];
const flash = [ratio, resolution(['480p', '720p']), duration(30), sound];
const flashOfImage = [resolution(['480p', '720p']), duration(30), sound];
// Its ratio may be left out, and is the image's then: the nodes leave it out.
const newer = [resolution(['480p', '720p', '1080p']), duration(15), webSearch, sound];

/** Length and ratio are the video's. */
const edited = (resolutions: readonly string[]) => [resolution(resolutions), sound];
const editedWithSearch = [...edited(['480p', '720p', '1080p']), webSearch];

const withReference = (one: ModelPage) => [one, onVideo(one, 'reference')];

// How many references 2.5 takes, its page does not say; these are the model's own numbers.
export const wavespeed: readonly ModelPage[] = [
	page('seedance-2.5/text-to-video', 'textToVideo', newest),
	page('seedance-2.5/image-to-video', 'imageToVideo', newestOfImage, frames),
	...withReference(page('seedance-2.5/text-to-video', 'imageToVideo', newest, references(30, 10))),
	page('seedance-2.5/video-edit', 'edit', edited(all), videoAndOthers),
	page('seedance-2.5/video-extend', 'extend', newestOfImage, video),
	page('seedance-2.5/video-edit-turbo', 'edit', edited(['720p', '1080p']), videoAndOthers),
	page('seedance-2.5/image-to-video-turbo', 'imageToVideo', turbo, frames),
	page('seedance-2.5-flash/text-to-video', 'textToVideo', flash),
	page('seedance-2.5-flash/image-to-video', 'imageToVideo', flashOfImage, frames),
	...withReference(
		page('seedance-2.5-flash/reference-to-video', 'imageToVideo', flash, references(10, 5)),
	),
	page('seedance-2.5-flash/video-edit', 'edit', edited(['480p', '720p']), video),
	// Length and ratio may be left out here, and are the video's then: the nodes leave them out.
	page('seedance-2.0/video-edit', 'edit', editedWithSearch, videoAndOthers),
	page('seedance-2.0-fast/video-edit', 'edit', editedWithSearch, videoAndOthers),
	page('seedance-2.0/image-to-video', 'imageToVideo', newer, frames),
	page('seedance-2.0-fast/image-to-video', 'imageToVideo', newer, frames),
];
