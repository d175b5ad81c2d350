import type { Provider } from '../../../../nodes/shared/domain/provider.ts';
import { api } from './api.mts';
import { customModel, models } from './models.mts';

/** A vendor that does not exist, of the shape of fal: a queue, a storage and a platform, each on a host. */
export const madeUp: Provider = {
	label: 'Made-Up',
	credentialType: 'madeUpApi',
	apiKeysUrl: 'https://made-up.example/keys',
	baseUrl: 'https://queue.made-up.example',
	hosts: {
		rest: 'https://rest.made-up.example',
		platform: 'https://api.made-up.example',
	},
	limits: { maxParallelTasks: 2 },
	models,
	defaultModels: {
		textToVideo: 'made-up/seedance-9/text-to-video',
		imageToVideo: 'made-up/seedance-9/image-to-video',
	},
	kinds: ['textToVideo', 'imageToVideo'],
	customModel,
	vendor: api,
};
