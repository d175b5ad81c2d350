import { SeedanceVolcengineApi } from '../../credentials/SeedanceVolcengineApi.credentials.ts';
import { ark } from './ark.mts';
import type { VendorKit } from './kit.mts';

export const volcengine: VendorKit = {
	Credential: SeedanceVolcengineApi,
	contract: {
		credentialType: 'seedanceVolcengineApi',
		displayName: 'Volcengine Ark API',
		baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
		scheme: 'Bearer',
		customPath: '/contents/generations/tasks',
	},
	textModel: 'doubao-seedance-2-0-fast-260128',
	...ark,
};
