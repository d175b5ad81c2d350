import { vendors } from '../../../sandbox/vendors/index.mts';
import { createTrigger } from '../callbacks/trigger.mts';
import { useSharedStage, type VendorId } from '../stage.mts';
import { finishedExecutions, rowsOf, startTextRun, textModels } from '../workflows.mts';

const FINISH_TIMEOUT_MS = 240_000;
const COMPLETIONS = ['wait', 'pause', 'notify'] as const;

const stage = useSharedStage({ settled: true, sandbox: { generationMs: 3000 } });
const rows = new Map<string, Array<Record<string, unknown>>>();

async function run(vendor: VendorId, completion: (typeof COMPLETIONS)[number]): Promise<void> {
	const trigger = completion === 'notify' ? await createTrigger(stage, { vendor }) : undefined;
	const id = await startTextRun(stage, {
		vendor,
		itemCount: 1,
		promptSuffix: ` (${vendor} ${completion})`,
		parameters: { completion, ...(trigger && { callbackUrl: trigger.url }) },
	});
	const executions =
		trigger === undefined
			? await finishedExecutions(stage, [id], FINISH_TIMEOUT_MS)
			: await trigger.executions(1, FINISH_TIMEOUT_MS);
	rows.set(`${vendor} ${completion}`, executions.flatMap(rowsOf));
}

const cases = vendors.flatMap((vendor) =>
	COMPLETIONS.map((completion) => ({ vendor, completion })),
);

beforeAll(async () => {
	await Promise.all(cases.map(async ({ vendor, completion }) => await run(vendor, completion)));
}, FINISH_TIMEOUT_MS + 120_000);

/** OpenRouter gives no address of the file, but its own one that needs the key. */
const videoPath = (vendor: string, taskId: string) =>
	vendor === 'openrouter'
		? `/videos/${encodeURIComponent(taskId)}/content`
		: `/media/${encodeURIComponent(taskId)}.mp4`;

test.each(cases)('$vendor, $completion: one order, its own video', ({ vendor, completion }) => {
	const tasks = stage.sandbox
		.tasks()
		.filter(({ input }) => JSON.stringify(input).includes(`(${vendor} ${completion})`));
	expect(tasks).toHaveLength(1);
	expect(rows.get(`${vendor} ${completion}`)).toMatchObject([
		{
			provider: vendor,
			model: textModels[vendor],
			taskId: tasks[0]?.taskId,
			status: 'succeeded',
			videoUrl: expect.stringContaining(videoPath(vendor, tasks[0]?.taskId ?? '')),
		},
	]);
});
