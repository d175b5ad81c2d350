import { FakeHost, submittedTask, unwatched, type Execution } from '../fakes/host.mts';
import { hours, minutes, seconds } from '../fakes/time.mts';
import { jsonAnswer, mediaError, videoOf, videoUrlOf } from '../fakes/vendor.mts';
import { providerOf } from '../helpers.mts';

/** A paused execution after its first call, and its n8n's own calls from then on. */
async function watched(
	taskIds: string[],
	rules: Parameters<typeof submittedTask>[1] = {},
	host = new FakeHost(),
) {
	for (const taskId of taskIds) host.vendor.set(taskId, 'running');
	const tasks = taskIds.map((taskId, itemIndex) => submittedTask(taskId, { ...rules, itemIndex }));
	const { parksAndDies } = host;
	host.parksAndDies = true;
	const execution = await host.pause(tasks);
	host.parksAndDies = parksAndDies;
	await host.look(execution);
	host.calls.length = 0;
	host.vendor.looks.length = 0;
	return { host, execution };
}

test('from the beginning, a task that ends within seconds comes within seconds', async () => {
	const host = new FakeHost();
	host.vendor.set('t0', 'running');
	const execution = await host.pause([submittedTask('t0')]);
	await host.time.pass(seconds(8));
	host.vendor.set('t0', 'succeeded');
	await host.time.pass(seconds(2));
	expect(execution.state).toBe('success');
	expect(host.calls).toHaveLength(2);
});

test.each([
	[1, 0],
	[2, 4],
	[3, 9],
])('n8n may take its time to park: the call number %d counts, after %d s', async (calls, busyS) => {
	const host = new FakeHost();
	host.vendor.set('t0', 'succeeded');
	const execution = await host.pause([submittedTask('t0')]);
	execution.state = 'running';
	host.time.at(host.time.now() + seconds(busyS), () => (execution.state = 'waiting'));
	await host.time.pass(seconds(30));
	expect(execution.state).toBe('success');
	expect(host.calls).toHaveLength(calls);
});

