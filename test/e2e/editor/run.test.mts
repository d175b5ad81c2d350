import type { Locator } from 'playwright-core';
import { testId } from '../../../lab/browser.mts';
import { useEditor } from '../browsers.mts';
import { credentialTypes, useSharedStage, seedanceNode } from '../stage.mts';
import { openNode, picture } from './nodeView.mts';

// What the sandbox's video shows: this test's picture is the one in the README.
const PROMPT =
	'Dawn over a calm sea: a turquoise sky melts into gold at the horizon, slow drifting light, ' +
	'no people, cinematic';

const stage = useSharedStage({ sandbox: { generationMs: 2500 } });
const editor = useEditor(stage);

const textToVideo = (parameters: Record<string, unknown>) =>
	seedanceNode(stage, 'apikley', parameters, {
		name: 'Seedance Text to Video',
		position: [220, 0],
	});

test('"Execute step" ends with a video that plays in the output panel', async () => {
	await editor().page.setViewportSize({ width: 1600, height: 900 });
	const { view } = await openNode(
		stage,
		editor(),
		textToVideo({ prompt: PROMPT, options: { pollInterval: 1 } }),
	);
	await view.runStep();
	await view.output().getByText('Executing node').waitFor();
	await picture(editor(), 'running');

	await view.output().locator(testId('radio-button-binary')).click();
	const card = view.output().locator(testId('ndv-binary-data_0'));
	await card.waitFor();
	expect(await card.innerText()).toContain(`${stage.sandbox.tasks()[0]?.taskId}.mp4`);
	expect(await card.innerText()).toContain('video/mp4');
	await picture(editor(), 'output-binary');

	await view.output().locator(testId('ndv-view-binary-data')).click();
	const video = editor().page.locator('video');
	await video.waitFor();
	await expectToPlay();
	await editor().page.mouse.move(0, 0);
	// The notice "Node executed successfully" would lie over the picture.
	await editor().page.locator('.el-notification').waitFor({ state: 'hidden' });
	await picture(editor(), 'output-video');

	await view.output().locator(testId('radio-button-json')).click();
	await view.output().getByText('succeeded').waitFor();
	await picture(editor(), 'output-json');
	await view.output().locator(testId('radio-button-table')).click();
	const headings = view.output().locator('th');
	await headings.first().waitFor();
	expect((await headings.allInnerTexts()).slice(0, 2)).toEqual(['status', 'videoUrl']);
	await expect(headings.nth(1).evaluate(isInView)).resolves.toBe(true);
	await picture(editor(), 'output-table');
	await editor().closeNode();
	await editor().node('Seedance Text to Video').getByText('apikley: v1-lite').waitFor();
	await editor()
		.node('Seedance Text to Video')
		.locator(testId('canvas-node-status-success'))
		.waitFor();
	await picture(editor(), 'canvas');

	async function expectToPlay() {
		const played = await video.evaluate(
			async (element) =>
				await new Promise<{ seconds: number; width: number }>((resolve, reject) => {
					if (!(element instanceof HTMLVideoElement)) return reject(new Error('no video'));
					const tell = () => resolve({ seconds: element.duration, width: element.videoWidth });
					if (element.ended || element.currentTime > 0) tell();
					element.ontimeupdate = tell;
					setTimeout(() => reject(new Error('the video does not play')), 10_000);
				}),
		);
		expect(played.seconds).toBeGreaterThan(0);
		expect(played.width).toBeGreaterThan(0);
	}
});

/** Whether an element lies within the window from edge to edge. */
function isInView(element: Element): boolean {
	const { left, right } = element.getBoundingClientRect();
	return left >= 0 && right <= innerWidth;
}

test('a video that could not be made is explained, with its task ID', async () => {
	stage.sandbox.reset();
	const { view } = await openNode(
		stage,
		editor(),
		textToVideo({ prompt: 'A paper boat [fail]', options: { pollInterval: 1 } }),
	);
	await view.runStep();
	await view.output().getByText('Apikley could not generate the video').first().waitFor();
	expect(await view.output().innerText()).toContain(stage.sandbox.tasks()[0]?.taskId);
	await picture(editor(), 'output-failed');
});

/** On a busy machine the window may be drawn anew under the pointer: what leads nowhere is done again. */
async function expectAfter(action: () => Promise<void>, expected: Locator): Promise<void> {
	for (let tries = 0; tries < 3; tries++) {
		await action();
		const isThere = await expected.waitFor({ timeout: 20_000 }).then(
			() => true,
			() => false,
		);
		if (isThere) return;
		await picture(editor(), `leads-nowhere-${tries}`);
	}
	await expected.waitFor();
}

test('the credential window tells that a key is wrong', async () => {
	await openNode(stage, editor(), textToVideo({ prompt: 'A paper boat' }));
	await editor().page.locator(testId('node-credentials-select')).click();
	await editor().page.locator(testId('node-credentials-select-item-new')).click();
	const window = editor().page.locator(testId('editCredential-modal'));
	const field = (name: string) => window.locator(`${testId(`parameter-input-${name}`)} input`);
	expect(await field('baseUrl').inputValue()).toBe('https://api.apikley.ru');
	expect(await field('apiKey').getAttribute('type')).toBe('password');
	await field('apiKey').fill('wrong-key');
	await field('baseUrl').fill(stage.sandbox.baseUrls.apikley);
	await expectAfter(
		() => editor().page.locator(testId('credential-save-button')).click(),
		window.getByText('More details'),
	);
	await window.getByText('More details').click();
	await window.getByText('The API key was not accepted').waitFor();
	await picture(editor(), 'credential-wrong-key');

	await field('apiKey').fill(stage.sandbox.apiKeys.apikley);
	await editor().page.locator(testId('credential-save-button')).click();
	// A key that passes is all that closes the window by itself.
	await window.waitFor({ state: 'hidden' });
	const selected = editor().page.locator(`${testId('node-credentials-select')} input`);
	expect(await selected.inputValue()).toBe('Apikley account');
});

test('the trigger shows its addresses', async () => {
	const { id, name } = stage.credentials.modellix;
	const { workflowId } = await openNode(stage, editor(), {
		name: 'Seedance Trigger',
		type: 'n8n-nodes-seedance.seedanceTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: { provider: 'modellix' },
		credentials: { [credentialTypes.modellix]: { id, name } },
		webhookId: 'a-trigger-of-its-own',
	});
	const parameters = editor().page.locator(testId('node-parameters')).first();
	await editor().page.getByText('Webhook URLs', { exact: true }).click();
	await parameters.getByText(`${stage.n8n.webhookUrl}/webhook-test/`).waitFor();
	await editor().page.locator(testId('radio-button-production')).click();
	const address = parameters.getByText(`${stage.n8n.webhookUrl}/webhook/`);
	await address.waitFor();
	await picture(editor(), 'trigger');

	// What is shown is where it listens: it answers there (and refuses a stranger's call).
	const shown = (await address.innerText()).replaceAll(/\s/g, '');
	await stage.client.activate(workflowId);
	const path = shown.slice(`${stage.n8n.webhookUrl}/webhook/`.length);
	const response = await stage.client.callWebhook(path, { body: { taskId: 'none' } });
	expect(response.status).toBe(401);
});
