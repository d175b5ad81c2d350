import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { sampleVideo } from '../../sandbox/media/embedded.mts';
import { vendors } from '../../sandbox/types.mts';
import { fakeDataTables } from '../unit/fakes/dataTables.mts';
import { providerOf } from '../unit/helpers.mts';
import {
	generationMs,
	numbered,
	ownPrompt,
	useBench,
	type Given,
	type VendorId,
} from './bench.mts';
import { bytesOf, type NodeResult, type SurroundingN8n } from './harness.mts';

const bench = useBench();

const rowsIn = ({ items }: NodeResult): INodeExecutionData[] => items.map(({ json }) => ({ json }));

/** The rows of Submit Only at a vendor, as a Merge node hands them on. */
async function submittedAt(
	provider: VendorId,
	count = 1,
	options: IDataObject = {},
	given: Given = {},
) {
	const parameters = { ...ownPrompt, provider, completion: 'submit', options };
	return rowsIn(await bench.run({ parameters, items: numbered(count), ...given }));
}

const named = (...providers: VendorId[]) => ({
	other: providers.map((provider) => ({ provider })),
});

const collect = (items: INodeExecutionData[], parameters: IDataObject = {}, given: Given = {}) =>
	bench.run({
		type: 'seedanceTask',
		items,
		...given,
		parameters: {
			provider: 'apikley',
			operation: 'wait',
			taskId: '={{ $json.taskId }}',
			otherProviders: named('modellix', 'fal'),
			downloadVideo: false,
			...parameters,
		},
	});

const idsOf = (items: INodeExecutionData[]) => items.map(({ json }) => json.taskId);
const labelOf = (vendor: VendorId) => providerOf(vendor).label;

