import {
	createHmac,
	generateKeyPairSync,
	sign as signWith,
	verify as verifyWith,
} from 'node:crypto';
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { ok } from '../../../nodes/shared/domain/result';
import type { VendorCallbacks } from '../../../nodes/shared/domain/vendor';
import { deriveCallbackKey } from '../../../nodes/shared/tasks/callbackToken';
import { LEDGER, ledgerWith } from '../fakes/ledger.mts';
import { FakeHost, OWN_SECRET, queryOf, type Call, type Claims } from '../fakes/host.mts';
import { hours, minutes } from '../fakes/time.mts';
import {
	jsonAnswer,
	lastFrameUrlOf,
	mediaError,
	videoOf,
	videoUrlOf,
	type VendorId,
	type VendorTask,
} from '../fakes/vendor.mts';
import { providerOf } from '../helpers.mts';

const KEY = deriveCallbackKey(OWN_SECRET);
const DAY = hours(24);

/** A trigger for this task, as its vendor knows it. */
function triggerFor(
	status: VendorTask['status'],
	{
		vendor,
		options = {},
		events,
		...task
	}: { vendor?: VendorId; options?: IDataObject; events?: unknown } & Partial<VendorTask> = {},
) {
	const host = new FakeHost({ vendor });
	host.vendor.set('t0', status, task);
	host.trigger.parameters.options = options;
	if (events !== undefined) host.trigger.parameters.events = events as IDataObject[];
	return host;
}

/** A call by the vendor, whose address was made before there was a task. */
async function vendorCalls(
	host: FakeHost,
	claims: Claims = {},
	{ key, ...call }: Call & { key?: Buffer } = {},
) {
	const query = queryOf(host.triggerUrl(claims, key));
	const body = { code: 200, data: { taskId: 't0', state: 'fail' } };
	return await host.time.run(host.callTrigger({ query, body, ...call }));
}

/** A call by a poller, whose address names its task. */
async function pollerCalls(
	host: FakeHost,
	claims: Claims = {},
	{ process, ...more }: Call & { process?: FakeHost['process'] } = {},
) {
	const query = queryOf(host.triggerUrl({ taskId: 't0', ...claims }));
	return await host.time.run(host.callTrigger({ query, body: {}, ...more }, process));
}

const delivered = { state: 'delivered', message: 'Thank you' };
const alreadyDelivered = {
	httpStatus: 200,
	body: { state: 'delivered', message: 'Already delivered' },
};
const refused = {
	httpStatus: 401,
	body: {
		state: 'refused',
		message: 'Not a callback that was given out for this trigger',
	},
};
const notEnded = (retryAfterSeconds: number) => ({
	httpStatus: 200,
	body: { state: 'pending', message: 'The task has not ended', retryAfterSeconds },
});

test.each([
	['its own vendor and credential', KEY, { httpStatus: 200, body: { state: 'pending' } }],
	['another', deriveCallbackKey('sk-another'), refused],
])(
	'asked about no task, by a node with %s, says whether it would take its calls',
	async (_, key, answer) => {
		const host = triggerFor('succeeded');
		const query = queryOf(host.triggerUrl({ taskId: '' }, key));
		expect(await host.time.run(host.callTrigger({ query, body: {} }))).toMatchObject(answer);
		expect(host.vendor.looks).toEqual([]);
	},
);

