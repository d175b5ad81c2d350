import { generateVideos } from '../../../nodes/shared/actions/generate';
import type { Json } from '../../../nodes/shared/domain/json';
import { ok } from '../../../nodes/shared/domain/result';
import { readParkedItems } from '../../../nodes/shared/parking/parked';
import { TRIGGER_URL } from '../fakes/host.mts';
import type { Values } from '../fakes/nodeInput.mts';
import { NodeHost, type GivenRun, type OpenedRun } from '../fakes/nodeRun.mts';
import { minutes, seconds } from '../fakes/time.mts';
import { noCredits, tooMany, videoOf } from '../fakes/vendor.mts';
import { providerOf } from '../helpers.mts';

const MODEL = 'bytedance/v1-lite-text-to-video';
const LEDGER = 'orders';

type Completion = 'wait' | 'pause' | 'notify' | 'submit';
const completions: readonly Completion[] = ['wait', 'pause', 'notify', 'submit'];
/** Those that leave the waiting to somebody else. */
const leaving = completions.filter((completion) => completion !== 'wait');

type Given = Omit<GivenRun, 'parameters' | 'items'> & {
	completion?: Completion;
	options?: Values;
	more?: Values;
	count?: number;
};

const onModellix = {
	fallbackProviders: { fallback: [{ provider: 'modellix', callbackUrl: TRIGGER_URL }] },
};

function open(host: NodeHost, given: Given = {}): OpenedRun {
	const { completion = 'wait', options = {}, more = {}, count = 1, ...others } = given;
	const items = Array.from({ length: count }, (_, number) => ({ json: { number } }));
	return host.open({
		...others,
		items,
		parameters: (itemIndex) => ({
			provider: 'apikley',
			model: MODEL,
			prompt: `A paper boat, number ${itemIndex}`,
			completion,
			callbackUrl: TRIGGER_URL,
			options,
			...more,
		}),
	});
}

const tell = async ({ run }: OpenedRun) => await generateVideos(run, 'textToVideo');

async function make(host: NodeHost, given: Given = {}) {
	const opened = open(host, given);
	const rows = await host.time.run(tell(opened));
	return { ...opened, rows: rows.map(({ json }) => json), items: rows };
}

const taskIds = (rows: readonly Json[]) => rows.map(({ taskId }) => taskId);

/** The tasks that a pause has left to its delivery, and whether they have ended already. */
const parkedIn = ({ execution }: Pick<OpenedRun, 'execution'>) =>
	readParkedItems(execution.items).map(({ task }) =>
		task.ok ? [task.value.taskId, task.value.isDone ?? false] : task.error.message,
	);

test('wait: a row for each item in their order, with its video', async () => {
	const host = new NodeHost();
	const { items, hints } = await make(host, { count: 3 });
	expect(items).toMatchObject(
		[1, 2, 3].map((number) => ({
			json: {
				status: 'succeeded',
				provider: 'apikley',
				model: MODEL,
				taskId: `apikley-${number}`,
				videoUrl: `https://media.example/apikley-${number}.mp4`,
			},
			pairedItem: { item: number - 1 },
		})),
	);
	expect(host.filesOf({ rows: items })).toEqual(
		[1, 2, 3].map((number) => videoOf(`apikley-${number}`).toString()),
	);
	expect(hints).toEqual([]);
	expect(host.apikley.mostInWorks).toBe(3);
});

test.each(['notify', 'submit'] as const)(
	'%s: the rows of tasks that have begun',
	async (completion) => {
		const host = new NodeHost();
		const before = host.time.now();
		const { rows, plans } = await make(host, { completion, count: 2 });
		expect(host.time.now()).toBe(before);
		expect(rows).toMatchObject([
			{ status: 'queued', taskId: 'apikley-1' },
			{ status: 'queued', taskId: 'apikley-2' },
		]);
		expect(host.apikley.looks).toEqual([]);
		const rung = plans.map(({ rhythm, rings }) => [rhythm, rings.length]);
		expect(rung).toEqual(
			completion === 'notify'
				? [
						['close', 2],
						['wide', 2],
					]
				: [],
		);
		for (const { url } of plans.flatMap(({ rings }) => rings)) expect(url).toContain(TRIGGER_URL);
	},
);

