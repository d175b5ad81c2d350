import { useBench } from './bench.mts';

const bench = useBench();

const withBaseUrl = (baseUrl: string) => ({
	credentials: { seedanceApikleyApi: { apiKey: 'sandbox-apikley-key', baseUrl } },
});

describe('a check that does not come through is made again', () => {
	test.each(['reset', 'resetAfter', 'hang', 'hangAfter', 'malformedJson'] as const)(
		'%s',
		async (kind) => {
			bench.fault({ operation: 'status', times: 2, effect: { kind } });
			const { status, items } = await bench.run();
			expect(status).toBe('success');
			expect(items[0]?.json.taskId).toBe(bench.taskIds()[0]);
			expect(bench.creates()).toHaveLength(1);
		},
	);
});

test('an outage of a quarter of an hour is sat out', async () => {
	bench.sandbox().setGenerationMs(120_000);
	bench.fault({ operation: 'status', times: 60, effect: { kind: 'reset' } });
	const { status } = await bench.run();
	expect(status).toBe('success');
	expect(bench.clock().elapsed()).toBeGreaterThan(15 * 60_000);
});

test('nobody listens: tried until the timeout, and certainly nothing submitted', async () => {
	const { error } = await bench.run({
		...withBaseUrl('http://127.0.0.1:1'),
		parameters: { options: { timeout: 3 } },
	});
	expect(error?.message).toBe('Apikley could not be reached [item 0]');
	expect(error?.description).toMatch(/ECONNREFUSED/);
	expect(bench.clock().elapsed()).toBeGreaterThan(60_000);
	expect(bench.clock().elapsed()).toBeLessThanOrEqual(180_000);
});

test.each(['api.apikley.ru', 'ftp://api.apikley.ru', '//api.apikley.ru', 'api apikley'])(
	'the base URL %s is none: said before anything is sent',
	async (baseUrl) => {
		const { error } = await bench.run(withBaseUrl(baseUrl));
		expect(error?.message).toBe(
			'The Base URL of the Apikley credential is not a web address [item 0]',
		);
		expect(error?.description).toContain('https://api.apikley.ru');
	},
);
