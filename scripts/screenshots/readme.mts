/**
 * `npx tsx scripts/screenshots/readme.mts`: the README's picture, taken in headless Chromium from a
 * real n8n with the packed package, the sandbox as the vendor.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { startSandbox, type Sandbox } from '../../sandbox/index.mts';
import { EditorPage, launchBrowser, testId } from '../lib/browser.mts';
import { buildIfStale } from '../lib/build.mts';
import { packPackage, startN8n } from '../lib/n8n.mts';
import { N8nClient, type WorkflowNode } from '../lib/n8nClient.mts';

const ROOT = process.cwd();
const PICTURE = join(ROOT, 'docs', 'images', 'editor.png');
const ACCOUNT = { email: 'demo@example.com', password: 'Seedance-demo-1' };
const NODE = 'Seedance Text to Video';

// What the sandbox's video shows.
const PROMPT =
	'Dawn over a calm sea: a turquoise sky melts into gold at the horizon, slow drifting light, ' +
	'no people, cinematic';

async function main(): Promise<void> {
	const undo: Array<() => Promise<void>> = [];
	try {
		buildIfStale(ROOT);
		const userFolder = mkdtempSync(join(tmpdir(), 'seedance-screenshots-'));
		undo.push(async () => rmSync(userFolder, { recursive: true, force: true }));
		const sandbox = await startSandbox({ port: 0, generationMs: 2000 });
		undo.push(() => sandbox.close());
		const n8n = await startN8n({ root: ROOT, userFolder, packageDir: packPackage(ROOT) });
		undo.push(() => n8n.stop());
		const client = new N8nClient(n8n.url, { root: ROOT });
		await client.signInAsOwner(ACCOUNT);
		const workflowId = await createWorkflow(client, sandbox);
		const browser = await launchBrowser();
		undo.push(() => browser.close());
		const editor = await EditorPage.signIn(browser, n8n.url, ACCOUNT);
		await editor.page.setViewportSize({ width: 1600, height: 900 });
		await editor.openWorkflow(workflowId);
		await pictureVideo(editor);
	} finally {
		for (const step of undo.reverse()) await step();
	}
}

async function createWorkflow(client: N8nClient, sandbox: Sandbox): Promise<string> {
	const credential = await client.createCredential({
		name: 'Fal account',
		type: 'falApi',
		data: { apiKey: sandbox.apiKeys.fal, baseUrl: sandbox.baseUrls.fal },
	});
	const start: WorkflowNode = {
		name: 'Start',
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	const generate: WorkflowNode = {
		name: NODE,
		type: 'n8n-nodes-seedance.seedanceTextToVideo',
		typeVersion: 2,
		position: [220, 0],
		parameters: { provider: 'fal', prompt: PROMPT, options: { pollInterval: 1 } },
		credentials: { falApi: { id: credential.id, name: credential.name } },
	};
	const { id } = await client.createWorkflow({
		name: 'First video',
		nodes: [start, generate],
		connections: { Start: { main: [[{ node: NODE, type: 'main', index: 0 }]] } },
	});
	return id;
}

/** The node after "Execute step", with the video in the output panel. */
async function pictureVideo(editor: EditorPage): Promise<void> {
	const { page } = editor;
	await editor.openNode(NODE);
	await page.locator(testId('node-execute-button')).click();
	const output = page.locator(testId('output-panel'));
	await output.locator(testId('radio-button-binary')).click();
	await output.locator(testId('ndv-view-binary-data')).click();
	const video = page.locator('video');
	await video.waitFor();
	await video.evaluate(async (element) => {
		if (!(element instanceof HTMLVideoElement)) throw new Error('There is no video');
		element.pause();
		await new Promise((resolve) => {
			element.addEventListener('seeked', resolve, { once: true });
			element.currentTime = element.duration / 2;
		});
	});
	await page.mouse.move(0, 0);
	// The notice "Node executed successfully" would lie over the picture.
	await page.locator('.el-notification').waitFor({ state: 'hidden' });
	await page.screenshot({ path: PICTURE, animations: 'disabled' });
	const kilobytes = Math.round(statSync(PICTURE).size / 1000);
	process.stdout.write(`${relative(ROOT, PICTURE)} (${kilobytes} kB)\n`);
}

await main();
