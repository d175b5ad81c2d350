/**
 * `npm run screenshots [section …]`: the pictures of the documentation, taken from a real n8n in
 * headless Chromium. A section is one entry of `sections`; without a name, all are taken.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Browser } from 'playwright-core';
import { startSandbox, type Sandbox } from '../sandbox/index.mts';
import { EditorPage, launchBrowser } from '../lab/browser.mts';
import { buildIfStale } from '../lab/build.mts';
import { provideForExamples } from '../lab/exampleNeeds.mts';
import { importWorkflows, type ImportedWorkflow } from '../lab/importWorkflows.mts';
import { packPackage, startN8n, type N8nHandle } from '../lab/n8n.mts';
import { N8nClient, type WorkflowNode } from '../lab/n8nClient.mts';
import { startOpenAiStandIn } from '../lab/openAiStandIn.mts';
import { provideForStandIns } from '../lab/standIns/credentials.mts';
import { startStandIns } from '../lab/standIns/index.mts';
import { pictureReadme } from './screenshots/readme.mts';

const ROOT = process.cwd();
const IMAGES = join(ROOT, 'docs', 'images');
const ACCOUNT = { email: 'demo@example.com', password: 'Seedance-demo-1' };
const MAX_BYTES = 150_000;

/** What a section takes its pictures of. */
interface Studio {
	n8n: N8nHandle;
	client: N8nClient;
	sandbox: Sandbox;
	browser: Browser;
	editor: EditorPage;
	/** The example workflows, ready to run. */
	examples: ImportedWorkflow[];
}

const sections: Record<string, (studio: Studio) => Promise<void>> = {
	examples: pictureExamples,
	readme: pictureReadme,
};

async function main(): Promise<void> {
	const wanted = process.argv.slice(2);
	const unknown = wanted.filter((name) => !(name in sections));
	if (unknown.length > 0) {
		throw new Error(`No section ${unknown.join(', ')}. There are: ${Object.keys(sections)}`);
	}
	await inStudio(async (studio) => {
		for (const [name, take] of Object.entries(sections)) {
			if (wanted.length === 0 || wanted.includes(name)) await take(studio);
		}
	});
}

async function inStudio(work: (studio: Studio) => Promise<void>): Promise<void> {
	const undo: Array<() => Promise<void>> = [];
	try {
		await buildIfStale(ROOT);
		const userFolder = mkdtempSync(join(tmpdir(), 'seedance-screenshots-'));
		undo.push(async () => rmSync(userFolder, { recursive: true, force: true }));
		const sandbox = await startSandbox({ port: 0, generationMs: 3000 });
		undo.push(() => sandbox.close());
		const openAi = await startOpenAiStandIn();
		undo.push(() => openAi.close());
		const standIns = await startStandIns();
		undo.push(() => standIns.close());
		const n8n = await startN8n({ root: ROOT, userFolder, packageDir: packPackage(ROOT) });
		undo.push(() => n8n.stop());
		const client = new N8nClient(n8n.url, { root: ROOT });
		await client.signInAsOwner(ACCOUNT);
		const examples = await importWorkflows(client, {
			folder: join(ROOT, 'examples'),
			credentials: [
				...(await provideForExamples(client, sandbox, openAi)),
				...(await provideForStandIns(async (one) => await client.createCredential(one), standIns)),
			],
		});
		const browser = await launchBrowser();
		undo.push(() => browser.close());
		const editor = await EditorPage.signIn(browser, n8n.url, ACCOUNT);
		await work({ n8n, client, sandbox, browser, editor, examples });
	} finally {
		for (const step of undo.reverse()) await step();
	}
}

/** Room around the outermost nodes, for names below them and links beside them. */
const MARGIN = 48;
/** What the editor takes of the window around the canvas. */
const CHROME = { width: 42, height: 102 };
const NODE_SIZE = { width: 256, height: 144 };
const MAX_WIDTH = 1500;

/** One picture of the canvas per example, as it is after the import. */
async function pictureExamples({ client, editor, examples }: Studio): Promise<void> {
	const { page } = editor;
	for (const { file, workflow } of examples) {
		const { nodes } = await client.workflow(workflow.id);
		const size = sizeOf(nodes);
		const scale = Math.min(1, MAX_WIDTH / size.width);
		await page.setViewportSize({
			width: Math.ceil(size.width * scale) + CHROME.width,
			height: Math.ceil(size.height * scale) + CHROME.height,
		});
		await editor.openWorkflow(workflow.id);
		const path = join(IMAGES, 'examples', file.replace(/\.json$/, '.png'));
		await editor.canvasPicture(path);
		report(path);
	}
	removeOthers(
		join(IMAGES, 'examples'),
		examples.map(({ file }) => file.replace(/\.json$/, '.png')),
	);
}

function sizeOf(nodes: WorkflowNode[]): { width: number; height: number } {
	const boxes = nodes.map(({ position: [x, y], parameters }) => ({
		left: x,
		top: y,
		right: x + (Number(parameters.width) || NODE_SIZE.width),
		bottom: y + (Number(parameters.height) || NODE_SIZE.height),
	}));
	const across = Math.max(...boxes.map((b) => b.right)) - Math.min(...boxes.map((b) => b.left));
	const down = Math.max(...boxes.map((b) => b.bottom)) - Math.min(...boxes.map((b) => b.top));
	return { width: across + MARGIN, height: down + MARGIN };
}

/** A picture of an example that is no longer there would stay for ever. */
function removeOthers(folder: string, kept: string[]): void {
	for (const file of readdirSync(folder)) {
		if (!kept.includes(file)) rmSync(join(folder, file));
	}
}

function report(path: string): void {
	const { size } = statSync(path);
	const isLarge = size > MAX_BYTES ? ', LARGE' : '';
	process.stdout.write(`${relative(ROOT, path)} (${Math.round(size / 1000)} kB${isLarge})\n`);
}

await main();