test('pause: the execution rests, with all that its delivery needs', async () => {
	const host = new NodeHost();
	const opened = await make(host, { completion: 'pause', count: 2 });
	expect(taskIds(opened.rows)).toEqual(['apikley-1', 'apikley-2']);
	expect(parkedIn(opened)).toEqual([
		['apikley-1', false],
		['apikley-2', false],
	]);
	expect(opened.plans.map(({ rhythm }) => rhythm)).toEqual(['close', 'wide']);
	expect(opened.execution.waitTill).toBeGreaterThan(host.time.now() + minutes(30));
	expect(host.apikley.looks).toEqual([]);
});

describe('what others go on with', () => {
	/** The host is killed once and is down for a while. */
	const outages: Array<[string, (host: NodeHost) => Promise<void>]> = [
		['while it stays up', async () => {}],
		[
			'although it is killed meanwhile',
			async (host) => {
				await host.time.pass(minutes(1));
				host.kill();
				await host.time.pass(minutes(5));
				host.start();
			},
		],
	];
	const videosOf = (rows: readonly Json[]) =>
		rows.map(({ taskId, status, prompt }) => [taskId, status, prompt]);

	test.each(outages)('pause: the execution ends with its videos %s', async (_, outage) => {
		const host = new NodeHost();
		host.track();
		const { execution } = await make(host, { completion: 'pause', count: 2 });
		await outage(host);
		await host.time.pass(minutes(20));
		expect(execution.state).toBe('success');
		expect(videosOf((execution.rows ?? []).map(({ json }) => json))).toEqual([
			['apikley-1', 'succeeded', 'A paper boat, number 0'],
			['apikley-2', 'succeeded', 'A paper boat, number 1'],
		]);
		expect(host.filesOf(execution)).toEqual(
			['apikley-1', 'apikley-2'].map((taskId) => videoOf(taskId).toString()),
		);
		expect(host.apikley.asked).toBe(2);
		expect(host.livePollers()).toEqual([]);
	});

	test.each(outages)('notify: the trigger starts once for each video %s', async (_, outage) => {
		const host = new NodeHost();
		host.track();
		await make(host, { completion: 'notify', count: 2 });
		await outage(host);
		await host.time.pass(minutes(20));
		const started = host.started.map(({ json }) => json);
		expect(videosOf(started).toSorted()).toEqual([
			['apikley-1', 'succeeded', 'A paper boat, number 0'],
			['apikley-2', 'succeeded', 'A paper boat, number 1'],
		]);
		expect(host.apikley.asked).toBe(2);
		expect(host.livePollers()).toEqual([]);
	});
});

test('pause: waits in the node where no poller starts, and says so', async () => {
	const host = new NodeHost();
	const given = { completion: 'pause', count: 2, startsPollers: false } as const;
	const { rows, hints } = await make(host, given);
	expect(rows).toMatchObject([{ status: 'succeeded' }, { status: 'succeeded' }]);
	expect(hints).toEqual([expect.stringContaining('The node waited while running')]);
});

test('notify: where no poller starts, each task is named with the vendor that has it', async () => {
	const host = new NodeHost();
	host.apikley.instead = (order) => (order === 1 ? noCredits() : undefined);
	const { rows } = await make(host, {
		completion: 'notify',
		count: 2,
		more: onModellix,
		startsPollers: false,
		onProblem: 'row',
	});
	expect(rows).toMatchObject([
		{ taskId: 'apikley-1', error: expect.stringContaining('submitted to Apikley') },
		{ taskId: 'modellix-1', error: expect.stringContaining('submitted to Modellix') },
	]);
});

