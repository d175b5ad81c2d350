import type { IDataObject } from 'n8n-workflow';
import type { PollerPlan } from '../../../nodes/shared/host/pollerPlan';
import { runPoller } from '../../../nodes/shared/parking/poller';
import { judgeAnswer } from '../../../nodes/shared/parking/ringAnswer';
import { FakeHost, type Execution } from '../fakes/host.mts';
import { hours, minutes, seconds } from '../fakes/time.mts';
import { jsonAnswer, type HttpAnswer } from '../fakes/vendor.mts';

const url = (index: number) => `https://n8n.example.com/${index}`;

/** A poller that was just started, and what it is answered by address. */
async function pollerOf({
	rings = 1,
	ageMs = minutes(10),
	...more
}: Partial<Omit<PollerPlan, 'rings'>> & { rings?: number; ageMs?: number } = {}) {
	const host = new FakeHost({ ageMs });
	const plan: PollerPlan = {
		rings: Array.from({ length: rings }, (_, index) => ({
			url: url(index),
			body: { nonce: `n${index}` },
		})),
		rhythm: 'close',
		startedAt: host.time.now(),
		endsAt: host.time.now() + hours(10),
		...more,
	};
	const execution = host.newExecution({ plan: JSON.stringify(plan) });
	const answers = new Map<string, () => HttpAnswer>();
	host.proxy = (called) => answers.get(called)?.() ?? jsonAnswer(200, { state: 'pending' });
	const poller = {
		host,
		execution,
		answers,
		called: () => host.calls.map((call) => Number(call.url.split('/').at(-1))),
		/** When it is to be woken next, from now. */
		restMs: () => execution.waitTill - host.time.now(),
		/** One round now; false when it was the last one. */
		round: async () => await host.time.run(roundOf(host, execution)),
		/** The next round, so many milliseconds after its time. */
		async nextRound(lateMs = 0) {
			await host.time.pass(poller.restMs() + lateMs);
			return await poller.round();
		},
	};
	await poller.round();
	return poller;
}

async function roundOf(host: FakeHost, execution: Execution): Promise<boolean> {
	execution.waitTill = 0;
	const round = await runPoller(host.pollerRunOf(execution));
	if (!round.ok) throw new Error(round.error.message);
	expect(execution.waitTill > 0).toBe(round.value === 'again');
	return round.value === 'again';
}

const says = (httpStatus: number, message: string) => () =>
	jsonAnswer(httpStatus, { code: httpStatus, message });

const pending =
	(more: IDataObject = {}) =>
	() =>
		jsonAnswer(200, { state: 'pending', ...more });

describe('Answers', () => {
	const over = { state: 'over' };
	const again = { state: 'again' };
	const silence = { state: 'silence' };
	const running = { state: 'running' };

	test.each([
		['delivered', 200, { state: 'delivered' }, over],
		['gone', 410, { state: 'gone' }, over],
		['not yet', 200, { state: 'pending' }, again],
		[
			'not yet, with a time',
			200,
			{ state: 'pending', retryAfterSeconds: 90 },
			{ ...again, afterMs: 90_000 },
		],
		['not yet, with a note', 503, { state: 'pending', note: 'n' }, { ...again, note: 'n' }],
		['no time and no note', 200, { state: 'pending', retryAfterSeconds: null, note: 7 }, again],
		['refused', 401, { state: 'refused', message: 'Not a call for this execution' }, again],
		['running', 409, { message: 'The execution "7" is running already.' }, running],
		['finished', 409, { message: 'The execution "7 has finished already.' }, over],
		['failed or stopped', 409, { message: 'The execution "7" has finished with error.' }, over],
		['deleted', 404, { message: 'The execution "7" does not exist.' }, over],
		[
			'parked at another node',
			404,
			{
				message:
					'The workflow for execution "7" does not contain a waiting webhook with a matching path/method.',
			},
			over,
		],
		['a bad signature', 401, { error: 'Invalid token' }, running],
		['a bad signature, said otherwise', 401, { message: 'Invalid token' }, running],
		['a lost race', 500, { message: 'There was a problem executing the workflow' }, silence],
		['a proxy’s page', 404, undefined, again],
		['a proxy’s JSON', 404, { message: 'Not Found' }, again],
		['another proxy’s JSON', 404, { error: 'The execution "7" does not exist.' }, over],
		['a gateway', 502, { message: 'The execution "7" does not exist.' }, silence],
		['a gateway’s page', 504, undefined, silence],
		['words of a login page', 401, { message: 'Invalid token or password' }, again],
		[
			'words that a proxy wraps',
			404,
			{ message: 'Upstream: The execution "7" does not exist.' },
			again,
		],
		['other words with a status of n8n’s', 409, { message: 'Conflict' }, again],
		['words with another status', 200, { message: 'The execution "7" is running already.' }, again],
		['a message that is no text', 409, { message: { text: 'is running already' } }, again],
		['a state that is no word of ours', 200, { state: 'done' }, again],
		['an empty object', 200, {}, again],
	])('%s', (_, httpStatus, body, expected) => {
		expect(judgeAnswer({ httpStatus, body })).toEqual(expected);
	});

	test('none', () => {
		expect(judgeAnswer(undefined)).toEqual(silence);
	});
});

