import type { IDataObject } from 'n8n-workflow';
import type { NodeName, VendorId } from './bench.mts';

interface Exchange {
	/** What the user set, beyond provider and model. */
	parameters: IDataObject;
	/** The body the vendor must get, to the letter. */
	body: IDataObject;
}

/** A node on a model of a vendor: what the user sets and what the vendor gets. */
export interface System {
	name: string;
	type: NodeName;
	provider: VendorId;
	model: string;
	createPath: string;
	checkPath: (taskId: string) => string;
	/** Only what has no default in the node. */
	minimal: Exchange;
	/** Every parameter and option the model has. */
	complete: Exchange;
	usage: IDataObject | undefined;
	/** Known from the vendor's answers alone. */
	tellsTimes: boolean;
	/** With which seed it was made. */
	tellsSeed?: true;
	/** Its links say for how long they work. */
	tellsExpiry?: true;
}

const marketPaths = {
	createPath: '/api/v1/jobs/createTask',
	checkPath: (taskId: string) => `/api/v1/jobs/recordInfo?taskId=${taskId}`,
};

const aimlapiPaths = (path: string) => ({
	createPath: path,
	checkPath: (taskId: string) => `${path}?generation_id=${encodeURIComponent(taskId)}`,
});

const arkPaths = {
	createPath: '/contents/generations/tasks',
	checkPath: (taskId: string) => `/contents/generations/tasks/${taskId}`,
};

const prompt = 'A paper boat — “drifts”\ndown a rain-soaked street 🌧';
const imageUrl = 'https://images.example/first-frame.png?size=large&v=2';

