import type { SandboxTask } from '../../../sandbox/index.mts';
import { numbered, ownPrompt, prompts, useBench, type Given } from '../bench.mts';
import type { NodeResult } from '../harness.mts';
import { hintsOf, useOwnWebhooks } from './ownWebhooks.mts';

const bench = useBench();
const { n8n, started } = useOwnWebhooks();

const LIMIT = 3;
const COUNT = 8;

const run = async (completion: string, { parameters, ...more }: Given = {}) =>
	await bench.run({
		parameters: { ...ownPrompt, completion, options: { maxParallel: LIMIT }, ...parameters },
		items: numbered(COUNT),
		n8n: n8n(),
		...more,
	});

function mostAtOnce(tasks: SandboxTask[]): number {
	const running = (moment: number) =>
		tasks.filter(({ createdAt, finishesAt }) => createdAt <= moment && moment < finishesAt);
	return Math.max(...tasks.map(({ createdAt }) => running(createdAt).length));
}

const parkedIn = ({ run: { data } }: NodeResult) =>
	data.executionData?.nodeExecutionStack[0]?.data.main?.[0] ?? [];

const callbackUrl = 'https://n8n.example/webhook/abc/seedance';

test.each([
	['submit', {}],
	['notify', { callbackUrl }],
	['pause', {}],
])('%s: never more than Max Parallel Tasks in the works', async (completion, more) => {
	const result = await run(completion, { parameters: more });
	expect(bench.creates()).toHaveLength(COUNT);
	expect(mostAtOnce(bench.sandbox().tasks())).toBe(LIMIT);
	expect(result.items.map(({ json }) => json.taskId)).toEqual(bench.taskIds());
	expect(result.items.map(({ json }) => json.status)).toEqual([
		...Array.from({ length: COUNT - LIMIT }, () => 'succeeded'),
		...Array.from({ length: LIMIT }, () => 'queued'),
	]);
	expect(hintsOf(result).join()).toContain(`'Max Parallel Tasks' is ${LIMIT}`);
});

test.each(['submit', 'pause'])('%s: all at once where it is not set', async (completion) => {
	const result = await run(completion, { parameters: { options: {} } });
	expect(bench.clock().elapsed()).toBe(0);
	expect(mostAtOnce(bench.sandbox().tasks())).toBe(COUNT);
	expect(hintsOf(result).join()).not.toContain('Max Parallel Tasks');
});

test('a paused run keeps what has ended, with its files, and waits for the others', async () => {
	const result = await run('pause', { onError: 'continueRegularOutput' });
	expect(result.status).toBe('waiting');
	const parked = parkedIn(result);
	expect(parked).toHaveLength(COUNT);
	expect(parked.map(({ json }) => Object(json.parked).task.isDone === true)).toEqual([
		...Array.from({ length: COUNT - LIMIT }, () => true),
		...Array.from({ length: LIMIT }, () => false),
	]);
	expect(parked[0]?.json).toMatchObject({
		status: 'succeeded',
		videoUrl: expect.stringMatching(/^http/),
	});
	expect(parked[0]?.json).not.toHaveProperty('error');
	expect(started).toHaveLength(2);
});

test('one that fails makes room, and is parked as what it is', async () => {
	const result = await run('pause', {
		items: prompts('A [fail]', 'B', 'C', 'D', 'E'),
		onError: 'continueRegularOutput',
	});
	expect(result.status).toBe('waiting');
	expect(bench.creates()).toHaveLength(5);
	const parked = parkedIn(result);
	expect(parked[0]?.json).toMatchObject({ status: 'failed', error: expect.any(String) });
});

test('where the last one is not taken there is nothing to pause for', async () => {
	const result = await run('pause', {
		parameters: { options: { maxParallel: 1, maxOrders: 2 } },
		items: numbered(3),
		onError: 'continueRegularOutput',
	});
	expect(result.status).toBe('success');
	expect(result.items.map(({ json }) => json.status)).toEqual([
		'succeeded',
		'succeeded',
		undefined,
	]);
	expect(started).toEqual([]);
});

test('who stops it stops the waiting too', async () => {
	const running = bench.start({
		parameters: { ...ownPrompt, completion: 'submit', options: { maxParallel: 1 } },
		items: numbered(3),
		n8n: n8n(),
	});
	while (bench.checks().length === 0) await new Promise((resolve) => setImmediate(resolve));
	running.stop();
	expect((await running.done).status).toBe('canceled');
	expect(bench.creates().length).toBeLessThan(3);
});

describe('The vendor’s calls to a paused execution', () => {
	const withUrl = () =>
		bench.creates().flatMap(({ json }) => {
			const { callBackUrl, prompt, input } = json as Record<string, unknown>;
			return callBackUrl === undefined ? [] : [prompt ?? Object(input).prompt];
		});

	test('are asked for by the last twenty items of a large batch', async () => {
		await run('pause', { items: numbered(50), parameters: { options: {} } });
		expect(bench.creates()).toHaveLength(50);
		expect(withUrl().toSorted()).toEqual(
			Array.from({ length: 20 }, (_, index) => `Clip ${30 + index}`).toSorted(),
		);
	});

	test('are asked for by all of a small one, and always for a trigger', async () => {
		await run('pause', { items: numbered(20), parameters: { options: {} } });
		expect(withUrl()).toHaveLength(20);
		await run('notify', { items: numbered(50), parameters: { options: {}, callbackUrl } });
		expect(withUrl()).toHaveLength(70);
	});
});
