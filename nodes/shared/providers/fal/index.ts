import type { Provider } from '../../domain/provider';
import { api } from './api';
import { customModel, models } from './models';

/** fal (https://fal.ai/docs). */
export const fal: Provider = {
	label: 'fal',
	credentialType: 'seedanceFalApi',
	apiKeysUrl: 'https://fal.ai/dashboard/keys',
	pricesUrl: 'https://fal.ai/pricing',
	baseUrl: 'https://queue.fal.run',
	hosts: { rest: 'https://rest.fal.ai', platform: 'https://api.fal.ai' },
	// fal runs 2 requests of a new account at once, up to 40 after purchases, and lets the others
	// wait in its queue (https://fal.ai/docs/documentation/model-apis/faq). More at once would only
	// make the last ones wait for longer than the node does.
	limits: { maxParallelTasks: 10 },
	referenceTag: '@Image1',
	commonInModelIds: '^(fal-ai/)?bytedance/seedance[-/]|/(text|image)-to-video$|-to-video$',
	modelPrefixes: ['fal-ai/'],
	models,
	defaultModels: {
		textToVideo: 'bytedance/seedance-2.0/fast/text-to-video',
		imageToVideo: 'bytedance/seedance-2.0/fast/image-to-video',
		edit: 'bytedance/seedance-2.5/reference-to-video',
		extend: 'bytedance/seedance-2.5/reference-to-video',
		reference: 'bytedance/seedance-2.0/fast/reference-to-video',
	},
	kinds: ['textToVideo', 'imageToVideo', 'edit', 'extend', 'reference'],
	customModel,
	vendor: api,
};
