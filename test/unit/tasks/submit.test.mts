import type { Provider } from '../../../nodes/shared/domain/provider';
import { fail, ok } from '../../../nodes/shared/domain/result';
import type { VendorApi } from '../../../nodes/shared/domain/vendor';
import type { LedgerEntry } from '../../../nodes/shared/tasks/ledger';
import type { Order } from '../../../nodes/shared/tasks/order';
import { takeTask } from '../../../nodes/shared/tasks/submit';
import { errorOf, providerOf, valueOf } from '../helpers.mts';
import {
	failed,
	fault,
	finished,
	modelId,
	refusal,
	scripted,
	state,
	taken,
	taskId,
	type Say,
	type Script,
} from './session.mts';

/** Takes the item's task after what the ledger says of an earlier try. */
async function take(script: Script = {}, more: Partial<Order> = {}, before?: LedgerEntry) {
	const world = scripted(script);
	if (before !== undefined) await world.page.write(before, { model: '' });
	const { result, origin } = await takeTask([world.order(more)]);
	return { ...world, result, origin, entry: await world.page.read() };
}

const at = '2026-11-20T09:00:00.000Z';
const paid: LedgerEntry = { state: 'submitted', at, taskId, modelId };
const unknown: LedgerEntry = { state: 'submitting', at };

/** An answer that tells under which number the vendor finds the request. */
const named = (said: Say, requestId: string): Say =>
	said.ok ? ok({ ...said.value, headers: { 'x-request-id': requestId } }) : said;

