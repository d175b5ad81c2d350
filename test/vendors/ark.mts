import fc from 'fast-check';
import { finishedUrl, passing, type VendorKit } from './kit.mts';
import { maybe, url } from './parts.mts';

/** What BytePlus and Volcengine have in common. */
export const ark: Pick<VendorKit, 'keyTest' | 'likely' | 'finished'> = {
	keyTest: {
		asks: { url: '/contents/generations/tasks/credential-test' },
		answers: [
			[404, { error: { code: 'ResourceNotFound', message: 'No such task' } }, 'good'],
			[401, { error: { code: 'AuthenticationError', message: 'No' } }, 'bad key'],
			[404, { message: 'Not Found' }, 'bad host'],
			[404, '<html>', 'bad host'],
			[200, { error: null }, 'bad host'],
			...passing,
		],
	},
	likely: fc.record({
		id: maybe(fc.string()),
		status: maybe(fc.constantFrom('queued', 'running', 'succeeded', 'failed', 'expired', 'new')),
		content: maybe(fc.record({ video_url: maybe(url), last_frame_url: maybe(url) })),
		usage: fc.jsonValue(),
		error: maybe(fc.record({ code: maybe(fc.string()), message: maybe(fc.string()) })),
		created_at: maybe(fc.integer()),
		updated_at: maybe(fc.double()),
	}),
	finished: {
		id: 'x',
		status: 'succeeded',
		content: { video_url: finishedUrl },
		created_at: 1,
		error: null,
	},
};
