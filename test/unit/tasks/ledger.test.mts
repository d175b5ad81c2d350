import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import {
	fingerprintOf,
	openLedgerPage,
	type LedgerEntry,
} from '../../../nodes/shared/lifecycle/ledger';

const submitted: LedgerEntry = {
	state: 'submitted',
	at: '2026-01-01T00:00:00.000Z',
	taskId: 'task-1',
	endedBadly: false,
};
const submitting: LedgerEntry = { state: 'submitting', at: '2026-01-01T00:00:00.000Z' };
const KEY = 'seedanceSubmissions';

test('what is written is read, by a page that is opened later too', () => {
	const context: IDataObject = {};
	const page = openLedgerPage(context, 0, 0, 'print');
	expect(page.read()).toBeUndefined();
	page.write(submitting);
	expect(page.read()).toEqual(submitting);
	page.write(submitted);
	expect(openLedgerPage(context, 0, 0, 'print').read()).toEqual(submitted);
});

test('the entries survive n8n’s way of storing an execution', () => {
	const context: IDataObject = {};
	openLedgerPage(context, 2, 3, 'print').write(submitted);
	const restored: IDataObject = JSON.parse(JSON.stringify(context));
	expect(openLedgerPage(restored, 2, 3, 'print').read()).toEqual(submitted);
});

test.each([
	['another run', 1, 0, 'print'],
	['another item', 0, 1, 'print'],
	['another request', 0, 0, 'other'],
	['a key that reads alike', 0, 0, '0:print'],
])('%s has a page of its own', (_, runIndex, itemIndex, fingerprint) => {
	const context: IDataObject = {};
	openLedgerPage(context, 0, 0, 'print').write(submitted);
	const other = openLedgerPage(context, runIndex, itemIndex, fingerprint);
	expect(other.read()).toBeUndefined();
	other.write(submitting);
	other.clear();
	expect(openLedgerPage(context, 0, 0, 'print').read()).toEqual(submitted);
});

test('a cleared page is empty', () => {
	const context: IDataObject = {};
	const page = openLedgerPage(context, 0, 0, 'print');
	page.write(submitting);
	page.clear();
	expect(page.read()).toBeUndefined();
	expect(context[KEY]).toEqual({});
});

test('what others keep in the context stays there', () => {
	const context: IDataObject = { noItemsLeft: true };
	openLedgerPage(context, 0, 0, 'print').write(submitted);
	expect(context.noItemsLeft).toBe(true);
});

test.each([
	['of an unknown state', { ...submitted, state: 'parked' }],
	['without a task ID', { ...submitted, taskId: undefined }],
	['with a numeric task ID', { ...submitted, taskId: 5 }],
	['of another type', 'submitted'],
	['null', null],
])('an entry %s is ignored', (_, garbage) => {
	const context = { [KEY]: { '0:0:print': garbage } } as IDataObject;
	expect(openLedgerPage(context, 0, 0, 'print').read()).toBeUndefined();
});

test('any garbage in the context is ignored and overwritten', () => {
	fc.assert(
		fc.property(fc.jsonValue(), (garbage) => {
			const context = { [KEY]: garbage } as IDataObject;
			const page = openLedgerPage(context, 0, 0, 'print');
			expect(page.read()).toBeUndefined();
			page.write(submitted);
			expect(page.read()).toEqual(submitted);
		}),
	);
});

describe('fingerprint', () => {
	test('is short, fit for a key, and the same for the same request', () => {
		const print = fingerprintOf('apikley', 'm', { prompt: 'A cat' });
		expect(print).toMatch(/^[\w-]{22}$/);
		expect(fingerprintOf('apikley', 'm', { prompt: 'A cat' })).toBe(print);
	});

	test('tells providers, models and inputs apart', () => {
		const prints = [
			fingerprintOf('apikley', 'm', { prompt: 'A cat' }),
			fingerprintOf('modellix', 'm', { prompt: 'A cat' }),
			fingerprintOf('apikley', 'n', { prompt: 'A cat' }),
			fingerprintOf('apikley', 'm', { prompt: 'A dog' }),
			fingerprintOf('apikley', 'm', { prompt: 'A cat', seed: 1 }),
			fingerprintOf('apikley', 'm', { prompt: 'A cat', seed: '1' }),
			fingerprintOf('apikleym', '', { prompt: 'A cat' }),
		];
		expect(new Set(prints).size).toBe(prints.length);
	});
});
