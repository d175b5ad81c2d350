import { prompt } from './prompt.mts';
import type { ModelPage, PageField } from './types.mts';

const common = {
	provider: 'apikley',
	createPath: '/api/v1/jobs/createTask',
	taskPath: '/api/v1/jobs/recordInfo?taskId={taskId}',
} as const;

const duration: PageField = {
	name: 'duration',
	field: 'duration',
	type: 'string',
	values: ['5', '10'],
	default: '5',
};

export const apikley: readonly ModelPage[] = [
	{
		...common,
		model: 'bytedance/v1-pro-text-to-video',
		kind: 'textToVideo',
		fields: [
			prompt(10000),
			{
				name: 'aspectRatio',
				field: 'aspect_ratio',
				type: 'string',
				values: ['21:9', '16:9', '4:3', '1:1', '3:4', '9:16'],
				default: '16:9',
			},
			{
				name: 'resolution',
				field: 'resolution',
				type: 'string',
				values: ['480p', '720p', '1080p'],
				default: '720p',
			},
			duration,
			{ name: 'cameraFixed', field: 'camera_fixed', type: 'boolean' },
			{
				name: 'seed',
				field: 'seed',
				type: 'integer',
				range: [-1, 2147483647],
				default: -1,
			},
			{
				name: 'enableSafetyChecker',
				field: 'enable_safety_checker',
				type: 'boolean',
				default: true,
			},
		],
	},
	{
		...common,
		model: 'bytedance/v1-pro-fast-image-to-video',
		kind: 'imageToVideo',
		// "File URL after upload, not file content".
		image: { field: 'image_url', byFile: false },
		fields: [
			prompt(10000),
			{
				name: 'resolution',
				field: 'resolution',
				type: 'string',
				values: ['720p', '1080p'],
				default: '720p',
			},
			duration,
		],
	},
	{
		...common,
		model: 'bytedance/v1-lite-text-to-video',
		kind: 'textToVideo',
		fields: [
			prompt(10000),
			{
				name: 'aspectRatio',
				field: 'aspect_ratio',
				type: 'string',
				values: ['16:9', '4:3', '1:1', '3:4', '9:16', '9:21'],
				default: '16:9',
			},
			{
				name: 'resolution',
				field: 'resolution',
				type: 'string',
				values: ['480p', '720p', '1080p'],
				default: '720p',
			},
			duration,
			{ name: 'cameraFixed', field: 'camera_fixed', type: 'boolean' },
			{ name: 'seed', field: 'seed', type: 'integer' },
			{ name: 'enableSafetyChecker', field: 'enable_safety_checker', type: 'boolean' },
		],
	},
];
