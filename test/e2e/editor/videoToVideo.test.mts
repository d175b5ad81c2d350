import { useEditor } from '../browsers.mts';
import { useSharedStage, seedanceNode } from '../stage.mts';
import { openNode, picture } from './nodeView.mts';

const VIDEO_TO_VIDEO = { type: 'n8n-nodes-seedance.seedanceVideoToVideo', typeVersion: 1 };

const stage = useSharedStage();
const editor = useEditor(stage);

const open = async (parameters: Record<string, unknown>) =>
	await openNode(stage, editor(), seedanceNode(stage, 'fal', parameters, VIDEO_TO_VIDEO));

test('an operation shows what is left to choose, and no more', async () => {
	const { view } = await open({ operation: 'edit', prompt: 'It snows' });
	const parameters = await view.parameters();
	expect(parameters.slice(0, 6)).toEqual([
		'operation',
		'provider',
		'model',
		'prompt',
		'videoInputType',
		'videoUrl',
	]);
	expect(parameters).toContain('resolution');
	for (const forced of ['aspectRatio', 'duration']) expect(parameters).not.toContain(forced);
	expect(await view.choices('provider')).not.toContain('OpenRouter');
	expect(await view.choices('model')).toEqual(['Seedance 2.5', 'Seedance 2.5 US', 'Custom']);
	expect(await view.offeredOptions()).not.toContain('Task Type');
	await picture(editor(), 'video-to-video-edit');
});

test('another operation brings its own, and marks nothing', async () => {
	const { view } = await open({ operation: 'edit', prompt: 'It snows' });
	await view.choose('operation', 'Extend');
	expect(await view.parameters()).toEqual(expect.arrayContaining(['videoUrl', 'duration']));
	expect(await view.parameters()).not.toContain('aspectRatio');
	expect(await view.marked()).toEqual([]);
	await view.choose('operation', 'Reference');
	expect(await view.parameters()).toEqual(expect.arrayContaining(['aspectRatio', 'duration']));
	expect(await view.choices('provider')).toContain('OpenRouter');
	expect(await view.marked()).toEqual([]);
	await picture(editor(), 'video-to-video-reference');
});

test('a file is asked for by its field, and a prompt only where it is needed', async () => {
	const { view } = await open({ operation: 'reference' });
	expect(await view.marked()).toEqual(['prompt']);
	await view.choose('videoInputType', 'Binary File');
	const parameters = await view.parameters();
	expect(parameters).toContain('videoBinaryPropertyName');
	expect(parameters).not.toContain('videoUrl');
	await view.choose('model', 'Seedance 2.5');
	expect(await view.marked()).toEqual([]);
});
