import type { IDataObject } from 'n8n-workflow';
import { clock } from '../../nodes/shared/n8n/clock.ts';
import { fakeDataTables } from '../unit/fakes/dataTables.mts';
import { LEDGER } from '../unit/fakes/ledger.mts';
import { numbered, ownPrompt, useBench } from './bench.mts';

const bench = useBench();

/** From here on time stands still: whatever comes to its end afterwards does so at once. */
const until = async (isTrue: () => boolean) => await bench.clock().standStillWhen(isTrue);

/** Lets pass what any node might still wait for. */
async function muchLater(): Promise<void> {
	bench.clock().goOn();
	await clock.sleep(24 * 60 * 60_000);
}

const answered = () => bench.creates().filter(({ responseStatus }) => responseStatus).length;

/** So many items have their task and wait for the next look. */
const wait = (count: number) => () => answered() === count && bench.clock().sleepers() === count;

describe('a stopped execution', () => {
	test('while it waits for the next check: ends at once, nothing more is sent', async () => {
		const running = bench.start();
		await until(wait(1));
		const before = bench.sandbox().requests.length;
		running.stop();
		const { run } = await running.done;

		expect(run.finished).not.toBe(true);
		expect(bench.clock().sleepers()).toBe(0);
		await muchLater();
		expect(bench.sandbox().requests).toHaveLength(before);
	});

	test('the execution counts as stopped, not as failed', async () => {
		const running = bench.start();
		await until(wait(1));
		running.stop();
		expect((await running.done).status).toBe('canceled');
	});

	test('while a check is under way: the check is dropped', async () => {
		bench.fault({ operation: 'status', effect: { kind: 'hang' } });
		const running = bench.start({ parameters: { options: { pollInterval: 1 } } });
		await until(() => bench.checks().length === 1);
		running.stop();
		await running.done;
		await until(() => bench.sandbox().inFlight() === 0);
	});

	test('while an order is under way: it may finish, and its task is kept', async () => {
		bench.fault({ operation: 'create', effect: { kind: 'latency', latencyMs: 250 } });
		const running = bench.start();
		await until(() => bench.creates().length === 1);
		running.stop();
		const { nodeContext } = await running.done;

		await muchLater();
		const [taskId] = bench.taskIds();
		expect(taskId).toBeDefined();
		expect(JSON.stringify(nodeContext)).toContain(`"taskId":"${taskId}"`);
		expect(bench.checks()).toEqual([]);
	});

	test('the paid tasks are left as an execution of their own', async () => {
		const left: Array<{ name: string; taskIds: unknown[] }> = [];
		const running = bench.start({
			parameters: ownPrompt,
			items: numbered(2),
			n8n: {
				startExecution: ({ name }, items) =>
					left.push({ name, taskIds: items.map(({ taskId }) => taskId).toSorted() }),
			},
		});
		await until(wait(2));
		running.stop();
		await running.done;
		const taskIds = bench.taskIds().toSorted();
		expect(left).toEqual([{ name: 'Seedance: tasks of the stopped execution 1', taskIds }]);
	});

	test('with Retry On Fail: the other tries do nothing, and the tasks are left once', async () => {
		const left: unknown[][] = [];
		const running = bench.start({
			parameters: ownPrompt,
			items: numbered(2),
			retryOnFail: true,
			maxTries: 3,
			n8n: {
				startExecution: (_, items) => left.push(items.map(({ taskId }) => taskId).toSorted()),
			},
		});
		await until(wait(2));
		const before = bench.checks().length;
		running.stop();
		expect((await running.done).status).toBe('canceled');
		await muchLater();
		expect(left).toEqual([bench.taskIds().toSorted()]);
		expect(bench.checks()).toHaveLength(before);
	});

	test('with items left and Retry On Fail: none of them is ordered', async () => {
		const running = bench.start({
			parameters: { ...ownPrompt, options: { maxParallel: 2 } },
			items: numbered(5),
			retryOnFail: true,
			maxTries: 3,
		});
		await until(() => bench.creates().length === 2);
		running.stop();
		await running.done;
		await muchLater();
		expect(bench.creates()).toHaveLength(2);
	});

	test('with Continue On Fail: none of them is ordered either', async () => {
		const running = bench.start({
			parameters: { ...ownPrompt, options: { maxParallel: 1 } },
			items: numbered(3),
			onError: 'continueRegularOutput',
		});
		await until(() => answered() > 0);
		running.stop();
		await running.done;
		await muchLater();
		expect(bench.creates()).toHaveLength(1);
	});

	test('with Submit Only, while an order is under way: the next one is not sent', async () => {
		bench.fault({ operation: 'create', effect: { kind: 'latency', latencyMs: 100 } });
		const running = bench.start({
			parameters: { ...ownPrompt, completion: 'submit', options: { maxParallel: 1 } },
			items: numbered(3),
		});
		await until(() => bench.creates().length === 1);
		running.stop();
		const { nodeContext } = await running.done;
		await muchLater();
		expect(bench.creates()).toHaveLength(1);
		expect(JSON.stringify(nodeContext)).toContain(bench.taskIds()[0]);
	});

	test('while the video comes down: the download is dropped', async () => {
		bench.sandbox().setGenerationMs(0);
		bench.fault({ operation: 'media', effect: { kind: 'hang' } });
		const running = bench.start({
			parameters: { downloadVideo: true, options: { pollInterval: 1 } },
		});
		await until(() => bench.downloads().length === 1);
		running.stop();
		await running.done;
		await until(() => bench.sandbox().inFlight() === 0);
		await muchLater();
		expect(bench.downloads()).toHaveLength(1);
	});

	test('while an order waits for its turn after a rate limit: it is not sent again', async () => {
		const effect = { kind: 'http', status: 429, retryAfterSeconds: 60 } as const;
		bench.fault({ operation: 'create', effect });
		const running = bench.start({ parameters: { options: { timeout: 1e6 } } });
		await until(() => bench.creates().length >= 2);
		running.stop();
		await running.done;
		const sent = bench.creates().length;
		expect(bench.clock().sleepers()).toBe(0);
		await muchLater();
		expect(bench.creates()).toHaveLength(sent);
	});
});

