import type { IDataObject } from 'n8n-workflow';
import { clock } from '../../nodes/shared/n8n/clock.ts';
import { hostileTexts } from '../hostileTexts.mts';
import { fakeDataTables, type FakeDataTables } from '../unit/fakes/dataTables.mts';
import { generationMs, numbered, ownPrompt, useBench } from './bench.mts';

/** What arrives in an item is input: a visitor of a webhook or an agent's model may have written it. */
const bench = useBench();
const TABLE = 'seedance_tasks';

let tables: FakeDataTables;
beforeEach(() => {
	tables = fakeDataTables();
});

const rows = () => tables.rows(TABLE);
const states = () => rows().map(({ state }) => state);

async function submitted(
	provider: string,
	count = 1,
	options: IDataObject = { taskLedger: TABLE },
) {
	const { items } = await bench.run({
		items: numbered(count),
		n8n: { tables },
		parameters: { ...ownPrompt, provider, completion: 'submit', options },
	});
	await clock.sleep(1000);
	return items.map(({ json }) => json);
}

async function task(
	provider: string,
	operation: string,
	json: IDataObject,
	parameters: IDataObject = {},
) {
	return await bench.run({
		type: 'seedanceTask',
		parameters: {
			provider,
			resource: 'task',
			operation,
			taskId: '={{ $json.taskId }}',
			downloadVideo: false,
			...parameters,
		},
		items: [{ json }],
		n8n: { tables },
	});
}

const paths = () => bench.sandbox().requests.map(({ method, path }) => `${method} ${path}`);
const urlsTo = (path: string) => {
	const url = `${bench.sandbox().baseUrls.fal}${path}`;
	return { status: url, response: url, cancel: url };
};

describe('a row of this package', () => {
	test('ends its order', async () => {
		const [row] = await submitted('apikley');
		expect(row?.ledger).toEqual({
			table: TABLE,
			key: expect.any(String),
			proof: expect.stringMatching(/^[\w-]{43}$/),
		});
		await task('apikley', 'wait', row ?? {});
		expect(states()).toEqual(['succeeded']);
	});

	test('ends its order also from the error output, in `details`', async () => {
		const [row = {}] = await submitted('apikley');
		// The parameter reads the task where a user would.
		const details = { taskId: '={{ $json.details.taskId }}' };
		await task('apikley', 'wait', { error: 'The video …', details: row }, details);
		expect(states()).toEqual(['succeeded']);
	});

	test('leads to the told addresses, also for a model that nobody knows', async () => {
		const { items } = await bench.run({
			n8n: { tables },
			parameters: {
				provider: 'fal',
				completion: 'submit',
				model: 'custom',
				customModel: 'sandbox/next/text-to-video',
			},
		});
		const row = items[0]?.json ?? {};
		expect(row.taskUrls).toHaveProperty('proof');
		const { items: got } = await task('fal', 'get', row);
		expect(got[0]?.json).toMatchObject({ taskId: row.taskId, model: row.model });
	});
});

test('an item whose Task ID cannot be evaluated is that item’s row', async () => {
	const [row = {}] = await submitted('apikley');
	const { status, items } = await bench.run({
		type: 'seedanceTask',
		parameters: {
			provider: 'apikley',
			resource: 'task',
			operation: 'get',
			taskId: "={{ $json.taskId ?? $('Nobody').item.json.x }}",
		},
		items: [{ json: {} }, { json: row }],
		onError: 'continueRegularOutput',
		n8n: { tables },
	});
	expect(status).toBe('success');
	expect(items.map(({ json }) => [typeof json.error, json.taskId])).toEqual([
		['string', undefined],
		['undefined', row.taskId],
	]);
});

