import { statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Sandbox } from '../../sandbox/index.mts';
import { testId, type EditorPage } from '../../lab/browser.mts';
import type { N8nClient, WorkflowNode } from '../../lab/n8nClient.mts';

interface Stage {
	client: N8nClient;
	sandbox: Sandbox;
	editor: EditorPage;
}

const ROOT = process.cwd();
const PICTURE = join(ROOT, 'docs', 'images', 'editor.png');
const NODE = 'Seedance Text to Video';

// What the sandbox's video shows.
const PROMPT =
	'Dawn over a calm sea: a turquoise sky melts into gold at the horizon, slow drifting light, ' +
	'no people, cinematic';

/** The README's picture: a node that has made a video. */
export async function pictureReadme({ client, sandbox, editor }: Stage): Promise<void> {
	const workflowId = await createWorkflow(client, sandbox);
	await editor.page.setViewportSize({ width: 1600, height: 900 });
	await editor.openWorkflow(workflowId);
	await pictureVideo(editor);
}

async function createWorkflow(client: N8nClient, sandbox: Sandbox): Promise<string> {
	const credential = await client.createCredential({
		name: 'Fal account',
		type: 'seedanceFalApi',
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
		typeVersion: 3,
		position: [220, 0],
		parameters: { provider: 'fal', prompt: PROMPT, options: { pollInterval: 1 } },
		credentials: { seedanceFalApi: { id: credential.id, name: credential.name } },
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
