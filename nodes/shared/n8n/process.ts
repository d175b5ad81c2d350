import { randomUUID } from 'node:crypto';
import { HOST } from '../domain/limits';
import type { Clock } from '../domain/time';
import type { Process } from '../host/process';
import { clock } from './clock';

/** A process that was started then, in Unix milliseconds. */
export function newProcess(clock: Clock, startedAt: number): Process {
	const process: Process = {
		id: randomUUID(),
		startedAt,
		clock,
		startingMs() {
			const ageMs = clock.now() - process.startedAt;
			const { settlingMs } = HOST;
			return ageMs >= 0 && ageMs < settlingMs ? settlingMs - ageMs : 0;
		},
	};
	return process;
}

/** n8n loads its nodes when it starts, so this file is as old as the process. */
export const thisProcess: Process = newProcess(clock, clock.now());
