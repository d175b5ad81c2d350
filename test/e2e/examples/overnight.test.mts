import { sampleVideo } from '../../../sandbox/media/embedded.mts';
import { outputOf } from '../../../lab/n8nClient.mts';
import type { VendorId } from '../stage.mts';
import { only, rowsOf, runsOf, TIMEOUT_MS, useExamples } from './examples.mts';

const FILE = '06-overnight-batch.json';
const FOX = 'A red fox';

const examples = useExamples();

describe.each<[VendorId | undefined, string]>([
	[undefined, 'byteplus'],
	['modellix', 'modellix'],
])('06, %s', (vendor, provider) => {
	test(
		'the batch pauses, on the offline tier, and reports every prompt in its order',
		async () => {
			const { client } = examples.stage;
			const words = { seedance_tasks: `overnight_${provider}`, [FOX]: `[fail] ${FOX}` };
			const id = await examples.start(FILE, { vendor, words });
			await client.waitForExecution(id, { statuses: ['waiting', 'success'] });
			const execution = await examples.succeeded(id);

			const report = only(outputOf(execution, 'Morning Report'));
			const { prompts } = only(outputOf(execution, 'List of Prompts')).json;
			const done = { status: 'succeeded', videoUrl: expect.stringContaining('.mp4') };
			expect(report.json.videos).toMatchObject([
				done,
				{ status: 'failed', error: expect.stringContaining('could not generate') },
				done,
			]);
			expect(report.json.videos).toMatchObject((prompts as string[]).map((prompt) => ({ prompt })));
			expect(report.json.report).toMatch(/^2 of 3 videos are there\.\n/);
			for (const { taskId } of rowsOf(execution, 'Seedance Text to Video')) {
				expect(examples.inputOf(taskId)).toMatchObject({ service_tier: 'flex' });
			}
			const fields = Object.keys(report.binary ?? {});
			expect(fields).toHaveLength(2);
			for (const field of fields) expect(await examples.file(report, field)).toEqual(sampleVideo);
		},
		TIMEOUT_MS,
	);
});

test(
	'without a prompt nothing is ordered',
	async () => {
		const words = { seedance_tasks: 'overnight_nothing' };
		const example = await examples.create(FILE, { words });
		const { nodes, ...rest } = await examples.stage.client.workflow(example.id);
		const emptied = JSON.parse(
			JSON.stringify(nodes).replace(/"value":"\[[^\]]*\]"/, '"value":"[]"'),
		);
		await examples.stage.client.updateWorkflow(example.id, { ...rest, nodes: emptied });
		const id = await examples.stage.client.runManually(example.id);
		const execution = await examples.succeeded(id);
		expect(rowsOf(execution, 'List of Prompts')).toEqual([{ prompts: [] }]);
		expect(runsOf(execution, 'Seedance Text to Video')).toEqual([]);
	},
	TIMEOUT_MS,
);
