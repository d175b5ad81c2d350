import { Readable } from 'node:stream';
import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';
import type { VendorRequest } from '../../../nodes/shared/domain/vendor';
import { openTransport, type VendorAccess } from '../../../nodes/shared/n8n/transport';
import { createPacer } from '../../../nodes/shared/tasks/pace';
import { errorOf, valueOf, virtualClock } from '../helpers.mts';

const key = 'sk-very-secret';
const get: VendorRequest = { method: 'GET', url: '/tasks/1' };

let hosts = 0;
/** A host of its own for each test, because answers may be kept. */
const newAccess = (): VendorAccess => ({
	credentialType: 'vendorApi',
	credential: { apiKey: key, baseUrl: 'https://api.vendor.example' },
	apiKey: key,
	baseUrl: `https://api${++hosts}.vendor.example`,
	documentedBaseUrl: 'https://api.vendor.example',
});

interface Sent {
	options: IHttpRequestOptions;
	/** What n8n's helper sees as the execution's cancel signal. */
	signal: AbortSignal | undefined;
	isWithKey: boolean;
}

interface World {
	access?: Partial<VendorAccess>;
	answer?: (sent: Sent) => unknown;
	stopSignal?: AbortSignal;
	rate?: { count: number; windowMs: number };
}

const json = (body: unknown, statusCode = 200, headers: object = {}) => ({
	statusCode,
	headers,
	body: JSON.stringify(body),
});

/** A transport whose network is a function. */
function world({ answer = () => json({}), access: given, stopSignal, rate }: World = {}) {
	const clock = virtualClock(Date.parse('2026-11-20T10:00:00.000Z'));
	const access = { ...newAccess(), ...given };
	const sent: Sent[] = [];
	const answerTo = async (request: Sent) => {
		sent.push(request);
		return await Promise.resolve(answer(request));
	};
	const executionSignal = new AbortController().signal;
	const helpers = {
		httpRequest: async (options: IHttpRequestOptions) =>
			await answerTo({ options, signal: undefined, isWithKey: false }),
		async httpRequestWithAuthentication(
			this: IExecuteFunctions,
			type: string,
			options: IHttpRequestOptions,
		) {
			expect(type).toBe('vendorApi');
			const signal = this.getExecutionCancelSignal();
			return await answerTo({ options, signal, isWithKey: true });
		},
	};
	const context = { helpers, getExecutionCancelSignal: () => executionSignal };
	const transport = openTransport(context as unknown as IExecuteFunctions, access, {
		clock,
		pace: createPacer(rate),
		stopSignal,
	});
	return { transport, clock, access, sent, executionSignal };
}

/** A network that answers only by its end. */
const never = ({ options }: Sent) =>
	new Promise((_, reject) => {
		const aborted = () => reject(networkError('canceled', { code: 'ERR_CANCELED' }));
		options.abortSignal?.addEventListener?.('abort', aborted);
	});

const networkError = (message: string, more: object = {}) =>
	Object.assign(new Error(message), more);

const ways = ['read', 'submit'] as const;