describe('Between two calls', () => {
	test.each([5, 60, 400, 1200])('a task that ends after %d s comes at once', async (lengthS) => {
		const host = new FakeHost();
		host.track();
		host.vendor.set('t0', 'running');
		const submittedAt = host.time.now() - seconds(lengthS);
		const execution = await host.pause([submittedTask('t0', { submittedAt, timeoutMinutes: 99 })]);
		await host.look(execution);
		host.vendor.set('t0', 'succeeded');
		await host.time.pass(Math.max(seconds(2), seconds(lengthS) / 300));
		expect(execution.state).toBe('success');
		expect(host.filesOf(execution)).toEqual([`${videoOf('t0')}`]);
		expect(host.vendor.downloads).toHaveLength(1);
	});

	test('n8n is called a few times, the vendor as often as it is good for the user', async () => {
		const host = new FakeHost();
		host.track();
		host.vendor.set('t0', 'running');
		await host.pause([submittedTask('t0', { timeoutMinutes: 99 })]);
		await host.time.pass(minutes(20));
		expect(host.calls.length).toBeLessThanOrEqual(9);
		expect(host.vendor.looks.length).toBeGreaterThanOrEqual(450);
		expect(host.vendor.looks.length).toBeLessThanOrEqual(550);
	});

	test.each([
		['keeps to the gap that the user set', { maxPollGapMs: seconds(30) }, 600, 30],
		['looks after a three-hundredth of its time', {}, 150, 30],
		['looks every five minutes at the longest', { timeoutMinutes: 9000 }, 2800, 300],
	])('%s', async (_, rules, elapsedMinutes, gapS) => {
		const submittedAt = Date.parse('2026-11-20T10:00:00.000Z') - minutes(elapsedMinutes);
		const { host } = await watched(['t0'], { timeoutMinutes: 99, ...rules, submittedAt });
		await host.time.pass(seconds(gapS) - 1);
		expect(host.vendor.looks).toEqual([]);
		await host.time.pass(1);
		expect(host.vendor.looks).toEqual(['t0']);
	});

	test('the vendor is left alone for as long as it asks', async () => {
		const { host } = await watched(['t0']);
		const busy = { ...jsonAnswer(429, { code: 429 }), headers: { 'retry-after': '50' } };
		host.vendor.set('t0', 'running', { instead: () => busy });
		await host.time.pass(seconds(2));
		expect(host.vendor.looks).toEqual(['t0']);
		await host.time.pass(seconds(49.9));
		expect(host.vendor.looks).toEqual(['t0']);
		await host.time.pass(seconds(0.1));
		expect(host.vendor.looks).toEqual(['t0', 't0']);
	});

	test('a look that fails makes the next one come later, until one works', async () => {
		const submittedAt = Date.parse('2026-11-20T10:00:00.000Z') - minutes(10);
		const { host } = await watched(['t0'], { submittedAt, timeoutMinutes: 99 });
		const looksInAMinute = async () => {
			host.vendor.looks.length = 0;
			await host.time.pass(minutes(1));
			return host.vendor.looks.length;
		};
		host.vendor.set('t0', 'running', { instead: () => jsonAnswer(500, {}) });
		expect(await looksInAMinute()).toBe(4);
		host.vendor.set('t0', 'running', { instead: undefined });
		expect(await looksInAMinute()).toBeGreaterThan(20);
	});

	test('half of the vendor’s documented rate is left to those who have to ask', async () => {
		const host = new FakeHost({ vendor: 'modellix' });
		for (let count = 0; count < 30; count++) {
			const rules = { provider: 'modellix', timeoutMinutes: 99 };
			await watched([`t${count}`], rules, host);
		}
		await host.time.pass(minutes(3));
		host.vendor.looks.length = 0;
		await host.time.pass(minutes(1));
		expect(host.vendor.looks.length).toBeGreaterThanOrEqual(40);
		expect(host.vendor.looks.length).toBeLessThanOrEqual(46);
	});

	describe('while others take more than half of the vendor’s rate', () => {
		/** A watch that has just begun, and so many requests of others with the same credential. */
		const besideOthers = async (requests: number) => {
			const host = new FakeHost({ vendor: 'modellix' });
			await watched(['t0'], { provider: 'modellix', timeoutMinutes: 99 }, host);
			const { transport } = await host.session();
			for (let count = 0; count < requests; count++) {
				await transport.read({ method: 'GET', url: `/others/${count}` });
			}
			host.vendor.looks.length = 0;
			return host;
		};

		test('it leaves them the rest, and looks within 2 s when there is room again', async () => {
			const host = await besideOthers(60);
			await host.time.pass(minutes(1) - 1);
			expect(host.vendor.looks).toEqual([]);
			await host.time.pass(seconds(2));
			expect(host.vendor.looks).toEqual(['t0']);
		});

		test('and not while they take less', async () => {
			const host = await besideOthers(20);
			await host.time.pass(seconds(2));
			expect(host.vendor.looks).toEqual(['t0']);
		});
	});

	test('the end of the time is not missed', async () => {
		const { host, execution } = await watched(['t0'], { timeoutMinutes: 3 });
		await host.time.pass(minutes(3) - 1);
		expect(execution.state).toBe('waiting');
		await host.time.pass(seconds(2));
		expect(execution.state).toBe('error');
		expect(execution.error?.message).toContain('was not finished after 3 minutes');
	});

	test('a call that does not come through is made again', async () => {
		const { host, execution } = await watched(['t0']);
		host.vendor.set('t0', 'succeeded');
		host.proxy = () => jsonAnswer(502, { message: 'Bad Gateway' });
		await host.time.pass(seconds(3));
		expect(execution.state).toBe('waiting');
		expect(host.calls).toHaveLength(1);
		host.proxy = undefined;
		await host.time.pass(minutes(1));
		expect(execution.state).toBe('success');
		expect(host.calls).toHaveLength(2);
	});

	test('what looked like an end is judged by the paused node itself', async () => {
		const { host, execution } = await watched(['t0']);
		host.vendor.set('t0', 'succeeded', { toldId: 'another' });
		await host.time.pass(minutes(1));
		expect(execution.state).toBe('waiting');
		expect(host.calls).toEqual([]);
		let count = 0;
		const failing = jsonAnswer(200, { code: 200, data: { taskId: 't0', state: 'fail' } });
		const running = jsonAnswer(200, { code: 200, data: { taskId: 't0', state: 'waiting' } });
		host.vendor.set('t0', 'running', { instead: () => (count++ === 0 ? failing : running) });
		await host.time.pass(minutes(1));
		expect(host.calls).toHaveLength(1);
		expect(execution.state).toBe('waiting');
	});
});

