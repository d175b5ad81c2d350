import { SeedanceBytePlusApi } from '../../credentials/SeedanceBytePlusApi.credentials.ts';
import { ark } from './ark.mts';
import type { VendorKit } from './kit.mts';

export const byteplus: VendorKit = {
	Credential: SeedanceBytePlusApi,
	contract: {
		credentialType: 'seedanceBytePlusApi',
		displayName: 'BytePlus ModelArk API',
		baseUrl: 'https://ark.ap-southeast.bytepluses.com/api/v3',
		scheme: 'Bearer',
		customPath: '/contents/generations/tasks',
	},
	textModel: 'dreamina-seedance-2-0-fast-260128',
	...ark,
};
