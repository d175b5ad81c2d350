import type { Provider } from '../../domain/provider';
import { marketApi } from '../market/api';
import { familyCodes } from '../market/envelope';
import { market } from '../market/provider';
import { customModel, models } from './models';

/** Apikley (https://docs.apikley.ru/llms.txt). */
export const apikley: Provider = {
	...market,
	label: 'Apikley',
	credentialType: 'seedanceApikleyApi',
	apiKeysUrl: 'https://app.apikley.ru/keys',
	baseUrl: 'https://api.apikley.ru',
	commonInModelIds: '^bytedance/|-(text|image)-to-video$',
	models,
	defaultModelsOfVersion1: { textToVideo: 'bytedance/v1-lite-text-to-video' },
	defaultModels: {
		textToVideo: 'bytedance/v1-pro-text-to-video',
		imageToVideo: 'bytedance/v1-pro-fast-image-to-video',
	},
	customModel,
	vendor: marketApi(familyCodes),
};
