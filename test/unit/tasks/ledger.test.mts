import fc from 'fast-check';
import type { JsonObject } from '../../../nodes/shared/domain/json';
import {
	contextLedger,
	orderKey,
	taskOf,
	type LedgerEntry,
} from '../../../nodes/shared/tasks/ledger';

const submitted: LedgerEntry = {
	state: 'submitted',
	at: '2026-01-01T00:00:00.000Z',
	taskId: 'task-1',
	modelId: 'm',
	taskUrls: { status: 'https://vendor.example/task-1' },
};
const submitting: LedgerEntry = { state: 'submitting', at: '2026-01-01T00:00:00.000Z' };
const KEY = 'seedanceSubmissions';
const about = { model: 'm' };

test('what is written is read, by a ledger that is opened later too', async () => {
	const context: JsonObject = {};
	const page = contextLedger(context).page('a');
	expect(await page.read()).toBeUndefined();
	await page.write(submitting, about);
	expect(await page.read()).toEqual(submitting);
	await page.write(submitted, about);
	expect(await contextLedger(context).page('a').read()).toEqual(submitted);
});

test('the entries survive n8n’s way of storing an execution', async () => {
	const context: JsonObject = {};
	await contextLedger(context).page('a').write(submitted, about);
	const restored: JsonObject = JSON.parse(JSON.stringify(context));
	expect(await contextLedger(restored).page('a').read()).toEqual(submitted);
});

test('each key has a page of its own', async () => {
	const ledger = contextLedger({});
	await ledger.page('a').write(submitted, about);
	const other = ledger.page('b');
	expect(await other.read()).toBeUndefined();
	await other.write(submitting, about);
	await other.clear();
	expect(await ledger.page('a').read()).toEqual(submitted);
});

test('a cleared page is empty', async () => {
	const context: JsonObject = {};
	const page = contextLedger(context).page('a');
	await page.write(submitting, about);
	await page.clear();
	expect(await page.read()).toBeUndefined();
	expect(context[KEY]).toEqual({});
});

test('what others keep in the context stays there', async () => {
	const context: JsonObject = { noItemsLeft: true };
	await contextLedger(context).page('a').write(submitted, about);
	expect(context.noItemsLeft).toBe(true);
});

test.each([
	['of an unknown state', { ...submitted, state: 'parked' }],
	['without a task ID', { ...submitted, taskId: undefined }],
	['with a numeric task ID', { ...submitted, taskId: 5 }],
	['without a model', { ...submitted, modelId: undefined }],
	['of another type', 'submitted'],
	['null', null],
])('an entry %s is ignored', async (_, garbage) => {
	expect(
		await contextLedger({ [KEY]: { a: garbage } })
			.page('a')
			.read(),
	).toBeUndefined();
});

test('any garbage in the context is ignored and overwritten', async () => {
	await fc.assert(
		fc.asyncProperty(fc.jsonValue(), async (garbage) => {
			const page = contextLedger({ [KEY]: garbage }).page('a');
			expect(await page.read()).toBeUndefined();
			await page.write(submitted, about);
			expect(await page.read()).toEqual(submitted);
		}),
	);
});

describe('the task of an entry', () => {
	test('has all that a look at it needs', () => {
		const { taskId, modelId, taskUrls } = submitted;
		expect(taskOf(submitted)).toEqual({ taskId, modelId, taskUrls });
	});

	test('is none before there is one', () => {
		expect([taskOf(undefined), taskOf(submitting)]).toEqual([undefined, undefined]);
	});

	test('is none once it has ended badly', async () => {
		const page = contextLedger({}).page('a');
		await page.write(submitted, about);
		await page.end({ status: 'failed', isCollected: true });
		expect(await page.read()).toEqual({ ...submitted, endedBadly: true });
		expect(taskOf(await page.read())).toBeUndefined();
	});

	test.each(['queued', 'running', 'succeeded', undefined] as const)(
		'stays what it is while it is %s',
		async (status) => {
			const page = contextLedger({}).page('a');
			await page.write(submitted, about);
			await page.end({ status, isCollected: true });
			expect(await page.read()).toEqual(submitted);
		},
	);

	test.each([undefined, submitting])('a bad end of %j is none', async (entry) => {
		const page = contextLedger({}).page('a');
		if (entry !== undefined) await page.write(entry, about);
		await page.end({ status: 'failed', isCollected: true });
		expect(await page.read()).toEqual(entry);
	});
});

describe('the key of an order', () => {
	const item = { runIndex: 0, itemIndex: 0, written: ['a', { b: 1 }] };
	const key = orderKey(item);

	test('is short and the same for the same order', () => {
		expect(key).toMatch(/^0:0:[\w-]{22}$/);
		expect(orderKey({ ...item, written: ['a', { b: 1 }] })).toBe(key);
	});

	test.each([
		['another run', { runIndex: 1 }],
		['another item', { itemIndex: 1 }],
		['another text', { written: ['b', { b: 1 }] }],
		['a value of another type', { written: ['a', { b: '1' }] }],
		['more', { written: ['a', { b: 1, c: 2 }] }],
		['less', { written: ['a', {}] }],
	])('is another one for %s', (_, more) => {
		expect(orderKey({ ...item, ...more })).not.toBe(key);
	});

	test('tells run and item apart', () => {
		const keys = [1, 11].flatMap((runIndex) =>
			[1, 11].map((itemIndex) => orderKey({ runIndex, itemIndex, written: '' })),
		);
		expect(new Set(keys).size).toBe(4);
	});
});