describe('A task that has ended', () => {
	test('says what was ordered, as far as its token does', async () => {
		const ordered = { duration: 5, resolution: '720p', aspectRatio: '16:9' };
		const { rows } = await vendorCalls(triggerFor('succeeded'), { ordered });
		expect(rows?.[0]?.json).toMatchObject(ordered);
		const prompt = 'A boat';
		const told = await pollerCalls(triggerFor('succeeded'), { ordered: { ...ordered, prompt } });
		expect(told.rows?.[0]?.json).toMatchObject({ ...ordered, prompt });
	});

	test('starts the workflow with the row of the contract and the video', async () => {
		const host = triggerFor('succeeded');
		const { httpStatus, body, rows } = await vendorCalls(host, { context: { row: 7 } });
		expect([httpStatus, body]).toEqual([200, delivered]);
		expect(rows).toEqual([
			{
				json: {
					taskId: 't0',
					provider: 'apikley',
					model: 'm',
					status: 'succeeded',
					videoUrl: videoUrlOf('t0'),
					video: { bytes: videoOf('t0').length },
					context: { row: 7 },
				},
				binary: { data: expect.objectContaining({ fileName: 't0.mp4', mimeType: 'video/mp4' }) },
			},
		]);
		expect([...host.files.values()]).toEqual([videoOf('t0')]);
	});

	test('costs no video where its last frame cannot be fetched', async () => {
		const host = triggerFor('succeeded');
		host.vendor.set('t0', 'succeeded', { lastFrameUrl: lastFrameUrlOf('t0') });
		host.vendor.media.set(lastFrameUrlOf('t0'), () => mediaError(403));
		const { rows } = await vendorCalls(host);
		expect(rows).toMatchObject([
			{ json: { lastFrameProblem: 'HTTP status 403' }, binary: { data: { fileName: 't0.mp4' } } },
		]);
		expect(host.files.size).toBe(1);
	});

	test('has a fresh address where the first one is gone', async () => {
		const host = triggerFor('succeeded');
		const gone = videoUrlOf('gone');
		host.vendor.set('t0', 'succeeded', { videoUrl: gone });
		host.vendor.media.set(gone, () => {
			host.vendor.set('t0', 'succeeded', { videoUrl: videoUrlOf('t0') });
			return mediaError(404);
		});
		const { rows } = await vendorCalls(host);
		expect(rows).toMatchObject([
			{ json: { videoUrl: videoUrlOf('t0') }, binary: { data: { fileName: 't0.mp4' } } },
		]);
	});

	test('is read from the vendor, whatever the call says', async () => {
		const host = triggerFor('failed');
		const body = { code: 200, data: { taskId: 't0', state: 'success', resultUrls: ['https://x'] } };
		const { rows } = await vendorCalls(host, {}, { body });
		expect(rows?.[0]?.json).toMatchObject({
			taskId: 't0',
			status: 'failed',
			failure: { code: '501', message: 'the prompt is too wild' },
		});
		expect(rows?.[0]?.json).not.toHaveProperty('videoUrl');
		expect(rows?.[0]).not.toHaveProperty('binary');
		expect(host.vendor.looks).toEqual(['t0']);
		expect(host.vendor.downloads).toEqual([]);
	});

	test.each<[string, unknown, VendorTask['status'], boolean]>([
		['succeeded', ['succeeded'], 'succeeded', true],
		['succeeded', ['failed'], 'succeeded', false],
		['failed', ['failed'], 'failed', true],
		['failed', ['succeeded'], 'failed', false],
		['succeeded', [], 'succeeded', false],
		['succeeded', 'succeeded', 'succeeded', false],
	])('%s, where %j is wanted', async (_, events, status, isWanted) => {
		const host = triggerFor(status, { events });
		const answer = await pollerCalls(host);
		expect(answer.rows !== undefined).toBe(isWanted);
		expect(answer.body).toEqual(
			isWanted
				? delivered
				: { state: 'delivered', message: 'This trigger does not want this event' },
		);
		expect((await pollerCalls(host)).body.message).toBe('Already delivered');
		expect(host.vendor.looks).toHaveLength(1);
	});

	test('carries the vendor’s answer where it is wanted', async () => {
		for (const simplify of [true, undefined, false]) {
			const host = triggerFor('succeeded', { options: { simplify } });
			const { rows } = await pollerCalls(host);
			const raw = simplify === false ? expect.objectContaining({ code: 200 }) : undefined;
			expect(rows?.[0]?.json.raw).toEqual(raw);
		}
	});

	test('carries no file where none is wanted', async () => {
		const host = triggerFor('succeeded', { options: { downloadVideo: false } });
		const { rows } = await pollerCalls(host);
		expect(rows).toEqual([{ json: expect.objectContaining({ videoUrl: videoUrlOf('t0') }) }]);
		expect(host.vendor.downloads).toEqual([]);
	});

	test('leaves a file where it is that is larger than wanted', async () => {
		const host = triggerFor('succeeded', { options: { maxFileSize: 0.00001 } });
		const { rows } = await pollerCalls(host);
		expect(rows).toMatchObject([{ json: { downloadProblem: expect.stringContaining('larger') } }]);
		expect(host.files.size).toBe(0);
	});

	test('brings the last frame too', async () => {
		const host = triggerFor('succeeded', { lastFrameUrl: lastFrameUrlOf('t0') });
		const { rows } = await pollerCalls(host);
		expect(Object.keys(rows?.[0]?.binary ?? {})).toEqual(['data', 'lastFrame']);
	});

	test('whose video cannot be fetched says so beside its address', async () => {
		const host = triggerFor('succeeded');
		host.vendor.media.set(videoUrlOf('t0'), () => mediaError(403));
		const { rows } = await pollerCalls(host);
		expect(rows).toEqual([
			{
				json: expect.objectContaining({
					videoUrl: videoUrlOf('t0'),
					downloadProblem: 'HTTP status 403',
				}),
			},
		]);
	});

	test.each([
		['no model', { model: undefined }, 'model'],
		['no context', { context: undefined }, 'context'],
	])('for which the address holds %s has none in its row', async (_, claims, key) => {
		const host = triggerFor('succeeded');
		const { rows } = await pollerCalls(host, claims);
		expect(rows?.[0]?.json).not.toHaveProperty(key);
		expect(rows?.[0]?.json).not.toHaveProperty('mayBeRepeat');
	});

	test.each([[{ a: [1, null] }], ['text'], [0], [false], [null]])(
		'hands its context through: %j',
		async (context) => {
			const { rows } = await pollerCalls(triggerFor('succeeded'), { context });
			expect(rows?.[0]?.json.context).toEqual(context);
		},
	);

	test('options that are none change nothing', async () => {
		const host = triggerFor('succeeded');
		host.trigger.parameters.options = 'none';
		expect((await pollerCalls(host)).rows).toHaveLength(1);
	});
});

describe('A task that has not ended', () => {
	test.each([
		[0, 240],
		[minutes(90), 270],
		[hours(24), 300],
	])('%d ms after it was submitted is asked for again', async (ageMs, retryAfterSeconds) => {
		const host = triggerFor('running');
		expect(await pollerCalls(host, { ageMs })).toEqual(notEnded(retryAfterSeconds));
		host.vendor.set('t0', 'succeeded');
		expect((await pollerCalls(host, { ageMs })).rows).toHaveLength(1);
	});

	test('and was submitted elsewhere is asked for again soon', async () => {
		const host = triggerFor('running', { options: { acceptUnsigned: true } });
		const call = { body: { data: { taskId: 't0' } } };
		expect(await host.callTrigger(call)).toEqual(notEnded(60));
	});

	test.each<[string, Partial<VendorTask>]>([
		['cannot be read', { instead: () => jsonAnswer(502, {}) }],
		['is answered with another one', { toldId: 't1', status: 'succeeded' }],
		['is not known yet', { status: 'unknown' }],
		['is refused', { instead: () => jsonAnswer(401, { code: 401 }) }],
	])('but %s is asked for again', async (_, task) => {
		const host = triggerFor('running');
		host.vendor.set('t0', task.status ?? 'running', task);
		const answer = {
			httpStatus: 503,
			body: { state: 'pending', message: 'The task could not be read, call again' },
		};
		expect(await pollerCalls(host)).toEqual(answer);
		expect(await pollerCalls(host, { ageMs: minutes(10) })).toEqual(answer);
	});

	test('and is unknown for good starts the workflow as failed, with the last words', async () => {
		const host = triggerFor('unknown');
		const call = async () => await pollerCalls(host, { ageMs: minutes(10) + 1, nonce: 'n1' });
		expect((await call()).body.state).toBe('pending');
		await host.time.pass(minutes(2));
		expect((await call()).rows).toEqual([
			{
				json: expect.objectContaining({
					taskId: 't0',
					status: 'failed',
					failure: { kind: 'notFound', code: '404', message: expect.stringContaining('Answer: "') },
				}),
			},
		]);
		expect((await call()).body.state).toBe('delivered');
	});

	test('and is unknown, of which only the vendor’s call tells, is gone', async () => {
		const host = triggerFor('unknown');
		const gone = {
			httpStatus: 200,
			body: { state: 'gone', message: 'The vendor has no such task' },
		};
		expect(await vendorCalls(host, { ageMs: minutes(10) + 1 })).toEqual(gone);
		const young = await vendorCalls(host, { ageMs: minutes(10) });
		expect([young.httpStatus, young.body.state]).toEqual([503, 'pending']);
	});

	test('and whose look is refused for hours starts the workflow as failed', async () => {
		const host = triggerFor('running', {
			instead: () => jsonAnswer(403, { message: 'not yours' }),
		});
		const call = async () => await pollerCalls(host, { nonce: 'n1' });
		expect((await call()).body.state).toBe('pending');
		await host.time.pass(hours(1));
		expect((await call()).body.state).toBe('pending');
		await host.time.pass(hours(1));
		const [row] = (await call()).rows ?? [];
		expect(row?.json).toMatchObject({
			status: 'failed',
			failure: { kind: 'forbidden', message: expect.stringContaining('not yours') },
		});
	});

	test('and whose look is refused now and then goes on', async () => {
		const instead = () => jsonAnswer(403, { message: 'not yours' });
		const host = triggerFor('running');
		for (const refused of [instead, undefined, instead, instead]) {
			host.vendor.set('t0', 'running', { instead: refused });
			expect((await pollerCalls(host)).body.state).toBe('pending');
			await host.time.pass(minutes(119));
		}
		expect((await pollerCalls(host)).rows).toHaveLength(1);
	});

	test('and is four days old starts the workflow as expired, with what was last seen', async () => {
		const host = triggerFor('running');
		const { rows = [] } = await pollerCalls(host, { ageMs: 4 * DAY });
		expect(rows[0]?.json).toMatchObject({
			status: 'expired',
			failure: {
				kind: 'endUnknown',
				code: 'endUnknown',
				message: expect.stringContaining('last seen as running'),
			},
		});
	});

	test('and cannot be read for more than ten minutes is not gone', async () => {
		const host = triggerFor('running', { instead: () => jsonAnswer(502, {}) });
		expect((await pollerCalls(host, { ageMs: hours(1) })).body.state).toBe('pending');
	});

	test('and is unknown, of which nobody knows when it was submitted, is gone', async () => {
		const host = triggerFor('unknown', { options: { acceptUnsigned: true } });
		const { body } = await host.callTrigger({ body: { data: { taskId: 't0' } } });
		expect(body.state).toBe('gone');
	});
});

