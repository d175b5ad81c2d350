import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { watch } from '../../../nodes/shared/callbacks/watch';
import { FakeHost, queryOf } from '../fakes/host.mts';
import { hours, minutes, seconds } from '../fakes/time.mts';
import { jsonAnswer, mediaError, videoUrlOf } from '../fakes/vendor.mts';
import { providerOf } from '../helpers.mts';

/** A poller's call about a task that runs, after which the process looks by itself. */
async function watched(
	taskIds: readonly string[] = ['t0'],
	host = new FakeHost(),
): Promise<FakeHost> {
	for (const taskId of taskIds) {
		host.vendor.set(taskId, 'running');
		await ring(host, taskId);
	}
	host.vendor.looks.length = 0;
	host.calls.length = 0;
	return host;
}

const ring = async (host: FakeHost, taskId: string) => {
	const query = queryOf(host.triggerUrl({ taskId, nonce: `nonce of ${taskId}` }));
	return await host.time.run(host.callTrigger({ query, body: {} }));
};

const startedBy = (host: FakeHost) => host.started.map(({ json }) => json.taskId);

test.each([4, 60, 350])('a task that ends %d s later starts the workflow within 2 s', async (s) => {
	const host = await watched();
	await host.time.pass(seconds(s));
	expect(host.calls).toEqual([]);
	host.vendor.set('t0', 'succeeded');
	await host.time.pass(seconds(2));
	expect(startedBy(host)).toEqual(['t0']);
	expect(host.calls).toHaveLength(1);
});

test('a task that ends badly starts it likewise', async () => {
	const host = await watched();
	host.vendor.set('t0', 'failed');
	await host.time.pass(seconds(2));
	expect(host.started[0]?.json.status).toBe('failed');
});

test('once, and nothing is left behind', async () => {
	const host = await watched(['t0', 't1', 't2']);
	for (const taskId of ['t0', 't1', 't2']) host.vendor.set(taskId, 'succeeded');
	await host.time.pass(seconds(3));
	expect(startedBy(host).sort()).toEqual(['t0', 't1', 't2']);
	await host.time.pass(hours(1));
	expect(host.started).toHaveLength(3);
	expect(host.time.sleepers).toBe(0);
});

test('what the last watch of an account was given is not kept', async () => {
	setFlagsFromString('--expose-gc');
	const collectGarbage: () => void = runInNewContext('gc');
	const host = new FakeHost();
	const { process } = host;
	const watchNothing = async () => {
		const log = { debug() {}, info() {}, warn() {}, error() {} };
		const post = async () => await Promise.resolve(undefined);
		const way = { session: await host.session(), process, log, post };
		const over = watch(way, { tasks: [], isOn: () => false, call: post, nextCallMs: 0 });
		return { over, way: new WeakRef(way) };
	};
	const { over, way } = await watchNothing();
	await over;
	await host.time.pass(1);
	collectGarbage();
	expect(way.deref()).toBeUndefined();
});

test('what the vendor’s own call has brought is looked at no longer', async () => {
	const host = await watched();
	host.vendor.set('t0', 'succeeded');
	await ring(host, 't0');
	host.vendor.looks.length = 0;
	await host.time.pass(minutes(10));
	expect(host.vendor.looks).toEqual([]);
	expect(host.started).toHaveLength(1);
});

test('one watch a task, however often the trigger is called', async () => {
	const host = await watched();
	for (let count = 0; count < 4; count++) await ring(host, 't0');
	host.vendor.looks.length = 0;
	await host.time.pass(seconds(20));
	expect(host.vendor.looks).toHaveLength(10);
});

test('two minutes after the next call was due, nobody looks', async () => {
	const host = await watched();
	await host.time.pass(seconds(240 + 120));
	host.vendor.looks.length = 0;
	await host.time.pass(hours(1));
	expect(host.vendor.looks).toEqual([]);
	expect(host.time.sleepers).toBe(0);
});

test('a call that does not come through is made again', async () => {
	const host = await watched();
	host.vendor.set('t0', 'succeeded');
	host.proxy = () => jsonAnswer(502, { message: 'Bad Gateway' });
	await host.time.pass(seconds(2));
	expect(host.started).toEqual([]);
	host.proxy = undefined;
	await host.time.pass(minutes(1));
	expect(startedBy(host)).toEqual(['t0']);
});

test('an n8n that does not get round to answering is called more rarely each time', async () => {
	const host = await watched();
	host.vendor.set('t0', 'succeeded');
	host.proxy = () => jsonAnswer(504, {});
	const callsAfter = async (ms: number) => {
		await host.time.pass(ms);
		return host.calls.length;
	};
	expect(await callsAfter(seconds(2))).toBe(1);
	expect(await callsAfter(minutes(1))).toBe(2);
	expect(await callsAfter(minutes(2) - 1)).toBe(2);
	expect(await callsAfter(1)).toBe(3);
	expect(await callsAfter(hours(1))).toBe(3);
});

