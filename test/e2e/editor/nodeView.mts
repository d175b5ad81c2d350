import type { Locator } from 'playwright-core';
import { join } from 'node:path';
import { testId, type EditorPage } from '../../../lab/browser.mts';
import type { WorkflowNode } from '../../../lab/n8nClient.mts';
import { createChain, manualTrigger, type SharedStage } from '../stage.mts';

/** What n8n adds to the parameters of every node, on a hidden tab of the same panel. */
const SETTINGS = [
	'alwaysOutputData',
	'executeOnce',
	'retryOnFail',
	'onError',
	'notes',
	'notesInFlow',
	'maxTries',
	'waitBetweenTries',
];

/** The opened node: what a person sees and does in it. */
export class NodeView {
	constructor(private readonly editor: EditorPage) {}

	private get page() {
		return this.editor.page;
	}

	parameter(name: string): Locator {
		return this.page.locator(testId(`parameter-input-${name}`));
	}

	/** Names of the parameters in view, in their order. */
	async parameters(): Promise<string[]> {
		const ids = await this.page
			.locator(`${testId('node-parameters')} [data-test-id^="parameter-input-"]`)
			.evaluateAll((found) => found.map((element) => element.getAttribute('data-test-id') ?? ''));
		return ids
			.map((id) => id.slice('parameter-input-'.length))
			.filter((name) => name !== 'field' && !SETTINGS.includes(name));
	}

	/** What stands in a parameter's field, as shown. */
	async shown(name: string): Promise<string> {
		return await this.parameter(name).locator('input, textarea').first().inputValue();
	}

	async choices(name: string): Promise<string[]> {
		await this.parameter(name).click();
		await this.openItems().first().waitFor();
		const texts = await this.openItems().locator('.option-headline').allInnerTexts();
		await this.page.keyboard.press('Escape');
		await this.openItems().first().waitFor({ state: 'hidden' });
		return texts.map((text) => text.trim());
	}

	async choose(name: string, label: string): Promise<void> {
		await this.parameter(name).click();
		await this.openItems()
			.filter({ has: this.page.locator('.option-headline').getByText(label, { exact: true }) })
			.click();
		await this.openItems().first().waitFor({ state: 'hidden' });
	}

	/** What "Add Option" offers; the list stays open. */
	async offeredOptions(): Promise<string[]> {
		await this.page.locator(testId('collection-parameter-add')).click();
		const offered = this.page.locator(`${testId('collection-parameter-option')}:visible`);
		await offered.first().waitFor();
		return await offered.allInnerTexts();
	}

	/** Parameters that n8n marks as wrong. */
	async marked(): Promise<string[]> {
		const names = await this.parameters();
		const isMarked = await Promise.all(
			names.map(
				async (name) =>
					(await this.page
						.locator(testId('parameter-item'))
						.filter({ has: this.parameter(name) })
						.locator(testId('parameter-issues'))
						.count()) > 0,
			),
		);
		return names.filter((_, index) => isMarked[index]);
	}

	async runStep(): Promise<void> {
		await this.page.locator(testId('node-execute-button')).click();
	}

	output(): Locator {
		return this.page.locator(testId('output-panel'));
	}

	private openItems(): Locator {
		return this.page.locator(`${testId('parameter-input-item')}:visible`);
	}
}

/** Pictures for the eyes of whoever changes the nodes; git does not keep them. */
export async function picture(editor: EditorPage, name: string): Promise<void> {
	// An animation stopped halfway would look like a fault of the page.
	await editor.page.screenshot({ path: join('artifacts', `${name}.png`), animations: 'disabled' });
}

/** Opens a workflow that is a trigger and this node, and in it the node. */
export async function openNode(
	{ client }: SharedStage,
	editor: EditorPage,
	node: WorkflowNode,
	workflowName = 'Paper boats',
): Promise<{ view: NodeView; workflowId: string }> {
	const isTrigger = node.type.endsWith('Trigger');
	const nodes = isTrigger ? [node] : [manualTrigger, node];
	const id = await createChain({ client }, workflowName, nodes);
	await editor.openWorkflow(id);
	await editor.openNode(node.name);
	return { view: new NodeView(editor), workflowId: id };
}
