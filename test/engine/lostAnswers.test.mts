import { clock } from '../../nodes/shared/n8n/clock';
import type { FaultEffect } from '../../sandbox/index.mts';
import { vendors } from '../../sandbox/types.mts';
import { fakeDataTables } from '../unit/fakes/dataTables.mts';
import { LEDGER } from '../unit/fakes/ledger.mts';
import { providerOf } from '../unit/helpers.mts';
import { kits, type VendorKit } from '../vendors/index.mts';
import { numbered, ownPrompt, prompts, useBench, type Given, type VendorId } from './bench.mts';

const bench = useBench({ takesMs: 300_000 });

/** The vendors whose own list can tell of a lost order. */
const listing = vendors.filter((vendor) => kits[vendor].listTells !== undefined);

const listingBy = (what: VendorKit['listTells']): VendorId[] =>
	vendors.filter((vendor) => kits[vendor].listTells === what);

/** Those of them whose list tells what was asked for. */
const telling = listingBy('prompt');

const takenAndLost: FaultEffect = { kind: 'httpAfter', status: 502 };

/** Those whose list tells no prompts, so that nothing is settled without a ledger. */
const silent = listingBy('nothing');

/** Those whose list keeps the name that an order was given. */
const naming = listingBy('name');

test('whose list can tell of a lost order is whose kit says by what', () => {
	const able = vendors.filter((vendor) => providerOf(vendor).vendor.findLost !== undefined);
	expect(able).toEqual(listing);
});

const submitting = (provider: VendorId, { parameters, n8n, ...given }: Given = {}) => {
	const isSilent = silent.includes(provider);
	const options = { ...(isSilent && { taskLedger: LEDGER }), ...Object(parameters?.options) };
	return bench.run({
		...given,
		parameters: { provider, completion: 'submit', ...parameters, options },
		n8n: { ...(isSilent && { tables: fakeDataTables(), resumeToken: 'token' }), ...n8n },
	});
};

test.each(silent)('%s tells no prompts: unknown without the Task Ledger', async (provider) => {
	lose(1);
	const { error } = await bench.run({ parameters: { provider, completion: 'submit' } });
	expect(error?.message).toMatch(/may have accepted/);
	expect(error?.description).toMatch(/with 'Task Ledger' on they know of each other/);
	expect(bench.creates()).toHaveLength(1);
});

const lose = (times: number, effect: FaultEffect = takenAndLost, everyNth?: number) =>
	bench.fault({ operation: 'create', times, effect, ...(everyNth !== undefined && { everyNth }) });

const foundAgain = expect.stringMatching(/found again/);

describe.each(listing)('%s', (provider) => {
	test.each<FaultEffect>([
		takenAndLost,
		{ kind: 'resetAfter' },
		{ kind: 'malformedJsonAfter' },
		{ kind: 'hangAfter' },
	])('an answer lost by $kind: exactly one order can be the one', async (effect) => {
		lose(1, effect);
		const { status, items } = await submitting(provider);
		expect(status).toBe('success');
		expect(items[0]?.json).toMatchObject({ taskId: bench.taskIds()[0], foundAgain });
		expect(bench.creates()).toHaveLength(1);
	});

	test('one of several orders: each has its own task', async () => {
		lose(1, takenAndLost, 3);
		const given = { parameters: ownPrompt, items: numbered(5) };
		const { items } = await submitting(provider, given);
		expect(items.map(({ json }) => json.taskId)).toEqual(bench.taskIds());
		expect(items.map(({ json }) => 'foundAgain' in json)).toEqual([
			false,
			false,
			true,
			false,
			false,
		]);
		expect(bench.creates()).toHaveLength(5);
	});

	test('it was not taken: nothing is found, nothing paid again', async () => {
		bench.fault({ operation: 'create', effect: { kind: 'http', status: 502 } });
		const first = await submitting(provider, { retryOnFail: true, maxTries: 2 });
		expect(first.error?.message).toMatch(/may have accepted/);
		expect(first.error?.description).toMatch(/list of tasks does not settle it: none of/);
		expect(bench.creates()).toHaveLength(1);
	});

	test('a list that lags: found at a later try', async () => {
		lose(1);
		bench.fault({ operation: 'list', times: 4, effect: { kind: 'http', status: 500 } });
		const first = await submitting(provider);
		expect(first.error?.message).toMatch(/may have accepted/);
		const second = await first.retry();
		expect(second.items[0]?.json).toMatchObject({ taskId: bench.taskIds()[0], foundAgain });
		expect(bench.creates()).toHaveLength(1);
	});

	test('found at a later try, and failed meanwhile: ordered anew, like any that failed', async () => {
		lose(1);
		bench.fault({ operation: 'list', times: 4, effect: { kind: 'http', status: 500 } });
		const first = await submitting(provider, { parameters: { prompt: 'A boat [fail]' } });
		await clock.sleep(600_000);
		const second = await first.retry();
		expect(second.items[0]?.json.taskId).toBe(bench.taskIds()[1]);
		expect(second.items[0]?.json).not.toHaveProperty('foundAgain');
		expect(bench.creates()).toHaveLength(2);
	});

	test.each<FaultEffect>([
		{ kind: 'http', status: 403 },
		{ kind: 'http', status: 200, body: { items: 'none', results: 3, data: { items: null } } },
		{ kind: 'http', status: 200, body: [[{}], null, { id: 7, request_id: '../..' }] },
		{ kind: 'malformedJson' },
	])('a list that cannot be read: unknown (%j)', async (effect) => {
		lose(1);
		bench.fault({ operation: 'list', effect });
		const { error } = await submitting(provider, { retryOnFail: true, maxTries: 2 });
		expect(error?.message).toMatch(/may have accepted/);
		expect(bench.creates()).toHaveLength(1);
	});

	test('a list that names a task of which the vendor knows nothing: unknown', async () => {
		lose(1);
		bench.fault({ operation: 'status', effect: { kind: 'http', status: 404 } });
		const { error } = await submitting(provider);
		expect(error?.message).toMatch(/may have accepted/);
		expect(error?.description).toMatch(/of which nothing is to be learnt/);
	});

	test('Order Again After a Lost Answer: looked for before it is paid again', async () => {
		lose(1);
		bench.fault({ operation: 'list', times: 4, effect: { kind: 'http', status: 500 } });
		const { items } = await submitting(provider, {
			retryOnFail: true,
			maxTries: 2,
			parameters: { options: { resubmitUnknown: true } },
		});
		expect(items[0]?.json.taskId).toBe(bench.taskIds()[0]);
		expect(bench.creates()).toHaveLength(1);
	});

	test('Max Orders: a lost order has taken its place', async () => {
		lose(1);
		bench.fault({ operation: 'list', times: 4, effect: { kind: 'http', status: 500 } });
		const first = await submitting(provider, { parameters: { options: { maxOrders: 1 } } });
		const second = await first.retry();
		expect(second.items[0]?.json.taskId).toBe(bench.taskIds()[0]);
	});
});

