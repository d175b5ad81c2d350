/**
 * `npm run demo`: a real n8n with this package and the example workflows, against the sandbox.
 * What is made in it stays in `node_modules/.cache/seedance-demo`; delete that folder to start afresh.
 */
import { join } from 'node:path';
import { startSandbox } from '../sandbox/index.mts';
import { buildIfStale } from './lib/build.mts';
import { importWorkflows, type ImportedWorkflow } from './lib/importWorkflows.mts';
import { packPackage, startN8n } from './lib/n8n.mts';
import { N8nApiError, N8nClient, type StoredCredential } from './lib/n8nClient.mts';
import { freePort } from './lib/ports.mts';

const ROOT = process.cwd();
const GENERATION_MS = 8000;
const SANDBOX_PORT = 4010;
const N8N_PORT = 5678;
const ACCOUNT = { email: 'demo@example.com', password: 'Seedance-demo-1' };

type Sandbox = Awaited<ReturnType<typeof startSandbox>>;

function say(text: string) {
	process.stdout.write(`${text}\n`);
}

/** One thing to undo per started server, newest first, so that a failed start leaves nothing behind. */
const undo: Array<() => Promise<void>> = [];
let ending: Promise<void> | undefined;

async function end(): Promise<void> {
	ending ??= (async () => {
		for (const stop of undo.reverse()) await stop();
	})();
	return await ending;
}

async function demo(): Promise<void> {
	if (buildIfStale(ROOT)) say('Built the package.');
	const sandbox = await startSandbox({
		port: await freePort(SANDBOX_PORT),
		generationMs: GENERATION_MS,
	});
	undo.push(() => sandbox.close());

	say('Starting n8n …');
	const n8n = await startN8n({
		root: ROOT,
		userFolder: join(ROOT, 'node_modules', '.cache', 'seedance-demo'),
		packageDir: packPackage(ROOT),
		port: N8N_PORT,
	});
	undo.push(() => n8n.stop());

	const client = new N8nClient(n8n.url, { root: ROOT });
	await signIn(client);
	const credentials = await createCredentials(client, sandbox);
	const imported = await importWorkflows(client, {
		folder: join(ROOT, 'examples'),
		credentials,
		addresses: {
			[`http://127.0.0.1:${SANDBOX_PORT}`]: sandbox.url,
			[`http://127.0.0.1:${N8N_PORT}`]: n8n.url,
			[`http://localhost:${N8N_PORT}`]: n8n.url,
		},
	});
	describe(n8n.url, imported);
}

async function signIn(client: N8nClient): Promise<void> {
	try {
		await client.signInAsOwner(ACCOUNT);
	} catch (error) {
		if (!(error instanceof N8nApiError) || error.status !== 401) throw error;
		throw new Error(
			'The demo password was changed. Delete the folder node_modules/.cache/seedance-demo and start again.',
		);
	}
}

async function createCredentials(client: N8nClient, sandbox: Sandbox): Promise<StoredCredential[]> {
	const { baseUrls, apiKeys } = sandbox;
	const wanted = [
		{ name: 'Apikley (sandbox)', type: 'apikleyApi', vendor: 'apikley' },
		{ name: 'Modellix (sandbox)', type: 'modellixApi', vendor: 'modellix' },
		{ name: 'AI/ML API (sandbox)', type: 'aimlApi', vendor: 'aimlapi' },
	] as const;
	const stored: StoredCredential[] = [];
	for (const { name, type, vendor } of wanted) {
		const data = { apiKey: apiKeys[vendor], baseUrl: baseUrls[vendor] };
		stored.push(await client.ensureCredential({ name, type, data }));
	}
	return stored;
}

function describe(url: string, imported: ImportedWorkflow[]): void {
	say(`
  n8n        ${url}
  Email      ${ACCOUNT.email}
  Password   ${ACCOUNT.password}

No video is generated and nothing is paid: a sandbox on this machine answers for the vendors.
`);
	if (imported.length === 0) {
		say('Make a workflow and add "Seedance Text to Video": its credentials are there already.');
	} else {
		say('Open a workflow and click "Execute workflow"; then double-click the Seedance node.\n');
		for (const { workflow, activationProblem } of imported) {
			say(`  ${workflow.name}\n    ${url}/workflow/${workflow.id}`);
			if (activationProblem) say(`    is not active: ${activationProblem}`);
		}
	}
	say(`\nA video takes ${GENERATION_MS / 1000} s. Ctrl-C ends everything.`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	// `on`, not `once`: npm and the terminal may both pass the same Ctrl-C on.
	process.on(signal, () => {
		if (!ending) say('\nEnding …');
		void end().then(() => process.exit(0));
	});
}

demo().catch(async (error: unknown) => {
	if (!ending) process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	await end();
	process.exit(1);
});
