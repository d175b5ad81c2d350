import { DELIVERY } from '../domain/limits';
import type { Problem } from '../domain/problem';
import type { Result } from '../domain/result';
import type { Task } from '../domain/task';
import { perProcess, type Process } from '../host/process';
import type { Files } from '../host/rows';

/** An item that needs no further look, with its files where they were fetched. */
export interface Settled {
	result: Result<{ task: Task; files?: Files }, Problem>;
}

/** What this process knows of a wait. It may be lost at any moment: then it is found out again. */
export interface Progress {
	/** By item index. */
	settled: Map<number, Settled>;
	/** A call is at work; the others are told to come back. */
	isBusy: boolean;
	/** How often the rows were handed to n8n. */
	deliveries: number;
	/** Since when no call has found a way to the vendor. */
	accessLostAt?: number;
	/** Who looks between the calls. */
	watch?: symbol;
	/** Where the next round of looks begins, in batches too large for one. */
	cursor: number;
}

/** In the order of their last calls. */
const waitsOf = perProcess(() => new Map<string, { progress: Progress; calledAt: number }>());

/** The progress of a wait in this process, by its nonce. */
export function progressOf(process: Process, nonce: string): Progress {
	const nowMs = process.clock.now();
	const waits = waitsOf(process);
	const progress = waits.get(nonce)?.progress ?? {
		settled: new Map(),
		isBusy: false,
		deliveries: 0,
		cursor: 0,
	};
	waits.delete(nonce);
	waits.set(nonce, { progress, calledAt: nowMs });
	for (const [eldest, { calledAt }] of waits) {
		if (calledAt > nowMs - DELIVERY.forgottenAfterMs) break;
		waits.delete(eldest);
	}
	return progress;
}

/** How many waits this process knows that were not delivered. */
export const openWaits = (process: Process): number =>
	[...waitsOf(process).values()].filter(({ progress }) => progress.deliveries === 0).length;
