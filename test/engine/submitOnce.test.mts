import { numbered, ownPrompt, prompts, useBench } from './bench.mts';

const bench = useBench({ takesMs: 60_000 });
const retrying = { retryOnFail: true, maxTries: 3 };

describe('Retry On Fail', () => {
	test('a check that is refused once: the second try goes on with the same task', async () => {
		bench.fault({ operation: 'status', times: 1, effect: { kind: 'http', status: 401 } });
		const { status, items } = await bench.run(retrying);
		expect(status).toBe('success');
		expect(bench.creates()).toHaveLength(1);
		expect(items[0]?.json.taskId).toBe(bench.taskIds()[0]);
	});

	test('a timeout: every try waits for the same task', async () => {
		const { error } = await bench.run({
			...retrying,
			parameters: { options: { timeout: 0.25 } },
		});
		expect(error?.description).toContain(`Task ID: ${bench.taskIds()[0]}.`);
		expect(bench.creates()).toHaveLength(1);
		expect(bench.clock().elapsed()).toBe(3 * 15_000);
	});

	test('a task that failed is submitted anew', async () => {
		bench.fault({ operation: 'create', times: 1, effect: { kind: 'failTask' } });
		const { status, items } = await bench.run(retrying);
		expect(status).toBe('success');
		expect(bench.creates()).toHaveLength(2);
		expect(items[0]?.json.taskId).toBe(bench.taskIds()[1]);
	});

	test('one failure of three: the other two are not paid again', async () => {
		bench.fault({ operation: 'create', everyNth: 2, times: 1, effect: { kind: 'failTask' } });
		const { status, items } = await bench.run({
			...retrying,
			parameters: ownPrompt,
			items: numbered(3),
		});
		const [first, failed, third, again] = bench.taskIds();
		expect(status).toBe('success');
		expect(items.map(({ json }) => json.taskId)).toEqual([first, again, third]);
		expect(failed).toBeDefined();
		expect(bench.creates()).toHaveLength(4);
	});

	test('Continue On Fail with a first row that failed: n8n tries again, the others stand', async () => {
		bench.fault({ operation: 'create', times: 1, effect: { kind: 'failTask' } });
		const { items } = await bench.run({
			...retrying,
			onError: 'continueRegularOutput',
			parameters: ownPrompt,
			items: numbered(2),
		});
		const [, second, again] = bench.taskIds();
		expect(items.map(({ json }) => json.taskId)).toEqual([again, second]);
		expect(bench.creates()).toHaveLength(3);
	});

	test.each([
		['http', 0],
		['httpAfter', 1],
	] as const)('%s 500 at the order: the other tries refuse', async (kind, taken) => {
		bench.fault({ operation: 'create', effect: { kind, status: 500 } });
		const { error } = await bench.run(retrying);
		expect(error?.message).toMatch(/may have accepted/);
		expect(bench.creates()).toHaveLength(1);
		expect(bench.taskIds()).toHaveLength(taken);
	});

	test('Order Again After a Lost Answer: the user’s word', async () => {
		bench.fault({ operation: 'create', times: 1, effect: { kind: 'httpAfter', status: 500 } });
		const { status, items } = await bench.run({
			...retrying,
			parameters: { options: { resubmitUnknown: true } },
		});
		expect(status).toBe('success');
		expect(bench.creates()).toHaveLength(2);
		expect(items[0]?.json.taskId).toBe(bench.taskIds()[1]);
	});

	test('a refused order is sent again: nothing was taken', async () => {
		bench.fault({ operation: 'create', times: 2, effect: { kind: 'http', status: 402 } });
		const { status } = await bench.run(retrying);
		expect(status).toBe('success');
		expect([bench.creates().length, bench.taskIds().length]).toEqual([3, 1]);
	});

	test('a download that fails: the video is fetched again, not paid again', async () => {
		bench.fault({ operation: 'media', times: 1, effect: { kind: 'http', status: 403 } });
		const { status } = await bench.run({ ...retrying, parameters: { downloadVideo: true } });
		expect(status).toBe('success');
		expect([bench.creates().length, bench.downloads().length]).toEqual([1, 2]);
	});
});

