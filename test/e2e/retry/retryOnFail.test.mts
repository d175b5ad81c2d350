import type { Fault } from '../../../sandbox/types.mts';
import { useSharedStage } from '../stage.mts';
import { rowsOf, startTextRun } from '../workflows.mts';
import { isUnknown, paidByItem, saidOfItems } from './ledger.mts';

const ITEMS = 60;
const TRIES = 3;
const RUN_TIMEOUT_MS = 400_000;

const stage = useSharedStage({ sandbox: { generationMs: 2000 } });

/** One in `1 / probability` submissions; the shares of all add up to 30 %. */
const createFaults: Array<Pick<Fault, 'probability' | 'effect' | 'times'>> = [
	// The first item of all has a problem, so that n8n tries again however rows are put out.
	{ times: 1, effect: { kind: 'http', status: 500 } },
	{ probability: 0.06, effect: { kind: 'http', status: 500 } },
	{ probability: 0.06, effect: { kind: 'httpAfter', status: 500 } },
	{ probability: 0.06, effect: { kind: 'reset' } },
	{ probability: 0.06, effect: { kind: 'resetAfter' } },
	{ probability: 0.06, effect: { kind: 'http', status: 429, retryAfterSeconds: 1 } },
];

const count = (operation: string, status?: number) =>
	stage.sandbox.requests.filter(
		(request) =>
			request.operation === operation &&
			(status === undefined || request.responseStatus === status),
	).length;

test.each([
	['stopWorkflow', 'error', 1],
	['continueRegularOutput', 'success', 2],
])(
	`${ITEMS} items, 30 %% of submissions and half of the checks fail, %s: each is paid once`,
	async (onError, endsWith, seed) => {
		const { sandbox, client } = stage;
		sandbox.reset();
		const vendor = 'aimlapi';
		const everySecond = { vendor, operation: 'status', everyNth: 2 } as const;
		sandbox.addFault({ ...everySecond, effect: { kind: 'http', status: 500 } });
		for (const [index, fault] of createFaults.entries()) {
			sandbox.addFault({ vendor, operation: 'create', seed: seed * 100 + index, ...fault });
		}
		const startedAt = Date.now();
		const id = await startTextRun(stage, {
			vendor,
			itemCount: ITEMS,
			parameters: { options: { maxParallel: 40, pollInterval: 1 } },
			settings: { retryOnFail: true, maxTries: TRIES, waitBetweenTries: 1000, onError },
		});
		const execution = await client.waitForExecution(id, { timeoutMs: RUN_TIMEOUT_MS });
		expect(execution.status).toBe(endsWith);

		const said = [...saidOfItems(execution)];
		const paid = paidByItem(stage);
		const withTask = said.filter(([, { taskId }]) => taskId !== undefined);
		const reported = said.filter(([, item]) => isUnknown(item));
		const reportedAndPaid = reported.filter(([item]) => paid.has(item));
		process.stdout.write(
			`${onError}: ${(Date.now() - startedAt) / 1000} s, ${count('create')} submissions ` +
				`(${count('create', 429)} answered 429), ${sandbox.tasks().length} accepted = ` +
				`${withTask.length} items with their task + ${reportedAndPaid.length} reported as ` +
				`"may have been accepted"; reported though not accepted: ` +
				`${reported.length - reportedAndPaid.length}; ${count('status')} checks ` +
				`(${count('status', 500)} answered 500), ${count('media')} downloads\n`,
		);

		expect(said.map(([item]) => item)).toEqual(Array.from({ length: ITEMS }, (_, i) => i));
		expect(withTask.length + reported.length).toBe(ITEMS);
		expect(withTask.every(([, { state }]) => state === 'succeeded')).toBe(true);
		expect(sandbox.tasks()).toHaveLength(withTask.length + reportedAndPaid.length);
		for (const [item, { taskId }] of withTask)
			expect([item, paid.get(item)]).toEqual([item, [taskId]]);
		for (const [item, taskIds] of paid) expect([item, taskIds.length]).toEqual([item, 1]);
		// Only what was certainly not taken is sent again.
		expect(count('create')).toBe(ITEMS + count('create', 429));
		// What was taken and whose answer was lost stands in the vendor's own log.
		expect(reportedAndPaid).toEqual([]);
		// The faults have struck.
		expect(reported.length).toBeGreaterThan(ITEMS * 0.05);
		expect(count('create', 429)).toBeGreaterThan(0);
		// n8n has really tried again: each try fetches the videos. With Continue On Fail it tries again
		// only when the first row has an error, and which items are struck differs from run to run.
		const isRetried = endsWith === 'error' || isUnknown(said[0]?.[1] ?? { state: '' });
		expect(count('media')).toBe((isRetried ? TRIES : 1) * withTask.length);
	},
	RUN_TIMEOUT_MS + 20_000,
);

test('a prompt that evaluates to something else at every try is ordered once', async () => {
	const { sandbox, client } = stage;
	sandbox.reset();
	sandbox.addFault({ operation: 'status', times: 1, effect: { kind: 'http', status: 401 } });
	const id = await startTextRun(stage, {
		vendor: 'modellix',
		itemCount: 1,
		parameters: {
			prompt: '={{ $now.toMillis() }} boats and {{ Math.random() }} more',
			options: { seed: '={{ Math.floor(Math.random() * 1000) }}' },
		},
		settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 100 },
	});
	const execution = await client.waitForExecution(id);
	expect(execution.status).toBe('success');
	const [task, ...others] = sandbox.tasks();
	expect(others).toEqual([]);
	expect(rowsOf(execution)).toMatchObject([{ taskId: task?.taskId, status: 'succeeded' }]);
	expect(count('create')).toBe(1);
	expect(count('status', 401)).toBe(1);
});