describe.each(listing.filter((vendor) => !naming.includes(vendor)))('%s', (provider) => {
	test('two identical orders, both lost: unknown, nothing paid again', async () => {
		lose(2);
		const given = { items: numbered(2), onError: 'continueRegularOutput' as const };
		const first = await submitting(provider, given);
		const second = await first.retry();
		for (const { items } of [first, second]) {
			expect(items.map(({ json }) => json.error)).toEqual([
				expect.stringMatching(/may have accepted/),
				expect.stringMatching(/may have accepted/),
			]);
		}
		expect(bench.creates()).toHaveLength(2);
	});

	test('two identical orders, both lost and one taken: unknown', async () => {
		bench.fault({ operation: 'create', times: 1, effect: takenAndLost });
		bench.fault({ operation: 'create', times: 1, effect: { kind: 'http', status: 502 } });
		const { items } = await submitting(provider, {
			items: numbered(2),
			onError: 'continueRegularOutput',
		});
		expect(items.every(({ json }) => /may have accepted/.test(String(json.error)))).toBe(true);
		expect(bench.taskIds()).toHaveLength(1);
	});

	test('another execution has the only task that can be it: unknown', async () => {
		const tables = fakeDataTables();
		const n8n = { tables };
		const options = { taskLedger: LEDGER };
		bench.fault({ operation: 'create', times: 1, effect: { kind: 'http', status: 502 } });
		const lost = submitting(provider, { parameters: { options }, n8n });
		const other = submitting(provider, {
			parameters: { options },
			n8n: { ...n8n, executionId: '2' },
		});
		const [{ error }, { items }] = await Promise.all([lost, other]);
		expect(error?.message).toMatch(/may have accepted/);
		expect(items[0]?.json.taskId).toBe(bench.taskIds()[0]);
		expect(bench.taskIds()).toHaveLength(1);
	});
});

test.each(telling)('%s: the prompt tells two lost orders apart', async (provider) => {
	lose(2);
	const given = { parameters: ownPrompt, items: prompts('A boat', 'A kite') };
	const { items } = await submitting(provider, given);
	expect(items.map(({ json }) => json.taskId)).toEqual(bench.taskIds());
	expect(items.every(({ json }) => 'foundAgain' in json)).toBe(true);
});

test.each(naming)('%s: the name of an order tells identical ones apart', async (provider) => {
	lose(2);
	const { items } = await submitting(provider, { items: numbered(2) });
	expect(items.map(({ json }) => json.taskId)).toEqual(bench.taskIds());
	const names = bench.creates().map(({ headers }) => headers['x-client-request-id']);
	expect(new Set(names).size).toBe(2);
});

