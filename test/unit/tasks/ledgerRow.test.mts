import {
	assignOrders,
	entryOfRow,
	ledgerColumns,
	readStored,
	revisionOf,
	rowAtEnd,
	rowKeyOf,
	rowOfEntry,
	shortHash,
	taskUrlsOf,
	toOrderRow,
	type LedgerRow,
} from '../../../nodes/shared/tasks/ledgerRow';

const at = '2026-11-20T10:00:00.000Z';
const place = {
	workflow: 'Boats',
	workflowId: 'w1',
	executionId: '7',
	node: 'Seedance',
	item: 2,
	origin: 'o',
	orderKey: 'k',
};
const row = (more: Partial<LedgerRow> = {}): LedgerRow => ({
	orderedAt: at,
	state: 'submitted',
	provider: 'fal',
	model: 'm1',
	taskId: 't1',
	origin: 'o',
	orderKey: 'k',
	rowKey: 'k#1',
	...more,
});

describe('A row of an entry', () => {
	const about = { model: 'm1', prompt: 'a boat', resolution: '720p', duration: '5' };

	test('before the request, and when the answer was lost', () => {
		const entry = { state: 'submitting' as const, at, providerId: 'fal' };
		const expected = { ...about, ...place, orderedAt: at, provider: 'fal', state: 'submitting' };
		expect(rowOfEntry(entry, about, place)).toStrictEqual(expected);
		expect(rowOfEntry({ ...entry, answerLost: true }, about, place)).toStrictEqual({
			...expected,
			state: 'unknown',
		});
		expect(rowOfEntry({ state: 'submitting', at }, about, place).provider).toBe('');
	});

	test('with a task, its addresses and who refused before', () => {
		const refusedBy = [{ provider: 'apikley', model: 'm0', code: '402', message: 'No credits' }];
		const entry = {
			state: 'submitted' as const,
			at,
			providerId: 'fal',
			taskId: 't1',
			modelId: 'm2',
			taskUrls: { status: 'https://s' },
			refusedBy,
		};
		expect(rowOfEntry(entry, about, place)).toStrictEqual({
			...about,
			...place,
			orderedAt: at,
			provider: 'fal',
			state: 'submitted',
			model: 'm2',
			taskId: 't1',
			taskUrls: '{"status":"https://s"}',
			refusedBy: JSON.stringify(refusedBy),
		});
		const plain = { ...entry, taskUrls: undefined, refusedBy: undefined };
		const keys = Object.keys(rowOfEntry(plain, about, place));
		expect(keys).not.toContain('taskUrls');
		expect(keys).not.toContain('refusedBy');
	});

	test.each([
		[199, 'x'.repeat(199)],
		[200, 'x'.repeat(200)],
		[201, `${'x'.repeat(199)}…`],
	])('has a prompt of %i characters so', (length, expected) => {
		const entry = { state: 'submitting' as const, at };
		const { prompt } = rowOfEntry(entry, { model: 'm', prompt: 'x'.repeat(length) }, place);
		expect(prompt).toBe(expected);
	});
});

describe('What a row says to a later try', () => {
	test.each(['submitting', 'unknown'] as const)('%s: nobody knows', (state) => {
		const expected = { state: 'submitting', at, providerId: 'fal' };
		expect(entryOfRow(row({ state }))).toStrictEqual(expected);
	});

	const submitted = { state: 'submitted', at, taskId: 't1', providerId: 'fal', modelId: 'm1' };

	test.each(['submitted', 'succeeded'] as const)('%s: a task to go on with', (state) => {
		expect(entryOfRow(row({ state }))).toStrictEqual(submitted);
	});

	test.each(['failed', 'cancelled', 'expired'] as const)('%s: it ended badly', (state) => {
		expect(entryOfRow(row({ state }))).toStrictEqual({ ...submitted, endedBadly: true });
	});

	test('without a task nothing; without a model an empty one', () => {
		expect(entryOfRow(row({ taskId: undefined }))).toBeUndefined();
		expect(entryOfRow(row({ model: undefined }))).toMatchObject({ modelId: '' });
	});

	test('addresses and refusals, where they can be read', () => {
		const refusedBy = [{ provider: 'apikley', model: 'm0', code: '402', message: 'No credits' }];
		const told = row({ taskUrls: '{"status":"https://s"}', refusedBy: JSON.stringify(refusedBy) });
		expect(entryOfRow(told)).toMatchObject({ taskUrls: { status: 'https://s' }, refusedBy });
		expect(entryOfRow(row({ taskUrls: '{', refusedBy: '7' }))).toStrictEqual(submitted);
		expect(taskUrlsOf(row())).toBeUndefined();
	});
});