describe("'Max Parallel Tasks'", () => {
	test('wait: no more than that are in the works at once', async () => {
		const host = new NodeHost();
		const { rows } = await make(host, { count: 5, options: { maxParallel: 2 } });
		expect(host.apikley.mostInWorks).toBe(2);
		expect(taskIds(rows)).toHaveLength(5);
	});

	test.each(leaving)(
		'%s: the next is ordered when one has ended, the last ones are left',
		async (completion) => {
			const host = new NodeHost();
			const opened = await make(host, { completion, count: 3, options: { maxParallel: 1 } });
			expect(host.apikley.mostInWorks).toBe(1);
			expect(host.apikley.inWorks).toBe(1);
			expect(taskIds(opened.rows)).toEqual(['apikley-1', 'apikley-2', 'apikley-3']);
			expect(opened.rows.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'queued']);
			expect(opened.hints).toEqual([expect.stringContaining("'Max Parallel Tasks' is 1")]);
			if (completion !== 'pause') return;
			expect(parkedIn(opened)).toEqual([
				['apikley-1', true],
				['apikley-2', true],
				['apikley-3', false],
			]);
		},
	);

	test.each(leaving)('%s: a stop meanwhile leaves the others unordered', async (completion) => {
		const host = new NodeHost();
		const opened = open(host, { completion, count: 3, options: { maxParallel: 1 } });
		const ended = expect(tell(opened)).rejects.toThrow('stopped by the user');
		await host.time.pass(seconds(30));
		opened.stop();
		await host.time.pass(minutes(30));
		await ended;
		expect(host.apikley.orders).toHaveLength(1);
		expect(opened.left).toMatchObject([[{ taskId: 'apikley-1' }]]);
		expect(opened.plans).toEqual([]);
	});
});

describe("Without 'Max Parallel Tasks'", () => {
	test.each(leaving)('%s: none is waited for, however many there are', async (completion) => {
		const host = new NodeHost();
		const before = host.time.now();
		const { hints } = await make(host, { completion, count: 20 });
		expect(host.time.now()).toBe(before);
		expect(host.apikley.inWorks).toBe(20);
		expect(hints).toEqual([]);
	});
});

test('notify: the trigger of a video that ends meanwhile is rung at once', async () => {
	const host = new NodeHost();
	const given = { completion: 'notify', count: 3, options: { maxParallel: 1 } } as const;
	const { posted, plans } = await make(host, given);
	expect(posted).toHaveLength(2);
	for (const url of posted) expect(url).toContain(TRIGGER_URL);
	expect(plans[0]?.rings).toHaveLength(3);
});

test('an order that is answered after the stop is kept where people find it', async () => {
	const host = new NodeHost();
	host.apikley.orderMs = seconds(20);
	const opened = open(host, { count: 2, options: { maxParallel: 1 } });
	const ended = expect(tell(opened)).rejects.toThrow('stopped by the user');
	await host.time.pass(seconds(10));
	opened.stop();
	expect(opened.left).toEqual([]);
	await host.time.pass(minutes(30));
	await ended;
	expect(opened.left).toMatchObject([[{ taskId: 'apikley-1' }]]);
	expect(host.apikley.orders).toHaveLength(1);
});

describe('A vendor that does not take an item', () => {
	test.each(completions)('%s: the next makes it, and the row says so', async (completion) => {
		const host = new NodeHost();
		host.apikley.instead = (order) => (order === 1 ? noCredits() : undefined);
		const opened = await make(host, { completion, count: 3, more: onModellix });
		expect(opened.rows.map(({ provider }) => provider)).toEqual(['apikley', 'modellix', 'apikley']);
		expect(opened.rows[1]).toMatchObject({
			taskId: 'modellix-1',
			refusedBy: [{ provider: 'apikley', model: MODEL, code: '402' }],
		});
		expect([host.apikley.orders.length, host.modellix.orders.length]).toEqual([2, 1]);
		// Every item that is asked of a vendor uses the same session with it.
		expect(opened.accounts).toEqual(['apikley', 'modellix']);
		if (completion === 'notify') {
			expect(opened.plans[0]?.rings).toHaveLength(3);
		}
		if (completion === 'pause') {
			expect(parkedIn(opened).map(([taskId]) => taskId)).toEqual([
				'apikley-1',
				'modellix-1',
				'apikley-2',
			]);
		}
	});

	test.each(completions)('%s: after a stop nobody is asked for it any more', async (completion) => {
		const host = new NodeHost();
		host.apikley.instead = () => tooMany();
		const opened = open(host, { completion, count: 2, more: onModellix });
		const ended = expect(tell(opened)).rejects.toThrow('stopped by the user');
		await host.time.pass(seconds(10));
		const asked = host.apikley.asked;
		expect(asked).toBeGreaterThan(0);
		opened.stop();
		await host.time.pass(minutes(30));
		await ended;
		expect(host.apikley.asked).toBe(asked);
		expect(host.modellix.asked).toBe(0);
		expect(opened.left).toEqual([]);
	});

	test('a stop while the one that stands in works leaves its task where people find it', async () => {
		const host = new NodeHost();
		host.apikley.instead = () => noCredits();
		const opened = open(host, { more: onModellix });
		const ended = expect(tell(opened)).rejects.toThrow('stopped by the user');
		await host.time.pass(seconds(30));
		opened.stop();
		await host.time.pass(minutes(1));
		await ended;
		expect(opened.left).toMatchObject([[{ provider: 'modellix', taskId: 'modellix-1' }]]);
		const looks = host.modellix.looks.length;
		await host.time.pass(minutes(30));
		expect(host.modellix.looks).toHaveLength(looks);
	});

	test('all refuse: the item says who and why', async () => {
		const host = new NodeHost();
		for (const vendor of [host.apikley, host.modellix]) vendor.instead = () => noCredits();
		const { rows } = await make(host, { more: onModellix, onProblem: 'row' });
		expect(rows[0]).toMatchObject({
			error: expect.any(String),
			refusedBy: [{ provider: 'apikley' }],
		});
	});
});

