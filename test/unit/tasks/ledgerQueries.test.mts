import { TABLE } from '../../../nodes/shared/domain/limits';
import { fail, ok } from '../../../nodes/shared/domain/result';
import { findOrders, othersBeside } from '../../../nodes/shared/tasks/ledgerQueries';
import type { LedgerRow } from '../../../nodes/shared/tasks/ledgerRow';
import type { DataTable, RowQuery } from '../../../nodes/shared/tasks/tables';

const at = '2026-11-20T10:00:00.000Z';

const row = (orderKey: string, more: Partial<LedgerRow> = {}): LedgerRow => ({
	orderedAt: at,
	state: 'submitted',
	provider: 'fal',
	model: 'm1',
	origin: 'o',
	orderKey,
	rowKey: `${orderKey}#1`,
	...more,
});

/** A table that answers queries for values that are equal; `failsAt` counts them from 1. */
function tableOf(rows: readonly LedgerRow[], { failsAt = 0 } = {}) {
	const asked: RowQuery[] = [];
	const table: DataTable = {
		name: 'orders',
		isNew: false,
		async get(query) {
			asked.push(query);
			if (asked.length === failsAt) return fail('the database is busy');
			const meets = (found: Readonly<Record<string, unknown>>) => {
				const met = query.conditions.map(({ column, value }) => found[column] === value);
				return query.match === 'all' ? met.every(Boolean) : met.some(Boolean);
			};
			return ok(rows.map((one) => ({ ...one })).filter(meets));
		},
		replace: async () => ok(undefined),
	};
	return { table, asked };
}

describe('What stands beside an order', () => {
	const rows = [
		row('own', { state: 'unknown', taskId: 't0' }),
		row('other', { taskId: 't1' }),
		row('elsewhere', { taskId: 't2', provider: 'kie' }),
		row('not-asked-for', { taskId: 't3' }),
		row('begun', { state: 'submitting' }),
		row('lost', { state: 'unknown', orderedAt: '2026-11-20T10:01:00.000Z' }),
		row('lost-elsewhere', { state: 'unknown', provider: 'kie' }),
	];
	test('tasks of others, and their orders at this vendor whose tasks nobody knows', async () => {
		const { table } = tableOf(rows);
		expect(await othersBeside(table, 'own', 'fal', ['t0', 't1', 't2'])).toStrictEqual(
			ok({
				taken: ['t1', 't2'],
				open: [
					{ at: Date.parse(at), modelId: '' },
					{ at: Date.parse('2026-11-20T10:01:00.000Z'), modelId: '' },
				],
			}),
		);
	});

	test.each([1, 2, 3])('is not known where query %i fails', async (failsAt) => {
		const { table } = tableOf(rows, { failsAt });
		expect(await othersBeside(table, 'own', 'fal', ['t1'])).toEqual(fail('the database is busy'));
	});
});

test('orders are asked for in parts, and all of them are found', async () => {
	const keys = Array.from({ length: TABLE.foundAtOnce + 1 }, (_, index) => `k${index}`);
	const { table, asked } = tableOf(keys.map((key) => row(key)));
	const found = await findOrders(table, keys);
	expect(found.ok && found.value.map((order) => order.row.orderKey)).toEqual(keys);
	expect(asked.map(({ conditions }) => conditions.length)).toEqual([TABLE.foundAtOnce, 1]);
});
