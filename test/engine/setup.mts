import 'reflect-metadata';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Without these two, n8n-core would read and write the ~/.n8n of whoever runs the tests.
// One folder per worker of Jest, because nobody removes it at the end.
if (process.env.N8N_USER_FOLDER === undefined) {
	const folder = join(tmpdir(), 'seedance-engine', process.env.JEST_WORKER_ID ?? '1');
	mkdirSync(folder, { recursive: true });
	process.env.N8N_USER_FOLDER = folder;
}
process.env.N8N_ENCRYPTION_KEY ??= 'engine-tests';
process.env.N8N_LOG_LEVEL = 'silent';
