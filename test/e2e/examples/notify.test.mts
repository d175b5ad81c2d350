import { sampleVideo } from '../../../sandbox/media/embedded.mts';
import { outputOf } from '../../../lab/n8nClient.mts';
import type { VendorId } from '../stage.mts';
import { only, rowsOf, TIMEOUT_MS, useExamples } from './examples.mts';

const PROMPT = 'A lighthouse in a storm';

const examples = useExamples();

describe.each<[VendorId | undefined, string]>([
	[undefined, 'modellix'],
	['apikley', 'apikley'],
])('05, %s', (vendor, provider) => {
	test(
		'what 05a submits arrives in 05b once, with its row; so does what fails',
		async () => {
			const { client, n8n } = examples.stage;
			const { id, webhookId } = await examples.create('05b-video-finished.json', { vendor });
			const callbackUrl = `${n8n.webhookUrl}/webhook/${webhookId}/seedance`;
			const submit = async (words: Record<string, string>) =>
				await examples.run('05a-submit.json', {
					vendor,
					words,
					parameters: { 'Seedance Text to Video': { callbackUrl } },
				});

			const submitted = await submit({});
			const task = only(outputOf(submitted, 'Seedance Text to Video'));
			expect(task.json).toMatchObject({ provider, status: 'queued', taskId: expect.any(String) });
			expect(task.binary).toBeUndefined();
			const first = await client.waitForNewExecution(id, [], TIMEOUT_MS);
			const item = only(outputOf(await examples.succeeded(first), 'Video and Its Row'));
			expect(item.json).toMatchObject({
				taskId: task.json.taskId,
				status: 'succeeded',
				videoUrl: expect.stringContaining('.mp4'),
				row: 2,
			});
			expect(await examples.file(item, 'data')).toEqual(sampleVideo);

			await submit({ [PROMPT]: `[fail] ${PROMPT}` });
			const second = await client.waitForNewExecution(id, [first], TIMEOUT_MS);
			expect(rowsOf(await examples.succeeded(second), 'Tell Somebody')).toEqual([
				{ message: expect.stringMatching(/^Row 2 has no video: \S/) },
			]);
			expect(await client.executions({ workflowId: id })).toHaveLength(2);
		},
		TIMEOUT_MS,
	);
});
