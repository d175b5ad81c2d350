import { providers } from '../../../nodes/shared/providers';
import { FakeN8n, submittedTask, unwatched, type Execution } from '../fakes/n8n.mts';
import { hours, minutes, seconds } from '../fakes/time.mts';
import { jsonAnswer, videoOf } from '../fakes/vendor.mts';

afterEach(() => jest.restoreAllMocks());

/** A paused execution after its first call, and its n8n's own calls from then on. */
async function watched(
	taskIds: string[],
	rules: Parameters<typeof submittedTask>[1] = {},
	n8n = new FakeN8n(),
) {
	for (const taskId of taskIds) n8n.vendor.set(taskId, 'running');
	const tasks = taskIds.map((taskId, itemIndex) => submittedTask(taskId, { ...rules, itemIndex }));
	const { parksAndDies } = n8n;
	n8n.parksAndDies = true;
	const execution = await n8n.pause(tasks);
	n8n.parksAndDies = parksAndDies;
	await n8n.look(execution);
	n8n.calls.length = 0;
	n8n.vendor.looks.length = 0;
	return { n8n, execution };
}

const fileOf = (n8n: FakeN8n, { rows = [] }: Execution) =>
	rows.map(({ binary }) => n8n.files.get(binary?.data?.id ?? '')?.toString());

test('from the beginning, a task that ends within seconds comes within seconds', async () => {
	const n8n = new FakeN8n();
	n8n.vendor.set('t0', 'running');
	const execution = await n8n.pause([submittedTask('t0')]);
	await n8n.time.pass(seconds(8));
	n8n.vendor.set('t0', 'succeeded');
	await n8n.time.pass(seconds(2));
	expect(execution.state).toBe('success');
	expect(n8n.calls).toHaveLength(2);
});

test.each([
	[1, 0],
	[2, 4],
	[3, 9],
])('n8n may take its time to park: the call number %d counts, after %d s', async (calls, busyS) => {
	const n8n = new FakeN8n();
	n8n.vendor.set('t0', 'succeeded');
	const execution = await n8n.pause([submittedTask('t0')]);
	execution.state = 'running';
	n8n.time.at(n8n.time.now() + seconds(busyS), () => (execution.state = 'waiting'));
	await n8n.time.pass(seconds(30));
	expect(execution.state).toBe('success');
	expect(n8n.calls).toHaveLength(calls);
});

