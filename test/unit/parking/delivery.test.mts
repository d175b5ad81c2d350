import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { NodeApiError, type INode } from 'n8n-workflow';
import type { TaskStatus } from '../../../nodes/shared/domain/task';
import { deriveCallbackKey } from '../../../nodes/shared/tasks/callbackToken';
import {
	type FakeHost,
	unwatched,
	nonceOf,
	OWN_SECRET,
	queryOf,
	refusedItem,
	submittedTask,
	type Call,
	type Claims,
	type Execution,
} from '../fakes/host.mts';
import { hours, minutes, seconds } from '../fakes/time.mts';
import { jsonAnswer, mediaError, videoOf, videoUrlOf, type VendorTask } from '../fakes/vendor.mts';
import { providerOf } from '../helpers.mts';

const DAY = hours(24);

/** A paused execution that waits for tasks `t0`, `t1` …, each as its status says. */
async function paused(
	statuses: Array<VendorTask['status']>,
	{
		node,
		task,
		credential,
	}: {
		node?: Partial<INode>;
		task?: Parameters<typeof submittedTask>[1];
		credential?: FakeHost['credential'];
	} = {},
) {
	const host = unwatched();
	if (credential !== undefined) host.credential = credential;
	return { host, execution: await host.pauseFor(statuses, task, node) };
}

const pending = (retryAfterSeconds: number, message: string) => ({
	state: 'pending',
	message,
	retryAfterSeconds,
});

const notFinished = (retryAfterSeconds: number) => ({
	...pending(retryAfterSeconds, 'Not finished yet'),
});

const refused = {
	httpStatus: 401,
	body: { state: 'refused', message: 'Not a call for this execution' },
};

const gone = { httpStatus: 410, body: { state: 'gone', message: 'Nothing is waited for here' } };

describe('Who may call', () => {
	test('a poller, by the nonce that only its plan and the parked items hold', async () => {
		const { host, execution } = await paused(['succeeded']);
		const answer = await host.look(execution);
		expect(answer.httpStatus).toBe(200);
		expect(answer.body).toEqual({ state: 'delivered', message: 'Delivered' });
		expect(answer.rows).toHaveLength(1);
	});

	test.each([
		['nothing', undefined],
		['no nonce', {}],
		['a nonce that is none', { nonce: 7 }],
		['a list', [{ nonce: 'n' }]],
		['a text', 'nonce'],
	])('nobody with %s', async (_, body) => {
		const { host, execution } = await paused(['succeeded']);
		expect(await host.ring(execution, { body })).toEqual(refused);
		expect(host.vendor.looks).toEqual([]);
	});

	test('whoever knows another nonce is told that its wait is over', async () => {
		const { host, execution } = await paused(['succeeded']);
		const answer = await host.ring(execution, { body: { nonce: `${nonceOf(execution)}x` } });
		expect(answer).toEqual(gone);
		expect(host.vendor.looks).toEqual([]);
	});

	test.each([
		['no items', []],
		['items of another node', [{ json: { prompt: 'A cat' } }]],
		['a broken note', [{ json: { parked: { nonce: 'n', provider: 'apikley' } } }]],
		['an item without JSON', [{}]],
	])('nobody where the execution has %s', async (_, items) => {
		const { host, execution } = await paused(['succeeded']);
		const nonce = nonceOf(execution);
		execution.items = items as Execution['items'];
		expect(await host.ring(execution, { body: { nonce } })).toEqual(gone);
		expect(host.vendor.looks).toEqual([]);
	});

	test('of a node that runs once for all items, the first of which is parked', async () => {
		const { host, execution } = await paused(['succeeded']);
		execution.items.push({ json: { prompt: 'B' } }, { json: { prompt: 'C' } });
		const { rows } = await host.look(execution);
		expect(rows?.map(({ json }) => json.taskId)).toEqual(['t0']);
	});
});