describe('Of a batch', () => {
	const taskIds = Array.from({ length: 25 }, (_, index) => `t${index}`);

	test('the last is looked at as soon as the first', async () => {
		const { host } = await watched(taskIds);
		await host.time.pass(seconds(2));
		expect([...host.vendor.looks].sort()).toEqual([...taskIds].sort());
		await host.time.pass(seconds(2));
		expect(host.vendor.looks).toHaveLength(50);
	});

	test('each is looked at in its own time', async () => {
		const host = new FakeHost();
		host.parksAndDies = true;
		for (const taskId of ['old', 'new']) host.vendor.set(taskId, 'running');
		const submittedAt = host.time.now() - minutes(50);
		const execution = await host.pause([
			submittedTask('old', { submittedAt, timeoutMinutes: 99 }),
			submittedTask('new', { itemIndex: 1 }),
		]);
		host.parksAndDies = false;
		await host.look(execution);
		host.vendor.looks.length = 0;
		await host.time.pass(seconds(8));
		expect(host.vendor.looks).toEqual(['new', 'new', 'new', 'new']);
		await host.time.pass(seconds(2));
		expect([...host.vendor.looks.slice(4)].sort()).toEqual(['new', 'old']);
	});

	test('Retry-After of one look counts for all', async () => {
		const { host } = await watched(taskIds.slice(0, 3));
		const busy = { ...jsonAnswer(429, { code: 429 }), headers: { 'retry-after': '20' } };
		host.vendor.set('t1', 'running', { instead: () => busy });
		await host.time.pass(seconds(2));
		host.vendor.looks.length = 0;
		await host.time.pass(seconds(19.9));
		expect(host.vendor.looks).toEqual([]);
		await host.time.pass(seconds(0.1));
		expect(host.vendor.looks).toHaveLength(3);
	});

	test('what has ended is not looked at again', async () => {
		const { host } = await watched(taskIds.slice(0, 3));
		host.vendor.set('t1', 'succeeded');
		await host.time.pass(seconds(30));
		const looksAt = (wanted: string) => host.vendor.looks.filter((taskId) => taskId === wanted);
		expect(looksAt('t0').length).toBeGreaterThan(3);
		expect(looksAt('t1')).toHaveLength(1);
	});

	test('what ends is fetched once a minute, and at once when all have ended', async () => {
		const { host, execution } = await watched(taskIds.slice(0, 3));
		host.vendor.set('t0', 'succeeded');
		await host.time.pass(minutes(1) - 1);
		expect(host.calls).toEqual([]);
		await host.time.pass(seconds(7));
		expect(host.calls).toHaveLength(1);
		expect(host.vendor.downloads).toHaveLength(1);
		host.vendor.set('t1', 'succeeded');
		host.vendor.set('t2', 'succeeded');
		await host.time.pass(seconds(8));
		expect(execution.state).toBe('success');
		expect(host.vendor.downloads).toHaveLength(3);
	});
});

describe('A watch ends', () => {
	const looksIn = async (host: FakeHost, ms: number) => {
		host.vendor.looks.length = 0;
		await host.time.pass(ms);
		return host.vendor.looks.length;
	};

	test('with the wait', async () => {
		const { host, execution } = await watched(['t0']);
		host.vendor.set('t0', 'succeeded');
		await host.look(execution);
		expect(await looksIn(host, minutes(10))).toBe(0);
		expect(host.calls).toEqual([]);
	});

	test('with the process; the pollers bring the video all the same', async () => {
		const host = new FakeHost();
		host.track();
		host.vendor.set('t0', 'running');
		const execution = await host.pause([submittedTask('t0')]);
		await host.time.pass(minutes(3));
		host.kill();
		expect(await looksIn(host, minutes(1))).toBe(0);
		host.start();
		host.vendor.set('t0', 'succeeded');
		await host.time.pass(minutes(6));
		expect(execution.state).toBe('success');
	});

	test('when nobody calls any more, e.g. since the user has stopped the execution', async () => {
		const { host, execution } = await watched(['t0']);
		execution.state = 'canceled';
		expect(await looksIn(host, minutes(6))).toBeGreaterThan(0);
		expect(await looksIn(host, hours(1))).toBe(0);
	});

	test('two minutes after a call was due, also where a look an hour is wanted', async () => {
		const rules = { maxPollGapMs: hours(1), timeoutMinutes: 5000 };
		const submittedAt = Date.parse('2026-11-20T10:00:00.000Z') - hours(20);
		const { host, execution } = await watched(['t0'], { ...rules, submittedAt });
		execution.state = 'canceled';
		await host.time.pass(minutes(7) - 1);
		expect(host.time.sleepers).toBe(1);
		await host.time.pass(1);
		expect(host.time.sleepers).toBe(0);
	});

	test('when the credential is gone', async () => {
		const { host, execution } = await watched(['t0']);
		host.credential = undefined;
		expect((await host.look(execution)).body).toMatchObject({
			state: 'pending',
			retryAfterSeconds: 60,
		});
		expect(await looksIn(host, minutes(2))).toBe(0);
	});

	test('when it fails, which the log says; the next call begins another', async () => {
		const { host, execution } = await watched(['t0']);
		const { vendor } = providerOf('apikley');
		jest.spyOn(vendor, 'look').mockImplementationOnce(() => {
			throw new Error('A bug');
		});
		expect(await looksIn(host, minutes(1))).toBe(0);
		expect(host.logged.at(-1)).toBe('Seedance: a watch has ended early {"error":"A bug"}');
		await host.look(execution);
		expect(await looksIn(host, minutes(1))).toBeGreaterThan(3);
	});

	test('when another one begins', async () => {
		const { host, execution } = await watched(['t0']);
		const alone = await looksIn(host, minutes(2));
		for (let count = 0; count < 5; count++) await host.look(execution);
		expect(await looksIn(host, minutes(2))).toBeLessThanOrEqual(alone);
	});
});