describe('Who may call', () => {
	test.each([
		['of 14 days ago', { ageMs: 14 * DAY }],
		['of a clock 5 minutes ahead', { ageMs: -minutes(5) }],
	])('the vendor, with an address %s', async (_, claims) => {
		expect((await vendorCalls(triggerFor('succeeded'), claims)).body).toEqual(delivered);
	});

	test.each<[string, Claims, Buffer]>([
		['for another trigger', { audience: 'hook-2/seedance' }, KEY],
		['for a paused execution', { audience: '101/seedance-delivery' }, KEY],
		['of more than 14 days ago', { ageMs: 14 * DAY + 1 }, KEY],
		['of the future', { ageMs: -minutes(5) - 1 }, KEY],
		['made with another key', {}, deriveCallbackKey('sk-2')],
	])('nobody with an address %s', async (_, claims, key) => {
		const host = triggerFor('succeeded');
		expect(await vendorCalls(host, claims, { key })).toEqual(refused);
		const query = queryOf(host.triggerUrl({ taskId: 't0', ...claims }, key));
		expect(await host.callTrigger({ query })).toEqual(refused);
		expect(host.vendor.looks).toEqual([]);
	});

	test.each(['', 'a', 'a.b', 7, ['a.b'], null])('nobody with the token %j', async (token) => {
		for (const acceptUnsigned of [true, false]) {
			const host = triggerFor('succeeded', { options: { acceptUnsigned } });
			const call = { query: { seedance: token }, body: { data: { taskId: 't0' } } };
			expect(await host.callTrigger(call)).toEqual(refused);
			expect(host.vendor.looks).toEqual([]);
		}
	});

	test('nobody at a trigger without an address', async () => {
		const host = triggerFor('succeeded');
		const query = queryOf(host.triggerUrl());
		host.trigger.url = undefined;
		expect(await host.callTrigger({ query })).toEqual(refused);
	});

	test('the test address of the same trigger, too', async () => {
		const host = triggerFor('succeeded');
		const query = queryOf(host.triggerUrl({ taskId: 't0' }));
		host.trigger.url = 'https://n8n.example.com/webhook-test/hook-1/seedance';
		const { rows } = await host.time.run(host.callTrigger({ query }));
		expect(rows).toHaveLength(1);
	});

	test('nobody without an address, unless the trigger accepts that', async () => {
		const body = { data: { taskId: 't0' } };
		for (const options of [{}, { acceptUnsigned: 'true' }]) {
			const host = triggerFor('succeeded', { options });
			expect(await host.callTrigger({ body })).toEqual(refused);
		}
		const host = triggerFor('succeeded', { options: { acceptUnsigned: true } });
		const { rows } = await host.time.run(host.callTrigger({ body }));
		expect(rows?.[0]?.json).toEqual({
			taskId: 't0',
			provider: 'apikley',
			status: 'succeeded',
			videoUrl: videoUrlOf('t0'),
			video: { bytes: videoOf('t0').length },
		});
	});

	test('a trigger without its credential asks to be called again', async () => {
		const host = triggerFor('succeeded');
		host.credential = undefined;
		expect(await pollerCalls(host)).toEqual({
			httpStatus: 503,
			body: {
				state: 'pending',
				message: 'The trigger can ask nobody at the moment, call again',
			},
		});
		expect(host.logged.join()).toContain('Credential with ID');
	});

	test('a trigger of an unknown provider, too', async () => {
		const host = triggerFor('succeeded');
		host.trigger.parameters.provider = 'toString';
		const { httpStatus, body } = await pollerCalls(host);
		expect([httpStatus, body.state]).toEqual([503, 'pending']);
	});
});