test('a process that has just started, and says so, is called again after a minute each time', async () => {
	const host = await watched();
	host.vendor.set('t0', 'succeeded');
	host.proxy = () => jsonAnswer(503, { state: 'pending', retryAfterSeconds: 60 });
	await host.time.pass(minutes(3) + seconds(2));
	expect(host.calls).toHaveLength(4);
});

test('of many that end at once, ten are called for at a time, and each once', async () => {
	const taskIds = Array.from({ length: 35 }, (_, index) => `t${index}`);
	const host = await watched(taskIds, new FakeHost({ vendor: 'aimlapi' }));
	for (const taskId of taskIds) host.vendor.set(taskId, 'succeeded');
	let [atOnce, mostAtOnce] = [0, 0];
	const { receive } = host;
	jest.spyOn(host, 'receive').mockImplementation(async (...called) => {
		mostAtOnce = Math.max(mostAtOnce, (atOnce += 1));
		await host.time.sleep(seconds(5));
		atOnce -= 1;
		return await receive.apply(host, called);
	});
	await host.time.pass(minutes(1));
	expect(mostAtOnce).toBe(10);
	expect(startedBy(host).sort()).toEqual(taskIds.toSorted());
	expect(host.calls).toHaveLength(35);
});

test('a vendor’s own token, which names no task, begins no watch', async () => {
	const host = new FakeHost();
	host.vendor.set('t0', 'running');
	const query = queryOf(host.triggerUrl());
	const body = { code: 200, data: { taskId: 't0', state: 'waiting' } };
	await host.time.run(host.callTrigger({ query, body }));
	host.vendor.looks.length = 0;
	await host.time.pass(minutes(5));
	expect(host.vendor.looks).toEqual([]);
});

test('a trigger that listens for a test begins none: it takes one call only', async () => {
	const host = new FakeHost();
	host.trigger.isTest = true;
	await watched(['t0'], host);
	await host.time.pass(minutes(5));
	expect(host.vendor.looks).toEqual([]);
});

test('of hundreds of tasks, none is looked at after all others: a tenth of their time', async () => {
	const host = new FakeHost({ vendor: 'aimlapi' });
	const taskIds = Array.from({ length: 300 }, (_, index) => `t${index}`);
	await watched(taskIds, host);
	await host.time.pass(minutes(1));
	host.vendor.looks.length = 0;
	await host.time.pass(seconds(7));
	expect(new Set(host.vendor.looks).size).toBe(300);
	expect(host.vendor.looks.length).toBeLessThanOrEqual(600);
});

test('half of a documented rate is left to those who have to ask', async () => {
	const host = new FakeHost({ vendor: 'modellix' });
	await watched(
		Array.from({ length: 30 }, (_, index) => `t${index}`),
		host,
	);
	await host.time.pass(minutes(3));
	host.vendor.looks.length = 0;
	await host.time.pass(minutes(1));
	expect(host.vendor.looks.length).toBeGreaterThanOrEqual(40);
	expect(host.vendor.looks.length).toBeLessThanOrEqual(46);
});

test.each<[string, (host: FakeHost, taskIds: readonly string[]) => void]>([
	[
		'has started the workflow',
		(host, taskIds) => taskIds.forEach((taskId) => host.vendor.set(taskId, 'succeeded')),
	],
	['nobody calls for any more', () => undefined],
])('of many tasks each is called for more rarely; one that %s counts no more', async (_, end) => {
	const taskIds = Array.from({ length: 150 }, (__, index) => `t${index}`);
	const host = await watched(taskIds, new FakeHost({ vendor: 'aimlapi' }));
	const nextCallOf = async () => (await ring(host, 't0')).body.retryAfterSeconds;
	expect(await nextCallOf()).toBe(150 * 5);
	end(host, taskIds.slice(1));
	await host.time.pass(minutes(20));
	expect(await nextCallOf()).toBe(240);
	host.vendor.looks.length = 0;
	await host.time.pass(minutes(1));
	expect(host.vendor.looks).toHaveLength(30);
});

test('whoever looks names the model: in a call, between two calls, and for the new address of a file', async () => {
	const look = jest.spyOn(providerOf('apikley').vendor, 'look');
	const host = await watched();
	await host.time.pass(seconds(2));
	const gone = videoUrlOf('gone');
	host.vendor.set('t0', 'succeeded', { videoUrl: gone });
	host.vendor.media.set(gone, () => {
		host.vendor.set('t0', 'succeeded', { videoUrl: videoUrlOf('t0') });
		return mediaError(404);
	});
	await host.time.pass(seconds(30));
	expect(startedBy(host)).toEqual(['t0']);
	const named = expect.objectContaining({ taskId: 't0', modelId: 'm' });
	// In the first call, twice between the calls, in the second call and for the address.
	expect(look).toHaveBeenCalledTimes(5);
	expect(look.mock.calls).toEqual(look.mock.calls.map(() => [named]));
});