test('every process that is called watches, and the video comes once', async () => {
	const { host, execution } = await watched(['t0']);
	const other = host.anotherProcess();
	await host.look(execution, { process: other });
	host.vendor.set('t0', 'succeeded');
	await host.time.pass(minutes(1));
	expect(execution.state).toBe('success');
	expect(host.vendor.downloads).toHaveLength(1);
});

test('where n8n does not tell the address, the pollers come often', async () => {
	const { host, execution } = await watched(['t0'], {}, unwatched());
	await host.time.pass(minutes(1));
	expect(host.vendor.looks).toEqual([]);
	expect((await host.look(execution)).body.retryAfterSeconds).toBe(60);
});

test.each([
	[minutes(1), {}, 240],
	[minutes(70), {}, 240],
	[minutes(90), {}, 270],
	[hours(10), {}, 300],
	[minutes(40), { maxPollGapMs: seconds(90) }, 240],
	[minutes(1), { timeoutMinutes: 2 }, 120],
])('after %d ms with %j the next call is asked for in %d s', async (ageMs, rules, expected) => {
	const host = new FakeHost();
	host.vendor.set('t0', 'running');
	const submittedAt = host.time.now() - ageMs;
	const timeoutMinutes = 1000;
	const execution = await host.pause([
		submittedTask('t0', { timeoutMinutes, submittedAt, ...rules }),
	]);
	const { body } = await host.look(execution);
	expect(body.retryAfterSeconds).toBe(expected);
});

test('calls are made more rarely the more executions are paused; what is delivered counts no more', async () => {
	const host = new FakeHost({ vendor: 'aimlapi' });
	host.track();
	const rules = { provider: 'aimlapi', timeoutMinutes: 600 };
	const taskIds = Array.from({ length: 150 }, (_, index) => `t${index}`);
	taskIds.forEach((taskId) => host.vendor.set(taskId, 'running'));
	const executions: Execution[] = [];
	for (const taskId of taskIds) executions.push(await host.pause([submittedTask(taskId, rules)]));
	const [first, ...others] = executions;
	if (first === undefined) throw new Error('Nothing is paused');
	const nextCallOf = async () => (await host.look(first)).body.retryAfterSeconds;

	await host.time.pass(minutes(4));
	expect(await nextCallOf()).toBe(150 * 5);
	taskIds.slice(1).forEach((taskId) => host.vendor.set(taskId, 'succeeded'));
	await host.time.pass(minutes(4));
	expect(others.every(({ state }) => state === 'success')).toBe(true);
	expect(await nextCallOf()).toBe(240);
});

test('whoever looks names the model: in a call, between two calls, and for the new address of a file', async () => {
	const look = jest.spyOn(providerOf('apikley').vendor, 'look');
	const { host, execution } = await watched(['t0']);
	await host.time.pass(seconds(2));
	const gone = videoUrlOf('gone');
	host.vendor.set('t0', 'succeeded', { videoUrl: gone });
	host.vendor.media.set(gone, () => {
		host.vendor.set('t0', 'succeeded', { videoUrl: videoUrlOf('t0') });
		return mediaError(404);
	});
	await host.time.pass(seconds(30));
	expect(execution.state).toBe('success');
	const modelId = 'bytedance/v1-lite-text-to-video';
	const named = expect.objectContaining({ taskId: 't0', modelId });
	// In the first call, twice between the calls, in the second call and for the address.
	expect(look).toHaveBeenCalledTimes(5);
	expect(look.mock.calls).toEqual(look.mock.calls.map(() => [named]));
});
