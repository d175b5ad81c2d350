import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../../sandbox/index.mts';
import { forEachVendor, vendors } from '../../sandbox/vendors/index.mts';
import { packPackage, startN8n, type N8nHandle } from '../../scripts/lib/n8n.mts';
import { N8nClient, type StoredCredential } from '../../scripts/lib/n8nClient.mts';
import { account } from '../e2e/account.mts';
import { credentialOf, credentialTypes, type Stage, type Vendor } from '../e2e/stage.mts';

interface Balancer {
	url: string;
	/** Shares the calls out among these from now on. */
	spreadOver(urls: string[]): void;
	close(): void;
}

/** Hands each call to the next of several servers in turn, as a load balancer does. */
async function startBalancer(): Promise<Balancer> {
	let targets: string[] = [];
	let turn = 0;
	const server = createServer((incoming, outgoing) => {
		const target = targets[turn++ % targets.length];
		if (target === undefined) return outgoing.writeHead(503).end();
		const { method, headers, url = '/' } = incoming;
		const forwarded = httpRequest(new URL(url, target), { method, headers }, (answer) => {
			outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(outgoing);
		});
		forwarded.on('error', () => outgoing.destroy());
		incoming.pipe(forwarded);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		spreadOver: (urls) => (targets = urls),
		close() {
			server.close();
			server.closeAllConnections();
		},
	};
}

/** A main process, two workers and two webhook processors behind a balancer. */
export async function openQueueStage(generationMs: number): Promise<Stage> {
	const userFolder = mkdtempSync(join(tmpdir(), 'seedance-queue-'));
	const sandbox = await startSandbox({ port: 0, generationMs });
	const balancer = await startBalancer();
	let started: N8nHandle | undefined;
	const close = async () => {
		await started?.stop();
		await sandbox.close();
		balancer.close();
		rmSync(userFolder, { recursive: true, force: true });
	};
	try {
		started = await startN8n({
			userFolder,
			packageDir: packPackage(process.cwd()),
			mode: 'queue',
			workerCount: 2,
			webhookProcessorCount: 2,
			env: { WEBHOOK_URL: balancer.url, N8N_DEFAULT_BINARY_DATA_MODE: 'database' },
		});
		balancer.spreadOver(started.webhookUrls);
		const client = new N8nClient(started.url, { webhookUrl: balancer.url });
		await client.signInAsOwner(account);
		const credential = async (vendor: Vendor): Promise<StoredCredential> =>
			await client.createCredential({
				name: `Sandbox ${vendor}`,
				type: credentialTypes[vendor],
				data: { apiKey: sandbox.apiKeys[vendor], baseUrl: sandbox.baseUrls[vendor] },
			});
		const stored = await Promise.all(vendors.map(credential));
		const credentials = forEachVendor((vendor) => credentialOf(stored, vendor));
		return { n8n: { ...started, webhookUrl: balancer.url }, client, sandbox, credentials, close };
	} catch (error) {
		// The test has no stage to close then, and a process left behind keeps Jest from ending.
		await close();
		throw error;
	}
}
