import { deriveCallbackKey, withCallbackToken } from '../../../nodes/shared/tasks/callbackToken';
import { FakeN8n, OWN_SECRET, TRIGGER_URL } from '../fakes/n8n.mts';
import { hours, minutes, seconds } from '../fakes/time.mts';
import { jsonAnswer } from '../fakes/vendor.mts';

afterEach(() => jest.restoreAllMocks());

const KEY = deriveCallbackKey(OWN_SECRET);

/** The address that a poller rings for a task. */
const ringUrl = (n8n: FakeN8n, taskId: string, issuedAt = n8n.time.now()): string =>
	withCallbackToken(TRIGGER_URL, KEY, {
		nonce: `nonce of ${taskId}`,
		audience: 'hook-1/seedance',
		issuedAt,
		model: 'm',
		taskId,
	});

/** A poller's call about a task that runs, after which the process looks by itself. */
async function watched(taskIds: readonly string[] = ['t0'], n8n = new FakeN8n()): Promise<FakeN8n> {
	for (const taskId of taskIds) {
		n8n.vendor.set(taskId, 'running');
		await ring(n8n, taskId);
	}
	n8n.vendor.looks.length = 0;
	n8n.calls.length = 0;
	return n8n;
}

const ring = async (n8n: FakeN8n, taskId: string) => {
	const query = { seedance: new URL(ringUrl(n8n, taskId)).searchParams.get('seedance') };
	return await n8n.time.run(n8n.callTrigger({ query, body: {} }));
};

const startedBy = (n8n: FakeN8n) => n8n.started.map(({ json }) => json.taskId);

test.each([4, 60, 350])('a task that ends %d s later starts the workflow within 2 s', async (s) => {
	const n8n = await watched();
	await n8n.time.pass(seconds(s));
	expect(n8n.calls).toEqual([]);
	n8n.vendor.set('t0', 'succeeded');
	await n8n.time.pass(seconds(2));
	expect(startedBy(n8n)).toEqual(['t0']);
	expect(n8n.calls).toHaveLength(1);
});

test('a task that ends badly starts it likewise', async () => {
	const n8n = await watched();
	n8n.vendor.set('t0', 'failed');
	await n8n.time.pass(seconds(2));
	expect(n8n.started[0]?.json.status).toBe('failed');
});

test('once, and nothing is left behind', async () => {
	const n8n = await watched(['t0', 't1', 't2']);
	for (const taskId of ['t0', 't1', 't2']) n8n.vendor.set(taskId, 'succeeded');
	await n8n.time.pass(seconds(3));
	expect(startedBy(n8n).sort()).toEqual(['t0', 't1', 't2']);
	await n8n.time.pass(hours(1));
	expect(n8n.started).toHaveLength(3);
	expect(n8n.time.sleepers).toBe(0);
});

test('what the vendor’s own call has brought is looked at no longer', async () => {
	const n8n = await watched();
	n8n.vendor.set('t0', 'succeeded');
	await ring(n8n, 't0');
	n8n.vendor.looks.length = 0;
	await n8n.time.pass(minutes(10));
	expect(n8n.vendor.looks).toEqual([]);
	expect(n8n.started).toHaveLength(1);
});

test('one watch a task, however often the trigger is called', async () => {
	const n8n = await watched();
	for (let count = 0; count < 4; count++) await ring(n8n, 't0');
	n8n.vendor.looks.length = 0;
	await n8n.time.pass(seconds(20));
	expect(n8n.vendor.looks).toHaveLength(10);
});

test('two minutes after the next call was due, nobody looks', async () => {
	const n8n = await watched();
	await n8n.time.pass(seconds(240 + 120));
	n8n.vendor.looks.length = 0;
	await n8n.time.pass(hours(1));
	expect(n8n.vendor.looks).toEqual([]);
	expect(n8n.time.sleepers).toBe(0);
});

test('a call that does not come through is made again', async () => {
	const n8n = await watched();
	n8n.vendor.set('t0', 'succeeded');
	n8n.proxy = () => jsonAnswer(502, { message: 'Bad Gateway' });
	await n8n.time.pass(seconds(2));
	expect(n8n.started).toEqual([]);
	n8n.proxy = undefined;
	await n8n.time.pass(minutes(1));
	expect(startedBy(n8n)).toEqual(['t0']);
});

test('a vendor’s own token, which names no task, begins no watch', async () => {
	const n8n = new FakeN8n();
	n8n.vendor.set('t0', 'running');
	const claims = { nonce: 'n', audience: 'hook-1/seedance', issuedAt: n8n.time.now(), model: 'm' };
	const url = withCallbackToken(TRIGGER_URL, KEY, claims);
	const query = { seedance: new URL(url).searchParams.get('seedance') };
	const body = { code: 200, data: { taskId: 't0', state: 'waiting' } };
	await n8n.time.run(n8n.callTrigger({ query, body }));
	n8n.vendor.looks.length = 0;
	await n8n.time.pass(minutes(5));
	expect(n8n.vendor.looks).toEqual([]);
});

test('a trigger that listens for a test begins none: it takes one call only', async () => {
	const n8n = new FakeN8n();
	n8n.triggerMode = 'manual';
	await watched(['t0'], n8n);
	await n8n.time.pass(minutes(5));
	expect(n8n.vendor.looks).toEqual([]);
});

test('of hundreds of tasks, none is looked at after all others: a tenth of their time', async () => {
	const n8n = new FakeN8n({ vendor: 'aimlapi' });
	const taskIds = Array.from({ length: 300 }, (_, index) => `t${index}`);
	await watched(taskIds, n8n);
	await n8n.time.pass(minutes(1));
	n8n.vendor.looks.length = 0;
	await n8n.time.pass(seconds(7));
	expect(new Set(n8n.vendor.looks).size).toBe(300);
	expect(n8n.vendor.looks.length).toBeLessThanOrEqual(600);
});

test('half of a documented rate is left to those who have to ask', async () => {
	const n8n = new FakeN8n({ vendor: 'modellix' });
	await watched(
		Array.from({ length: 30 }, (_, index) => `t${index}`),
		n8n,
	);
	await n8n.time.pass(minutes(3));
	n8n.vendor.looks.length = 0;
	await n8n.time.pass(minutes(1));
	expect(n8n.vendor.looks.length).toBeGreaterThanOrEqual(40);
	expect(n8n.vendor.looks.length).toBeLessThanOrEqual(46);
});
