import { testId } from '../../../lab/browser.mts';
import { useEditor } from '../browsers.mts';
import { useSharedStage, seedanceNode } from '../stage.mts';
import { until } from '../workflows.mts';
import { openNode, picture } from './nodeView.mts';

const stage = useSharedStage({ sandbox: { generationMs: 1000 } });
const editor = useEditor(stage, { width: 1600, height: 1400 });

test('a further vendor of Seedance Task is added by hand: its credential is asked for', async () => {
	const type = 'n8n-nodes-seedance.seedanceTask';
	const parameters = { operation: 'wait', taskId: '={{ $json.taskId }}' };
	await openNode(stage, editor(), seedanceNode(stage, 'apikley', parameters, { type }));
	const slots = editor().page.locator(testId('node-credentials-slot'));
	const labels = async () => (await slots.allInnerTexts()).join(' ');
	expect(await labels()).toContain('Apikley');
	expect(await labels()).not.toContain('Fal');

	await editor().page.getByText('Add Provider').click();
	await editor().page.locator(testId('parameter-input-provider')).nth(1).click();
	await editor()
		.page.locator(`${testId('parameter-input-item')}:visible`)
		.filter({ has: editor().page.locator('.option-headline').getByText('fal', { exact: true }) })
		.click();
	const isAsked = async () => (await labels()).includes('Credential for Fal API');
	await until(isAsked, "the vendor's credential is asked for");
	await picture(editor(), 'other-provider-added');
});
