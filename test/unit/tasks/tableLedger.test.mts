import type { LedgerRow } from '../../../nodes/shared/tasks/ledgerRow';
import { openTableLedger, type OrderTable } from '../../../nodes/shared/tasks/tableLedger';
import { fail, ok } from '../../../nodes/shared/domain/result';
import { Time } from '../fakes/time.mts';

const place = {
	workflow: 'Boats',
	workflowId: 'w1',
	executionId: '7',
	node: 'Seedance',
	item: 0,
	origin: 'o',
};
const at = '2026-11-20T10:00:00.000Z';
const submitting = {
	state: 'submitting' as const,
	at,
	providerId: 'fal',
	ordered: { prompt: 'a boat' },
};
const submitted = { ...submitting, state: 'submitted' as const, taskId: 't1', modelId: 'm1' };
const about = { model: 'm1', prompt: 'a boat' };

interface Write {
	rows: LedgerRow[];
	obsolete: string[];
}

let time: Time;
let writes: Write[];
/** Answers of the next writes, one each. */
let refusals: string[];
let writingMs: number;

beforeEach(() => {
	time = new Time();
	writes = [];
	refusals = [];
	writingMs = 0;
});

const table: OrderTable = {
	name: 'orders',
	async replace(rows, obsolete) {
		writes.push({ rows: [...rows], obsolete: [...obsolete] });
		if (writingMs > 0) await time.sleep(writingMs);
		const refusal = refusals.shift();
		return refusal === undefined ? ok(undefined) : fail(refusal);
	},
};

const open = () => openTableLedger(table, time);
const newOrder = (orderKey = 'k') => ({ orderKey, isOtherInput: false });
const keysOf = ({ rows }: Write) => rows.map(({ rowKey }) => rowKey);

test('what must be there before a request is written at once', async () => {
	const page = open().page(newOrder(), place);
	expect(page.reference).toEqual({ table: 'orders', key: 'k' });
	await page.write(submitting, about);
	expect(writes).toEqual([
		{
			rows: [
				{
					...place,
					...about,
					orderKey: 'k',
					rowKey: 'k#1',
					state: 'submitting',
					orderedAt: at,
					provider: 'fal',
				},
			],
			obsolete: [],
		},
	]);
	expect(await page.read()).toEqual(submitting);
});

test('answers gather for a quarter of a second and take the place of what was there', async () => {
	const ledger = open();
	const pages = ['a', 'b'].map((key) => ledger.page(newOrder(key), place));
	for (const page of pages) await page.write(submitting, about);
	writes = [];
	for (const page of pages) await page.write(submitted, about);
	await pages[0]?.end({ status: 'succeeded', isCollected: true, videoUrl: 'https://v' });
	await time.pass(249);
	expect(writes).toEqual([]);
	await time.pass(1);
	expect(writes).toHaveLength(1);
	expect(writes[0]?.rows).toMatchObject([
		{ rowKey: 'a#2', state: 'succeeded', taskId: 't1', videoUrl: 'https://v' },
		{ rowKey: 'b#2', state: 'submitted' },
	]);
	expect(writes[0]?.obsolete).toEqual(['a#1', 'b#1']);
	await time.pass(10_000);
	expect(writes).toHaveLength(1);
});

test('an answer after that gathers anew', async () => {
	const page = open().page(newOrder(), place);
	await page.write(submitted, about);
	await time.pass(250);
	await page.end({ status: 'failed', isCollected: true });
	await time.pass(250);
	expect(writes.map(keysOf)).toEqual([['k#1'], ['k#2']]);
	expect(writes[1]).toMatchObject({ rows: [{ state: 'failed' }], obsolete: ['k#1'] });
});

test('an answer that was lost gathers too', async () => {
	const page = open().page(newOrder(), place);
	await page.write({ ...submitting, answerLost: true }, about);
	expect(writes).toEqual([]);
	await time.pass(250);
	expect(writes[0]?.rows).toMatchObject([{ state: 'unknown' }]);
});

test('what falls due while one write is at work goes out in the next one, together', async () => {
	writingMs = 100;
	const ledger = open();
	const writing = ['a', 'b', 'c'].map((key) =>
		ledger.page(newOrder(key), place).write(submitting, about),
	);
	await time.run(Promise.all(writing));
	expect(writes.flatMap(keysOf).toSorted()).toEqual(['a#1', 'b#1', 'c#1']);
	writes = [];
	const first = ledger.page(newOrder('d'), place).write(submitting, about);
	await time.pass(50);
	const others = ['e', 'f'].map((key) =>
		ledger.page(newOrder(key), place).write(submitting, about),
	);
	await time.run(Promise.all([first, ...others]));
	expect(writes.map(keysOf)).toEqual([['d#1'], ['e#1', 'f#1']]);
});

test('a request waits until its order is written', async () => {
	writingMs = 100;
	let isWritten = false;
	const writing = open()
		.page(newOrder(), place)
		.write(submitting, about)
		.then(() => {
			isWritten = true;
		});
	await time.pass(99);
	expect(isWritten).toBe(false);
	await time.pass(1);
	expect(isWritten).toBe(true);
	await writing;
});

test('an order that was not taken is removed', async () => {
	const page = open().page(newOrder(), place);
	await page.write(submitting, about);
	await page.clear();
	expect(await page.read()).toBeUndefined();
	await page.end({ status: 'succeeded', isCollected: true });
	await time.pass(250);
	expect(writes[1]).toEqual({ rows: [], obsolete: ['k#1'] });
});

