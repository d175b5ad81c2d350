import type { IDataObject } from 'n8n-workflow';
import { ok } from '../../../nodes/shared/domain/result';
import { openDataTable } from '../../../nodes/shared/n8n/dataTable';
import { ledgerColumns, type LedgerRow } from '../../../nodes/shared/tasks/ledgerRow';
import { fakeDataTables, type Table } from '../fakes/dataTables.mts';
import { Time } from '../fakes/time.mts';
import { errorOf, valueOf } from '../helpers.mts';

const tableNamed = (name: string, rows: IDataObject[] = []): Table => ({
	id: `id of ${name}`,
	name,
	columns: ledgerColumns.map((column) => ({ ...column })),
	rows,
});

/** Opens the table `orders` among others. */
async function open(tables: Table[], ifMissing: 'make' | 'find' = 'find') {
	const fake = fakeDataTables(tables);
	const time = new Time();
	const opening = openDataTable(
		async (code, items) => ok(await fake.run(code, items)),
		time,
		'orders',
		ifMissing,
	);
	return { fake, opened: await time.run(opening) };
}

describe('one of many tables', () => {
	const alike = ['old_orders', 'orders_2', 'Orders'];

	test.each([
		['behind', [...alike, 'orders']],
		['before', ['orders', ...alike]],
	])('is the one of that very name, where it stands %s the others', async (_, names) => {
		const tables = names.map((name) => tableNamed(name, [{ prompt: name, rowKey: 'k' }]));
		const table = valueOf((await open(tables)).opened);
		const rows = valueOf(await table.get({ conditions: [], match: 'all' }));
		expect(rows.map(({ prompt }) => prompt)).toEqual(['orders']);
		expect([table.name, table.isNew]).toEqual(['orders', false]);
	});

	test('is made where there are only others', async () => {
		const { fake, opened } = await open(
			alike.map((name) => tableNamed(name)),
			'make',
		);
		expect(valueOf(opened).isNew).toBe(true);
		expect(fake.tables.map(({ name }) => name)).toEqual([...alike, 'orders']);
	});

	test('is not there where there are only others', async () => {
		const { opened } = await open(alike.map((name) => tableNamed(name)));
		expect(errorOf(opened)).toMatch(/^There is no table 'orders'/);
	});
});

describe('some of many rows', () => {
	const days = ['03', '01', '05', '02', '04'];
	const rows = days.map((day) => ({
		rowKey: `k${day}`,
		orderedAt: `2026-11-${day}`,
		provider: day < '04' ? 'fal' : 'kie',
		state: day === '01' ? 'lost' : 'submitted',
		taskId: `'-a${day}`,
	}));
	const isFal = { column: 'provider', is: 'eq', value: 'fal' } as const;
	const isLost = { column: 'state', is: 'eq', value: 'lost' } as const;
	const hasTask = { column: 'taskId', is: 'eq', value: '-a05' } as const;
	const isOld = { column: 'orderedAt', is: 'lt', value: '2026-11-03' } as const;

	test.each([
		['the newest first', { conditions: [], match: 'all', newest: 3 }, ['05', '04', '03']],
		['all of them', { conditions: [], match: 'all' }, days],
		['of a task whose ID looks like a formula', { conditions: [hasTask], match: 'all' }, ['05']],
		['of one vendor', { conditions: [isFal], match: 'all', newest: 2 }, ['03', '02']],
		['that meet all', { conditions: [isFal, isLost], match: 'all' }, ['01']],
		['that meet any', { conditions: [isOld, isLost], match: 'any' }, ['01', '02']],
		['older than a day', { conditions: [isOld], match: 'all', newest: 9 }, ['02', '01']],
	] as const)('%s', async (_, query, expected) => {
		const table = valueOf((await open([tableNamed('orders', rows)])).opened);
		const found = valueOf(await table.get(query));
		expect(found.map(({ rowKey }) => rowKey)).toEqual(expected.map((day) => `k${day}`));
	});

	test('are removed in as many steps as the database takes, each of them once', async () => {
		const rowKeys = Array.from({ length: 450 }, (_, index) => `k${index}`);
		const { fake, opened } = await open([
			tableNamed(
				'orders',
				rowKeys.map((rowKey) => ({ rowKey })),
			),
		]);
		const table = valueOf(opened);
		const run = jest.spyOn(fake, 'run');
		const newRow = (rowKey: string): LedgerRow => ({
			rowKey,
			orderKey: 'k',
			orderedAt: '2026-11-20',
			origin: 'o',
			provider: 'fal',
			state: 'submitted',
		});
		await table.replace([newRow('new 1'), newRow('new 2')], rowKeys.slice(0, 449));
		const nodes = run.mock.calls[0]?.[0].nodes.slice(1) ?? [];
		expect(nodes.map(({ name, executeOnce }) => [name, executeOnce])).toEqual([
			['insert', undefined],
			['Remove 1', true],
			['Remove 2', true],
			['Remove 3', true],
		]);
		expect(fake.rows('orders').map(({ rowKey }) => rowKey)).toEqual(['k449', 'new 1', 'new 2']);
	});

	test('are replaced, and no others', async () => {
		const { fake, opened } = await open([tableNamed('orders', rows), tableNamed('orders_2', rows)]);
		await valueOf(opened).replace([], ['k01', 'k05']);
		expect(fake.rows('orders').map(({ rowKey }) => rowKey)).toEqual(['k03', 'k02', 'k04']);
		expect(fake.rows('orders_2')).toHaveLength(5);
	});
});
