import { generateVideos } from '../../../nodes/shared/actions/generate';
import { runTaskOperation } from '../../../nodes/shared/actions/task/runTask';
import type { Json } from '../../../nodes/shared/domain/json';
import { ok } from '../../../nodes/shared/domain/result';
import { readParkedItems } from '../../../nodes/shared/parking/parked';
import { deriveReferenceKey, withProof } from '../../../nodes/shared/tasks/reference';
import { TRIGGER_URL } from '../fakes/host.mts';
import type { Values } from '../fakes/nodeInput.mts';
import { NodeHost, type GivenRun } from '../fakes/nodeRun.mts';
import { minutes, seconds } from '../fakes/time.mts';
import { mediaError, videoOf, videoUrlOf } from '../fakes/vendor.mts';
import { providerOf } from '../helpers.mts';

const LEDGER = 'orders';

/** Orders so many videos at a vendor and gives their rows, as a node before hands them on. */
async function order(
	host: NodeHost,
	count: number,
	{ provider = 'apikley', options = {} as Values } = {},
): Promise<Json[]> {
	const { run } = host.open({
		items: Array.from({ length: count }, () => ({ json: {} })),
		parameters: {
			provider,
			model: provider === 'apikley' ? 'bytedance/v1-lite-text-to-video' : 'seedance-1.5-pro-t2v',
			prompt: 'A paper boat',
			completion: 'submit',
			options,
		},
	});
	const rows = await host.time.run(generateVideos(run, 'textToVideo'));
	return rows.map(({ json }) => json);
}

function open(
	host: NodeHost,
	operation: string,
	given: Json[],
	{ more = {}, ...others }: Omit<GivenRun, 'items' | 'parameters'> & { more?: Values } = {},
) {
	return host.open({
		...others,
		items: given.map((json) => ({ json })),
		parameters: (itemIndex) => ({
			provider: 'apikley',
			operation,
			taskId: given[itemIndex]?.taskId ?? '',
			options: {},
			...more,
		}),
	});
}

async function work(host: NodeHost, ...given: OpenGiven) {
	const opened = open(host, ...given);
	const rows = await host.time.run(runTaskOperation(opened.run));
	return { ...opened, rows: rows.map(({ json }) => json), items: rows };
}

type OpenGiven = [
	operation: string,
	rows: Json[],
	more?: Omit<GivenRun, 'items' | 'parameters'> & { more?: Values },
];

const statesOf = (rows: readonly Json[]) => rows.map(({ taskId, status }) => [taskId, status]);

const withModellix = { otherProviders: { other: [{ provider: 'modellix' }] } };

describe('Get', () => {
	test('looks once at each task and waits for none', async () => {
		const host = new NodeHost();
		const rows = await order(host, 2);
		const before = host.time.now();
		expect(statesOf((await work(host, 'get', rows)).rows)).toEqual([
			['apikley-1', 'running'],
			['apikley-2', 'running'],
		]);
		expect(host.time.now()).toBe(before);
		await host.time.pass(minutes(3));
		const { items } = await work(host, 'get', rows);
		expect(items).toMatchObject([
			{ json: { status: 'succeeded' } },
			{ json: { status: 'succeeded' } },
		]);
		expect(host.filesOf({ rows: items })).toEqual([
			videoOf('apikley-1').toString(),
			videoOf('apikley-2').toString(),
		]);
	});

	test('asks each vendor for its own, where the user has named it', async () => {
		const host = new NodeHost();
		const rows = [...(await order(host, 1)), ...(await order(host, 1, { provider: 'modellix' }))];
		const { rows: got } = await work(host, 'get', rows, { more: withModellix });
		expect(got).toMatchObject([
			{ provider: 'apikley', taskId: 'apikley-1' },
			{ provider: 'modellix', taskId: 'modellix-1' },
		]);
		const refused = await work(host, 'get', rows, { onProblem: 'row' });
		expect(refused.rows[1]).toMatchObject({
			error: 'The task was made by Modellix, and this node asks Apikley',
			taskId: 'modellix-1',
		});
	});

	test('writes the end into the ledger that the row names', async () => {
		const host = new NodeHost();
		const rows = await order(host, 2, { options: { taskLedger: LEDGER } });
		await host.time.pass(minutes(3));
		host.apikley.media.set(videoUrlOf('apikley-2'), () => mediaError(403));
		const states = () =>
			host.ledger.rows(LEDGER).map(({ taskId, state, videoUrl }) => [taskId, state, videoUrl]);
		// An item's problem throws the whole output away: nobody has the other one's video yet.
		await expect(work(host, 'get', rows)).rejects.toThrow('[item 1]');
		expect(states()).toEqual([
			['apikley-1', 'submitted', null],
			['apikley-2', 'submitted', videoUrlOf('apikley-2')],
		]);
		await work(host, 'get', rows, { onProblem: 'row' });
		expect(states().toSorted()).toEqual([
			['apikley-1', 'succeeded', videoUrlOf('apikley-1')],
			['apikley-2', 'submitted', videoUrlOf('apikley-2')],
		]);
	});

	test('of a task that has failed is no problem of its own, and its end is written down', async () => {
		const host = new NodeHost();
		const rows = await order(host, 1, { options: { taskLedger: LEDGER } });
		await host.time.pass(minutes(3));
		host.apikley.set('apikley-1', 'failed');
		const { rows: got } = await work(host, 'get', rows);
		expect(got).toMatchObject([{ status: 'failed', failure: { code: '501' } }]);
		expect(host.ledger.rows(LEDGER)).toMatchObject([{ state: 'failed' }]);
	});

	test('believes no model about what its item is', async () => {
		const host = new NodeHost();
		const rows = await order(host, 1, { options: { taskLedger: LEDGER } });
		await host.time.pass(minutes(3));
		await work(host, 'get', rows, { isTool: true });
		expect(host.ledger.rows(LEDGER)).toMatchObject([{ state: 'submitted' }]);
	});
});

