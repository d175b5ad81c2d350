import type { FaultEffect } from '../../sandbox/index.mts';
import { vendors } from '../../sandbox/types.mts';
import { useBench } from './bench.mts';

const bench = useBench();

/** How a vendor says a code: as the HTTP status, or in the body of an answer with HTTP 200. */
const asStatus = (status: number): FaultEffect => ({ kind: 'http', status });
const inBody = (code: number): FaultEffect => ({ kind: 'bodyCode', code });
const says = { 'HTTP status': asStatus, 'code in an answer of HTTP 200': inBody };

test.each([
	['HTTP status', 401, 'apikley', /^Apikley did not accept the API key/],
	['HTTP status', 402, 'apikley', /^Apikley does not have enough credits left on the account/],
	['HTTP status', 404, 'apikley', /^Apikley does not know this task, model or address/],
	['HTTP status', 422, 'apikley', /^Apikley did not accept the parameters/],
	['HTTP status', 400, 'modellix', /^Modellix did not accept the parameters/],
	['HTTP status', 401, 'modellix', /^Modellix did not accept the API key/],
	['HTTP status', 402, 'modellix', /^Modellix does not have enough credits/],
	['HTTP status', 404, 'modellix', /^Modellix does not know this task, model or address/],
	['HTTP status', 505, 'apikley', /^Apikley has switched this feature off/],
	// Apikley alone documents codes in the body of an answer that is none by its HTTP status.
	['code in an answer of HTTP 200', 401, 'apikley', /^Apikley did not accept the API key/],
	['code in an answer of HTTP 200', 402, 'apikley', /^Apikley does not have enough credits/],
	['code in an answer of HTTP 200', 404, 'apikley', /^Apikley does not know this task, model/],
	['code in an answer of HTTP 200', 422, 'apikley', /^Apikley did not accept the parameters/],
	['code in an answer of HTTP 200', 505, 'apikley', /^Apikley has switched this feature off/],
] as const)('%s %i from %s: told at once, not repeated', async (way, code, provider, message) => {
	bench.fault({ operation: 'create', effect: says[way](code) });
	const { status, error } = await bench.run({ parameters: { provider } });

	expect(status).toBe('error');
	expect(error?.message).toMatch(message);
	expect(error?.message).toMatch(/\[item 0\]$/);
	expect(error?.description).toMatch(/Answer: ".+" \(code \d+\)\. Nothing was submitted\.$/);
	expect(bench.creates()).toHaveLength(1);
	expect(bench.clock().elapsed()).toBe(0);
});

test.each([
	['HTTP status', 429, 'apikley'],
	['HTTP status', 455, 'apikley'],
	['HTTP status', 429, 'modellix'],
	['code in an answer of HTTP 200', 429, 'apikley'],
	['code in an answer of HTTP 200', 455, 'apikley'],
] as const)('%s %i from %s: repeated until it is taken', async (way, code, provider) => {
	bench.fault({ operation: 'create', times: 3, effect: says[way](code) });
	const { status } = await bench.run({ parameters: { provider, completion: 'submit' } });

	expect(status).toBe('success');
	expect(bench.creates()).toHaveLength(4);
	expect(bench.taskIds()).toHaveLength(1);
	expect(bench.clock().elapsed()).toBe(2000 + 4000 + 8000);
});

describe('AI/ML API has HTTP statuses only', () => {
	test.each([
		[400, /^AI\/ML API did not accept the parameters/],
		[401, /^AI\/ML API did not accept the API key/],
		[403, /^AI\/ML API does not have enough credits left on the account/],
		[404, /^AI\/ML API does not know this task, model or address/],
	])('%i', async (httpStatus, message) => {
		bench.fault({ operation: 'create', effect: { kind: 'http', status: httpStatus } });
		const { error } = await bench.run({ parameters: { provider: 'aimlapi' } });
		expect(error?.message).toMatch(message);
		expect(error).toMatchObject({ httpCode: String(httpStatus) });
		expect(bench.creates()).toHaveLength(1);
	});
});

test.each(vendors)('%s: Retry-After is kept', async (provider) => {
	const effect: FaultEffect = { kind: 'http', status: 429, retryAfterSeconds: 90 };
	bench.fault({ operation: 'create', times: 2, effect });
	await bench.run({ parameters: { provider, completion: 'submit' } });
	const moments = bench.creates().map(({ receivedAt }) => receivedAt);
	expect(moments.map((moment) => moment - (moments[0] ?? 0))).toEqual([0, 90_000, 180_000]);
});

test('a rate limit that never ends: given up at the timeout', async () => {
	bench.fault({ operation: 'create', effect: { kind: 'http', status: 429 } });
	const { error } = await bench.run({ parameters: { options: { timeout: 5 } } });
	expect(error?.message).toMatch(/^Apikley is receiving too many requests/);
	expect(bench.clock().elapsed()).toBeLessThanOrEqual(5 * 60_000);
	expect(bench.clock().elapsed()).toBeGreaterThan(3 * 60_000);
});

test("a gateway's error page", async () => {
	const body = '<html><h1>502 Bad Gateway</h1></html>';
	bench.fault({ operation: 'create', effect: { kind: 'http', status: 502, body } });
	const { error } = await bench.run();
	expect(error?.message).toMatch(/^Apikley may have accepted this video/);
	expect(error?.description).toContain('502 Bad Gateway');
});

test('Continue On Fail: the row of an order that was not taken', async () => {
	bench.fault({ operation: 'create', effect: { kind: 'http', status: 402 } });
	const { items } = await bench.run({ onError: 'continueRegularOutput' });
	expect(items).toEqual([
		{
			json: {
				error: 'Apikley does not have enough credits left on the account',
				provider: 'apikley',
				model: 'bytedance/v1-lite-text-to-video',
				prompt: 'A paper boat',
				aspectRatio: '16:9',
				resolution: '720p',
				duration: 5,
				failure: {
					kind: 'insufficientCredits',
					code: '402',
					message: expect.stringContaining('Top up the Apikley account'),
				},
			},
			pairedItem: { item: 0 },
		},
	]);
});
