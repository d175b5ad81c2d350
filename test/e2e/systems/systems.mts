import { sampleImage } from '../../../sandbox/media/embedded.mts';
import type { WorkflowNode } from '../../../lab/n8nClient.mts';
import { seedanceNode, type SharedStage, type VendorId } from '../stage.mts';

export const IMAGE_TO_VIDEO = 'n8n-nodes-seedance.seedanceImageToVideo';

export interface System {
	name: string;
	vendor: VendorId;
	model: string;
	type?: string;
	/** Beyond provider, model and prompt. */
	parameters: (stage: SharedStage) => Record<string, unknown>;
	/** Nodes between the trigger and the node. */
	before?: (stage: SharedStage) => WorkflowNode[];
	/** What the row has beyond task ID, provider, model, status and video URL. */
	row: Record<string, unknown>;
	/** What the vendor was sent for the image, exactly. */
	imageUrl?: (stage: SharedStage) => unknown;
	hasLastFrame?: boolean;
}

const time: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const anyNumber: unknown = expect.any(Number);
const anyObject: unknown = expect.any(Object);
const sampleImageUrl = ({ sandbox }: SharedStage) => `${sandbox.url}/media/sample.png`;

export const systems: System[] = [
	{
		name: 'Apikley text to video',
		vendor: 'apikley',
		model: 'bytedance/v1-lite-text-to-video',
		parameters: () => ({ aspectRatio: '9:16', duration: 10 }),
		row: {
			aspectRatio: '9:16',
			duration: 10,
			resolution: '720p',
			usage: { credits: 5 },
			createdAt: time,
			completedAt: time,
		},
	},
	{
		name: 'Apikley image to video, by URL',
		vendor: 'apikley',
		model: 'bytedance/v1-pro-fast-image-to-video',
		type: IMAGE_TO_VIDEO,
		parameters: (stage) => ({ imageUrl: sampleImageUrl(stage) }),
		row: {
			duration: 5,
			resolution: '720p',
			usage: { credits: 5 },
			createdAt: time,
			completedAt: time,
		},
		imageUrl: sampleImageUrl,
	},
	{
		name: 'Modellix text to video, with the last frame',
		vendor: 'modellix',
		model: 'seedance-1.0-lite-t2v',
		parameters: () => ({ duration: 7, options: { pollInterval: 1, returnLastFrame: true } }),
		row: {
			aspectRatio: '16:9',
			duration: 7,
			resolution: '720p',
			createdAt: time,
			completedAt: time,
			lastFrameUrl: expect.stringMatching(/\/media\/task-video-.+\.png$/),
		},
		hasLastFrame: true,
	},
	{
		name: 'AI/ML API text to video',
		vendor: 'aimlapi',
		model: 'bytedance/seedance-1-0-lite-t2v',
		parameters: () => ({ aspectRatio: '9:21' }),
		row: {
			aspectRatio: '9:21',
			duration: 5,
			resolution: '1080p',
			usage: { credits: 360_000, usd: 0.18 },
			expiresAt: time,
		},
	},
	{
		name: 'AI/ML API image to video, with a file from a previous node',
		vendor: 'aimlapi',
		model: 'bytedance/seedance-1-0-lite-i2v',
		type: IMAGE_TO_VIDEO,
		parameters: () => ({ imageInputType: 'binary', imageBinaryPropertyName: 'picture' }),
		before: (stage) => [pictureNode(sampleImageUrl(stage))],
		row: {
			duration: 5,
			resolution: '720p',
			usage: { credits: 360_000, usd: 0.18 },
			expiresAt: time,
		},
		imageUrl: () => `data:image/png;base64,${sampleImage.toString('base64')}`,
	},
	{
		name: 'AI/ML API image to video, with references',
		vendor: 'aimlapi',
		model: 'bytedance/seedance-2-0-fast',
		type: IMAGE_TO_VIDEO,
		parameters: (stage) => ({
			imageMode: 'references',
			referenceImages: { image: [{ inputType: 'url', url: sampleImageUrl(stage) }] },
			referenceAudios: { audio: [{ url: `${stage.sandbox.url}/media/sample.mp3` }] },
		}),
		row: {
			aspectRatio: '16:9',
			duration: 8,
			resolution: '720p',
			usage: { credits: 360_000, usd: 0.18 },
			expiresAt: time,
		},
	},
	{
		name: 'kie.ai image to video, with an uploaded file and the last frame',
		vendor: 'kie',
		model: 'bytedance/seedance-2-fast',
		type: IMAGE_TO_VIDEO,
		parameters: () => ({
			imageInputType: 'binary',
			imageBinaryPropertyName: 'picture',
			options: { pollInterval: 1, returnLastFrame: true },
		}),
		before: (stage) => [pictureNode(sampleImageUrl(stage))],
		row: {
			aspectRatio: '16:9',
			duration: 5,
			resolution: '720p',
			usage: { credits: 5 },
			createdAt: time,
			completedAt: time,
			lastFrameUrl: expect.stringMatching(/\/media\/task_bytedance_.+\.png$/),
		},
		imageUrl: ({ sandbox }): unknown => expect.stringContaining(`${sandbox.url}/kie/files/`),
		hasLastFrame: true,
	},
	{
		name: 'BytePlus image to video, first and last image, one of them a file',
		vendor: 'byteplus',
		model: 'dreamina-seedance-2-0-fast-260128',
		type: IMAGE_TO_VIDEO,
		parameters: (stage) => ({
			imageInputType: 'binary',
			imageBinaryPropertyName: 'picture',
			lastImageInputType: 'url',
			lastImageUrl: sampleImageUrl(stage),
		}),
		before: (stage) => [pictureNode(sampleImageUrl(stage))],
		row: {
			aspectRatio: 'adaptive',
			duration: 5,
			resolution: '720p',
			seed: 78674,
			usage: { tokens: anyNumber },
			createdAt: time,
			completedAt: time,
			expiresAt: time,
		},
	},
	{
		name: 'fal image to video, with an uploaded file',
		vendor: 'fal',
		model: 'bytedance/seedance-2.0/fast/image-to-video',
		type: IMAGE_TO_VIDEO,
		parameters: () => ({ imageInputType: 'binary', imageBinaryPropertyName: 'picture' }),
		before: (stage) => [pictureNode(sampleImageUrl(stage))],
		row: { aspectRatio: 'auto', duration: 5, resolution: '720p', seed: 42, taskUrls: anyObject },
		imageUrl: ({ sandbox }): unknown =>
			expect.stringContaining(`${sandbox.url}/fal/storage/files/`),
	},
	{
		name: 'Replicate image to video, with an uploaded file',
		vendor: 'replicate',
		model: 'bytedance/seedance-2.0-fast',
		type: IMAGE_TO_VIDEO,
		parameters: () => ({ imageInputType: 'binary', imageBinaryPropertyName: 'picture' }),
		before: (stage) => [pictureNode(sampleImageUrl(stage))],
		row: {
			aspectRatio: '16:9',
			duration: 5,
			resolution: '720p',
			createdAt: time,
			completedAt: time,
			expiresAt: time,
		},
		imageUrl: ({ sandbox }): unknown => expect.stringContaining(`${sandbox.url}/replicate/files/`),
	},
];

/** n8n's own node that fetches a file, as someone would use it before an image to video node. */
export const pictureNode = (url: string): WorkflowNode => ({
	name: 'Picture',
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	position: [300, 0],
	parameters: {
		url,
		options: { response: { response: { responseFormat: 'file', outputPropertyName: 'picture' } } },
	},
});

export function systemNode(stage: SharedStage, system: System): WorkflowNode {
	const { vendor, model, type, name } = system;
	return seedanceNode(
		stage,
		vendor,
		{
			model,
			prompt: `${name}: a paper boat`,
			options: { pollInterval: 1 },
			...system.parameters(stage),
		},
		type === undefined ? {} : { type },
	);
}
