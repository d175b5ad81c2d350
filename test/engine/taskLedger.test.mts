import type { IDataObject } from 'n8n-workflow';
import { clock } from '../../nodes/shared/n8n/clock.ts';
import { fakeDataTables, type FakeDataTables, type Table } from '../unit/fakes/dataTables.mts';
import { numbered, ownPrompt, prompts, useBench, type Given } from './bench.mts';
import type { SurroundingN8n } from './harness.mts';

const bench = useBench({ takesMs: 60_000 });
const TABLE = 'seedance_tasks';
const token = 'token-of-the-first-execution';

let tables: FakeDataTables;

beforeEach(() => {
	tables = fakeDataTables();
});

const rows = () =>
	tables.rows(TABLE).toSorted((a, b) => Number(a.item) - Number(b.item)) as Array<
		Record<string, unknown>
	>;
const states = () => rows().map(({ state }) => state);

const given = ({ parameters, ...more }: Given = {}): Given => ({
	items: numbered(3),
	n8n: { tables, resumeToken: token },
	...more,
	parameters: {
		...ownPrompt,
		...parameters,
		options: { taskLedger: TABLE, ...(parameters?.options as IDataObject | undefined) },
	},
});
const run = async (more: Given = {}) => await bench.run(given(more));

test('every order is written down, and what became of it', async () => {
	const { status, items } = await run({ parameters: { resolution: '480p', duration: 10 } });
	expect(status).toBe('success');
	expect(tables.tables.map(({ name }) => name)).toEqual([TABLE]);
	expect(rows()).toHaveLength(3);
	expect(rows()[1]).toMatchObject({
		state: 'succeeded',
		provider: 'apikley',
		model: 'bytedance/v1-lite-text-to-video',
		prompt: 'Clip 1',
		resolution: '480p',
		duration: '10',
		taskId: items[1]?.json.taskId,
		credits: 5,
		tokens: null,
		videoUrl: items[1]?.json.videoUrl,
		endedAt: items[1]?.json.completedAt,
		workflowId: 'workflow',
		executionId: '1',
		node: 'Seedance',
		item: 1,
	});
});

test('nothing secret is in it', async () => {
	await run();
	const written = JSON.stringify(tables.rows(TABLE));
	expect(written).not.toContain(token);
	expect(written).not.toContain(bench.sandbox().apiKeys.apikley);
});

test('no request goes out before its order stands in the table', async () => {
	const seen: number[][] = [];
	const write = tables.run;
	// A slow database: what does not wait for it goes out meanwhile.
	tables.run = async (code, items) => {
		await clock.sleep(5000);
		seen.push([bench.creates().length, tables.rows(TABLE).length]);
		return await write(code, items);
	};
	const { status } = await run({ parameters: { options: { maxParallel: 1 } } });
	expect(status).toBe('success');
	expect(seen.length).toBeGreaterThan(6);
	for (const [creates = 0, written = 0] of seen) expect(creates).toBeLessThanOrEqual(written);
});

test('a video that could not be downloaded is not collected, and its address is kept', async () => {
	bench.fault({ operation: 'media', effect: { kind: 'html' } });
	const { status } = await run({ items: prompts('Clip 0'), parameters: { downloadVideo: true } });
	expect(status).toBe('error');
	expect(rows()).toMatchObject([
		{ state: 'submitted', videoUrl: expect.stringMatching(/^http/), reason: expect.any(String) },
	]);
});

/** n8n as it comes up again after it was killed at a moment of the ledger's history. */
const afterKill = (moment: Table[]): SurroundingN8n => ({
	tables: (tables = fakeDataTables(structuredClone(moment))),
	resumeToken: token,
	executionId: '2',
});
const statesIn = (moment: Table[]) =>
	moment.flatMap((table) => table.rows.map(({ state }) => state));
const momentOf = (history: Table[][], state: string, count = 3): Table[] => {
	const found = history.find(
		(moment) => statesIn(moment).filter((one) => one === state).length === count,
	);
	if (found === undefined) throw new Error(`The ledger never had ${count} orders ${state}`);
	return found;
};

