import type { Provider } from '../../domain/provider';
import { api } from './api';
import { customModel, models } from './models';

/** AI/ML API (https://docs.aimlapi.com). */
export const aimlapi: Provider = {
	label: 'AI/ML API',
	credentialType: 'seedanceAimlApi',
	aliases: ['aimlapi'],
	apiKeysUrl: 'https://aimlapi.com/app/keys',
	pricesUrl: 'https://aimlapi.com/ai-ml-api-pricing',
	baseUrl: 'https://api.aimlapi.com',
	// The vendor publishes no numbers; its 429 answers are waited for.
	limits: { maxParallelTasks: 10 },
	referenceTag: '@Image1',
	commonInModelIds: '^bytedance/(dreamina-)?seedance-',
	models,
	defaultModels: {
		textToVideo: 'bytedance/seedance-2-0-fast',
		imageToVideo: 'bytedance/seedance-2-0-fast',
		reference: 'bytedance/seedance-2-0-fast',
	},
	defaultModelsOfVersion1: {
		textToVideo: 'bytedance/seedance-1-0-lite-t2v',
		imageToVideo: 'bytedance/seedance-1-0-lite-i2v',
	},
	kinds: ['textToVideo', 'imageToVideo', 'reference'],
	customModel,
	vendor: api,
};
