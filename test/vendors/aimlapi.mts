import fc from 'fast-check';
import { SeedanceAimlApi } from '../../credentials/SeedanceAimlApi.credentials.ts';
import { finishedUrl, passing, type VendorKit } from './kit.mts';
import { maybe, url, word } from './parts.mts';

export const aimlapi: VendorKit = {
	Credential: SeedanceAimlApi,
	keyTest: {
		asks: { url: '/v2/billing' },
		answers: [
			[200, { current_balance: 10, currency: 'credits' }, 'good'],
			[200, { current_balance: 0 }, 'good'],
			[401, { statusCode: 401, message: 'Unauthorized' }, 'bad key'],
			[401, { statusCode: '401', message: 'Unauthorized' }, 'bad key'],
			[404, '<html>', 'bad host'],
			[200, { status: 'ok' }, 'bad host'],
			...passing,
		],
	},
	textModel: 'bytedance/seedance-1-0-lite-t2v',
	likely: fc.record({
		id: maybe(fc.string()),
		status: maybe(word),
		video: maybe(fc.record({ url: maybe(url) })),
		error: fc.jsonValue(),
		meta: fc.jsonValue(),
	}),
	finished: {
		id: 'x',
		status: 'completed',
		video: { url: finishedUrl },
		meta: { usage: { usd_spent: 1 } },
	},
};