describe.each(ways)('%s', (way) => {
	const send = async (given: World, request: VendorRequest = get) => {
		const made = world(given);
		return { ...made, outcome: await made.transport[way](request) };
	};

	test('sends the key to the base URL, follows no redirect and takes any HTTP status', async () => {
		const { sent, access } = await send({}, { ...get, query: { id: 'a b', x: '&' } });
		expect(sent).toHaveLength(1);
		expect(sent[0]).toMatchObject({
			isWithKey: true,
			options: {
				method: 'GET',
				url: `${access.baseUrl}/tasks/1?id=a+b&x=%26`,
				headers: { Accept: 'application/json' },
				encoding: 'stream',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
			},
		});
		expect(sent[0]?.options).not.toHaveProperty('body');
	});

	test('sends a vendor’s own headers in the place of its usual ones, whatever their case', async () => {
		const headers = { accept: 'text/plain', 'X-Version': '9' };
		const { sent } = await send({}, { ...get, headers });
		expect(sent[0]?.options.headers).toEqual(headers);
	});

	test('gives the whole text where something else than JSON is asked for, and there alone', async () => {
		const long = `data: ${'x'.repeat(1000)}`;
		const text = { statusCode: 200, headers: {}, body: long };
		const asked = await send({ answer: () => text }, { ...get, accept: 'text/event-stream' });
		expect(asked.sent[0]?.options.headers).toEqual({ Accept: 'text/event-stream' });
		expect(valueOf(asked.outcome)).toMatchObject({ text: long, body: undefined });
		expect(valueOf((await send({ answer: () => text })).outcome)).not.toHaveProperty('text');
	});

	test('puts its own signal in the place of the execution’s', async () => {
		const { sent, executionSignal } = await send({});
		expect(sent[0]?.signal).toBe(sent[0]?.options.abortSignal);
		expect(sent[0]?.signal).not.toBe(executionSignal);
	});

	test('sends JSON as its bytes', async () => {
		const { sent } = await send({}, { method: 'POST', url: '/tasks', body: { prompt: '5 “é”' } });
		expect(sent[0]?.options).toMatchObject({
			method: 'POST',
			headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
			body: '{"prompt":"5 “é”"}',
		});
	});

	test('tells what was answered', async () => {
		const { outcome } = await send({ answer: () => json({ a: 1 }, 418, { 'X-Some': 'Thing' }) });
		expect(outcome).toStrictEqual({
			ok: true,
			value: {
				httpStatus: 418,
				headers: { 'x-some': 'Thing' },
				body: { a: 1 },
				excerpt: '{"a":1}',
				retryAfterMs: undefined,
			},
		});
	});

	test.each([
		['no JSON', { statusCode: 502, body: '<html>' }, '<html>'],
		['no body', { statusCode: 502 }, 'HTTP status 502 without a body'],
		['an empty body', { statusCode: 204, body: '' }, 'HTTP status 204 without a body'],
		['a very long body', { statusCode: 200, body: 'x'.repeat(400) }, 'x'.repeat(300)],
	])('takes %s', async (_, answer, excerpt) => {
		const { outcome } = await send({ answer: () => answer });
		expect(valueOf(outcome)).toMatchObject({ body: undefined, excerpt });
	});

	test.each([undefined, null, 'text', {}, { statusCode: '200' }])(
		'%j from n8n is no answer',
		async (answer) => {
			const { outcome } = await send({ answer: () => answer });
			expect(errorOf(outcome)).toStrictEqual({
				kind: 'unreadableAnswer',
				message: 'n8n gave no HTTP status for the answer',
				certainlyNotTaken: false,
			});
		},
	);

	test.each([
		['3', 3000],
		['0', 0],
		['1.5', 1500],
		['Fri, 20 Nov 2026 10:01:00 GMT', 60_000],
		['Fri, 20 Nov 2026 09:59:00 GMT', undefined],
		['-3', undefined],
		['soon', undefined],
	])('Retry-After: %s is %s ms', async (value, expected) => {
		const { outcome } = await send({ answer: () => json({}, 429, { 'Retry-After': value }) });
		expect(valueOf(outcome).retryAfterMs).toBe(expected);
	});

	test('lets no echo of the key through', async () => {
		const echo = `Bearer ${key} and ${key}`;
		const { outcome } = await send({ answer: () => json({ [key]: echo }) });
		expect(JSON.stringify(outcome)).not.toContain(key);
		expect(valueOf(outcome).body).toEqual({ '***': 'Bearer *** and ***' });
		const failed = await send({ answer: () => Promise.reject(networkError(echo)) });
		expect(errorOf(failed.outcome).message).toBe('Bearer *** and ***');
	});

	test('nor one that is written in another way, in a header or where the excerpt ends', async () => {
		const apiKey = 'sk/very+secret';
		const escaped = String.raw`{"error":"${'x'.repeat(270)} sk\/very\u002bsecret is bad"}`;
		const answer = () => ({
			statusCode: 401,
			headers: { 'X-Error': `bad ${apiKey}`, 'X-Url': '/?key=sk%2Fvery%2Bsecret' },
			body: escaped,
		});
		const { outcome } = await send({ access: { apiKey }, answer });
		const { headers, body, excerpt } = valueOf(outcome);
		expect(headers).toEqual({ 'x-error': 'bad ***', 'x-url': '/?key=***' });
		expect(body).toEqual({ error: `${'x'.repeat(270)} *** is bad` });
		expect(excerpt).not.toContain('sk');
	});

	/** An answer as n8n gives it: a stream of bytes, of which it counts what was read. */
	const streamed = (pieces: Iterable<Buffer>, statusCode = 200) => {
		const body = Readable.from(pieces);
		return { body, answer: () => ({ statusCode, headers: {}, body }) };
	};

	test('reads what comes in pieces, also in the middle of a letter', async () => {
		const bytes = Buffer.from('\ufeff{"a":"é"}');
		const pieces = [...bytes].map((byte) => Buffer.from([byte]));
		const { outcome } = await send({ answer: streamed(pieces).answer });
		expect(valueOf(outcome).body).toEqual({ a: 'é' });
	});

	test('reads ten megabytes and no more', async () => {
		const megabyte = Buffer.alloc(1024 * 1024, ' ');
		const ten = [
			...Array.from({ length: 9 }, () => megabyte),
			megabyte.subarray(2),
			Buffer.from('{}'),
		];
		expect(valueOf((await send({ answer: streamed(ten).answer })).outcome).body).toEqual({});

		let count = 0;
		const endless = function* () {
			for (;;) {
				count += 1;
				yield megabyte;
			}
		};
		const { answer, body } = streamed(endless(), 402);
		const { outcome } = await send({ answer });
		expect(valueOf(outcome)).toMatchObject({
			httpStatus: 402,
			body: undefined,
			excerpt: 'HTTP status 402 with more than 10 MB, which were not read',
		});
		expect(count).toBeLessThan(40);
		expect(body.destroyed).toBe(true);
	});

	test('an answer that breaks off in the middle says nothing about an order', async () => {
		const pieces = function* () {
			yield Buffer.from('{');
			throw networkError('refused', { code: 'ECONNREFUSED', syscall: 'read' });
		};
		const { outcome } = await send({ answer: streamed(pieces()).answer });
		expect(errorOf(outcome)).toMatchObject({ certainlyNotTaken: false });
	});

	test('reads nothing that is nested without an end', async () => {
		const body = `{"error":${'['.repeat(8_000)}${']'.repeat(8_000)}}`;
		const { outcome } = await send({ answer: () => ({ statusCode: 400, headers: {}, body }) });
		expect(valueOf(outcome)).toMatchObject({ httpStatus: 400, body: undefined });
	});

	test('masks no key that may be a word of the answer', async () => {
		const { outcome } = await send({ access: { apiKey: 'id' }, answer: () => json({ id: 1 }) });
		expect(valueOf(outcome).body).toEqual({ id: 1 });
	});

	describe('an address', () => {
		const whole = (url: string): VendorRequest => ({ method: 'GET', url });
		const hosted = { hosts: { files: 'https://files.vendor.example' } };

		test.each([
			['at the base URL', 'https://other.example/x', { baseUrl: 'https://other.example' }],
			['at the documented one', 'https://api.vendor.example/x', {}],
			['at another of the vendor’s hosts', 'https://files.vendor.example/x', hosted],
		])('%s gets the key', async (_, url, access) => {
			const { sent } = await send({ access }, whole(url));
			expect(sent).toMatchObject([{ isWithKey: true, options: { url } }]);
		});

		test.each([
			'https://evil.example/x',
			'http://api.vendor.example/x',
			'https://api.vendor.example:444/x',
			'https://api.vendor.example.evil.example/x',
			'https://api.vendor.example@evil.example/x',
			'HTTPS://EVIL.example/x',
			'https://[',
		])('%s does not: nothing is sent', async (url) => {
			const { outcome, sent } = await send({ access: hosted }, whole(url));
			expect(sent).toEqual([]);
			expect(errorOf(outcome)).toMatchObject({ kind: 'rejected', certainlyNotTaken: true });
			expect(errorOf(outcome).message).toContain('the API key was not sent there');
		});

		test('that is signed itself is asked without the key', async () => {
			const url = 'https://store.example/put?signature=1';
			const request = { ...whole(url), query: { a: 'b' }, withoutKey: true } as const;
			const { sent } = await send({}, request);
			expect(sent).toMatchObject([{ isWithKey: false, options: { url: `${url}&a=b` } }]);
		});

		test('in a private network is not asked, unless the vendor lies there itself', async () => {
			const request: VendorRequest = {
				method: 'PUT',
				url: 'http://127.0.0.1:5678/internal?x=1',
				withoutKey: true,
			};
			const { sent, outcome } = await send({}, request);
			expect(sent).toEqual([]);
			expect(errorOf(outcome)).toMatchObject({ kind: 'rejected', certainlyNotTaken: true });
			expect(errorOf(outcome).message).toContain('lies in a private network');
			const inside = await send({ access: { baseUrl: 'http://localhost:4000' } }, request);
			expect(inside.sent).toMatchObject([{ isWithKey: false }]);
		});

		test('by a host’s name goes there, or to whoever stands in for the vendor', async () => {
			const request: VendorRequest = { method: 'GET', url: '/up', host: 'files' };
			const access = { ...hosted, baseUrl: 'https://api.vendor.example' };
			const documented = await send({ access }, request);
			expect(documented.sent[0]?.options.url).toBe('https://files.vendor.example/up');
			const standIn = await send({ access: hosted }, request);
			expect(standIn.sent[0]?.options.url).toBe(`${standIn.access.baseUrl}/up`);
			const unknown = await send({ access }, { ...request, host: 'none' });
			expect(unknown.sent[0]?.options.url).toBe('https://api.vendor.example/up');
		});
	});

	test.each([
		['ECONNREFUSED', 'connect', 'notReachable', true],
		['ENOTFOUND', 'getaddrinfo', 'notReachable', true],
		['EAI_AGAIN', 'getaddrinfo', 'notReachable', true],
		['EHOSTUNREACH', 'connect', 'notReachable', true],
		['ENETUNREACH', 'connect', 'notReachable', true],
		['ENETDOWN', 'connect', 'notReachable', true],
		['ECONNREFUSED', undefined, 'notReachable', true],
		['EHOSTUNREACH', 'read', 'notReachable', false],
		['ENETUNREACH', 'write', 'notReachable', false],
		['ECONNRESET', 'read', 'noAnswer', false],
		['ECONNRESET', 'connect', 'noAnswer', false],
		['ETIMEDOUT', 'connect', 'noAnswer', false],
		['EPIPE', 'write', 'noAnswer', false],
		['EPROTO', 'write', 'noAnswer', false],
		['ERR_SSL_WRONG_VERSION_NUMBER', undefined, 'noAnswer', false],
		['ERR_INVALID_URL', undefined, 'rejected', true],
		['CERT_HAS_EXPIRED', undefined, 'rejected', true],
		['CERT_NOT_YET_VALID', undefined, 'rejected', true],
		['DEPTH_ZERO_SELF_SIGNED_CERT', undefined, 'rejected', true],
		['SELF_SIGNED_CERT_IN_CHAIN', undefined, 'rejected', true],
		['UNABLE_TO_VERIFY_LEAF_SIGNATURE', undefined, 'rejected', true],
		['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', undefined, 'rejected', true],
		['ERR_TLS_CERT_ALTNAME_INVALID', undefined, 'rejected', true],
		['NOT_CERT_HAS_EXPIRED', undefined, 'noAnswer', false],
		[undefined, undefined, 'noAnswer', false],
	])('the network’s %s at %s: %s, certainly not taken %s', async (code, syscall, kind, certain) => {
		const cause = networkError('it broke', { code, syscall });
		// n8n puts errors of its own around it.
		for (const error of [cause, new Error('it broke', { cause })]) {
			const { outcome } = await send({ answer: () => Promise.reject(error) });
			expect(errorOf(outcome)).toStrictEqual({
				kind,
				message: code === undefined ? 'it broke' : `${code}: it broke`,
				certainlyNotTaken: certain,
			});
		}
	});

	test('an address that n8n itself refuses was never asked', async () => {
		const cause = networkError('blocked', { name: 'SsrfBlockedIpError' });
		const error = new Error('no', { cause });
		const { outcome } = await send({ answer: () => Promise.reject(error) });
		expect(errorOf(outcome)).toMatchObject({ kind: 'rejected', certainlyNotTaken: true });
	});

	test('whatever else is thrown is told', async () => {
		const { outcome } = await send({ answer: () => Promise.reject('odd') });
		expect(errorOf(outcome)).toStrictEqual({
			kind: 'noAnswer',
			message: 'odd',
			certainlyNotTaken: false,
		});
	});

	test('waits for its turn within the vendor’s rate: one window after the answer to the last', async () => {
		const answer = () => {
			made.clock.pass(7_000);
			return json({});
		};
		const made = world({ rate: { count: 1, windowMs: 60_000 }, answer });
		const before = made.clock.now();
		await made.transport[way](get);
		await made.transport[way](get);
		expect(made.clock.now() - before).toBe(7_000 + 60_000 + 7_000);
	});

	test('a request that comes to nothing gives its turn back, too', async () => {
		const answer = () => {
			throw networkError('connect ECONNREFUSED', { code: 'ECONNREFUSED' });
		};
		const { transport, clock } = world({ rate: { count: 1, windowMs: 60_000 }, answer });
		const before = clock.now();
		await transport[way](get);
		await transport[way](get);
		expect(clock.now() - before).toBe(60_000);
	});

	test('a stop before its turn: nothing is sent', async () => {
		const stop = new AbortController();
		const rate = { count: 1, windowMs: 60_000 };
		const { transport, sent } = world({ rate, stopSignal: stop.signal });
		await transport[way](get);
		const second = transport[way](get);
		stop.abort();
		expect(errorOf(await second)).toStrictEqual({
			kind: 'stopped',
			message: 'The execution was stopped',
			certainlyNotTaken: true,
		});
		expect(sent).toHaveLength(1);
	});
});

