import fc from 'fast-check';
import { SeedanceFalApi } from '../../credentials/SeedanceFalApi.credentials.ts';
import { finishedUrl, passing, type VendorKit } from './kit.mts';
import { maybe, url } from './parts.mts';

export const fal: VendorKit = {
	Credential: SeedanceFalApi,
	keyTest: {
		asks: {
			url: '/bytedance/seedance-2.0/requests/00000000-0000-0000-0000-000000000000/status',
		},
		answers: [
			[404, { detail: 'Request not found' }, 'good'],
			[422, { detail: [{ msg: 'not a request' }] }, 'good'],
			[401, { detail: 'invalid key credentials' }, 'bad key'],
			[404, '<html>', 'bad host'],
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
	finished: { request_id: 'x', status: 'COMPLETED', video: { url: finishedUrl }, error: null },
};
