import type { Provider } from '../../../nodes/shared/domain/provider';
import { fail, ok } from '../../../nodes/shared/domain/result';
import type { Task, TaskStatus } from '../../../nodes/shared/domain/task';
import { judge, look, toVendorReference } from '../../../nodes/shared/tasks/look';
import type { TaskHandle } from '../../../nodes/shared/tasks/order';
import { answer, errorOf, modelOf, providerOf, valueOf } from '../helpers.mts';
import { fault, finished, modelId, scripted, state, taskId } from './session.mts';

describe('a look', () => {
	test('tells the task that was asked for, and for how long an answer is waited for', async () => {
		const { session, asked } = scripted({ looks: [finished] });
		const taskUrls = { status: 'https://vendor.example/1' };
		const task = valueOf(await look(session, { taskId, modelId, taskUrls }, 7000));
		expect(task).toMatchObject({ taskId, taskUrls, status: 'succeeded', videoUrl: 'https://v' });
		expect(asked.map(({ timeoutMs }) => timeoutMs)).toEqual([7000]);
	});

	test('gives the vendor two minutes to name the video of a task that it calls finished', async () => {
		const { session, clock } = scripted({ looks: [state('success', { resultJson: '{}' })] });
		const statusNow = async () => valueOf(await look(session, { taskId, modelId })).status;
		expect(await statusNow()).toBe('running');
		clock.pass(119_999);
		expect(await statusNow()).toBe('running');
		clock.pass(1);
		expect(await statusNow()).toBe('failed');
	});

	test('leaves out what is not known', async () => {
		const { session } = scripted({ looks: [state('waiting')] });
		const task = valueOf(await look(session, { taskId, modelId }));
		expect(Object.keys(task).toSorted()).toEqual(['raw', 'status', 'taskId']);
	});

	test('at an answer about another task sees nothing', async () => {
		const { session } = scripted({ looks: [finished] });
		expect(errorOf(await look(session, { taskId: 'task-2', modelId }))).toStrictEqual({
			kind: 'unreadableAnswer',
			message: `The answer is about another task, ${taskId}`,
			certainlyNotTaken: false,
		});
	});

	test('at a vendor that does not repeat the ID, the one asked for counts', async () => {
		const provider: Provider = {
			...providerOf('apikley'),
			vendor: {
				...providerOf('apikley').vendor,
				*look() {
					yield { method: 'GET', url: '/status' };
					return ok({ status: 'running' as const });
				},
			},
		};
		const { session } = scripted({ provider, looks: [ok(answer({}))] });
		expect(await look(session, { taskId: 'own', modelId })).toEqual(
			ok({ taskId: 'own', status: 'running' }),
		);
	});

	test.each(['javascript:alert(1)', 'file:///etc/passwd', 'video', ''])(
		'takes no %j for the address of a video',
		async (videoUrl) => {
			const provider: Provider = {
				...providerOf('apikley'),
				vendor: {
					...providerOf('apikley').vendor,
					*look() {
						yield { method: 'GET', url: '/status' };
						return ok({ status: 'succeeded' as const, videoUrl });
					},
				},
			};
			const { session } = scripted({ provider, looks: [ok(answer({}))] });
			expect(errorOf(await look(session, { taskId, modelId }))).toMatchObject({
				kind: 'unreadableAnswer',
				message: 'The address of the video is no web address',
			});
		},
	);

	test('without an answer is the network’s fault', async () => {
		const { session } = scripted({ looks: [fault('noAnswer')] });
		expect(errorOf(await look(session, { taskId, modelId })).kind).toBe('noAnswer');
	});

	test.each([
		[modelId, modelOf('apikley', modelId)],
		['custom/one', undefined],
	])('takes the catalogue’s entry of the model %s along', (id, model) => {
		const { session } = scripted();
		const reference = { taskId, modelId: id };
		expect(toVendorReference(session, reference)).toEqual({ ...reference, model });
	});
});

