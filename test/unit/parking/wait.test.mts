import { deriveCallbackKey, withCallbackToken } from '../../../nodes/shared/tasks/callbackToken';
import { FakeN8n, OWN_SECRET, submittedTask, TRIGGER_URL, type Execution } from '../fakes/n8n.mts';
import { hours, minutes, seconds } from '../fakes/time.mts';
import { jsonAnswer, videoOf, videoUrlOf } from '../fakes/vendor.mts';

afterEach(() => jest.restoreAllMocks());

/** An n8n that wakes what waits, and an execution paused for each of these tasks. */
async function waits(taskIds: string[], rules: Parameters<typeof submittedTask>[1] = {}) {
	const n8n = new FakeN8n();
	n8n.track();
	const parents: Execution[] = [];
	for (const taskId of taskIds) {
		n8n.vendor.set(taskId, 'running');
		parents.push(await n8n.pause([submittedTask(taskId, rules)]));
	}
	return { n8n, parents };
}

const videosOf = (n8n: FakeN8n, { rows = [] }: Execution) =>
	rows.map(({ binary }) => n8n.files.get(binary?.data?.id ?? '')?.toString());

/** Nothing of a wait that is over may be left ten minutes later. */
async function expectNothingLeft(n8n: FakeN8n) {
	await n8n.time.pass(minutes(10));
	expect(n8n.livePollers()).toEqual([]);
}

describe('A wait', () => {
	test.each([seconds(45), minutes(7), minutes(25)])('of %d ms ends with the video', async (ms) => {
		const { n8n, parents } = await waits(['t0']);
		const [parent] = parents;
		expect(n8n.livePollers()).toHaveLength(2);
		await n8n.time.pass(ms);
		expect(parent?.state).toBe('waiting');
		n8n.vendor.set('t0', 'succeeded');
		await n8n.time.pass(minutes(2.5));
		expect(parent?.state).toBe('success');
		expect(parents.map((execution) => videosOf(n8n, execution))).toEqual([[`${videoOf('t0')}`]]);
		await expectNothingLeft(n8n);
		expect(n8n.vendor.downloads).toEqual([videoUrlOf('t0')]);
	});

	test('of half a day on a cheap tier looks some thousand times, calls n8n rarely, and ends with the video', async () => {
		const { n8n, parents } = await waits(['t0'], { timeoutMinutes: 60 * 49 });
		await n8n.time.pass(hours(12));
		expect(n8n.vendor.looks.length).toBeLessThan(1_800);
		expect(n8n.calls.length).toBeLessThan(2 * 12 * 20);
		n8n.vendor.set('t0', 'succeeded');
		await n8n.time.pass(minutes(6));
		expect(parents[0]?.state).toBe('success');
		await expectNothingLeft(n8n);
	});

	test('that takes too long ends with an error in time', async () => {
		const { n8n, parents } = await waits(['t0'], { timeoutMinutes: 12 });
		await n8n.time.pass(minutes(12) - 1);
		expect(parents[0]?.state).toBe('waiting');
		await n8n.time.pass(minutes(2));
		expect(parents[0]?.state).toBe('error');
		expect(parents[0]?.error?.message).toContain('was not finished after 12 minutes');
		await expectNothingLeft(n8n);
	});

	test('for a task that fails ends with its reason', async () => {
		const { n8n, parents } = await waits(['t0']);
		n8n.vendor.set('t0', 'failed');
		await n8n.time.pass(minutes(3));
		expect(parents[0]?.error?.message).toContain('the prompt is too wild');
		await expectNothingLeft(n8n);
	});

	test('keeps its pollers small, however long it lasts', async () => {
		const { n8n } = await waits(['t0'], { timeoutMinutes: 60 * 49 });
		await n8n.time.pass(hours(6));
		for (const { items, nodeContext } of n8n.pollers) {
			expect(JSON.stringify(items)).toBe('[{"json":{}}]');
			expect(JSON.stringify(nodeContext).length).toBeLessThan(200);
		}
	});
});