describe('Wait', () => {
	test.each([undefined, 1])(
		'for several tasks of two vendors (at once: %j)',
		async (maxParallel) => {
			const host = new NodeHost();
			const rows = [
				...(await order(host, 1)),
				...(await order(host, 1, { provider: 'modellix' })),
				...(await order(host, 1)),
			];
			const more = { ...withModellix, completion: 'wait', options: { maxParallel } };
			const waited = await work(host, 'wait', rows, { more });
			expect(statesOf(waited.rows)).toEqual([
				['apikley-1', 'succeeded'],
				['modellix-1', 'succeeded'],
				['apikley-2', 'succeeded'],
			]);
			expect(waited.items.map(({ pairedItem }) => pairedItem.item)).toEqual([0, 1, 2]);
		},
	);

	test('of what cannot be waited for, the row still says where the task is', async () => {
		const host = new NodeHost();
		const [row = {}] = await order(host, 1);
		const origin = { provider: 'apikley', model: String(row.model), taskId: 'apikley-1' };
		const urls = { status: 'https://api.apikley.ru/s' };
		const taskUrls = withProof(deriveReferenceKey('sk-12345'), origin, urls);
		const more = { completion: 'wait', options: { timeout: 'soon' } };
		const given = [{ ...row, taskUrls: { ...taskUrls } }];
		const { rows } = await work(host, 'wait', given, { more, onProblem: 'row' });
		expect(rows).toMatchObject([
			{ error: expect.stringMatching(/^Timeout/), taskId: 'apikley-1', taskUrls },
		]);
	});

	test('pause: leaves all of them to the delivery', async () => {
		const host = new NodeHost();
		const rows = await order(host, 2);
		const looks = host.apikley.looks.length;
		const { execution } = await work(host, 'wait', rows, {
			more: { completion: 'pause' },
		});
		expect(execution.waitTill).toBeGreaterThan(host.time.now());
		expect(readParkedItems(execution.items)).toMatchObject([
			{ task: { value: { taskId: 'apikley-1' } } },
			{ task: { value: { taskId: 'apikley-2' } } },
		]);
		expect(host.apikley.looks).toHaveLength(looks);
	});

	test('notify: has the trigger of each vendor rung', async () => {
		const host = new NodeHost();
		const rows = [...(await order(host, 1)), ...(await order(host, 1, { provider: 'modellix' }))];
		const callbackUrl = 'https://n8n.example.com/webhook/hook-2/seedance';
		const other = [{ provider: 'modellix', callbackUrl }];
		const { plans } = await work(host, 'wait', rows, {
			more: { completion: 'notify', callbackUrl: TRIGGER_URL, otherProviders: { other } },
		});
		const rung = plans[0]?.rings.map(({ url }) => new URL(url).pathname);
		expect(rung).toEqual(['/webhook/hook-1/seedance', '/webhook/hook-2/seedance']);
	});

	test('ends with the execution, and looks no more', async () => {
		const host = new NodeHost();
		const rows = await order(host, 2);
		const opened = open(host, 'wait', rows, { more: { completion: 'wait' } });
		const ended = expect(runTaskOperation(opened.run)).rejects.toThrow('stopped by the user');
		await host.time.pass(seconds(30));
		opened.stop();
		await host.time.pass(seconds(1));
		await ended;
		const looks = host.apikley.looks.length;
		await host.time.pass(minutes(30));
		expect(host.apikley.looks).toHaveLength(looks);
	});
});

