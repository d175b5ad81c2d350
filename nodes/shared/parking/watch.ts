import { watch as watchTasks, type Way } from '../callbacks/watch';
import type { ParkedItem } from './parked';
import type { Progress } from './progress';

export interface Watched {
	/** Items with a task that has not ended. */
	pending: readonly ParkedItem[];
	progress: Progress;
	/** The watch goes on for as long as the progress names this turn. */
	turn: symbol;
	/** Where the paused execution takes calls. */
	address: { url: string; nonce: string };
	/** When somebody else calls, in milliseconds from now. */
	nextCallMs: number;
}

/** Looks at the tasks of a paused execution between two calls to it. */
export function watch(way: Way, { pending, progress, turn, address, nextCallMs }: Watched): void {
	void watchTasks(way, {
		tasks: pending.flatMap(({ task }) => (task.ok ? [task.value] : [])),
		isOn: () => progress.watch === turn,
		call: async (by) => await by.post(address.url, { nonce: address.nonce }),
		nextCallMs,
	});
}
