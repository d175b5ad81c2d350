import { SeedanceBytePlusApi } from '../../credentials/SeedanceBytePlusApi.credentials.ts';
import { ark } from './ark.mts';
import type { VendorKit } from './kit.mts';

export const byteplus: VendorKit = {
	Credential: SeedanceBytePlusApi,
	textModel: 'dreamina-seedance-2-0-fast-260128',
	...ark,
};
