import { parseJson } from '../../../nodes/shared/domain/json';
import { readPlan } from '../../../nodes/shared/host/pollerPlan';
import { ringTriggers } from '../../../nodes/shared/parking/park';
import { FakeHost, submittedTask, type Execution } from '../fakes/host.mts';
import { hours, minutes, seconds } from '../fakes/time.mts';
import { jsonAnswer, videoOf, videoUrlOf } from '../fakes/vendor.mts';

/** An n8n that wakes what waits, and an execution paused for each of these tasks. */
async function waits(taskIds: string[], rules: Parameters<typeof submittedTask>[1] = {}) {
	const host = new FakeHost();
	host.track();
	const parents: Execution[] = [];
	for (const taskId of taskIds) {
		host.vendor.set(taskId, 'running');
		parents.push(await host.pause([submittedTask(taskId, rules)]));
	}
	return { host, parents };
}

/** Nothing of a wait that is over may be left ten minutes later. */
async function expectNothingLeft(host: FakeHost) {
	await host.time.pass(minutes(10));
	expect(host.livePollers()).toEqual([]);
}

describe('A wait', () => {
	test.each([seconds(45), minutes(7), minutes(25)])('of %d ms ends with the video', async (ms) => {
		const { host, parents } = await waits(['t0']);
		const [parent] = parents;
		expect(host.livePollers()).toHaveLength(2);
		await host.time.pass(ms);
		expect(parent?.state).toBe('waiting');
		host.vendor.set('t0', 'succeeded');
		await host.time.pass(minutes(2.5));
		expect(parent?.state).toBe('success');
		expect(parents.map((execution) => host.filesOf(execution))).toEqual([[`${videoOf('t0')}`]]);
		await expectNothingLeft(host);
		expect(host.vendor.downloads).toEqual([videoUrlOf('t0')]);
	});

	test('of half a day on a cheap tier looks some thousand times, calls n8n rarely, and ends with the video', async () => {
		const { host, parents } = await waits(['t0'], { timeoutMinutes: 60 * 49 });
		await host.time.pass(hours(12));
		expect(host.vendor.looks.length).toBeLessThan(1_800);
		expect(host.calls.length).toBeLessThan(2 * 12 * 20);
		host.vendor.set('t0', 'succeeded');
		await host.time.pass(minutes(6));
		expect(parents[0]?.state).toBe('success');
		await expectNothingLeft(host);
	});

	test('that takes too long ends with an error in time', async () => {
		const { host, parents } = await waits(['t0'], { timeoutMinutes: 12 });
		await host.time.pass(minutes(12) - 1);
		expect(parents[0]?.state).toBe('waiting');
		await host.time.pass(minutes(2));
		expect(parents[0]?.state).toBe('error');
		expect(parents[0]?.error?.message).toContain('was not finished after 12 minutes');
		await expectNothingLeft(host);
	});

	test('for a task that fails ends with its reason', async () => {
		const { host, parents } = await waits(['t0']);
		host.vendor.set('t0', 'failed');
		await host.time.pass(minutes(3));
		expect(parents[0]?.error?.message).toContain('the prompt is too wild');
		await expectNothingLeft(host);
	});

	test('keeps its pollers small, however long it lasts', async () => {
		const { host } = await waits(['t0'], { timeoutMinutes: 60 * 49 });
		await host.time.pass(hours(6));
		for (const { items, kept } of host.pollers) {
			expect(JSON.stringify(items)).toBe('[{"json":{}}]');
			expect(JSON.stringify(kept).length).toBeLessThan(200);
		}
	});
});

