import fc from 'fast-check';
import { SeedanceReplicateApi } from '../../credentials/SeedanceReplicateApi.credentials.ts';
import { finishedUrl, passing, type VendorKit } from './kit.mts';
import { maybe, url } from './parts.mts';

export const replicate: VendorKit = {
	Credential: SeedanceReplicateApi,
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
	finished: { id: 'x', status: 'succeeded', output: [finishedUrl], error: null },
};