describe('The vendor’s call', () => {
	interface VendorsCall {
		claims?: Claims;
		/** Instead of the wait's own. */
		key?: Buffer;
		credential?: FakeHost['credential'];
		change?: (token: string) => string;
		call?: Call;
	}

	async function callOfVendor({ claims, key, change, ...more }: VendorsCall = {}) {
		const { host, execution } = await paused(['succeeded'], { credential: more.credential });
		const { seedance = '' } = queryOf(host.vendorsUrl(execution, claims, key));
		const query = { seedance: change?.(seedance) ?? seedance };
		const body = { code: 200, data: { taskId: 't0' } };
		const answer = await host.time.run(host.ring(execution, { query, body, ...more.call }));
		return { host, answer, execution };
	}

	test('counts with the token of its address', async () => {
		const { answer } = await callOfVendor();
		expect(answer.body.state).toBe('delivered');
		expect(answer.rows).toHaveLength(1);
	});

	test.each([
		['of a day ago', { claims: { ageMs: DAY } }],
		['of 14 days ago', { claims: { ageMs: 14 * DAY } }],
		['of a clock 5 minutes ahead', { claims: { ageMs: -minutes(5) } }],
		['whatever the credential holds', { credential: { apiKey: 'sk-other' } }],
	])('counts with a token %s', async (_, more) => {
		const { answer } = await callOfVendor(more);
		expect(answer.body.state).toBe('delivered');
	});

	test.each([
		['for another execution', { claims: { audience: '102/seedance-delivery' } }],
		['for a trigger', { claims: { audience: 'hook-1/seedance' } }],
		['for another webhook of this execution', { claims: { audience: '101/other' } }],
		['of more than 14 days ago', { claims: { ageMs: 14 * DAY + 1 } }],
		['of the future', { claims: { ageMs: -minutes(5) - 1 } }],
		['made with the API key', { key: deriveCallbackKey('sk-12345') }],
		['made with the credential’s secret', { key: deriveCallbackKey(OWN_SECRET) }],
		['made with an empty key', { key: Buffer.alloc(0) }],
		['for a vendor that has no task here', { claims: { provider: 'fal' } }],
		['with another signature', { change: (token: string) => `${token.slice(0, -2)}AA` }],
		['with another content', { change: (token: string) => `A${token.slice(1)}` }],
		['without a signature', { change: (token: string) => token.split('.')[0] ?? '' }],
		['with more behind it', { change: (token: string) => `${token}.A` }],
		['that is empty', { change: () => '' }],
	])('is refused with a token %s', async (_, more) => {
		const { host, answer } = await callOfVendor(more);
		expect(answer).toEqual(refused);
		expect(host.vendor.looks).toEqual([]);
	});

	test('is refused with a bad token, whatever nonce its body brings', async () => {
		const { host, execution } = await paused(['succeeded']);
		for (const token of ['bad', ['bad'], 7]) {
			const call = { query: { seedance: token }, body: { nonce: nonceOf(execution) } };
			expect(await host.ring(execution, call)).toEqual(refused);
		}
	});

	test('brings no note with it, and gets none', async () => {
		const { host, execution } = await paused(['succeeded', 'running']);
		const { note } = (await host.look(execution)).body;
		expect(note).toEqual(expect.any(String));
		const query = queryOf(host.vendorsUrl(execution));
		const process = host.anotherProcess();
		const call = { query, body: { note, nonce: nonceOf(execution) } };
		const answer = await host.time.run(host.ring(execution, call, process));
		expect(host.vendor.looks).toEqual(['t0', 't1', 't0', 't1']);
		expect(answer.body).toEqual({
			state: 'pending',
			message: 'Not finished yet',
			retryAfterSeconds: expect.any(Number),
		});
	});

	test('is told nothing of a credential that is gone', async () => {
		const { host, execution } = await paused(['running']);
		host.credential = undefined;
		const query = queryOf(host.vendorsUrl(execution));
		const answer = await host.time.run(host.ring(execution, { query, body: {} }));
		expect(answer).toEqual(refused);
		expect((await host.look(execution)).body.message).toContain('does not exist');
	});

	test('tells nobody who has its address how to be a poller', async () => {
		const { host, execution } = await paused(['succeeded', 'running']);
		const { note } = (await host.look(execution)).body;
		const { seedance: token = '' } = queryOf(host.vendorsUrl(execution));
		const claims = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
		expect(JSON.stringify(claims)).not.toContain(nonceOf(execution));
		const answer = await host.ring(execution, { body: { nonce: claims.nonce, note } });
		expect(answer).toEqual(gone);
	});

	// Each wait has a key of its own, so that nothing has to be told to whoever calls for another one.
	test('of another wait of the execution, e.g. of a loop, is refused', async () => {
		const { host, answer } = await callOfVendor({ key: Buffer.from('another wait') });
		expect(answer).toEqual(refused);
		expect(host.vendor.looks).toEqual([]);
	});

	describe('for an account with a secret', () => {
		const credential = { apiKey: 'sk-12345', webhookSecret: 'whsec' };
		const at = Date.parse('2026-11-20T10:00:00.000Z') / 1000;
		const headers = (timestamp = at, secret = 'whsec', taskId = 't0') => ({
			'X-Webhook-Timestamp': String(timestamp),
			'X-Webhook-Signature': createHmac('sha256', secret)
				.update(`${taskId}.${timestamp}`)
				.digest('base64'),
		});

		test.each([
			['signed', headers()],
			['signed up to 5 minutes ago', headers(at - 300)],
			['signed, its header given as a list', { ...headers(), 'x-webhook-timestamp': [String(at)] }],
		])('counts when it is %s', async (_, given) => {
			const { answer } = await callOfVendor({ credential, call: { headers: given } });
			expect(answer.body.state).toBe('delivered');
		});

		test.each([
			['not signed', {}],
			['signed more than 5 minutes ago', headers(at - 301)],
			['signed with another secret', headers(at, 'guessed')],
			['signed for another task', headers(at, 'whsec', 't1')],
		])('is refused when it is %s', async (_, given) => {
			const { host, answer } = await callOfVendor({ credential, call: { headers: given } });
			expect(answer).toEqual(refused);
			expect(host.vendor.looks).toEqual([]);
		});

		test('a poller needs no signature', async () => {
			const { host, execution } = await paused(['succeeded'], { credential });
			expect((await host.look(execution)).body.state).toBe('delivered');
		});
	});
});

