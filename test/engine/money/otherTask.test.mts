import { vendors } from '../../../sandbox/types.mts';
import { useBench } from '../bench.mts';

const bench = useBench();

/** The vendor, or a proxy before it, answers about somebody else's finished video. */
const strike = (times?: number) =>
	bench.fault({ operation: 'status', times, effect: { kind: 'otherTask' } });

describe.each(vendors)('%s', (provider) => {
	test('the wait goes on until the answer is about this task', async () => {
		strike(3);
		const { status, items } = await bench.run({ parameters: { provider, downloadVideo: true } });
		const [taskId] = bench.taskIds();
		expect(status).toBe('success');
		expect(items[0]?.json).toMatchObject({ taskId, status: 'succeeded' });
		expect(JSON.stringify(items[0]?.json)).not.toContain(`${taskId}-other`);
		expect(bench.downloads().map(({ path }) => path)).toEqual([
			expect.stringContaining(encodeURIComponent(taskId ?? '')),
		]);
		expect(bench.downloads()[0]?.path).not.toContain('-other');
		expect(bench.creates()).toHaveLength(1);
	});

	test('never: an error at the timeout, nothing is downloaded or paid again', async () => {
		strike();
		const { error } = await bench.run({
			parameters: { provider, downloadVideo: true, options: { timeout: 2 } },
			retryOnFail: true,
			maxTries: 3,
		});
		const [taskId] = bench.taskIds();
		expect(error?.message).toMatch(/^The video was not finished after 2 minutes/);
		expect(error?.description).toContain(`about another task, ${taskId}-other`);
		expect(error?.description).toContain(`Task ID: ${taskId}.`);
		expect(bench.downloads()).toEqual([]);
		expect(bench.creates()).toHaveLength(1);
	});

	test('a second try is not taken in either', async () => {
		const failed = await bench.run({ parameters: { provider, options: { timeout: 0.25 } } });
		strike(2);
		const { items } = await failed.retry({
			parameters: { provider, prompt: 'A paper boat', downloadVideo: false },
		});
		const [taskId] = bench.taskIds();
		expect(items[0]?.json).toMatchObject({ taskId, status: 'succeeded' });
		expect(items[0]?.json.videoUrl).not.toContain('-other');
		expect(bench.creates()).toHaveLength(1);
	});

	test('Seedance Task, Get: no row about another task', async () => {
		await bench.run({ parameters: { provider, completion: 'submit' } });
		const [task] = bench.sandbox().tasks();
		const { taskId, model } = task ?? {};
		strike();
		const { error } = await bench.run({
			type: 'seedanceTask',
			parameters: { provider, operation: 'get', taskId, options: { model } },
		});
		expect(error?.message).toMatch(/gave an answer that could not be read/);
		expect(error?.description).toContain(`Task ID: ${taskId}.`);
		expect(bench.downloads()).toEqual([]);
	});
});