describe('A batch', () => {
	test('whose first videos expire before its last is ready loses none', async () => {
		const host = new FakeHost();
		host.track();
		const taskIds = ['a', 'b', 'c'];
		taskIds.forEach((taskId) => host.vendor.set(taskId, 'running'));
		const parent = await host.pause(
			taskIds.map((taskId, itemIndex) =>
				submittedTask(taskId, { itemIndex, timeoutMinutes: 3000 }),
			),
		);
		for (const taskId of ['b', 'c', 'a']) {
			await host.time.pass(hours(3));
			host.vendor.set(taskId, 'succeeded');
			host.time.at(host.time.now() + hours(1), () => host.vendor.tasks.delete(taskId));
		}
		await host.time.pass(minutes(10));
		expect(parent.state).toBe('success');
		expect(host.filesOf(parent)).toEqual(taskIds.map((taskId) => `${videoOf(taskId)}`));
		expect(host.vendor.downloads).toHaveLength(3);
		await expectNothingLeft(host);
	});

	test('loses none although n8n starts anew in between', async () => {
		const host = new FakeHost();
		host.track();
		host.vendor.set('a', 'succeeded');
		host.vendor.set('b', 'running');
		const tasks = [submittedTask('a'), submittedTask('b', { itemIndex: 1 })];
		const parent = await host.pause(tasks);
		await host.time.pass(minutes(5));
		host.kill();
		await host.time.pass(minutes(4));
		host.vendor.tasks.delete('a');
		host.start();
		await host.time.pass(minutes(5));
		host.vendor.set('b', 'succeeded');
		await host.time.pass(minutes(5));
		expect(parent.state).toBe('success');
		expect(host.filesOf(parent)).toEqual([`${videoOf('a')}`, `${videoOf('b')}`]);
		expect(host.vendor.downloads).toHaveLength(2);
		await expectNothingLeft(host);
	});
});

describe('Whatever dies', () => {
	test.each([minutes(4), hours(3)])('n8n, for %d ms: every video comes once', async (downMs) => {
		const taskIds = Array.from({ length: 10 }, (_, index) => `t${index}`);
		const { host, parents } = await waits(taskIds, { timeoutMinutes: 600 });
		await host.time.pass(minutes(2));
		host.kill();
		taskIds.forEach((taskId) => host.vendor.set(taskId, 'succeeded'));
		await host.time.pass(downMs);
		expect(host.pollers).toHaveLength(20);
		const looked = host.vendor.looks.length;
		host.start();
		await host.time.pass(minutes(1) - 1);
		expect(host.vendor.looks).toHaveLength(looked);
		await host.time.pass(minutes(5));
		expect(parents.map(({ state }) => state)).toEqual(taskIds.map(() => 'success'));
		expect(host.vendor.downloads.toSorted()).toEqual(taskIds.map(videoUrlOf).toSorted());
		expect(host.pollers).toHaveLength(20);
		await expectNothingLeft(host);
	});

	test.each(['close', 'wide'])('the %s poller: the other one brings the video', async (rhythm) => {
		const { host, parents } = await waits(['t0']);
		await host.time.pass(minutes(3));
		for (const poller of host.pollers) {
			if (readPlan(parseJson(poller.plan ?? ''))?.rhythm === rhythm) poller.state = 'crashed';
		}
		expect(host.livePollers()).toHaveLength(1);
		host.vendor.set('t0', 'succeeded');
		await host.time.pass(minutes(5));
		expect(parents[0]?.state).toBe('success');
		await expectNothingLeft(host);
	});

	test('every poller: the execution itself hands on an error with the task', async () => {
		const { host, parents } = await waits(['t0']);
		await host.time.pass(minutes(3));
		for (const poller of host.pollers) poller.state = 'canceled';
		host.kill();
		host.start();
		host.vendor.set('t0', 'succeeded');
		await host.time.pass(minutes(50));
		expect(parents[0]?.state).toBe('success');
		expect(parents[0]?.rows?.map(({ json }) => [json.taskId, typeof json.error])).toEqual([
			['t0', 'string'],
		]);
		expect(parents[0]?.rows?.[0]?.json).not.toHaveProperty('videoUrl');
		expect(host.vendor.downloads).toEqual([]);
	});

	test.each<Execution['state']>(['canceled', 'error', 'crashed', 'success'])(
		'the paused execution (%s): nothing is left behind',
		async (state) => {
			const { host, parents } = await waits(['t0']);
			await host.time.pass(minutes(5));
			for (const parent of parents) parent.state = state;
			await expectNothingLeft(host);
			expect(host.vendor.downloads).toEqual([]);
		},
	);

	test('the paused execution, deleted: nothing is left behind', async () => {
		const { host, parents } = await waits(['t0']);
		const [parent] = parents;
		if (parent !== undefined) host.executions.splice(host.executions.indexOf(parent), 1);
		await expectNothingLeft(host);
	});

	test('the credential: the wait ends and says so', async () => {
		const { host, parents } = await waits(['t0']);
		await host.time.pass(minutes(3));
		host.credential = undefined;
		await host.time.pass(minutes(3));
		expect(parents[0]?.state).toBe('error');
		expect(parents[0]?.error).toMatchObject({
			description: expect.stringContaining('Task ID: t0.'),
		});
		await expectNothingLeft(host);
	});

	test.each<[string, (host: FakeHost) => void]>([
		[
			'a proxy that knows no such page',
			(host) => (host.proxy = () => jsonAnswer(404, { message: 'Not Found' })),
		],
		['n8n that is starting', (host) => (host.isStarting = true)],
		[
			'nobody who answers',
			(host) =>
				(host.proxy = () => {
					throw new Error('connect ECONNREFUSED');
				}),
		],
	])('the way to n8n: %s costs time, no video and no poller more', async (_, shut) => {
		const { host, parents } = await waits(['t0'], { timeoutMinutes: 120 });
		shut(host);
		host.vendor.set('t0', 'succeeded');
		await host.time.pass(minutes(40));
		expect(host.pollers).toHaveLength(2);
		expect(host.livePollers()).toHaveLength(2);
		expect(parents[0]?.state).toBe('waiting');
		host.proxy = undefined;
		host.isStarting = false;
		await host.time.pass(minutes(5));
		expect(parents[0]?.state).toBe('success');
		expect(host.vendor.downloads).toHaveLength(1);
		await expectNothingLeft(host);
	});

	test('a delivery that n8n loses: it is made again, without another download', async () => {
		const { host, parents } = await waits(['t0']);
		host.vendor.set('t0', 'succeeded');
		const receive = host.receive.bind(host);
		let count = 0;
		jest.spyOn(host, 'receive').mockImplementation(async (url, call) => {
			const [parent] = parents;
			if (count > 0 || parent === undefined) return await receive(url, call);
			count += 1;
			parent.state = 'canceled';
			const lost = await host.ring(parent, { body: call.body });
			parent.state = 'waiting';
			expect(lost.rows).toHaveLength(1);
			return jsonAnswer(500, { message: 'There was a problem executing the workflow' });
		});
		await host.time.pass(minutes(5));
		expect(parents[0]?.state).toBe('success');
		expect(host.vendor.downloads).toHaveLength(1);
		await expectNothingLeft(host);
	});
});