describe('A row at the end', () => {
	test('has what was found out, and keeps the rest', () => {
		const end = {
			status: 'succeeded' as const,
			isCollected: true,
			usage: { credits: 5, usd: 0.1, billableUnits: 2.5, seconds: 8 },
			videoUrl: 'https://v',
			completedAt: '2026-11-20T10:01:00.000Z',
			expiresAt: '2026-11-21T10:00:00.000Z',
		};
		expect(rowAtEnd(row({ reason: 'before' }), end)).toStrictEqual({
			...row(),
			reason: 'before',
			state: 'succeeded',
			credits: 5,
			usd: 0.1,
			billableUnits: 2.5,
			seconds: 8,
			videoUrl: 'https://v',
			endedAt: '2026-11-20T10:01:00.000Z',
			expiresAt: '2026-11-21T10:00:00.000Z',
		});
	});

	test.each([
		[{ status: 'succeeded', isCollected: false }],
		[{ status: 'queued', isCollected: true }],
		[{ status: 'running', isCollected: true }],
		[{ isCollected: true }],
	] as const)('that is none stays as it was: %j', (end) => {
		expect(rowAtEnd(row(), end).state).toBe('submitted');
	});

	test('tells why there is no video', () => {
		const end = { status: 'failed' as const, isCollected: true, reason: 'Too dark' };
		expect(rowAtEnd(row(), end)).toMatchObject({ state: 'failed', reason: 'Too dark' });
	});
});

describe('Rows of a table', () => {
	test('of one order are one, the newest', () => {
		const before = row({ rowKey: 'k#2', state: 'failed', taskId: 't0' });
		expect(readStored([before, row({ rowKey: 'k#10' }), row()])).toStrictEqual([
			{ row: row({ rowKey: 'k#10' }), rowKeys: ['k#2', 'k#10', 'k#1'] },
		]);
	});

	test.each(['succeeded', 'failed', 'cancelled', 'expired'] as const)(
		'of one task are one, that it has %s if one says so',
		(state) => {
			const end = row({ rowKey: 'k#2', state });
			for (const rows of [
				[end, row({ rowKey: 'k#3' })],
				[row({ rowKey: 'k#3' }), end],
			]) {
				expect(readStored(rows)).toMatchObject([{ row: end }]);
			}
		},
	);

	test('with empty cells or columns of the user are read, others count as not there', () => {
		const read = readStored([
			{ ...row(), credits: null, own: 'note' },
			{ ...row({ orderKey: 'l' }), state: 'eaten' },
			'no row',
		]);
		expect(read.map(({ row: { orderKey, credits } }) => [orderKey, credits])).toEqual([
			['k', undefined],
		]);
	});

	test('have every column that is written, once', () => {
		const names = ledgerColumns.map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
		expect(names).toEqual(expect.arrayContaining([...Object.keys(row()), ...Object.keys(place)]));
	});

	test('have the types with which tables were made: another one counts as a missing column', () => {
		const ofType = (wanted: string) =>
			ledgerColumns.flatMap(({ name, type }) => (type === wanted ? [name] : []));
		const dates = ['orderedAt', 'expiresAt', 'endedAt'];
		const numbers = ['credits', 'tokens', 'usd', 'billableUnits', 'seconds', 'item'];
		expect(ofType('date')).toEqual(dates);
		expect(ofType('number')).toEqual(numbers);
		expect(ofType('string')).toHaveLength(ledgerColumns.length - dates.length - numbers.length);
	});

	test('count how often they were written', () => {
		expect(rowKeyOf('k', 12)).toBe('k#12');
		expect(revisionOf({ rowKey: 'k#12' })).toBe(12);
		expect(revisionOf({ rowKey: 'k#1x' })).toBe(0);
		expect(revisionOf({ rowKey: 'k' })).toBe(0);
	});
});

