import fc from 'fast-check';
import { SeedanceModellixApi } from '../../credentials/SeedanceModellixApi.credentials.ts';
import { answer } from '../unit/helpers.mts';
import { passing, type VendorKit } from './kit.mts';
import { makersContentCheck, maybe, url, word } from './parts.mts';

export const modellix: VendorKit = {
	Credential: SeedanceModellixApi,
	contract: {
		credentialType: 'seedanceModellixApi',
		displayName: 'Modellix API',
		baseUrl: 'https://api.modellix.ai',
		scheme: 'Bearer',
		customPath: '/api/v1/a/b%3F/async',
	},
	keyTest: {
		asks: { url: '/api/v1/apikey/validate' },
		answers: [
			[200, { code: 0, data: { is_valid: true } }, 'good'],
			[200, { code: 0, data: { is_valid: false } }, 'bad key'],
			[200, { code: 0, data: {} }, 'bad host'],
			[401, { code: 401, message: 'Invalid API key' }, 'bad key'],
			[404, '<html>', 'bad host'],
			[200, { status: 'ok' }, 'bad host'],
			...passing,
		],
	},
	textModel: 'seedance-1.0-lite-t2v',
	likely: fc.record({
		code: maybe(fc.constant(0)),
		data: maybe(
			fc.record({
				task_id: maybe(fc.string()),
				status: maybe(word),
				result: maybe(fc.record({ resources: maybe(fc.array(maybe(url))) })),
			}),
		),
	}),
	namesTask: (task_id) => ({ code: 500, message: 'Busy', data: { task_id } }),
	refusal: (code, message) => ({ code, message }),
	// Only the HTTP status says for certain that nothing was taken.
	codes: [
		[400, 'invalidInput', false],
		[401, 'unauthorized', false],
		[402, 'insufficientCredits', false],
		[404, 'notFound', false],
		[429, 'rateLimited', false],
		[500, 'serverError', false],
		[503, 'serverError', false],
	],
	words: {
		pending: 'queued',
		processing: 'running',
		completed: 'succeeded',
		succeeded: 'succeeded',
		failed: 'failed',
		error: 'failed',
		canceled: 'cancelled',
		cancelled: 'cancelled',
	},
	contentCheck: makersContentCheck,
	speech: {
		say: (status, held, beside) => [
			answer({
				code: 0,
				message: 'success',
				data: { task_id: 'x', status, result: held, ...beside },
			}),
		],
		success: 'success',
		failure: 'failed',
		result: (url) => ({ resources: url }),
	},
};