describe('A second try', () => {
	test.each(completions)('%s: pays for nothing twice', async (completion) => {
		const host = new NodeHost();
		const kept = {};
		const first = await make(host, { completion, count: 2, kept });
		const second = await make(host, { completion, count: 2, kept });
		expect(taskIds(second.rows)).toEqual(taskIds(first.rows));
		expect(host.apikley.orders).toHaveLength(2);
	});

	test.each<[string, Given]>([
		['of version 2', { nodeVersion: 2, options: { taskLedger: LEDGER } }],
		['of version 3', { nodeVersion: 3, more: { taskLedger: true, taskLedgerTable: LEDGER } }],
	])('%s after a crash finds in the ledger what was paid for', async (_, given) => {
		const host = new NodeHost();
		const first = await make(host, { completion: 'submit', count: 2, ...given });
		const second = await make(host, { count: 2, isRetry: true, ...given });
		expect(taskIds(second.rows)).toEqual(taskIds(first.rows));
		expect(host.apikley.orders).toHaveLength(2);
		expect(host.ledger.rows(LEDGER)).toMatchObject([
			{ taskId: 'apikley-1', state: 'succeeded' },
			{ taskId: 'apikley-2', state: 'succeeded' },
		]);
	});

	test('believes the ledger, which people may have edited, before what n8n has kept', async () => {
		const host = new NodeHost();
		const given = { kept: {}, options: { taskLedger: LEDGER } };
		await make(host, { completion: 'submit', ...given });
		const [row = {}] = host.ledger.rows(LEDGER);
		expect(row.state).toBe('submitted');
		row.state = 'failed';
		const { rows } = await make(host, { isRetry: true, ...given });
		expect(taskIds(rows)).toEqual(['apikley-2']);
	});

	test('of version 3 whose ledger is switched off has none', async () => {
		const host = new NodeHost();
		const more = { taskLedger: false, taskLedgerTable: LEDGER };
		await make(host, { nodeVersion: 3, more });
		expect(host.ledger.rows(LEDGER)).toEqual([]);
	});

	test('whose ledger cannot be read orders nothing', async () => {
		const host = new NodeHost();
		host.ledger.failWith(() => 'the database is locked');
		const given = { options: { taskLedger: LEDGER }, isRetry: true, onProblem: 'row' } as const;
		const { rows, hints } = await make(host, given);
		expect(rows[0]).toMatchObject({ error: expect.stringContaining('its ledger cannot be read') });
		expect(hints.join()).toContain('What an earlier try may have paid for was not ordered again.');
		expect(host.apikley.asked).toBe(0);
	});

	test('a first one does without its ledger, and says so', async () => {
		const host = new NodeHost();
		host.ledger.failWith(() => 'the database is locked');
		const { rows, hints } = await make(host, { options: { taskLedger: LEDGER } });
		expect(rows[0]).toMatchObject({ status: 'succeeded' });
		expect(hints.join()).toContain('The videos were ordered all the same.');
	});
});