describe('A look', () => {
	test('that finds a task running says when to come again', async () => {
		const { host, execution } = await paused(['running']);
		const answer = await host.look(execution);
		expect(answer).toEqual({ httpStatus: 200, body: notFinished(60) });
		expect(host.vendor.looks).toEqual(['t0']);
	});

	test.each([
		[minutes(1), {}, 60],
		[minutes(20), {}, 60],
		[minutes(40), {}, 120],
		[hours(10), {}, 300],
		[minutes(40), { maxPollGapMs: seconds(90) }, 90],
		[minutes(40), { maxPollGapMs: seconds(5) }, 60],
		[minutes(40), { timeoutMinutes: 40.5 }, 30],
		[minutes(1), { timeoutMinutes: 1.01 }, 1],
	])('after %d ms with %j asks for the next one in %d s', async (elapsedMs, rules, expected) => {
		const task = { timeoutMinutes: 1000, ...rules };
		const { host, execution } = await paused(['running'], { task });
		await host.time.pass(elapsedMs);
		expect((await host.look(execution)).body).toEqual(notFinished(expected));
	});

	test('of several asks for the earliest of what is left', async () => {
		const host = unwatched();
		const start = host.time.now();
		host.vendor.set('old', 'running');
		host.vendor.set('young', 'running');
		const execution = await host.pause([
			submittedTask('old', { submittedAt: start - hours(2), timeoutMinutes: 600 }),
			submittedTask('young', {
				itemIndex: 1,
				submittedAt: start - minutes(30),
				timeoutMinutes: 600,
			}),
			refusedItem(2),
		]);
		expect((await host.look(execution)).body.retryAfterSeconds).toBe(90);
		host.vendor.set('young', 'failed');
		expect((await host.look(execution)).body.retryAfterSeconds).toBe(300);
	});

	test('asks only for tasks that have not ended', async () => {
		const { host, execution } = await paused(['succeeded', 'running', 'failed', 'running']);
		await host.look(execution);
		await host.look(execution);
		expect(host.vendor.looks.slice(0, 4).toSorted()).toEqual(['t0', 't1', 't2', 't3']);
		expect(host.vendor.looks.slice(4).toSorted()).toEqual(['t1', 't3']);
	});

	test.each<[string, Partial<VendorTask>]>([
		['a server error', { instead: () => jsonAnswer(502, { code: 502 }) }],
		['an unreadable answer', { instead: () => jsonAnswer(200, { hello: 'you' }) }],
		['an answer about another task', { toldId: 't7', status: 'succeeded' }],
		['too many requests', { instead: () => jsonAnswer(429, { code: 429 }) }],
		['an unknown task, just after it was submitted', { status: 'unknown' }],
	])('that meets %s is no end', async (_, state) => {
		const { host, execution } = await paused(['running']);
		host.vendor.set('t0', state.status ?? 'running', state);
		await host.time.pass(seconds(119));
		expect((await host.look(execution)).body.state).toBe('pending');
	});

	test.each<[string, Partial<VendorTask>, string]>([
		['a task that the vendor does not know', { status: 'unknown' }, 'does not know this task'],
		['a refused key', { instead: () => jsonAnswer(401, { code: 401 }) }, 'the API key'],
	])('that meets %s later ends the wait', async (_, state, message) => {
		const { host, execution } = await paused(['running']);
		host.vendor.set('t0', state.status ?? 'running', state);
		await host.time.pass(minutes(2));
		const answer = await host.look(execution);
		expect(answer.body.state).toBe('delivered');
		expect(answer.error?.message).toContain(message);
	});

	test('at the end of the time ends the wait, and not a moment before', async () => {
		const { host, execution } = await paused(['running'], { task: { timeoutMinutes: 10 } });
		await host.time.pass(minutes(10) - 1);
		expect((await host.look(execution)).rows).toBeUndefined();
		await host.time.pass(1);
		const answer = await host.look(execution);
		expect(answer.rows).toHaveLength(1);
		expect(answer.error?.message).toContain('was not finished after 10 minutes');
		expect(answer.error).toMatchObject({ description: expect.stringContaining('Task ID: t0.') });
	});
});

