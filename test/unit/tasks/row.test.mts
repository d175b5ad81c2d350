import type { Problem, ProblemKind } from '../../../nodes/shared/domain/problem';
import type { Task, TaskStatus } from '../../../nodes/shared/domain/task';
import { besideRow, toErrorRow, toListedRow, toRow } from '../../../nodes/shared/tasks/row';

const origin = { provider: 'modellix', model: 'seedance-1.0-lite-t2v' };
const raw = { code: 0, data: { task_id: 'task-1' } };
const whole: Task = {
	taskId: 'task-1',
	status: 'succeeded',
	videoUrl: 'https://v',
	lastFrameUrl: 'https://f',
	usage: { credits: 5, tokens: 108900, usd: 0.18 },
	createdAt: '2026-11-20T10:00:00.000Z',
	completedAt: '2026-11-20T10:01:00.000Z',
	expiresAt: '2026-11-21T10:00:00.000Z',
	raw,
};

test('a whole task is the contract’s row', () => {
	const { raw: answer, ...known } = whole;
	const row = toRow(whole, origin, { raw: false });
	expect(row).toStrictEqual({ ...origin, ...known });
	expect(Object.values(row)).not.toContain(answer);
});

test('with raw, the vendor’s answer is added', () => {
	expect(toRow(whole, origin, { raw: true })).toStrictEqual({ ...origin, ...whole });
});

test('what the vendor does not tell is not there', () => {
	const task: Task = { taskId: 'x', status: 'queued', videoUrl: undefined, raw: undefined };
	for (const withRaw of [true, false]) {
		const row = toRow(task, { provider: 'apikley', model: '' }, { raw: withRaw });
		expect(row).toStrictEqual({ taskId: 'x', provider: 'apikley', status: 'queued' });
	}
});

test('the addresses at which the vendor answers are kept for later looks', () => {
	const taskUrls = { status: 'https://vendor.example/x' };
	const row = toRow({ taskId: 'x', status: 'queued', taskUrls }, origin, { raw: false });
	expect(row).toStrictEqual({ ...origin, taskId: 'x', status: 'queued', taskUrls });
});

test('in a list of tasks, what tells them apart comes first, and addresses come last', () => {
	const task: Task = { ...whole, taskUrls: { status: 'https://vendor.test/status' } };
	const row = toListedRow(task, origin, { raw: true });
	expect(row).toEqual(toRow(task, origin, { raw: true }));
	const names = Object.keys(row);
	expect(names.slice(0, 3)).toEqual(['status', 'provider', 'model']);
	expect(names.slice(-4)).toEqual(['videoUrl', 'lastFrameUrl', 'taskUrls', 'raw']);
});

test('an answer that is no object is not added', () => {
	const row = toRow({ ...whole, raw: '<html>' }, origin, { raw: true });
	expect(row).not.toHaveProperty('raw');
});

test('the vendor’s own word for an unknown state is shown', () => {
	const task: Task = { taskId: 'x', status: 'running', unknownStatus: 'upscaling', raw };
	expect(toRow(task, origin, { raw: false })).toStrictEqual({
		...origin,
		taskId: 'x',
		status: 'running',
		vendorStatus: 'upscaling',
	});
});

const kindOf: Partial<Record<TaskStatus, ProblemKind>> = {
	cancelled: 'cancelled',
	expired: 'expired',
};

test.each<TaskStatus>(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired'])(
	'the row of a task that is %s has no key error',
	(status) => {
		const failure = { code: '500', message: 'no' };
		const row = toRow({ taskId: 'x', status, failure, raw }, origin, { raw: true });
		expect(Object.keys(row)).not.toContain('error');
		expect(row.failure).toEqual({ ...failure, kind: kindOf[status] ?? 'generationFailed' });
	},
);