describe('Wait with the rows of several vendors', () => {
	/** As they come in, not sorted by vendor. */
	const ofThree = async () => {
		const inTurn = ['fal', 'apikley', 'modellix', 'apikley', 'fal', 'modellix'] as const;
		const items = [];
		for (const vendor of inTurn) items.push(...(await submittedAt(vendor)));
		return items;
	};

	test('all come out in order, with their own videos, in the time of one', async () => {
		const items = await ofThree();
		const before = bench.clock().elapsed();
		const { items: rows } = await collect(items, { downloadVideo: true });
		expect(idsOf(rows)).toEqual(idsOf(items));
		expect(rows.map(({ json }) => [json.provider, json.status])).toEqual(
			items.map(({ json }) => [json.provider, 'succeeded']),
		);
		expect(rows.map(({ pairedItem }) => pairedItem)).toEqual(items.map((_, item) => ({ item })));
		for (const row of rows) expect(await bytesOf(row)).toEqual(sampleVideo);
		expect(bench.clock().elapsed() - before).toBeLessThan(1.2 * generationMs);
		expect(bench.creates()).toHaveLength(6);
	});

	test('each is asked for at its own vendor alone', async () => {
		const items = await ofThree();
		await collect(items);
		for (const { vendor, path } of bench.checks()) {
			const own = items.filter(({ json }) => json.provider === vendor);
			const ids = own.map(({ json }) => String(json.taskId));
			expect(ids.some((id) => path.includes(encodeURIComponent(id)))).toBe(true);
		}
	});

	test('each vendor has the tasks of its own limit in flight at once, whoever else waits', async () => {
		// Apikley's documented limit is above Modellix's.
		const counts: VendorId[] = ['apikley', 'modellix', 'fal'];
		const items = [];
		for (const vendor of counts) {
			items.push(...(await submittedAt(vendor, providerOf(vendor).limits.maxParallelTasks)));
		}
		const { items: rows } = await collect(items);
		expect(idsOf(rows)).toEqual(idsOf(items));
		const seen = new Set(bench.checks().map(({ path }) => path));
		expect(seen.size).toBe(items.length);
		const first = bench.checks().slice(0, items.length);
		expect(new Set(first.map(({ path }) => path)).size).toBe(items.length);
	});

	test('Max Parallel Tasks counts all of them together', async () => {
		bench.sandbox().setGenerationMs(0);
		const items = await ofThree();
		bench.sandbox().setGenerationMs(generationMs);
		await collect(items, { options: { maxParallel: 1 } });
		const order = bench.checks().map(({ vendor }) => vendor);
		expect(order).toEqual(items.map(({ json }) => json.provider));
	});

	test('one that fails is its own row, and the error names every task', async () => {
		const items = await submittedAt('apikley');
		bench.fault({ vendor: 'fal', operation: 'create', effect: { kind: 'failTask' } });
		items.push(...(await submittedAt('fal')), ...(await submittedAt('modellix')));
		const { items: rows } = await collect(items, {}, { onError: 'continueRegularOutput' });
		expect(rows.map(({ json }) => [json.provider, json.taskId, json.status])).toEqual(
			items.map(({ json }) => [
				json.provider,
				json.taskId,
				json.provider === 'fal' ? 'failed' : 'succeeded',
			]),
		);
		const { error } = await collect(items);
		expect(error?.message).toMatch(/^fal could not generate the video.*\[item 1\]$/);
		for (const taskId of idsOf(items)) expect(error?.description).toContain(String(taskId));
	});

	test('the rows of an error output are known, too', async () => {
		const [row] = await submittedAt('fal');
		const items = [{ json: { error: 'The video could not be downloaded', details: row?.json } }];
		const { items: rows } = await collect(items as INodeExecutionData[], {
			taskId: '={{ $json.details.taskId }}',
		});
		expect(rows).toMatchObject([
			{ json: { provider: 'fal', taskId: row?.json.taskId, status: 'succeeded' } },
		]);
	});

	test('a stop ends the looking at all of them at once', async () => {
		bench.sandbox().setGenerationMs(60 * 60_000);
		const items = await ofThree();
		const { done, stop } = bench.start({
			type: 'seedanceTask',
			items,
			parameters: {
				provider: 'apikley',
				operation: 'wait',
				taskId: '={{ $json.taskId }}',
				otherProviders: named('modellix', 'fal'),
			},
		});
		while (new Set(bench.checks().map(({ vendor }) => vendor)).size < 3) {
			await new Promise((resolve) => setImmediate(resolve));
		}
		stop();
		const { status } = await done;
		expect(status).toBe('canceled');
		const { length } = bench.checks();
		for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
		expect(bench.checks()).toHaveLength(length);
	});

	test('the ends are written into the ledger of each order', async () => {
		const tables = fakeDataTables();
		const n8n = { tables };
		const options = { taskLedger: 'seedance_tasks' };
		const items = [];
		for (const vendor of ['apikley', 'fal'] as const) {
			items.push(...(await submittedAt(vendor, 1, options, { n8n })));
		}
		const states = () =>
			tables.rows('seedance_tasks').map(({ provider, state }) => [provider, state]);
		expect(states()).toEqual([
			['apikley', 'submitted'],
			['fal', 'submitted'],
		]);
		await collect(items, {}, { n8n });
		expect(states().toSorted()).toEqual([
			['apikley', 'succeeded'],
			['fal', 'succeeded'],
		]);
	});

	test('Get looks once at each', async () => {
		const items = await ofThree();
		const { items: rows } = await collect(items, { operation: 'get' });
		expect(rows.map(({ json }) => [json.taskId, json.status])).toEqual(
			items.map(({ json }) => [json.taskId, 'queued']),
		);
		expect(bench.checks()).toHaveLength(6);
	});
});

test('the rows of all vendors at once, those with addresses of their own among them', async () => {
	const items = [];
	for (const vendor of vendors) items.push(...(await submittedAt(vendor)));
	const before = bench.clock().elapsed();
	const { items: rows } = await collect(items, { otherProviders: named(...vendors.slice(1)) });
	expect(rows.map(({ json }) => [json.provider, json.taskId, json.status])).toEqual(
		items.map(({ json }) => [json.provider, json.taskId, 'succeeded']),
	);
	expect(bench.clock().elapsed() - before).toBeLessThan(1.2 * generationMs);
	// fal's tasks are looked at where fal has said, which the row proves.
	const [address] = Object.values(
		items.find(({ json }) => json.provider === 'fal')?.json.taskUrls as Record<string, string>,
	);
	expect(
		bench.checks().some(({ vendor, path }) => vendor === 'fal' && address?.includes(path)),
	).toBe(true);
});