describe('A poller', () => {
	test('rests before it calls, so that the execution it calls has parked', async () => {
		const { host, restMs } = await pollerOf();
		expect(host.calls).toEqual([]);
		expect(restMs()).toBe(minutes(1));
	});

	test('of the wide rhythm rests for longer before it calls', async () => {
		const { host, restMs } = await pollerOf({ rhythm: 'wide', maxGapMs: seconds(5) });
		expect(host.calls).toEqual([]);
		expect(restMs()).toBe(seconds(195));
	});

	test('of a crowd leaves the first minutes to the watch, in either rhythm', async () => {
		const { host, execution, restMs } = await pollerOf();
		const begun = async (rhythm: PollerPlan['rhythm']) => {
			const plan = JSON.stringify({ ...JSON.parse(String(execution.plan)), rhythm });
			const other = host.newExecution({ plan });
			await host.time.run(roundOf(host, other));
			return other.waitTill - host.time.now();
		};
		for (let count = 1; count < 96; count++) expect(await begun('close')).toBe(minutes(1));
		expect(await begun('close')).toBe(minutes(5));
		expect(await begun('wide')).toBe(minutes(8));
		expect(restMs()).toBe(minutes(1));
		await host.time.pass(minutes(4));
		expect(await begun('wide')).toBe(seconds(195));
		expect(await begun('close')).toBe(minutes(1));
	});

	test('calls with what it was given, and rests again', async () => {
		const { host, nextRound, restMs } = await pollerOf();
		expect(await nextRound()).toBe(true);
		expect(host.calls).toMatchObject([{ url: url(0), body: { nonce: 'n0' } }]);
		expect(restMs()).toBe(minutes(1));
	});

	test.each<[string, PollerPlan['rhythm'], number, number | undefined, number]>([
		['at first', 'close', 0, undefined, minutes(1)],
		['after 40 minutes', 'close', minutes(40), undefined, minutes(2)],
		['after a day', 'close', hours(24), undefined, minutes(5)],
		['with a longest gap', 'close', hours(24), seconds(100), seconds(100)],
		['with a gap too short for n8n', 'close', hours(24), seconds(5), minutes(1)],
		['at first', 'wide', 0, undefined, seconds(195)],
		['after 40 minutes', 'wide', minutes(40), undefined, seconds(315)],
		['after a day', 'wide', hours(24), undefined, minutes(8)],
	])('rests %s in its %s rhythm', async (_, rhythm, agoMs, maxGapMs, expected) => {
		const startedAt = Date.parse('2026-11-20T10:00:00.000Z') - agoMs;
		const { restMs } = await pollerOf({ rhythm, startedAt, maxGapMs });
		expect(restMs()).toBe(expected);
	});

	test.each<[PollerPlan['rhythm'], number, number]>([
		['close', 180, seconds(180)],
		['wide', 180, seconds(435)],
		['wide', 300, minutes(8)],
		['wide', 2000, seconds(3200)],
		['close', 0, 0],
		['close', -5, 0],
	])('in its %s rhythm, asked to come in %d s, rests %d ms', async (rhythm, asked, expected) => {
		const { answers, nextRound, restMs } = await pollerOf({ rhythm });
		answers.set(url(0), pending({ retryAfterSeconds: asked }));
		await nextRound();
		expect(restMs()).toBe(expected);
	});

	test('that is told nothing rests longer as time goes by', async () => {
		const { nextRound, restMs, host } = await pollerOf();
		await host.time.pass(minutes(1));
		for (let round = 0; round < 60; round++) {
			await nextRound();
			expect(restMs()).toBeGreaterThanOrEqual(minutes(1));
		}
		expect(restMs()).toBe(minutes(5));
	});

	test.each([
		['delivered', () => jsonAnswer(200, { state: 'delivered' })],
		['gone', () => jsonAnswer(410, { state: 'gone' })],
		['finished', says(409, 'The execution "7 has finished already.')],
		['failed', says(409, 'The execution "7" has finished with error.')],
		['deleted', says(404, 'The execution "7" does not exist.')],
	])('ends when its wait is %s', async (_, answer) => {
		const { answers, nextRound, host } = await pollerOf();
		await nextRound();
		answers.set(url(0), answer);
		expect(await nextRound()).toBe(false);
		expect(host.calls).toHaveLength(2);
	});

	test.each<[string, () => HttpAnswer]>([
		[
			'an HTML page',
			() => ({ statusCode: 404, headers: {}, body: '<pre>Cannot POST /webhook-waiting/7</pre>' }),
		],
		['a proxy', () => jsonAnswer(404, { message: 'Not Found', statusCode: 404 })],
		['a list', () => jsonAnswer(409, ['is running already'])],
		['a text', () => jsonAnswer(200, 'delivered')],
		['a server error', says(500, 'There was a problem executing the workflow')],
		[
			'an answer that is no text',
			() => ({ statusCode: 200, headers: {}, body: { state: 'gone' } }),
		],
		[
			'nobody',
			() => {
				throw new Error('connect ECONNREFUSED');
			},
		],
	])('goes on when it meets %s', async (_, answer) => {
		const { answers, nextRound, restMs } = await pollerOf();
		answers.set(url(0), answer);
		for (let round = 0; round < 8; round++) {
			expect(await nextRound()).toBe(true);
			expect(restMs()).toBeGreaterThanOrEqual(minutes(1));
		}
	});

	test.each([
		['success', false],
		['form-waiting', false],
		['waiting', true],
		['running', true],
	])(
		'sent on to a form, ends when n8n says that the execution is over: %s',
		async (word, goesOn) => {
			const { host, nextRound } = await pollerOf();
			host.proxy = (called): HttpAnswer => {
				if (called.endsWith('n8n-execution-status')) {
					return { statusCode: 200, headers: {}, body: word };
				}
				return { statusCode: 307, headers: { location: '/form-waiting//0' }, body: '' };
			};
			expect(await nextRound()).toBe(goesOn);
		},
	);

	test('waits 10 seconds for an answer', async () => {
		const { host, nextRound, restMs } = await pollerOf();
		host.proxy = undefined;
		jest.spyOn(host, 'receive').mockImplementation(async () => {
			await host.time.sleep(minutes(5));
			return jsonAnswer(200, { state: 'delivered' });
		});
		const before = host.time.now() + restMs();
		expect(await nextRound()).toBe(true);
		expect(host.time.now() - before).toBe(seconds(10));
		expect(restMs()).toBe(minutes(1));
		expect(host.logged.at(-1)).toContain('an address did not answer');
	});

	test('brings back the last note it was given', async () => {
		const { host, answers, nextRound } = await pollerOf();
		answers.set(url(0), pending({ note: 'first' }));
		await nextRound();
		answers.set(url(0), pending());
		await nextRound();
		await nextRound();
		answers.set(url(0), pending({ note: 'second' }));
		await nextRound();
		await nextRound();
		expect(host.calls.map(({ body }) => body)).toEqual([
			{ nonce: 'n0' },
			{ nonce: 'n0', note: 'first' },
			{ nonce: 'n0', note: 'first' },
			{ nonce: 'n0', note: 'first' },
			{ nonce: 'n0', note: 'second' },
		]);
	});

	test('puts nothing of what it knows into its items', async () => {
		const { execution, answers, nextRound } = await pollerOf();
		answers.set(url(0), pending({ note: 'N'.repeat(1000) }));
		await nextRound();
		expect(execution.items).toEqual([]);
		expect(JSON.stringify(execution.kept)).toContain('NNN');
	});

	test('whose memory cannot be read begins anew', async () => {
		const { host, execution, nextRound, restMs } = await pollerOf();
		execution.kept.memory = { nextAt: 'soon' };
		expect(await nextRound()).toBe(true);
		expect(host.calls).toEqual([]);
		expect(restMs()).toBe(minutes(1));
	});
});

