/**
 * `npm run demo`: a real n8n with this package and the example workflows, against the sandbox.
 * What is made in it stays in `node_modules/.cache/seedance-demo`; delete that folder to start afresh.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { startSandbox } from '../sandbox/index.mts';
import { buildIfStale } from '../lab/build.mts';
import {
	addressesInExamples,
	approver,
	promptSheet,
	provideForExamples,
} from '../lab/exampleNeeds.mts';
import { importWorkflows, type ImportedWorkflow } from '../lab/importWorkflows.mts';
import { packPackage, startN8n } from '../lab/n8n.mts';
import { N8nApiError, N8nClient } from '../lab/n8nClient.mts';
import { startOpenAiStandIn } from '../lab/openAiStandIn.mts';
import { freePort } from '../lab/ports.mts';

const ROOT = process.cwd();
const FOLDER = join(ROOT, 'node_modules', '.cache', 'seedance-demo');
const FOLDER_NAME = relative(ROOT, FOLDER);
const GENERATION_MS = 8000;
const SANDBOX_PORT = 4010;
const OPENAI_PORT = 4020;
const N8N_PORT = 5678;
const ACCOUNT = { email: 'demo@example.com', password: 'Seedance-demo-1' };

function say(text: string) {
	process.stdout.write(`${text}\n`);
}

/** Somebody who waits for a minute wants to see that something goes on. */
async function showingSeconds<T>(title: string, work: Promise<T>): Promise<T> {
	say(`${title} …`);
	if (!process.stdout.isTTY) return await work;
	const startedAt = Date.now();
	const show = () => {
		process.stdout.write(`\r${Math.round((Date.now() - startedAt) / 1000)} s `);
	};
	const timer = setInterval(show, 1000);
	try {
		return await work;
	} finally {
		clearInterval(timer);
		process.stdout.write('\r');
	}
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
	takeFolder();
	say('Building the package, if it is not up to date …');
	buildIfStale(ROOT);
	const sandbox = await startSandbox({
		port: await freePort(SANDBOX_PORT),
		generationMs: GENERATION_MS,
	});
	undo.push(() => sandbox.close());
	const openAi = await startOpenAiStandIn(await freePort(OPENAI_PORT));
	undo.push(() => openAi.close());

	const starting = {
		root: ROOT,
		userFolder: FOLDER,
		packageDir: packPackage(ROOT),
		port: N8N_PORT,
	};
	const n8n = await showingSeconds(
		'Starting n8n (up to a minute, longer the first time)',
		startN8n(starting),
	);
	undo.push(() => n8n.stop());

	const client = new N8nClient(n8n.url, { root: ROOT });
	await signIn(client);
	const imported = await importWorkflows(client, {
		folder: join(ROOT, 'examples'),
		credentials: await provideForExamples(client, sandbox, openAi),
		addresses: addressesInExamples(n8n.url, sandbox, openAi),
	});
	await refreshAddresses(client, imported, {
		n8n: n8n.url,
		openAi: openAi.url,
		sandbox: sandbox.url,
	});
	describe(n8n.url, imported, await formAddresses(client, imported, n8n.url));
}

/** Two n8n on one database would both do its work. */
function takeFolder(): void {
	const pidFile = join(FOLDER, 'demo.pid');
	mkdirSync(FOLDER, { recursive: true });
	const pid = readPid(pidFile);
	if (pid !== undefined && isRunning(pid)) {
		const file = join(FOLDER_NAME, 'demo.pid');
		throw new Error(`The demo is running already (process ${pid}). If not, delete ${file}.`);
	}
	writeFileSync(pidFile, String(process.pid));
	undo.push(async () => rmSync(pidFile, { force: true }));
}

function readPid(file: string): number | undefined {
	try {
		return Number(readFileSync(file, 'utf8')) || undefined;
	} catch {
		return undefined;
	}
}

function isRunning(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}

