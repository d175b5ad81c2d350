import type { IDataObject } from 'n8n-workflow';
import type { NodeName, Vendor } from './bench.mts';

interface Exchange {
	/** What the user set, beyond provider and model. */
	parameters: IDataObject;
	/** The body the vendor must get, to the letter. */
	body: IDataObject;
}

/** One of the five systems of the issue: what the user sets and what the vendor gets. */
export interface System {
	name: string;
	type: NodeName;
	provider: Vendor;
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
}

const apikleyPaths = {
	createPath: '/api/v1/jobs/createTask',
	checkPath: (taskId: string) => `/api/v1/jobs/recordInfo?taskId=${taskId}`,
};

const aimlapiPaths = (path: string) => ({
	createPath: path,
	checkPath: (taskId: string) => `${path}?generation_id=${encodeURIComponent(taskId)}`,
});

const prompt = 'A paper boat — “drifts”\ndown a rain-soaked street 🌧';
const imageUrl = 'https://images.example/first-frame.png?size=large&v=2';

export const systems: System[] = [
	{
		name: 'Apikley text to video',
		type: 'seedanceTextToVideo',
		provider: 'apikley',
		model: 'bytedance/v1-lite-text-to-video',
		...apikleyPaths,
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
		...apikleyPaths,
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
	},
];

/** The system's node, on its model, with these parameters. */
export const on = ({ type, provider, model }: System, parameters: IDataObject) => ({
	type,
	parameters: { provider, model, ...parameters },
});