test('Replicate: the callback URL tells identical orders apart', async () => {
	lose(2);
	const parameters = {
		completion: 'notify',
		callbackUrl: 'https://n8n.example/webhook/1/seedance',
	};
	const n8n = { startExecution: () => undefined };
	const { items } = await submitting('replicate', { parameters, items: numbered(2), n8n });
	expect(items.map(({ json }) => json.taskId)).toEqual(bench.taskIds());
});

test.each(silent)(
	'%s tells no prompts: an order of somebody else at the time makes it unknown',
	async (provider) => {
		await submitting(provider);
		const [{ path, rawBody: body } = { path: '', rawBody: '' }] = bench.creates();
		// With the same key, and known to nobody here.
		const authorization = `Bearer ${bench.sandbox().apiKeys[provider]}`;
		const headers = { authorization, 'content-type': 'application/json' };
		await fetch(`${bench.sandbox().baseUrls[provider]}${path}`, { method: 'POST', headers, body });
		lose(1);
		const { error } = await submitting(provider);
		expect(error?.description).toMatch(/2 of its tasks can be this one/);
		// A little later it cannot be the one, but shows that the account is not this n8n's alone.
		await clock.sleep(300_000);
		lose(1);
		const later = await submitting(provider);
		expect(later.error?.description).toMatch(/other videos of this model were ordered/);
	},
);

test.each(listingBy(undefined))('%s has no list to ask: unknown at once', async (provider) => {
	lose(1);
	const { error } = await submitting(provider);
	expect(error?.message).toMatch(/may have accepted/);
	expect(bench.clock().elapsed()).toBe(0);
});

test('the ledger says so, and a run that n8n has killed finds it from there', async () => {
	const tables = fakeDataTables();
	const n8n = { tables, resumeToken: 'token' };
	const parameters = { options: { taskLedger: LEDGER } };
	lose(1);
	bench.fault({ operation: 'list', times: 4, effect: { kind: 'http', status: 500 } });
	await submitting('wavespeed', { parameters, n8n });
	expect(tables.rows(LEDGER)).toMatchObject([{ state: 'unknown', taskId: null }]);

	const { items } = await submitting('wavespeed', { parameters, n8n, mode: 'retry' });
	expect(items[0]?.json).toMatchObject({ taskId: bench.taskIds()[0], foundAgain });
	expect(tables.rows(LEDGER)).toMatchObject([
		{ state: 'submitted', taskId: bench.taskIds()[0], reason: foundAgain, sought: null },
	]);
	expect(bench.creates()).toHaveLength(1);
});

test('a ledger that cannot be read says nothing of other orders: unknown', async () => {
	const tables = fakeDataTables();
	let reads = 0;
	tables.failWith((operation) => {
		if (operation !== 'get') return undefined;
		reads += 1;
		return reads > 1 ? 'the database is busy' : undefined;
	});
	lose(1);
	const parameters = { options: { taskLedger: LEDGER } };
	const { error } = await submitting('wavespeed', { parameters, n8n: { tables } });
	expect(error?.description).toMatch(/does not settle it: the database is busy/);
});

test('another node’s order in the ledger has the only task that can be it: unknown', async () => {
	const tables = fakeDataTables();
	const parameters = { options: { taskLedger: LEDGER } };
	lose(1);
	bench.fault({ operation: 'list', times: 4, effect: { kind: 'http', status: 500 } });
	const lost = await submitting('wavespeed', { parameters, n8n: { tables, resumeToken: 'one' } });
	const [taskId] = bench.taskIds();
	// As another process has written it down.
	const [row] = tables.rows(LEDGER);
	tables.rows(LEDGER).push({
		...row,
		state: 'submitted',
		taskId,
		orderKey: 'another',
		rowKey: 'another#1',
	});
	const { error } = await lost.retry();
	expect(error?.description).toMatch(/none of its tasks can be this one/);
	expect(bench.creates()).toHaveLength(1);
});

test.each(telling.filter((vendor) => vendor !== 'apikley'))(
	'%s stands in and its answer is lost: a later try says who had refused',
	async (provider) => {
		const refusal = { kind: 'http', status: 402 } as const;
		bench.fault({ vendor: 'apikley', operation: 'create', effect: refusal });
		bench.fault({ vendor: provider, operation: 'create', times: 1, effect: takenAndLost });
		const fallbackProviders = { fallback: [{ provider }] };
		const options = { timeout: 0.5 };
		const parameters = { provider: 'apikley', fallbackProviders, options };
		const first = await bench.run({ parameters });
		expect(first.error?.message).toMatch(/^The video was not finished after 0.5 minutes/);
		const { items } = await first.retry({ onError: 'continueRegularOutput' });
		expect(items[0]?.json).toMatchObject({
			provider,
			taskId: bench.taskIds()[0],
			foundAgain,
			refusedBy: [{ provider: 'apikley', code: '402' }],
		});
	},
);