async function signIn(client: N8nClient): Promise<void> {
	try {
		await client.signInAsOwner(ACCOUNT);
	} catch (error) {
		if (!(error instanceof N8nApiError) || error.status !== 401) throw error;
		throw new Error(
			`The demo password was changed. Delete the folder ${FOLDER_NAME} and start again.`,
		);
	}
}

/** Where the port of an earlier start is taken now, its URLs in stored workflows lead nowhere. */
async function refreshAddresses(
	client: N8nClient,
	imported: ImportedWorkflow[],
	urls: { n8n: string; openAi: string; sandbox: string },
): Promise<void> {
	for (const { workflow, isNew } of imported) {
		if (isNew) continue;
		const stored = await client.workflow(workflow.id);
		const before = JSON.stringify(stored.nodes);
		const nodes = before
			.replaceAll(/http:\/\/127\.0\.0\.1:\d+(?=\/webhook\/)/g, urls.n8n)
			.replaceAll(/http:\/\/127\.0\.0\.1:\d+(?=\/v1\/)/g, urls.openAi)
			.replaceAll(/http:\/\/127\.0\.0\.1:\d+(?=\/media\/sample\.)/g, urls.sandbox);
		if (nodes !== before) {
			await client.updateWorkflow(stored.id, { ...stored, nodes: JSON.parse(nodes) });
		}
	}
}

/** Where the published forms are, by the workflow's ID. */
async function formAddresses(
	client: N8nClient,
	imported: ImportedWorkflow[],
	url: string,
): Promise<Map<string, string>> {
	const addresses = new Map<string, string>();
	for (const { workflow } of imported) {
		const { nodes } = await client.workflow(workflow.id);
		const form = nodes.find(({ type }) => type === 'n8n-nodes-base.formTrigger');
		if (form?.webhookId) addresses.set(workflow.id, `${url}/form/${form.webhookId}`);
	}
	return addresses;
}

/** What somebody who tries an example cannot see in it, by the beginning of its file's name. */
const hints: Record<string, string> = {
	'02': `a picture to upload: ${join('sandbox', 'media', 'sample.png')}`,
	'03': `the sheet: Overview, Data tables, ${promptSheet.name}; one of its prompts fails`,
	'05a': 'starts 05b, which is published: see its Executions',
	'07': 'a stand-in for the chat model passes on your words as the prompt',
	'09': `the approver is "${approver.user}" with the password "${approver.password}"`,
	'12': 'a stand-in writes the script, draws the pictures and speaks',
	'13': `the form asks for the approver, "${approver.user}" with the password "${approver.password}"; its address is in the output of "Ask the Approver"`,
};

function describe(url: string, imported: ImportedWorkflow[], forms: Map<string, string>): void {
	const [first, ...others] = imported;
	const urlOf = ({ workflow }: ImportedWorkflow) => `${url}/workflow/${workflow.id}`;
	say(`
n8n is ready, with the Seedance nodes, credentials and example workflows in it.

  Open       ${first ? urlOf(first) : url}
  Email      ${ACCOUNT.email}
  Password   ${ACCOUNT.password}
`);
	say(
		first
			? `Sign in and click "Execute workflow". After about ${GENERATION_MS / 1000 + 2} seconds double-click
"Seedance Text to Video": "View" on the right plays the video, "Table" shows the row.`
			: 'Make a workflow and add "Seedance Text to Video": its credentials are there already.',
	);
	say(`
Nothing is paid and no key is needed: a sandbox on this machine stands in for the vendors.
Every video is the same short test clip.
`);
	if (others.length > 0) say('More to try; the note in each workflow says what it does:\n');
	for (const other of others) {
		say(`  ${other.workflow.name}\n    ${urlOf(other)}`);
		const form = forms.get(other.workflow.id);
		if (form) say(`    its form: ${form}`);
		const [number = ''] = other.file.split('-');
		if (hints[number]) say(`    ${hints[number]}`);
		if (other.activationProblem) say(`    is not active: ${other.activationProblem}`);
	}
	say(`
Press Ctrl-C to end. n8n keeps its workflows for the next start; the sandbox forgets its tasks.
To start afresh, delete the folder ${FOLDER_NAME}.`);
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
