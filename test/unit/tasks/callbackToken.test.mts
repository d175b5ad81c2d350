import fc from 'fast-check';
import {
	deriveCallbackKey,
	readCallbackToken,
	TOKEN_PARAMETER,
	withCallbackToken,
} from '../../nodes/shared/callbacks/token';
import { vendors, type VendorCallbacks } from '../../nodes/shared/vendors';

const key = deriveCallbackKey('sk-1');
const url = 'https://n8n.example.com/webhook/abc/seedance?tenant=7';

function tokenOf(content: Parameters<typeof withCallbackToken>[2], signingKey = key): string {
	const signed = new URL(withCallbackToken(url, signingKey, content));
	expect(signed.searchParams.get('tenant')).toBe('7');
	return signed.searchParams.get(TOKEN_PARAMETER) ?? '';
}

describe('the token of a callback URL', () => {
	test('brings back whatever was put in', () => {
		fc.assert(
			fc.property(fc.jsonValue(), fc.string(), (context, executionId) => {
				const token = tokenOf({ executionId, model: 'm', context });
				const claims = readCallbackToken(token, key);
				const sent = JSON.parse(JSON.stringify({ executionId, model: 'm', context }));
				expect(claims).toEqual({ nonce: expect.any(String), ...sent });
			}),
		);
	});

	test('is another one each time, and each API key has its own', () => {
		expect(tokenOf({})).not.toBe(tokenOf({}));
		expect(deriveCallbackKey('sk-1').equals(deriveCallbackKey('sk-2'))).toBe(false);
		expect(readCallbackToken(tokenOf({}, deriveCallbackKey('sk-2')), key)).toBeUndefined();
	});

	test('does not hold the API key', () => {
		const token = tokenOf({ context: 'c' });
		expect(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).not.toContain('sk-1');
	});

	test('does not survive the change of any character', () => {
		const token = tokenOf({ executionId: '5', context: { row: 1 } });
		for (const [index, character] of [...token].entries()) {
			// The last character of the MAC holds bits that decode to nothing; as text it counts too.
			const other = character === 'A' ? 'B' : 'A';
			const forged = token.slice(0, index) + other + token.slice(index + 1);
			expect(readCallbackToken(forged, key)).toBeUndefined();
		}
	});

	test.each([undefined, null, 5, '', '.', 'a.b', ['a'], {}])('%j is none', (given) => {
		expect(readCallbackToken(given, key)).toBeUndefined();
		const token = tokenOf({});
		for (const near of [`${token}.`, `${token}.x`, `.${token}`, token.split('.')[0], [token]]) {
			expect(readCallbackToken(near, key)).toBeUndefined();
		}
	});
});

describe('Apikley’s signature', () => {
	const { callbacks } = vendors.apikley;
	if (callbacks === undefined) throw new Error('Apikley calls back');
	// Computed from the documented algorithm, apart from this code.
	const secret = 'kie_test_hmac_key_0123456789';
	const taskId = 'task_bytedance_1765186729394';
	const timestamp = '1765186800';
	const signature = '65iNbVZOvz5gTwYgNI6pvv+pfiZEFcGTIQ+dbWyMzlU=';
	const signedAtMs = Number(timestamp) * 1000;

	const isSigned = (
		more: Record<string, string | undefined> = {},
		body: unknown = { code: 200, data: { taskId, state: 'success' } },
		nowMs = signedAtMs,
		withSecret = secret,
		{ isSignedBy }: VendorCallbacks = callbacks,
	) => {
		const headers = { 'x-webhook-timestamp': timestamp, 'x-webhook-signature': signature, ...more };
		return isSignedBy({ headers, body }, withSecret, nowMs);
	};

	test.each([
		[{ data: { taskId } }],
		[{ data: { task_id: taskId } }],
		[{ taskId }],
		[{ task_id: taskId }],
	])('is accepted for %j', (body) => {
		expect(callbacks.readTaskId({ headers: {}, body })).toBe(taskId);
		expect(isSigned({}, body)).toBe(true);
	});

	test('counts for five minutes, either way', () => {
		const minutes = (count: number) => signedAtMs + count * 60_000;
		for (const nowMs of [minutes(5), minutes(-5)])
			expect(isSigned({}, undefined, nowMs)).toBe(true);
		for (const nowMs of [minutes(5) + 1, minutes(-5) - 1]) {
			expect(isSigned({}, undefined, nowMs)).toBe(false);
		}
	});

	test.each([
		['another task', {}, { data: { taskId: `${taskId}0` } }],
		['no task', {}, { data: {} }],
		['no body', {}, null],
		['no signature', { 'x-webhook-signature': undefined }, undefined],
		['an empty signature', { 'x-webhook-signature': '' }, undefined],
		['a shortened signature', { 'x-webhook-signature': signature.slice(0, -1) }, undefined],
		['no time', { 'x-webhook-timestamp': undefined }, undefined],
		['another time', { 'x-webhook-timestamp': '1765186801' }, undefined],
		['a time that is none', { 'x-webhook-timestamp': 'now' }, undefined],
	])('is refused with %s', (_, headers, body) => {
		expect(isSigned(headers, body)).toBe(false);
	});

	test('is refused with another secret', () => {
		expect(isSigned({}, undefined, signedAtMs, 'other')).toBe(false);
	});
});

test('vendors without callbacks are given no callback URL', () => {
	for (const provider of ['modellix', 'aimlapi'] as const) {
		const { callbacks, createTask } = vendors[provider];
		expect(callbacks).toBeUndefined();
		const model = { id: 'm', createPath: '/p' } as Parameters<typeof createTask>[0]['model'];
		const { body } = createTask({ model, input: { prompt: 'A' }, callbackUrl: 'https://secret' });
		expect(JSON.stringify(body)).not.toContain('https://secret');
	}
});