describe('n8n that has just started', () => {
	test('is left alone for a minute', async () => {
		const host = unwatched({ ageMs: seconds(30) });
		host.vendor.set('t0', 'succeeded');
		const execution = await host.pause([submittedTask('t0')]);
		const answer = await host.look(execution);
		expect(answer).toEqual({ httpStatus: 503, body: pending(30, 'n8n has just started') });
		expect(host.vendor.looks).toEqual([]);
		await host.time.pass(seconds(30) - 1);
		expect((await host.look(execution)).body).toEqual(pending(1, 'n8n has just started'));
		await host.time.pass(1);
		expect((await host.look(execution)).body.state).toBe('delivered');
	});

	test('a clock that was set back makes no process young', async () => {
		const host = unwatched({ ageMs: -minutes(5) });
		host.vendor.set('t0', 'succeeded');
		const execution = await host.pause([submittedTask('t0')]);
		expect((await host.look(execution)).body.state).toBe('delivered');
	});

	test('tells nobody who is not meant', async () => {
		const host = unwatched({ ageMs: 0 });
		const execution = await host.pause([submittedTask('t0')]);
		expect(await host.ring(execution, { body: {} })).toEqual(refused);
		expect(await host.ring(execution, { body: { nonce: 'another' } })).toEqual(gone);
	});
});

