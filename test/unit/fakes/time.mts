import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../nodes/shared/domain/time';

export const minutes = (count: number): number => count * 60_000;
export const seconds = (count: number): number => count * 1000;
export const hours = (count: number): number => minutes(60 * count);

interface Alarm {
	at: number;
	ring: () => void;
}

/** Turns of the event loop after which whatever needs no time has come to rest. */
const RESTING_TURNS = 2;

/** Something that comes back so often at the same moment does so for ever. */
const MOST_AT_ONCE = 5000;

/** Time that passes only when a test says so. */
export class Time {
	private nowMs = Date.parse('2026-11-20T10:00:00.000Z');
	private alarms: Alarm[] = [];
	private rungAtOnce = 0;
	private stopped?: Error;

	/** How many sleep now. */
	sleepers = 0;

	now = (): number => this.nowMs;

	/** Takes the place of the nodes' clock, until the mocks are restored. */
	install(clock: Clock): void {
		jest.spyOn(clock, 'now').mockImplementation(this.now);
		jest.spyOn(clock, 'sleep').mockImplementation(this.sleep);
		jest.spyOn(clock, 'deadline').mockImplementation(this.deadline);
		jest.spyOn(clock, 'random').mockImplementation(this.random);
	}

	/** What is thrown by chance: 0 makes no gap longer. */
	chance = 0;

	random = (): number => this.chance;

	/** Lets no more time pass, and whoever wants it to fail at once. */
	stop(why: string): void {
		this.stopped = new Error(why);
	}

	at(at: number, ring: () => void): void {
		this.alarms.push({ at: Math.max(at, this.nowMs), ring });
	}

	sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
		signal?.throwIfAborted();
		this.sleepers += 1;
		try {
			await new Promise<void>((resolve, reject) => {
				const stop = () => reject(signal?.reason);
				this.at(this.nowMs + ms, () => {
					signal?.removeEventListener('abort', stop);
					resolve();
				});
				signal?.addEventListener('abort', stop, { once: true });
			});
		} finally {
			this.sleepers -= 1;
		}
	};

	deadline = (ms: number): AbortSignal => {
		const controller = new AbortController();
		const timedOut = () => controller.abort(new DOMException('Too late', 'TimeoutError'));
		this.at(this.nowMs + ms, timedOut);
		return controller.signal;
	};

	/** Lets so much time pass, with all that happens in it. */
	async pass(ms: number): Promise<void> {
		const until = this.nowMs + ms;
		await this.rest();
		while (await this.ringNext(until)) await this.rest();
		this.nowMs = until;
		await this.rest();
	}

	/** Lets pass as much time as the work takes. */
	async run<T>(work: Promise<T>): Promise<T> {
		let isDone = false;
		const markDone = () => {
			isDone = true;
		};
		work.then(markDone, markDone);
		await this.rest();
		while (!isDone) {
			if (!(await this.ringNext(Infinity))) throw new Error('The work waits for nothing');
			await this.rest();
		}
		return await work;
	}

	private async ringNext(until: number): Promise<boolean> {
		if (this.stopped !== undefined) throw this.stopped;
		const next = this.alarms.reduce<Alarm | undefined>(
			(first, alarm) => (first === undefined || alarm.at < first.at ? alarm : first),
			undefined,
		);
		if (next === undefined || next.at > until) return false;
		this.alarms.splice(this.alarms.indexOf(next), 1);
		this.rungAtOnce = next.at === this.nowMs ? this.rungAtOnce + 1 : 0;
		if (this.rungAtOnce > MOST_AT_ONCE) throw new Error('Time stands still');
		this.nowMs = next.at;
		next.ring();
		return true;
	}

	private async rest(): Promise<void> {
		for (let turn = 0; turn < RESTING_TURNS; turn++) await nextTurn();
	}
}