describe('Which task', () => {
	test('the one that a poller’s address names, whatever the body says', async () => {
		const host = triggerFor('succeeded');
		const query = queryOf(host.triggerUrl({ taskId: 't0' }));
		const body = { taskId: 't1', data: { taskId: 't1' } };
		const { rows } = await host.time.run(host.callTrigger({ query, body }));
		expect(rows?.[0]?.json.taskId).toBe('t0');
		expect(host.vendor.looks).toEqual(['t0']);
	});

	test.each([{ data: { taskId: 't0' } }, { data: { task_id: 't0' } }, { taskId: 't0' }])(
		'the one that the vendor names: %j',
		async (body) => {
			const { rows } = await vendorCalls(triggerFor('succeeded'), {}, { body });
			expect(rows?.[0]?.json.taskId).toBe('t0');
		},
	);

	test('the one in the body, for a vendor that has no calls of its own', async () => {
		const host = triggerFor('succeeded', { vendor: 'aimlapi', options: { acceptUnsigned: true } });
		const { rows } = await host.time.run(host.callTrigger({ body: { taskId: 't0' } }));
		expect(rows?.[0]?.json.taskId).toBe('t0');
	});

	test.each([{}, [], 'text', null, { taskId: '' }, { taskId: 7 }, { data: { taskId: 't0' } }])(
		'none in %j, for a vendor that has no calls of its own',
		async (body) => {
			const host = triggerFor('succeeded', {
				vendor: 'aimlapi',
				options: { acceptUnsigned: true },
			});
			const pending = {
				httpStatus: 200,
				body: { state: 'pending', message: 'No task is named' },
			};
			expect(await host.callTrigger({ body })).toEqual(pending);
			expect(await vendorCalls(host, {}, { body })).toEqual(pending);
			expect(host.vendor.looks).toEqual([]);
		},
	);

	test('is asked for where its vendor has said that it can be', async () => {
		const host = triggerFor('succeeded');
		const { vendor } = providerOf('apikley');
		const look = jest.spyOn(vendor, 'look');
		const taskUrls = { status: 'https://api.apikley.ru/status/t0' };
		const { rows } = await pollerCalls(host, { taskUrls });
		expect(look.mock.calls).toEqual([[{ taskId: 't0', modelId: 'm', taskUrls, model: undefined }]]);
		expect(rows?.[0]?.json.taskUrls).toEqual(taskUrls);
	});

	test('is asked for without a model where the call names none', async () => {
		const host = triggerFor('running', { options: { acceptUnsigned: true } });
		const { vendor } = providerOf('apikley');
		const look = jest.spyOn(vendor, 'look');
		await pollerCalls(host, { model: undefined });
		await host.callTrigger({ body: { taskId: 't0' } });
		expect(look.mock.calls.map(([reference]) => reference.modelId)).toEqual(['', '']);
	});

	describe('with an address that the vendor was given', () => {
		test('is the one that was made with it', async () => {
			const host = triggerFor('succeeded');
			host.vendor.set('t0', 'succeeded', { callbackUrl: host.triggerUrl() });
			expect((await vendorCalls(host)).body).toEqual(delivered);
		});

		test.each<[string, (host: FakeHost) => string]>([
			['with another one', (host) => host.triggerUrl({ nonce: 'nonce-2' })],
			['without one of ours', () => 'https://elsewhere.test/hook'],
			['with what is no address', () => 'none'],
		])('is none that was made %s', async (_, callbackUrl) => {
			const host = triggerFor('succeeded');
			host.vendor.set('t0', 'succeeded', { callbackUrl: callbackUrl(host) });
			expect(await vendorCalls(host)).toEqual({
				httpStatus: 401,
				body: {
					state: 'refused',
					message: 'The task was submitted with another callback URL',
				},
			});
			expect(host.vendor.downloads).toEqual([]);
			expect((await pollerCalls(host)).body).toEqual(delivered);
		});

		test('may be any, where the trigger accepts tasks of others', async () => {
			const host = triggerFor('succeeded', {
				options: { acceptUnsigned: true },
				callbackUrl: 'https://elsewhere.test/hook',
			});
			const { rows } = await host.time.run(host.callTrigger({ body: { taskId: 't0' } }));
			expect(rows).toHaveLength(1);
		});

		test('is the first it has brought, and no other afterwards', async () => {
			const host = triggerFor('succeeded');
			host.vendor.set('t1', 'succeeded');
			expect((await vendorCalls(host)).body).toEqual(delivered);
			const body = { data: { taskId: 't1' } };
			expect(await vendorCalls(host, {}, { body })).toEqual({
				httpStatus: 401,
				body: { state: 'refused', message: 'This URL belongs to another task' },
			});
			expect(await vendorCalls(host)).toEqual(alreadyDelivered);
			expect((await vendorCalls(host, { nonce: 'nonce-2' }, { body })).body).toEqual(delivered);
		});
	});
});