describe('Get Many', () => {
	const ofLedger = { source: 'ledger', taskLedger: LEDGER, orders: 'all' };

	test('gives the latest orders of the ledger, newest first, for every item', async () => {
		const host = new NodeHost();
		const options = { taskLedger: LEDGER };
		await order(host, 1, { options });
		await host.time.pass(minutes(1));
		await order(host, 1, { options });
		await order(host, 1, { options, provider: 'modellix' });
		const { items } = await work(host, 'getMany', [{}, {}], { more: { ...ofLedger, limit: 5 } });
		expect(items.map(({ json, pairedItem }) => [json.taskId, pairedItem.item])).toEqual([
			['apikley-2', 0],
			['apikley-1', 0],
			['apikley-2', 1],
			['apikley-1', 1],
		]);
		const latest = await work(host, 'getMany', [{}], { more: { ...ofLedger, limit: 1 } });
		expect(latest.rows.map(({ taskId }) => taskId)).toEqual(['apikley-2']);
	});

	test('gives what a later node knows for its own', async () => {
		const host = new NodeHost();
		await order(host, 1, { options: { taskLedger: LEDGER } });
		await host.time.pass(minutes(3));
		const { rows } = await work(host, 'getMany', [{}], { more: ofLedger });
		await work(host, 'get', rows);
		expect(host.ledger.rows(LEDGER)).toMatchObject([{ state: 'succeeded' }]);
	});

	test('gives only what nobody has put out, and was ordered long enough ago', async () => {
		const host = new NodeHost();
		const rows = await order(host, 2, { options: { taskLedger: LEDGER } });
		await host.time.pass(minutes(30));
		await work(host, 'get', rows.slice(0, 1));
		const many = async (olderThanMinutes: number) => {
			const more = { ...ofLedger, orders: 'uncollected', olderThanMinutes };
			return (await work(host, 'getMany', [{}], { more })).rows.map(({ taskId }) => taskId);
		};
		expect(await many(20)).toEqual(['apikley-2']);
		expect(await many(60)).toEqual([]);
	});

	test('says what is wrong item by item', async () => {
		const host = new NodeHost();
		await order(host, 1, { options: { taskLedger: LEDGER } });
		const tableOf = [LEDGER, 'another', LEDGER];
		const opened = host.open({
			onProblem: 'row',
			items: tableOf.map(() => ({ json: {} })),
			parameters: (itemIndex) => ({
				provider: 'apikley',
				operation: 'getMany',
				source: 'ledger',
				orders: 'all',
				taskLedger: tableOf[itemIndex],
				options: {},
			}),
		});
		const rows = await host.time.run(runTaskOperation(opened.run));
		expect(rows.map(({ json, pairedItem }) => [json.taskId, json.error, pairedItem.item])).toEqual([
			['apikley-1', undefined, 0],
			[undefined, expect.stringContaining("There is no table 'another'"), 1],
			['apikley-1', undefined, 2],
		]);
	});

	test('each item asks by its own limit, orders and age', async () => {
		const host = new NodeHost();
		const rows = await order(host, 2, { options: { taskLedger: LEDGER } });
		await host.time.pass(minutes(30));
		await work(host, 'get', rows.slice(0, 1));
		const given = [
			{ orders: 'all', limit: 5 },
			{ orders: 'all', limit: 1 },
			{ orders: 'uncollected', limit: 5, olderThanMinutes: 20 },
			{ orders: 'uncollected', limit: 5, olderThanMinutes: 60 },
		];
		const opened = host.open({
			items: given.map(() => ({ json: {} })),
			parameters: (itemIndex) => ({
				provider: 'apikley',
				operation: 'getMany',
				source: 'ledger',
				taskLedger: LEDGER,
				options: {},
				...given[itemIndex],
			}),
		});
		const listed = await host.time.run(runTaskOperation(opened.run));
		const counts = given.map(
			(_, itemIndex) => listed.filter(({ pairedItem }) => pairedItem.item === itemIndex).length,
		);
		expect(counts).toEqual([2, 1, 1, 0]);
	});

	test('says where a vendor has no list', async () => {
		const host = new NodeHost();
		const { rows } = await work(host, 'getMany', [{}], { onProblem: 'row' });
		expect(rows[0]).toMatchObject({ error: 'Apikley has no way to list tasks' });
	});
});

test('Get Spending counts the orders of the days that are asked for', async () => {
	const host = new NodeHost();
	const options = { taskLedger: LEDGER };
	await order(host, 2, { options });
	await host.time.pass(minutes(48 * 60));
	await order(host, 1, { options });
	const spending = async (days: number) =>
		(await work(host, 'getSpending', [{}], { more: { taskLedger: LEDGER, days } })).rows.map(
			({ orders }) => orders,
		);
	expect(await spending(1)).toEqual([1]);
	expect(await spending(3)).toEqual([2, 1]);
});

