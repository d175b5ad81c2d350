import { SeedanceKieApi } from '../../credentials/SeedanceKieApi.credentials.ts';
import type { VendorKit } from './kit.mts';
import { market, marketAnswers, marketCodes } from './market.mts';
import { makersImageLimits, marketImageLimits } from './parts.mts';

export const kie: VendorKit = {
	Credential: SeedanceKieApi,
	contract: {
		credentialType: 'seedanceKieApi',
		displayName: 'Kie.ai API',
		baseUrl: 'https://api.kie.ai',
		scheme: 'Bearer',
		customPath: '/api/v1/jobs/createTask',
	},
	keyTest: { asks: { url: '/api/v1/chat/credit' }, answers: marketAnswers },
	textModel: 'bytedance/seedance-2-fast',
	...market,
	refusalCodes: [433, 455, 505],
	meansBy: { ...market.meansBy, 433: 'insufficientCredits' },
	codes: [
		...marketCodes,
		[400, 'invalidInput', true],
		[433, 'insufficientCredits', true],
		[531, 'serverError', false],
	],
	imageLimits: (id) => {
		if (/seedance-2/.test(id)) return makersImageLimits;
		return /seedance-1\.5|v1-/.test(id) ? marketImageLimits : {};
	},
};