describe('Retry execution', () => {
	test('after a timeout: goes on with the same task', async () => {
		const failed = await bench.run({ parameters: { options: { timeout: 0.25 } } });
		expect(failed.status).toBe('error');

		const { status, items } = await failed.retry({
			parameters: { provider: 'apikley', prompt: 'A paper boat', downloadVideo: false },
		});
		expect(status).toBe('success');
		expect(items[0]?.json.taskId).toBe(bench.taskIds()[0]);
		expect(bench.creates()).toHaveLength(1);
	});

	test('a second time, days later', async () => {
		const first = await bench.run({ parameters: { options: { timeout: 0.1 } } });
		const second = await first.retry();
		expect(second.status).toBe('error');
		const third = await second.retry();
		expect(third.status).toBe('error');
		expect(bench.creates()).toHaveLength(1);
	});

	test('after a failed task: anew', async () => {
		bench.fault({ operation: 'create', times: 1, effect: { kind: 'failTask' } });
		const { status, items } = await (await bench.run()).retry();
		expect(status).toBe('success');
		expect(items[0]?.json.taskId).toBe(bench.taskIds()[1]);
		expect(bench.creates()).toHaveLength(2);
	});

	test('after a failed task that its vendor has forgotten since: anew', async () => {
		bench.fault({ operation: 'create', times: 1, effect: { kind: 'failTask' } });
		const failed = await bench.run();
		const [taskId] = bench.taskIds();
		bench.fault({ operation: 'status', taskId, effect: { kind: 'http', status: 404 } });
		const { status, items } = await failed.retry();
		expect(status).toBe('success');
		expect(items[0]?.json.taskId).toBe(bench.taskIds()[1]);
	});

	test('a task that failed only after the first execution gave up: anew', async () => {
		const failed = await bench.run({
			parameters: { ...ownPrompt, options: { timeout: 0.5 } },
			items: prompts('A [fail]'),
		});
		const { error } = await failed.retry({
			parameters: { provider: 'apikley', ...ownPrompt, downloadVideo: false },
		});
		expect(error?.message).toMatch(/could not generate the video/);
		expect(bench.creates()).toHaveLength(1);
		await failed.retry();
		expect(bench.creates()).toHaveLength(2);
	});

	test('after an order with an unknown end: refused, until the user says so', async () => {
		bench.fault({ operation: 'create', times: 1, effect: { kind: 'resetAfter' } });
		const failed = await bench.run();
		const refused = await failed.retry();
		expect(refused.error?.message).toMatch(/may have accepted this video/);
		expect(bench.creates()).toHaveLength(1);

		const { status } = await refused.retry({
			parameters: {
				provider: 'apikley',
				prompt: 'A paper boat',
				downloadVideo: false,
				options: { resubmitUnknown: true },
			},
		});
		expect(status).toBe('success');
		expect(bench.creates()).toHaveLength(2);
	});

	test('with another prompt: another video', async () => {
		const failed = await bench.run({ parameters: { options: { timeout: 0.25 } } });
		await failed.retry({ parameters: { provider: 'apikley', prompt: 'A tin boat' } });
		expect(bench.creates().map(({ json }) => json)).toMatchObject([
			{ input: { prompt: 'A paper boat' } },
			{ input: { prompt: 'A tin boat' } },
		]);
	});

	test('one failure of three: only that one is paid again', async () => {
		bench.fault({ operation: 'create', everyNth: 3, times: 1, effect: { kind: 'failTask' } });
		const failed = await bench.run({ parameters: ownPrompt, items: numbered(3) });
		const { items } = await failed.retry();
		const [first, second, , again] = bench.taskIds();
		expect(items.map(({ json }) => json.taskId)).toEqual([first, second, again]);
		expect(bench.creates()).toHaveLength(4);
	});

	test('Submit Only: the rows of the first execution’s tasks', async () => {
		bench.fault({
			operation: 'create',
			everyNth: 2,
			times: 1,
			effect: { kind: 'http', status: 402 },
		});
		const failed = await bench.run({
			parameters: { ...ownPrompt, completion: 'submit' },
			items: numbered(2),
		});
		expect(failed.error?.message).toMatch(/enough credits .*\[item 1\]/);
		const { items } = await failed.retry();
		expect(items.map(({ json }) => json.taskId)).toEqual(bench.taskIds());
		expect(bench.taskIds()).toHaveLength(2);
	});
});

test('429 is repeated within the same try', async () => {
	bench.fault({ operation: 'create', times: 2, effect: { kind: 'http', status: 429 } });
	const { status } = await bench.run();
	expect(status).toBe('success');
	expect([bench.creates().length, bench.taskIds().length]).toEqual([3, 1]);
});