export const systems: System[] = [
	{
		name: 'Apikley text to video',
		type: 'seedanceTextToVideo',
		provider: 'apikley',
		model: 'bytedance/v1-lite-text-to-video',
		...marketPaths,
		minimal: {
			parameters: { prompt },
			body: {
				model: 'bytedance/v1-lite-text-to-video',
				input: { prompt, aspect_ratio: '16:9', resolution: '720p', duration: '5' },
			},
		},
		complete: {
			parameters: {
				prompt,
				aspectRatio: '9:21',
				resolution: '1080p',
				duration: 10,
				options: { cameraFixed: true, seed: 42, enableSafetyChecker: false },
			},
			body: {
				model: 'bytedance/v1-lite-text-to-video',
				input: {
					prompt,
					aspect_ratio: '9:21',
					resolution: '1080p',
					duration: '10',
					camera_fixed: true,
					seed: 42,
					enable_safety_checker: false,
				},
			},
		},
		usage: { credits: 5 },
		tellsTimes: true,
	},
	{
		name: 'Apikley image to video',
		type: 'seedanceImageToVideo',
		provider: 'apikley',
		model: 'bytedance/v1-pro-fast-image-to-video',
		...marketPaths,
		minimal: {
			parameters: { prompt, imageUrl },
			body: {
				model: 'bytedance/v1-pro-fast-image-to-video',
				input: { prompt, resolution: '720p', duration: '5', image_url: imageUrl },
			},
		},
		complete: {
			parameters: { prompt, imageUrl, resolution: '1080p', duration: 10 },
			body: {
				model: 'bytedance/v1-pro-fast-image-to-video',
				input: { prompt, resolution: '1080p', duration: '10', image_url: imageUrl },
			},
		},
		usage: { credits: 5 },
		tellsTimes: true,
	},
	{
		name: 'Modellix text to video',
		type: 'seedanceTextToVideo',
		provider: 'modellix',
		model: 'seedance-1.0-lite-t2v',
		createPath: '/api/v1/text-to-video/bytedance/seedance-1.0-lite-t2v/async',
		checkPath: (taskId) => `/api/v1/tasks/${taskId}`,
		minimal: {
			parameters: { prompt },
			body: { prompt, ratio: '16:9', resolution: '720p', duration: 5 },
		},
		complete: {
			parameters: {
				prompt,
				aspectRatio: 'adaptive',
				resolution: '480p',
				duration: 12,
				options: {
					seed: 2_147_483_647,
					cameraFixed: true,
					serviceTier: 'flex',
					executionExpiresAfter: 3600,
					returnLastFrame: true,
				},
			},
			body: {
				prompt,
				ratio: 'adaptive',
				resolution: '480p',
				duration: 12,
				seed: 2_147_483_647,
				camera_fixed: true,
				service_tier: 'flex',
				execution_expires_after: 3600,
				return_last_frame: true,
			},
		},
		usage: undefined,
		tellsTimes: true,
	},
	{
		name: 'AI/ML API text to video',
		type: 'seedanceTextToVideo',
		provider: 'aimlapi',
		model: 'bytedance/seedance-1-0-lite-t2v',
		...aimlapiPaths('/v2/video/generations'),
		minimal: {
			parameters: { prompt },
			body: {
				model: 'bytedance/seedance-1-0-lite-t2v',
				prompt,
				aspect_ratio: '16:9',
				resolution: '1080p',
				duration: 5,
			},
		},
		complete: {
			parameters: {
				prompt,
				aspectRatio: '21:9',
				resolution: '480p',
				duration: 10,
				options: { cameraFixed: true, seed: 7, watermark: true },
			},
			body: {
				model: 'bytedance/seedance-1-0-lite-t2v',
				prompt,
				aspect_ratio: '21:9',
				resolution: '480p',
				duration: 10,
				camerafixed: true,
				seed: 7,
				watermark: true,
			},
		},
		usage: { credits: 360_000, usd: 0.18 },
		tellsTimes: false,
		tellsExpiry: true,
	},
	{
		name: 'AI/ML API image to video',
		type: 'seedanceImageToVideo',
		provider: 'aimlapi',
		model: 'bytedance/seedance-1-0-lite-i2v',
		...aimlapiPaths('/v2/generate/video/bytedance/generation'),
		minimal: {
			parameters: { prompt, imageUrl },
			body: {
				model: 'bytedance/seedance-1-0-lite-i2v',
				prompt,
				resolution: '720p',
				duration: 5,
				image_url: imageUrl,
			},
		},
		complete: {
			parameters: {
				prompt,
				imageUrl,
				resolution: '480p',
				duration: 10,
				options: { cameraFixed: true, seed: 7, watermark: true },
			},
			body: {
				model: 'bytedance/seedance-1-0-lite-i2v',
				prompt,
				resolution: '480p',
				duration: 10,
				camera_fixed: true,
				seed: 7,
				watermark: true,
				image_url: imageUrl,
			},
		},
		usage: { credits: 360_000, usd: 0.18 },
		tellsTimes: false,
		tellsExpiry: true,
	},
	{
		name: 'kie.ai text to video',
		type: 'seedanceTextToVideo',
		provider: 'kie',
		model: 'bytedance/seedance-2-fast',
		...marketPaths,
		minimal: {
			parameters: { prompt },
			body: {
				model: 'bytedance/seedance-2-fast',
				input: { prompt, aspect_ratio: '16:9', resolution: '720p', duration: 5 },
			},
		},
		complete: {
			parameters: {
				prompt,
				aspectRatio: 'adaptive',
				resolution: '480p',
				duration: 15,
				options: {
					generateAudio: false,
					nsfwChecker: true,
					returnLastFrame: true,
					webSearch: true,
				},
			},
			body: {
				model: 'bytedance/seedance-2-fast',
				input: {
					prompt,
					aspect_ratio: 'adaptive',
					resolution: '480p',
					duration: 15,
					generate_audio: false,
					nsfw_checker: true,
					return_last_frame: true,
					web_search: true,
				},
			},
		},
		usage: { credits: 5 },
		tellsTimes: true,
	},
	{
		name: 'kie.ai image to video',
		type: 'seedanceImageToVideo',
		provider: 'kie',
		model: 'bytedance/seedance-1.5-pro',
		...marketPaths,
		minimal: {
			parameters: { prompt, imageUrl },
			body: {
				model: 'bytedance/seedance-1.5-pro',
				input: {
					prompt,
					aspect_ratio: '1:1',
					resolution: '720p',
					duration: 5,
					input_urls: [imageUrl],
				},
			},
		},
		complete: {
			parameters: {
				prompt,
				imageUrl,
				aspectRatio: '21:9',
				resolution: '1080p',
				duration: 12,
				options: { cameraFixed: true, generateAudio: true, nsfwChecker: true },
			},
			body: {
				model: 'bytedance/seedance-1.5-pro',
				input: {
					prompt,
					aspect_ratio: '21:9',
					resolution: '1080p',
					duration: 12,
					fixed_lens: true,
					generate_audio: true,
					nsfw_checker: true,
					input_urls: [imageUrl],
				},
			},
		},
		usage: { credits: 5 },
		tellsTimes: true,
	},
	{
		name: 'BytePlus text to video',
		type: 'seedanceTextToVideo',
		provider: 'byteplus',
		model: 'dreamina-seedance-2-0-fast-260128',
		...arkPaths,
		minimal: {
			parameters: { prompt },
			body: {
				model: 'dreamina-seedance-2-0-fast-260128',
				content: [{ type: 'text', text: prompt }],
				ratio: 'adaptive',
				resolution: '720p',
				duration: 5,
			},
		},
		complete: {
			parameters: {
				prompt,
				aspectRatio: '21:9',
				resolution: '480p',
				duration: -1,
				options: {
					generateAudio: false,
					priority: 9,
					returnLastFrame: true,
					watermark: true,
					webSearch: true,
				},
			},
			body: {
				model: 'dreamina-seedance-2-0-fast-260128',
				content: [{ type: 'text', text: prompt }],
				ratio: '21:9',
				resolution: '480p',
				duration: -1,
				generate_audio: false,
				priority: 9,
				return_last_frame: true,
				watermark: true,
				tools: [{ type: 'web_search' }],
			},
		},
		usage: { tokens: 108_900 },
		tellsSeed: true,
		tellsTimes: true,
		tellsExpiry: true,
	},
	{
		name: 'BytePlus image to video',
		type: 'seedanceImageToVideo',
		provider: 'byteplus',
		model: 'dreamina-seedance-2-5-260628',
		...arkPaths,
		minimal: {
			parameters: { prompt, imageUrl },
			body: {
				model: 'dreamina-seedance-2-5-260628',
				content: [
					{ type: 'text', text: prompt },
					{ type: 'image_url', image_url: { url: imageUrl }, role: 'first_frame' },
				],
				ratio: 'adaptive',
				resolution: '720p',
				duration: 5,
			},
		},
		complete: {
			parameters: {
				prompt,
				imageUrl,
				lastImageInputType: 'url',
				lastImageUrl: `${imageUrl}&last`,
				aspectRatio: 'adaptive',
				resolution: '480p',
				duration: 30,
				options: {
					draft: true,
					generateAudio: true,
					outputFormat: 'mov',
					priority: 0,
					returnLastFrame: false,
					watermark: false,
				},
			},
			body: {
				model: 'dreamina-seedance-2-5-260628',
				content: [
					{ type: 'text', text: prompt },
					{ type: 'image_url', image_url: { url: imageUrl }, role: 'first_frame' },
					{ type: 'image_url', image_url: { url: `${imageUrl}&last` }, role: 'last_frame' },
				],
				ratio: 'adaptive',
				resolution: '480p',
				duration: 30,
				draft: true,
				generate_audio: true,
				output_format: 'mov',
				priority: 0,
				return_last_frame: false,
				watermark: false,
			},
		},
		usage: { tokens: 108_900 },
		tellsSeed: true,
		tellsTimes: true,
		tellsExpiry: true,
	},
	{
		name: 'Volcengine text to video',
		type: 'seedanceTextToVideo',
		provider: 'volcengine',
		model: 'doubao-seedance-1-0-pro-250528',
		...arkPaths,
		minimal: {
			parameters: { prompt },
			body: {
				model: 'doubao-seedance-1-0-pro-250528',
				content: [{ type: 'text', text: prompt }],
				ratio: '16:9',
				resolution: '1080p',
				duration: 5,
			},
		},
		complete: {
			parameters: {
				prompt,
				aspectRatio: '9:16',
				resolution: '480p',
				duration: 12,
				options: {
					seed: 2_147_483_647,
					cameraFixed: true,
					serviceTier: 'flex',
					executionExpiresAfter: 3600,
					returnLastFrame: true,
					watermark: true,
				},
			},
			body: {
				model: 'doubao-seedance-1-0-pro-250528',
				content: [{ type: 'text', text: prompt }],
				ratio: '9:16',
				resolution: '480p',
				duration: 12,
				seed: 2_147_483_647,
				camera_fixed: true,
				service_tier: 'flex',
				execution_expires_after: 3600,
				return_last_frame: true,
				watermark: true,
			},
		},
		usage: { tokens: 108_900 },
		tellsSeed: true,
		tellsTimes: true,
		tellsExpiry: true,
	},
];

/** The system's node, on its model, with these parameters. */
export const on = ({ type, provider, model }: System, parameters: IDataObject) => ({
	type,
	parameters: { provider, model, ...parameters },
});