describe('Fallback Providers', () => {
	test.each([
		['while it is refused', { kind: 'latency', latencyMs: 100 }],
		['while it waits for the next vendor’s turn', undefined],
	] as const)('a stop %s: nobody else is given the order', async (_, effect) => {
		const refusal = { kind: 'http', status: 429, retryAfterSeconds: 30 } as const;
		for (const vendor of ['apikley', 'fal'] as const) {
			bench.fault({ vendor, operation: 'create', effect: refusal });
		}
		const isAsked = (vendor: string) => bench.creates().some((order) => order.vendor === vendor);
		const running = bench.start({
			parameters: { fallbackProviders: { fallback: [{ provider: 'fal' }, { provider: 'kie' }] } },
		});
		await until(() =>
			effect === undefined ? isAsked('fal') && bench.clock().sleepers() > 0 : isAsked('apikley'),
		);
		running.stop();
		await running.done;
		const sent = bench.creates().length;
		expect(bench.clock().sleepers()).toBe(0);
		await muchLater();
		expect(bench.creates()).toHaveLength(sent);
		expect(isAsked('kie')).toBe(false);
		expect(bench.taskIds()).toEqual([]);
	});
});

describe('Cancel on Stop', () => {
	const onFal = {
		provider: 'fal',
		model: 'bytedance/seedance-2.0/fast/text-to-video',
		...ownPrompt,
	};
	const cancels = () =>
		bench.requests('cancel').map(({ path }) => /requests\/([^/]+)/.exec(path)?.[1]);

	async function stopped(options: IDataObject, isTime: () => boolean, more: IDataObject = {}) {
		const parameters = { ...onFal, ...more, options };
		const running = bench.start({ parameters, items: numbered(2) });
		await until(isTime);
		running.stop();
		await running.done;
	}

	test('cancels what has not ended, and only that', async () => {
		await stopped({ cancelOnStop: true, pollInterval: 1 }, () => bench.checks().length >= 2);
		await until(() => cancels().length === 2);
		expect(new Set(cancels()).size).toBe(2);
		// fal takes out of its queue what is cancelled there.
		expect(bench.taskIds()).toEqual([]);
	});

	test('cancels an order whose answer comes after the stop', async () => {
		bench.fault({ operation: 'create', effect: { kind: 'latency', latencyMs: 250 } });
		await stopped({ cancelOnStop: true, maxParallel: 1 }, () => bench.creates().length === 1);
		await until(() => cancels().length === 1);
		expect(bench.taskIds()).toEqual([]);
	});

	test('is written down: what is cancelled is not left to be collected', async () => {
		const tables = fakeDataTables();
		const running = bench.start({
			parameters: { ...onFal, options: { cancelOnStop: true, taskLedger: LEDGER } },
			items: numbered(2),
			n8n: { tables },
		});
		await until(wait(2));
		running.stop();
		await running.done;
		await until(() => cancels().length === 2);
		await muchLater();
		expect(tables.rows(LEDGER).map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
	});

	test('leaves alone what is finished', async () => {
		bench.sandbox().setGenerationMs(0);
		const isSecondOrdered = () => {
			if (bench.creates().length === 1) bench.sandbox().setGenerationMs(60_000);
			return answered() === 2;
		};
		await stopped({ cancelOnStop: true, pollInterval: 1, maxParallel: 1 }, isSecondOrdered);
		await until(() => cancels().length === 1);
		const [finished] = bench.taskIds();
		expect(bench.taskIds()).toHaveLength(1);
		expect(cancels()).not.toContain(finished);
	});

	test('without it everything goes on at the vendor', async () => {
		await stopped({ pollInterval: 1 }, () => bench.checks().length >= 2);
		await muchLater();
		expect(cancels()).toEqual([]);
	});
});
