import 'reflect-metadata';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Without these two, n8n-core would read and write the ~/.n8n of whoever runs the tests.
process.env.N8N_USER_FOLDER ??= mkdtempSync(join(tmpdir(), 'seedance-engine-'));
process.env.N8N_ENCRYPTION_KEY ??= 'engine-tests';
process.env.N8N_LOG_LEVEL = 'silent';
