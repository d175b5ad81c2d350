import { withoutUndefined } from '../domain/json';
import type { LedgerRow } from './ledgerRow';

/** What the orders of one day at one vendor with one model have cost, each unit by itself. */
export interface Spending {
	/** Of the order, in UTC. */
	day: string;
	provider: string;
	model: string;
	orders: number;
	succeeded: number;
	usd?: number;
	credits?: number;
	tokens?: number;
	/** Orders of which the ledger does not know what they cost. */
	withoutCost: number;
}

const units = ['usd', 'credits', 'tokens'] as const;

/** Sums without what a computer adds to parts of cents. */
const plus = (sum: number | undefined, amount: number | undefined): number | undefined =>
	amount === undefined ? sum : Math.round(((sum ?? 0) + amount) * 1e6) / 1e6;

/** Sums up orders by day, vendor and model; units are never added to one another. */
export function sumUp(rows: readonly LedgerRow[]): Spending[] {
	const sums = new Map<string, Spending>();
	for (const row of rows) {
		const { provider, model = '' } = row;
		const day = row.orderedAt.slice(0, 'YYYY-MM-DD'.length);
		const key = JSON.stringify([day, provider, model]);
		const sum = sums.get(key) ?? { day, provider, model, orders: 0, succeeded: 0, withoutCost: 0 };
		sums.set(key, withRow(sum, row));
	}
	return [...sums.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
}

function withRow(sum: Spending, row: LedgerRow): Spending {
	const isTold = units.some((unit) => row[unit] !== undefined);
	return withoutUndefined({
		...sum,
		orders: sum.orders + 1,
		succeeded: sum.succeeded + (row.state === 'succeeded' ? 1 : 0),
		usd: plus(sum.usd, row.usd),
		credits: plus(sum.credits, row.credits),
		tokens: plus(sum.tokens, row.tokens),
		withoutCost: sum.withoutCost + (isTold ? 0 : 1),
	});
}
