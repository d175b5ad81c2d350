import { numbered, ownPrompt, useBench } from './bench.mts';

const bench = useBench();
const seconds = (count: number) => count * 1000;

async function measure(jobSeconds: number, options = {}) {
	bench.sandbox().setGenerationMs(seconds(jobSeconds));
	const startedAt = bench.clock().now();
	const before = bench.checks().length;
	const { status } = await bench.run({ parameters: { options } });
	expect(status).toBe('success');
	const moments = bench
		.checks()
		.slice(before)
		.map(({ receivedAt }) => receivedAt - startedAt);
	const gaps = moments.map((moment, index) => moment - (moments[index - 1] ?? 0));
	return { moments, gaps, delayMs: (moments.at(-1) ?? 0) - seconds(jobSeconds) };
}

test.each([2, 4, 10, 20, 30, 45, 60, 90, 120, 300, 600])(
	'a job of %i s: looked at every two seconds, found at most 2.5 s late',
	async (job) => {
		const { moments, delayMs } = await measure(job);
		expect(moments.length).toBeLessThanOrEqual(Math.ceil(job / 2) + 1);
		expect(delayMs).toBeGreaterThanOrEqual(0);
		expect(delayMs).toBeLessThanOrEqual(2_500);
	},
);

test('the first look comes 2 s after the submission, the gaps grow to a three-hundredth', async () => {
	const { gaps } = await measure(1800);
	expect(gaps[0]).toBe(seconds(2));
	expect(Math.max(...gaps)).toBeGreaterThan(seconds(5.9));
	expect(Math.max(...gaps)).toBeLessThanOrEqual(seconds(6));
});

test('Poll Interval is the longest gap before any look, the first included', async () => {
	const { gaps } = await measure(1500, { pollInterval: 3 });
	expect(Math.max(...gaps)).toBe(seconds(3));
	expect(Math.min(...gaps)).toBe(seconds(2));
});

test('Poll Interval below the usual shortest gap', async () => {
	const { gaps, delayMs } = await measure(10, { pollInterval: 1 });
	expect(gaps).toEqual(Array(10).fill(seconds(1)));
	expect(delayMs).toBe(0);
});

test('two days of the offline tier are waited for by default', async () => {
	const twoDays = 172_800;
	bench.sandbox().setGenerationMs(seconds(twoDays - 60));
	const { status } = await bench.run({
		parameters: {
			provider: 'modellix',
			options: { serviceTier: 'flex', pollInterval: 3600 },
		},
	});
	expect(status).toBe('success');
	// 300 in the first ten minutes, then a three-hundredth of the time between them.
	expect(bench.checks().length).toBeLessThan(2_100);
});

describe('the budget of a credential', () => {
	/** The most requests in any window that begins with one of them. */
	function mostInAnyWindow(windowMs: number): number {
		const moments = bench.sandbox().requests.map(({ receivedAt }) => receivedAt);
		const inWindow = (from: number) =>
			moments.filter((moment) => moment >= from && moment < from + windowMs).length;
		return Math.max(...moments.map(inWindow));
	}

	const several = async (executions: number, items: number) => {
		const options = { maxParallel: items };
		const runs = Array.from({ length: executions }, () =>
			bench.run({
				parameters: { ...ownPrompt, provider: 'modellix', options },
				items: numbered(items),
			}),
		);
		return await Promise.all(runs);
	};

	test('Modellix: all executions together send at most 90 requests in 60 s', async () => {
		const results = await several(5, 6);
		for (const { status, items } of results) {
			expect(status).toBe('success');
			expect(items.map(({ json }) => json.status)).toEqual(Array(6).fill('succeeded'));
		}
		expect(bench.creates()).toHaveLength(30);
		expect(mostInAnyWindow(60_000)).toBeLessThanOrEqual(90);
		// Without a budget there would be some 700 looks in the first minute: 30 orders and the half of it
		// that is for looks were really used.
		expect(mostInAnyWindow(60_000)).toBeGreaterThan(72);
	});

	test('one execution alone is not slowed down by it', async () => {
		await several(1, 1);
		expect(bench.clock().elapsed()).toBeLessThan(1.1 * seconds(60));
	});
});