describe('Delivery', () => {
	test('waits for all tasks, and gives one row for each item in their order', async () => {
		const { host, execution } = await paused(['running', 'running', 'succeeded']);
		expect((await host.look(execution)).rows).toBeUndefined();
		host.vendor.set('t1', 'succeeded');
		expect((await host.look(execution)).rows).toBeUndefined();
		host.vendor.set('t0', 'succeeded');
		const { rows, error } = await host.look(execution);
		expect(error).toBeUndefined();
		expect(rows?.map(({ json, pairedItem }) => [json.taskId, pairedItem])).toEqual([
			['t0', { item: 0 }],
			['t1', { item: 1 }],
			['t2', { item: 2 }],
		]);
	});

	test('hands on the row of the contract, with the video', async () => {
		const { host, execution } = await paused(['succeeded']);
		const { rows } = await host.look(execution);
		expect(rows).toEqual([
			{
				json: {
					taskId: 't0',
					provider: 'apikley',
					model: 'bytedance/v1-lite-text-to-video',
					status: 'succeeded',
					videoUrl: videoUrlOf('t0'),
					video: { bytes: videoOf('t0').length },
				},
				binary: { data: expect.objectContaining({ fileName: 't0.mp4', mimeType: 'video/mp4' }) },
				pairedItem: { item: 0 },
			},
		]);
		expect([...host.files.values()]).toEqual([videoOf('t0')]);
	});

	test.each([true, false])('with the vendor’s own answer: %s', async (raw) => {
		const { host, execution } = await paused(['succeeded', 'running'], { task: { raw } });
		await host.look(execution);
		host.vendor.set('t1', 'succeeded');
		const { rows } = await host.look(execution);
		const row = raw ? expect.objectContaining({ code: 200 }) : undefined;
		expect(rows?.map(({ json }) => json.raw)).toEqual([row, row]);
	});

	test.each<TaskStatus>(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired'])(
		'comes whatever the task was when it was parked: %s',
		async (status) => {
			const host = unwatched();
			host.vendor.set('t0', 'succeeded');
			const submitted = submittedTask('t0');
			if (submitted.result.ok) submitted.result.value.task.status = status;
			expect((await host.look(await host.pause([submitted]))).rows).toHaveLength(1);
		},
	);

	test('of an item without a wish for its file fetches none', async () => {
		const { host, execution } = await paused(['succeeded'], { task: { download: false } });
		const { rows } = await host.look(execution);
		expect(rows?.[0]).not.toHaveProperty('binary');
		expect(host.vendor.downloads).toEqual([]);
	});

	test('happens once, however many call at the same moment', async () => {
		const { host, execution } = await paused(['succeeded']);
		host.vendor.lookMs = 500;
		host.vendor.downloadMs = 500;
		const body = { nonce: nonceOf(execution) };
		const calls = [0, 1, 2, 3].map(async () => await host.ring(execution, { body }));
		const answers = await host.time.run(Promise.all(calls));
		expect(answers.filter(({ rows }) => rows !== undefined)).toHaveLength(1);
		const others = answers.filter(({ rows }) => rows === undefined);
		const atWork = { httpStatus: 200, body: pending(5, 'Another call is at work') };
		expect(others).toEqual([atWork, atWork, atWork]);
		expect(host.vendor.looks).toEqual(['t0']);
		expect(host.vendor.downloads).toHaveLength(1);
	});

	test('is not repeated while n8n resumes, and is when it did not', async () => {
		const { host, execution } = await paused(['succeeded']);
		expect((await host.look(execution)).rows).toHaveLength(1);
		await host.time.pass(seconds(5) - 1);
		const busy = await host.look(execution);
		expect(busy.body).toMatchObject(pending(5, 'Another call is at work'));
		// Who has to come back gets what is known by then, should this process be lost.
		expect(busy.body.note).toEqual(expect.any(String));
		await host.time.pass(1);
		const again = await host.look(execution);
		expect(again.rows).toHaveLength(1);
		expect(again.rows?.[0]?.binary).toBeDefined();
		expect(host.vendor.looks).toEqual(['t0']);
		expect(host.vendor.downloads).toHaveLength(1);
	});

	test('ends after three of an execution that cannot be resumed', async () => {
		const { host, execution } = await paused(['succeeded']);
		for (let count = 0; count < 3; count++) {
			expect((await host.look(execution)).rows).toHaveLength(1);
			await host.time.pass(minutes(1));
		}
		expect(await host.look(execution)).toEqual(gone);
		expect(await host.look(execution)).toEqual(gone);
	});

	test('of one wait does not keep another one from its own', async () => {
		const host = unwatched();
		const executions = [];
		for (const taskId of ['a', 'b']) {
			host.vendor.set(taskId, 'succeeded');
			executions.push(await host.pause([submittedTask(taskId)]));
		}
		const answers = [];
		for (const execution of executions) answers.push(await host.look(execution));
		expect(answers.map(({ rows }) => rows?.[0]?.json.taskId)).toEqual(['a', 'b']);
	});

	test('after a call that found nothing may follow at once', async () => {
		const { host, execution } = await paused(['running']);
		await host.look(execution);
		host.vendor.set('t0', 'succeeded');
		expect((await host.look(execution)).rows).toHaveLength(1);
	});
});

