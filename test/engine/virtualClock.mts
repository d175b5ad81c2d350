import type { ClientRequest } from 'node:http';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Sandbox } from '../../sandbox/index.mts';
import { clock } from '../../nodes/shared/n8n/clock.ts';

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

/** Something that happens at a moment of virtual time. */
interface Alarm {
	at: number;
	ring: () => void;
}

/** Event-loop turns without a request after which only time can go on. */
const QUIET_TURNS = 6;
const TURNS_BEFORE_PAUSE = 200;
/** What has not come by then may hang: no need to turn any faster. */
const TURNS_BETWEEN_PAUSES = 10;
const PAUSE_MS = 2;

/**
 * A request that is still open after so many pauses, at least 150 ms, will never be answered whole.
 * Counted in pauses and not in time, because on a busy machine both of its ends stand still.
 */
const PAUSES_OF_A_HANGING_REQUEST = 75;

/**
 * Puts virtual time in the place of the nodes' clock. It stands still while a request is in
 * flight; when nothing is, it jumps to the next sleeper and wakes that one alone. While a request
 * hangs, it also jumps to the next deadline, which may be the one that ends the request.
 */
export function installVirtualClock(
	server: () => Pick<Sandbox, 'inFlight' | 'unendedPorts'>,
): VirtualClock {
	let nowMs = startOfTime;
	let sleepers: Alarm[] = [];
	let deadlines: Alarm[] = [];
	let isPumping = false;
	let isInstalled = true;
	const outgoing = watchOutgoingRequests(() => void pump());
	let hangingAtServer = 0;

	function isQuiet(): boolean {
		const open = server().inFlight();
		const unendedPorts = server().unendedPorts();
		hangingAtServer = Math.min(hangingAtServer, open);
		outgoing.countAsHanging((port) => unendedPorts.includes(port));
		return outgoing.isQuiet() && open <= Math.max(hangingAtServer, unendedPorts.length);
	}

	/** Until only time can go on: nothing is in flight but what hangs. */
	async function untilQuiet(): Promise<void> {
		let quietTurns = 0;
		let pauses = 0;
		let turnsLeft = TURNS_BEFORE_PAUSE;
		while (quietTurns < QUIET_TURNS) {
			turnsLeft -= 1;
			const isPause = turnsLeft === 0;
			await (isPause ? pause(PAUSE_MS) : nextTurn());
			if (isPause) {
				pauses += 1;
				turnsLeft = TURNS_BETWEEN_PAUSES;
			}
			if (pauses >= PAUSES_OF_A_HANGING_REQUEST) {
				outgoing.countAsHanging();
				hangingAtServer = server().inFlight();
			}
			quietTurns = isQuiet() ? quietTurns + 1 : 0;
		}
	}

	/** A stable sort: of two at the same moment, the one that came first is first. */
	const earliest = (alarms: Alarm[]): Alarm | undefined =>
		alarms.toSorted((a, b) => a.at - b.at)[0];

	function passTo(moment: number): void {
		nowMs = Math.max(nowMs, moment);
		const passed = deadlines.filter(({ at }) => at <= nowMs);
		deadlines = deadlines.filter(({ at }) => at > nowMs);
		for (const { ring } of passed) ring();
	}

	/** The next thing that time brings; deadlines count only while a request waits for one. */
	function next(): Alarm | undefined {
		return earliest(outgoing.hasHanging() ? [...sleepers, ...deadlines] : sleepers);
	}

	async function pump(): Promise<void> {
		if (isPumping) return;
		isPumping = true;
		for (;;) {
			await untilQuiet();
			const alarm = isInstalled ? next() : undefined;
			if (alarm === undefined) break;
			passTo(alarm.at);
			if (!sleepers.includes(alarm)) continue;
			sleepers = sleepers.filter((sleeper) => sleeper !== alarm);
			alarm.ring();
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
			const sleeper: Alarm = {
				at: nowMs + ms,
				ring: () => {
					signal?.removeEventListener('abort', stop);
					resolve();
				},
			};
			signal?.addEventListener('abort', stop, { once: true });
			sleepers.push(sleeper);
			void pump();
		});

	const deadline = (ms: number): AbortSignal => {
		const controller = new AbortController();
		const ring = () =>
			controller.abort(new DOMException('The deadline has passed', 'TimeoutError'));
		deadlines.push({ at: nowMs + ms, ring });
		return controller.signal;
	};

	const replaced = [
		jest.spyOn(clock, 'now').mockImplementation(() => nowMs),
		jest.spyOn(clock, 'sleep').mockImplementation(sleep),
		jest.spyOn(clock, 'deadline').mockImplementation(deadline),
	];
	return {
		now: () => nowMs,
		elapsed: () => nowMs - startOfTime,
		sleepers: () => sleepers.length,
		restore() {
			replaced.forEach((spy) => spy.mockRestore());
			outgoing.stop();
			sleepers = [];
			isInstalled = false;
		},
	};
}

/** The server does not know of a request that is still on its way, or of an answer being read. */
function watchOutgoingRequests(onStart: () => void) {
	const channel = 'http.client.request.start';
	const open = new Set<ClientRequest>();
	const hanging = new Set<ClientRequest>();
	const onRequest = (message: unknown) => {
		const { request } = message as { request: ClientRequest };
		open.add(request);
		request.once('close', () => {
			open.delete(request);
			hanging.delete(request);
		});
		onStart();
	};
	subscribe(channel, onRequest);
	return {
		isQuiet: () => open.size === hanging.size,
		hasHanging: () => hanging.size > 0,
		countAsHanging(is: (localPort: number) => boolean = () => true) {
			for (const request of open) {
				if (is(request.socket?.localPort ?? 0)) hanging.add(request);
			}
		},
		stop: () => unsubscribe(channel, onRequest),
	};
}
