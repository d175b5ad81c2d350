import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
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
	/** Resolves as soon as something is so, and from there on time stands still until `goOn`. */
	standStillWhen(isSo: () => boolean): Promise<void>;
	goOn(): void;
	/**
	 * Says of a request, where it arrives, that its answer waits for time or never comes whole, so that
	 * time need not stand still for it. Until the connection ends, or the function that is returned.
	 */
	hangs(request: IncomingMessage): () => void;
	/** Takes the place of the real clock until `restore`. */
	restore(): void;
}

/** Something that happens at a moment of virtual time. */
interface Alarm {
	at: number;
	ring: () => void;
}

/** Event-loop turns in which nothing makes progress, after which only time can go on. */
const QUIET_TURNS = 6;
/** What takes longer than so many turns waits for another process or a disk: no need to turn any faster. */
const TURNS_BEFORE_PAUSE = 200;
const TURNS_BETWEEN_PAUSES = 10;
const PAUSE_MS = 2;

/** Files that are read, written and closed, names that are looked up: whatever Node waits for beside sockets. */
const isUnderWay = (resource: string): boolean =>
	/^(FSReq|CloseReq|GetAddrInfo|TCPConnect)/.test(resource);

/**
 * Puts virtual time in the place of the nodes' clock. It stands still while anything makes progress:
 * a request that is not answered whole, a file that is written or read. When nothing does, it jumps to
 * the next sleeper and wakes that one alone. A request hangs only where its server says so
 * (`unendedPorts`, `hangs`), never because it takes long; while one hangs, time also jumps to the next
 * deadline, which may be the one that ends the request. So no real duration decides anything, and a
 * busy machine sees what an idle one does.
 */
export function installVirtualClock(
	server: () => Pick<Sandbox, 'inFlight' | 'unendedPorts'>,
): VirtualClock {
	let nowMs = startOfTime;
	let sleepers: Alarm[] = [];
	let deadlines: Alarm[] = [];
	let isPumping = false;
	let isHeld = false;
	let isInstalled = true;
	const hangingPorts = new Set<number>();
	const outgoing = watchOutgoingRequests(() => void pump());

	function isQuiet(): boolean {
		const unendedPorts = server().unendedPorts();
		return (
			server().inFlight() <= unendedPorts.length &&
			outgoing.ports().every((port) => hangingPorts.has(port) || unendedPorts.includes(port))
		);
	}

	/** Until only time can go on: nothing is in flight but what hangs. */
	async function untilQuiet(): Promise<void> {
		let quietTurns = 0;
		let turnsLeft = TURNS_BEFORE_PAUSE;
		while (isInstalled && quietTurns < QUIET_TURNS) {
			turnsLeft -= 1;
			const isPause = turnsLeft === 0;
			await (isPause ? pause(PAUSE_MS) : nextTurn());
			if (isPause) turnsLeft = TURNS_BETWEEN_PAUSES;
			const isIdle = isQuiet() && !process.getActiveResourcesInfo().some(isUnderWay);
			quietTurns = isIdle ? quietTurns + 1 : 0;
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
		return earliest(outgoing.ports().length === 0 ? sleepers : [...sleepers, ...deadlines]);
	}

	async function pump(): Promise<void> {
		if (isPumping) return;
		isPumping = true;
		for (;;) {
			await untilQuiet();
			const alarm = isInstalled && !isHeld ? next() : undefined;
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
		// No gap is made longer.
		jest.spyOn(clock, 'random').mockReturnValue(0),
	];
	return {
		now: () => nowMs,
		elapsed: () => nowMs - startOfTime,
		sleepers: () => sleepers.length,
		async standStillWhen(isSo) {
			// Every turn, so that it is seen before time has gone on.
			while (!isSo()) {
				if (!isInstalled) throw new Error('What time was to stand still for has not come');
				await nextTurn();
			}
			isHeld = true;
		},
		goOn() {
			isHeld = false;
			void pump();
		},
		hangs({ socket }) {
			const { remotePort = NO_PORT } = socket;
			hangingPorts.add(remotePort);
			const ends = () => void hangingPorts.delete(remotePort);
			socket.once('close', ends);
			return ends;
		},
		restore() {
			replaced.forEach((spy) => spy.mockRestore());
			outgoing.stop();
			sleepers = [];
			isInstalled = false;
		},
	};
}

/** Of a request that has no connection yet. */
const NO_PORT = -1;

/** What Node tells of `http` and of `fetch`. */
interface Told {
	request: ClientRequest;
	/** Of `fetch` alone, when the request goes out. */
	socket?: Socket;
}

/** The server does not know of a request that is still on its way, or of an answer being read. */
function watchOutgoingRequests(onStart: () => void) {
	const portsOfOpen = new Map<object, () => number | undefined>();
	const close = ({ request }: Told) => void portsOfOpen.delete(request);
	const channels: Record<string, (told: Told) => void> = {
		'http.client.request.start'(told) {
			portsOfOpen.set(told.request, () => told.request.socket?.localPort);
			told.request.once('close', () => close(told));
			onStart();
		},
		'undici:request:create'({ request }) {
			portsOfOpen.set(request, () => undefined);
			onStart();
		},
		'undici:client:sendHeaders': ({ request, socket }) =>
			portsOfOpen.set(request, () => socket?.localPort),
		'undici:request:trailers': close,
		'undici:request:error': close,
	};
	const listeners = Object.entries(channels).map(
		([channel, listener]) => [channel, (message: unknown) => listener(message as Told)] as const,
	);
	for (const [channel, listener] of listeners) subscribe(channel, listener);
	return {
		/** One for each request that has not come to its end. */
		ports: () => [...portsOfOpen.values()].map((portOf) => portOf() ?? NO_PORT),
		stop() {
			for (const [channel, listener] of listeners) unsubscribe(channel, listener);
		},
	};
}
