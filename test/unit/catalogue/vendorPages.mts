/**
 * What the vendors' own pages say about their models, copied by hand: the expectation that the
 * catalogue is held against, so nothing here is derived from it.
 */
export interface PageField {
	/** This package's name. */
	name: string;
	/** The vendor's name. */
	field: string;
	required?: true;
	values?: readonly string[];
	range?: readonly [number, number];
	maxLength?: number;
	default?: string | number | boolean;
	type: 'string' | 'integer' | 'boolean';
}

export interface ModelPage {
	provider: 'apikley' | 'modellix' | 'aimlapi';
	model: string;
	kind: 'textToVideo' | 'imageToVideo';
	image?: { field: string; byFile: boolean };
	fields: readonly PageField[];
}

const prompt = (maxLength?: number): PageField => ({
	name: 'prompt',
	field: 'prompt',
	required: true,
	type: 'string',
	maxLength,
});

export const vendorPages: readonly ModelPage[] = [
	{
		provider: 'apikley',
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
			{ name: 'duration', field: 'duration', type: 'string', values: ['5', '10'], default: '5' },
			{ name: 'cameraFixed', field: 'camera_fixed', type: 'boolean' },
			{ name: 'seed', field: 'seed', type: 'integer' },
			{ name: 'enableSafetyChecker', field: 'enable_safety_checker', type: 'boolean' },
		],
	},
	{
		provider: 'apikley',
		model: 'bytedance/v1-pro-fast-image-to-video',
		kind: 'imageToVideo',
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
			{ name: 'duration', field: 'duration', type: 'string', values: ['5', '10'], default: '5' },
		],
	},
	{
		provider: 'modellix',
		model: 'seedance-1.0-lite-t2v',
		kind: 'textToVideo',
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
			{ name: 'frames', field: 'frames', type: 'integer', range: [29, 289] },
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
	{
		provider: 'aimlapi',
		model: 'bytedance/seedance-1-0-lite-t2v',
		kind: 'textToVideo',
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
			{ name: 'duration', field: 'duration', type: 'integer', values: ['5', '10'] },
			{ name: 'cameraFixed', field: 'camerafixed', type: 'boolean', default: false },
			{ name: 'seed', field: 'seed', type: 'integer' },
			{ name: 'watermark', field: 'watermark', type: 'boolean', default: false },
		],
	},
	{
		provider: 'aimlapi',
		model: 'bytedance/seedance-1-0-lite-i2v',
		kind: 'imageToVideo',
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
			{ name: 'duration', field: 'duration', type: 'integer', values: ['5', '10'] },
			{ name: 'cameraFixed', field: 'camera_fixed', type: 'boolean', default: false },
			{ name: 'seed', field: 'seed', type: 'integer' },
			{ name: 'watermark', field: 'watermark', type: 'boolean', default: false },
		],
	},
];