describe('A batch', () => {
	test('whose first videos expire before its last is ready loses none', async () => {
		const n8n = new FakeN8n();
		n8n.track();
		const taskIds = ['a', 'b', 'c'];
		taskIds.forEach((taskId) => n8n.vendor.set(taskId, 'running'));
		const parent = await n8n.pause(
			taskIds.map((taskId, itemIndex) =>
				submittedTask(taskId, { itemIndex, timeoutMinutes: 3000 }),
			),
		);
		for (const taskId of ['b', 'c', 'a']) {
			await n8n.time.pass(hours(3));
			n8n.vendor.set(taskId, 'succeeded');
			n8n.time.at(n8n.time.now() + hours(1), () => n8n.vendor.tasks.delete(taskId));
		}
		await n8n.time.pass(minutes(10));
		expect(parent.state).toBe('success');
		expect(videosOf(n8n, parent)).toEqual(taskIds.map((taskId) => `${videoOf(taskId)}`));
		expect(n8n.vendor.downloads).toHaveLength(3);
		await expectNothingLeft(n8n);
	});

	test('loses none although n8n starts anew in between', async () => {
		const n8n = new FakeN8n();
		n8n.track();
		n8n.vendor.set('a', 'succeeded');
		n8n.vendor.set('b', 'running');
		const tasks = [submittedTask('a'), submittedTask('b', { itemIndex: 1 })];
		const parent = await n8n.pause(tasks);
		await n8n.time.pass(minutes(5));
		n8n.kill();
		await n8n.time.pass(minutes(4));
		n8n.vendor.tasks.delete('a');
		n8n.start();
		await n8n.time.pass(minutes(5));
		n8n.vendor.set('b', 'succeeded');
		await n8n.time.pass(minutes(5));
		expect(parent.state).toBe('success');
		expect(videosOf(n8n, parent)).toEqual([`${videoOf('a')}`, `${videoOf('b')}`]);
		expect(n8n.vendor.downloads).toHaveLength(2);
		await expectNothingLeft(n8n);
	});
});

describe('Whatever dies', () => {
	test.each([minutes(4), hours(3)])('n8n, for %d ms: every video comes once', async (downMs) => {
		const taskIds = Array.from({ length: 10 }, (_, index) => `t${index}`);
		const { n8n, parents } = await waits(taskIds, { timeoutMinutes: 600 });
		await n8n.time.pass(minutes(2));
		n8n.kill();
		taskIds.forEach((taskId) => n8n.vendor.set(taskId, 'succeeded'));
		await n8n.time.pass(downMs);
		expect(n8n.pollers).toHaveLength(20);
		const looked = n8n.vendor.looks.length;
		n8n.start();
		await n8n.time.pass(minutes(1) - 1);
		expect(n8n.vendor.looks).toHaveLength(looked);
		await n8n.time.pass(minutes(5));
		expect(parents.map(({ state }) => state)).toEqual(taskIds.map(() => 'success'));
		expect(n8n.vendor.downloads.toSorted()).toEqual(taskIds.map(videoUrlOf).toSorted());
		expect(n8n.pollers).toHaveLength(20);
		await expectNothingLeft(n8n);
	});

	test.each(['close', 'wide'])('the %s poller: the other one brings the video', async (rhythm) => {
		const { n8n, parents } = await waits(['t0']);
		await n8n.time.pass(minutes(3));
		for (const poller of n8n.pollers) {
			if (poller.workflow?.name.endsWith(`(${rhythm})`)) poller.state = 'crashed';
		}
		expect(n8n.livePollers()).toHaveLength(1);
		n8n.vendor.set('t0', 'succeeded');
		await n8n.time.pass(minutes(5));
		expect(parents[0]?.state).toBe('success');
		await expectNothingLeft(n8n);
	});

	test('every poller: the execution itself hands on an error with the task', async () => {
		const { n8n, parents } = await waits(['t0']);
		await n8n.time.pass(minutes(3));
		for (const poller of n8n.pollers) poller.state = 'canceled';
		n8n.kill();
		n8n.start();
		n8n.vendor.set('t0', 'succeeded');
		await n8n.time.pass(minutes(50));
		expect(parents[0]?.state).toBe('success');
		expect(parents[0]?.rows?.map(({ json }) => [json.taskId, typeof json.error])).toEqual([
			['t0', 'string'],
		]);
		expect(parents[0]?.rows?.[0]?.json).not.toHaveProperty('videoUrl');
		expect(n8n.vendor.downloads).toEqual([]);
	});

	test.each<Execution['state']>(['canceled', 'error', 'crashed', 'success'])(
		'the paused execution (%s): nothing is left behind',
		async (state) => {
			const { n8n, parents } = await waits(['t0']);
			await n8n.time.pass(minutes(5));
			for (const parent of parents) parent.state = state;
			await expectNothingLeft(n8n);
			expect(n8n.vendor.downloads).toEqual([]);
		},
	);

	test('the paused execution, deleted: nothing is left behind', async () => {
		const { n8n, parents } = await waits(['t0']);
		const [parent] = parents;
		if (parent !== undefined) n8n.executions.splice(n8n.executions.indexOf(parent), 1);
		await expectNothingLeft(n8n);
	});

	test('the credential: the wait ends and says so', async () => {
		const { n8n, parents } = await waits(['t0']);
		await n8n.time.pass(minutes(3));
		n8n.credential = undefined;
		await n8n.time.pass(minutes(3));
		expect(parents[0]?.state).toBe('error');
		expect(parents[0]?.error).toMatchObject({
			description: expect.stringContaining('Task ID: t0.'),
		});
		await expectNothingLeft(n8n);
	});

	test.each<[string, (n8n: FakeN8n) => void]>([
		[
			'a proxy that knows no such page',
			(n8n) => (n8n.proxy = () => jsonAnswer(404, { message: 'Not Found' })),
		],
		['n8n that is starting', (n8n) => (n8n.isStarting = true)],
		[
			'nobody who answers',
			(n8n) =>
				(n8n.proxy = () => {
					throw new Error('connect ECONNREFUSED');
				}),
		],
	])('the way to n8n: %s costs time, no video and no poller more', async (_, shut) => {
		const { n8n, parents } = await waits(['t0'], { timeoutMinutes: 120 });
		shut(n8n);
		n8n.vendor.set('t0', 'succeeded');
		await n8n.time.pass(minutes(40));
		expect(n8n.pollers).toHaveLength(2);
		expect(n8n.livePollers()).toHaveLength(2);
		expect(parents[0]?.state).toBe('waiting');
		n8n.proxy = undefined;
		n8n.isStarting = false;
		await n8n.time.pass(minutes(5));
		expect(parents[0]?.state).toBe('success');
		expect(n8n.vendor.downloads).toHaveLength(1);
		await expectNothingLeft(n8n);
	});

	test('a delivery that n8n loses: it is made again, without another download', async () => {
		const { n8n, parents } = await waits(['t0']);
		n8n.vendor.set('t0', 'succeeded');
		const receive = n8n.receive.bind(n8n);
		let count = 0;
		jest.spyOn(n8n, 'receive').mockImplementation(async (url, call) => {
			const [parent] = parents;
			if (count > 0 || parent === undefined) return await receive(url, call);
			count += 1;
			parent.state = 'canceled';
			const lost = await n8n.ring(parent, { body: call.body });
			parent.state = 'waiting';
			expect(lost.rows).toHaveLength(1);
			return jsonAnswer(500, { message: 'There was a problem executing the workflow' });
		});
		await n8n.time.pass(minutes(5));
		expect(parents[0]?.state).toBe('success');
		expect(n8n.vendor.downloads).toHaveLength(1);
		await expectNothingLeft(n8n);
	});
});

