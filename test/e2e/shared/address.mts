import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { N8nHandle } from '../../../lab/n8n.mts';

/** Jest's workers inherit it from the process that started n8n. */
const VARIABLE = 'SEEDANCE_E2E_N8N';

export const LOG_FILE = 'n8n.log';

const addressSchema = z.object({
	url: z.string(),
	webhookUrl: z.string(),
	userFolder: z.string(),
	/** Unix milliseconds. */
	startedAt: z.number(),
});

/** The n8n that all test files of a run share. */
export interface SharedN8n extends z.infer<typeof addressSchema>, Pick<N8nHandle, 'logs'> {}

export function publishSharedN8n(address: z.infer<typeof addressSchema>): void {
	process.env[VARIABLE] = JSON.stringify(address);
}

export function sharedN8n(): SharedN8n {
	const address = addressSchema.parse(JSON.parse(process.env[VARIABLE] ?? 'null'));
	const logFile = join(address.userFolder, LOG_FILE);
	return { ...address, logs: () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '') };
}