describe('An n8n that does not get round to answering', () => {
	/** The rests after so many rounds, in minutes. */
	async function restsOf(rounds: number, poller: Awaited<ReturnType<typeof pollerOf>>) {
		const rests: number[] = [];
		for (let round = 0; round < rounds; round++) {
			await poller.nextRound();
			rests.push(poller.restMs() / minutes(1));
		}
		return rests;
	}

	test.each<[PollerPlan['rhythm'], number[]]>([
		['close', [1, 2, 4, 6, 6, 6]],
		['wide', [3.25, 3.25, 4, 6, 6, 6]],
	])('is called more rarely each time, in its %s rhythm', async (rhythm, expected) => {
		const poller = await pollerOf({ rhythm });
		poller.answers.set(url(0), () => jsonAnswer(504, {}));
		expect(await restsOf(6, poller)).toEqual(expected);
		poller.host.time.chance = 1;
		expect(await restsOf(1, poller)).toEqual([9]);
		poller.answers.set(url(0), pending({ retryAfterSeconds: 60 }));
		await poller.nextRound();
		poller.host.time.chance = 0;
		poller.answers.set(url(0), () => jsonAnswer(504, {}));
		// By its age alone.
		expect((await restsOf(1, poller))[0]).toBeLessThan(6);
	});

	test('at one of several addresses is called as usual for the others', async () => {
		const poller = await pollerOf({ rings: 2 });
		poller.answers.set(url(0), () => jsonAnswer(504, {}));
		expect(await restsOf(4, poller)).toEqual([1, 1, 1, 1]);
	});

	test('is called again before the end, whenever it recovers', async () => {
		const endsAt = Date.parse('2026-11-20T10:20:00.000Z');
		const poller = await pollerOf({ endsAt });
		poller.answers.set(url(0), () => jsonAnswer(504, {}));
		const calledAt: number[] = [];
		poller.host.time.chance = 1;
		while (await poller.nextRound()) calledAt.push(poller.host.time.now());
		expect(endsAt - (calledAt.at(-1) ?? 0)).toBeLessThanOrEqual(minutes(2));
	});

	test('is called as usual again when it was started anew', async () => {
		const poller = await pollerOf();
		poller.answers.set(url(0), () => jsonAnswer(504, {}));
		expect(await restsOf(4, poller)).toEqual([1, 2, 4, 6]);
		await poller.host.time.pass(poller.restMs());
		poller.host.process = poller.host.anotherProcess(0);
		await poller.round();
		expect(await restsOf(1, poller)).toEqual([1]);
	});

	test('holds no other address up: a trigger that takes its time to deliver is no silence', async () => {
		const poller = await pollerOf({ rings: 12 });
		poller.host.proxy = undefined;
		jest.spyOn(poller.host, 'receive').mockImplementation(async () => {
			await poller.host.time.sleep(seconds(10));
			return jsonAnswer(504, {});
		});
		expect(await restsOf(6, poller)).toEqual([0, 0, 0, 0, 0, 0]);
		expect(poller.called()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
	});
});

describe('An execution that is at work', () => {
	const running = says(409, 'The execution "7" is running already.');

	test('for four minutes has gone past its wait', async () => {
		const { answers, nextRound } = await pollerOf();
		answers.set(url(0), running);
		for (let round = 0; round < 4; round++) expect(await nextRound()).toBe(true);
		expect(await nextRound()).toBe(false);
	});

	test('now and then has not', async () => {
		const { answers, nextRound } = await pollerOf();
		for (let round = 0; round < 6; round++) {
			answers.set(url(0), running);
			for (let again = 0; again < 3; again++) expect(await nextRound()).toBe(true);
			answers.set(url(0), pending({ retryAfterSeconds: 60 }));
			expect(await nextRound()).toBe(true);
		}
	});

	test('is counted for itself', async () => {
		const { answers, called, nextRound } = await pollerOf({ rings: 2 });
		answers.set(url(1), running);
		for (let round = 0; round < 6; round++) expect(await nextRound()).toBe(true);
		expect(called()).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
	});
});

describe('A poller of several waits', () => {
	test('ends when the last one is over, and calls none again that is', async () => {
		const { answers, called, nextRound } = await pollerOf({ rings: 3 });
		expect(await nextRound()).toBe(true);
		answers.set(url(1), () => jsonAnswer(200, { state: 'delivered' }));
		expect(await nextRound()).toBe(true);
		answers.set(url(0), () => jsonAnswer(200, { state: 'gone' }));
		expect(await nextRound()).toBe(true);
		answers.set(url(2), () => jsonAnswer(200, { state: 'delivered' }));
		expect(await nextRound()).toBe(false);
		expect(called()).toEqual([0, 1, 2, 0, 1, 2, 0, 2, 2]);
	});

	test('comes again when the first of them asks for it', async () => {
		const { answers, nextRound, restMs } = await pollerOf({ rings: 3 });
		answers.set(url(0), pending({ retryAfterSeconds: 200 }));
		answers.set(url(1), pending({ retryAfterSeconds: 120 }));
		answers.set(url(2), pending());
		await nextRound();
		expect(restMs()).toBe(seconds(120));
	});

	test.each<[PollerPlan['rhythm'], number]>([
		['close', 0],
		['wide', seconds(75)],
	])('of which a round reaches only some goes on with the others: %s', async (rhythm, restMs) => {
		const poller = await pollerOf({ rings: 12, rhythm });
		const { host, called } = poller;
		host.proxy = undefined;
		jest.spyOn(host, 'receive').mockImplementation(async () => {
			await host.time.sleep(seconds(4));
			return jsonAnswer(200, { state: 'pending', retryAfterSeconds: 120 });
		});
		await poller.nextRound();
		expect(called()).toEqual([0, 1, 2, 3, 4]);
		expect(poller.restMs()).toBe(restMs);
		await poller.nextRound();
		await poller.nextRound();
		expect(called()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2]);
	});

	test('spends its time only on those that are left', async () => {
		const poller = await pollerOf({ rings: 12 });
		const { host, called, answers } = poller;
		for (let index = 0; index < 11; index++) {
			answers.set(url(index), () => jsonAnswer(200, { state: 'delivered' }));
		}
		await poller.nextRound();
		host.calls.length = 0;
		await poller.nextRound();
		expect(called()).toEqual([11]);
		expect(poller.restMs()).toBe(minutes(1));
	});
});

