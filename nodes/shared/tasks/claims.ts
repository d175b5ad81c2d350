import { LOST, REMEMBERED } from '../domain/limits';
import type { Sought } from './sought';

/** An order that was sent and whose task nobody knows: its answer has not come yet, or never will. */
export interface OpenOrder {
	/** When it was written down, in Unix milliseconds. */
	at: number;
	/** Empty where nobody knows it. */
	modelId: string;
	/** Absent in what an older version has written down. */
	sought?: Sought;
}

/** Which orders of an account have which tasks, as far as this process has seen it. */
export interface Claims {
	/** An order that goes out now. */
	open(order: OpenOrder & { sought: Sought }): void;
	/** Nobody knows whether it was taken, and no answer will come any more. */
	lose(sought: Sought): void;
	/** The order that goes by this mark has this task; an order without a mark has another one's. */
	take(taskId: string, mark?: string): void;
	/** The vendor certainly did not take it. */
	drop(mark: string): void;
	/** Whether an order that goes by another mark has the task. */
	isTaken(taskId: string, mark: string): boolean;
	/** Every order whose task is not known, but that of this mark. */
	others(mark: string): OpenOrder[];
}

export function createClaims(): Claims {
	const openOrders = new Map<string, OpenOrder>();
	const taken = new Map<string, string>();
	const remember = <T>(all: Map<string, T>, key: string, value: T) => {
		const [eldest] = all.keys();
		if (all.size >= REMEMBERED.orders && eldest !== undefined) all.delete(eldest);
		all.set(key, value);
	};
	return {
		open: (order) => remember(openOrders, order.sought.mark, order),
		lose(sought) {
			const order = openOrders.get(sought.mark);
			if (order !== undefined) openOrders.set(sought.mark, { ...order, sought });
		},
		take(taskId, mark = '') {
			openOrders.delete(mark);
			remember(taken, taskId, mark);
		},
		drop: (mark) => void openOrders.delete(mark),
		isTaken: (taskId, mark) => (taken.get(taskId) ?? mark) !== mark,
		others: (mark) =>
			[...openOrders].flatMap(([key, order]) => (key === mark ? [] : [withEnd(order)])),
	};
}

function withEnd(order: OpenOrder): OpenOrder {
	const { at, sought } = order;
	return sought === undefined
		? order
		: { ...order, sought: { ...sought, until: sought.until ?? at + LOST.longestTurnMs } };
}

/** Those that all executions of a process share by account; the eldest goes when there are too many. */
export function openClaims(): (account: string) => Claims {
	const all = new Map<string, Claims>();
	return (account) => {
		const known = all.get(account);
		if (known !== undefined) return known;
		const [eldest] = all.keys();
		if (all.size >= REMEMBERED.accounts && eldest !== undefined) all.delete(eldest);
		const created = createClaims();
		all.set(account, created);
		return created;
	};
}
