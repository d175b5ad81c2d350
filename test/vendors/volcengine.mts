import { SeedanceVolcengineApi } from '../../credentials/SeedanceVolcengineApi.credentials.ts';
import { ark } from './ark.mts';
import type { VendorKit } from './kit.mts';

export const volcengine: VendorKit = {
	Credential: SeedanceVolcengineApi,
	textModel: 'doubao-seedance-2-0-fast-260128',
	...ark,
};