test('Get Spending counts for each item what that one asks for', async () => {
	const host = new NodeHost();
	const options = { taskLedger: LEDGER };
	await order(host, 2, { options });
	await host.time.pass(minutes(48 * 60));
	await order(host, 1, { options });
	await order(host, 3, { options, provider: 'modellix' });
	const given = [
		{ days: 3, allProviders: true },
		{ days: 1, allProviders: true },
		{ days: 3, allProviders: false },
	];
	const opened = host.open({
		items: given.map(() => ({ json: {} })),
		parameters: (itemIndex) => ({
			provider: 'apikley',
			operation: 'getSpending',
			taskLedger: LEDGER,
			options: {},
			...given[itemIndex],
		}),
	});
	const rows = await host.time.run(runTaskOperation(opened.run));
	expect(
		given.map((_, itemIndex) =>
			rows
				.filter(({ pairedItem }) => pairedItem.item === itemIndex)
				.map(({ json: { orders } }) => orders),
		),
	).toEqual([
		[2, 1, 3],
		[1, 3],
		[2, 1],
	]);
});

test.each([0, -1, 1.5, 367, 'x', '', Infinity])(
	'Get Spending of %j days is refused, with the rule',
	async (days) => {
		const host = new NodeHost();
		await order(host, 1, { options: { taskLedger: LEDGER } });
		const more = { taskLedger: LEDGER, days };
		const { rows } = await work(host, 'getSpending', [{}], { onProblem: 'row', more });
		expect(rows).toMatchObject([
			{
				error: 'Days must be a whole number between 1 and 366',
				failure: { message: expect.stringContaining("Correct 'Days' in the node.") },
			},
		]);
	},
);

test('Get Spending takes as many days as it says', async () => {
	const host = new NodeHost();
	await order(host, 1, { options: { taskLedger: LEDGER } });
	for (const days of [1, 366]) {
		const more = { taskLedger: LEDGER, days };
		const { rows } = await work(host, 'getSpending', [{}], { more });
		expect(rows).toMatchObject([{ orders: 1 }]);
	}
});

test('Get Balance gives what the vendor tells, by the name of its money', async () => {
	const { vendor } = providerOf('apikley');
	vendor.balance = function* () {
		yield { method: 'GET', url: '/balance?taskId=t0' };
		return ok({ balance: 5, currency: 'USD' });
	};
	try {
		const { rows } = await work(new NodeHost(), 'getBalance', [{}]);
		expect(rows).toEqual([{ provider: 'apikley', balance: 5, currency: 'USD', unit: 'USD' }]);
	} finally {
		delete vendor.balance;
	}
});

test.each([
	['cancel', 'Apikley has no way to cancel a task'],
	['delete', 'Apikley has no way to delete a task'],
	['getBalance', 'Apikley has no way to ask for the balance'],
])('%s: what a vendor does not have is said in words, with the task', async (operation, error) => {
	const host = new NodeHost();
	const rows = await order(host, 1);
	const { rows: refused } = await work(host, operation, rows, { onProblem: 'row' });
	expect(refused).toMatchObject([{ error, taskId: 'apikley-1' }]);
});

describe('the row of a problem', () => {
	const asked = { taskId: 'apikley-1', provider: 'apikley', model: 'a/b' };
	const urls = { status: 'https://api.apikley.ru/shard-7/apikley-1' };
	const taskUrls = withProof(deriveReferenceKey('sk-12345'), asked, urls);

	test.each([
		['get', {}],
		['cancel', {}],
		['delete', {}],
		['wait', { completion: 'wait', options: { timeout: -1 } }],
		['wait', { completion: 'notify', callbackUrl: 'no address' }],
	])('%s %j: still says where its task can be asked for', async (operation, more) => {
		const host = new NodeHost();
		const { rows } = await work(host, operation, [{ ...asked, taskUrls }], {
			onProblem: 'row',
			more,
		});
		expect(rows).toMatchObject([{ error: expect.any(String), taskId: 'apikley-1', taskUrls }]);
	});

	test('says nothing of the kind that is not proven, or of another task', async () => {
		const host = new NodeHost();
		const given = [
			{ ...asked, taskUrls: urls },
			{ ...asked, taskUrls: { ...taskUrls, status: 'https://elsewhere.example/1' } },
		];
		const { rows } = await work(host, 'cancel', given, { onProblem: 'row' });
		expect(rows.map((row) => [row.taskId, row.taskUrls])).toEqual([
			['apikley-1', undefined],
			['apikley-1', undefined],
		]);
		const other = await work(host, 'cancel', [{ ...asked, taskUrls }], {
			onProblem: 'row',
			more: { taskId: 'apikley-2' },
		});
		expect(other.rows[0]).toMatchObject({ taskId: 'apikley-2' });
		expect(other.rows[0]).not.toHaveProperty('taskUrls');
	});
});