describe('the verdict', () => {
	const { session, clock, startedAt } = scripted();
	const handle: TaskHandle = { taskId, modelId, status: 'queued', submittedAt: startedAt };
	const patience = { deadlineAt: startedAt + 600_000, timeoutMinutes: 10 };
	const late = { deadlineAt: startedAt, timeoutMinutes: 10 };
	const task = (status: TaskStatus): Task => ({ taskId, status });

	test('succeeded, even after the deadline', () => {
		for (const given of [patience, late]) {
			const looked = task('succeeded');
			expect(judge(session, handle, ok(looked), given)).toEqual({
				state: 'succeeded',
				task: looked,
			});
		}
	});

	test.each(['failed', 'cancelled', 'expired'] as const)('%s: ended', (status) => {
		for (const given of [patience, late]) {
			expect(judge(session, handle, ok(task(status)), given)).toMatchObject({
				state: 'ended',
				problem: { taskId, status, code: status },
			});
		}
	});

	test.each(['queued', 'running'] as const)('%s: pending, until the time is over', (status) => {
		const looked = ok(task(status));
		expect(judge(session, handle, looked, patience)).toEqual({
			state: 'pending',
			task: looked.value,
		});
		expect(judge(session, handle, looked, late)).toMatchObject({
			state: 'ended',
			problem: { code: 'timeout', taskId, status },
		});
	});

	const certainlyNotTaken = false;

	test('a fault that time may mend: pending, until the time is over', () => {
		const looked = fail({ kind: 'serverError' as const, message: 'no', certainlyNotTaken });
		expect(judge(session, handle, looked, patience)).toEqual({
			state: 'pending',
			fault: looked.error,
		});
		expect(judge(session, { ...handle, status: 'running' }, looked, late)).toMatchObject({
			state: 'ended',
			problem: {
				code: 'timeout',
				status: 'running',
				description: expect.stringContaining('The last check did not work. Answer: "no"'),
			},
		});
	});

	test('a fault for good: ended, with the task', () => {
		const looked = fail({ kind: 'unauthorized' as const, message: 'no', certainlyNotTaken });
		expect(judge(session, handle, looked, patience)).toMatchObject({
			state: 'ended',
			problem: { code: 'unauthorized', taskId },
		});
	});

	test('a task that its vendor does not know: pending for two minutes after the submission', () => {
		const looked = fail({ kind: 'notFound' as const, message: 'no', certainlyNotTaken });
		const verdictAfter = (ms: number) =>
			judge(session, { ...handle, submittedAt: clock.now() - ms }, looked, patience).state;
		expect([0, 119_999, 120_000].map(verdictAfter)).toEqual(['pending', 'pending', 'ended']);
	});

	describe('about an order of four days ago', () => {
		const day = 24 * 60 * 60_000;
		const old = { ...handle, orderedAt: startedAt - 4 * day };

		test('that has not ended: its end cannot be known any more', () => {
			const verdict = judge(
				session,
				old,
				ok({ ...task('running'), unknownStatus: 'stuck' }),
				patience,
			);
			expect(verdict).toMatchObject({
				state: 'ended',
				problem: {
					code: 'endUnknown',
					status: 'expired',
					taskId,
					message: expect.stringContaining('last seen as stuck'),
				},
			});
		});

		test.each(['notFound', 'forbidden', 'invalidInput'] as const)(
			'that is refused for good (%s): with the last words',
			(kind) => {
				const looked = fail({ kind, message: 'gone for good', certainlyNotTaken });
				expect(judge(session, old, looked, patience)).toMatchObject({
					state: 'ended',
					problem: {
						code: 'endUnknown',
						status: 'expired',
						description: expect.stringContaining('gone for good'),
					},
				});
			},
		);

		test('that this key or this moment keeps from being read is not given up', () => {
			const verdictOf = (kind: 'unauthorized' | 'serverError') =>
				judge(session, old, fail({ kind, message: 'no', certainlyNotTaken }), patience);
			expect(verdictOf('serverError').state).toBe('pending');
			expect(verdictOf('unauthorized')).toMatchObject({ problem: { code: 'unauthorized' } });
		});

		test('that has ended is what it is', () => {
			expect(judge(session, old, ok(task('succeeded')), patience).state).toBe('succeeded');
			expect(judge(session, old, ok(task('failed')), patience)).toMatchObject({
				problem: { status: 'failed' },
			});
		});

		test('a moment younger is waited for', () => {
			const young = { ...handle, orderedAt: clock.now() - 4 * day + 1 };
			expect(judge(session, young, ok(task('running')), patience).state).toBe('pending');
		});
	});
});
