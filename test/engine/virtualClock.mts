import type { ClientRequest } from 'node:http';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { clock } from '../../nodes/shared/clock.ts';

export const startOfTime = Date.parse('2026-11-20T10:00:00.000Z');

export interface VirtualClock {
	now(): number;
	/** Milliseconds since the clock was installed. */
	elapsed(): number;
	/** How many calls of `sleep` have not returned. */
	sleepers(): number;
	/** Takes the place of the real clock until `restore`. */
	restore(): void;
}

interface Sleeper {
	wakeAt: number;
	wake: () => void;
}

/** Event-loop turns without a request after which nothing but a sleeper can go on. */
const QUIET_TURNS = 6;
const TURNS_BEFORE_PAUSE = 200;

/**
 * Puts virtual time in the place of the nodes' clock. It stands still while a request is in
 * flight; when nothing is, it jumps to the next sleeper and wakes that one alone.
 */
export function installVirtualClock(isIdle: () => boolean): VirtualClock {
	let nowMs = startOfTime;
	let sleepers: Sleeper[] = [];
	let isPumping = false;
	const outgoing = watchOutgoingRequests();

	async function untilQuiet(): Promise<void> {
		let quietTurns = 0;
		for (let turns = 1; quietTurns < QUIET_TURNS; turns++) {
			// A hanging request ends by a real timer: wait for it without burning the processor.
			await (turns % TURNS_BEFORE_PAUSE === 0 ? pause(2) : nextTurn());
			quietTurns = outgoing.count() === 0 && isIdle() ? quietTurns + 1 : 0;
		}
	}

	async function pump(): Promise<void> {
		if (isPumping) return;
		isPumping = true;
		while (sleepers.length > 0) {
			await untilQuiet();
			// A stable sort: of two that wake at the same moment, who slept first wakes first.
			const [next] = sleepers.toSorted((a, b) => a.wakeAt - b.wakeAt);
			if (next === undefined) break;
			sleepers = sleepers.filter((sleeper) => sleeper !== next);
			nowMs = Math.max(nowMs, next.wakeAt);
			next.wake();
		}
		isPumping = false;
	}

	const sleep = (ms: number, signal?: AbortSignal) =>
		new Promise<void>((resolve, reject) => {
			if (signal?.aborted) {
				reject(signal.reason);
				return;
			}
			const stop = () => {
				sleepers = sleepers.filter((other) => other !== sleeper);
				reject(signal?.reason);
			};
			const sleeper: Sleeper = {
				wakeAt: nowMs + ms,
				wake: () => {
					signal?.removeEventListener('abort', stop);
					resolve();
				},
			};
			signal?.addEventListener('abort', stop, { once: true });
			sleepers.push(sleeper);
			void pump();
		});

	const replaced = [
		jest.spyOn(clock, 'now').mockImplementation(() => nowMs),
		jest.spyOn(clock, 'sleep').mockImplementation(sleep),
	];
	return {
		now: () => nowMs,
		elapsed: () => nowMs - startOfTime,
		sleepers: () => sleepers.length,
		restore() {
			replaced.forEach((spy) => spy.mockRestore());
			outgoing.stop();
			sleepers = [];
		},
	};
}

/** The server does not know of a request that is still on its way, or of an answer being read. */
function watchOutgoingRequests() {
	const channel = 'http.client.request.start';
	let count = 0;
	const onStart = (message: unknown) => {
		const { request } = message as { request: ClientRequest };
		count += 1;
		request.once('close', () => (count -= 1));
	};
	subscribe(channel, onStart);
	return { count: () => count, stop: () => unsubscribe(channel, onStart) };
}
