import type { Provider } from '../../domain/provider';
import { market } from '../market/provider';
import { api } from './api';
import { customModel, defaultModels, models } from './models';

/** kie.ai (https://docs.kie.ai). */
export const kie: Provider = {
	...market,
	kinds: [...market.kinds, 'edit', 'reference'],
	label: 'kie.ai',
	credentialType: 'seedanceKieApi',
	apiKeysUrl: 'https://kie.ai/api-key',
	pricesUrl: 'https://kie.ai/pricing',
	baseUrl: 'https://api.kie.ai',
	hosts: { storage: 'https://kieai.redpandaai.co' },
	commonInModelIds: '^bytedance/(seedance-)?|-(text|image)-to-video$',
	models,
	defaultModels,
	customModel,
	vendor: api,
};
