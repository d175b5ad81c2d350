import type { Provider } from '../../domain/provider';
import { arkModels } from '../ark/models';
import { ark } from '../ark/provider';

/** BytePlus ModelArk, ByteDance's own cloud outside of China (https://docs.byteplus.com/en/docs/ModelArk). */
export const byteplus: Provider = {
	...ark,
	label: 'BytePlus',
	credentialType: 'seedanceBytePlusApi',
	aliases: ['ModelArk'],
	apiKeysUrl: 'https://console.byteplus.com/ark/region:ark+ap-southeast-1/apiKey',
	pricesUrl: 'https://docs.byteplus.com/en/docs/ModelArk/1544106',
	baseUrl: 'https://ark.ap-southeast.bytepluses.com/api/v3',
	// docs/modelark/create-video-generation-task-api: items of a kind are counted in the order of the request.
	referenceTag: 'Image 1',
	commonInModelIds: '^(dreamina-)?seedance-|-\\d{6}$',
	...arkModels({ newer: 'dreamina-', older: '' }),
};
