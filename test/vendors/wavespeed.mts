import fc from 'fast-check';
import { SeedanceWaveSpeedApi } from '../../credentials/SeedanceWaveSpeedApi.credentials.ts';
import { answer } from '../unit/helpers.mts';
import { passing, speechBaseUrl, type VendorKit } from './kit.mts';
import { maybe, url } from './parts.mts';

export const wavespeed: VendorKit = {
	Credential: SeedanceWaveSpeedApi,
	contract: {
		credentialType: 'seedanceWaveSpeedApi',
		displayName: 'WaveSpeed API',
		baseUrl: 'https://api.wavespeed.ai',
		scheme: 'Bearer',
		customPath: '/api/v3/a/b%3F',
	},
	keyTest: {
		asks: { url: '/api/v3/balance' },
		answers: [
			[200, { code: 200, message: 'success', data: { balance: 10 } }, 'good'],
			[200, { code: 200, message: 'success', data: { balance: 0 } }, 'good'],
			[401, { code: 401, message: 'Unauthorized' }, 'bad key'],
			[404, '<html>', 'bad host'],
			[200, { status: 'ok' }, 'bad host'],
			...passing,
		],
	},
	textModel: 'bytedance/seedance-2.5/text-to-video',
	likely: fc.record({
		code: maybe(fc.constantFrom(200, 400, 5004)),
		message: fc.jsonValue(),
		data: maybe(
			fc.record({
				id: maybe(fc.constantFrom('x', '')),
				status: maybe(fc.constantFrom('created', 'completed', 'failed', 'timeout', 'new')),
				outputs: maybe(fc.array(maybe(fc.oneof(url, fc.record({ url }))))),
				error: fc.jsonValue(),
				created_at: maybe(fc.constantFrom('2026-01-02T03:04:05.678Z', '')),
				items: maybe(fc.array(fc.record({ price: fc.jsonValue() }))),
			}),
		),
	}),
	namesTask: (id) => ({ code: 500, message: 'Busy', data: { id } }),
	refusal: (code, message) => ({ code, message }),
	codes: [
		[400, 'invalidInput', true],
		[401, 'unauthorized', true],
		[402, 'insufficientCredits', true],
		[403, 'forbidden', true],
		[404, 'notFound', true],
		[429, 'rateLimited', true],
		[500, 'serverError', false],
	],
	words: {
		created: 'queued',
		queued: 'queued',
		starting: 'queued',
		processing: 'running',
		cancelled: 'cancelled',
		timeout: 'expired',
	},
	listTells: 'prompt',
	contentCheck: { says: /contains sensitive information/ },
	speech: {
		say: (status, held, beside) => [
			answer({
				code: 200,
				message: 'success',
				data: {
					id: 'x',
					model: 'bytedance/seedance-2.5/text-to-video',
					status,
					outputs: held,
					error: '',
					urls: { get: `${speechBaseUrl}/api/v3/predictions/x/result` },
					...beside,
				},
			}),
			answer({ code: 200, message: 'success', data: { items: [] } }),
		],
		success: 'completed',
		failure: 'failed',
		result: (url) => [url],
	},
};