describe('an order', () => {
	test('is written down before and after the request', async () => {
		const { result, ordered, entry, log, turns, over } = await take({ requestMs: 3000 });
		expect(ordered).toEqual([
			{
				request: {
					method: 'POST',
					url: '/api/v1/jobs/createTask',
					body: { model: modelId, input: { prompt: 'A paper boat' } },
				},
				afterMs: 0,
				entry: { state: 'submitting', at: '2026-11-20T10:00:00.000Z', providerId: 'apikley' },
			},
		]);
		expect(entry).toEqual({ ...paid, providerId: 'apikley', at: '2026-11-20T10:00:03.000Z' });
		const submittedAt = Date.parse('2026-11-20T10:00:03.000Z');
		expect(valueOf(result)).toMatchObject({ task: { taskId, status: 'queued' }, submittedAt });
		expect(log).toEqual([`Seedance: Apikley accepted task ${taskId} [item 3]`]);
		expect(turns()).toBe(1);
		expect(over).toEqual([1]);
	});

	test('takes the callback URL along', async () => {
		const { ordered } = await take({}, { callbackUrl: 'https://n8n.example/x' });
		expect(ordered[0]?.request.body).toMatchObject({ callBackUrl: 'https://n8n.example/x' });
	});

	test('keeps the addresses that the vendor gave', async () => {
		const taskUrls = { status: 'https://vendor.example/1' };
		const vendor: VendorApi = {
			...providerOf('apikley').vendor,
			readCreated: () => ok({ taskId, status: 'queued', taskUrls }),
		};
		const { entry } = await take({ provider: { ...providerOf('apikley'), vendor } });
		expect(entry).toMatchObject({ taskId, taskUrls });
	});

	test.each<[string, Say]>([
		['a server error', refusal(500)],
		['no answer', fault('noAnswer')],
		['a lost connection', fault('notReachable')],
		['an answer without a task', ok({ httpStatus: 200, headers: {}, body: {}, excerpt: '{}' })],
	])('is not repeated after %s, because it may have been taken', async (_, said) => {
		const { result, ordered, entry } = await take({ orders: [said, taken] });
		expect(errorOf(result).code).toBe('mayHaveBeenAccepted');
		expect(ordered).toHaveLength(1);
		expect(entry).toMatchObject({ state: 'submitting' });
	});

	test.each<[string, Say]>([
		['a refusal for good', refusal(422)],
		['a base URL that is none', fault('rejected', { certainlyNotTaken: true })],
	])('is not repeated after %s, and leaves nothing in the ledger', async (_, said) => {
		const { result, ordered, entry } = await take({ orders: [said, taken] });
		expect(errorOf(result).description).toMatch(/ Nothing was submitted\.$/);
		expect(ordered).toHaveLength(1);
		expect(entry).toBeUndefined();
	});

	test.each<[Say, string]>([
		[named(refusal(422), 'req-77'), 'invalidInput, HTTP 422, request ID req-77'],
		[named(refusal(500), 'req-78'), 'serverError, HTTP 500, request ID req-78'],
		[fault('noAnswer'), 'noAnswer, HTTP without answer, request ID not told'],
	])('that comes to no task is named in the log: %#', async (said, words) => {
		const { log } = await take({ orders: [said] });
		expect(log).toEqual([`Seedance: no task from Apikley [item 3]: ${words}`]);
	});

	test('is repeated after what certainly was not taken and may pass, ever less often', async () => {
		const unreachable = fault('notReachable', { certainlyNotTaken: true });
		const { result, ordered, entry, turns, over } = await take({
			orders: [...Array<Say>(7).fill(unreachable), taken],
		});
		expect(result.ok).toBe(true);
		expect(ordered.map(({ afterMs }) => afterMs / 1000)).toEqual([0, 2, 6, 14, 30, 62, 122, 182]);
		expect(entry).toMatchObject({ state: 'submitted' });
		expect(turns()).toBe(8);
		expect(over).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
	});

	test('waits as long as the vendor says', async () => {
		const { ordered } = await take({ orders: [refusal(429, 45_000), taken] });
		expect(ordered.map(({ afterMs }) => afterMs)).toEqual([0, 45_000]);
	});

	test('comes not at the same moment as others that were refused with it', async () => {
		const unreachable = fault('notReachable', { certainlyNotTaken: true });
		const orders = [...Array<Say>(7).fill(unreachable), taken];
		const { ordered } = await take({ orders, chance: 0.8 });
		const longer = [0, 2, 6, 14, 30, 62, 122, 182].map((count) => count * 1.2);
		ordered.forEach(({ afterMs }, index) => {
			expect(afterMs / 1000).toBeCloseTo(longer[index] ?? NaN);
		});
		expect(ordered).toHaveLength(8);
	});

	test('comes no sooner than the vendor says, and not at the same moment as others', async () => {
		const { ordered } = await take({ orders: [refusal(429, 45_000), taken], chance: 0.8 });
		expect(ordered.map(({ afterMs }) => afterMs)).toEqual([0, 54_000]);
	});

	test('is given up when the next try would come after the timeout', async () => {
		const waiting = { timeoutMinutes: 0.5 };
		const { result, ordered, entry } = await take({ orders: [refusal(429)] }, { waiting });
		expect(errorOf(result).description).toMatch(/ Nothing was submitted\.$/);
		expect(ordered.map(({ afterMs }) => afterMs / 1000)).toEqual([0, 2, 6, 14, 30]);
		expect(entry).toBeUndefined();
	});

	test('is not sent once the execution has stopped', async () => {
		const stop = new AbortController();
		stop.abort(new Error('stopped by the user'));
		const world = scripted({ stopSignal: stop.signal });
		await expect(takeTask([world.order()])).rejects.toThrow('stopped by the user');
		expect(world.over).toHaveLength(world.turns());
		expect(world.ordered).toEqual([]);
		expect(await world.page.read()).toBeUndefined();
	});
});

