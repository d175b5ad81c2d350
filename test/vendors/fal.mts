import fc from 'fast-check';
import { SeedanceFalApi } from '../../credentials/SeedanceFalApi.credentials.ts';
import { answer } from '../unit/helpers.mts';
import { passing, speechBaseUrl, type VendorKit } from './kit.mts';
import { makersImageLimits, maybe, url } from './parts.mts';

export const fal: VendorKit = {
	Credential: SeedanceFalApi,
	contract: {
		credentialType: 'seedanceFalApi',
		displayName: 'Fal API',
		baseUrl: 'https://queue.fal.run',
		scheme: 'Key',
		customPath: '/a/b%3F',
	},
	keyTest: {
		asks: {
			method: 'PUT',
			url: '/bytedance/seedance-2.0/requests/00000000-0000-0000-0000-000000000000/cancel',
		},
		answers: [
			[404, { status: 'NOT_FOUND' }, 'good'],
			[401, { detail: 'invalid key credentials' }, 'bad key'],
			[404, '<html>', 'bad host'],
			[404, { message: 'no Route matched with those values' }, 'bad host'],
			[404, { status: 404, error: 'Not Found' }, 'bad host'],
			...passing,
		],
	},
	textModel: 'bytedance/seedance-2.0/fast/text-to-video',
	likely: fc.record({
		request_id: maybe(fc.constantFrom('x', '')),
		status: maybe(fc.constantFrom('IN_QUEUE', 'COMPLETED')),
		error: maybe(fc.constantFrom(null, 'Invalid status code: 422')),
		error_type: fc.jsonValue(),
		detail: maybe(fc.array(fc.record({ msg: maybe(fc.string()), type: maybe(fc.string()) }))),
		video: maybe(fc.record({ url: maybe(url) })),
	}),
	namesTask: (request_id) => ({ request_id, detail: 'Busy' }),
	refusal: (_, detail) => ({ detail }),
	words: { IN_QUEUE: 'queued', IN_PROGRESS: 'running', CANCELED: 'cancelled' },
	imageLimits: (id) =>
		/seedance-2/.test(id) ? { maxBytes: makersImageLimits.maxBytes, size: undefined } : {},
	listTells: 'prompt',
	contentCheck: { says: /contained material flagged by a content checker/ },
	speech: {
		say: (status, held, beside) => [
			answer({ request_id: 'x', status, response_url: `${speechBaseUrl}/requests/x` }),
			answer({ video: held, prompt: 'A', ...beside }),
		],
		success: 'COMPLETED',
		failure: 'FAILED',
		result: (url) => ({ url, content_type: 'video/mp4' }),
	},
};