describe('a row of somebody else', () => {
	test.each(hostileTexts)('names no table that is looked at: %j', async (text) => {
		const [row = {}] = await submitted('apikley');
		const { operations } = tables;
		const before = operations.length;
		const old = { orderedAt: '2000-01-01T00:00:00Z' };
		for (const ledger of [
			{ table: text, key: 'k' },
			{ table: text, key: text, proof: text },
			{ ...(row.ledger as object), table: text },
			{ ...(row.ledger as object), key: text },
		]) {
			await task('apikley', 'get', { taskId: 'nope', ...old, ledger });
			await task('apikley', 'get', { taskId: row.taskId, ...old, ledger });
			await task('apikley', 'wait', { details: { taskId: 'nope', ...old, ledger }, error: 'x' });
		}
		expect(operations.length).toBe(before);
	});

	const forgeries: ReadonlyArray<
		readonly [string, (row: IDataObject, other: IDataObject) => IDataObject]
	> = [
		['another order’s proof', (row, other) => ({ ...row, ledger: other.ledger })],
		['another task', (row, other) => ({ ...row, taskId: other.taskId })],
		['another model', (row) => ({ ...row, model: 'bytedance/v1-pro-text-to-video' })],
		['a time of its own', (row) => ({ ...row, orderedAt: '2000-01-01T00:00:00.000Z' })],
		['a field more', (row) => ({ ...row, ledger: { ...(row.ledger as object), more: 1 } })],
		['no proof', (row) => ({ ...row, ledger: { ...(row.ledger as object), proof: undefined } })],
		['an empty proof', (row) => ({ ...row, ledger: { ...(row.ledger as object), proof: '' } })],
	];
	test.each(forgeries)('with %s ends no order', async (_, forge) => {
		const [row = {}, other = {}] = await submitted('apikley', 2);
		await clock.sleep(generationMs);
		const forged = forge(row, other);
		const { items } = await task('apikley', 'get', forged);
		expect(items[0]?.json.taskId).toBe(forged.taskId);
		expect(states()).toEqual(['submitted', 'submitted']);
		await task('apikley', 'get', row);
		expect(states().toSorted()).toEqual(['submitted', 'succeeded']);
	});

	test.each(['get', 'cancel', 'wait'])('leads to no path of its own, %s', async (operation) => {
		const [row = {}] = await submitted('fal', 1, {});
		const known = { taskId: row.taskId, model: row.model };
		const before = paths().length;
		for (const path of [
			'/any/path/the/model/likes',
			'/fal/some/other/resource?delete=1',
			`/any/app/requests/${String(row.taskId)}/status`,
			`/fal/a/b/requests/${String(row.taskId)}/../../admin/status`,
		]) {
			const taskUrls = urlsTo(path);
			await task('fal', operation, { ...known, taskUrls });
			await task('fal', operation, { ...row, taskUrls });
			await task('fal', operation, {
				...row,
				taskUrls: { ...taskUrls, proof: (row.taskUrls as IDataObject).proof },
			});
		}
		const asked = new Set(paths().slice(before));
		const base = `/bytedance/seedance-2.0/requests/${String(row.taskId)}`;
		expect([...asked].filter((one) => !one.includes(base))).toEqual([]);
		expect(asked.size).toBeGreaterThan(0);
	});

	test.each(['..', '.', 'a b', 'a\nb', 'x'.repeat(257)])('names no task: %j', async (taskId) => {
		const { error } = await task('replicate', 'cancel', { taskId });
		expect(error?.message).toBe('Task ID is not the ID of a task [item 0]');
		expect(paths()).toEqual([]);
	});

	test('a model that nobody knows is not asked with', async () => {
		const { error } = await task('fal', 'get', { taskId: 't', model: 'any/thing' });
		expect(error?.message).toMatch(/^fal did not take the request/);
		expect(paths()).toEqual([]);
	});
});

describe('an agent’s model', () => {
	/** n8n merges what the model says into the item of the tool. */
	test('says nothing but the parameters', async () => {
		const [row = {}] = await submitted('fal');
		await clock.sleep(generationMs);
		const tool = async (json: IDataObject) =>
			await bench.run({
				type: 'seedanceTaskTool',
				parameters: {
					provider: 'fal',
					resource: 'task',
					operation: 'get',
					taskId: String(row.taskId),
					downloadVideo: false,
					options: { model: String(row.model) },
				},
				items: [{ json }],
				n8n: { tables },
			});
		const { items } = await tool(row);
		expect(items[0]?.json).toMatchObject({ taskId: row.taskId, status: 'succeeded' });
		expect(items[0]?.json).not.toHaveProperty('taskUrls');
		expect(states()).toEqual(['submitted']);
		// Not even that another vendor has made the task.
		expect((await tool({ ...row, provider: 'byteplus' })).status).toBe('success');
	});
});

describe('Additional Parameters', () => {
	test.each([
		['byteplus', 'model', 'ep-other', "Choose the model under 'Model'"],
		['byteplus', 'callback_url', 'https://theirs.example', "under 'When the Video Is Ready'"],
		['volcengine', 'callback_url', 'https://theirs.example', "under 'When the Video Is Ready'"],
		['aimlapi', 'model', 'other/model', "Choose the model under 'Model'"],
		['fal', 'draft_id', 'd', "'Draft ID'"],
	])('%s: %s is not theirs to say', async (provider, name, value, fix) => {
		const additionalParameters = JSON.stringify({ [name]: value });
		const { error } = await bench.run({
			parameters: { provider, options: { additionalParameters } },
		});
		expect(error?.message).toContain(`Additional Parameters must not contain '${name}' for `);
		expect(error?.description).toContain(fix);
		expect(bench.sandbox().requests).toEqual([]);
	});
});
