import { SeedanceKieApi } from '../../credentials/SeedanceKieApi.credentials.ts';
import type { VendorKit } from './kit.mts';
import { market, marketAnswers } from './market.mts';

export const kie: VendorKit = {
	Credential: SeedanceKieApi,
	keyTest: { asks: { url: '/api/v1/chat/credit' }, answers: marketAnswers },
	textModel: 'bytedance/seedance-2-fast',
	...market,
};
