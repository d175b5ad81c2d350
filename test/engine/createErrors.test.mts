import type { FaultEffect } from '../../sandbox/index.mts';
import { useBench, type Vendor } from './bench.mts';

const bench = useBench();

/** The vendor answers the next order with a code: as HTTP status, or with HTTP 200 in the body. */
const answers: Array<[string, (code: number) => FaultEffect]> = [
	['HTTP status', (status) => ({ kind: 'http', status })],
	['code in an answer of HTTP 200', (code) => ({ kind: 'bodyCode', code })],
];

const final: Array<[number, Vendor, RegExp]> = [
	[401, 'apikley', /^Apikley did not accept the API key/],
	[402, 'apikley', /^Apikley has not enough credits left on the account/],
	[404, 'apikley', /^Apikley does not know this task, model or address/],
	[422, 'apikley', /^Apikley did not accept the parameters/],
	[501, 'apikley', /^Apikley could not generate the video/],
	[505, 'apikley', /^Apikley has switched this feature off/],
	[400, 'modellix', /^Modellix did not accept the parameters/],
	[401, 'modellix', /^Modellix did not accept the API key/],
	[402, 'modellix', /^Modellix has not enough credits/],
	[404, 'modellix', /^Modellix does not know this task, model or address/],
];

const passing: Array<[number, Vendor]> = [
	[429, 'apikley'],
	[455, 'apikley'],
	[429, 'modellix'],
];

const unknown: Array<[number, Vendor]> = [
	[500, 'apikley'],
	[500, 'modellix'],
	[503, 'modellix'],
];

describe.each(answers)('%s', (_, effectOf) => {
	test.each(final)('%i from %s: told at once, not repeated', async (code, provider, message) => {
		bench.fault({ operation: 'create', effect: effectOf(code) });
		const { status, error } = await bench.run({ parameters: { provider } });

		expect(status).toBe('error');
		expect(error?.message).toMatch(message);
		expect(error?.message).toMatch(/\[item 0\]$/);
		expect(error?.description).toMatch(/Answer: ".+" \(code \d+\)\./);
		expect(bench.creates()).toHaveLength(1);
		expect(bench.clock().elapsed()).toBe(0);
	});

	test.each(passing)('%i from %s: repeated until it is taken', async (code, provider) => {
		bench.fault({ operation: 'create', times: 3, effect: effectOf(code) });
		const { status } = await bench.run({ parameters: { provider, completion: 'submit' } });

		expect(status).toBe('success');
		expect(bench.creates()).toHaveLength(4);
		expect(bench.taskIds()).toHaveLength(1);
		expect(bench.clock().elapsed()).toBe(2000 + 4000 + 8000);
	});

	test.each(unknown)('%i from %s: not repeated, may have been accepted', async (code, provider) => {
		bench.fault({ operation: 'create', effect: effectOf(code) });
		const { error } = await bench.run({ parameters: { provider } });

		expect(error?.message).toMatch(/may have accepted this video, but its answer was lost/);
		expect(error?.description).toContain('Resubmit Unknown');
		expect(bench.creates()).toHaveLength(1);
	});
});

describe('AI/ML API has HTTP statuses only', () => {
	test.each([
		[400, /^AI\/ML API did not accept the parameters/],
		[401, /^AI\/ML API did not accept the API key/],
		[403, /^AI\/ML API has not enough credits left on the account/],
		[404, /^AI\/ML API does not know this task, model or address/],
		[500, /^AI\/ML API may have accepted this video/],
		[501, /^AI\/ML API may have accepted this video/],
	])('%i', async (httpStatus, message) => {
		bench.fault({ operation: 'create', effect: { kind: 'http', status: httpStatus } });
		const { error } = await bench.run({ parameters: { provider: 'aimlapi' } });
		expect(error?.message).toMatch(message);
		expect(error).toMatchObject({ httpCode: String(httpStatus) });
		expect(bench.creates()).toHaveLength(1);
	});
});

test.each(['apikley', 'modellix', 'aimlapi'] as const)(
	'%s: Retry-After is kept',
	async (provider) => {
		const effect: FaultEffect = { kind: 'http', status: 429, retryAfterSeconds: 90 };
		bench.fault({ operation: 'create', times: 2, effect });
		await bench.run({ parameters: { provider, completion: 'submit' } });
		const moments = bench.creates().map(({ receivedAt }) => receivedAt);
		expect(moments.map((moment) => moment - (moments[0] ?? 0))).toEqual([0, 90_000, 180_000]);
	},
);

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
				error: 'Apikley has not enough credits left on the account',
				provider: 'apikley',
				model: 'bytedance/v1-lite-text-to-video',
				failure: { code: '402', message: expect.stringContaining('Top up the Apikley account') },
			},
			pairedItem: { item: 0 },
		},
	]);
});
