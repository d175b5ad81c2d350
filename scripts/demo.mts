/**
 * `npm run demo`: a real n8n with this package and the example workflows, against the sandbox, and a page
 * that says what is going on and what to click.
 * What is made in it stays in `node_modules/.cache/seedance-demo`; delete that folder to start afresh.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { startSandbox, type Sandbox } from '../sandbox/index.mts';
import { buildIfStale } from '../lab/build.mts';
import {
	accountsForExamples,
	addressesInExamples,
	provideForExamples,
} from '../lab/exampleNeeds.mts';
import { importWorkflows, type ImportedWorkflow } from '../lab/importWorkflows.mts';
import { leaveOrders } from '../lab/leftOrders.mts';
import { packPackage, startN8n } from '../lab/n8n.mts';
import { N8nApiError, N8nClient } from '../lab/n8nClient.mts';
import { startOpenAiStandIn, type OpenAiStandIn } from '../lab/openAiStandIn.mts';
import { freePort } from '../lab/ports.mts';
import { provideForStandIns } from '../lab/standIns/credentials.mts';
import { environmentFor, startStandIns, type StandIns } from '../lab/standIns/index.mts';
import { answerPage } from '../lab/standIns/page.mts';
import {
	ACCOUNT,
	GENERATION_MS,
	guideText,
	noteOf,
	recipeOf,
	sheetOfPhotos,
	YOUNG_MS,
	type Guide,
} from './demo/guide.mts';
import { servePage, type Shown } from './demo/page.mts';
import { Progress, say } from './demo/progress.mts';

const ROOT = process.cwd();
const FOLDER = join(ROOT, 'node_modules', '.cache', 'seedance-demo');
const FOLDER_NAME = relative(ROOT, FOLDER);
const PAGE_PORT = 4000;
const SANDBOX_PORT = 4010;
const OPENAI_PORT = 4020;
const STAND_INS_PORT = 4030;
const N8N_PORT = 5678;
/** The first start makes a database, which takes a slow machine minutes. */
const N8N_READY_WITHIN_MS = 15 * 60_000;

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
	const progress = new Progress(join(FOLDER, 'times.json'));
	const shown: Shown = { progress };
	const page = await servePage(shown, await freePort(PAGE_PORT));
	undo.push(() => page.close());
	say(`What is going on, and later what to click: ${page.url}\n`);
	await progress.during('Building the package, if it is not up to date', () => buildIfStale(ROOT));
	const sandbox = await startSandbox({
		port: await freePort(SANDBOX_PORT),
		generationMs: GENERATION_MS,
		...accountsForExamples,
	});
	undo.push(() => sandbox.close());
	shown.sandbox = sandbox;
	const openAi = await startOpenAiStandIn(await freePort(OPENAI_PORT));
	undo.push(() => openAi.close());
	const standIns = await startStandIns(await freePort(STAND_INS_PORT), answerPage);
	undo.push(() => standIns.close());
	standIns.google.rows = sheetOfPhotos;

	const n8n = await progress.during('Starting n8n', () =>
		startN8n({
			root: ROOT,
			userFolder: FOLDER,
			packageDir: packPackage(ROOT),
			port: N8N_PORT,
			readyTimeoutMs: N8N_READY_WITHIN_MS,
			env: environmentFor(standIns.url, ROOT),
		}),
	);
	undo.push(() => n8n.stop());
	const deliversAt = Date.now() + YOUNG_MS;

	const client = new N8nClient(n8n.url, { root: ROOT });
	const guide = await progress.during('Putting in credentials and workflows', async () => {
		await signIn(client);
		const places = { n8n: n8n.url, page: page.url, sandbox, openAi, standIns };
		return { deliversAt, peopleUrl: `${standIns.url}/people`, ...(await provide(client, places)) };
	});
	shown.guide = guide;
	say(guideText(guide, page.url, FOLDER_NAME));
}

interface Places {
	n8n: string;
	page: string;
	sandbox: Sandbox;
	openAi: OpenAiStandIn;
	standIns: StandIns;
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

/** Credentials, tables, orders that are left over, and the workflows, each with a note about the demo. */
async function provide(
	client: N8nClient,
	places: Places,
): Promise<Pick<Guide, 'n8nUrl' | 'recipes'>> {
	const { n8n, page, sandbox, openAi, standIns } = places;
	const credentials = [
		...(await provideForExamples(client, sandbox, openAi)),
		...(await provideForStandIns(async (one) => await client.ensureCredential(one), standIns)),
	];
	await leaveOrders(client, credentials);
	const imported = await importWorkflows(client, {
		folder: join(ROOT, 'examples'),
		credentials,
		addresses: addressesInExamples(n8n, sandbox, openAi),
		noteFor: (file, workflow) =>
			noteOf(file, workflow, { pageUrl: page, peopleUrl: `${standIns.url}/people` }),
	});
	await refreshAddresses(client, imported, places);
	const recipes = [];
	for (const one of imported) {
		recipes.push(recipeOf(one, n8n, await client.workflow(one.workflow.id)));
	}
	return { n8nUrl: n8n, recipes };
}

/** Where the port of an earlier start is taken now, its URLs in stored workflows lead nowhere. */
async function refreshAddresses(
	client: N8nClient,
	imported: ImportedWorkflow[],
	{ n8n, page, sandbox, openAi, standIns }: Places,
): Promise<void> {
	for (const { workflow, isNew } of imported) {
		if (isNew) continue;
		const stored = await client.workflow(workflow.id);
		const before = JSON.stringify(stored.nodes);
		const nodes = before
			.replaceAll(/http:\/\/127\.0\.0\.1:\d+(?=\/webhook\/)/g, n8n)
			.replaceAll(/http:\/\/127\.0\.0\.1:\d+(?=\/v1\/)/g, openAi.url)
			.replaceAll(/http:\/\/127\.0\.0\.1:\d+\/(?=#)/g, page)
			.replaceAll(/http:\/\/127\.0\.0\.1:\d+(?=\/people)/g, standIns.url)
			.replaceAll(/http:\/\/127\.0\.0\.1:\d+(?=\/media\/sample\.)/g, sandbox.url);
		if (nodes !== before) {
			await client.updateWorkflow(stored.id, { ...stored, nodes: JSON.parse(nodes) });
		}
	}
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
