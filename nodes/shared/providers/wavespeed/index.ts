import type { Provider } from '../../domain/provider';
import { api } from './api';
import { customModel, EDIT_MODEL, EXTEND_MODEL, IMAGE_MODEL, models, TEXT_MODEL } from './models';

/** WaveSpeed (https://wavespeed.ai/docs). */
export const wavespeed: Provider = {
	label: 'WaveSpeed',
	credentialType: 'seedanceWaveSpeedApi',
	apiKeysUrl: 'https://wavespeed.ai/accesskey',
	pricesUrl: 'https://wavespeed.ai/pricing',
	baseUrl: 'https://api.wavespeed.ai',
	// https://wavespeed.ai/docs/account-levels: a new account may order 5 videos a minute and has 3 made
	// at once, the others wait; after purchases it is 60 and 100, and more.
	limits: { maxParallelTasks: 3, creates: { count: 5, windowMs: 60_000 } },
	commonInModelIds: '^bytedance/seedance-|/(text|image)-to-video(?=$|-)|-to-video$',
	models,
	defaultModels: {
		textToVideo: TEXT_MODEL,
		imageToVideo: IMAGE_MODEL,
		edit: EDIT_MODEL,
		extend: EXTEND_MODEL,
		reference: TEXT_MODEL,
	},
	kinds: ['textToVideo', 'imageToVideo', 'edit', 'extend', 'reference'],
	customModel,
	vendor: api,
};