describe('An item that cannot be read', () => {
	const broken = {
		parameters: (itemIndex: number) => ({
			provider: 'apikley',
			model: MODEL,
			prompt: itemIndex === 1 ? '' : 'A paper boat',
			options: {},
		}),
		items: [0, 1, 2].map((number) => ({ json: { number } })),
	};

	test('stops the run before anything is paid', async () => {
		const host = new NodeHost();
		const { run } = host.open(broken);
		await expect(host.time.run(generateVideos(run, 'textToVideo'))).rejects.toThrow('[item 1]');
		expect(host.apikley.asked).toBe(0);
	});

	test('is a row of its own where the user wants that', async () => {
		const host = new NodeHost();
		const { run } = host.open({ ...broken, onProblem: 'row' });
		const rows = await host.time.run(generateVideos(run, 'textToVideo'));
		expect(rows.map(({ json: { taskId } }) => taskId)).toEqual([
			'apikley-1',
			undefined,
			'apikley-2',
		]);
		expect(rows[1]?.json.error).toMatch(/^Prompt/);
	});
});

test('without a credential, the rows keep their own fields', async () => {
	const host = new NodeHost();
	host.credential = undefined;
	const options = { includeInputFields: true };
	const { rows } = await make(host, { count: 2, options, onProblem: 'row' });
	const error = expect.stringContaining('Credential with ID "1" does not exist');
	expect(rows).toMatchObject([
		{ error, number: 0 },
		{ error, number: 1 },
	]);
});

test("'Max Orders' is all that a node orders in an execution", async () => {
	const host = new NodeHost();
	const kept = {};
	const given = { count: 2, kept, options: { maxOrders: 3 }, onProblem: 'row' } as const;
	await make(host, given);
	const { rows } = await make(host, { ...given, count: 4 });
	expect(host.apikley.orders).toHaveLength(3);
	expect(rows.filter(({ error }) => error !== undefined)).toHaveLength(1);
});

test("'Max Orders' that do not suffice stop the run before anything is paid", async () => {
	const host = new NodeHost();
	const opened = open(host, { count: 3, options: { maxOrders: 2 } });
	await expect(host.time.run(tell(opened))).rejects.toThrow('[item 2]');
	expect(host.apikley.asked).toBe(0);
});

test('a bad end is written down, and a later try orders anew', async () => {
	const host = new NodeHost();
	const kept = {};
	const opened = open(host, { count: 2, kept, onProblem: 'row' });
	const told = tell(opened);
	await host.time.pass(seconds(1));
	host.apikley.set('apikley-2', 'failed');
	const rows = await host.time.run(told);
	expect(rows.map(({ json: { status } }) => status)).toEqual(['succeeded', 'failed']);
	const again = await make(host, { count: 2, kept });
	expect(taskIds(again.rows)).toEqual(['apikley-1', 'apikley-3']);
});

test('who waits for an answer at a pause gets the videos', async () => {
	const host = new NodeHost();
	const { rows, hints } = await make(host, { completion: 'pause', caller: 'webhook' });
	expect(rows).toMatchObject([{ status: 'succeeded' }]);
	expect(hints.join()).toContain("waits for the last node's answer");
});

test('an item that is refused brings no hint of what was not checked', async () => {
	const more = { prompt: '' };
	const { rows, hints } = await make(new NodeHost(), { more, onProblem: 'row' });
	expect(rows).toMatchObject([{ error: expect.stringContaining('Prompt must not be empty') }]);
	expect(hints).toEqual([]);
});

test.each([
	['what the user wants cancelled', true, ['apikley-1']],
	['and nothing else', false, []],
])('after a stop the vendor is asked to cancel %s', async (_, cancelOnStop, expected) => {
	const host = new NodeHost();
	const { vendor } = providerOf('apikley');
	const cancelled: string[] = [];
	vendor.cancel = function* ({ taskId }) {
		cancelled.push(taskId);
		yield { method: 'GET', url: `/cancel?taskId=${taskId}` };
		return ok({ status: 'cancelled' });
	};
	try {
		const opened = open(host, { options: { cancelOnStop } });
		const ended = expect(tell(opened)).rejects.toThrow('stopped by the user');
		await host.time.pass(seconds(10));
		opened.stop();
		await host.time.pass(seconds(10));
		await ended;
		expect(cancelled).toEqual(expected);
	} finally {
		delete vendor.cancel;
	}
});
