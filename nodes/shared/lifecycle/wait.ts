import { problemOfFault, problemOfTask, problemOfTimeout } from '../errors';
import { isPassing, type Fault, type Outcome } from '../faults';
import type { Task } from '../vendors';
import { DEFAULT_MAX_POLL_GAP_MS, nextPollDelayMs } from './pollSchedule';
import type { Session, Step, TaskHandle, WaitingRules } from './types';
import { minutesToMs, secondsToMs } from './units';

/** A task that was just created may be unknown to the vendor's own task query for a moment. */
const PROPAGATION_GRACE_MS = 120_000;

const badEnds = new Set(['failed', 'cancelled', 'expired']);

export const hasEnded = ({ status }: Pick<Task, 'status'>): boolean =>
	status === 'succeeded' || hasEndedBadly({ status });

export const hasEndedBadly = ({ status }: Pick<Task, 'status'>): boolean => badEnds.has(status);

const DEFAULT_TYPICAL_SECONDS = 60;

/** How long a task of this kind usually takes, in milliseconds. */
export const typicalMsOf = ({ model }: Pick<TaskHandle, 'model'>): number =>
	secondsToMs(model?.typicalSeconds ?? DEFAULT_TYPICAL_SECONDS);

/** Reads a task from its vendor, once. */
export async function readTask(
	session: Session,
	handle: Pick<TaskHandle, 'taskId' | 'model'>,
): Promise<Outcome<Task>> {
	const { vendor, transport } = session;
	const answer = await transport.read(vendor.getTask(handle));
	return answer.ok ? vendor.readTask(answer.value) : answer;
}

/** Whether a look that did not work may work later. */
export function mayPass(fault: Fault, submittedAgoMs: number): boolean {
	const isPropagating = fault.kind === 'notFound' && submittedAgoMs < PROPAGATION_GRACE_MS;
	return isPassing(fault) || isPropagating;
}

/**
 * Waits for the end of a task, through outages of vendor and network, until the timeout counted
 * from now. Rejects at once with the signal's reason when the execution is stopped.
 */
export async function waitForTask(
	session: Session,
	handle: TaskHandle,
	rules: WaitingRules,
): Promise<Step<Task>> {
	const { provider, clock, stopSignal } = session;
	const deadline = clock.now() + minutesToMs(rules.timeoutMinutes);
	const typicalMs = typicalMsOf(handle);
	const startedAt = clock.now();
	let last: Pick<Task, 'taskId' | 'status' | 'unknownStatus'> = handle;
	let lastFault: Fault | undefined;

	for (let checks = 0; ; checks++) {
		const delayMs = nextPollDelayMs({
			elapsedMs: clock.now() - handle.submittedAt,
			typicalMs,
			checkedBefore: checks > 0,
			maxGapMs: rules.maxPollGapMs ?? DEFAULT_MAX_POLL_GAP_MS,
			retryAfterMs: lastFault?.retryAfterMs,
		});
		const leftMs = deadline - clock.now();
		if (leftMs <= 0) {
			const problem = problemOfTimeout(provider, last, rules.timeoutMinutes, lastFault);
			return { ok: false, problem };
		}
		await clock.sleep(Math.min(delayMs, leftMs), stopSignal);

		const looked = await readTask(session, handle);
		stopSignal?.throwIfAborted();
		if (looked.ok) {
			lastFault = undefined;
			last = looked.value;
			if (looked.value.status === 'succeeded') return looked;
			if (hasEndedBadly(looked.value)) {
				return { ok: false, problem: problemOfTask(provider, looked.value) };
			}
			continue;
		}
		lastFault = looked.fault;
		if (!mayPass(lastFault, clock.now() - startedAt)) {
			return { ok: false, problem: problemOfFault(provider, lastFault, handle.taskId) };
		}
	}
}