test('killed at any moment, a retry orders nothing twice, or says that it cannot know', async () => {
	await run();
	const { history } = tables;
	expect(history.length).toBeGreaterThan(5);
	for (const moment of history) {
		const before = bench.creates().length;
		const known = statesIn(moment);
		const { items } = await run({ n8n: afterKill(moment), onError: 'continueRegularOutput' });
		const told = items.map(({ json }) => String(json.error ?? json.taskId));
		const unsure = told.filter((text) => text.includes('may have accepted this video'));
		const isKnown = known.length > 0;
		expect(bench.creates().length - before).toBe(
			isKnown ? 3 - new Set(taskIdsIn(moment)).size - unsure.length : 3,
		);
		expect(unsure.length).toBeLessThanOrEqual(3);
		for (const taskId of taskIdsIn(moment)) expect(told).toContain(taskId);
	}
});

const taskIdsIn = (moment: Table[]) =>
	moment.flatMap((table) => table.rows.flatMap(({ taskId }) => (taskId === null ? [] : [taskId])));

describe('an execution that is retried after n8n was killed', () => {
	const killedWhileWaiting = async (): Promise<Table[]> => {
		await run();
		expect(bench.creates()).toHaveLength(3);
		return momentOf(tables.history, 'submitted');
	};

	test('goes on with what was ordered', async () => {
		const { status, items } = await run({ n8n: afterKill(await killedWhileWaiting()) });
		expect(status).toBe('success');
		expect(bench.creates()).toHaveLength(3);
		expect(items.map(({ json }) => json.taskId)).toEqual(bench.taskIds());
		expect(states()).toEqual(['succeeded', 'succeeded', 'succeeded']);
	});

	test.each(['', 'x'.repeat(300)])(
		'says of each what was ordered, whatever its prompt comes to now (%#)',
		async (filling) => {
			const prompt = `={{ $json.prompt + Math.random() }}${filling}`;
			await run({ parameters: { prompt, duration: 10 } });
			const n8n = afterKill(momentOf(tables.history, 'submitted'));
			const { items } = await run({ n8n, parameters: { prompt, duration: 10 } });
			expect(bench.creates()).toHaveLength(3);
			for (const [item, { input }] of bench.sandbox().tasks().entries()) {
				const told = items[item]?.json;
				expect(told?.duration).toBe(10);
				// The table holds no more of a long prompt.
				const kept = filling === '' ? input.prompt : `${String(input.prompt).slice(0, 199)}…`;
				expect(told?.prompt).toBe(kept);
			}
		},
	);

	test('has a long prompt whole, where it comes to the same', async () => {
		const prompt = `={{ $json.prompt }}${'x'.repeat(300)}`;
		await run({ parameters: { prompt } });
		const n8n = afterKill(momentOf(tables.history, 'submitted'));
		const { items } = await run({ n8n, parameters: { prompt } });
		expect(items.map(({ json }) => json.prompt)).toEqual(
			bench
				.sandbox()
				.tasks()
				.map(({ input }) => input.prompt),
		);
	});

	test('orders anew what nobody knows of: other token, edited node, no ledger', async () => {
		const n8n = afterKill(await killedWhileWaiting());
		await run({ n8n: { ...n8n, resumeToken: 'another' } });
		expect(bench.creates()).toHaveLength(6);
		await run({ n8n, parameters: { duration: 10 } });
		expect(bench.creates()).toHaveLength(9);
		await bench.run({ ...given({ n8n }), parameters: ownPrompt });
		expect(bench.creates()).toHaveLength(12);
	});

	test('finds each order by its data, where the items come in another order', async () => {
		const n8n = afterKill(await killedWhileWaiting());
		const { items } = await run({ n8n, items: prompts('Clip 2', 'new', 'Clip 0', 'Clip 1') });
		const [first, second, third] = bench.taskIds();
		const [fourth] = bench.taskIds().slice(3);
		expect(items.map(({ json }) => json.taskId)).toEqual([third, fourth, first, second]);
		expect(bench.creates()).toHaveLength(4);
	});

	test('goes on in the place of an item whose data was written anew, and says so', async () => {
		const n8n = afterKill(await killedWhileWaiting());
		const anew = prompts('Clip 0', 'Clip 1, again', 'Clip 2');
		const { items, run: ended } = await run({ n8n, items: anew });
		expect(items.map(({ json }) => json.taskId)).toEqual(bench.taskIds());
		expect(bench.creates()).toHaveLength(3);
		const { hints } = ended.data.resultData.runData.Seedance?.at(-1) ?? {};
		expect(JSON.stringify(hints)).toContain('items 1');
	});

	test('other data in the same execution is another order, also where rounds were not counted', async () => {
		const n8n = { tables, resumeToken: token };
		const first = await run({ n8n, items: prompts('first') });
		const second = await run({ n8n, items: prompts('second') });
		expect(bench.creates()).toHaveLength(2);
		expect([first, second].map(({ items }) => items[0]?.json.taskId)).toEqual(bench.taskIds());
	});

	test('does not order again what may have been taken, until the user says so', async () => {
		await run();
		const n8n = afterKill(momentOf(tables.history, 'submitting'));
		const refused = await run({ n8n });
		expect(refused.status).toBe('error');
		expect(refused.error?.message).toContain('may have accepted this video');
		expect(bench.creates()).toHaveLength(3);

		const { status } = await run({ n8n, parameters: { options: { resubmitUnknown: true } } });
		expect(status).toBe('success');
		expect(bench.creates()).toHaveLength(6);
		expect(states()).toEqual(['succeeded', 'succeeded', 'succeeded']);
	});

	test('orders anew what ended badly', async () => {
		await run({ items: prompts('[fail]', 'Clip 1', 'Clip 2'), onError: 'continueRegularOutput' });
		expect(states()).toEqual(['failed', 'succeeded', 'succeeded']);
		expect(rows()[0]?.reason).toContain('could not generate the video');
		await run({ items: prompts('[fail]', 'Clip 1', 'Clip 2'), onError: 'continueRegularOutput' });
		expect(bench.creates()).toHaveLength(4);
		expect(rows()).toHaveLength(3);
	});

	test('tells the rounds of a loop apart, though they are alike', async () => {
		const same = () => prompts('the same');
		const batches = [same(), same(), same()];
		await run({ batches });
		expect(bench.creates()).toHaveLength(3);
		const { run: ended } = await run({ batches });
		expect(bench.creates()).toHaveLength(3);
		const rounds = ended.data.resultData.runData.Seedance ?? [];
		const taskIds = rounds.map(({ data }) => data?.main?.[0]?.[0]?.json.taskId);
		expect(taskIds).toEqual(bench.taskIds());
	});
});

