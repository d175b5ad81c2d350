import { randomUUID } from 'node:crypto';
import type { Process } from '../host/process';
import { clock } from './clock';

/**
 * In its first moments n8n 2.41 is still repairing executions that a crash has left, and writes old
 * snapshots over those that are being resumed (execution-recovery.service): nothing of value is
 * resumed in that time.
 */
const SETTLING_MS = 60_000;

/** n8n loads its nodes when it starts, so this file is as old as the process. */
export const thisProcess: Process = {
	id: randomUUID(),
	startedAt: clock.now(),
	clock,
	startingMs() {
		const ageMs = clock.now() - thisProcess.startedAt;
		return ageMs >= 0 && ageMs < SETTLING_MS ? SETTLING_MS - ageMs : 0;
	},
};
