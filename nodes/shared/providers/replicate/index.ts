import type { Provider } from '../../domain/provider';
import { api, RESULT_LIFETIME_MINUTES } from './api';
import { customModel, DEFAULT_MODEL, models, NEWEST_MODEL } from './models';

/** Replicate (https://replicate.com/docs). */
export const replicate: Provider = {
	label: 'Replicate',
	credentialType: 'seedanceReplicateApi',
	apiKeysUrl: 'https://replicate.com/account/api-tokens',
	pricesUrl: 'https://replicate.com/pricing',
	baseUrl: 'https://api.replicate.com/v1',
	// https://replicate.com/docs/topics/predictions/rate-limits: 600 new ones and 3000 other requests a
	// minute, of which a few are left for the user's other callers; less where little credit is left,
	// which a 429 tells. How many run at once is documented nowhere.
	limits: {
		maxParallelTasks: 10,
		creates: { count: 550, windowMs: 60_000 },
		requests: { count: 45, windowMs: 1000 },
	},
	resultLifetimeMinutes: RESULT_LIFETIME_MINUTES,
	referenceTag: '[Image1]',
	commonInModelIds: '^bytedance/seedance-',
	models,
	defaultModels: {
		textToVideo: DEFAULT_MODEL,
		imageToVideo: DEFAULT_MODEL,
		edit: NEWEST_MODEL,
		extend: NEWEST_MODEL,
		reference: DEFAULT_MODEL,
	},
	kinds: ['textToVideo', 'imageToVideo', 'edit', 'extend', 'reference'],
	customModel,
	vendor: api,
};
