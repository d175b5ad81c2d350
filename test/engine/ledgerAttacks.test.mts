import type { IDataObject } from 'n8n-workflow';
import { clock } from '../../nodes/shared/n8n/clock.ts';
import { fakeDataTables, type FakeDataTables } from '../unit/fakes/dataTables.mts';
import { generationMs, numbered, ownPrompt, prompts, useBench, type Given } from './bench.mts';

const bench = useBench();
const TABLE = 'seedance_tasks';
const token = 'token-of-the-first-execution';

let tables: FakeDataTables;

beforeEach(() => {
	tables = fakeDataTables();
});

const states = () => tables.rows(TABLE).map(({ state }) => state);
const parametersWith = (options: IDataObject = {}) => ({
	...ownPrompt,
	options: { taskLedger: TABLE, ...options },
});
const run = async (more: Given = {}) =>
	await bench.run({
		items: numbered(1),
		n8n: { tables, resumeToken: token },
		parameters: parametersWith(),
		...more,
	});
const task = async (parameters: IDataObject, json: IDataObject[] = [{}]) =>
	await bench.run({
		type: 'seedanceTask',
		parameters: { provider: 'apikley', resource: 'task', downloadVideo: false, ...parameters },
		items: json.map((one) => ({ json: one })),
		n8n: { tables },
	});
const leftOver = async () =>
	await task({ operation: 'getMany', source: 'ledger', taskLedger: TABLE, olderThanMinutes: 0 });

test('a second retry of the same execution goes on with what the first retry has paid for', async () => {
	bench.fault({ operation: 'create', times: 1, effect: { kind: 'failTask' } });
	const first = await run();
	expect(first.status).toBe('error');
	const again = {
		n8n: { tables, resumeToken: token, executionId: '2' },
		parameters: parametersWith({ timeout: 0.1 }),
	};
	const second = await first.retry(again);
	expect(second.error?.message).toContain('was not finished');
	expect(bench.creates()).toHaveLength(2);
	await first.retry({ ...again, n8n: { ...again.n8n, executionId: '3' } });
	expect(bench.creates()).toHaveLength(2);
});

test('a row that the user has mended counts for Retry execution', async () => {
	bench.fault({ operation: 'create', times: 1, effect: { kind: 'httpAfter', status: 502 } });
	const first = await run();
	expect(states()).toEqual(['unknown']);
	const [taskId] = bench.taskIds();
	const [row] = tables.tables[0]?.rows ?? [];
	Object.assign(row ?? {}, { state: 'submitted', taskId });
	const { status, items } = await first.retry();
	expect(status).toBe('success');
	expect(items[0]?.json.taskId).toBe(taskId);
	expect(bench.creates()).toHaveLength(1);
});

test('videos that no node has put out stay left over, where another item fails', async () => {
	bench.fault({ operation: 'create', times: 1, effect: { kind: 'failTask' } });
	await run({
		items: numbered(3),
		parameters: { ...parametersWith({ maxParallel: 1 }), completion: 'submit' },
	});
	await clock.sleep(1);
	const listed = await leftOver();
	const waited = await task(
		{ operation: 'wait' },
		listed.items.map(({ json }) => json),
	);
	expect(waited.status).toBe('error');
	expect(waited.items).toEqual([]);
	expect((await leftOver()).items).toHaveLength(2);
});

test('the same in the node that orders', async () => {
	const { status } = await run({ items: prompts('[fail]', 'Clip 1', 'Clip 2') });
	expect(status).toBe('error');
	await clock.sleep(1);
	expect((await leftOver()).items).toHaveLength(2);
});

test('a ledger that cannot be read once does not make a retried run pay again', async () => {
	await run({ items: numbered(3), parameters: parametersWith({ timeout: 0.1 }) });
	expect(bench.creates()).toHaveLength(3);
	let isFirst = true;
	tables.failWith((operation) => {
		if (operation !== 'get' || !isFirst) return undefined;
		isFirst = false;
		return 'SQLITE_BUSY: database is locked';
	});
	await run({
		items: numbered(3),
		mode: 'retry',
		n8n: { tables, resumeToken: token, executionId: '2' },
	});
	expect(bench.creates()).toHaveLength(3);
});

test('a ledger that lacks a column of no weight still tells what is paid', async () => {
	await run({ items: numbered(3), parameters: parametersWith({ timeout: 0.1 }) });
	const [table] = tables.tables;
	const at = table?.columns.findIndex(({ name }) => name === 'resolution') ?? -1;
	expect(at).toBeGreaterThan(0);
	table?.columns.splice(at, 1);
	await run({
		items: numbered(3),
		mode: 'retry',
		n8n: { tables, resumeToken: token, executionId: '2' },
	});
	expect(bench.creates()).toHaveLength(3);
});

