import { readN8nAnswer } from '../../../nodes/shared/parking/n8nAnswer';

const say = (httpStatus: number, message: string) => ({ httpStatus, body: { message } });

test.each([
	['The execution "7" is running already.', 409, 'running', '7'],
	// n8n leaves a quote open there.
	['The execution "7 has finished already.', 409, 'ended', undefined],
	['The execution "7" has finished with error.', 409, 'ended', '7'],
	['The execution "7" does not exist.', 404, 'unknown', '7'],
	[
		'The workflow for execution "7" does not contain a waiting webhook with a matching path/method.',
		404,
		'notWaiting',
		undefined,
	],
	['Invalid token', 401, 'badToken', undefined],
])('%s', (message, status, about, executionId) => {
	expect(readN8nAnswer(say(status, message))).toEqual({ about, executionId });
	for (const other of [200, 401, 404, 409, 500].filter((one) => one !== status)) {
		expect(readN8nAnswer(say(other, message))).toBeUndefined();
	}
});

test('n8n says of a bad token what it is under another name', () => {
	expect(readN8nAnswer({ httpStatus: 401, body: { error: 'Invalid token' } })?.about).toBe(
		'badToken',
	);
});

test.each([
	['nobody', {}],
	['a page', { httpStatus: 409 }],
	['a proxy', say(404, 'Not Found')],
	['a proxy that tells of n8n', say(404, 'Upstream: The execution "7" does not exist.')],
])('%s is not n8n', (_, answer) => {
	expect(readN8nAnswer(answer)).toBeUndefined();
});
