import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packPackage, startN8n } from '../../../lab/n8n.mts';
import { N8nClient } from '../../../lab/n8nClient.mts';
import { account } from '../account.mts';
import { LOG_FILE, publishSharedN8n } from './address.mts';

/** Starts the n8n that the test files share; gives what ends it. */
export async function startSharedN8n(): Promise<() => Promise<void>> {
	const userFolder = mkdtempSync(join(tmpdir(), 'seedance-e2e-'));
	const n8n = await startN8n({
		userFolder,
		packageDir: packPackage(process.cwd()),
		env: {
			N8N_LOG_OUTPUT: 'console,file',
			N8N_LOG_FILE_LOCATION: join(userFolder, LOG_FILE),
		},
	});
	await new N8nClient(n8n.url).signInAsOwner(account);
	const { url, webhookUrl } = n8n;
	publishSharedN8n({ url, webhookUrl, userFolder, startedAt: Date.now() });
	return async () => {
		await n8n.stop();
		rmSync(userFolder, { recursive: true, force: true });
	};
}
