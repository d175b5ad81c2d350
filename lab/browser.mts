import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import type { N8nAccount } from './n8nTypes.mts';

const VIEWPORT = { width: 1440, height: 900 };
const EDITOR_TIMEOUT_MS = 60_000;

/** Without these Chromium calls home at every start, which a closed network refuses slowly. */
const QUIET_FLAGS = [
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** Kept equal to scripts/ensure-installed.mjs. */
export function findChromium(): string {
	const candidates = [
		process.env.CHROMIUM_PATH ?? '',
		'/usr/bin/chromium',
		'/usr/bin/chromium-browser',
		'/usr/bin/google-chrome',
		'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
		'/Applications/Chromium.app/Contents/MacOS/Chromium',
		'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
	];
	const found = candidates.find((path) => existsSync(path));
	if (!found) {
		throw new Error('No Chromium found. Run: node scripts/ensure-installed.mjs chromium');
	}
	return found;
}

export async function launchBrowser(): Promise<Browser> {
	const isRoot = process.getuid?.() === 0;
	return await chromium.launch({
		executablePath: findChromium(),
		headless: true,
		args: isRoot ? [...QUIET_FLAGS, '--no-sandbox'] : QUIET_FLAGS,
	});
}

/** Of the tabs "Editor" and "Executions", as far as they reach into the canvas, in pixels. */
const TABS_HEIGHT = 20;

/** What lies over the canvas and does not belong to the workflow. */
const WITHOUT_CONTROLS = `
	${[
		'canvas-controls',
		'canvas-background',
		'workflow-chat-button',
		'canvas-minimap',
		'execute-workflow-button',
		'node-creator-plus-button',
		'command-bar-button',
		'add-sticky-button',
		'toggle-focus-panel-button',
		'instance-ai-canvas-action-button',
		'canvas-handle-plus-wrapper',
	]
		.map(testId)
		.join(', ')},
	[aria-label="Select trigger node"], [data-reka-popper-content-wrapper], .el-popper, .el-notification { visibility: hidden !important; }
`;

/** n8n spells the attribute with two hyphens, unlike Playwright's own `getByTestId`. */
export function testId(id: string): string {
	return `[data-test-id="${id}"]`;
}

/** One person's view of one n8n: a page that signs in, opens workflows and takes pictures. */
export class EditorPage {
	private constructor(
		readonly page: Page,
		private readonly url: string,
	) {}

	static async signIn(browser: Browser, url: string, account: N8nAccount): Promise<EditorPage> {
		const page = await browser.newPage({ viewport: VIEWPORT });
		page.setDefaultTimeout(EDITOR_TIMEOUT_MS);
		await page.goto(`${url}/signin`);
		await page.locator('input[name="emailOrLdapLoginId"]').fill(account.email);
		await page.locator('input[name="password"]').fill(account.password);
		await page.locator(testId('form-submit-button')).click();
		await page.waitForURL((location) => !location.pathname.startsWith('/signin'));
		return new EditorPage(page, url);
	}

	async openWorkflow(workflowId: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${workflowId}`);
		await this.page.locator(testId('canvas-node')).first().waitFor();
	}

	async openExecution(workflowId: string, executionId: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${workflowId}/executions/${executionId}`);
		await this.page.locator(testId(`execution-preview-details-${executionId}`)).waitFor();
	}

	node(name: string): Locator {
		return this.page.locator(`${testId('canvas-node')}[data-node-name="${name}"]`);
	}

	/** Opens the panel with a node's parameters. */
	async openNode(name: string): Promise<void> {
		await this.node(name).dblclick();
		await this.page.locator(testId('node-parameters')).first().waitFor();
	}

	async closeNode(): Promise<void> {
		await this.page.keyboard.press('Escape');
	}

	/** Presses "Execute workflow" and leaves the waiting to the caller. */
	async executeWorkflow(): Promise<void> {
		await this.page.locator(testId('execute-workflow-button')).first().click();
	}

	/** A picture of the whole workflow, without the editor around it. */
	async canvasPicture(path: string): Promise<void> {
		mkdirSync(dirname(path), { recursive: true });
		await this.page.addStyleTag({ content: WITHOUT_CONTROLS });
		await this.page.locator(testId('canvas-wrapper')).click({ position: { x: 2, y: 2 } });
		await this.page.keyboard.press('1');
		await this.page.mouse.move(0, 0);
		// Fitting in is animated, and n8n gives no sign of its end.
		await this.page.waitForTimeout(800);
		const box = await this.page.locator(testId('canvas-wrapper')).boundingBox();
		if (box === null) throw new Error('The editor shows no canvas');
		const clip = { ...box, y: box.y + TABS_HEIGHT, height: box.height - TABS_HEIGHT };
		await this.page.screenshot({ path, clip, animations: 'disabled' });
	}

	async screenshot(path: string): Promise<void> {
		mkdirSync(dirname(path), { recursive: true });
		await this.page.screenshot({ path });
	}
}
