import { testId } from '../../../lab/browser.mts';
import { useEditor } from '../browsers.mts';
import { useSharedStage, seedanceNode, type VendorId } from '../stage.mts';
import { NodeView, openNode, picture } from './nodeView.mts';

const stage = useSharedStage({ sandbox: { generationMs: 1000 } });
const editor = useEditor(stage, { width: 1600, height: 1500 });

/** Chooses a model of the vendor's live list, as somebody does who searches for it. */
async function chooseListed(view: NodeView, search: string, id: string): Promise<string[]> {
	const { page } = editor();
	await view.choose('model', "From the Vendor's List");
	await page.locator(testId('rlc-input')).first().click();
	const items = page.locator(`${testId('rlc-item')}:visible`);
	await items.first().waitFor();
	const all = await items.allInnerTexts();
	await page.locator(`${testId('rlc-search')} input, input${testId('rlc-search')}`).fill(search);
	await items.filter({ hasText: id }).first().click();
	return all;
}

const tasksOf = (vendor: VendorId) =>
	stage.sandbox.tasks().filter((task) => task.vendor === vendor);

test.each([
	['fal', 'bytedance/seedance-9.9/text-to-video'],
	['replicate', 'bytedance/seedance-9.9'],
	['wavespeed', 'bytedance/seedance-9.9/text-to-video'],
] as const)(
	'%s: a model that no list of ours knows, from its list to its video',
	async (vendor, id) => {
		const node = seedanceNode(stage, vendor, { prompt: 'A boat', options: { pollInterval: 1 } });
		const { view } = await openNode(stage, editor(), node);
		const listed = await chooseListed(view, '9.9', id);
		expect(listed.some((name) => name.endsWith(id))).toBe(true);
		expect(listed.filter((name) => !/seedance/i.test(name))).toEqual([]);

		await view.parameter('duration').waitFor();
		await picture(editor(), `vendor-list-${vendor}`);
		expect(await view.parameters()).toEqual(
			expect.arrayContaining(['aspect_ratio', 'resolution', 'duration', 'camera_speed']),
		);
		expect(await view.choices('resolution')).toEqual(['480p', '8k']);
		await view.choose('resolution', '8k');
		await view.parameter('duration').locator('input').fill('46');
		await view.runStep();
		await view
			.output()
			.getByText(/Duration must be between 3 and 45/)
			.first()
			.waitFor();
		expect(tasksOf(vendor)).toEqual([]);

		await view.parameter('duration').locator('input').fill('7');
		await view.runStep();
		await view.output().locator(testId('radio-button-json')).click();
		await view.output().getByText('succeeded').first().waitFor();
		await picture(editor(), `vendor-list-${vendor}-made`);
		expect(tasksOf(vendor)).toHaveLength(1);
		expect(tasksOf(vendor)[0]).toMatchObject({
			model: id,
			input: { prompt: 'A boat', resolution: '8k', duration: 7 },
		});
	},
);

test('a schema that cannot be used: the node opens and says so', async () => {
	stage.sandbox.addFault({
		vendor: 'wavespeed',
		operation: 'models',
		effect: { kind: 'http', status: 200, body: { code: 200, data: [hostile] } },
	});
	const node = seedanceNode(stage, 'wavespeed', {
		prompt: 'A boat',
		model: 'list',
		listModel: { __rl: true, mode: 'id', value: hostile.model_id },
		options: { pollInterval: 1, additionalParameters: '{"resolution": "8k", "duration": 7}' },
	});
	const { view } = await openNode(stage, editor(), node);
	const { page } = editor();
	await page.getByText(/What this model takes could not be read from WaveSpeed/).waitFor();
	await picture(editor(), 'vendor-list-hostile');
	await view.runStep();
	await view.output().locator(testId('radio-button-json')).click();
	await view.output().getByText('succeeded').first().waitFor();
	expect(tasksOf('wavespeed').at(-1)).toMatchObject({ input: { resolution: '8k', duration: 7 } });
});

/** A name for each of 10,000 parameters, some of which mean harm, and words of a megabyte. */
const hostile = {
	model_id: 'sandbox/seedance-hostile',
	name: '<img src=x onerror=alert(1)> seedance',
	api_schema: {
		api_schemas: [
			{
				request_schema: {
					description: 'x'.repeat(1_000_000),
					properties: Object.fromEntries(
						Array.from({ length: 10_000 }, (_, index) => [
							`<b>${index}</b>`,
							{ $ref: '#', title: '<script>alert(1)</script>' },
						]),
					),
				},
			},
		],
	},
};
