import type { IDataObject } from 'n8n-workflow';
import { fakeDataTables } from '../unit/fakes/dataTables.mts';
import { LEDGER, ledgerWith } from '../unit/fakes/ledger.mts';
import { clock } from '../../nodes/shared/n8n/clock';
import { numbered, ownPrompt, useBench, type VendorId } from './bench.mts';

const bench = useBench();

const DAY_MS = 24 * 60 * 60_000;

const order = async (provider: VendorId, count: number, n8n: object) =>
	await bench.run({
		items: numbered(count),
		parameters: { provider, ...ownPrompt, options: { taskLedger: LEDGER } },
		n8n,
	});

const spending = async (n8n: object, parameters: IDataObject = {}) => {
	const { items, error } = await bench.run({
		type: 'seedanceTask',
		parameters: {
			provider: 'apikley',
			resource: 'ledger',
			operation: 'getSpending',
			...parameters,
		},
		credentials: {},
		n8n,
	});
	return { rows: items.map(({ json }) => json), error };
};

test('what was spent, by day, vendor and model, each unit by itself', async () => {
	const n8n = { tables: fakeDataTables([], { keepsHistory: false }) };
	await order('aimlapi', 2, n8n);
	await order('byteplus', 1, n8n);
	await clock.sleep(DAY_MS);
	await order('aimlapi', 3, n8n);
	const { rows } = await spending(n8n);
	const [yesterday, today] = [DAY_MS, 0].map((ms) => isoDay(clock.now() - ms));
	const model = 'bytedance/seedance-1-0-lite-t2v';
	expect(rows).toEqual([
		{
			day: yesterday,
			provider: 'aimlapi',
			model,
			orders: 2,
			succeeded: 2,
			usd: 0.36,
			credits: 720_000,
			withoutCost: 0,
		},
		expect.objectContaining({ day: yesterday, provider: 'byteplus', tokens: 108_900, orders: 1 }),
		expect.objectContaining({ day: today, provider: 'aimlapi', usd: 0.54, orders: 3 }),
	]);
});

const isoDay = (ms: number) => new Date(ms).toISOString().slice(0, 10);

test('of one vendor, of the last days, and what nobody knows the cost of', async () => {
	const n8n = { tables: fakeDataTables([], { keepsHistory: false }) };
	await order('aimlapi', 1, n8n);
	await clock.sleep(2 * DAY_MS);
	bench.fault({ operation: 'create', effect: { kind: 'http', status: 500 } });
	await order('kie', 1, n8n);
	expect((await spending(n8n, { days: 2 })).rows).toEqual([
		expect.objectContaining({ provider: 'kie', orders: 1, succeeded: 0, withoutCost: 1 }),
	]);
	const { rows } = await spending(n8n, { provider: 'aimlapi', allProviders: false });
	expect(rows.map(({ provider }) => provider)).toEqual(['aimlapi']);
});

test('a long table is read day by day', async () => {
	const keys = Array.from({ length: 1000 }, (_, index) => `key-${index}`);
	const tables = ledgerWith(...keys);
	const reads: number[] = [];
	tables.failWith((operation) => {
		if (operation === 'get') reads.push(1);
		return undefined;
	});
	for (const row of tables.rows(LEDGER)) row.usd = 0.1;
	const { rows } = await spending({ tables }, { days: 60 });
	expect(rows).toEqual([expect.objectContaining({ orders: 1000, usd: 100 })]);
	expect(reads).toHaveLength(60);
});

test.each([0, 367, 1.5, 'x'])('%j days: refused', async (days) => {
	const { error } = await spending({ tables: fakeDataTables() }, { days });
	expect(error?.message).toMatch(/^Days must be a whole number/);
});

test('no such table: it says so', async () => {
	const { error } = await spending({ tables: fakeDataTables() }, { taskLedger: 'other' });
	expect(error?.message).toMatch(/^The task ledger 'other' could not be read: There is no table/);
});
