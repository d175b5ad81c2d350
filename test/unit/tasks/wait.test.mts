import type { WaitingRules } from '../../../nodes/shared/tasks/order';
import { waitForTask } from '../../../nodes/shared/tasks/wait';
import { errorOf, valueOf } from '../helpers.mts';
import {
	failed,
	fault,
	finished,
	modelId,
	refusal,
	scripted,
	state,
	taskId,
	type Script,
} from './session.mts';

const run = (script: Script, rules: WaitingRules = { timeoutMinutes: 30 }, agoMs = 0) => {
	const world = scripted(script);
	const submittedAt = world.startedAt - agoMs;
	const handle = { taskId, modelId, status: 'queued' as const, submittedAt };
	const ended = waitForTask(world.session, handle, rules);
	return { ...world, ended };
};
const gapsOf = (asked: Array<{ afterMs: number }>) =>
	asked.map(({ afterMs }, index) => afterMs - (asked[index - 1]?.afterMs ?? 0));

test('it looks until the task has succeeded', async () => {
	const { ended, asked } = run({ looks: [state('waiting'), state('generating'), finished] });
	expect(valueOf(await ended)).toMatchObject({ taskId, status: 'succeeded' });
	expect(gapsOf(asked)).toEqual([2000, 2000, 2000]);
});

test('or has ended badly', async () => {
	const { ended, asked } = run({ looks: [state('waiting'), failed] });
	expect(errorOf(await ended)).toMatchObject({ code: '500', taskId, status: 'failed' });
	expect(asked).toHaveLength(2);
});

test('a task that is nearly alone is looked at every two seconds, later more rarely', async () => {
	const looks = [state('waiting'), state('waiting'), finished];
	const old = run({ looks }, undefined, 100_000);
	await old.ended;
	expect(gapsOf(old.asked)).toEqual([2_000, 2_000, 2_000]);
	const older = run({ looks }, undefined, 3_000_000);
	await older.ended;
	expect(gapsOf(older.asked).map(Math.round)).toEqual([10_000, 10_033, 10_067]);
	const chosen = run({ looks }, { timeoutMinutes: 30, maxPollGapMs: 4000 }, 3e6);
	await chosen.ended;
	expect(gapsOf(chosen.asked)).toEqual([4000, 4000, 4000]);
});

test('of many that are waited for, each is looked at after a tenth of its time, up to the poll interval', async () => {
	const looks = [state('waiting'), state('waiting'), finished];
	const inCompany = async (agoMs: number) => {
		const world = scripted({ looks });
		const leave = Array.from({ length: 999 }, () => world.session.lookCount.begin());
		const submittedAt = world.startedAt - agoMs;
		const handle = { taskId, modelId, status: 'queued' as const, submittedAt };
		await waitForTask(world.session, handle, { timeoutMinutes: 30 });
		expect(world.session.lookCount.count()).toBe(leave.length);
		return gapsOf(world.asked);
	};
	expect(await inCompany(100_000)).toEqual([10_000, 11_000, 12_100]);
	expect(await inCompany(1e6)).toEqual([30_000, 30_000, 30_000]);
});

test('a task is in the works until its wait is over, however it ends', async () => {
	const ending = async (looks: Script['looks']) => {
		const { ended, session } = run({ looks });
		expect(session.lookCount.count()).toBe(1);
		await ended;
		return session.lookCount.count();
	};
	expect(await ending([finished])).toBe(0);
	expect(await ending([failed])).toBe(0);
	const stop = new AbortController();
	const { ended, session } = run({ looks: [state('waiting')], stopSignal: stop.signal });
	stop.abort(new Error('stopped'));
	await expect(ended).rejects.toThrow('stopped');
	expect(session.lookCount.count()).toBe(0);
});

test('what passes is waited out, as long as the vendor says', async () => {
	const { ended, asked } = run({
		looks: [refusal(429, 90_000), fault('noAnswer'), refusal(500), finished],
	});
	expect(valueOf(await ended).status).toBe('succeeded');
	expect(gapsOf(asked)).toEqual([2000, 90_000, 8000, 10_000]);
});

test('a Retry-After counts for the next look only', async () => {
	const { ended, asked } = run({ looks: [refusal(429, 9_000), state('waiting'), finished] });
	await ended;
	expect(gapsOf(asked)).toEqual([2000, 9_000, 2000]);
});

test('what does not pass ends the wait', async () => {
	const { ended, asked } = run({ looks: [refusal(401), finished] });
	expect(errorOf(await ended)).toMatchObject({ code: '401', taskId });
	expect(asked).toHaveLength(1);
});

describe('the timeout', () => {
	test('counts from now; the last look comes at its end', async () => {
		const { ended, asked, elapsedMs } = run(
			{ looks: [state('moderating')] },
			{ timeoutMinutes: 0.5 },
			1e6,
		);
		expect(errorOf(await ended)).toMatchObject({ code: 'timeout', taskId, status: 'running' });
		expect(errorOf(await ended).message).toContain('(moderating)');
		expect([asked.at(-1)?.afterMs, elapsedMs()]).toEqual([30_000, 30_000]);
	});

	test('tells the state last seen when the last looks did not work', async () => {
		const { ended } = run(
			{ looks: [state('generating'), fault('noAnswer')] },
			{ timeoutMinutes: 0.2 },
		);
		const problem = errorOf(await ended);
		expect(problem).toMatchObject({ code: 'timeout', status: 'running' });
		expect(problem.description).toContain('The last check did not work.');
	});

	test('bounds the looks, but leaves the last one five seconds', async () => {
		const { ended, asked } = run({ looks: [state('waiting')] }, { timeoutMinutes: 0.2 });
		await ended;
		expect(asked.map(({ timeoutMs }) => timeoutMs)).toEqual([
			10_000, 8_000, 6_000, 5_000, 5_000, 5_000,
		]);
	});

	test('is kept when the looks themselves take long', async () => {
		const { ended, elapsedMs } = run(
			{ looks: [state('waiting')], requestMs: 25_000 },
			{ timeoutMinutes: 1 },
		);
		expect(errorOf(await ended).code).toBe('timeout');
		expect(elapsedMs()).toBeLessThanOrEqual(60_000 + 25_000);
	});

	test('of no time at all asks nothing', async () => {
		const { ended, asked } = run({}, { timeoutMinutes: 0 });
		expect(errorOf(await ended).code).toBe('timeout');
		expect(asked).toEqual([]);
	});
});

describe('a stopped execution', () => {
	test('ends the wait at once, with the reason', async () => {
		const stop = new AbortController();
		const { ended, asked } = run({ looks: [state('waiting')], stopSignal: stop.signal });
		stop.abort(new Error('stopped by the user'));
		await expect(ended).rejects.toThrow('stopped by the user');
		expect(asked).toEqual([]);
	});

	test('also while a look is under way', async () => {
		const stop = new AbortController();
		const world = scripted({ looks: [finished], stopSignal: stop.signal });
		const { read } = world.session.transport;
		world.session.transport.read = async (...given) => {
			stop.abort(new Error('stopped by the user'));
			return await read(...given);
		};
		const handle = { taskId, modelId, status: 'queued' as const, submittedAt: world.startedAt };
		await expect(waitForTask(world.session, handle, { timeoutMinutes: 1 })).rejects.toThrow(
			'stopped by the user',
		);
	});
});
