import type { Provider } from '../../domain/provider';
import { api } from './api';
import { customModel, models } from './models';

/** Apikley, a reseller with the same API as kie.ai (https://docs.apikley.ru/llms.txt). */
export const apikley: Provider = {
	label: 'Apikley',
	credentialType: 'apikleyApi',
	apiKeysUrl: 'https://app.apikley.ru/keys',
	baseUrl: 'https://api.apikley.ru',
	// kie.ai, whose API this is, takes 20 new tasks in 10 s (https://docs.kie.ai/1973359m0.md).
	limits: { maxParallelTasks: 20, creates: { count: 20, windowMs: 10_000 } },
	models,
	defaultModelsOfVersion1: { textToVideo: 'bytedance/v1-lite-text-to-video' },
	defaultModels: {
		textToVideo: 'bytedance/v1-pro-text-to-video',
		imageToVideo: 'bytedance/v1-pro-fast-image-to-video',
	},
	kinds: ['textToVideo', 'imageToVideo'],
	customModel,
	vendor: api,
};
