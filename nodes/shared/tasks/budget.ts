import type { JsonObject } from '../domain/json';

const ORDERS_KEY = 'seedanceOrders';

/** How many orders a node may make in one execution, and how many it has made. */
export interface Budget {
	/** Undefined: no limit. */
	max?: number;
	used(): number;
	/** Takes one order from what is left; false when nothing is. */
	reserve(): boolean;
	/** Gives it back, because the vendor certainly did not take the order. */
	release(): void;
}

/**
 * The count lies in the node's context, which n8n keeps over the rounds of a loop, the calls of an
 * agent, pauses and retries of one execution. `known` is what is known from elsewhere, e.g. a ledger of
 * an execution that has crashed.
 */
export function openBudget(nodeContext: JsonObject, max?: number, known = 0): Budget {
	const counted = nodeContext[ORDERS_KEY];
	const before = typeof counted === 'number' ? counted : 0;
	if (known > before) nodeContext[ORDERS_KEY] = known;
	const used = () => {
		const count = nodeContext[ORDERS_KEY];
		return typeof count === 'number' ? count : 0;
	};
	return {
		max,
		used,
		reserve() {
			if (max !== undefined && used() >= max) return false;
			nodeContext[ORDERS_KEY] = used() + 1;
			return true;
		},
		release() {
			nodeContext[ORDERS_KEY] = Math.max(0, used() - 1);
		},
	};
}