describe('The vendor’s own signature', () => {
	const at = Date.parse('2026-11-20T10:00:00.000Z') / 1000;
	const signature = (secret: string, timestamp = at) => ({
		'x-webhook-timestamp': String(timestamp),
		'x-webhook-signature': createHmac('sha256', secret).update(`t0.${timestamp}`).digest('base64'),
	});
	const withSecret = () => {
		const host = triggerFor('succeeded');
		host.credential = { apiKey: 'sk-12345', ownSecret: OWN_SECRET, webhookSecret: 'whsec' };
		return host;
	};

	test('is demanded as soon as the credential holds its secret', async () => {
		expect(await vendorCalls(withSecret())).toEqual(refused);
		const guessed = { headers: signature('guessed') };
		expect(await vendorCalls(withSecret(), {}, guessed)).toEqual(refused);
		const late = { headers: signature('whsec', at - 301) };
		expect(await vendorCalls(withSecret(), {}, late)).toEqual(refused);
		const right = { headers: signature('whsec') };
		expect((await vendorCalls(withSecret(), {}, right)).body).toEqual(delivered);
	});

	test('is demanded of tasks that were submitted elsewhere, too', async () => {
		const host = withSecret();
		host.trigger.parameters.options = { acceptUnsigned: true };
		const body = { data: { taskId: 't0' } };
		expect(await host.callTrigger({ body })).toEqual(refused);
		const call = { body, headers: signature('whsec') };
		expect((await host.time.run(host.callTrigger(call))).body).toEqual(delivered);
	});

	test('is not demanded of a poller', async () => {
		expect((await pollerCalls(withSecret())).body).toEqual(delivered);
	});

	describe('that covers the whole body and is checked with keys of the vendor’s', () => {
		const { publicKey, privateKey } = generateKeyPairSync('ed25519');
		const rawBody = Buffer.from('{"taskId": "t0" }');
		const right = signWith(null, rawBody, privateKey).toString('hex');

		/** A vendor that signs always, with a key that has to be asked for. */
		function signing(callbacks: Partial<VendorCallbacks> = {}, keys = () => jsonAnswer(200, {})) {
			const { vendor } = providerOf('apikley');
			jest.replaceProperty(vendor, 'callbacks', {
				readTaskId: () => 't0',
				signs: 'always',
				*verify({ headers, rawBody: signed }) {
					const response = yield { method: 'GET', url: '/keys', withoutKey: true };
					if (response.httpStatus !== 200) return ok(false);
					const given = Buffer.from(headers['x-signature'] ?? '', 'hex');
					return ok(verifyWith(null, signed, publicKey, given));
				},
				...callbacks,
			});
			const host = triggerFor('succeeded');
			jest.spyOn(host.vendor, 'download').mockImplementationOnce(async () => keys());
			return host;
		}

		test('opens the door', async () => {
			const host = signing();
			const call = { rawBody, body: { taskId: 't0' }, headers: { 'X-Signature': right } };
			expect((await vendorCalls(host, {}, call)).body).toEqual(delivered);
		});

		test.each<[string, Call]>([
			['another body', { rawBody: Buffer.from('{}'), headers: { 'X-Signature': right } }],
			['no raw body', { headers: { 'X-Signature': right } }],
			['another signature', { rawBody, headers: { 'X-Signature': `00${right.slice(2)}` } }],
			['no signature', { rawBody }],
		])('keeps it shut with %s', async (_, call) => {
			expect(await vendorCalls(signing(), {}, { body: { taskId: 't0' }, ...call })).toEqual(
				refused,
			);
		});

		test('keeps it shut while the keys cannot be had', async () => {
			const host = signing({}, () => {
				throw new Error('connect ECONNREFUSED');
			});
			const call = { rawBody, headers: { 'X-Signature': right } };
			expect(await vendorCalls(host, {}, call)).toEqual(refused);
		});

		test('is checked for a body without a raw one as it would be written', async () => {
			const verify = jest.fn(() => true);
			for (const body of [{ a: 1 }, null, undefined]) {
				await vendorCalls(signing({ verify }), {}, { body });
			}
			const seen = verify.mock.calls.map((call: unknown[]) =>
				String((call[0] as { rawBody: Buffer }).rawBody),
			);
			expect(seen).toEqual(['{"a":1}', '""', '{}']);
		});

		test('keeps it shut where no check is known', async () => {
			expect(await vendorCalls(signing({ verify: undefined }))).toEqual(refused);
		});

		test('is not demanded of a vendor that never signs', async () => {
			const host = signing({ signs: undefined, verify: () => false });
			host.credential = { apiKey: 'sk-12345', ownSecret: OWN_SECRET, webhookSecret: 'whsec' };
			expect((await vendorCalls(host)).body).toEqual(delivered);
		});
	});
});