test('what the vendor refused leaves no row', async () => {
	const { status } = await run({ items: prompts('[credits]', 'Clip 1') });
	expect(status).toBe('error');
	// The other's video is not handed on, because the node ends with an error.
	expect(rows().map(({ prompt, state }) => [prompt, state])).toEqual([['Clip 1', 'submitted']]);
});

test('an answer that was lost is told as unknown', async () => {
	bench.fault({ operation: 'create', times: 1, effect: { kind: 'httpAfter', status: 500 } });
	await run({ items: prompts('Clip 0') });
	expect(states()).toEqual(['unknown']);
});

test('a video that was not waited for to its end is not collected', async () => {
	await run({ parameters: { options: { timeout: 0.5 } } });
	expect(states()).toEqual(['submitted', 'submitted', 'submitted']);
});

describe('never stands in the way', () => {
	const reasons: Array<[string, string, string]> = [
		['tables are switched off', 'list', 'the module is disabled'],
		['there is no right to make one', 'create', 'not allowed'],
		['it cannot be read', 'get', 'no such column'],
		['it is full', 'insert', 'Data table size limit exceeded'],
		['rows cannot be removed', 'deleteRows', 'no such table'],
	];

	test.each(reasons)('when %s', async (_, operation, reason) => {
		tables.failWith((asked) => (asked === operation ? reason : undefined));
		const { status, items, run: ended } = await run();
		expect(status).toBe('success');
		expect(items.map(({ json }) => json.taskId)).toEqual(bench.taskIds());
		expect(bench.creates()).toHaveLength(3);
		const { hints } = ended.data.resultData.runData.Seedance?.at(-1) ?? {};
		expect(JSON.stringify(hints)).toContain(reason);
	});

	test('when it cannot be read at first: it is asked again, twice', async () => {
		let reads = 0;
		tables.failWith((asked) => {
			if (asked === 'get') reads += 1;
			return asked === 'get' && reads <= 2 ? 'database is locked' : undefined;
		});
		await run();
		expect(states()).toEqual(['succeeded', 'succeeded', 'succeeded']);
	});

	test('when a column is missing or changed', async () => {
		await run();
		const [table] = tables.tables;
		table?.columns.splice(2, 1);
		const { status, run: ended } = await run({ items: prompts('another') });
		expect(status).toBe('success');
		const { hints } = ended.data.resultData.runData.Seedance?.at(-1) ?? {};
		expect(JSON.stringify(hints)).toContain('lacks the columns provider');
	});

	test('when it is deleted in the middle of a run', async () => {
		tables.failWith((operation) =>
			operation === 'insert' && states().includes('submitted') ? 'no such table' : undefined,
		);
		const { status, items } = await run();
		expect(status).toBe('success');
		expect(items).toHaveLength(3);
		expect(bench.creates()).toHaveLength(3);
	});
});

