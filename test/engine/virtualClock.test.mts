import { clock } from '../../nodes/shared/clock.ts';
import { useBench } from './bench.mts';

const bench = useBench();
const hours = (count: number) => count * 3_600_000;

test('two sleepers wake in the order of their time, whoever slept first', async () => {
	const order: string[] = [];
	await Promise.all([
		clock.sleep(5000).then(() => order.push(`late ${bench.clock().elapsed()}`)),
		clock.sleep(1000).then(() => order.push(`early ${bench.clock().elapsed()}`)),
		clock.sleep(1000).then(() => order.push(`second ${bench.clock().elapsed()}`)),
	]);
	expect(order).toEqual(['early 1000', 'second 1000', 'late 5000']);
});

test('a day passes in a moment', async () => {
	const realStart = Date.now();
	await clock.sleep(hours(24));
	expect(bench.clock().elapsed()).toBe(hours(24));
	expect(Date.now() - realStart).toBeLessThan(500);
});

test('time stands still while a request is in flight', async () => {
	bench.fault({ effect: { kind: 'latency', latencyMs: 100 } });
	const answered = fetch(`${bench.sandbox().baseUrls.aimlapi}/v2/billing`).then(
		async (response) => {
			await response.text();
			return bench.clock().elapsed();
		},
	);
	while (bench.sandbox().inFlight() === 0) await new Promise((resolve) => setTimeout(resolve, 1));
	await clock.sleep(hours(1));
	expect(bench.clock().elapsed()).toBe(hours(1));
	expect(await answered).toBe(0);
});

test('a stopped sleeper is gone at once and moves no time', async () => {
	const stop = new AbortController();
	const slept = clock.sleep(hours(1), stop.signal);
	stop.abort(new Error('stopped'));
	await expect(slept).rejects.toThrow('stopped');
	await expect(clock.sleep(1, stop.signal)).rejects.toThrow('stopped');
	expect([bench.clock().sleepers(), bench.clock().elapsed()]).toEqual([0, 0]);
});