describe('Once', () => {
	test('a task that was delivered is not looked at again', async () => {
		const host = triggerFor('succeeded');
		await pollerCalls(host);
		expect(await vendorCalls(host)).toEqual(alreadyDelivered);
		expect(await pollerCalls(host)).toEqual(alreadyDelivered);
		expect(host.vendor.looks).toHaveLength(1);
		expect(host.started).toHaveLength(1);
	});

	test('of calls at the same moment one delivers', async () => {
		const host = triggerFor('succeeded');
		host.vendor.lookMs = 300;
		host.vendor.downloadMs = 300;
		const query = queryOf(host.triggerUrl({ taskId: 't0' }));
		const calls = [0, 1, 2, 3].map(async () => await host.callTrigger({ query }));
		const answers = await host.time.run(Promise.all(calls));
		const atWork = {
			httpStatus: 200,
			body: { state: 'pending', message: 'Another call is at work' },
		};
		expect(answers.filter(({ rows }) => rows === undefined)).toEqual([atWork, atWork, atWork]);
		expect(host.started).toHaveLength(1);
		expect(host.vendor.downloads).toHaveLength(1);
	});

	test('two tasks of the same moment are both delivered and both remembered', async () => {
		const host = triggerFor('succeeded');
		host.vendor.set('t1', 'succeeded');
		host.vendor.lookMs = 300;
		const call = (taskId: string) => ({
			query: queryOf(host.triggerUrl({ taskId, nonce: taskId })),
		});
		const both = Promise.all(['t0', 't1'].map(async (taskId) => host.callTrigger(call(taskId))));
		await host.time.run(both);
		expect(host.started.map(({ json }) => json.taskId).toSorted()).toEqual(['t0', 't1']);
		host.process = host.anotherProcess();
		for (const taskId of ['t0', 't1']) {
			expect((await host.time.run(host.callTrigger(call(taskId)))).rows).toBeUndefined();
		}
	});

	test('a call that found nothing keeps no other one away', async () => {
		const host = triggerFor('running');
		await pollerCalls(host);
		host.vendor.set('t0', 'succeeded');
		expect((await pollerCalls(host)).rows).toHaveLength(1);
	});

	test('a call that broke keeps no other one away', async () => {
		const host = triggerFor('succeeded');
		const { vendor } = providerOf('apikley');
		jest.spyOn(vendor, 'look').mockImplementationOnce(() => {
			throw new Error('A bug');
		});
		await expect(pollerCalls(host)).rejects.toThrow('A bug');
		expect((await pollerCalls(host)).rows).toHaveLength(1);
	});

	test('n8n that starts anew remembers what it has delivered', async () => {
		const host = triggerFor('succeeded');
		await vendorCalls(host);
		host.process = host.anotherProcess();
		expect(await vendorCalls(host)).toEqual(alreadyDelivered);
		const body = { data: { taskId: 't1' } };
		expect((await vendorCalls(host, {}, { body })).httpStatus).toBe(401);
	});

	test.each(['wf-1:node-2', 'wf-2:node-1'])('each trigger remembers its own: %s', async (id) => {
		const host = triggerFor('succeeded');
		await pollerCalls(host);
		host.trigger.id = id;
		host.trigger.saved = {};
		expect((await pollerCalls(host)).rows).toHaveLength(1);
	});

	test('for as long as its token lives, however many tasks come after it', async () => {
		const host = triggerFor('succeeded');
		host.trigger.parameters.options = { downloadVideo: false };
		const issuedAt = host.time.now();
		await pollerCalls(host, { issuedAt });
		for (let index = 0; index < 1100; index++) {
			host.vendor.set(`next-${index}`, 'succeeded');
			await pollerCalls(host, { taskId: `next-${index}`, nonce: `nonce of ${index}` });
		}
		host.process = host.anotherProcess();
		expect(await pollerCalls(host, { issuedAt })).toEqual(alreadyDelivered);
		await host.time.pass(14 * DAY);
		expect(await pollerCalls(host, { issuedAt })).toEqual(alreadyDelivered);
		await host.time.pass(1);
		expect(await pollerCalls(host, { issuedAt })).toEqual(refused);
	});

	test('as earlier versions of the package have kept it', async () => {
		const host = triggerFor('succeeded');
		host.trigger.saved.delivered = [{ taskId: 't0', nonce: 'nonce-1' }];
		expect(await pollerCalls(host)).toEqual(alreadyDelivered);
		const other = { taskId: 't1', nonce: 'nonce-1' };
		expect((await pollerCalls(host, other)).httpStatus).toBe(401);
	});

	test('says so where it may have forgotten', async () => {
		const host = triggerFor('succeeded');
		const today = Math.floor(host.time.now() / DAY);
		host.trigger.saved.delivered = { days: {}, forgottenUntil: today * DAY };
		host.vendor.set('t1', 'succeeded');
		const before = await pollerCalls(host, { ageMs: DAY });
		expect(before.rows?.[0]?.json.mayBeRepeat).toBe(true);
		const after = await pollerCalls(host, { taskId: 't1', nonce: 'nonce-2' });
		expect(after.rows?.[0]?.json).not.toHaveProperty('mayBeRepeat');
	});

	test.each([undefined, 'text', [{ taskId: 7 }], {}, { days: { x: 'y' } }, { days: [1] }])(
		'what was saved may be anything: %j',
		async (saved) => {
			const host = triggerFor('succeeded');
			host.trigger.saved = { delivered: saved, processes: saved };
			expect((await pollerCalls(host)).rows).toHaveLength(1);
		},
	);

	test('the same delivery, saved and known, is remembered once', async () => {
		const host = triggerFor('succeeded');
		host.vendor.set('t1', 'succeeded');
		await pollerCalls(host);
		await pollerCalls(host, { taskId: 't1', nonce: 'nonce-2' });
		expect(entriesOf(host)).toHaveLength(2);
		host.process = host.anotherProcess();
		await pollerCalls(host);
		expect(entriesOf(host)).toHaveLength(2);
	});

	test('a delivery without an address binds none', async () => {
		const host = triggerFor('succeeded', { options: { acceptUnsigned: true } });
		host.vendor.set('t1', 'succeeded');
		for (const taskId of ['t0', 't1']) {
			const { rows } = await host.time.run(host.callTrigger({ body: { taskId } }));
			expect(rows).toHaveLength(1);
		}
		host.trigger.parameters.events = [];
		host.vendor.set('t2', 'failed');
		await host.time.run(host.callTrigger({ body: { taskId: 't2' } }));
		expect(entriesOf(host)).toEqual([
			expect.stringMatching(/-{8}$/),
			expect.stringMatching(/-{8}$/),
			expect.stringMatching(/-{8}$/),
		]);
	});
});

/** What n8n keeps of the deliveries of one day. */
function entriesOf({ trigger }: FakeHost): string[] {
	const { days = {} } = trigger.saved.delivered as { days?: Record<string, string> };
	return Object.values(days).flatMap((entries) => entries.match(/.{16}/g) ?? []);
}

describe('A token that the vendor could have signed itself', () => {
	const weak = deriveCallbackKey('sk-12345');
	const claims = { context: { approvedBy: 'nobody' }, ledger: { table: 't', key: 'k' } };

	test.each([
		['its own secret', { ownSecret: OWN_SECRET }],
		['a Callback Secret', { callbackSecret: 'long and random' }],
	])('is refused where the credential has %s', async (_, secrets) => {
		const host = triggerFor('succeeded');
		host.credential = { apiKey: 'sk-12345', ...secrets };
		expect(await vendorCalls(host, claims, { key: weak })).toEqual(refused);
		expect(host.vendor.looks).toEqual([]);
	});

	test('is believed in no context and no ledger where it has none', async () => {
		const host = triggerFor('succeeded');
		host.credential = { apiKey: 'sk-12345' };
		host.tables = ledgerWith();
		const run = jest.spyOn(host.tables, 'run');
		const { rows } = await vendorCalls(host, claims, { key: weak });
		expect(rows).toHaveLength(1);
		expect(rows?.[0]?.json).not.toHaveProperty('context');
		expect(run).not.toHaveBeenCalled();
	});

	test.each(['', ' '])('is refused where the API key is %j, which anybody has', async (apiKey) => {
		const host = triggerFor('succeeded');
		host.credential = { apiKey };
		expect(await vendorCalls(host, {}, { key: deriveCallbackKey('') })).toEqual(refused);
		expect(await (await host.session()).signingKey()).toBeUndefined();
	});

	test('is refused where the API key stands in place of a secret, which it is not', async () => {
		const host = triggerFor('succeeded');
		host.credential = { apiKey: 'sk-12345', callbackSecret: 'sk-12345' };
		const { rows } = await vendorCalls(host, claims, { key: weak });
		expect(rows?.[0]?.json).not.toHaveProperty('context');
		expect((await (await host.session()).signingKey())?.isSecret).toBe(false);
	});
});

describe('A Callback Secret that changes', () => {
	const credential = {
		apiKey: 'sk-12345',
		ownSecret: OWN_SECRET,
		callbackSecret: 'new',
		previousCallbackSecret: 'old',
	};

	test.each(['new', 'old', OWN_SECRET])(
		'loses no call: %s counts, with its context',
		async (secret) => {
			const host = triggerFor('succeeded');
			host.credential = credential;
			const key = deriveCallbackKey(secret);
			const { rows } = await vendorCalls(host, { context: 7 }, { key });
			expect(rows?.[0]?.json.context).toBe(7);
		},
	);

	test('signs with the newest, and the old one counts no longer once it is taken out', async () => {
		const host = triggerFor('succeeded');
		host.credential = credential;
		const signing = await (await host.session()).signingKey();
		expect(signing?.key.equals(deriveCallbackKey('new'))).toBe(true);
		host.credential = { ...credential, previousCallbackSecret: '' };
		expect(await vendorCalls(host, {}, { key: deriveCallbackKey('old') })).toEqual(refused);
	});
});

