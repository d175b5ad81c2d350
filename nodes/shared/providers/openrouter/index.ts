import type { Provider } from '../../domain/provider';
import { api } from './api';
import { customModel, DEFAULT_MODEL, models } from './models';

/** OpenRouter (https://openrouter.ai/docs). */
export const openrouter: Provider = {
	label: 'OpenRouter',
	credentialType: 'seedanceOpenRouterApi',
	apiKeysUrl: 'https://openrouter.ai/settings/keys',
	pricesUrl: 'https://openrouter.ai/bytedance',
	baseUrl: 'https://openrouter.ai/api/v1',
	// It documents no number of tasks at once, but holds back money for each.
	limits: { maxParallelTasks: 10 },
	videosNeedKey: true,
	commonInModelIds: '^bytedance/seedance-',
	models,
	defaultModels: {
		textToVideo: DEFAULT_MODEL,
		imageToVideo: DEFAULT_MODEL,
		reference: DEFAULT_MODEL,
	},
	kinds: ['textToVideo', 'imageToVideo', 'reference'],
	customModel,
	vendor: api,
};
