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

test.each([
	[2, 1],
	[4, 2],
	[10, 5],
	[20, 10],
	[30, 15],
	[45, 20],
	[60, 23],
	[90, 28],
	[120, 31],
	[300, 41],
	[600, 50],
])('a job of %i s: at most %i looks, found at most 2.5 s or 10 %% late', async (job, looks) => {
	const { moments, delayMs } = await measure(job);
	expect(moments.length).toBeLessThanOrEqual(looks);
	expect(delayMs).toBeGreaterThanOrEqual(0);
	expect(delayMs).toBeLessThanOrEqual(Math.max(2_500, seconds(job) * 0.1));
});

test('the first look comes 2 s after the submission, the gaps grow to 30 s', async () => {
	const { gaps } = await measure(900);
	expect(gaps[0]).toBe(seconds(2));
	expect(Math.max(...gaps)).toBe(seconds(30));
	expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
});

test('Poll Interval is the longest gap before any look, the first included', async () => {
	const { gaps } = await measure(120, { pollInterval: 5 });
	expect(Math.max(...gaps)).toBe(seconds(5));
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
	// 46 in the first ten minutes, a tenth of the time between them up to ten hours, one an hour after.
	expect(bench.checks().length).toBeLessThan(130);
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
		// Without a budget there would be some 700 looks in the first minute: it was really used up.
		expect(mostInAnyWindow(60_000)).toBeGreaterThan(80);
	});

	test('one execution alone is not slowed down by it', async () => {
		await several(1, 1);
		expect(bench.clock().elapsed()).toBeLessThan(1.1 * seconds(60));
	});
});
