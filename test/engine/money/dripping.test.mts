import { vendors } from '../../../sandbox/types.mts';
import { generationMs, useBench } from '../bench.mts';

const bench = useBench();

/** A byte every now and then, for ever: no idle timeout ever strikes. */
const drip = (operation: 'create' | 'status' | 'media', times?: number) =>
	bench.fault({ operation, times, effect: { kind: 'drip', everyMs: 5 } });

const minutes = (count: number) => count * 60_000;

describe.each(vendors)('%s', (provider) => {
	test('a check that drips is given up and made again', async () => {
		drip('status', 2);
		const { status, items } = await bench.run({ parameters: { provider } });
		expect(status).toBe('success');
		expect(items[0]?.json.taskId).toBe(bench.taskIds()[0]);
		expect(bench.clock().elapsed()).toBeLessThan(generationMs + 2 * 30_000 + 10_000);
	});

	test('checks that only drip end with the timeout', async () => {
		drip('status');
		const { error } = await bench.run({ parameters: { provider, options: { timeout: 3 } } });
		expect(error?.message).toMatch(/^The video was not finished after 3 minutes/);
		expect(error?.description).toContain(`Task ID: ${bench.taskIds()[0]}.`);
		expect(bench.clock().elapsed()).toBeGreaterThanOrEqual(minutes(3));
		expect(bench.clock().elapsed()).toBeLessThan(minutes(3) + 10_000);
		expect(bench.checks().length).toBeGreaterThan(3);
	});

	test.each([
		['drip', 0],
		['dripAfter', 1],
	] as const)('an order that drips (%s) may have been accepted', async (kind, taken) => {
		bench.fault({ operation: 'create', effect: { kind, everyMs: 5 } });
		// A vendor's own list would settle it.
		bench.fault({ operation: 'list', effect: { kind: 'http', status: 500 } });
		const parameters = { provider };
		const { error } = await bench.run({ parameters, retryOnFail: true, maxTries: 3 });
		expect(error?.message).toMatch(/may have accepted this video, but its answer was lost/);
		expect(bench.creates()).toHaveLength(1);
		expect(bench.taskIds()).toHaveLength(taken);
		expect(bench.clock().elapsed()).toBeGreaterThanOrEqual(minutes(2));
		expect(bench.clock().elapsed()).toBeLessThan(minutes(3));
	});
});

test('a shorter timeout than a read’s deadline is kept', async () => {
	drip('status');
	const { error } = await bench.run({ parameters: { options: { timeout: 0.1 } } });
	expect(error?.message).toMatch(/^The video was not finished after 0.1 minutes/);
	expect(bench.clock().elapsed()).toBeLessThanOrEqual(6_000 + 5_000);
});

test('Get ends, too', async () => {
	await bench.run({ parameters: { completion: 'submit' } });
	drip('status');
	const [taskId] = bench.taskIds();
	const { error } = await bench.run({
		type: 'seedanceTask',
		parameters: { provider: 'apikley', operation: 'get', taskId },
	});
	expect(error?.message).toMatch(/^Apikley did not answer/);
	expect(bench.clock().elapsed()).toBe(30_000);
});

describe('a video that drips', () => {
	test('is fetched again', async () => {
		drip('media', 1);
		const { status, items } = await bench.run({ parameters: { downloadVideo: true } });
		expect(status).toBe('success');
		expect(items[0]?.binary).toHaveProperty('data');
		expect(bench.downloads()).toHaveLength(2);
	});

	test('for ever: an error with task ID and URL, and a retry does not pay', async () => {
		drip('media');
		const failed = await bench.run({ parameters: { downloadVideo: true } });
		const [taskId] = bench.taskIds();
		expect(failed.error?.message).toMatch(/^The video is finished but could not be downloaded/);
		expect(failed.error?.description).toContain(`Task ID: ${taskId}.`);
		expect(failed.error?.description).toMatch(/Video URL: http\S+/);
		expect(bench.clock().elapsed()).toBeLessThanOrEqual(minutes(30));

		bench.sandbox().clearFaults();
		const { status, items } = await failed.retry();
		expect([status, items[0]?.json.taskId]).toEqual(['success', taskId]);
		expect(bench.creates()).toHaveLength(1);
	});

	test('at the very end of the node’s time: it gets a moment, and no more', async () => {
		drip('media');
		const { error } = await bench.run({
			parameters: { downloadVideo: true, options: { timeout: 1.1 } },
		});
		expect(error?.message).toMatch(/^The video is finished but could not be downloaded/);
		expect(bench.downloads()).toHaveLength(1);
		expect(bench.clock().elapsed()).toBeGreaterThanOrEqual(generationMs + minutes(1));
		expect(bench.clock().elapsed()).toBeLessThan(generationMs + minutes(1.2));
	});
});
