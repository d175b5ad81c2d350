import type { IDataObject } from 'n8n-workflow';
import {
	deriveCallbackKey,
	sign,
	type SignedKind,
} from '../../../nodes/shared/tasks/callbackToken';
import {
	fileIdOf,
	keyOf,
	nonceOf,
	OWN_SECRET,
	refusedItem,
	submittedTask,
	unwatched,
	type Execution,
	type FakeHost,
} from '../fakes/host.mts';
import { hours, minutes } from '../fakes/time.mts';
import {
	lastFrameUrlOf,
	mediaError,
	videoOf,
	videoUrlOf,
	type VendorTask,
} from '../fakes/vendor.mts';

const rowsOnError = { onError: 'continueRegularOutput' as const };

async function paused(
	statuses: Array<VendorTask['status']>,
	{
		host = unwatched(),
		task,
	}: { host?: FakeHost; task?: Parameters<typeof submittedTask>[1] } = {},
) {
	return { host, execution: await host.pauseFor(statuses, task, rowsOnError) };
}

const downloadsOf = (...taskIds: string[]) => taskIds.map(videoUrlOf);

describe('Files', () => {
	test('are fetched as their tasks end, each once', async () => {
		const { host, execution } = await paused(['running', 'running', 'running']);
		for (const [taskId, expected] of [
			['t2', ['t2']],
			['t0', ['t2', 't0']],
			['t1', ['t2', 't0', 't1']],
		] as const) {
			host.vendor.set(taskId, 'succeeded');
			await host.look(execution);
			expect(host.vendor.downloads).toEqual(downloadsOf(...expected));
			await host.time.pass(minutes(1));
		}
	});

	test('that lie in n8n are handed on although their address has expired', async () => {
		const { host, execution } = await paused(['succeeded', 'running']);
		await host.look(execution);
		host.vendor.media.set(videoUrlOf('t0'), () => mediaError(403));
		await host.time.pass(minutes(20));
		host.vendor.set('t1', 'succeeded');
		const { rows } = await host.look(execution);
		expect(host.filesOf({ rows })).toEqual([`${videoOf('t0')}`, `${videoOf('t1')}`]);
	});

	test('hold the last frame too', async () => {
		const { host, execution } = await paused(['running']);
		host.vendor.set('t0', 'succeeded', { lastFrameUrl: lastFrameUrlOf('t0') });
		const { rows } = await host.look(execution);
		expect(Object.keys(rows?.[0]?.binary ?? {})).toEqual(['data', 'lastFrame']);
	});

	test('are there without a last frame that cannot be fetched, and fetched once', async () => {
		const { host, execution } = await paused(['succeeded', 'running']);
		host.vendor.set('t0', 'succeeded', { lastFrameUrl: lastFrameUrlOf('t0') });
		host.vendor.media.set(lastFrameUrlOf('t0'), () => mediaError(403));
		await host.look(execution);
		host.vendor.set('t1', 'succeeded');
		const { rows } = await host.look(execution);
		expect(rows?.[0]).toMatchObject({ json: { lastFrameProblem: 'HTTP status 403' } });
		expect(rows?.[0]?.json).not.toHaveProperty('error');
		expect(Object.keys(rows?.[0]?.binary ?? {})).toEqual(['data']);
		const videos = host.vendor.downloads.filter((url) => url.endsWith('.mp4'));
		expect(videos).toEqual(downloadsOf('t0', 't1'));
		expect(host.files.size).toBe(2);
	});

	test('have a fresh address where the first one is gone', async () => {
		const { host, execution } = await paused(['succeeded']);
		const gone = videoUrlOf('gone');
		host.vendor.set('t0', 'succeeded', { videoUrl: gone });
		host.vendor.media.set(gone, () => {
			host.vendor.set('t0', 'succeeded', { videoUrl: videoUrlOf('t0') });
			return mediaError(404);
		});
		const { rows } = await host.look(execution);
		expect(rows).toMatchObject([
			{ json: { videoUrl: videoUrlOf('t0') }, binary: { data: { fileName: 't0.mp4' } } },
		]);
	});

	test('that could not be fetched are tried again at the next look', async () => {
		const { host, execution } = await paused(['succeeded', 'running']);
		host.vendor.media.set(videoUrlOf('t0'), () => mediaError(403));
		expect((await host.look(execution)).body.state).toBe('pending');
		host.vendor.media.clear();
		await host.time.pass(minutes(1));
		await host.look(execution);
		host.vendor.set('t1', 'succeeded');
		const { rows } = await host.look(execution);
		expect(rows?.map(({ binary }) => binary?.data?.fileName)).toEqual(['t0.mp4', 't1.mp4']);
		// The vendor was asked for another address of the one that was refused.
		expect(host.vendor.looks).toEqual(['t0', 't1', 't0', 't1', 't1']);
		expect(host.vendor.downloads).toEqual(downloadsOf('t0', 't0', 't0', 't1'));
	});

	test('that cannot be fetched at the end are a problem that names address and task', async () => {
		const { host, execution } = await paused(['succeeded', 'running']);
		host.vendor.media.set(videoUrlOf('t0'), () => mediaError(403));
		await host.look(execution);
		host.vendor.set('t1', 'succeeded');
		const { rows } = await host.look(execution);
		expect(rows?.map(({ json }) => json)).toEqual([
			expect.objectContaining({
				error: 'The video is finished but could not be downloaded',
				taskId: 't0',
				status: 'succeeded',
				videoUrl: videoUrlOf('t0'),
				failure: {
					kind: 'downloadFailed',
					code: 'downloadFailed',
					message: expect.stringMatching(/operation Get, .* Reason: HTTP status 403\./),
				},
			}),
			expect.not.objectContaining({ error: expect.anything() }),
		]);
		expect(rows?.[0]).not.toHaveProperty('binary');
		await host.time.pass(minutes(1));
		await host.look(execution);
		expect(host.vendor.downloads).toEqual(downloadsOf('t0', 't0', 't0', 't1', 't0'));
	});

	test('that are larger than the user wants are not kept', async () => {
		const { host, execution } = await paused(['succeeded'], { task: { maxFileBytes: 10 } });
		const { rows } = await host.look(execution);
		expect(JSON.stringify(rows)).toContain('larger than');
		expect(host.files.size).toBe(0);
	});

	test('are fetched no more at once than the vendor runs tasks', async () => {
		const host = unwatched({ vendor: 'modellix' });
		host.vendor.downloadMs = 1000;
		const statuses = Array.from({ length: 7 }, (): VendorTask['status'] => 'succeeded');
		const { execution } = await paused(statuses, { host });
		const before = host.time.now();
		const { rows } = await host.look(execution);
		expect(rows).toHaveLength(7);
		expect(host.time.now() - before).toBe(3000);
	});
});

