import { useBench } from './bench.mts';

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
	return {
		calls: moments.length,
		moments,
		delayMs: (moments.at(-1) ?? 0) - seconds(jobSeconds),
	};
}

test.each([
	[30, 1, 5],
	[60, 10, 10],
	[120, 16, 10],
	[300, 26, 10],
	[600, 37, 10],
])('a job of %i s: at most %i calls, found within %i %%', async (job, maxCalls, maxPercent) => {
	const { calls, delayMs } = await measure(job);
	expect(calls).toBeLessThanOrEqual(maxCalls);
	expect(delayMs).toBeGreaterThanOrEqual(0);
	expect(delayMs).toBeLessThanOrEqual(seconds(job) * (maxPercent / 100));
});

test('the delay after the video is ready is 5 % of the job on average', async () => {
	const shares: number[] = [];
	for (let job = 40; job <= 600; job += 40) {
		shares.push((await measure(job)).delayMs / seconds(job));
	}
	const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
	expect(mean).toBeLessThan(0.06);
	expect(Math.max(...shares)).toBeLessThan(0.1);
});

test('gaps grow, from 2 s to 30 s', async () => {
	const { moments } = await measure(900);
	const gaps = moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0));
	expect(moments[0]).toBe(seconds(30));
	expect(Math.min(...gaps)).toBeGreaterThanOrEqual(seconds(2));
	expect(Math.max(...gaps)).toBe(seconds(30));
	expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
});

test('Poll Interval is the longest gap before any check, the first included', async () => {
	const { moments } = await measure(120, { pollInterval: 5 });
	const gaps = [0, ...moments].slice(1).map((moment, index) => moment - (moments[index - 1] ?? 0));
	expect(moments[0]).toBe(seconds(5));
	expect(Math.max(...gaps)).toBe(seconds(5));
});

test('Poll Interval below the usual shortest gap', async () => {
	const { moments, delayMs } = await measure(10, { pollInterval: 1 });
	expect(moments).toHaveLength(10);
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
	expect(bench.checks().length).toBeLessThan(120);
});
