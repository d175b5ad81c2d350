import type { IDataObject } from 'n8n-workflow';
import { fakeDataTables } from '../unit/fakes/dataTables.mts';
import { useBench, type Given } from './bench.mts';

/**
 * Nodes as n8n has stored them: without what equals its default, and with options where their version
 * has them. A video with or without sound, at a vendor whose usual model differs between the versions.
 */
const bench = useBench();
const TABLE = 'my_orders';

const saved = (typeVersion: number, parameters: IDataObject): Given => ({
	typeVersion,
	n8n: { tables: fakeDataTables() },
	parameters: { provider: 'aimlapi', downloadVideo: false, ...parameters },
});

async function run(given: Given) {
	const { status, items } = await bench.run(given);
	expect(status).toBe('success');
	expect(items.map(({ json }) => json.status)).toEqual(['succeeded']);
	const [create] = bench.creates();
	return {
		body: create?.json as IDataObject,
		tables: given.n8n?.tables?.tables.map(({ name, rows }) => [name, rows.length]),
	};
}

const silent = 'bytedance/seedance-1-0-lite-t2v';
const loud = 'bytedance/seedance-2-0-fast';

test('a workflow of 0.1: its model, its options', async () => {
	const { body, tables } = await run(saved(1, { options: { taskLedger: TABLE, seed: 7 } }));
	expect(body).toMatchObject({ model: silent, seed: 7 });
	expect(body).not.toHaveProperty('generate_audio');
	expect(tables).toEqual([[TABLE, 1]]);
});

test.each([1, 2])('of version %i: sound is an option', async (version) => {
	const options = { generateAudio: false, taskLedger: TABLE };
	const { body, tables } = await run(saved(version, { model: loud, options }));
	expect(body).toMatchObject({ model: loud, generate_audio: false });
	expect(tables).toEqual([[TABLE, 1]]);
});

test('of version 2: what nobody has added is not sent, and nothing is written down', async () => {
	const { body, tables } = await run(saved(2, {}));
	expect(body).toMatchObject({ model: loud });
	expect(body).not.toHaveProperty('generate_audio');
	expect(tables).toEqual([]);
});

test.each([1, 2])('what only a later one has does nothing in version %i', async (version) => {
	const later = { model: loud, generateAudio: false, taskLedger: true, taskLedgerTable: TABLE };
	const { body, tables } = await run(saved(version, later));
	expect(body).not.toHaveProperty('generate_audio');
	expect(tables).toEqual([]);
});

test('of version 3: what is shown is sent, and nothing is written down', async () => {
	const { body, tables } = await run(saved(3, {}));
	expect(body).toMatchObject({ model: loud, generate_audio: true });
	expect(tables).toEqual([]);
});

test.each([
	['under the name that it begins with', {}, 'seedance_tasks'],
	['under a name of its own', { taskLedgerTable: ` ${TABLE} ` }, TABLE],
	['with its name deleted', { taskLedgerTable: '' }, 'seedance_tasks'],
])('of version 3: without sound, orders written down %s', async (_, more, table) => {
	const given = { generateAudio: false, taskLedger: true, ...more };
	const { body, tables } = await run(saved(3, given));
	expect(body).toMatchObject({ model: loud, generate_audio: false });
	expect(tables).toEqual([[table, 1]]);
});

test('of version 3: what only an earlier one has as options does nothing', async () => {
	const options = { generateAudio: false, taskLedger: TABLE };
	const { body, tables } = await run(saved(3, { options }));
	expect(body).toMatchObject({ generate_audio: true });
	expect(tables).toEqual([]);
});

test('of version 3: a model without sound is told nothing of it', async () => {
	const { body } = await run(saved(3, { model: silent, generateAudio: false }));
	expect(body).not.toHaveProperty('generate_audio');
});
