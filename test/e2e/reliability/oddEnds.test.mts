import { moderationWord } from '../../../sandbox/odd.mts';
import { outputOf, type Execution } from '../../../lab/n8nClient.mts';
import { createTrigger, submitFor, TRIGGER, type Trigger } from '../callbacks/trigger.mts';
import { errorOf, FINISH_TIMEOUT_MS, pausedRun } from '../pause/pausedRuns.mts';
import { useSharedStage } from '../stage.mts';
import { finishedExecutions, rowsOf, startTextRun } from '../workflows.mts';

/** Two minutes' grace between a poller's rings. */
const TRIGGERED_TIMEOUT_MS = 420_000;

/** Nobody calls at Modellix; Apikley's own call comes as soon as it says that it has finished. */
const vendors = ['apikley', 'modellix'] as const;
type Vendor = (typeof vendors)[number];

const stage = useSharedStage({ sandbox: { generationMs: 500 } });
const triggers = new Map<string, Trigger>();
const paused = new Map<string, Execution>();

const key = (vendor: Vendor, word: string) => `${vendor} ${word}`;
const words = ['[empty]', '[other words]'] as const;

beforeAll(async () => {
	const runs: Array<[string, Promise<string>]> = [];
	for (const vendor of vendors) {
		for (const word of words) {
			const trigger = await createTrigger(stage, { vendor });
			triggers.set(key(vendor, word), trigger);
			await submitFor(stage, trigger.url, { vendor, promptSuffix: ` ${word}` });
			const run = pausedRun(vendor, 1, { promptSuffix: ` ${word}` });
			runs.push([key(vendor, word), startTextRun(stage, run)]);
		}
	}
	const ids = await Promise.all(runs.map(async ([, id]) => await id));
	const ended = await finishedExecutions(stage, ids, FINISH_TIMEOUT_MS);
	runs.forEach(([name], index) => {
		const execution = ended[index];
		if (execution !== undefined) paused.set(name, execution);
	});
}, FINISH_TIMEOUT_MS + 60_000);

const pausedOf = (vendor: Vendor, word: string): Execution => {
	const execution = paused.get(key(vendor, word));
	if (execution === undefined) throw new Error('It has not ended');
	return execution;
};

async function rowOfTrigger(vendor: Vendor, word: string) {
	const executions = await triggers.get(key(vendor, word))?.executions(1, TRIGGERED_TIMEOUT_MS);
	return executions?.flatMap((execution) => outputOf(execution, TRIGGER));
}

describe.each(vendors)('%s', (vendor) => {
	test('Pause: a task that is called finished without a video fails with its words', () => {
		const execution = pausedOf(vendor, '[empty]');
		expect(execution.status).toBe('error');
		expect(errorOf(execution)?.message).toContain('finished the task without a video');
		expect(errorOf(execution)?.message).toContain(moderationWord);
	});

	test('Pause: an end in another vendor’s word brings the video', () => {
		const execution = pausedOf(vendor, '[other words]');
		expect(rowsOf(execution)).toMatchObject([{ status: 'succeeded' }]);
		expect(outputOf(execution, 'Seedance')[0]?.binary?.data?.fileName).toMatch(/\.mp4$/);
	});

	test(
		'Notify: a task that is called finished without a video starts the trigger as failed',
		async () => {
			expect(await rowOfTrigger(vendor, '[empty]')).toMatchObject([
				{
					json: {
						status: 'failed',
						failure: { code: 'noVideo', message: expect.stringContaining(moderationWord) },
					},
				},
			]);
		},
		TRIGGERED_TIMEOUT_MS,
	);

	test(
		'Notify: an end in another vendor’s word starts the trigger with the video',
		async () => {
			const items = await rowOfTrigger(vendor, '[other words]');
			expect(items).toMatchObject([{ json: { status: 'succeeded' } }]);
			expect(items?.[0]?.binary?.data?.fileName).toMatch(/\.mp4$/);
		},
		TRIGGERED_TIMEOUT_MS,
	);
});
