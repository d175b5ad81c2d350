import { SeedanceApikleyApi } from '../../credentials/SeedanceApikleyApi.credentials.ts';
import type { VendorKit } from './kit.mts';
import { market, marketAnswers } from './market.mts';

export const apikley: VendorKit = {
	Credential: SeedanceApikleyApi,
	keyTest: {
		asks: { url: '/api/v1/jobs/recordInfo', qs: { taskId: 'credential-test' } },
		answers: marketAnswers,
	},
	textModel: 'bytedance/v1-lite-text-to-video',
	...market,
};