describe('for how long an answer is waited for', () => {
	const upload = { file: { bytes: new Uint8Array([1]), mimeType: 'image/png' } };

	test.each([
		['a read', 'read', {}, undefined, 30_000],
		['a read within less time', 'read', {}, 7_000, 7_000],
		['a read within more time', 'read', {}, 90_000, 30_000],
		['an upload', 'read', upload, undefined, 120_000],
		['a form', 'read', { form: [] }, undefined, 120_000],
		['an order', 'submit', {}, undefined, 120_000],
	] as const)('%s', async (_, way, more, timeoutMs, expected) => {
		const { transport, clock, sent } = world({ answer: never });
		const outcome = transport[way]({ ...get, ...more }, timeoutMs);
		while (sent.length === 0) await Promise.resolve();
		const signal = sent[0]?.options.abortSignal;
		clock.pass(expected - 1);
		expect(signal?.aborted).toBe(false);
		clock.pass(1);
		expect(signal?.aborted).toBe(true);
		expect(errorOf(await outcome)).toStrictEqual({
			kind: 'noAnswer',
			message: 'No whole answer in time',
			certainlyNotTaken: false,
		});
	});
});

describe('a stopped execution', () => {
	test('ends a read at once', async () => {
		const stop = new AbortController();
		const { transport, sent } = world({ answer: never, stopSignal: stop.signal });
		const outcome = transport.read(get);
		while (sent.length === 0) await Promise.resolve();
		stop.abort();
		expect(errorOf(await outcome)).toStrictEqual({
			kind: 'stopped',
			message: 'The execution was stopped',
			certainlyNotTaken: false,
		});
	});

	test('leaves an order under way alone: its answer holds the ID of a paid task', async () => {
		const stop = new AbortController();
		const { transport, sent, clock } = world({ answer: never, stopSignal: stop.signal });
		const outcome = transport.submit(get);
		while (sent.length === 0) await Promise.resolve();
		stop.abort();
		expect(sent[0]?.options.abortSignal?.aborted).toBe(false);
		clock.pass(120_000);
		await outcome;
	});
});

