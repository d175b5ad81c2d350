import { RETRY } from '../../../nodes/shared/domain/limits';
import { ok } from '../../../nodes/shared/domain/result';
import type { RetryPolicy } from '../../../nodes/shared/domain/retry';
import type { ListedOrder, VendorApi } from '../../../nodes/shared/domain/vendor';
import { createClaims } from '../../../nodes/shared/tasks/claims';
import {
	choose,
	findAgain,
	lostIn,
	type Lost,
	type Others,
} from '../../../nodes/shared/tasks/lost';
import { soughtOf, spanOf } from '../../../nodes/shared/tasks/sought';
import { errorOf, providerOf, valueOf } from '../helpers.mts';
import { scripted, type Script } from './session.mts';

const at = Date.parse('2026-11-30T10:00:00.000Z');
const input = { prompt: 'A boat ', duration: 5, resolution: '720p', aspect_ratio: 'adaptive' };
const sought = { ...soughtOf('mark', 'model', input), until: at + 1000 };
const lost: Lost = { sought, span: spanOf(at, sought.until) };
const later = at + 10 * 60_000;

const listed = (more: Partial<ListedOrder> = {}): ListedOrder => ({
	taskId: 'task',
	createdMs: at,
	modelId: 'model',
	input: { prompt: 'A boat', duration: '5' },
	...more,
});

const alone: Others = {
	isTaken: () => false,
	open: [],
	now: later,
	knownSince: 0,
	isShared: true,
};

const pick = (list: ListedOrder[], others: Partial<Others> = {}, order = lost) =>
	choose(order, list, { ...alone, ...others });

describe('what can be it', () => {
	test.each<[string, Partial<ListedOrder>]>([
		['what it tells is the same, however it is written', {}],
		['more than was sent', { input: { ...input, seed: 42, logs: null } }],
		['what the model has chosen', { input: { ...input, aspect_ratio: '16:9' } }],
		['the vendor’s clock is a little behind', { createdMs: at - 9_000 }],
		['a gateway handed it on late', { createdMs: at + 30_000 }],
	])('%s', (_, more) => {
		expect(valueOf(pick([listed(more)])).taskId).toBe('task');
	});

	test.each<[string, Partial<ListedOrder>]>([
		['another prompt', { input: { prompt: 'A kite' } }],
		['no prompt', { input: { duration: 5 } }],
		['nothing of what went in any more', { input: {} }],
		['another length', { input: { ...input, duration: 10 } }],
		['another model', { modelId: 'other' }],
		['no model', { modelId: undefined }],
		['before it', { createdMs: at - 11_000 }],
		['long after it', { createdMs: at + 60_000 }],
		['no time', { createdMs: undefined }],
		['a time that is none', { createdMs: NaN }],
		['a name of another order', { mark: 'another' }],
		['a callback URL of another order', { callbackUrl: 'https://n8n.example/other' }],
		['an ID that is none', { taskId: '..' }],
	])('not: %s', (_, more) => {
		expect(errorOf(pick([listed(more)]))).toMatch(/^none of its tasks/);
	});

	test('files that went along may be others, where the list does not tell them', () => {
		const image = 'data:image/png;base64,AAAA';
		const withImage = { ...lost, sought: { ...soughtOf('m', 'model', { ...input, image }) } };
		const told = listed({ input: { ...input, image: 'data:image/png;base64,AA…' } });
		expect(errorOf(pick([told], {}, withImage))).toMatch(/^files went along/);
		const named = listed({ mark: 'm', input: undefined });
		expect(pick([named], {}, withImage).ok).toBe(true);
	});

	test.each<[string, Partial<ListedOrder>, Partial<Others>, RegExp | undefined]>([
		['no prompts, no ledger', { input: undefined }, { isShared: false }, /'Task Ledger'/],
		['no prompts, a ledger', { input: undefined }, {}, undefined],
		[
			'no prompts, a ledger, a restart',
			{ input: undefined },
			{ knownSince: at },
			/has started since/,
		],
		['prompts, no ledger', {}, { isShared: false }, undefined],
		['prompts, no ledger, a restart', {}, { isShared: false, knownSince: at }, /has started since/],
		['prompts, a ledger, a restart', {}, { knownSince: at }, undefined],
	])('what others may have ordered: %s', (_, more, others, reason) => {
		const picked = pick([listed(more)], others);
		if (reason === undefined) expect(valueOf(picked).taskId).toBe('task');
		else expect(errorOf(picked)).toMatch(reason);
	});
});

test('its name or its callback URL prove it, whatever else there is', () => {
	const named = listed({ taskId: 'own', mark: 'mark', createdMs: undefined });
	expect(valueOf(pick([listed(), named, listed({ taskId: 'third' })])).taskId).toBe('own');

	const url = 'https://n8n.example/webhook?seedance=token';
	const called = { ...lost, sought: { ...soughtOf('mark', 'model', input, url) } };
	const own = listed({ taskId: 'own', callbackUrl: url });
	expect(valueOf(pick([listed({ taskId: 'b' }), own], {}, called)).taskId).toBe('own');
});

test('the same task twice in a list is one', () => {
	expect(pick([listed(), listed()]).ok).toBe(true);
	expect(errorOf(pick([listed(), listed({ taskId: 'other' })]))).toMatch(/^2 of its tasks/);
});