describe('n8n that keeps files in the items', () => {
	async function pausedInMemory(statuses: Array<VendorTask['status']>) {
		const host = unwatched();
		host.keepsFilesInItems = true;
		return await paused(statuses, { host });
	}

	test('has them fetched when the last task has ended, after one try', async () => {
		const { host, execution } = await pausedInMemory(['succeeded', 'running', 'running']);
		await host.look(execution);
		host.vendor.set('t1', 'succeeded');
		await host.look(execution);
		await host.look(execution);
		expect(host.vendor.downloads).toEqual(downloadsOf('t0'));

		host.vendor.set('t2', 'succeeded');
		const { rows } = await host.look(execution);
		expect(rows?.map(({ binary }) => binary?.data?.data)).toEqual(
			['t0', 't1', 't2'].map((taskId) => videoOf(taskId).toString('base64')),
		);
		expect(host.vendor.downloads).toEqual(downloadsOf('t0', 't0', 't1', 't2'));
	});

	test('has none of them fetched early once that is known', async () => {
		const { host, execution } = await pausedInMemory(['succeeded', 'succeeded', 'running']);
		await host.look(execution);
		const early = host.vendor.downloads.length;
		await host.look(execution);
		expect(host.vendor.downloads).toHaveLength(early);
		const other = await host.pause([submittedTask('t0'), submittedTask('t2', { itemIndex: 1 })]);
		await host.look(other);
		expect(host.vendor.downloads).toHaveLength(early);
	});

	test('stops after the first of a round', async () => {
		const host = unwatched({ vendor: 'modellix' });
		host.keepsFilesInItems = true;
		const statuses: Array<VendorTask['status']> = Array.from({ length: 9 }, () => 'succeeded');
		const { execution } = await paused([...statuses, 'running'], { host });
		host.vendor.downloadMs = 100;
		await host.look(execution);
		expect(host.vendor.downloads).toEqual(downloadsOf('t0', 't1', 't2'));
	});

	test('puts no file into a note', async () => {
		const { host, execution } = await pausedInMemory(['succeeded', 'running']);
		const { note } = (await host.look(execution)).body;
		expect(noteOf(note).settled).toEqual([{ item: 0, task: expect.anything() }]);
	});
});