describe('an upload', () => {
	test('of a file is its bytes', async () => {
		const { transport, sent } = world();
		const bytes = new Uint8Array([0, 255, 10]);
		await transport.read({ method: 'PUT', url: '/up', file: { bytes, mimeType: 'image/png' } });
		expect(sent[0]?.options).toMatchObject({
			method: 'PUT',
			headers: { Accept: 'application/json', 'Content-Type': 'image/png' },
			body: Buffer.from(bytes),
		});
	});

	test('of a form has each part as it is, and no name that could end it', async () => {
		const { transport, sent } = world();
		const bytes = new Uint8Array([0, 255, 13, 10]);
		await transport.read({
			method: 'POST',
			url: '/up',
			form: [
				{ name: 'path', value: 'images/é' },
				{ name: 'file', fileName: 'a"\r\nb.png', mimeType: 'image/png', bytes },
			],
		});
		const { headers, body } = sent[0]?.options ?? {};
		const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(
			String(headers?.['Content-Type']),
		)?.[1];
		const expected = Buffer.concat([
			Buffer.from(
				`--${boundary}\r\nContent-Disposition: form-data; name="path"\r\n\r\nimages/é\r\n` +
					`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a___b.png"\r\n` +
					'Content-Type: image/png\r\n\r\n',
			),
			Buffer.from(bytes),
			Buffer.from(`\r\n--${boundary}--\r\n`),
		]);
		expect(body).toEqual(expected);
	});
});

