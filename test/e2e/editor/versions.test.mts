import { useEditor } from '../browsers.mts';
import { useSharedStage, seedanceNode } from '../stage.mts';
import { until } from '../workflows.mts';
import { openNode, picture } from './nodeView.mts';

const stage = useSharedStage({ sandbox: { generationMs: 1000 } });
const editor = useEditor(stage, { width: 1600, height: 1400 });

const first = ['provider', 'model', 'prompt', 'aspectRatio', 'resolution', 'duration'];
const last = ['downloadVideo', 'binaryPropertyName', 'simplify'];
const isPicture = (name: string) => /^(aspectRatio|resolution|duration)$/.test(name);

/** The input of the last order, after the workflow has run to its end. */
async function orderOf(workflowId: string): Promise<unknown> {
	const execution = await stage.client.waitForExecution(await stage.client.runManually(workflowId));
	expect(execution.status).toBe('success');
	return stage.sandbox.tasks().at(-1)?.input;
}

test.each([1, 2])('a saved node of version %i opens as it was, and runs', async (typeVersion) => {
	const options = { taskLedger: `version_${typeVersion}`, generateAudio: false, pollInterval: 1 };
	const parameters = { prompt: 'A paper boat', duration: 6, options };
	const saved = seedanceNode(stage, 'fal', parameters, { typeVersion });
	const { view, workflowId } = await openNode(stage, editor(), saved);
	const shown = await view.parameters();
	const inNode = [...first, 'completion', ...last];
	expect(shown.slice(0, inNode.length)).toEqual(inNode);
	expect(shown.slice(inNode.length).toSorted()).toEqual(Object.keys(options).toSorted());
	expect(await view.shown('taskLedger')).toBe(options.taskLedger);
	expect(await view.marked()).toEqual([]);
	await picture(editor(), `text-to-video-${typeVersion}`);
	expect(await orderOf(workflowId)).toMatchObject({ generate_audio: false, duration: '6' });
});

test('in version 3 sound stands beside the duration, and Task Ledger is a switch', async () => {
	const parameters = { prompt: 'A paper boat', options: { pollInterval: 1 } };
	const { view, workflowId } = await openNode(
		stage,
		editor(),
		seedanceNode(stage, 'fal', parameters, { typeVersion: 3 }),
	);
	const ledger = ['completion', 'taskLedger'];
	expect(await view.parameters()).toEqual([
		...[...first, 'generateAudio', ...ledger, ...last],
		'pollInterval',
	]);
	const picked = (await view.parameters()).filter(isPicture);
	expect(picked).toEqual(['aspectRatio', 'resolution', 'duration']);
	await view.parameter('taskLedger').locator('.el-switch').click();
	await view.parameter('taskLedgerTable').waitFor();
	expect(await view.shown('taskLedgerTable')).toBe('seedance_tasks');
	await picture(editor(), 'text-to-video-3');
	expect(await orderOf(workflowId)).toMatchObject({ generate_audio: true });
});

test('a new Image to Video asks for the image first, and says how the prompt calls references', async () => {
	const type = 'n8n-nodes-seedance.seedanceImageToVideo';
	const parameters = {
		model: 'bytedance/seedance-2.5/reference-to-video',
		referenceImages: { image: [{ url: 'https://example.com/one.png' }, { url: '' }] },
	};
	const more = { type, typeVersion: 3 };
	const { view } = await openNode(stage, editor(), seedanceNode(stage, 'fal', parameters, more));
	const notice = editor().page.getByText('In the prompt, references are called @Image1, @Image2');
	await notice.waitFor();
	await picture(editor(), 'image-to-video-references');
	await view.choose('model', 'Seedance 2.0 Fast');
	await until(async () => (await notice.count()) === 0, 'the notice goes');
	const shown = await view.parameters();
	expect(shown.indexOf('imageUrl')).toBeLessThan(shown.indexOf('prompt'));
	await picture(editor(), 'image-to-video-3');
});

test('a new trigger begins with what is needed', async () => {
	const type = 'n8n-nodes-seedance.seedanceTrigger';
	const { view } = await openNode(stage, editor(), seedanceNode(stage, 'fal', {}, { type }));
	expect(await view.parameters()).toEqual(['provider', 'events']);
	await editor().page.getByText('Publish this workflow').waitFor();
	await picture(editor(), 'trigger');
});
