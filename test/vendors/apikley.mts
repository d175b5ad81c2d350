import { SeedanceApikleyApi } from '../../credentials/SeedanceApikleyApi.credentials.ts';
import type { VendorKit } from './kit.mts';
import { market, marketAnswers, marketCodes } from './market.mts';
import { marketImageLimits } from './parts.mts';

export const apikley: VendorKit = {
	Credential: SeedanceApikleyApi,
	contract: {
		credentialType: 'seedanceApikleyApi',
		displayName: 'Apikley API',
		baseUrl: 'https://api.apikley.ru',
		scheme: 'Bearer',
		customPath: '/api/v1/jobs/createTask',
	},
	keyTest: {
		asks: { url: '/api/v1/jobs/recordInfo', qs: { taskId: 'credential-test' } },
		answers: marketAnswers,
	},
	textModel: 'bytedance/v1-lite-text-to-video',
	...market,
	refusalCodes: [455, 505],
	codes: [...marketCodes, [400, 'invalidInput', false], [433, 'rejected', false]],
	imageLimits: (id) => (id.includes('v1-') ? marketImageLimits : {}),
};
