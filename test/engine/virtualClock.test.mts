import { createServer, get, type RequestListener } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clock } from '../../nodes/shared/n8n/clock.ts';
import { useBench } from './bench.mts';
import { useServer } from '../servers.mts';

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
	await clock.sleep(hours(24));
	expect(bench.clock().elapsed()).toBe(hours(24));
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

describe('time stands still, however long it takes,', () => {
	/** Longer than any guess at what is long. */
	const latencyMs = 400;

	test.each<[string, () => Promise<void>]>([
		[
			'while a stranger answers',
			async () => {
				const server = createServer(
					(_, response) => void setTimeout(() => response.end('a'), latencyMs),
				);
				await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
				const { port } = server.address() as AddressInfo;
				const answer = await fetch(`http://127.0.0.1:${port}`, {
					headers: { connection: 'close' },
				});
				await answer.text();
				await new Promise((resolve) => server.close(resolve));
			},
		],
		[
			'while a file is written',
			async () => {
				const folder = await mkdtemp(join(tmpdir(), 'seedance-clock-'));
				await writeFile(join(folder, 'video.mp4'), Buffer.alloc(40 * 1024 * 1024));
				await rm(folder, { recursive: true });
			},
		],
	])('%s', async (_, work) => {
		const signal = clock.deadline(hours(1));
		const working = work().then(() => bench.clock().elapsed());
		await clock.sleep(hours(1));
		expect(await working).toBe(0);
		expect(signal.aborted).toBe(true);
	});
});

test('time stands still when a test says so, and goes on when told', async () => {
	let turns = 0;
	const slept = (async () => {
		for (; turns < 5; turns++) await clock.sleep(1000);
	})();
	await bench.clock().standStillWhen(() => turns === 3);
	for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
	expect([turns, bench.clock().elapsed()]).toEqual([3, 3000]);
	bench.clock().goOn();
	await slept;
	expect([turns, bench.clock().elapsed()]).toEqual([5, 5000]);
});

test('a stopped sleeper is gone at once and moves no time', async () => {
	const stop = new AbortController();
	const slept = clock.sleep(hours(1), stop.signal);
	stop.abort(new Error('stopped'));
	await expect(slept).rejects.toThrow('stopped');
	await expect(clock.sleep(1, stop.signal)).rejects.toThrow('stopped');
	expect([bench.clock().sleepers(), bench.clock().elapsed()]).toEqual([0, 0]);
});

describe('deadlines', () => {
	const answers: Record<string, RequestListener> = {
		hang: (request) => void bench.clock().hangs(request),
		stall(request, response) {
			bench.clock().hangs(request);
			response.writeHead(200).write('a');
		},
		drip(request, response) {
			bench.clock().hangs(request);
			response.writeHead(200);
			const timer = setInterval(() => response.write('a'), 5);
			response.once('close', () => clearInterval(timer));
		},
		answer: (_, response) => void response.end('a'),
	};
	const server = useServer((request, response) =>
		answers[request.url?.slice(1) ?? '']?.(request, response),
	);

	/** Resolves with the virtual time at which the request came to its end, and how. */
	const ask = (path: string, signal: AbortSignal) =>
		new Promise<string>((resolve) => {
			const ended = (how: string) => resolve(`${how} at ${bench.clock().elapsed()}`);
			get(`${server()}/${path}`, { signal }, (response) => {
				response
					.resume()
					.on('end', () => ended('whole'))
					.on('error', () => ended('cut off'));
			}).on('error', () => ended('cut off'));
		});

	test('a passing one aborts its signal on the way', async () => {
		const signals = [1000, 1001].map((ms) => clock.deadline(ms));
		await clock.sleep(1000);
		expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
		expect(signals[0]?.reason).toMatchObject({ name: 'TimeoutError' });
	});

	test('one alone moves no time', async () => {
		const signal = clock.deadline(1000);
		expect(await ask('answer', signal)).toBe('whole at 0');
		await new Promise((resolve) => setTimeout(resolve, 20));
		expect([signal.aborted, bench.clock().elapsed()]).toEqual([false, 0]);
	});

	test.each(['hang', 'stall', 'drip'])(
		'a request that would %s for ever ends at its own',
		async (path) => {
			clock.deadline(10_000);
			expect(await ask(path, clock.deadline(30_000))).toBe('cut off at 30000');
		},
	);

	test('others go on meanwhile, each at its time', async () => {
		const moments: number[] = [];
		const [ended] = await Promise.all([
			ask('hang', clock.deadline(30_000)),
			...[2_000, 29_999, 40_000].map(async (ms) => {
				await clock.sleep(ms);
				moments.push(bench.clock().elapsed());
				expect(await ask('answer', clock.deadline(30_000))).toBe(`whole at ${ms}`);
			}),
		]);
		expect(ended).toBe('cut off at 30000');
		expect(moments).toEqual([2_000, 29_999, 40_000]);
	});
});
