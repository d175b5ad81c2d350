import fc from 'fast-check';
import { answer } from '../unit/helpers.mts';
import { passing, type VendorKit } from './kit.mts';
import { makersImageLimits, maybe, url } from './parts.mts';

/** What BytePlus and Volcengine have in common. */
export const ark: Omit<VendorKit, 'Credential' | 'contract' | 'textModel'> = {
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
	namesTask: (id) => ({ id, error: { code: 'Busy', message: 'Busy' } }),
	refusal: (code, message) => ({ error: { code: String(code), message, param: '', type: 'Some' } }),
	words: {
		queued: 'queued',
		running: 'running',
		failed: 'failed',
		cancelled: 'cancelled',
		expired: 'expired',
	},
	imageLimits: (id) => ({
		...makersImageLimits,
		mimeTypes: [
			...['image/jpeg', 'image/png', 'image/webp', 'image/bmp', 'image/tiff', 'image/gif'],
			...(/seedance-1-0/.test(id) ? [] : ['image/heic', 'image/heif']),
		],
	}),
	listTells: 'nothing',
	contentCheck: {
		says: /input text may contain sensitive information/,
		refusesOrder: true,
	},
	speech: {
		say: (status, held, beside) => [
			answer({ id: 'x', status, content: held, error: null, created_at: 1, ...beside }),
		],
		success: 'succeeded',
		failure: 'failed',
		result: (url) => ({ video_url: url }),
	},
};