describe('Between two calls', () => {
	test.each([5, 60, 400, 1200])('a task that ends after %d s comes at once', async (lengthS) => {
		const n8n = new FakeN8n();
		n8n.track();
		n8n.vendor.set('t0', 'running');
		const submittedAt = n8n.time.now() - seconds(lengthS);
		const execution = await n8n.pause([submittedTask('t0', { submittedAt, timeoutMinutes: 99 })]);
		await n8n.look(execution);
		n8n.vendor.set('t0', 'succeeded');
		await n8n.time.pass(Math.max(seconds(2), seconds(lengthS) / 300));
		expect(execution.state).toBe('success');
		expect(fileOf(n8n, execution)).toEqual([`${videoOf('t0')}`]);
		expect(n8n.vendor.downloads).toHaveLength(1);
	});

	test('n8n is called a few times, the vendor as often as it is good for the user', async () => {
		const n8n = new FakeN8n();
		n8n.track();
		n8n.vendor.set('t0', 'running');
		await n8n.pause([submittedTask('t0', { timeoutMinutes: 99 })]);
		await n8n.time.pass(minutes(20));
		expect(n8n.calls.length).toBeLessThanOrEqual(9);
		expect(n8n.vendor.looks.length).toBeGreaterThanOrEqual(450);
		expect(n8n.vendor.looks.length).toBeLessThanOrEqual(550);
	});

	test.each([
		['keeps to the gap that the user set', { maxPollGapMs: seconds(30) }, 600, 30],
		['looks after a three-hundredth of its time', {}, 150, 30],
		['looks every five minutes at the longest', { timeoutMinutes: 9000 }, 2800, 300],
	])('%s', async (_, rules, elapsedMinutes, gapS) => {
		const submittedAt = Date.parse('2026-11-20T10:00:00.000Z') - minutes(elapsedMinutes);
		const { n8n } = await watched(['t0'], { timeoutMinutes: 99, ...rules, submittedAt });
		await n8n.time.pass(seconds(gapS) - 1);
		expect(n8n.vendor.looks).toEqual([]);
		await n8n.time.pass(1);
		expect(n8n.vendor.looks).toEqual(['t0']);
	});

	test('the vendor is left alone for as long as it asks', async () => {
		const { n8n } = await watched(['t0']);
		const busy = { ...jsonAnswer(429, { code: 429 }), headers: { 'retry-after': '50' } };
		n8n.vendor.set('t0', 'running', { instead: () => busy });
		await n8n.time.pass(seconds(2));
		expect(n8n.vendor.looks).toEqual(['t0']);
		await n8n.time.pass(seconds(49.9));
		expect(n8n.vendor.looks).toEqual(['t0']);
		await n8n.time.pass(seconds(0.1));
		expect(n8n.vendor.looks).toEqual(['t0', 't0']);
	});

	test('half of the vendor’s documented rate is left to those who have to ask', async () => {
		const n8n = new FakeN8n({ vendor: 'modellix' });
		for (let count = 0; count < 30; count++) {
			const rules = { provider: 'modellix', timeoutMinutes: 99 };
			await watched([`t${count}`], rules, n8n);
		}
		await n8n.time.pass(minutes(3));
		n8n.vendor.looks.length = 0;
		await n8n.time.pass(minutes(1));
		expect(n8n.vendor.looks.length).toBeGreaterThanOrEqual(40);
		expect(n8n.vendor.looks.length).toBeLessThanOrEqual(46);
	});

	test('the end of the time is not missed', async () => {
		const { n8n, execution } = await watched(['t0'], { timeoutMinutes: 3 });
		await n8n.time.pass(minutes(3) - 1);
		expect(execution.state).toBe('waiting');
		await n8n.time.pass(seconds(2));
		expect(execution.state).toBe('error');
		expect(execution.error?.message).toContain('was not finished after 3 minutes');
	});

	test('a call that does not come through is made again', async () => {
		const { n8n, execution } = await watched(['t0']);
		n8n.vendor.set('t0', 'succeeded');
		n8n.proxy = () => jsonAnswer(502, { message: 'Bad Gateway' });
		await n8n.time.pass(seconds(3));
		expect(execution.state).toBe('waiting');
		expect(n8n.calls).toHaveLength(1);
		n8n.proxy = undefined;
		await n8n.time.pass(minutes(1));
		expect(execution.state).toBe('success');
		expect(n8n.calls).toHaveLength(2);
	});

	test('what looked like an end is judged by the paused node itself', async () => {
		const { n8n, execution } = await watched(['t0']);
		n8n.vendor.set('t0', 'succeeded', { toldId: 'another' });
		await n8n.time.pass(minutes(1));
		expect(execution.state).toBe('waiting');
		expect(n8n.calls).toEqual([]);
		let count = 0;
		const failing = jsonAnswer(200, { code: 200, data: { taskId: 't0', state: 'fail' } });
		const running = jsonAnswer(200, { code: 200, data: { taskId: 't0', state: 'waiting' } });
		n8n.vendor.set('t0', 'running', { instead: () => (count++ === 0 ? failing : running) });
		await n8n.time.pass(minutes(1));
		expect(n8n.calls).toHaveLength(1);
		expect(execution.state).toBe('waiting');
	});
});

