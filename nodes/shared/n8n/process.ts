import { randomUUID } from 'node:crypto';
import { HOST } from '../domain/limits';
import type { Process } from '../host/process';
import { clock } from './clock';

/** n8n loads its nodes when it starts, so this file is as old as the process. */
export const thisProcess: Process = {
	id: randomUUID(),
	startedAt: clock.now(),
	clock,
	startingMs() {
		const ageMs = clock.now() - thisProcess.startedAt;
		const { settlingMs } = HOST;
		return ageMs >= 0 && ageMs < settlingMs ? settlingMs - ageMs : 0;
	},
};