test('an order as an output row', () => {
	const cost = { credits: 5, billableUnits: 2.5, seconds: 8 };
	const full = row({ taskUrls: '{"status":"https://s"}', ...cost, endedAt: at, item: 2 });
	expect(toOrderRow(full, { table: 'orders', key: 'k' })).toStrictEqual({
		taskId: 't1',
		provider: 'fal',
		model: 'm1',
		ledgerState: 'submitted',
		usage: cost,
		orderedAt: at,
		completedAt: at,
		item: 2,
		taskUrls: { status: 'https://s' },
		ledger: { table: 'orders', key: 'k' },
	});
	expect(Object.keys(toOrderRow(row(), { table: 'orders', key: 'k' }))).not.toContain('usage');
});

test('a short hash tells values apart', () => {
	expect(shortHash(['a'])).toMatch(/^[\w-]{16}$/);
	expect(shortHash(['a'])).toBe(shortHash(['a']));
	expect(shortHash(['a'])).not.toBe(shortHash(['b']));
});

describe('Which row belongs to which item', () => {
	const round = { origin: 'o', occurrence: 0, written: 'w', executionId: '8' };
	const stored = (key: string, more: Partial<LedgerRow> = {}) => ({
		row: row({ orderKey: `o.0.w.${key}`, executionId: '7', ...more }),
		rowKeys: [],
	});
	const slots = [
		{ itemIndex: 0, input: 'A' },
		{ itemIndex: 1, input: 'B' },
	];
	const keys = (...args: Parameters<typeof assignOrders>) =>
		assignOrders(...args).map(({ orderKey, isOtherInput, stored: found }) => [
			orderKey,
			isOtherInput,
			found !== undefined,
		]);

	test('none: a new order', () => {
		expect(keys([], round, slots)).toEqual([
			['o.0.w.0.A', false, false],
			['o.0.w.1.B', false, false],
		]);
	});

	test('in its place with the same data, before elsewhere', () => {
		expect(keys([stored('1.A'), stored('0.A'), stored('1.B')], round, slots)).toEqual([
			['o.0.w.0.A', false, true],
			['o.0.w.1.B', false, true],
		]);
	});

	test('elsewhere with the same data', () => {
		expect(keys([stored('0.B'), stored('1.A')], round, slots)).toEqual([
			['o.0.w.1.A', false, true],
			['o.0.w.0.B', false, true],
		]);
	});

	test('in its place with other data, if an earlier execution made it', () => {
		expect(keys([stored('1.C')], round, slots)).toEqual([
			['o.0.w.0.A', false, false],
			['o.0.w.1.C', true, true],
		]);
		expect(keys([stored('1.C', { executionId: '8' })], round, slots)[1]).toEqual([
			'o.0.w.1.B',
			false,
			false,
		]);
	});

	test('a row counts once', () => {
		const same = [
			{ itemIndex: 0, input: 'A' },
			{ itemIndex: 1, input: 'A' },
		];
		expect(keys([stored('0.A')], round, same)).toEqual([
			['o.0.w.0.A', false, true],
			['o.0.w.1.A', false, false],
		]);
	});

	test('another node, round of a loop, or other parameters: none', () => {
		for (const start of ['p.0.w', 'o.1.w', 'o.0.v', 'o.0.ww']) {
			const other = { row: row({ orderKey: `${start}.0.A` }), rowKeys: [] };
			expect(keys([other], round, slots)[0]).toEqual(['o.0.w.0.A', false, false]);
		}
	});
});