test('an end of what was never ordered is nothing', async () => {
	const ledger = open();
	await ledger.page(newOrder(), place).end({ status: 'succeeded', isCollected: true });
	await time.pass(1000);
	await ledger.flush();
	expect(writes).toEqual([]);
	expect(ledger.problem()).toBeUndefined();
});

test('a stored order goes on where it stood', async () => {
	const row: LedgerRow = {
		...place,
		...about,
		orderKey: 'k',
		rowKey: 'k#4',
		state: 'submitted',
		taskId: 't1',
		orderedAt: at,
		provider: 'fal',
	};
	const stored = { row, rowKeys: ['k#3', 'k#4'] };
	const page = open().page({ orderKey: 'k', stored, isOtherInput: false }, place);
	expect(await page.read()).toEqual(submitted);
	await page.end({ status: 'expired', isCollected: true });
	await time.pass(250);
	expect(writes).toMatchObject([
		{ rows: [{ rowKey: 'k#5', state: 'expired' }], obsolete: ['k#3', 'k#4'] },
	]);
});

test('settling writes what is left without waiting', async () => {
	const ledger = open();
	await ledger.page(newOrder(), place).write(submitted, about);
	await ledger.flush();
	expect(writes.map(keysOf)).toEqual([['k#1']]);
	await time.pass(250);
	expect(writes).toHaveLength(1);
});

test('settling waits for the write that is at work', async () => {
	writingMs = 100;
	const ledger = open();
	void ledger.page(newOrder(), place).write(submitting, about);
	await time.pass(10);
	let isSettled = false;
	const settling = ledger.flush().then(() => {
		isSettled = true;
	});
	await time.pass(80);
	expect(isSettled).toBe(false);
	await time.pass(10);
	expect(isSettled).toBe(true);
	await settling;
});

test('a write that fails is tried once more after a moment', async () => {
	refusals = ['locked'];
	const ledger = open();
	const writing = ledger.page(newOrder(), place).write(submitting, about);
	await time.pass(199);
	expect(writes).toHaveLength(1);
	await time.pass(1);
	await writing;
	// The first try may have added its row.
	expect(writes.map(keysOf)).toEqual([['k#1'], ['k#2']]);
	expect(writes[1]?.obsolete).toEqual(['k#1']);
	expect(ledger.problem()).toBeUndefined();
});

test('what could not be removed is removed with the next change', async () => {
	const ledger = open();
	const page = ledger.page(newOrder(), place);
	await page.write(submitting, about);
	refusals = ['locked'];
	await page.write(submitted, about);
	await time.pass(450);
	expect(writes.map(({ obsolete }) => obsolete)).toEqual([[], ['k#1'], ['k#1', 'k#2']]);
	await page.end({ status: 'succeeded', isCollected: true });
	await time.pass(250);
	expect(writes[3]?.obsolete).toEqual(['k#3']);
});

test.each([
	[0, 200],
	[0.8, 280],
])(
	'a write that did not work is tried once more, at chance %d after %i ms',
	async (chance, gapMs) => {
		time.chance = chance;
		refusals = ['locked'];
		const begunAt = time.now();
		const ledger = open();
		await time.run(ledger.page(newOrder(), place).write(submitting, about));
		expect(writes.map(keysOf)).toEqual([['k#1'], ['k#2']]);
		expect(time.now() - begunAt).toBeCloseTo(gapMs);
		expect(ledger.problem()).toBeUndefined();
	},
);

describe('While the table takes nothing', () => {
	const GAP_MS = 10_000;

	async function inTrouble(more: string[] = []) {
		refusals = ['full', 'full', ...more];
		const ledger = open();
		const page = ledger.page(newOrder(), place);
		await time.run(page.write(submitting, about));
		expect(ledger.problem()).toBe('full');
		writes = [];
		return { ledger, page };
	}

	test('orders go on without it', async () => {
		const { ledger, page } = await inTrouble();
		await ledger.page(newOrder('other'), place).write(submitting, about);
		await page.write(submitted, about);
		expect(writes).toEqual([]);
		expect(await page.read()).toEqual(submitted);
	});

	test('all that is due is tried with the next change, once in a while', async () => {
		const { ledger, page } = await inTrouble(['still full']);
		await page.write(submitted, about);
		await time.pass(GAP_MS);
		expect(ledger.problem()).toBe('still full');
		await ledger.page(newOrder('other'), place).write(submitting, about);
		await time.pass(GAP_MS);
		expect(writes.map(keysOf)).toEqual([['k#3'], ['k#4', 'other#1']]);
		expect(writes[1]).toMatchObject({ rows: [{ state: 'submitted' }, { state: 'submitting' }] });
		expect(writes[1]?.obsolete).toEqual(['k#1', 'k#2', 'k#3']);
		expect(ledger.problem()).toBeUndefined();
	});

	test('it is tried at the end, once', async () => {
		const { ledger } = await inTrouble(['full for good']);
		await ledger.flush();
		expect(writes.map(keysOf)).toEqual([['k#3']]);
		expect(ledger.problem()).toBe('full for good');
	});

	test('and may be written at the end after all', async () => {
		const { ledger } = await inTrouble();
		await ledger.flush();
		expect(writes.map(keysOf)).toEqual([['k#3']]);
		expect(ledger.problem()).toBeUndefined();
	});
});
