import { prompt } from './prompt.mts';
import type { ModelPage } from './types.mts';

export const modellix: readonly ModelPage[] = [
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
