import type { Fault } from '../domain/fault';
import { LOOK } from '../domain/limits';
import type { Step } from '../domain/problem';
import { fail, ok } from '../domain/result';
import type { Task } from '../domain/task';
import { minutesToMs } from '../domain/time';
import { judge, look } from './look';
import { problemOfTimeout } from './problems';
import { looksPerSecondOf, nextPollDelayMs } from './schedule';
import type { TaskHandle, WaitingRules } from './order';
import type { Session } from './session';

/**
 * Waits for the end of a task, through outages of vendor and network, until the timeout counted
 * from now. Rejects at once with the signal's reason when the execution is stopped.
 */
export async function waitForTask(
	session: Session,
	handle: TaskHandle,
	rules: WaitingRules,
): Promise<Step<Task>> {
	const end = session.lookCount.begin();
	try {
		return await lookUntilItEnds(session, handle, rules);
	} finally {
		end();
	}
}

async function lookUntilItEnds(
	session: Session,
	handle: TaskHandle,
	rules: WaitingRules,
): Promise<Step<Task>> {
	const { provider, clock, lookCount, stopSignal } = session;
	const looksPerSecond = looksPerSecondOf(provider.limits.requests);
	const { timeoutMinutes, maxPollGapMs = LOOK.defaultMaxGapMs } = rules;
	const deadlineAt = clock.now() + minutesToMs(timeoutMinutes);
	let last = handle;
	let lastFault: Fault | undefined;
	let failedLooks = 0;

	for (;;) {
		const leftMs = deadlineAt - clock.now();
		if (leftMs <= 0) return fail(problemOfTimeout(provider, last, timeoutMinutes, lastFault));
		const delayMs = nextPollDelayMs({
			elapsedMs: clock.now() - handle.submittedAt,
			maxGapMs: maxPollGapMs,
			inWorks: lookCount.count(),
			looksPerSecond,
			isDocumented: provider.limits.requests !== undefined,
			failedLooks,
			retryAfterMs: lastFault?.retryAfterMs,
		});
		await clock.sleep(Math.min(delayMs, leftMs), stopSignal);

		const looked = await look(session, handle, Math.max(deadlineAt - clock.now(), LOOK.lastMs));
		stopSignal?.throwIfAborted();
		const verdict = judge(session, last, looked, { deadlineAt, timeoutMinutes });
		if (verdict.state === 'succeeded') return ok(verdict.task);
		if (verdict.state === 'ended') return fail(verdict.problem);
		lastFault = verdict.fault;
		failedLooks = lastFault === undefined ? 0 : failedLooks + 1;
		if (verdict.task !== undefined) {
			const { status, unknownStatus, withoutVideo } = verdict.task;
			last = { ...handle, status, unknownStatus, withoutVideo };
		}
	}
}
