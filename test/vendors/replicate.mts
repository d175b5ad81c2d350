import fc from 'fast-check';
import { SeedanceReplicateApi } from '../../credentials/SeedanceReplicateApi.credentials.ts';
import { answer } from '../unit/helpers.mts';
import { passing, speechBaseUrl, type VendorKit } from './kit.mts';
import { maybe, url } from './parts.mts';

export const replicate: VendorKit = {
	Credential: SeedanceReplicateApi,
	contract: {
		credentialType: 'seedanceReplicateApi',
		displayName: 'Replicate API',
		baseUrl: 'https://api.replicate.com/v1',
		scheme: 'Bearer',
		customPath: '/models/a/b%3F/predictions',
	},
	keyTest: {
		asks: { url: '/account' },
		answers: [
			[200, { type: 'user', username: 'somebody' }, 'good'],
			[401, { title: 'Unauthenticated', detail: 'No', status: 401 }, 'bad key'],
			[404, { detail: 'Not found' }, 'bad host'],
			[404, '<html>', 'bad host'],
			...passing,
		],
	},
	textModel: 'bytedance/seedance-2.0-fast',
	likely: fc.record({
		id: maybe(fc.constantFrom('x', '')),
		status: maybe(fc.constantFrom('starting', 'succeeded', 'failed', 'aborted', 'new')),
		output: maybe(fc.oneof(url, fc.array(maybe(url)))),
		error: maybe(fc.constantFrom(null, 'E005')),
		data_removed: maybe(fc.boolean()),
		webhook: fc.jsonValue(),
		completed_at: maybe(fc.constantFrom('2026-01-02T03:04:05.000000Z', '')),
	}),
	namesTask: (id) => ({ id, detail: 'Busy' }),
	refusal: (status, detail) => ({ title: 'Title', detail, status }),
	words: {
		starting: 'queued',
		processing: 'running',
		succeeded: 'succeeded',
		failed: 'failed',
		canceled: 'cancelled',
		aborted: 'expired',
	},
	listTells: 'prompt',
	contentCheck: { says: /flagged as sensitive.*E005/ },
	speech: {
		say: (status, held, beside) => [
			answer({
				id: 'x',
				status,
				output: held,
				error: null,
				input: { prompt: 'A', image: 'https://in.example/a.png' },
				urls: {
					get: `${speechBaseUrl}/p/x`,
					cancel: `${speechBaseUrl}/p/x/cancel`,
					web: `${speechBaseUrl}/p/x.mp4`,
				},
				...beside,
			}),
		],
		success: 'succeeded',
		failure: 'failed',
		result: (url) => url,
	},
};
