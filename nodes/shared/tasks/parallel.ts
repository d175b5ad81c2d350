/**
 * Runs `work` for every item, at most `limit` at once, and gives the results in the items' order.
 * A rejection stops handing out items and is rethrown when the running ones have settled.
 */
export async function mapParallel<T, R>(
	items: readonly T[],
	limit: number,
	work: (item: T) => Promise<R>,
): Promise<R[]> {
	const results: R[] = new Array<R>(items.length);
	const queue = items.entries();
	let broken = false;
	const worker = async () => {
		for (const [index, item] of queue) {
			if (broken) return;
			let done = false;
			try {
				results[index] = await work(item);
				done = true;
			} finally {
				broken ||= !done;
			}
		}
	};
	const workers = Array.from({ length: Math.min(limit, items.length) }, worker);
	const settled = await Promise.allSettled(workers);
	const rejected = settled.find((result) => result.status === 'rejected');
	if (rejected !== undefined) throw rejected.reason;
	return results;
}

/** Runs one piece of work, when it is its turn. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets at most `limit` pieces of work run at once, in the order in which they have come. */
export function openTurns(limit: number): InTurn {
	const waiting: Array<() => void> = [];
	let running = 0;
	return async (work) => {
		if (running < limit) running += 1;
		else await new Promise<void>((begin) => waiting.push(begin));
		try {
			return await work();
		} finally {
			const next = waiting.shift();
			if (next === undefined) running -= 1;
			else next();
		}
	};
}
