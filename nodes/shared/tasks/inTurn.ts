import { mapParallel } from './parallel';

/** An item whose task was taken, and what became of it where that was waited for. */
export interface InTurn<S, E> {
	taken: S;
	ended?: E;
}

/**
 * Takes a task for every item, with at most `limit` in the works at once: the next one is taken when
 * one has ended. Ends as soon as there is room for the last one and it is taken; what is in the works then is not waited for any
 * longer, which `waitForEnd` is told by its signal.
 */
export async function takeInTurn<T, S, E>(
	items: readonly T[],
	limit: number,
	take: (item: T) => Promise<S>,
	waitForEnd: (taken: S, item: T, leave: AbortSignal) => Promise<E | undefined>,
): Promise<Array<InTurn<S, E>>> {
	const leaving = new AbortController();
	let left = items.length;
	return await mapParallel(items, limit, async (item) => {
		// The last one has its place, so that nobody needs another one's any more.
		left -= 1;
		if (left === 0) leaving.abort();
		const taken = await take(item);
		if (leaving.signal.aborted) return { taken };
		return { taken, ended: await waitForEnd(taken, item, leaving.signal) };
	});
}