describe('an answer that may be kept', () => {
	const keys: VendorRequest = { method: 'GET', url: '/keys', cacheForMs: 60_000 };

	test('is asked for again only when its time is over', async () => {
		const { transport, sent, clock } = world({ answer: () => json({ key: 1 }) });
		for (let count = 0; count < 3; count++) {
			expect(valueOf(await transport.read(keys)).body).toEqual({ key: 1 });
		}
		expect(sent).toHaveLength(1);
		clock.pass(60_000);
		await transport.read(keys);
		expect(sent).toHaveLength(2);
	});

	test('is kept for its address alone', async () => {
		const { transport, sent } = world();
		await transport.read(keys);
		await transport.read({ ...keys, query: { version: '2' } });
		await transport.read(get);
		await transport.read(get);
		expect(sent).toHaveLength(4);
	});

	test('is kept for its key alone, unless it was given to nobody in particular', async () => {
		const { baseUrl } = newAccess();
		const first = world({ access: { baseUrl } });
		const second = world({ access: { baseUrl, apiKey: 'sk-another' } });
		for (const { transport } of [first, second]) await transport.read(keys);
		expect([first.sent.length, second.sent.length]).toEqual([1, 1]);
		for (const { transport } of [first, second]) {
			await transport.read({ ...keys, url: '/public', withoutKey: true });
		}
		expect([first.sent.length, second.sent.length]).toEqual([2, 1]);
	});

	test.each([503, 404, 204])('is not kept with HTTP %i', async (status) => {
		const { transport, sent } = world({ answer: () => json({}, status) });
		await transport.read(keys);
		await transport.read(keys);
		expect(sent).toHaveLength(2);
	});

	test('makes room when there are a hundred', async () => {
		const { transport, sent } = world();
		await transport.read(keys);
		for (let count = 0; count < 100; count++) {
			await transport.read({ ...keys, url: `/keys/${count}` });
		}
		const before = sent.length;
		await transport.read(keys);
		expect(sent).toHaveLength(before + 1);
	});
});