describe('Items with a problem', () => {
	const mixed: Array<VendorTask['status']> = ['succeeded', 'failed', 'succeeded'];

	test('end the node with the error of the first, which names every task', async () => {
		const { host, execution } = await paused(mixed);
		const { rows, error, body } = await host.look(execution);
		expect(body.state).toBe('delivered');
		expect(rows).toHaveLength(3);
		expect(error).toBeInstanceOf(NodeApiError);
		expect(error?.message).toMatch(/ \[item 1\]$/);
		expect(error).toMatchObject({
			description: expect.stringContaining(
				'All items: [item 0] t0 (succeeded); [item 1] t1 (failed); [item 2] t2 (succeeded).',
			),
		});
	});

	test.each([
		['On Error: Continue', { onError: 'continueRegularOutput' as const }],
		['the older Continue On Fail', { continueOnFail: true }],
	])('become rows with %s', async (_, node) => {
		const { host, execution } = await paused(mixed, { node });
		const { rows, error } = await host.look(execution);
		expect(error).toBeUndefined();
		expect(rows?.map(({ json }) => [json.taskId, json.status, typeof json.error])).toEqual([
			['t0', 'succeeded', 'undefined'],
			['t1', 'failed', 'string'],
			['t2', 'succeeded', 'undefined'],
		]);
		expect(rows?.[1]).toEqual({
			json: expect.objectContaining({
				error: expect.stringContaining('the prompt is too wild'),
				failure: {
					kind: 'generationFailed',
					code: '501',
					message: expect.stringContaining('Task ID: t1.'),
				},
			}),
			pairedItem: { item: 1 },
		});
	});

	test('have only the keys by which n8n sorts them to the error output', async () => {
		const node = { onError: 'continueErrorOutput' as const };
		const { host, execution } = await paused(mixed, { node });
		const { rows, error } = await host.look(execution);
		expect(error).toBeUndefined();
		expect(rows).toHaveLength(3);
		const [good, bad] = rows ?? [];
		expect(good?.json).not.toHaveProperty('error');
		// n8n would put an error's message in the place of the row, task ID and all.
		expect(bad).not.toHaveProperty('error');
		expect(bad?.json).toEqual({
			error: expect.any(String),
			details: expect.objectContaining({ taskId: 't1', status: 'failed' }),
		});
		expect(bad?.pairedItem).toEqual({ item: 1 });
	});

	test('that were never submitted come out as what they are', async () => {
		const host = unwatched();
		host.vendor.set('t0', 'succeeded');
		const node = { onError: 'continueRegularOutput' as const };
		const tasks = [refusedItem(0, 'Duration is too long'), submittedTask('t0', { itemIndex: 1 })];
		const execution = await host.pause(tasks, { node });
		const { rows } = await host.look(execution);
		expect(rows?.map(({ json }) => json.error ?? json.status)).toEqual([
			'Duration is too long',
			'succeeded',
		]);
		expect(host.vendor.looks).toEqual(['t0']);
	});
});

describe('A credential that is gone', () => {
	const noCredential = {
		httpStatus: 200,
		body: expect.objectContaining(pending(60, 'Credential with ID "1" does not exist')),
	};

	test('for a minute ends the wait, with what is known', async () => {
		const { host, execution } = await paused(['running', 'running']);
		host.vendor.set('t0', 'succeeded');
		await host.look(execution);
		host.credential = undefined;
		expect(await host.look(execution)).toMatchObject(noCredential);
		await host.time.pass(minutes(1) - 1);
		expect(await host.look(execution)).toMatchObject(noCredential);
		await host.time.pass(1);
		const { rows, error, body } = await host.look(execution);
		expect(body.state).toBe('delivered');
		expect(error?.message).toBe('Credential with ID "1" does not exist [item 1]');
		expect(error).toMatchObject({
			description: expect.stringContaining('The task of this item is paid for'),
		});
		expect(rows?.map(({ json }) => [json.taskId, json.status])).toEqual([
			['t0', 'succeeded'],
			['t1', undefined],
		]);
		expect(rows?.[1]?.json.failure).toMatchObject({ code: 'noAccess' });
	});

	test('and comes back in between is not gone', async () => {
		const { host, execution } = await paused(['running']);
		const credential = host.credential;
		for (let count = 0; count < 3; count++) {
			host.credential = undefined;
			expect(await host.look(execution)).toMatchObject(noCredential);
			await host.time.pass(minutes(2));
			host.credential = credential;
			expect((await host.look(execution)).body.state).toBe('pending');
		}
	});

	test('does not keep the files of finished tasks away', async () => {
		const { host, execution } = await paused(['succeeded', 'running'], {
			node: { onError: 'continueRegularOutput' },
		});
		host.vendor.media.set(videoUrlOf('t0'), () => mediaError(503));
		await host.look(execution);
		host.vendor.media.clear();
		host.credential = undefined;
		await host.look(execution);
		await host.time.pass(minutes(1));
		const { rows } = await host.look(execution);
		expect(rows?.map(({ json, binary }) => [json.status, binary?.data?.fileName])).toEqual([
			['succeeded', 't0.mp4'],
			[undefined, undefined],
		]);
	});

	test('leaves each item its own problem', async () => {
		const host = unwatched();
		const node = { onError: 'continueRegularOutput' as const };
		const execution = await host.pause([refusedItem(0), submittedTask('t0', { itemIndex: 1 })], {
			node,
		});
		host.credential = undefined;
		await host.look(execution);
		await host.time.pass(minutes(1));
		const { rows } = await host.look(execution);
		expect(rows?.map(({ json }) => [json.error, json.taskId])).toEqual([
			['Duration is too long', undefined],
			['Credential with ID "1" does not exist', 't0'],
		]);
	});

	test('turns away whoever has only a token', async () => {
		const { host, execution } = await paused(['succeeded']);
		host.credential = undefined;
		const call = { query: { seedance: 'x' }, body: { nonce: nonceOf(execution) } };
		expect(await host.ring(execution, call)).toEqual(refused);
	});
});

