import { DAY_MS } from '../domain/limits';
import { ok, type Result } from '../domain/result';
import type { Clock } from '../domain/time';
import { readOrders } from './ledgerQueries';
import { sumUp, type Spending } from './spending';
import type { Condition, Tables } from './tables';

export interface SpendingQuery {
	table: string;
	/** Without: of all vendors. */
	provider?: string;
	/** How many, the present one included. */
	days: number;
}

/**
 * What a ledger's orders of the last days have cost. It is read day by day, so that a table of any length
 * is never in memory as a whole.
 */
export async function readSpending(
	tables: Tables,
	clock: Clock,
	{ table: name, provider, days }: SpendingQuery,
): Promise<Result<Spending[], string>> {
	const table = await tables.open(name, 'find');
	if (!table.ok) return table;
	const ofVendor: Condition[] =
		provider === undefined ? [] : [{ column: 'provider', is: 'eq', value: provider }];
	const today = Math.floor(clock.now() / DAY_MS);
	const sums: Spending[] = [];
	for (let day = today - days + 1; day <= today; day++) {
		const [from, to] = [day, day + 1].map((one) => new Date(one * DAY_MS).toISOString());
		const conditions: Condition[] = [
			{ column: 'orderedAt', is: 'gte', value: from ?? '' },
			{ column: 'orderedAt', is: 'lt', value: to ?? '' },
			...ofVendor,
		];
		const found = await readOrders(table.value, [{ conditions, match: 'all' }]);
		if (!found.ok) return found;
		sums.push(...sumUp(found.value.map(({ row }) => row)));
	}
	return ok(sums);
}
