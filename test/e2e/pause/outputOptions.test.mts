import { outputOf } from '../../../lab/n8nClient.mts';
import { useSharedStage } from '../stage.mts';
import { finishedExecution, startTextRun } from '../workflows.mts';
import { FINISH_TIMEOUT_MS, pausedRun } from './pausedRuns.mts';

const stage = useSharedStage({ settled: true });

test(
	'a paused item keeps its own fields and the name of its file',
	async () => {
		const options = { includeInputFields: true, fileName: '=Folge – {{ $json.prompts }}/x.mp4' };
		const run = pausedRun('wavespeed', 2, { parameters: { options } });
		const executionId = await startTextRun(stage, run);
		const execution = await finishedExecution(stage, executionId, FINISH_TIMEOUT_MS);
		const rows = outputOf(execution, 'After');
		expect(rows.map(({ json }) => [json.prompts, json.status])).toEqual([
			['clip 0', 'succeeded'],
			['clip 1', 'succeeded'],
		]);
		expect(rows.map(({ binary }) => binary?.data?.fileName)).toEqual([
			'Folge – clip 0_x.mp4',
			'Folge – clip 1_x.mp4',
		]);
		for (const { json } of rows) expect(json).not.toHaveProperty('parked');
	},
	FINISH_TIMEOUT_MS,
);