describe('Seedance Task', () => {
	const task = async (parameters: IDataObject, json: IDataObject[] = [{}]) =>
		await bench.run({
			type: 'seedanceTask',
			parameters: { provider: 'apikley', resource: 'task', downloadVideo: false, ...parameters },
			items: json.map((one) => ({ json: one })),
			n8n: { tables },
		});
	const list = async (parameters: IDataObject = {}) =>
		await task({ operation: 'getMany', source: 'ledger', taskLedger: TABLE, ...parameters });

	test('lists what was ordered and never collected, and Wait takes the rows as they are', async () => {
		await run({ parameters: { completion: 'submit' } });
		await clock.sleep(1);
		const listed = await list({ olderThanMinutes: 0 });
		expect(listed.items).toHaveLength(3);
		expect(listed.items[0]?.json).toMatchObject({
			provider: 'apikley',
			ledgerState: 'submitted',
			prompt: expect.stringContaining('Clip'),
			ledger: { table: TABLE },
		});
		const waited = await task(
			{ operation: 'wait' },
			listed.items.map(({ json }) => json),
		);
		expect(waited.items.map(({ json }) => json.status)).toEqual(Array(3).fill('succeeded'));
		expect(states()).toEqual(Array(3).fill('succeeded'));
		expect((await list({ olderThanMinutes: 0 })).items).toEqual([]);
		expect((await list({ orders: 'all' })).items).toHaveLength(3);
	});

	test('leaves out what is too new, and other vendors’ orders', async () => {
		await run({ parameters: { completion: 'submit' } });
		expect((await list()).items).toEqual([]);
		expect((await list({ provider: 'aimlapi', olderThanMinutes: 0 })).items).toEqual([]);
	});

	test('a task that is still running stays uncollected after Get', async () => {
		const submitted = await run({ parameters: { completion: 'submit' }, items: numbered(1) });
		await task(
			{ operation: 'get' },
			submitted.items.map(({ json }) => json),
		);
		expect(states()).toEqual(['submitted']);
		await clock.sleep(120_000);
		await task(
			{ operation: 'get' },
			submitted.items.map(({ json }) => json),
		);
		expect(states()).toEqual(['succeeded']);
	});

	test('a table that is not there is not made by who reads it', async () => {
		const { status, error } = await list({ taskLedger: 'misspelt' });
		expect(status).toBe('error');
		expect(error?.message).toContain(
			"There is no table 'misspelt', the first order with Task Ledger makes it",
		);
		expect(tables.tables).toEqual([]);
	});

	test('says what is wrong with a ledger that cannot be read', async () => {
		tables.failWith(() => 'the module is disabled');
		const { status, error } = await list();
		expect(status).toBe('error');
		expect(error?.message).toContain(`'${TABLE}' could not be read: the module is disabled`);
	});
});
