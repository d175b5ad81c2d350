import fc from 'fast-check';
import { SeedanceAimlApi } from '../../credentials/SeedanceAimlApi.credentials.ts';
import { answer } from '../unit/helpers.mts';
import { passing, type VendorKit } from './kit.mts';
import { makersContentCheck, maybe, url, word } from './parts.mts';

export const aimlapi: VendorKit = {
	Credential: SeedanceAimlApi,
	contract: {
		credentialType: 'seedanceAimlApi',
		displayName: 'AI/ML API',
		baseUrl: 'https://api.aimlapi.com',
		scheme: 'Bearer',
		customPath: '/v2/video/generations',
	},
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
	namesTask: (id) => ({ id, status: 'error', error: { name: 'X', message: 'Busy' } }),
	refusal: (httpStatus, message) => ({
		message,
		path: '/v2/video/generations',
		requestId: '798b860e-0000-4000-8000-000000000000',
		statusCode: String(httpStatus),
		timestamp: '2025-03-11T07:13:27.813Z',
	}),
	meansBy: { 403: 'insufficientCredits' },
	words: {
		queued: 'queued',
		waiting: 'queued',
		generating: 'running',
		active: 'running',
		completed: 'succeeded',
		succeeded: 'succeeded',
		error: 'failed',
	},
	listTells: 'name',
	contentCheck: makersContentCheck,
	speech: {
		say: (status, held, beside) => [answer({ id: 'x', status, video: held, ...beside })],
		success: 'completed',
		failure: 'error',
		result: (url) => ({ url }),
	},
};
