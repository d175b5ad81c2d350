import { tableRows } from '../ledgerTable.mts';
import type { VendorId } from '../stage.mts';
import { rowsOf, runsOf, TIMEOUT_MS, useExamples } from './examples.mts';

const FILE = '03-sheet-to-batch.json';
const SEEDANCE = 'Seedance Text to Video';

const examples = useExamples();

const rowsIn = async (name: string) => {
	const rows = await tableRows(examples.stage, name);
	return rows.toSorted((a, b) => Number(a.id) - Number(b.id));
};

describe.each<[VendorId | undefined, string, string, number]>([
	[undefined, 'kie', 'credits', 5],
	['byteplus', 'byteplus', 'tokens', 108_900],
	['modellix', 'modellix', 'not told', 0],
])('03, %s', (vendor, provider, unit, cost) => {
	test(
		'every row gets its video or its problem, and the summary counts both',
		async () => {
			const { name, words } = await examples.sheet([
				`${provider} one`,
				`${provider} two [fail]`,
				`${provider} three`,
			]);
			const execution = await examples.run(FILE, { vendor, words });
			const done = {
				state: 'done',
				video_url: expect.stringContaining('.mp4'),
				task_id: expect.any(String),
				cost: cost === 0 ? null : cost,
				cost_unit: unit,
			};
			expect(await rowsIn(name)).toMatchObject([
				{ ...done, prompt: `${provider} one` },
				{
					state: 'failed',
					prompt: `${provider} two [fail]`,
					problem: expect.stringContaining('could not generate'),
					task_id: expect.any(String),
					video_url: null,
				},
				{ ...done, prompt: `${provider} three` },
			]);
			for (const { task_id: taskId, prompt } of await rowsIn(name)) {
				expect(JSON.stringify(examples.inputOf(taskId))).toContain(prompt);
			}
			expect(rowsOf(execution, 'Cost Summary')).toEqual([
				{ state: 'done', cost_unit: unit, count_id: 2, sum_cost: 2 * cost },
				{ state: 'failed', cost_unit: 'none', count_id: 1, sum_cost: 0 },
			]);
		},
		TIMEOUT_MS,
	);
});

test(
	'two runs at the same time, and a third behind them, order every row once',
	async () => {
		const { name, words } = await examples.sheet(['twin one', 'twin two', 'twin three']);
		const { id } = await examples.create(FILE, { words });
		const { client } = examples.stage;
		const started = await Promise.all([client.runManually(id), client.runManually(id)]);
		const both = await Promise.all(started.map((execution) => examples.succeeded(execution)));
		expect(both.flatMap((run) => rowsOf(run, SEEDANCE))).toHaveLength(3);

		const third = await examples.succeeded(await client.runManually(id));
		expect(rowsOf(third, 'Rows to Do')).toEqual([]);
		expect(runsOf(third, SEEDANCE)).toEqual([]);
		expect(examples.vendorsAskedFor('twin')).toHaveLength(3);
		expect((await rowsIn(name)).map(({ state }) => state)).toEqual(['done', 'done', 'done']);
	},
	TIMEOUT_MS,
);

test(
	'without a table, the first run makes it, empty',
	async () => {
		const words = { seedance_prompts: `made_by_${Date.now()}` };
		const execution = await examples.run(FILE, { words });
		expect(rowsOf(execution, 'Rows to Do')).toEqual([]);
		expect(await rowsIn(words.seedance_prompts)).toEqual([]);
		expect(runsOf(execution, SEEDANCE)).toEqual([]);
	},
	TIMEOUT_MS,
);

test(
	'a sheet in which every video fails is counted, too',
	async () => {
		const { words } = await examples.sheet(['lost one [fail]', 'lost two [fail]']);
		const execution = await examples.run(FILE, { words });
		expect(rowsOf(execution, 'Cost Summary')).toEqual([
			{ state: 'failed', cost_unit: 'none', count_id: 2, sum_cost: 0 },
		]);
	},
	TIMEOUT_MS,
);
