import type { Provider } from '../../domain/provider';
import { api } from './api';
import { customModel, models } from './models';

/** Modellix (https://docs.modellix.ai). */
export const modellix: Provider = {
	label: 'Modellix',
	credentialType: 'seedanceModellixApi',
	apiKeysUrl: 'https://www.modellix.ai',
	baseUrl: 'https://api.modellix.ai',
	// Three concurrent tasks for a team and 100 requests a minute for a key (archived vendor docs);
	// ten of them are left for the user's other callers.
	limits: {
		maxParallelTasks: 3,
		creates: { count: 50, windowMs: 60_000 },
		requests: { count: 90, windowMs: 60_000 },
	},
	referenceTag: '[Image 1]',
	commonInModelIds: '^seedance-',
	models,
	defaultModels: {
		textToVideo: 'seedance-1.0-pro-fast-t2v',
		imageToVideo: 'seedance-2.0-fast-i2v',
		edit: 'seedance-2.0-fast-v2v',
		extend: 'seedance-2.0-fast-v2v',
		reference: 'seedance-2.0-fast-v2v',
	},
	defaultModelsOfVersion1: { textToVideo: 'seedance-1.0-lite-t2v' },
	kinds: ['textToVideo', 'imageToVideo', 'edit', 'extend', 'reference'],
	customModel,
	vendor: api,
};
