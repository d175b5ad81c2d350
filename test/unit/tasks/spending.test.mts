import type { LedgerRow } from '../../../nodes/shared/tasks/ledgerRow';
import { sumUp } from '../../../nodes/shared/tasks/spending';

const order = (more: Partial<LedgerRow>): LedgerRow => ({
	orderedAt: '2026-11-20T10:00:00.000Z',
	state: 'succeeded',
	provider: 'kie',
	model: 'm',
	origin: 'o',
	orderKey: 'k',
	rowKey: 'k#1',
	...more,
});

const sumOf = (...rows: Array<Partial<LedgerRow>>) => sumUp(rows.map(order));

test.each<[Partial<LedgerRow>, number]>([
	[{ usd: 0.1 }, 0],
	[{ credits: 5 }, 0],
	[{ tokens: 108_900 }, 0],
	[{ usd: 0 }, 0],
	// What a vendor counts without a price is no cost.
	[{ billableUnits: 5, seconds: 5 }, 1],
	[{}, 1],
])('of an order with %j, so many are without a cost: %d', (told, withoutCost) => {
	expect(sumOf(told)).toMatchObject([{ orders: 1, withoutCost }]);
});

test('units are summed up each by itself, and parts of cents leave no trace', () => {
	const rows = [{ usd: 0.1 }, { usd: 0.2, credits: 3 }, { credits: 4, tokens: 7 }, {}];
	expect(sumOf(...rows)).toEqual([
		{
			day: '2026-11-20',
			provider: 'kie',
			model: 'm',
			orders: 4,
			succeeded: 4,
			usd: 0.3,
			credits: 7,
			tokens: 7,
			withoutCost: 1,
		},
	]);
});
