import fc from 'fast-check';
import { SeedanceOpenRouterApi } from '../../credentials/SeedanceOpenRouterApi.credentials.ts';
import { answer } from '../unit/helpers.mts';
import { passing, speechBaseUrl, type VendorKit } from './kit.mts';
import { maybe, url } from './parts.mts';

export const openrouter: VendorKit = {
	Credential: SeedanceOpenRouterApi,
	contract: {
		credentialType: 'seedanceOpenRouterApi',
		displayName: 'OpenRouter API',
		baseUrl: 'https://openrouter.ai/api/v1',
		scheme: 'Bearer',
		customPath: '/videos',
	},
	keyTest: {
		asks: { url: '/key' },
		answers: [
			[200, { data: { label: 'sk-or-v1-abc...def', usage: 1.5 } }, 'good'],
			[200, { data: { usage: 0 } }, 'good'],
			[401, { error: { message: 'No auth credentials found', code: 401 } }, 'bad key'],
			[404, '<html>', 'bad host'],
			[200, { status: 'ok' }, 'bad host'],
			...passing,
		],
	},
	textModel: 'bytedance/seedance-2.0-fast',
	likely: fc.record({
		id: maybe(fc.constantFrom('x', '')),
		status: maybe(fc.constantFrom('pending', 'completed', 'failed', 'expired', 'new')),
		unsigned_urls: maybe(fc.array(maybe(url))),
		urls: fc.oneof(fc.constant(undefined), fc.jsonValue()),
		error: fc.jsonValue(),
		usage: maybe(fc.record({ cost: fc.jsonValue() })),
	}),
	namesTask: (id) => ({ id, error: { code: 500, message: 'Busy' } }),
	refusal: (code, message) => ({ error: { code, message }, user_id: 'user_x' }),
	words: {
		pending: 'queued',
		in_progress: 'running',
		cancelled: 'cancelled',
		expired: 'expired',
	},
	contentCheck: { says: /requires moderation and your input was flagged/, refusesOrder: true },
	speech: {
		say: (status, held, beside) => [
			answer({
				id: 'x',
				generation_id: 'x',
				polling_url: `${speechBaseUrl}/videos/x`,
				status,
				unsigned_urls: held,
				...beside,
			}),
		],
		success: 'completed',
		failure: 'failed',
		result: (url) => [url],
	},
};