describe('an item that was ordered before', () => {
	test('goes on with its task, as it is now', async () => {
		const { result, ordered } = await take({ looks: [finished] }, {}, paid);
		expect(valueOf(result)).toMatchObject({
			task: { taskId, status: 'succeeded' },
			submittedAt: Date.parse(at),
		});
		expect(ordered).toEqual([]);
	});

	test('is told with the model that it was ordered with, whatever the node names now', async () => {
		const { origin } = await take({ looks: [finished] }, {}, { ...paid, modelId: 'ordered/with' });
		expect(origin.model).toBe('ordered/with');
	});

	test.each<[string, Say]>([
		['the network', fault('noAnswer')],
		['the vendor', refusal(401)],
		['a vendor that has forgotten it', refusal(404)],
	])('goes on with it when %s does not tell', async (_, said) => {
		const { result, ordered } = await take({ looks: [said] }, {}, paid);
		expect(valueOf(result)).toMatchObject({ task: { taskId, status: 'queued' } });
		expect(ordered).toEqual([]);
	});

	test('is not taken in by an answer about another task', async () => {
		const another = { ...paid, taskId: 'task-2' };
		const { result, ordered } = await take({ looks: [failed] }, {}, another);
		expect(valueOf(result)).toMatchObject({ task: { taskId: 'task-2', status: 'queued' } });
		expect(ordered).toEqual([]);
	});

	test('is ordered anew when its task ended badly', async () => {
		const { ordered, entry } = await take({ looks: [failed] }, {}, paid);
		expect(ordered).toHaveLength(1);
		expect(entry).toMatchObject({ state: 'submitted', at: '2026-11-20T10:00:00.000Z' });
	});

	test('and is not even looked at when that is known', async () => {
		const world = scripted({ looks: [refusal(404)] });
		await world.page.write(paid, { model: '' });
		await world.page.end({ status: 'failed', isCollected: true });
		expect((await takeTask([world.order()])).result.ok).toBe(true);
		expect([world.asked.length, world.ordered.length]).toEqual([0, 1]);
	});

	test('with an unknown end is refused, until the user says so', async () => {
		const refused = await take({}, {}, unknown);
		expect(errorOf(refused.result).code).toBe('mayHaveBeenAccepted');
		expect([refused.ordered, refused.entry]).toEqual([[], unknown]);

		const { result, ordered } = await take({}, { resubmitUnknown: true }, unknown);
		expect(result.ok).toBe(true);
		expect(ordered).toHaveLength(1);
	});

	test('is not ordered anew by the user’s word when its task is known', async () => {
		const { ordered } = await take({ looks: [state('waiting')] }, { resubmitUnknown: true }, paid);
		expect(ordered).toEqual([]);
	});
});

describe('images that have to be uploaded', () => {
	const file = { bytes: new Uint8Array([1]), mimeType: 'image/png', fileName: 'a.png' };
	const media: Order['media'] = [
		{ slot: { wireName: 'first' }, file },
		{ slot: { wireName: 'more', isList: true }, address: 'https://images.example/1.png' },
		{
			slot: { wireName: 'more', isList: true },
			file: { ...file, bytes: new Uint8Array([2]), fileName: 'b.png' },
		},
		{ slot: { wireName: 'last' }, address: 'https://images.example/2.png' },
	];
	const provider: Provider = {
		...providerOf('apikley'),
		vendor: {
			...providerOf('apikley').vendor,
			*upload({ bytes, mimeType, fileName }) {
				const response = yield { method: 'PUT', url: `/${fileName}`, file: { bytes, mimeType } };
				return response.httpStatus === 200
					? ok(`https://files.example/${fileName}`)
					: fail({ kind: 'rejected' as const, message: 'too big', certainlyNotTaken: false });
			},
		},
	};

	test('go before the order, which has their addresses', async () => {
		const { asked, ordered } = await take({ provider }, { media });
		expect(asked.map(({ request }) => request.url)).toEqual(['/a.png', '/b.png']);
		expect(ordered[0]?.request.body).toMatchObject({
			input: {
				prompt: 'A paper boat',
				first: 'https://files.example/a.png',
				more: ['https://images.example/1.png', 'https://files.example/b.png'],
				last: 'https://images.example/2.png',
			},
		});
	});

	test('and that are there only after a stop are followed by no order', async () => {
		const stop = new AbortController();
		const stopping: Provider = {
			...provider,
			vendor: {
				...provider.vendor,
				*upload(given) {
					yield { method: 'PUT', url: `/${given.fileName}` };
					stop.abort(new Error('stopped'));
					return ok('https://files.example/late.png');
				},
			},
		};
		const world = scripted({ provider: stopping, stopSignal: stop.signal });
		const order = world.order({ media: [{ slot: { wireName: 'first' }, file }] });
		await expect(takeTask([order])).rejects.toThrow('stopped');
		expect(world.ordered).toEqual([]);
		expect(await world.page.read()).toBeUndefined();
	});

	test('give way to what the user adds', async () => {
		const additional = { last: 'https://images.example/mine.png', seed: 7 };
		const { ordered } = await take({ provider }, { media, additional });
		expect(ordered[0]?.request.body).toMatchObject({ input: additional });
	});

	test('and that cannot be uploaded cost nothing', async () => {
		const { result, ordered, entry } = await take({ provider, looks: [refusal(413)] }, { media });
		expect(errorOf(result).description).toMatch(/too big.* Nothing was submitted\.$/);
		expect([ordered, entry]).toEqual([[], undefined]);
	});
});