describe('Whatever comes', () => {
	test('a call that breaks is followed by one that does not', async () => {
		const { host, execution } = await paused(['succeeded']);
		const { vendor } = providerOf('apikley');
		jest.spyOn(vendor, 'look').mockImplementationOnce(() => {
			throw new Error('A bug');
		});
		await expect(host.look(execution)).rejects.toThrow('A bug');
		expect((await host.look(execution)).body.state).toBe('delivered');
	});

	test('no call but the right one ever throws or resumes', async () => {
		const { host, execution } = await paused(['succeeded']);
		const nonce = nonceOf(execution);
		const text = fc.oneof(fc.string(), fc.constantFrom('', 'a.b', 'nonce'));
		const anyBody = fc.oneof(
			fc.anything(),
			fc.record({ nonce: fc.anything(), note: fc.anything() }, { requiredKeys: [] }),
			fc.record({ data: fc.record({ taskId: text }), nonce: text }),
		);
		const anyCall = fc.record({
			body: anyBody,
			query: fc.dictionary(fc.constantFrom('seedance', 'signature', 'x'), fc.anything()),
			headers: fc.dictionary(fc.constantFrom('x-webhook-signature', 'X-A'), text),
		});
		await fc.assert(
			fc.asyncProperty(anyCall, async (call) => {
				const isRight = (call.body as { nonce?: unknown } | null | undefined)?.nonce === nonce;
				fc.pre(!isRight);
				const { httpStatus, rows, error } = await host.ring(execution, call);
				expect([401, 410]).toContain(httpStatus);
				expect([rows, error]).toEqual([undefined, undefined]);
			}),
		);
		expect(host.vendor.looks).toEqual([]);
	});

	test('no parked item, whatever it holds, throws', async () => {
		const { host, execution } = await paused(['running']);
		const parked = execution.items[0]?.json.parked as object;
		const anyItems = fc.array(
			fc.oneof(
				fc.anything(),
				fc.record({ json: fc.anything() }),
				fc
					.record({ task: fc.anything(), problem: fc.anything(), provider: fc.anything() })
					.map((odd) => ({ json: { parked: { ...parked, ...odd } } })),
			),
			{ maxLength: 3 },
		);
		await fc.assert(
			fc.asyncProperty(anyItems, async (items) => {
				const call = { body: { nonce: 'n' } };
				const given = host.newExecution({ items: items as never });
				const { rows } = await host.ring(given, call);
				expect(rows).toBeUndefined();
			}),
		);
	});

	test('no answer of the vendor throws, or is taken for a video that it does not name', async () => {
		const anyAnswer = fc.record({
			statusCode: fc.integer({ min: 100, max: 599 }),
			headers: fc.dictionary(fc.string(), fc.string()),
			body: fc.oneof(fc.string(), fc.json(), fc.anything()),
		});
		const host = unwatched();
		await fc.assert(
			fc.asyncProperty(anyAnswer, async (given) => {
				host.vendor.set('t0', 'running', { instead: () => given });
				const { httpStatus, rows } = await host.look(await host.pause([submittedTask('t0')]));
				expect(httpStatus).toBe(200);
				for (const { json } of rows ?? []) expect(json.error).toEqual(expect.any(String));
			}),
		);
	});
});
