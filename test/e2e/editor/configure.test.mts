import type { Locator } from 'playwright-core';
import { providers } from '../../../nodes/shared/providers';
import { testId } from '../../../lab/browser.mts';
import { useEditor } from '../browsers.mts';
import { createChain, manualTrigger, seedanceNode, useSharedStage } from '../stage.mts';
import { NodeView, openNode, picture } from './nodeView.mts';

const IMAGE_TO_VIDEO = { type: 'n8n-nodes-seedance.seedanceImageToVideo' };
const providersInOrder = Object.values(providers).map(({ label }) => label);

const runOptions = ['Additional Parameters', 'Max Parallel Tasks', 'Poll Interval (Seconds)'];

const stage = useSharedStage();
const editor = useEditor(stage);

async function searchNodes(text: string, expected = 'Seedance Text to Video'): Promise<Locator> {
	const id = await createChain(stage, 'Paper boats', [manualTrigger]);
	await editor().openWorkflow(id);
	await editor().page.locator(testId('canvas-handle-plus')).first().click();
	await editor().page.locator(testId('node-creator-search-bar')).fill(text);
	const found = editor().page.locator(testId('item-iterator-item'));
	await found.filter({ hasText: expected }).waitFor();
	return found;
}

const namesOf = async (found: Locator) =>
	await found.locator(testId('node-creator-item-name')).allInnerTexts();

describe('The nodes panel', () => {
	test.each(['seedance', 'video'])('shows both generation nodes for "%s"', async (text) => {
		const found = await searchNodes(text);
		await picture(editor(), `nodes-panel-${text}`);
		for (const name of ['Seedance Text to Video', 'Seedance Image to Video']) {
			const icon = found.filter({ hasText: name }).locator('img').first();
			expect(await icon.getAttribute('src')).toContain('/icons/n8n-nodes-seedance/');
			// Rejects where the icon does not load.
			const width = await icon.evaluate(async (image) => {
				if (!(image instanceof HTMLImageElement)) return 0;
				await image.decode();
				return image.naturalWidth;
			});
			expect(width).toBeGreaterThan(0);
		}
		expect((await namesOf(found)).filter((name) => /poller/i.test(name))).toEqual([]);
	});

	test('tells the trigger from the other nodes', async () => {
		const found = await searchNodes('seedance');
		expect(await namesOf(found)).toContain('Seedance Video Finished');
	});

	test('shows what makes videos first, and Seedance Task last', async () => {
		const names = await namesOf(await searchNodes('seedance'));
		await picture(editor(), 'nodes-panel-order');
		const found = names.filter((name) => name.startsWith('Seedance'));
		const makers = found.filter((name) => / to Video$/.test(name));
		expect(found.slice(0, makers.length)).toEqual(makers);
		expect(makers.length).toBeGreaterThan(1);
		expect(found.at(-1)).toBe('Seedance Task and Account Balance');
	});

	test.each(['generate video', 'create video', 'video generator', 'reel', 'short'])(
		'finds the node that makes a video by "%s"',
		async (text) => {
			const names = await namesOf(await searchNodes(text));
			await picture(editor(), `nodes-panel-${text.replace(' ', '-')}`);
			const place = names.indexOf('Seedance Text to Video');
			expect([text, place >= 0 && place < 4]).toEqual([text, true]);
		},
	);

	test.each(['photo to video', 'animate image'])(
		'finds the one for images by "%s"',
		async (text) => {
			const found = await searchNodes(text, 'Seedance Image to Video');
			await picture(editor(), `nodes-panel-${text.replaceAll(' ', '-')}`);
			expect((await namesOf(found))[0]).toBe('Seedance Image to Video');
		},
	);

	test('does not find the hidden poller by its name', async () => {
		const found = await searchNodes('seedance');
		await editor().page.locator(testId('node-creator-search-bar')).fill('seedance poller');
		await found.filter({ hasText: 'Seedance Text to Video' }).waitFor({ state: 'hidden' });
		expect((await namesOf(found)).filter((name) => /poller/i.test(name))).toEqual([]);
	});

	test('adds the node to the canvas, ready to be filled in', async () => {
		const found = await searchNodes('seedance text');
		await found.filter({ hasText: 'Seedance Text to Video' }).click();
		await editor().page.getByText('Add to workflow').click();
		await editor().page.locator(testId('node-parameters')).first().waitFor();
		const view = new NodeView(editor());
		expect((await view.parameters()).slice(0, 3)).toEqual(['provider', 'model', 'prompt']);
		expect(await view.choices('provider')).toEqual(providersInOrder);
		await picture(editor(), 'node-added');
		await editor().closeNode();
		await editor().node('Seedance Text to Video').waitFor();
	});
});