describe('Several processes', () => {
	/** Two processes that serve a trigger by turns, and what the second one puts out. */
	async function servedByTwo(apartMs: number) {
		const host = triggerFor('succeeded');
		host.vendor.set('t1', 'succeeded');
		const other = host.anotherProcess();
		await pollerCalls(host);
		await host.time.pass(apartMs);
		const { rows } = await pollerCalls(
			host,
			{ taskId: 't1', nonce: 'nonce-2' },
			{ process: other },
		);
		return { host, other, row: rows?.[0]?.json };
	}

	test.each([0, minutes(5), minutes(10) - 1])(
		'%d ms apart say that a row may be a repeat',
		async (apartMs) => {
			expect((await servedByTwo(apartMs)).row?.mayBeRepeat).toBe(true);
		},
	);

	test('one after the other do not, e.g. after a start', async () => {
		expect((await servedByTwo(minutes(10))).row).not.toHaveProperty('mayBeRepeat');
	});

	test('do not deliver what the other one has', async () => {
		const { host, other } = await servedByTwo(0);
		expect((await pollerCalls(host, {}, { process: other })).rows).toBeUndefined();
		const second = { taskId: 't1', nonce: 'nonce-2' };
		expect((await pollerCalls(host, second)).rows).toBeUndefined();
	});

	test('called at the same moment save what the other one has saved over, at their next call', async () => {
		const host = triggerFor('succeeded');
		host.vendor.set('t1', 'succeeded');
		host.vendor.set('t2', 'running');
		const other = host.anotherProcess();
		const before = host.trigger.saved;
		await pollerCalls(host);
		host.trigger.saved = before;
		await pollerCalls(host, { taskId: 't1', nonce: 'nonce-2' }, { process: other });

		await pollerCalls(host, { taskId: 't2', nonce: 'nonce-3' });
		expect((await pollerCalls(host, {}, { process: other })).rows).toBeUndefined();
	});

	test('one alone does not, however often it delivers', async () => {
		const host = triggerFor('succeeded');
		for (let index = 0; index < 5; index++) {
			host.vendor.set(`t${index}`, 'succeeded');
			await host.time.pass(minutes(4));
			const { rows } = await pollerCalls(host, { taskId: `t${index}`, nonce: `n${index}` });
			expect(rows?.[0]?.json).not.toHaveProperty('mayBeRepeat');
		}
	});

	test('that serve side by side for long go on saying so', async () => {
		const { host, other } = await servedByTwo(0);
		host.vendor.set('t0', 'running');
		for (let round = 0; round < 10; round++) {
			await host.time.pass(minutes(4));
			const taskId = `r${round}`;
			host.vendor.set(taskId, 'succeeded');
			const process = round % 2 === 0 ? host.process : other;
			const { rows } = await pollerCalls(host, { taskId, nonce: taskId }, { process });
			expect(rows?.[0]?.json.mayBeRepeat).toBe(true);
		}
		expect(Object.keys(host.trigger.saved.processes as object)).toHaveLength(2);
	});

	test('that have gone are forgotten', async () => {
		const { host } = await servedByTwo(0);
		await host.time.pass(hours(1));
		host.vendor.set('t2', 'succeeded');
		await pollerCalls(host, { taskId: 't2', nonce: 'nonce-3' });
		expect(Object.keys(host.trigger.saved.processes as object)).toHaveLength(1);
	});

	test('note themselves seldom, so that n8n need not save at every call', async () => {
		const host = triggerFor('running');
		await pollerCalls(host);
		const first = JSON.stringify(host.trigger.saved);
		expect(Object.keys(host.trigger.saved)).toEqual(['processes']);
		await host.time.pass(minutes(5));
		await pollerCalls(host);
		expect(JSON.stringify(host.trigger.saved)).toBe(first);
		await host.time.pass(1);
		await pollerCalls(host);
		expect(JSON.stringify(host.trigger.saved)).not.toBe(first);
	});
});

describe('Whatever comes', () => {
	test('no call without a token of ours throws, or starts the workflow', async () => {
		const host = triggerFor('succeeded');
		const anyCall = fc.record({
			body: fc.oneof(fc.anything(), fc.constant({ data: { taskId: 't0' } })),
			query: fc.dictionary(fc.constantFrom('seedance', 'x'), fc.anything()),
			headers: fc.dictionary(fc.string(), fc.string()),
		});
		await fc.assert(
			fc.asyncProperty(anyCall, async (call) => {
				expect(await host.callTrigger(call)).toEqual(refused);
			}),
		);
		expect(host.vendor.looks).toEqual([]);
	});

	test('no answer of the vendor throws, or starts it with a video that is none', async () => {
		const anyAnswer = fc.record({
			statusCode: fc.integer({ min: 100, max: 599 }),
			headers: fc.dictionary(fc.string(), fc.string()),
			body: fc.oneof(fc.string(), fc.json(), fc.anything()),
		});
		const host = triggerFor('running');
		await fc.assert(
			fc.asyncProperty(anyAnswer, async (given) => {
				host.vendor.set('t0', 'running', { instead: () => given });
				const { rows, body } = await pollerCalls(host);
				expect(rows).toBeUndefined();
				expect(body.state).toBe('pending');
			}),
		);
	});
});

test.each([
	['succeeded', 'succeeded'],
	['failed', 'failed'],
	['running', 'submitted'],
] as const)('an order whose task is %s is written down as %s', async (status, state) => {
	const host = triggerFor(status);
	host.tables = ledgerWith('t0', 'another');
	await pollerCalls(host, { ledger: { table: LEDGER, key: 't0' } });
	const states = host.tables.rows(LEDGER).map(({ orderKey, state: told }) => [orderKey, told]);
	expect(Object.fromEntries(states)).toEqual({ t0: state, another: 'submitted' });
});