describe('Of a batch', () => {
	const taskIds = Array.from({ length: 25 }, (_, index) => `t${index}`);

	test('the last is looked at as soon as the first', async () => {
		const { n8n } = await watched(taskIds);
		await n8n.time.pass(seconds(2));
		expect([...n8n.vendor.looks].sort()).toEqual([...taskIds].sort());
		await n8n.time.pass(seconds(2));
		expect(n8n.vendor.looks).toHaveLength(50);
	});

	test('each is looked at in its own time', async () => {
		const n8n = new FakeN8n();
		n8n.parksAndDies = true;
		for (const taskId of ['old', 'new']) n8n.vendor.set(taskId, 'running');
		const submittedAt = n8n.time.now() - minutes(50);
		const execution = await n8n.pause([
			submittedTask('old', { submittedAt, timeoutMinutes: 99 }),
			submittedTask('new', { itemIndex: 1 }),
		]);
		n8n.parksAndDies = false;
		await n8n.look(execution);
		n8n.vendor.looks.length = 0;
		await n8n.time.pass(seconds(8));
		expect(n8n.vendor.looks).toEqual(['new', 'new', 'new', 'new']);
		await n8n.time.pass(seconds(2));
		expect([...n8n.vendor.looks.slice(4)].sort()).toEqual(['new', 'old']);
	});

	test('Retry-After of one look counts for all', async () => {
		const { n8n } = await watched(taskIds.slice(0, 3));
		const busy = { ...jsonAnswer(429, { code: 429 }), headers: { 'retry-after': '20' } };
		n8n.vendor.set('t1', 'running', { instead: () => busy });
		await n8n.time.pass(seconds(2));
		n8n.vendor.looks.length = 0;
		await n8n.time.pass(seconds(19.9));
		expect(n8n.vendor.looks).toEqual([]);
		await n8n.time.pass(seconds(0.1));
		expect(n8n.vendor.looks).toHaveLength(3);
	});

	test('what has ended is not looked at again', async () => {
		const { n8n } = await watched(taskIds.slice(0, 3));
		n8n.vendor.set('t1', 'succeeded');
		await n8n.time.pass(seconds(30));
		const looksAt = (wanted: string) => n8n.vendor.looks.filter((taskId) => taskId === wanted);
		expect(looksAt('t0').length).toBeGreaterThan(3);
		expect(looksAt('t1')).toHaveLength(1);
	});

	test('what ends is fetched once a minute, and at once when all have ended', async () => {
		const { n8n, execution } = await watched(taskIds.slice(0, 3));
		n8n.vendor.set('t0', 'succeeded');
		await n8n.time.pass(minutes(1) - 1);
		expect(n8n.calls).toEqual([]);
		await n8n.time.pass(seconds(7));
		expect(n8n.calls).toHaveLength(1);
		expect(n8n.vendor.downloads).toHaveLength(1);
		n8n.vendor.set('t1', 'succeeded');
		n8n.vendor.set('t2', 'succeeded');
		await n8n.time.pass(seconds(8));
		expect(execution.state).toBe('success');
		expect(n8n.vendor.downloads).toHaveLength(3);
	});
});

describe('A watch ends', () => {
	const looksIn = async (n8n: FakeN8n, ms: number) => {
		n8n.vendor.looks.length = 0;
		await n8n.time.pass(ms);
		return n8n.vendor.looks.length;
	};

	test('with the wait', async () => {
		const { n8n, execution } = await watched(['t0']);
		n8n.vendor.set('t0', 'succeeded');
		await n8n.look(execution);
		expect(await looksIn(n8n, minutes(10))).toBe(0);
		expect(n8n.calls).toEqual([]);
	});

	test('with the process; the pollers bring the video all the same', async () => {
		const n8n = new FakeN8n();
		n8n.track();
		n8n.vendor.set('t0', 'running');
		const execution = await n8n.pause([submittedTask('t0')]);
		await n8n.time.pass(minutes(3));
		n8n.kill();
		expect(await looksIn(n8n, minutes(1))).toBe(0);
		n8n.start();
		n8n.vendor.set('t0', 'succeeded');
		await n8n.time.pass(minutes(6));
		expect(execution.state).toBe('success');
	});

	test('when nobody calls any more, e.g. since the user has stopped the execution', async () => {
		const { n8n, execution } = await watched(['t0']);
		execution.state = 'canceled';
		expect(await looksIn(n8n, minutes(6))).toBeGreaterThan(0);
		expect(await looksIn(n8n, hours(1))).toBe(0);
	});

	test('two minutes after a call was due, also where a look an hour is wanted', async () => {
		const rules = { maxPollGapMs: hours(1), timeoutMinutes: 5000 };
		const submittedAt = Date.parse('2026-11-20T10:00:00.000Z') - hours(20);
		const { n8n, execution } = await watched(['t0'], { ...rules, submittedAt });
		execution.state = 'canceled';
		await n8n.time.pass(minutes(7) - 1);
		expect(n8n.time.sleepers).toBe(1);
		await n8n.time.pass(1);
		expect(n8n.time.sleepers).toBe(0);
	});

	test('when the credential is gone', async () => {
		const { n8n, execution } = await watched(['t0']);
		n8n.credential = undefined;
		expect((await n8n.look(execution)).body).toMatchObject({
			state: 'pending',
			retryAfterSeconds: 60,
		});
		expect(await looksIn(n8n, minutes(2))).toBe(0);
	});

	test('when it fails, which the log says; the next call begins another', async () => {
		const { n8n, execution } = await watched(['t0']);
		const { vendor } = providers.apikley ?? {};
		if (vendor === undefined) throw new Error('No Apikley');
		jest.spyOn(vendor, 'look').mockImplementationOnce(() => {
			throw new Error('A bug');
		});
		expect(await looksIn(n8n, minutes(1))).toBe(0);
		expect(n8n.logged.at(-1)).toBe('Seedance: a watch has ended early {"error":"A bug"}');
		await n8n.look(execution);
		expect(await looksIn(n8n, minutes(1))).toBeGreaterThan(3);
	});

	test('when another one begins', async () => {
		const { n8n, execution } = await watched(['t0']);
		const alone = await looksIn(n8n, minutes(2));
		for (let count = 0; count < 5; count++) await n8n.look(execution);
		expect(await looksIn(n8n, minutes(2))).toBeLessThanOrEqual(alone);
	});
});

