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

// The two pages disagree about the camera field's name.
export const aimlapi: readonly ModelPage[] = [
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
