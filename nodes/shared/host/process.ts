import type { Clock } from '../domain/time';

/** A process that runs this package, with its time and all that it remembers. */
export interface Process {
	/** Tells processes apart that serve the same trigger. */
	id: string;
	/** Unix milliseconds. */
	startedAt: number;
	clock: Clock;
	/** Milliseconds until nothing can go wrong any more that a start brings along; 0 when that is so. */
	startingMs(): number;
}

/** What a room remembers in a process, and only there: gone with it. */
export function perProcess<T>(begin: () => T): (process: Process) => T {
	const memories = new WeakMap<Process, T>();
	return (process) => {
		const known = memories.get(process);
		if (known !== undefined) return known;
		const memory = begin();
		memories.set(process, memory);
		return memory;
	};
}