test('a task that another vendor made is not asked for at this one', async () => {
	const before = clock.now();
	const { status, error } = await task({ operation: 'wait' }, [
		{ taskId: 'cgt-of-byteplus', provider: 'byteplus', model: 'x', status: 'queued' },
	]);
	expect(status).toBe('error');
	expect(error?.message).toBe('The task was made by BytePlus, and this node asks Apikley [item 0]');
	expect(clock.now() - before).toBeLessThan(1_000);
});

test('a ledger that cannot be read at all keeps a retried run from paying', async () => {
	await run({ items: numbered(2), parameters: parametersWith({ timeout: 0.1 }) });
	tables.failWith((operation) => (operation === 'get' ? 'database is locked' : undefined));
	const again = { mode: 'retry', n8n: { tables, resumeToken: token, executionId: '2' } } as const;
	const { error } = await run({ items: numbered(2), ...again });
	expect(error?.message).toContain('An earlier try may have ordered this video');
	expect(error?.description).toContain('database is locked');
	expect(bench.creates()).toHaveLength(2);
	// The user knows better.
	const knowing = parametersWith({ resubmitUnknown: true });
	await run({ items: numbered(2), ...again, parameters: knowing });
	expect(bench.creates()).toHaveLength(4);
});

test('a run that is no retry orders without the ledger', async () => {
	tables.failWith(() => 'database is locked');
	const { status, run: done } = await run({ items: numbered(2) });
	expect(status).toBe('success');
	expect(bench.creates()).toHaveLength(2);
	expect(tables.tables).toEqual([]);
	const hints = done.data.resultData.runData.Seedance?.at(-1)?.hints ?? [];
	expect(hints.map(({ message }) => message).join()).toContain('database is locked');
});

describe('a row ends', () => {
	const submitToByteplus = async () => {
		await bench.run({
			items: numbered(1),
			n8n: { tables, resumeToken: token },
			parameters: {
				provider: 'byteplus',
				...parametersWith(),
				completion: 'submit',
			},
		});
		await clock.sleep(1);
		return await listed();
	};
	const listed = async () => {
		const found = await atByteplus({
			operation: 'getMany',
			source: 'ledger',
			taskLedger: TABLE,
			olderThanMinutes: 0,
		});
		return found.items.map(({ json }) => json);
	};
	const atByteplus = async (parameters: IDataObject, json?: IDataObject[]) =>
		await task({ provider: 'byteplus', taskId: '={{ $json.taskId }}', ...parameters }, json);

	test('when its task was cancelled', async () => {
		const rows = await submitToByteplus();
		expect((await atByteplus({ operation: 'cancel' }, rows)).status).toBe('success');
		expect(states()).toEqual(['cancelled']);
	});

	test('but stays what it is when its video was handed on before', async () => {
		const rows = await submitToByteplus();
		await clock.sleep(generationMs);
		const [row] = tables.tables[0]?.rows ?? [];
		Object.assign(row ?? {}, { state: 'succeeded' });
		expect((await atByteplus({ operation: 'delete' }, rows)).status).toBe('success');
		expect(states()).toEqual(['succeeded']);
	});

	test('when its task was deleted', async () => {
		const rows = await submitToByteplus();
		await clock.sleep(generationMs);
		expect((await atByteplus({ operation: 'delete' }, rows)).status).toBe('success');
		expect(states()).toEqual(['cancelled']);
	});

	test('also where a row of it was left behind', async () => {
		await submitToByteplus();
		const stored = tables.tables[0]?.rows ?? [];
		stored.push({ ...stored[0], id: 99, rowKey: 'left#1', state: 'succeeded' });
		const found = await atByteplus({
			operation: 'getMany',
			source: 'ledger',
			taskLedger: TABLE,
			orders: 'uncollected',
		});
		expect(found.items).toEqual([]);
	});

	test('when its vendor has forgotten it for days', async () => {
		await submitToByteplus();
		const forgotten = async (daysAgo: number) => {
			const orderedAt = new Date(clock.now() - daysAgo * 24 * 60 * 60_000).toISOString();
			const [stored] = tables.tables[0]?.rows ?? [];
			Object.assign(stored ?? {}, { taskId: 'cgt-forgotten', orderedAt });
			return await listed();
		};
		await atByteplus({ operation: 'wait' }, await forgotten(1));
		expect(states()).toEqual(['submitted']);
		// Of an item that says so by itself nothing is believed.
		const old = { orderedAt: '2000-01-01T00:00:00.000Z' };
		const said = (await listed()).map((row) => ({ ...row, ...old }));
		await atByteplus({ operation: 'wait' }, said);
		expect(states()).toEqual(['submitted']);
		const { error } = await atByteplus({ operation: 'wait' }, await forgotten(5));
		expect(error?.message).toContain('cannot be known any more');
		expect(states()).toEqual(['expired']);
	});
});