test('every process that is called watches, and the video comes once', async () => {
	const { n8n, execution } = await watched(['t0']);
	const other = n8n.anotherProcess();
	await n8n.look(execution, { process: other });
	n8n.vendor.set('t0', 'succeeded');
	await n8n.time.pass(minutes(1));
	expect(execution.state).toBe('success');
	expect(n8n.vendor.downloads).toHaveLength(1);
});

test('where n8n does not tell the address, the pollers come often', async () => {
	const { n8n, execution } = await watched(['t0'], {}, unwatched());
	await n8n.time.pass(minutes(1));
	expect(n8n.vendor.looks).toEqual([]);
	expect((await n8n.look(execution)).body.retryAfterSeconds).toBe(60);
});

test.each([
	[minutes(1), {}, 240],
	[minutes(70), {}, 240],
	[minutes(90), {}, 270],
	[hours(10), {}, 300],
	[minutes(40), { maxPollGapMs: seconds(90) }, 240],
	[minutes(1), { timeoutMinutes: 2 }, 120],
])('after %d ms with %j the next call is asked for in %d s', async (ageMs, rules, expected) => {
	const n8n = new FakeN8n();
	n8n.vendor.set('t0', 'running');
	const submittedAt = n8n.time.now() - ageMs;
	const timeoutMinutes = 1000;
	const execution = await n8n.pause([
		submittedTask('t0', { timeoutMinutes, submittedAt, ...rules }),
	]);
	const { body } = await n8n.look(execution);
	expect(body.retryAfterSeconds).toBe(expected);
});

test('calls are made more rarely the more executions are paused; what is delivered counts no more', async () => {
	const n8n = new FakeN8n({ vendor: 'aimlapi' });
	n8n.track();
	const rules = { provider: 'aimlapi', timeoutMinutes: 600 };
	const taskIds = Array.from({ length: 150 }, (_, index) => `t${index}`);
	taskIds.forEach((taskId) => n8n.vendor.set(taskId, 'running'));
	const executions: Execution[] = [];
	for (const taskId of taskIds) executions.push(await n8n.pause([submittedTask(taskId, rules)]));
	const [first, ...others] = executions;
	if (first === undefined) throw new Error('Nothing is paused');
	const nextCallOf = async () => (await n8n.look(first)).body.retryAfterSeconds;

	await n8n.time.pass(minutes(4));
	expect(await nextCallOf()).toBe(150 * 5);
	taskIds.slice(1).forEach((taskId) => n8n.vendor.set(taskId, 'succeeded'));
	await n8n.time.pass(minutes(4));
	expect(others.every(({ state }) => state === 'success')).toBe(true);
	expect(await nextCallOf()).toBe(240);
});