function noteOf(note: unknown): { nonce: string; settled: object[] } {
	const [payload = ''] = String(note).split('.');
	return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

describe('The note that a poller carries', () => {
	/** A look at `t0`, which has ended, and the next one in a process that knows of nothing. */
	async function toldBy(change: (note: unknown, execution: Execution) => unknown) {
		const { host, execution } = await paused(['succeeded', 'running']);
		const { note } = (await host.look(execution)).body;
		host.vendor.set('t1', 'succeeded');
		const process = host.anotherProcess();
		const changed = change(note, execution);
		const { rows } = await host.look(execution, { note: changed, process });
		return { host, rows };
	}

	test('spares another process looks and downloads', async () => {
		const { host, rows } = await toldBy((note) => note);
		expect(host.vendor.looks).toEqual(['t0', 't1', 't1']);
		expect(host.vendor.downloads).toEqual(downloadsOf('t0', 't1'));
		expect(rows?.[0]).toEqual({
			json: expect.objectContaining({ taskId: 't0', videoUrl: videoUrlOf('t0') }),
			binary: { data: expect.objectContaining({ id: fileIdOf('101', 1) }) },
			pairedItem: { item: 0 },
		});
	});

	test('is not there as long as there is nothing to tell', async () => {
		const { host, execution } = await paused(['running', 'running']);
		expect((await host.look(execution)).body).not.toHaveProperty('note');
	});

	test('tells of what has ended badly, too', async () => {
		const { host, execution } = await paused(['failed', 'running']);
		const { note } = (await host.look(execution)).body;
		const process = host.anotherProcess();
		host.vendor.set('t1', 'succeeded');
		const { rows } = await host.look(execution, { note, process });
		expect(host.vendor.looks).toEqual(['t0', 't1', 't1']);
		expect(rows?.map(({ json }) => [json.taskId, json.status])).toEqual([
			['t0', 'failed'],
			['t1', 'succeeded'],
		]);
	});

	test('tells of a finished task whose file is still to be fetched', async () => {
		const { host, execution } = await paused(['succeeded', 'running']);
		host.vendor.media.set(videoUrlOf('t0'), () => mediaError(403));
		const { note } = (await host.look(execution)).body;
		expect(noteOf(note).settled).toEqual([
			{ item: 0, task: expect.objectContaining({ status: 'succeeded' }) },
		]);
		host.vendor.media.clear();
		host.vendor.set('t1', 'succeeded');
		const process = host.anotherProcess();
		const { rows } = await host.look(execution, { note, process });
		expect(host.vendor.looks).toEqual(['t0', 't1', 't0', 't1']);
		expect(rows?.[0]?.binary?.data?.fileName).toBe('t0.mp4');
	});

	test.each([true, false])(
		'carries the vendor’s answer only where it is wanted: %s',
		async (raw) => {
			const { host, execution } = await paused(['succeeded', 'running'], { task: { raw } });
			const { note } = (await host.look(execution)).body;
			const task = raw
				? expect.objectContaining({ raw: expect.objectContaining({ code: 200 }) })
				: expect.not.objectContaining({ raw: expect.anything() });
			expect(noteOf(note).settled).toEqual([{ item: 0, task, files: expect.anything() }]);
		},
	);

	/** A note as the node writes it, with other content, key or label. */
	const signed = (
		execution: Execution,
		content: unknown,
		{ key = keyOf(execution), kind = 'note' as SignedKind } = {},
	) => sign(JSON.stringify(content), key, kind);
	const saying = (settled: unknown) => (_: unknown, execution: Execution) =>
		signed(execution, { nonce: nonceOf(execution), settled });
	const video = { taskId: 't0', status: 'succeeded', videoUrl: videoUrlOf('t0') };
	const file = {
		id: fileIdOf('101', 1),
		data: 'filesystem-v2',
		mimeType: 'video/mp4',
		fileName: 't0.mp4',
	};
	const telling = (task: object) => saying([{ item: 0, task: { ...video, ...task } }]);
	const handing = (given: object, more: object = {}) =>
		saying([{ item: 0, task: video, files: { data: { ...file, ...given }, ...more } }]);
	const failing = (problem: object) =>
		saying([{ item: 0, problem: { message: 'm', description: 'd', code: 'c', ...problem } }]);

	test('is taken in the shape in which the tests below spoil it', async () => {
		const { host, rows } = await toldBy(handing({}));
		expect(host.vendor.looks).toEqual(['t0', 't1', 't1']);
		expect(rows?.[0]?.binary).toEqual({ data: file });
		const told = await toldBy(failing({ taskId: 't0', videoUrl: videoUrlOf('t0') }));
		expect(told.rows?.[0]?.json.error).toBe('m');
	});

	test('hands on the seed and whatever a vendor counts, and no more', async () => {
		const usage = { usd: 0.5, billableUnits: 2, seconds: 5 };
		const task = { ...video, seed: 42, usage: { ...usage, forged: 1 }, forged: 1 };
		const { rows } = await toldBy(saying([{ item: 0, task, files: { data: file } }]));
		expect(rows?.[0]?.json).toMatchObject({ seed: 42 });
		expect(rows?.[0]?.json.usage).toEqual(usage);
		expect(rows?.[0]?.json).not.toHaveProperty('forged');
	});

	test.each<[string, (note: unknown, execution: Execution) => unknown]>([
		['is missing', () => undefined],
		['is no text', () => ({})],
		['has another signature', (note) => `${String(note).slice(0, -2)}AA`],
		['has another content', (note) => `A${String(note).slice(1)}`],
		['is nothing but dots', () => '.'.repeat(1000)],
		...['sk-12345', OWN_SECRET, 'sk-2'].map(
			(secret): [string, (note: unknown, execution: Execution) => unknown] => [
				`was signed with a key from ${secret}, as the vendor could`,
				(note, execution) => signed(execution, noteOf(note), { key: deriveCallbackKey(secret) }),
			],
		),
		[
			'was signed as a token',
			(note, execution) => signed(execution, noteOf(note), { kind: 'callback' }),
		],
		[
			'belongs to another wait',
			(note, execution) => signed(execution, { ...noteOf(note), nonce: 'another' }),
		],
		['holds no JSON', (_, execution) => sign('{', keyOf(execution), 'note')],
		['holds something else', saying('all')],
		['tells of a task that has not ended', telling({ status: 'x' })],
		['tells of no task', saying([{ item: 0, task: 'x' }])],
		['tells of a task without an ID', telling({ taskId: 1 })],
		['tells of another task', telling({ taskId: 'forged' })],
		['tells of an item that is none', saying([{ item: 7, task: video }])],
		['tells of a script as the video', telling({ videoUrl: 'javascript:alert(1)' })],
		['tells of a file of this machine as the video', telling({ videoUrl: 'file:///etc/passwd' })],
		['tells of a script as the last frame', telling({ lastFrameUrl: 'javascript:alert(1)' })],
		['tells of a price that is no number', telling({ usage: { usd: 'free' } })],
		['tells of a seed that is no number', telling({ seed: 'x' })],
		['tells of a key that is not needed', telling({ videoNeedsKey: false })],
		['tells of another task’s failure', failing({ taskId: 'forged' })],
		['tells of a failure with a script', failing({ videoUrl: 'javascript:alert(1)' })],
		['tells of a file that is none', handing({ id: 7 })],
		['tells of a file and of one that is none', handing({}, { lastFrame: { ...file, id: 7 } })],
		['tells of a file under another name', handing({}, { invoice: file })],
		['tells of files that are none', saying([{ item: 0, task: video, files: 'x' }])],
		['tells of no files', saying([{ item: 0, task: video, files: {} }])],
		['tells of another execution’s file', handing({ id: fileIdOf('1', 1) })],
		['tells of another workflow’s file', handing({ id: fileIdOf('101', 1, 'wf-2') })],
		['tells of a file beside', handing({ id: `${fileIdOf('101', 1)}/../../x` })],
		['tells of a file above', handing({ id: 'filesystem-v2:../config' })],
		['tells of a page', handing({ mimeType: 'text/html' })],
		['tells of a drawing that runs scripts', handing({ mimeType: 'image/svg+xml' })],
		['tells of a page by its name', handing({ fileName: 'forged.html' })],
		['tells of a way up', handing({ fileName: '../../forged.mp4' })],
		['tells of a hidden file', handing({ fileName: '.mp4' })],
	])('counts for nothing when it %s', async (_, change) => {
		const { host, rows } = await toldBy(change);
		expect(host.vendor.looks.slice(2).toSorted()).toEqual(['t0', 't1']);
		expect(rows?.map(({ json }) => json.videoUrl)).toEqual(downloadsOf('t0', 't1'));
		expect(host.vendor.downloads.slice(1).toSorted()).toEqual(downloadsOf('t0', 't1'));
	});

	test('is neither written nor read in a wait that an older version has begun', async () => {
		const { host, execution } = await paused(['succeeded', 'running']);
		const { note } = (await host.look(execution)).body;
		for (const { json } of execution.items) delete (json.parked as IDataObject).key;
		const process = host.anotherProcess();
		const { body } = await host.look(execution, { note, process });
		expect(body.state).toBe('pending');
		expect(body).not.toHaveProperty('note');
		host.vendor.set('t1', 'succeeded');
		expect((await host.look(execution, { process })).rows).toHaveLength(2);
	});

	/** As fal gives them, with the proof that this package has been told them. */
	const taskUrls = { status: 'https://vendor.example/t0/status', proof: 'Zm9yZ2Vk' };

	test.each(['succeeded', 'failed'] as const)(
		'brings back all that a task tells: %s',
		async (status) => {
			const task = { raw: true, taskUrls };
			const { host, execution } = await paused(['running', 'running'], { task });
			host.vendor.set('t0', status, { lastFrameUrl: lastFrameUrlOf('t0') });
			const { note } = (await host.look(execution)).body;
			host.vendor.set('t1', 'succeeded');
			const other = host.anotherProcess();
			const told = await host.look(execution, { note, process: other });
			const known = await host.look(execution);
			expect(told.rows?.[0]).toEqual(known.rows?.[0]);
			expect(told.rows?.[0]?.json).toMatchObject({ taskUrls });
			expect(host.vendor.looks.filter((taskId) => taskId === 't0')).toHaveLength(1);
		},
	);

	test.each([telling, failing])('does not say where the task is looked after', async (entry) => {
		const forged = { taskUrls: { status: 'https://evil.example', result: 'data:,x' } };
		const { host, rows } = await toldBy(entry(forged));
		expect(host.vendor.looks.slice(2)).not.toContain('t0');
		expect(rows?.[0]?.json).not.toHaveProperty('taskUrls');
	});

	test('does not change what this process knows', async () => {
		const { host, execution } = await paused(['succeeded', 'running']);
		await host.look(execution);
		host.vendor.set('t1', 'succeeded');
		const changed = { ...video, videoUrl: 'https://evil.test/x.mp4' };
		const note = saying([{ item: 0, task: changed }])(undefined, execution);
		const { rows } = await host.look(execution, { note });
		expect(rows?.[0]?.json.videoUrl).toBe(videoUrlOf('t0'));
	});

	test('of an old look is added to by a new one', async () => {
		const { host, execution } = await paused(['succeeded', 'running', 'running']);
		const first = (await host.look(execution)).body.note;
		host.vendor.set('t1', 'succeeded');
		const process = host.anotherProcess();
		const second = (await host.look(execution, { note: first, process })).body.note;
		expect(noteOf(second).settled).toHaveLength(2);
		expect(noteOf(second).nonce).toBe(nonceOf(execution));
	});
});

describe('What this process knows of a wait', () => {
	test('is kept as long as somebody calls', async () => {
		const { host, execution } = await paused(['succeeded', 'running'], {
			task: { timeoutMinutes: 600 },
		});
		for (let round = 0; round < 3; round++) {
			await host.look(execution);
			await host.time.pass(minutes(50) - 1);
		}
		expect(host.vendor.looks).toEqual(['t0', 't1', 't1', 't1']);
	});

	test.each([
		['younger', false],
		['older', true],
	])(
		'is forgotten after seventy-four minutes without a call, beside a %s wait',
		async (_, isOlder) => {
			const task = { timeoutMinutes: 600 };
			const { host, execution } = await paused(['succeeded', 'running'], { task });
			const other = await host.pause([submittedTask('t1', task)]);
			if (isOlder) await host.look(other);
			await host.look(execution);
			for (let call = 0; call < 2; call++) {
				await host.time.pass(minutes(37));
				await host.look(other);
			}
			host.vendor.looks.length = 0;
			await host.look(execution);
			expect(host.vendor.looks).toEqual(['t0', 't1']);
		},
	);

	test('is another one for each wait', async () => {
		const host = unwatched();
		host.vendor.set('a', 'succeeded');
		host.vendor.set('b', 'running');
		const first = await host.pause([submittedTask('a'), submittedTask('b', { itemIndex: 1 })]);
		const second = await host.pause([submittedTask('b'), submittedTask('a', { itemIndex: 1 })]);
		await host.look(first);
		await host.look(second);
		host.vendor.set('b', 'succeeded');
		await host.look(first);
		const { rows } = await host.look(second);
		expect(rows?.map(({ json }) => json.taskId)).toEqual(['b', 'a']);
	});
});

describe('300 items', () => {
	const taskIds = Array.from({ length: 300 }, (_, index) => `t${index}`);

	async function pausedBatch(status: VendorTask['status'], lookMs: number) {
		const host = unwatched({ vendor: 'aimlapi' });
		const statuses = taskIds.map(() => status);
		const { execution } = await paused(statuses, {
			host,
			task: { timeoutMinutes: 600, download: false },
		});
		host.vendor.lookMs = lookMs;
		return { host, execution };
	}

	test('are looked at ten at a time, as far as the time of a call goes, then the others', async () => {
		const { host, execution } = await pausedBatch('running', 1000);
		const before = host.time.now();
		expect((await host.look(execution)).body.state).toBe('pending');
		expect(host.time.now() - before).toBe(7_000);
		expect(host.vendor.looks).toEqual(taskIds.slice(0, 70));
		expect(host.vendor.mostLooksAtOnce).toBe(10);

		await host.look(execution);
		expect(host.vendor.looks.slice(70)).toEqual(taskIds.slice(70, 140));
		for (let call = 0; call < 3; call++) await host.look(execution);
		expect(host.vendor.looks.slice(140)).toEqual([...taskIds.slice(140), ...taskIds.slice(0, 50)]);
	});

	test('come out in order when all have ended, each looked at once', async () => {
		const { host, execution } = await pausedBatch('succeeded', 1000);
		for (let call = 0; call < 4; call++) {
			expect((await host.look(execution)).rows).toBeUndefined();
		}
		const { rows } = await host.look(execution);
		expect(rows?.map(({ json }) => json.taskId)).toEqual(taskIds);
		expect(rows?.map(({ pairedItem }) => pairedItem)).toEqual(taskIds.map((_, item) => ({ item })));
		expect(host.vendor.looks.toSorted()).toEqual(taskIds.toSorted());
	});

	test('give their poller one small item', async () => {
		const { host } = await pausedBatch('running', 0);
		expect(host.pollers.map(({ items }) => items)).toEqual([[{ json: {} }], [{ json: {} }]]);
		expect(host.pollers[0]?.plan?.length).toBeLessThan(1000);
	});

	test('of which only refused ones are left unlooked at ask for the usual gap', async () => {
		const host = unwatched({ vendor: 'aimlapi' });
		const tasks = Array.from({ length: 10 }, (_, itemIndex) => {
			host.vendor.set(`t${itemIndex}`, 'succeeded');
			return submittedTask(`t${itemIndex}`, { provider: 'aimlapi', itemIndex, download: false });
		});
		const execution = await host.pause([...tasks, refusedItem(10)], { node: rowsOnError });
		host.vendor.lookMs = 25_000;
		const { httpStatus, body } = await host.look(execution);
		expect([httpStatus, body.message]).toEqual([200, 'Not finished yet']);
		expect(body.retryAfterSeconds ?? null).toBeNull();
		expect((await host.look(execution)).rows).toHaveLength(11);
	});
});

test('A task of a cheap tier is waited for over two days', async () => {
	const { host, execution } = await paused(['running'], { task: { timeoutMinutes: 3 * 24 * 60 } });
	await host.time.pass(hours(47));
	expect((await host.look(execution)).body.retryAfterSeconds).toBe(300);
	host.vendor.set('t0', 'succeeded');
	expect((await host.look(execution)).rows).toHaveLength(1);
});