describe('The end of its time', () => {
	test('ends a poller, whatever it was told', async () => {
		const { host, nextRound, restMs, answers } = await pollerOf({
			endsAt: Date.parse('2026-11-20T10:01:30.000Z'),
		});
		answers.set(url(0), pending({ retryAfterSeconds: 600 }));
		expect(await nextRound()).toBe(true);
		expect(restMs()).toBe(seconds(30));
		expect(await nextRound()).toBe(false);
		expect(host.calls).toHaveLength(1);
	});

	test('has not come a moment before', async () => {
		const { nextRound } = await pollerOf({ endsAt: Date.parse('2026-11-20T10:01:00.001Z') });
		expect(await nextRound()).toBe(true);
	});
});

describe('n8n that was down', () => {
	test.each<[PollerPlan['rhythm'], number]>([
		['close', minutes(1)],
		['wide', seconds(195)],
	])('is given time by a poller that comes late: %s', async (rhythm, restMs) => {
		const poller = await pollerOf({ rhythm });
		expect(await poller.nextRound(seconds(90) + 1)).toBe(true);
		expect(poller.host.calls).toEqual([]);
		expect(poller.restMs()).toBe(restMs);
		await poller.nextRound();
		expect(poller.host.calls).toHaveLength(1);
	});

	test('was not down when a poller comes up to 90 seconds late', async () => {
		const poller = await pollerOf();
		await poller.nextRound(seconds(90));
		expect(poller.host.calls).toHaveLength(1);
	});

	test('that is always late is called every other time', async () => {
		const poller = await pollerOf();
		for (let round = 0; round < 6; round++) await poller.nextRound(minutes(3));
		expect(poller.host.calls).toHaveLength(3);
	});

	test.each<[PollerPlan['rhythm'], number, number]>([
		['close', 0, minutes(1)],
		['close', seconds(20), minutes(1)],
		['wide', seconds(20), seconds(195)],
	])('is left alone while it is young: %s, after %d ms', async (rhythm, ageMs, restMs) => {
		const poller = await pollerOf({ rhythm });
		await poller.host.time.pass(poller.restMs());
		poller.host.process = poller.host.anotherProcess(ageMs);
		expect(await poller.round()).toBe(true);
		expect(poller.host.calls).toEqual([]);
		expect(poller.restMs()).toBe(restMs);
		await poller.nextRound();
		expect(poller.host.calls).toHaveLength(1);
	});

	test('has its pollers come back at different moments', async () => {
		const poller = await pollerOf();
		await poller.host.time.pass(poller.restMs());
		poller.host.process = poller.host.anotherProcess(0);
		poller.host.time.chance = 0.8;
		await poller.round();
		expect(poller.restMs()).toBe(seconds(84));
	});

	test('and is young does not use up the rest of one that comes late', async () => {
		const poller = await pollerOf();
		await poller.host.time.pass(poller.restMs());
		poller.host.process = poller.host.anotherProcess(seconds(59));
		await poller.round();
		await poller.nextRound(minutes(3));
		expect(poller.host.calls).toEqual([]);
		await poller.nextRound();
		expect(poller.host.calls).toHaveLength(1);
	});
});

describe('A plan that is not known', () => {
	async function errorOf(plan: string | undefined, items: IDataObject[]) {
		const host = new FakeHost();
		const execution = host.newExecution({ plan, items: items.map((json) => ({ json })) });
		const round = await runPoller(host.pollerRunOf(execution));
		expect(execution.waitTill).toBe(0);
		return round.ok ? undefined : round.error;
	}

	test.each([
		['none', undefined],
		['no JSON', '{'],
		['another', '{"keeper":true}'],
		['an unknown rhythm', JSON.stringify({ rings: [], rhythm: 'slow', startedAt: 1, endsAt: 2 })],
	])('ends with the tasks it was for: %s', async (_, plan) => {
		const error = await errorOf(plan, [{ taskId: 'a' }, { other: 1 }, { taskId: 'b' }]);
		expect(error).toMatchObject({
			message: expect.stringContaining('another version of n8n-nodes-seedance'),
			description: 'Get the videos with the node Seedance Task, operation Wait. Task IDs: a, b.',
		});
	});

	test('says where to look when it names none', async () => {
		expect(await errorOf(undefined, [{}])).toMatchObject({
			description: expect.stringContaining('Task IDs: see the execution that waits.'),
		});
	});
});
