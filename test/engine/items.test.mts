import { numbered, ownPrompt, useBench } from './bench.mts';
import type { SandboxTask } from '../../sandbox/index.mts';

const bench = useBench();

/** The most tasks that the vendor had in the works at one moment. */
function mostAtOnce(tasks: SandboxTask[]): number {
	const starts = tasks.map(({ createdAt }) => createdAt);
	const running = (moment: number) =>
		tasks.filter(({ createdAt, finishesAt }) => createdAt <= moment && moment < finishesAt);
	return Math.max(...starts.map((moment) => running(moment).length));
}

describe.each([1, 5, 20])('%i items', (count) => {
	test('one row each, in order, paired', async () => {
		const { items } = await bench.run({ parameters: ownPrompt, items: numbered(count) });

		const taskOf = new Map(
			bench
				.sandbox()
				.tasks()
				.map(({ taskId, input }) => [input.prompt, taskId]),
		);
		expect(taskOf.size).toBe(count);
		expect(items.map(({ json, pairedItem }) => [json.taskId, pairedItem])).toEqual(
			numbered(count).map(({ json }, item) => [taskOf.get(json.prompt), { item }]),
		);
		expect(bench.creates()).toHaveLength(count);
	});

	test('Max Parallel Tasks 3', async () => {
		await bench.run({
			parameters: { ...ownPrompt, options: { maxParallel: 3 } },
			items: numbered(count),
		});
		expect(mostAtOnce(bench.sandbox().tasks())).toBe(Math.min(3, count));
	});
});

test('rows keep the order of the items when a later one is ready first', async () => {
	const items = numbered(3);
	items[0] = { json: { prompt: 'First, but [slow]' } };
	const { items: rows } = await bench.run({ parameters: ownPrompt, items });
	const prompts = rows.map(
		({ json }) =>
			bench
				.sandbox()
				.tasks()
				.find(({ taskId }) => taskId === json.taskId)?.input.prompt,
	);
	expect(prompts).toEqual(['First, but [slow]', 'Clip 1', 'Clip 2']);
});

test.each([
	['apikley', 20],
	['modellix', 3],
	['aimlapi', 10],
] as const)('%s: at most %i tasks at once when the user says nothing', async (provider, limit) => {
	await bench.run({ parameters: { ...ownPrompt, provider }, items: numbered(limit + 5) });
	expect(bench.sandbox().tasks()).toHaveLength(limit + 5);
	expect(mostAtOnce(bench.sandbox().tasks())).toBe(limit);
});

test.each([
	['apikley', 20, 10_000],
	['modellix', 50, 60_000],
] as const)(
	'%s: at most %i new tasks in any window of %i ms',
	async (provider, count, windowMs) => {
		const options = { maxParallel: 200 };
		await bench.run({
			parameters: { ...ownPrompt, provider, completion: 'submit', options },
			items: numbered(2 * count + 1),
		});
		const moments = bench.creates().map(({ receivedAt }) => receivedAt);
		expect(moments).toHaveLength(2 * count + 1);
		for (const from of moments) {
			const inWindow = moments.filter((moment) => moment >= from && moment < from + windowMs);
			expect(inWindow.length).toBeLessThanOrEqual(count);
		}
		// Paced, but no slower than it must be.
		expect(bench.clock().elapsed()).toBe(2 * windowMs);
	},
);

test.each([1, 2])('two equal items get a task each, %i at a time', async (maxParallel) => {
	const { items } = await bench.run({
		parameters: { options: { maxParallel } },
		items: [{ json: {} }, { json: {} }],
	});
	expect(new Set(items.map(({ json }) => json.taskId)).size).toBe(2);
	expect(bench.creates()).toHaveLength(2);
});

test('the same item in two rounds of a loop gets two tasks', async () => {
	const round = [{ json: { prompt: 'The same' } }];
	const { status } = await bench.run({ parameters: ownPrompt, batches: [round, round] });
	expect(status).toBe('success');
	expect(bench.creates()).toHaveLength(2);
});
