import { clock } from '../../../nodes/shared/n8n/clock.ts';
import { fakeDataTables, type FakeDataTables } from '../../unit/fakes/dataTables.mts';
import { endsInLedger, outcomeNames, type OutcomeName } from '../../unit/fakes/ends.mts';
import { prompts, useBench, type Given } from '../bench.mts';

const bench = useBench();
const TABLE = 'ledger';

let tables: FakeDataTables;
beforeEach(() => {
	tables = fakeDataTables();
});

const promptOf = (outcome: OutcomeName) => (outcome === 'failed' ? 'A [fail]' : 'A');

async function order(outcome: OutcomeName, { parameters, ...more }: Given = {}) {
	if (outcome === 'downloadFailed') bench.fault({ operation: 'media', effect: { kind: 'html' } });
	return await bench.run({
		n8n: { tables },
		items: prompts(promptOf(outcome)),
		...more,
		parameters: {
			prompt: promptOf(outcome),
			downloadVideo: true,
			...parameters,
			options: {
				taskLedger: TABLE,
				pollInterval: 1,
				...(outcome === 'running' && { timeout: 0.1 }),
			},
		},
	});
}

const row = () => tables.rows(TABLE)[0];

describe.each(outcomeNames)('%s stands in the ledger alike, written by', (outcome) => {
	test.each(['continueRegularOutput', 'stopWorkflow'] as const)(
		'the node that ordered it (%s)',
		async (onError) => {
			await order(outcome, { onError });
			expect(row()).toMatchObject(endsInLedger[outcome]);
		},
	);

	test.each([
		['wait', 'continueRegularOutput'],
		['wait', 'stopWorkflow'],
		['get', 'continueRegularOutput'],
		['get', 'stopWorkflow'],
	] as const)('Seedance Task, %s (%s)', async (operation, onError) => {
		const { items } = await order(outcome, { parameters: { completion: 'submit' } });
		if (operation === 'get' && outcome !== 'running') await clock.sleep(60_000);
		await bench.run({
			type: 'seedanceTask',
			n8n: { tables },
			items: items.map(({ json }) => ({ json })),
			onError,
			parameters: {
				provider: 'apikley',
				operation,
				taskId: '={{ $json.taskId }}',
				downloadVideo: true,
				options: { ...(outcome === 'running' && { timeout: 0.1 }) },
			},
		});
		expect(row()).toMatchObject(endsInLedger[outcome]);
	});
});

test('a task that could not even be asked for leaves the row as it is', async () => {
	const { items } = await order('running', { parameters: { completion: 'submit' } });
	const before = row();
	await bench.run({
		type: 'seedanceTask',
		n8n: { tables },
		items: items.map(({ json }) => ({ json })),
		parameters: { provider: 'modellix', operation: 'get', taskId: '={{ $json.taskId }}' },
	});
	expect(row()).toEqual(before);
});
