import type { IHttpRequestOptions } from 'n8n-workflow';
import { post } from '../../../nodes/shared/n8n/post';

type Context = Parameters<typeof post>[0];

/** An n8n whose network is a function. */
function world(answer: () => object) {
	const sent: IHttpRequestOptions[] = [];
	const helpers: Partial<Context['helpers']> = {
		async httpRequest(options) {
			sent.push(options);
			return await Promise.resolve(answer());
		},
	};
	const logger: Partial<Context['logger']> = { debug: () => undefined };
	const context = { helpers, logger } as Context;
	return { sent, ring: async () => await post(context, 'https://n8n.test/hook', { nonce: 'n' }) };
}

test('rings once, with JSON, and goes to no other address with what it carries', async () => {
	const { sent, ring } = world(() => ({ statusCode: 307, body: '', headers: { location: 'x' } }));
	expect(await ring()).toEqual({ httpStatus: 307, location: 'x' });
	expect(sent).toEqual([
		{
			method: 'POST',
			url: 'https://n8n.test/hook',
			body: '{"nonce":"n"}',
			headers: { 'Content-Type': 'application/json' },
			encoding: 'text',
			abortSignal: expect.any(AbortSignal),
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
		},
	]);
});

test.each([
	['an object', '{"state":"gone"}', { httpStatus: 200, body: { state: 'gone' } }],
	['a list', '[1]', { httpStatus: 200 }],
	['a page', '<html>', { httpStatus: 200 }],
	['bytes', Buffer.from('{}'), { httpStatus: 200 }],
])('reads %s', async (_, body, expected) => {
	expect(await world(() => ({ statusCode: 200, body })).ring()).toEqual(expected);
});

test('nobody there is no answer', async () => {
	const { ring } = world(() => {
		throw new Error('connect ECONNREFUSED');
	});
	expect(await ring()).toBeUndefined();
});