test.each([
	['is refused to this credential is left as it is', minutes(121), 'submitted'],
	['is not known after four days is written down as expired', 4 * DAY, 'expired'],
])('an order whose end %s', async (_, laterMs, state) => {
	const host = triggerFor('running', { instead: () => jsonAnswer(403, { message: 'not yours' }) });
	host.tables = ledgerWith('t0');
	const claims = { ledger: { table: LEDGER, key: 't0' }, issuedAt: host.time.now() };
	await pollerCalls(host, claims);
	await host.time.pass(laterMs);
	expect((await pollerCalls(host, claims)).body.state).toBe('delivered');
	expect(host.tables.rows(LEDGER)).toMatchObject([{ state }]);
});

describe('The end of a task', () => {
	const inLedger = async (change: (row: IDataObject, host: FakeHost) => void) => {
		const host = triggerFor('succeeded');
		host.tables = ledgerWith('order');
		const [table] = host.tables.tables;
		for (const row of table?.rows ?? []) change(row, host);
		const { body } = await pollerCalls(host, { ledger: { table: LEDGER, key: 'order' } });
		expect(body.state).toBe('delivered');
		return host.tables.rows(LEDGER).map(({ taskId, state, rowKey }) => [taskId, state, rowKey]);
	};

	test('is not that of another one, for which the order was made anew', async () => {
		const rows = await inLedger((row) => Object.assign(row, { taskId: 't1' }));
		expect(rows).toEqual([['t1', 'submitted', 'order#2']]);
	});

	test('is written down with the task, where the node that ordered it was killed', async () => {
		const rows = await inLedger((row) => Object.assign(row, { taskId: null, state: 'submitting' }));
		expect(rows).toEqual([['t0', 'succeeded', 'order#3']]);
	});

	test('is none, where it has failed and nobody knows which task the order has: it would be paid anew', async () => {
		const host = triggerFor('failed');
		host.tables = ledgerWith('order');
		Object.assign(host.tables.rows(LEDGER)[0] ?? {}, { taskId: null, state: 'unknown' });
		await pollerCalls(host, { ledger: { table: LEDGER, key: 'order' } });
		expect(host.tables.rows(LEDGER)).toMatchObject([{ taskId: null, state: 'unknown' }]);
	});

	test('waits a moment for the node that is about to write down the task', async () => {
		const rows = await inLedger((row, host) => {
			Object.assign(row, { taskId: null, state: 'submitting' });
			void host.time.sleep(1500).then(() => {
				Object.assign(row, { taskId: 't0', state: 'submitted', rowKey: 'order#3' });
			});
		});
		expect(rows).toEqual([['t0', 'succeeded', 'order#4']]);
	});
});

describe('The vendor’s URL of an order', () => {
	const ofOrder = (key: string) => ({ ledger: { table: LEDGER, key } });
	const told = (host: FakeHost) =>
		host.tables?.rows(LEDGER).map(({ orderKey, taskId, state }) => [orderKey, taskId, state]);

	test.each([
		['brings the task that the ledger knows of it', 't0', 'succeeded'],
		['brings one that no order names: made before the order was made anew', 't1', 'submitted'],
	])('%s', async (_, order, state) => {
		const host = triggerFor('succeeded');
		host.tables = ledgerWith(order);
		const { body, rows } = await vendorCalls(host, ofOrder(order));
		expect([body.state, rows?.length]).toEqual(['delivered', 1]);
		expect(told(host)).toEqual([[order, order, state]]);
	});

	test('waits a moment for the node that is about to write down the task', async () => {
		const host = triggerFor('succeeded');
		host.tables = ledgerWith('order');
		const [row] = host.tables.tables[0]?.rows ?? [];
		Object.assign(row ?? {}, { taskId: null, state: 'submitting' });
		void host.time.sleep(1500).then(() => {
			Object.assign(row ?? {}, { taskId: 't0', state: 'submitted', rowKey: 'order#3' });
		});
		expect((await vendorCalls(host, ofOrder('order'))).body.state).toBe('delivered');
		expect(told(host)).toEqual([['order', 't0', 'succeeded']]);
	});

	test('brings no task of another order', async () => {
		const host = triggerFor('succeeded');
		host.tables = ledgerWith('t1', 't0');
		const { body, rows } = await vendorCalls(host, ofOrder('t1'));
		expect([body.state, rows]).toEqual(['refused', undefined]);
		expect(told(host)?.map(([, , state]) => state)).toEqual(['submitted', 'submitted']);
	});

	test.each([
		['is not there, and says so in the log', 'gone', true],
		['names no such order', LEDGER, false],
	])('brings a task where the ledger %s', async (_, table, isSaid) => {
		const host = triggerFor('succeeded');
		host.tables = ledgerWith('another');
		const { body } = await vendorCalls(host, { ledger: { table, key: 'order' } });
		expect(body.state).toBe('delivered');
		expect(host.logged.some((line) => line.includes('the task ledger was not read'))).toBe(isSaid);
	});

	/** An order whose answer was lost. */
	const unknown = { orderKey: 'lost', taskId: null, state: 'unknown' };

	test.each([
		['tells which task it was where the vendor shows the URL', true, ['t0', 'succeeded']],
		['tells nothing for sure where the vendor does not', false, [null, 'unknown']],
	])('whose answer was lost %s', async (_, isShown, row) => {
		const host = triggerFor('succeeded');
		host.tables = ledgerWith('lost');
		Object.assign(host.tables.rows(LEDGER)[0] ?? {}, unknown);
		const callbackUrl = host.triggerUrl(ofOrder('lost'));
		if (isShown) host.vendor.set('t0', 'succeeded', { callbackUrl });
		expect((await vendorCalls(host, ofOrder('lost'))).body.state).toBe('delivered');
		expect(told(host)).toEqual([['lost', ...row]]);
	});

	test('whose answer was lost brings no task of another order', async () => {
		const host = triggerFor('succeeded');
		host.tables = ledgerWith('lost', 't0');
		Object.assign(host.tables.rows(LEDGER)[0] ?? {}, unknown);
		expect((await vendorCalls(host, ofOrder('lost'))).body.state).toBe('refused');
		expect(told(host)).toEqual([
			['lost', null, 'unknown'],
			['t0', 't0', 'submitted'],
		]);
	});
});
