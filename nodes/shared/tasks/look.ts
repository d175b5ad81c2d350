import { isWebAddress } from '../domain/address';
import type { Fault, Outcome } from '../domain/fault';
import { isPassing } from '../domain/fault';
import { withoutUndefined } from '../domain/json';
import type { Problem } from '../domain/problem';
import { findModel } from '../domain/provider';
import { fail, ok } from '../domain/result';
import { hasEndedBadly, type Task, type TaskReference, type TaskReport } from '../domain/task';
import { converse, type VendorReference } from '../domain/vendor';
import { problemOfFault, problemOfTask, problemOfTimeout } from './problems';
import type { Session, TaskHandle } from './session';

/** A task that was just created may be unknown to the vendor's own task query for a moment. */
const PROPAGATION_GRACE_MS = 120_000;

/** What the vendor needs to find a task again. */
export const toVendorReference = (
	{ provider }: Pick<Session, 'provider'>,
	reference: TaskReference,
): VendorReference => ({ ...reference, model: findModel(provider, reference.modelId) });

/**
 * Looks at a task once. An answer about another task counts as unreadable: it may be a proxy's, or
 * somebody else's video.
 */
export async function look(
	session: Pick<Session, 'provider' | 'transport'>,
	reference: TaskReference,
	timeoutMs?: number,
): Promise<Outcome<Task>> {
	const { provider, transport } = session;
	const dialogue = provider.vendor.look(toVendorReference(session, reference));
	const report = await converse(transport, dialogue, timeoutMs);
	if (!report.ok) return report;
	const { taskId, addresses } = reference;
	const toldId = report.value.taskId;
	if (toldId !== undefined && toldId !== taskId) {
		return fail<Fault>({
			kind: 'unreadableAnswer',
			message: `The answer is about another task, ${toldId}`,
			certainlyNotTaken: false,
		});
	}
	const { videoUrl } = report.value;
	if (videoUrl !== undefined && !isWebAddress(videoUrl)) {
		return fail<Fault>({
			kind: 'unreadableAnswer',
			message: 'The address of the video is no web address',
			certainlyNotTaken: false,
		});
	}
	return ok(withoutUndefined({ ...withGoodFrame(report.value), taskId, addresses }));
}

/** The video decides: an odd address of a last frame is a word in the row. */
function withGoodFrame(report: TaskReport): TaskReport & Pick<Task, 'lastFrameProblem'> {
	const { lastFrameUrl } = report;
	if (lastFrameUrl === undefined || isWebAddress(lastFrameUrl)) return report;
	const lastFrameProblem = 'The address of the last frame is no web address';
	return { ...report, lastFrameUrl: undefined, lastFrameProblem };
}

/** Asks for a finished task anew, because the address of a file may have expired. */
export const renewing =
	(session: Pick<Session, 'provider' | 'transport'>, reference: TaskReference) =>
	async (): Promise<Task | undefined> => {
		const looked = await look(session, reference);
		return looked.ok && looked.value.videoUrl !== undefined ? looked.value : undefined;
	};

/** What a look means for somebody who waits. */
export type Verdict =
	| { state: 'pending'; fault?: Fault; task?: Task }
	| { state: 'succeeded'; task: Task }
	| { state: 'ended'; problem: Problem };

export interface Patience {
	/** Unix milliseconds. */
	deadlineAt: number;
	timeoutMinutes: number;
}

/** Judges a look: finished, ended badly, to be looked at again, or out of time. */
export function judge(
	{ provider, clock }: Pick<Session, 'provider' | 'clock'>,
	handle: TaskHandle,
	looked: Outcome<Task>,
	{ deadlineAt, timeoutMinutes }: Patience,
): Verdict {
	if (looked.ok) {
		if (looked.value.status === 'succeeded') return { state: 'succeeded', task: looked.value };
		if (hasEndedBadly(looked.value)) {
			return { state: 'ended', problem: problemOfTask(provider, looked.value) };
		}
	} else if (!mayPass(looked.error, clock.now() - handle.submittedAt)) {
		return { state: 'ended', problem: problemOfFault(provider, looked.error, handle) };
	}
	if (clock.now() < deadlineAt) {
		return looked.ok
			? { state: 'pending', task: looked.value }
			: { state: 'pending', fault: looked.error };
	}
	const last = looked.ok ? looked.value : handle;
	const lastFault = looked.ok ? undefined : looked.error;
	return { state: 'ended', problem: problemOfTimeout(provider, last, timeoutMinutes, lastFault) };
}

/** Whether a look that did not work may work later. */
function mayPass(fault: Fault, submittedAgoMs: number): boolean {
	const isPropagating = fault.kind === 'notFound' && submittedAgoMs < PROPAGATION_GRACE_MS;
	return isPassing(fault) || isPropagating;
}
