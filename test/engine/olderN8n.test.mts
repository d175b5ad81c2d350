import { canMakeTables } from '../../nodes/shared/n8n/version';
import { fakeDataTables, type FakeDataTables } from '../unit/fakes/dataTables.mts';
import { numbered, ownPrompt, prompts, useBench } from './bench.mts';
import type { NodeResult } from './harness.mts';

jest.mock('../../nodes/shared/n8n/version', () => ({
	canPark: () => false,
	canMakeTables: jest.fn(),
	takesDetails: () => false,
}));

const bench = useBench();
const TABLE = 'seedance_tasks';

let tables: FakeDataTables;
beforeEach(() => {
	tables = fakeDataTables();
	jest.mocked(canMakeTables).mockReturnValue(true);
});

const run = async (resumeToken: string) =>
	await bench.run({
		items: numbered(2),
		n8n: { tables, resumeToken },
		parameters: { ...ownPrompt, options: { taskLedger: TABLE } },
	});

const hintsOf = ({ run: { data } }: NodeResult) =>
	data.resultData.runData.Seedance?.at(-1)?.hints?.map(({ message }) => message) ?? [];

describe('An n8n before 2.3, whose workflows make no tables', () => {
	beforeEach(() => {
		jest.mocked(canMakeTables).mockReturnValue(false);
	});

	test('is told to be too old for the Task Ledger, and the videos are ordered all the same', async () => {
		const result = await run('');
		expect(result.status).toBe('success');
		expect(bench.taskIds()).toHaveLength(2);
		expect(hintsOf(result)).toEqual([
			expect.stringMatching(/older than 2\.3, .*Update n8n to use the Task Ledger\.$/),
		]);
		// Nothing of a node that it does not have is tried.
		expect(tables.operations).toEqual([]);
	});

	test('and so says Seedance Task when it is to list the ledger', async () => {
		const { status, error } = await bench.run({
			type: 'seedanceTask',
			n8n: { tables },
			parameters: {
				provider: 'apikley',
				resource: 'task',
				operation: 'getMany',
				source: 'ledger',
				taskLedger: TABLE,
			},
		});
		expect(status).toBe('error');
		expect(error?.message).toContain('This n8n is older than 2.3');
		expect(error?.description).toContain('Update n8n to use the Task Ledger.');
	});
});

describe('An n8n before 2.14, which gives executions no token', () => {
	test('is told not to know retried executions', async () => {
		const result = await run('');
		expect(hintsOf(result)).toEqual([expect.stringMatching(/older than 2\.14 .*Retry execution/)]);
		expect(tables.rows(TABLE)).toHaveLength(2);
	});

	test('which a newer one is not', async () => {
		expect(hintsOf(await run('token'))).toEqual([]);
	});
});

test('An n8n before 2.36: a failed item has the task’s fields in `message` on the error output', async () => {
	const { items, errorItems } = await bench.run({
		parameters: ownPrompt,
		items: prompts('A', 'B [fail]'),
		onError: 'continueErrorOutput',
	});
	const [good, bad] = bench.taskIds();
	expect(items.map(({ json }) => json.taskId)).toEqual([good]);
	expect(errorItems.map(({ json }) => json)).toEqual([
		// n8n adds the input item, and takes no other keys.
		{
			prompt: 'B [fail]',
			error: expect.stringContaining('Apikley could not generate the video'),
			message: expect.objectContaining({ taskId: bad, status: 'failed', provider: 'apikley' }),
		},
	]);
});