test('one that another order has, or may have', () => {
	expect(errorOf(pick([listed()], { isTaken: () => true }))).toMatch(/^none/);
	const other = { at, modelId: 'model', sought: { ...sought, mark: 'other' } };
	expect(errorOf(pick([listed()], { open: [other] }))).toMatch(/may be that of another order/);
	// Of an older version, of which no more is known.
	expect(pick([listed()], { open: [{ at, modelId: '' }] }).ok).toBe(false);
	// Another prompt, or another day.
	const kite = { at, modelId: 'model', sought: soughtOf('k', 'model', { prompt: 'A kite' }) };
	const dayBefore = { at: at - 24 * 60 * 60_000, modelId: 'model' };
	expect(pick([listed()], { open: [kite, dayBefore] }).ok).toBe(true);
});

describe('a list without prompts', () => {
	const silent = (more: Partial<ListedOrder> = {}) =>
		listed({ input: undefined, values: { duration: 5 }, ...more });

	test('is believed when the time is over and nobody else has ordered the model', () => {
		expect(pick([silent()]).ok).toBe(true);
		expect(errorOf(pick([silent()], { now: at + 20_000 }))).toMatch(/more orders may still appear/);
		const near = silent({ taskId: 'near', createdMs: at + 5 * 60_000 });
		expect(errorOf(pick([silent(), near]))).toMatch(/other videos of this model/);
		expect(pick([silent(), { ...near, modelId: 'other' }]).ok).toBe(true);
		expect(pick([silent(), { ...near, createdMs: at + 20 * 60_000 }]).ok).toBe(true);
		expect(pick([silent(), near], { isTaken: (taskId) => taskId === 'near' }).ok).toBe(true);
	});

	test('what it tells has to fit', () => {
		expect(pick([silent({ values: { duration: 10 } })]).ok).toBe(false);
	});
});

test('entries that tell nothing of it settle nothing', () => {
	const iso = new Date(at).toISOString();
	expect(lostIn({ state: 'submitting', at: iso })).toBeUndefined();
	expect(lostIn({ state: 'submitted', at: iso, taskId: 't', modelId: 'm' })).toBeUndefined();
	expect(lostIn({ state: 'submitting', at: iso, sought })).toEqual(lost);
});

test('claims: by mark, and what is open stays open until its end is known', () => {
	const claims = createClaims();
	const order = (mark: string) => ({
		at,
		modelId: 'model',
		sought: soughtOf(mark, 'model', input),
	});
	for (const mark of ['a', 'b', 'c']) claims.open(order(mark));
	claims.take('task-a', 'a');
	claims.drop('c');
	claims.lose({ ...order('b').sought, until: at + 5 });
	expect(claims.isTaken('task-a', 'a')).toBe(false);
	expect(claims.isTaken('task-a', 'b')).toBe(true);
	expect(claims.isTaken('task-b', 'b')).toBe(false);
	expect(claims.others('a').map(({ sought: one }) => [one?.mark, one?.until])).toEqual([
		['b', at + 5],
	]);
	expect(claims.others('b')).toEqual([]);
	claims.open(order('d'));
	const [waiting] = claims.others('b');
	expect(waiting?.sought?.until).toBe(at + 60 * 60_000);
});

describe('the list is asked', () => {
	/** A vendor whose list has these orders. */
	const listing = (list: ListedOrder[], script: Script = {}) => {
		const vendor: VendorApi = {
			...providerOf('apikley').vendor,
			*findLost() {
				yield { method: 'GET', url: '/list' };
				return ok(list);
			},
		};
		return scripted({ provider: { ...providerOf('apikley'), vendor }, ...script });
	};

	/** When it is asked, in seconds, while it tells nothing. */
	async function askedAt(policy: RetryPolicy, script: Script = {}) {
		const { session, page, asked } = listing([], script);
		const found = await findAgain(session, page, lost, policy);
		expect(found?.ok).toBe(false);
		return asked.map(({ afterMs }) => Math.round(afterMs / 100) / 10);
	}

	test('ever less often, and not by all at the same moment', async () => {
		expect(await askedAt(RETRY.lostOrder)).toEqual([2, 7, 20, 50]);
		expect(await askedAt(RETRY.lostOrder, { chance: 0.8 })).toEqual([2.4, 8.4, 24, 60]);
	});

	test('for two minutes at most, whatever its answers take', async () => {
		expect(await askedAt(RETRY.lostOrder, { requestMs: 40_000 })).toEqual([2, 47, 100]);
	});

	test('at once at a later try', async () => {
		expect(await askedAt(RETRY.lostOrderLater, { chance: 0.8 })).toEqual([0]);
	});

	test.each([
		[1_000, /^none of its tasks/],
		[1_001, /^it has too many tasks/],
	])('and %i tasks near the order are looked through, or too many', async (count, reason) => {
		const near = Array.from({ length: count }, (_, index) =>
			listed({ taskId: `task-${index}`, modelId: 'other' }),
		);
		const { session, page } = listing(near);
		const found = await findAgain(session, page, lost, RETRY.lostOrderLater);
		expect(found?.ok === false && found.error).toMatch(reason);
	});
});
