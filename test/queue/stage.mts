import { mkdtempSync, rmSync } from 'node:fs';
import {
	createServer,
	request as httpRequest,
	type IncomingMessage,
	type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type SandboxOptions } from '../../sandbox/index.mts';
import { forEachVendor, vendors } from '../../sandbox/vendors/index.mts';
import { packPackage, startN8n, type N8nHandle, type StartN8nOptions } from '../../lab/n8n.mts';
import { N8nClient, type StoredCredential } from '../../lab/n8nClient.mts';
import { account } from '../e2e/account.mts';
import { credentialOf, credentialTypes, type Stage, type VendorId } from '../e2e/stage.mts';

interface Balancer {
	url: string;
	/** Shares the calls out among these from now on. */
	spreadOver(urls: string[]): void;
	/** How many calls each server has answered, by its URL. */
	answered: ReadonlyMap<string, number>;
	close(): void;
}

/** Hands each call to the next of several servers in turn, as a load balancer does; to another where one is down. */
async function startBalancer(): Promise<Balancer> {
	let targets: string[] = [];
	let turn = 0;
	const answered = new Map<string, number>();
	const forward = (
		incoming: IncomingMessage,
		outgoing: ServerResponse,
		body: Buffer,
		tries: number,
	) => {
		const target = targets[turn++ % targets.length];
		if (target === undefined || tries === 0) return outgoing.writeHead(503).end();
		const { method, headers, url = '/' } = incoming;
		const forwarded = httpRequest(new URL(url, target), { method, headers }, (answer) => {
			answered.set(target, (answered.get(target) ?? 0) + 1);
			outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(outgoing);
		});
		forwarded.on('error', (error: NodeJS.ErrnoException) => {
			if (error.code === 'ECONNREFUSED') forward(incoming, outgoing, body, tries - 1);
			else outgoing.destroy();
		});
		forwarded.end(body);
	};
	const server = createServer((incoming, outgoing) => {
		const chunks: Buffer[] = [];
		incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
		incoming.on('end', () => forward(incoming, outgoing, Buffer.concat(chunks), targets.length));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		spreadOver: (urls) => (targets = urls),
		answered,
		close() {
			server.close();
			server.closeAllConnections();
		},
	};
}

/** A stage over several processes. */
export interface QueueStage extends Stage {
	/** How many calls each webhook processor has answered, in the order of `n8n.webhookUrls`. */
	answered(): number[];
}

export type QueueStageOptions = Pick<
	StartN8nOptions,
	'workerCount' | 'workerConcurrency' | 'webhookProcessorCount' | 'env'
> & { sandbox?: SandboxOptions };

/** A main process, workers and webhook processors (two each by default) behind a balancer. */
export async function openQueueStage(
	generationMs: number,
	{ sandbox: sandboxOptions, env, ...processes }: QueueStageOptions = {},
): Promise<QueueStage> {
	const userFolder = mkdtempSync(join(tmpdir(), 'seedance-queue-'));
	const sandbox = await startSandbox({ port: 0, generationMs, ...sandboxOptions });
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
			...processes,
			env: { WEBHOOK_URL: balancer.url, N8N_DEFAULT_BINARY_DATA_MODE: 'database', ...env },
		});
		balancer.spreadOver(started.webhookUrls);
		const client = new N8nClient(started.url, { webhookUrl: balancer.url });
		await client.signInAsOwner(account);
		const credential = async (vendor: VendorId): Promise<StoredCredential> =>
			await client.createCredential({
				name: `Sandbox ${vendor}`,
				type: credentialTypes[vendor],
				data: { apiKey: sandbox.apiKeys[vendor], baseUrl: sandbox.baseUrls[vendor] },
			});
		const stored = await Promise.all(vendors.map(credential));
		const credentials = forEachVendor((vendor) => credentialOf(stored, vendor));
		const n8n = { ...started, webhookUrl: balancer.url };
		const answered = () => n8n.webhookUrls.map((url) => balancer.answered.get(url) ?? 0);
		return { n8n, client, sandbox, credentials, answered, close };
	} catch (error) {
		// The test has no stage to close then, and a process left behind keeps Jest from ending.
		await close();
		throw error;
	}
}