describe('A loop', () => {
	test('that parks again hands out each round its own', async () => {
		const { n8n, parents } = await waits(['a']);
		const [first] = parents;
		n8n.vendor.set('a', 'succeeded');
		await n8n.time.pass(minutes(2));
		expect(first?.state).toBe('success');

		// The next round of the same execution, while the first one's wide poller is still there.
		await n8n.time.pass(minutes(3));
		expect(n8n.livePollers()).toHaveLength(1);
		n8n.vendor.set('b', 'running');
		const second = await n8n.pause([submittedTask('b')]);
		if (first !== undefined) n8n.executions.splice(n8n.executions.indexOf(first), 1);
		const [leftover] = n8n.livePollers();
		const { parameters } = leftover?.node ?? {};
		const plan = String(parameters?.plan);
		Object.assign(parameters ?? {}, { plan: plan.replaceAll(`${first?.id}`, second.id) });

		await n8n.time.pass(minutes(5));
		expect(leftover?.state).toBe('success');
		expect(second.state).toBe('waiting');
		n8n.vendor.set('b', 'succeeded');
		await n8n.time.pass(minutes(3));
		expect(videosOf(n8n, second)).toEqual([`${videoOf('b')}`]);
		await expectNothingLeft(n8n);
	});
});

describe('Notify', () => {
	async function notified(taskIds: string[]) {
		const n8n = new FakeN8n();
		n8n.track();
		const session = await n8n.session();
		const urls = taskIds.map((taskId) => {
			n8n.vendor.set(taskId, 'running');
			return withCallbackToken(TRIGGER_URL, deriveCallbackKey(OWN_SECRET), {
				nonce: `nonce of ${taskId}`,
				audience: 'hook-1/seedance',
				issuedAt: n8n.time.now(),
				model: 'm',
				taskId,
				context: { of: taskId },
			});
		});
		const context = n8n.executeContext(n8n.newExecution({ state: 'success' }));
		await n8n.process.park.ringTriggers(n8n.process.openRun(context), session, urls);
		return n8n;
	}

	test('starts the trigger’s workflow once for each task', async () => {
		const n8n = await notified(['a', 'b', 'c']);
		await n8n.time.pass(minutes(5));
		for (const taskId of ['c', 'a', 'b']) {
			n8n.vendor.set(taskId, 'succeeded');
			await n8n.time.pass(minutes(3));
		}
		expect(n8n.started.map(({ json }) => [json.taskId, json.context])).toEqual([
			['c', { of: 'c' }],
			['a', { of: 'a' }],
			['b', { of: 'b' }],
		]);
		await expectNothingLeft(n8n);
		expect(n8n.started).toHaveLength(3);
	});

	test('reaches a trigger that was away for hours', async () => {
		const n8n = await notified(['a']);
		n8n.kill();
		n8n.vendor.set('a', 'succeeded');
		await n8n.time.pass(hours(5));
		n8n.start();
		await n8n.time.pass(minutes(5));
		expect(n8n.started.map(({ json }) => json.taskId)).toEqual(['a']);
		await expectNothingLeft(n8n);
	});

	test('tells of a task that never ends after four days, and gives up after a week', async () => {
		const n8n = await notified(['a']);
		n8n.kill();
		await n8n.time.pass(hours(7 * 24 - 1));
		n8n.start();
		await n8n.time.pass(minutes(60));
		await expectNothingLeft(n8n);
		expect(n8n.started.map(({ json }) => [json.taskId, json.status])).toEqual([['a', 'expired']]);
	});

	test('tells of a task that its vendor calls finished and never names the video of', async () => {
		const n8n = await notified(['a']);
		n8n.vendor.set('a', 'running', { instead: finishedWithoutVideo });
		await n8n.time.pass(minutes(10));
		expect(n8n.started.map(({ json }) => json)).toEqual([
			expect.objectContaining({
				taskId: 'a',
				status: 'failed',
				failure: { kind: 'noVideo', code: 'noVideo', message: 'moderation: too wild' },
				context: { of: 'a' },
			}),
		]);
		await expectNothingLeft(n8n);
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
		const { n8n, parents } = await waits(['a']);
		n8n.vendor.set('a', 'running', { instead: finishedWithoutVideo });
		await n8n.time.pass(minutes(1.5));
		expect(parents[0]?.state).toBe('waiting');
		await n8n.time.pass(minutes(2.5));
		expect(parents[0]?.error?.message).toContain(
			'Apikley finished the task without a video: moderation: too wild',
		);
		await expectNothingLeft(n8n);
	});

	test('ends it although n8n starts anew in between', async () => {
		const { n8n, parents } = await waits(['a']);
		n8n.vendor.set('a', 'running', { instead: finishedWithoutVideo });
		await n8n.time.pass(minutes(1.5));
		n8n.kill();
		n8n.start();
		await n8n.time.pass(minutes(12));
		expect(parents[0]?.error?.message).toContain('without a video');
		await expectNothingLeft(n8n);
	});

	test('brings the video that is named in time', async () => {
		const { n8n, parents } = await waits(['a']);
		n8n.vendor.set('a', 'running', { instead: finishedWithoutVideo });
		await n8n.time.pass(minutes(1));
		n8n.vendor.set('a', 'succeeded', { instead: undefined });
		await n8n.time.pass(minutes(3));
		expect(videosOf(n8n, parents[0] ?? n8n.newExecution())).toEqual([`${videoOf('a')}`]);
	});

	test('says when the time is over that it has ended, not that it runs', async () => {
		const { n8n, parents } = await waits(['a'], { timeoutMinutes: 1 });
		n8n.vendor.set('a', 'running', { instead: finishedWithoutVideo });
		await n8n.time.pass(minutes(2));
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
		const { n8n, parents } = await waits(['a']);
		const resultJson = JSON.stringify({ resultUrls: [videoUrlOf('a')] });
		const data = { taskId: 'a', state, resultJson };
		n8n.vendor.set('a', 'running', { instead: () => jsonAnswer(200, { code: 200, data }) });
		await n8n.time.pass(minutes(2));
		expect(parents[0]?.state).toBe(end);
		await expectNothingLeft(n8n);
	});
});