describe('Too many at once', () => {
	/** An order that may fall back, and what the vendor says while this run has a task there. */
	async function crowded(orders: Say[], { endsAfterMs = Infinity, timeoutMinutes = 30 } = {}) {
		const world = scripted({ orders });
		const other = scripted();
		world.session.works.begin('another');
		const { sleep } = world.clock;
		world.clock.sleep = async (ms, signal) => {
			await sleep(ms, signal);
			if (world.elapsedMs() >= endsAfterMs) world.session.works.end('another');
		};
		const session = { ...other.session, providerId: 'modellix' };
		const first = world.order({ waiting: { timeoutMinutes } });
		const { result, origin } = await takeTask([first, other.order({ session })]);
		return { ...world, result, origin, elsewhere: other.ordered };
	}

	test('is waited out while a task of this run is in the works there', async () => {
		const full = Array.from({ length: 12 }, () => refusal(429));
		const { result, origin, elapsedMs, elsewhere } = await crowded([...full, taken]);
		expect(valueOf(result).task.taskId).toBe(taskId);
		expect(origin.provider).toBe('apikley');
		expect(elapsedMs()).toBeGreaterThan(60_000);
		expect(elsewhere).toEqual([]);
	});

	test('is no reason for another vendor after the Timeout either', async () => {
		const { result, elsewhere, elapsedMs } = await crowded([refusal(429)], { timeoutMinutes: 5 });
		expect(errorOf(result).message).toContain('too many requests');
		expect(errorOf(result).description).toContain('Nothing was submitted.');
		expect(elapsedMs()).toBeGreaterThan(4 * 60_000);
		expect(elsewhere).toEqual([]);
	});

	test('is given another minute when the last one has ended, and then another vendor', async () => {
		const { origin, elapsedMs } = await crowded([refusal(429)], { endsAfterMs: 10 * 60_000 });
		expect(origin.provider).toBe('modellix');
		expect(elapsedMs()).toBeGreaterThan(10 * 60_000);
		expect(elapsedMs()).toBeLessThan(13 * 60_000);
	});

	test('of others is passed over after a minute', async () => {
		const { origin, elapsedMs } = await crowded([refusal(429)], { endsAfterMs: 1 });
		expect(origin.provider).toBe('modellix');
		expect(elapsedMs()).toBeLessThan(2 * 60_000);
	});

	test('does not keep an order that is wrong', async () => {
		const { result } = await crowded([refusal(422)]);
		expect(errorOf(result).message).toContain('did not accept the parameters');
	});
});