describe('A node shows what its model has, and no more', () => {
	const last = ['completion', 'downloadVideo', 'binaryPropertyName', 'simplify'];
	const choice = ['aspectRatio', 'resolution', 'duration'];

	test('Apikley text to video', async () => {
		const { view } = await openNode(stage, editor(), seedanceNode(stage, 'apikley', {}));
		expect(await view.parameters()).toEqual(['provider', 'model', 'prompt', ...choice, ...last]);
		const models = await view.choices('model');
		expect([models[0], models.at(-1)]).toEqual(['Seedance 1.0 Pro', 'Custom']);
		expect(await view.choices('aspectRatio')).toEqual([
			'16:9',
			'4:3',
			'1:1',
			'3:4',
			'9:16',
			'9:21',
		]);
		expect(await view.choices('duration')).toEqual(['5', '10']);
		const offered = await view.offeredOptions();
		expect(offered).toEqual(expect.arrayContaining([...runOptions, 'Enable Safety Checker']));
		expect(offered).not.toContain('Watermark');
		await picture(editor(), 'apikley-text-to-video');
	});

	test('Modellix text to video: any whole number of seconds, adaptive ratio', async () => {
		const { view } = await openNode(
			stage,
			editor(),
			seedanceNode(stage, 'modellix', { model: 'seedance-1.0-lite-t2v' }),
		);
		expect(await view.parameters()).toEqual(['provider', 'model', 'prompt', ...choice, ...last]);
		expect(await view.parameter('duration').locator('input').getAttribute('role')).toBe(
			'spinbutton',
		);
		expect(await view.shown('duration')).toBe('5');
		expect(await view.choices('aspectRatio')).toContain('Adaptive');
		const offered = await view.offeredOptions();
		expect(offered).toEqual(
			expect.arrayContaining(['Frames', 'Service Tier', 'Return Last Frame', 'Camera Fixed']),
		);
		expect(offered).not.toContain('Enable Safety Checker');
		await picture(editor(), 'modellix-text-to-video');
	});

	test('Apikley image to video: an image, no aspect ratio', async () => {
		const { view } = await openNode(
			stage,
			editor(),
			seedanceNode(
				stage,
				'apikley',
				{ model: 'bytedance/v1-pro-fast-image-to-video' },
				IMAGE_TO_VIDEO,
			),
		);
		const parameters = await view.parameters();
		expect(parameters).toEqual(expect.arrayContaining(['imageUrl', 'resolution', 'duration']));
		expect(parameters).not.toContain('aspectRatio');
		expect(await view.choices('resolution')).toEqual(['720p', '1080p']);
		expect(await view.choices('provider')).toEqual(providersInOrder);
		expect(await view.offeredOptions()).not.toContain('Camera Fixed');
		await picture(editor(), 'apikley-image-to-video');
	});
});

describe('Switching the provider', () => {
	test('keeps values the other one has and marks nothing', async () => {
		const { view } = await openNode(
			stage,
			editor(),
			seedanceNode(stage, 'apikley', {
				prompt: 'A paper boat',
				aspectRatio: '9:16',
				resolution: '480p',
				duration: 10,
			}),
		);
		for (const provider of ['Modellix', 'AI/ML API', 'Apikley']) {
			await view.choose('provider', provider);
			expect(await view.shown('provider')).toBe(provider);
			expect(await view.shown('model')).toMatch(/^Seedance 1\.0 Lite/);
			expect(await view.shown('prompt')).toBe('A paper boat');
			expect(await view.shown('aspectRatio')).toBe('9:16');
			expect(await view.shown('resolution')).toBe('480p');
			expect(await view.shown('duration')).toBe('10');
			expect(await view.marked()).toEqual([]);
		}
	});

	test('marks a value the other one does not have', async () => {
		const { view } = await openNode(
			stage,
			editor(),
			seedanceNode(stage, 'apikley', { prompt: 'A paper boat', aspectRatio: '9:21' }),
		);
		expect(await view.marked()).toEqual([]);
		await view.choose('provider', 'Modellix');
		expect(await view.marked()).toEqual(['aspectRatio']);
		await picture(editor(), 'provider-switched');
	});

	test('asks for the credential of the new one', async () => {
		const { view } = await openNode(stage, editor(), seedanceNode(stage, 'apikley', {}));
		const slot = editor().page.locator(testId('node-credentials-slot'));
		expect(await slot.innerText()).toContain('Apikley');
		await view.choose('provider', 'AI/ML API');
		await slot.getByText('AI/ML API').first().waitFor();
		expect(await slot.innerText()).not.toContain('Apikley');
	});
});
