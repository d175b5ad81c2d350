import type { Provider } from '../../domain/provider';
import { arkModels } from '../ark/models';
import { ark } from '../ark/provider';

/** Volcengine Ark, ByteDance's own cloud in China (https://www.volcengine.com/docs/82379). */
export const volcengine: Provider = {
	...ark,
	label: 'Volcengine',
	credentialType: 'seedanceVolcengineApi',
	apiKeysUrl: 'https://console.volcengine.com/ark/region:ark+cn-beijing/apiKey',
	pricesUrl: 'https://www.volcengine.com/docs/82379/1544106',
	baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
	commonInModelIds: '^doubao-seedance-|-\\d{6}$',
	...arkModels({ newer: 'doubao-', older: 'doubao-' }),
};
