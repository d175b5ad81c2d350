import fc from 'fast-check';
import { answer } from '../unit/helpers.mts';
import type { FaultKind } from '../../nodes/shared/domain/fault.ts';
import { passing, type VendorKit } from './kit.mts';
import { maybe, word } from './parts.mts';

const resultJson = maybe(fc.constantFrom('{"resultUrls":["https://v"]}', '{"resultUrls":[]}', '{'));

/** What Apikley and kie.ai have in common. */
export const market: Omit<VendorKit, 'Credential' | 'contract' | 'keyTest' | 'textModel'> = {
	likely: fc.record({
		code: maybe(fc.constantFrom(200, 422, 501)),
		msg: maybe(fc.string()),
		data: maybe(fc.record({ taskId: maybe(fc.string()), state: maybe(word), resultJson })),
	}),
	namesTask: (taskId) => ({ code: 500, msg: 'Busy', data: { taskId } }),
	refusal: (code, msg) => ({ code, msg, data: null }),
	meansBy: { 455: 'maintenance', 501: 'generationFailed', 505: 'featureDisabled' },
	words: { waiting: 'queued', queuing: 'queued', generating: 'running', fail: 'failed' },
	contentCheck: { says: /flagged as sensitive/ },
	speech: {
		say: (state, held, beside) => [
			answer({
				code: 200,
				msg: 'success',
				data: {
					taskId: 'x',
					model: 'm',
					state,
					param: JSON.stringify({
						callBackUrl: 'https://n8n.example/hook',
						input: {
							prompt: 'A',
							image_url: 'https://in.example/a.png',
							video: 'https://in.example/in.mp4',
						},
					}),
					resultJson: typeof held === 'string' ? held : JSON.stringify(held),
					...beside,
				},
			}),
		],
		success: 'success',
		failure: 'fail',
		result: (url) => ({ resultUrls: url }),
	},
};

/** After 500 and 501 there may be a task. */
export const marketCodes: ReadonlyArray<readonly [number, FaultKind, boolean]> = [
	[401, 'unauthorized', true],
	[402, 'insufficientCredits', true],
	[404, 'notFound', true],
	[408, 'noAnswer', false],
	[422, 'invalidInput', true],
	[429, 'rateLimited', true],
	[455, 'maintenance', true],
	[500, 'serverError', false],
	[501, 'generationFailed', false],
	[505, 'featureDisabled', true],
];

export const marketAnswers: VendorKit['keyTest']['answers'] = [
	[200, { code: 200, data: 5 }, 'good'],
	[200, { code: 422, msg: 'No such task' }, 'good'],
	[200, { code: 401, msg: 'You do not have access permissions' }, 'bad key'],
	[401, { code: 401, msg: 'You do not have access permissions' }, 'bad key'],
	[200, { status: 'ok' }, 'bad host'],
	[404, '<html>', 'bad host'],
	...passing,
];
