import fc from 'fast-check';
import {
	audienceOf,
	deriveCallbackKey,
	newNonce,
	readCallbackToken,
	readSigned,
	sign,
	TOKEN_PARAMETER,
	withCallbackToken,
	type CallbackClaims,
	orderedInToken,
} from '../../../nodes/shared/tasks/callbackToken';

const key = deriveCallbackKey('sk-1');
const url = 'https://n8n.example.com/webhook/abc/seedance?tenant=7';
const issuedAt = Date.parse('2026-11-20T10:00:00.000Z');
const days = (count: number) => count * 24 * 60 * 60_000;

const claims = (more: Partial<CallbackClaims> = {}): CallbackClaims => ({
	nonce: 'n-1',
	audience: 'abc/seedance',
	issuedAt,
	...more,
});

function tokenOf(content: CallbackClaims, signingKey = key): string {
	const signed = new URL(withCallbackToken(url, signingKey, content));
	expect(signed.searchParams.get('tenant')).toBe('7');
	return signed.searchParams.get(TOKEN_PARAMETER) ?? '';
}

const expected = { audience: 'abc/seedance', nowMs: issuedAt };
const read = (token: unknown, more: Partial<typeof expected> = {}) =>
	readCallbackToken(token, key, { ...expected, ...more });

test('the token brings back whatever was put in', () => {
	const taskIds = fc.string({ minLength: 1 });
	const urls = fc.dictionary(fc.constantFrom('status', 'result', 'cancel'), fc.string());
	fc.assert(
		fc.property(fc.jsonValue(), taskIds, urls, (context, taskId, taskUrls) => {
			const given = claims({ model: 'm', taskId, context, taskUrls });
			expect(read(tokenOf(given))).toEqual(JSON.parse(JSON.stringify(given)));
		}),
	);
});

test('each secret has its own key, which does not hold it', () => {
	expect(deriveCallbackKey('sk-1').equals(deriveCallbackKey('sk-2'))).toBe(false);
	expect(read(tokenOf(claims(), deriveCallbackKey('sk-2')))).toBeUndefined();
	expect(read(tokenOf(claims(), Buffer.from('sk-1')))).toBeUndefined();
	expect(key.toString()).not.toContain('sk-1');
});

test('a token does not survive the change of any character', () => {
	const token = tokenOf(claims({ context: { row: 1 } }));
	for (const [index, character] of [...token].entries()) {
		// The last character of the MAC holds bits that decode to nothing; as text it counts too.
		const other = character === 'A' ? 'B' : 'A';
		const forged = token.slice(0, index) + other + token.slice(index + 1);
		expect(read(forged)).toBeUndefined();
	}
});

test.each([undefined, null, 5, '', '.', 'a.b', ['a'], {}])('%j is none', (given) => {
	expect(read(given)).toBeUndefined();
	const token = tokenOf(claims());
	for (const near of [`${token}.`, `${token}.x`, `.${token}`, token.split('.')[0], [token]]) {
		expect(read(near)).toBeUndefined();
	}
});

test.each(['abc/other', 'abd/seedance', 'seedance', '', 'x/abc/seedance'])(
	'a token for another audience is refused by %j',
	(audience) => {
		expect(read(tokenOf(claims()))).toBeDefined();
		expect(read(tokenOf(claims()), { audience })).toBeUndefined();
	},
);

test('it counts for 14 days, and for clocks that differ by five minutes', () => {
	const token = tokenOf(claims());
	const isTakenAfter = (ms: number) => read(token, { nowMs: issuedAt + ms }) !== undefined;
	expect([0, days(14), -5 * 60_000].map(isTakenAfter)).toEqual([true, true, true]);
	expect([days(14) + 1, -5 * 60_000 - 1].map(isTakenAfter)).toEqual([false, false]);
});

test.each([
	['no nonce', { ...claims(), nonce: undefined }],
	['an empty nonce', claims({ nonce: '' })],
	['no audience', { ...claims(), audience: undefined }],
	['no time', { ...claims(), issuedAt: undefined }],
	['a time that is a text', { ...claims(), issuedAt: String(issuedAt) }],
	['a task that is no text', { ...claims(), taskId: 5 }],
	['no object', 'claims'],
])('signed claims with %s are none', (_, content) => {
	expect(read(sign(JSON.stringify(content), key, 'callback'))).toBeUndefined();
});

test('signed text that is no JSON is no token', () => {
	expect(read(sign('{', key, 'callback'))).toBeUndefined();
	const signed = sign('{', key, 'note');
	expect(readSigned(signed, key, 'note')).toBe('{');
	expect(readSigned(signed, deriveCallbackKey('sk-2'), 'note')).toBeUndefined();
});

test('what is signed as a note is no token, and the other way round', () => {
	expect(read(sign(JSON.stringify(claims()), key, 'callback'))).toEqual(claims());
	expect(read(sign(JSON.stringify(claims()), key, 'note'))).toBeUndefined();
	expect(readSigned(tokenOf(claims()), key, 'note')).toBeUndefined();
});

test('the audience is the end of the path, alike for the test and the production address', () => {
	for (const address of [
		'https://n8n.example.com/webhook/abc/seedance',
		'http://localhost:5678/webhook-test/abc/seedance/?x=1#y',
		'https://n8n.example.com/under/a/path/webhook/abc/seedance?signature=1',
	]) {
		expect(audienceOf(address)).toBe('abc/seedance');
	}
	expect(audienceOf('https://n8n.example.com')).toBe('');
});

test('a nonce is 16 bytes of chance, fit for a URL', () => {
	const nonces = Array.from({ length: 100 }, newNonce);
	expect(new Set(nonces).size).toBe(100);
	for (const nonce of nonces) {
		expect(nonce).toMatch(/^[\w-]+$/);
		expect(Buffer.from(nonce, 'base64url')).toHaveLength(16);
	}
});

test('a token in a URL that has one already takes its place', () => {
	const once = withCallbackToken(url, key, claims({ context: 1 }));
	const twice = new URL(withCallbackToken(once, key, claims({ context: 2 })));
	const tokens = twice.searchParams.getAll(TOKEN_PARAMETER);
	expect(tokens.map((token) => read(token)?.context)).toEqual([2]);
});

test('what was ordered goes along as far as it is short', () => {
	const ordered = { prompt: 'A boat', duration: 5, resolution: '720p' };
	const { prompt, ...others } = ordered;
	expect(orderedInToken(ordered, { withPrompt: true })).toEqual(ordered);
	expect(orderedInToken(ordered, { withPrompt: false })).toEqual(others);
	const long = { ...ordered, prompt: prompt.padEnd(501, '.') };
	expect(orderedInToken(long, { withPrompt: true })).toEqual(others);
	expect(orderedInToken(undefined, { withPrompt: true })).toEqual({});
});