describe('the row of a problem', () => {
	const problem: Problem = {
		message: 'Modellix could not generate the video: no',
		description: 'Change the prompt.',
		kind: 'generationFailed',
		code: '500',
		taskId: 'task-1',
		status: 'failed',
		httpStatus: 200,
	};

	test('is the contract’s', () => {
		expect(toErrorRow(problem, origin)).toStrictEqual({
			error: problem.message,
			taskId: 'task-1',
			...origin,
			status: 'failed',
			failure: { kind: 'generationFailed', code: '500', message: 'Change the prompt.' },
		});
	});

	test('keeps the URL of a video that could not be downloaded', () => {
		expect(toErrorRow({ ...problem, videoUrl: 'https://v' }, origin).videoUrl).toBe('https://v');
	});

	test('has no undefined keys', () => {
		const bare: Problem = { kind: 'timeout', message: 'a', description: 'b', code: 'c' };
		expect(toErrorRow(bare, { provider: 'apikley', model: '' })).toStrictEqual({
			error: 'a',
			provider: 'apikley',
			failure: { kind: 'timeout', code: 'c', message: 'b' },
		});
	});
});

describe('fields of an item beside a row', () => {
	const ofSheet = { idea: 'a boat', seed: 42, duration: 10, resolution: '1080p' };

	test('are the user’s', () => {
		expect(besideRow(ofSheet)).toEqual(ofSheet);
	});

	test('but what another task’s row says of its own task and order', () => {
		const ofTask = {
			foundAgain: 'x',
			mayBeRepeat: true,
			downloadProblem: 'x',
			deleted: true,
			failure: {},
			ledger: {},
			taskUrls: {},
			prompt: 'p',
			aspectRatio: '9:16',
		};
		expect(besideRow({ ...ofSheet, ...ofTask, taskId: 't1' })).toEqual({ idea: 'a boat' });
	});

	const earlier: Required<Omit<Task, 'withoutVideo' | 'videoNeedsKey' | 'callbackUrl'>> = {
		...whole,
		lastFrameUrl: 'https://media.example/last-frame-of-the-clip-before.png',
		unknownStatus: 'x',
		videoUrl: 'https://media.example/before.mp4',
		lastFrameProblem: 'x',
		usage: { credits: 5 },
		seed: 7,
		video: { bytes: 9 },
		createdAt: '2026-11-20T10:00:00.000Z',
		completedAt: '2026-11-20T10:01:00.000Z',
		expiresAt: '2026-11-21T10:00:00.000Z',
		failure: { code: '500', message: 'no' },
		taskUrls: { status: 'https://vendor.example/x' },
		raw,
	};
	const ordered = { prompt: 'p', duration: 5, resolution: '720p', aspectRatio: '16:9' };
	const refusedBy = [{ provider: 'fal', model: 'm', code: 'c', message: 'x' }];
	const earlierRow = {
		...toRow(earlier, { ...origin, ordered, refusedBy, foundAgain: true }, { raw: true }),
		error: 'x',
		orderedAt: 'x',
		ledger: {},
		mayBeRepeat: true,
		downloadProblem: 'x',
		deleted: true,
		details: {},
		parked: {},
	};

	test('nothing of the row of an earlier task is left, so that no clip shows another one’s', () => {
		expect(besideRow({ ...earlierRow, idea: 'a boat' })).toEqual({ idea: 'a boat' });
		const next: Task = { taskId: 'task-2', status: 'queued' };
		const input = { ...earlierRow, idea: 'a boat' };
		expect(toRow(next, { ...origin, input }, { raw: true })).toStrictEqual({
			...origin,
			...next,
			idea: 'a boat',
		});
	});

	test.each(Object.keys(earlierRow).filter((name) => !(name in { ...ordered, seed: 7 })))(
		'%s is the row’s own, also of an item that is no row',
		(name) => {
			expect(besideRow({ [name]: 'x', idea: 'a boat' })).toEqual({ idea: 'a boat' });
		},
	);
});