describe('A loop', () => {
	test('that parks again hands out each round its own', async () => {
		const { host, parents } = await waits(['a']);
		const [first] = parents;
		host.vendor.set('a', 'succeeded');
		await host.time.pass(minutes(2));
		expect(first?.state).toBe('success');

		// The next round of the same execution, while the first one's wide poller is still there.
		expect(host.livePollers()).toHaveLength(1);
		host.vendor.set('b', 'running');
		const second = await host.pause([submittedTask('b')]);
		if (first !== undefined) host.executions.splice(host.executions.indexOf(first), 1);
		const [leftover] = host.livePollers();
		if (leftover !== undefined) {
			leftover.plan = leftover.plan?.replaceAll(`${first?.id}`, second.id);
		}

		await host.time.pass(minutes(5));
		expect(leftover?.state).toBe('success');
		expect(second.state).toBe('waiting');
		host.vendor.set('b', 'succeeded');
		await host.time.pass(minutes(3));
		expect(host.filesOf(second)).toEqual([`${videoOf('b')}`]);
		await expectNothingLeft(host);
	});
});

describe('Notify', () => {
	async function notified(taskIds: string[]) {
		const host = new FakeHost();
		host.track();
		const session = await host.session();
		const urls = taskIds.map((taskId) => {
			host.vendor.set(taskId, 'running');
			return host.triggerUrl({ nonce: `nonce of ${taskId}`, taskId, context: { of: taskId } });
		});
		await ringTriggers(host.runOf(host.newExecution({ state: 'success' })), session, urls);
		return host;
	}

	test('starts the trigger’s workflow once for each task', async () => {
		const host = await notified(['a', 'b', 'c']);
		await host.time.pass(minutes(5));
		for (const taskId of ['c', 'a', 'b']) {
			host.vendor.set(taskId, 'succeeded');
			await host.time.pass(minutes(3));
		}
		expect(host.started.map(({ json }) => [json.taskId, json.context])).toEqual([
			['c', { of: 'c' }],
			['a', { of: 'a' }],
			['b', { of: 'b' }],
		]);
		await expectNothingLeft(host);
		expect(host.started).toHaveLength(3);
	});

	test('reaches a trigger that was away for hours', async () => {
		const host = await notified(['a']);
		host.kill();
		host.vendor.set('a', 'succeeded');
		await host.time.pass(hours(5));
		host.start();
		await host.time.pass(minutes(5));
		expect(host.started.map(({ json }) => json.taskId)).toEqual(['a']);
		await expectNothingLeft(host);
	});

	test('tells of a task that never ends after four days, and gives up after a week', async () => {
		const host = await notified(['a']);
		host.kill();
		await host.time.pass(hours(7 * 24 - 1));
		host.start();
		await host.time.pass(minutes(60));
		await expectNothingLeft(host);
		expect(host.started.map(({ json }) => [json.taskId, json.status])).toEqual([['a', 'expired']]);
	});

	test('tells of a task that its vendor calls finished and never names the video of', async () => {
		const host = await notified(['a']);
		host.vendor.set('a', 'running', { instead: finishedWithoutVideo });
		await host.time.pass(minutes(10));
		expect(host.started.map(({ json }) => json)).toEqual([
			expect.objectContaining({
				taskId: 'a',
				status: 'failed',
				failure: { kind: 'noVideo', code: 'noVideo', message: 'moderation: too wild' },
				context: { of: 'a' },
			}),
		]);
		await expectNothingLeft(host);
	});
});