describe('a vendor that the node does not name', () => {
	test('its row is refused before anything is sent, and says whom to add where', async () => {
		const items = await submittedAt('replicate');
		const { error } = await collect(items);
		expect(error?.message).toBe(
			`The task was made by ${labelOf('replicate')}, and this node asks ${labelOf('apikley')} [item 0]`,
		);
		expect(error?.description).toContain(
			`Add ${labelOf('replicate')} under 'Other Providers' in this node, and choose its credential.`,
		);
		expect(error?.description).toContain(`Task ID: ${String(items[0]?.json.taskId)}.`);
		expect(bench.checks()).toEqual([]);
	});

	test('an operation for one vendor sends it elsewhere', async () => {
		const items = await submittedAt('fal');
		const { error } = await collect(items, { provider: 'byteplus', operation: 'cancel' });
		expect(error?.description).toContain('Send the rows of fal to a Seedance Task of its own');
		expect(bench.requests('cancel')).toEqual([]);
	});
});

const withoutFal = () =>
	Object.fromEntries(
		Object.entries(bench.credentials()).filter(([type]) => type !== 'seedanceFalApi'),
	);

test('a named vendor without a credential is the problem of its own rows', async () => {
	const items = [...(await submittedAt('apikley')), ...(await submittedAt('fal'))];
	const credentials = withoutFal();
	const given = { credentials, onError: 'continueRegularOutput' } as const;
	const { items: rows } = await collect(items, {}, given);
	expect(rows).toMatchObject([
		{ json: { provider: 'apikley', status: 'succeeded' } },
		{
			json: {
				provider: 'fal',
				taskId: items[1]?.json.taskId,
				error: expect.stringMatching(/credential/i),
			},
		},
	]);
});

test('a named vendor of whom no row comes needs no credential', async () => {
	const items = await submittedAt('apikley');
	const credentials = withoutFal();
	const { items: rows } = await collect(items, {}, { credentials });
	expect(rows).toMatchObject([{ json: { status: 'succeeded' } }]);
});

test('of a row about another task than the node’s, the vendor does not count', async () => {
	const [own] = await submittedAt('apikley');
	const items = await submittedAt('fal');
	const { items: rows } = await collect(items, { taskId: own?.json.taskId });
	expect(rows).toMatchObject([{ json: { provider: 'apikley', taskId: own?.json.taskId } }]);
	expect(bench.checks().every(({ vendor }) => vendor === 'apikley')).toBe(true);
});

test('a stranger’s row brings a named vendor no address that it did not give', async () => {
	const [row] = await submittedAt('fal');
	const stranger = { ...row?.json, taskUrls: { status: 'https://evil.example/status' } };
	const { items: rows } = await collect([{ json: stranger }]);
	expect(rows).toMatchObject([{ json: { provider: 'fal', status: 'succeeded' } }]);
	expect(JSON.stringify(bench.sandbox().requests)).not.toContain('evil.example');
});

test('as a tool the node asks its own vendor, whatever the model says', async () => {
	const [row] = await submittedAt('fal');
	const { error, items } = await collect(
		[{ json: { ...row?.json } }],
		{},
		{
			type: 'seedanceTaskTool',
		},
	);
	expect(items).toEqual([]);
	expect(error?.message).toMatch(/^Apikley does not know this task/);
	expect(bench.checks().every(({ vendor }) => vendor === 'apikley')).toBe(true);
});

describe('Notify a Trigger', () => {
	const urlOf = (name: string) => `https://n8n.example/webhook/${name}/seedance`;
	const notify = (fal: string) => ({
		completion: 'notify',
		callbackUrl: urlOf('own'),
		otherProviders: { other: [{ provider: 'fal', callbackUrl: fal }] },
	});

	test('has the trigger of each vendor rung for its own tasks', async () => {
		const items = [...(await submittedAt('apikley')), ...(await submittedAt('fal'))];
		const plans: string[] = [];
		const n8n: SurroundingN8n = {
			startExecution: ({ nodes }) => void plans.push(String(nodes[1]?.parameters.plan)),
		};
		const { status, items: rows } = await collect(items, notify(urlOf('fals')), { n8n });
		expect([status, idsOf(rows)]).toEqual(['success', idsOf(items)]);
		const rings: Array<{ url: string }> = JSON.parse(plans[0] ?? '').rings;
		expect(rings.map(({ url }) => url.split('?')[0])).toEqual([urlOf('own'), urlOf('fals')]);
		expect(bench.checks()).toEqual([]);
	});

	test('says of which vendor the address lacks', async () => {
		const { error } = await collect(await submittedAt('fal'), notify(''));
		expect(error?.message).toBe('Callback URL is not a web address [item 0]');
		expect(error?.description).toContain("This is about fal under 'Other Providers'.");
	});
});