const finishedWithoutVideo = () =>
	jsonAnswer(200, {
		code: 200,
		data: {
			taskId: 'a',
			state: 'success',
			resultJson: '{"resultUrls":[]}',
			moderation: 'too wild',
		},
	});

describe('A task that its vendor calls finished without a video', () => {
	test('ends the wait a few minutes later, with its words', async () => {
		const { host, parents } = await waits(['a']);
		host.vendor.set('a', 'running', { instead: finishedWithoutVideo });
		await host.time.pass(minutes(1.5));
		expect(parents[0]?.state).toBe('waiting');
		await host.time.pass(minutes(2.5));
		expect(parents[0]?.error?.message).toContain(
			'Apikley finished the task without a video: moderation: too wild',
		);
		await expectNothingLeft(host);
	});

	test('ends it although n8n starts anew in between', async () => {
		const { host, parents } = await waits(['a']);
		host.vendor.set('a', 'running', { instead: finishedWithoutVideo });
		await host.time.pass(minutes(1.5));
		host.kill();
		host.start();
		await host.time.pass(minutes(12));
		expect(parents[0]?.error?.message).toContain('without a video');
		await expectNothingLeft(host);
	});

	test('brings the video that is named in time', async () => {
		const { host, parents } = await waits(['a']);
		host.vendor.set('a', 'running', { instead: finishedWithoutVideo });
		await host.time.pass(minutes(1));
		host.vendor.set('a', 'succeeded', { instead: undefined });
		await host.time.pass(minutes(3));
		expect(host.filesOf(parents[0] ?? host.newExecution())).toEqual([`${videoOf('a')}`]);
	});

	test('says when the time is over that it has ended, not that it runs', async () => {
		const { host, parents } = await waits(['a'], { timeoutMinutes: 1 });
		host.vendor.set('a', 'running', { instead: finishedWithoutVideo });
		await host.time.pass(minutes(2));
		expect(parents[0]?.error?.message).toContain('says that the task has ended');
		expect(parents[0]?.error?.message).not.toContain('still running');
	});
});

describe('An end in another vendor’s word', () => {
	test.each([
		[' Done', 'success'],
		['FAILURE', 'error'],
		['Canceled', 'error'],
	])('%j ends the wait as %s', async (state, end) => {
		const { host, parents } = await waits(['a']);
		const resultJson = JSON.stringify({ resultUrls: [videoUrlOf('a')] });
		const data = { taskId: 'a', state, resultJson };
		host.vendor.set('a', 'running', { instead: () => jsonAnswer(200, { code: 200, data }) });
		await host.time.pass(minutes(2));
		expect(parents[0]?.state).toBe(end);
		await expectNothingLeft(host);
	});
});
