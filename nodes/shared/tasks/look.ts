import { isWebAddress } from '../domain/address';
import { wholeAddress } from '../domain/answer';
import type { Fault, Outcome } from '../domain/fault';
import { isPassing } from '../domain/fault';
import { withoutUndefined } from '../domain/json';
import { PATIENCE } from '../domain/limits';
import type { Problem } from '../domain/problem';
import { findModel } from '../domain/provider';
import { fail, ok } from '../domain/result';
import {
	hasEnded,
	hasEndedBadly,
	type Task,
	type TaskReference,
	type TaskReport,
} from '../domain/task';
import { converse, type VendorReference } from '../domain/vendor';
import {
	problemOfFault,
	problemOfLongAgo,
	problemOfTask,
	problemOfTimeout,
	WITHOUT_VIDEO,
} from './problems';
import type { TaskHandle } from './order';
import type { Session } from './session';

/** What the vendor needs to find a task again. */
export const toVendorReference = (
	{ provider }: Pick<Session, 'provider'>,
	reference: TaskReference,
): VendorReference => ({ ...reference, model: findModel(provider, reference.modelId) });

type LookSession = Pick<
	Session,
	'provider' | 'transport' | 'account' | 'baseUrl' | 'clock' | 'grace'
>;

/**
 * Looks at a task once. An answer about another task counts as unreadable: it may be a proxy's, or
 * somebody else's video.
 */
export async function look(
	session: LookSession,
	reference: TaskReference,
	timeoutMs?: number,
): Promise<Outcome<Task>> {
	const { provider, transport } = session;
	const dialogue = provider.vendor.look(toVendorReference(session, reference));
	const report = await converse(transport, dialogue, timeoutMs);
	if (!report.ok) return report;
	const { taskId, taskUrls } = reference;
	const toldId = report.value.taskId;
	if (toldId !== undefined && toldId !== taskId) {
		return unreadable(`The answer is about another task, ${toldId}`);
	}
	const seen = withGoodFrame(afterGrace(session, taskId, report.value));
	const { videoUrl } = seen;
	const wholeUrl = videoUrl && wholeAddress(videoUrl.trim(), session.baseUrl);
	if (videoUrl !== undefined && !wholeUrl) {
		return unreadable('The address of the video is no web address');
	}
	return ok(withoutUndefined({ ...seen, videoUrl: wholeUrl, taskId, taskUrls }));
}

const unreadable = (message: string) =>
	fail<Fault>({ kind: 'unreadableAnswer', message, certainlyNotTaken: false });

/** A task that is called finished and whose video is not named in time has failed. */
function afterGrace(
	{ account, clock, grace }: Pick<Session, 'account' | 'clock' | 'grace'>,
	taskId: string,
	report: TaskReport,
): TaskReport {
	const key = `without video ${account} ${taskId}`;
	const { withoutVideo } = report;
	if (withoutVideo === undefined) {
		if (hasEnded(report)) grace.notAnyMore(key);
		return report;
	}
	const now = clock.now();
	const completedAt = Date.parse(report.completedAt ?? '');
	const since = grace.sinceWhen(key, now);
	const { graceMs } = PATIENCE;
	if (!(now - since >= graceMs || now - completedAt >= graceMs)) return report;
	const failure = { kind: WITHOUT_VIDEO, code: WITHOUT_VIDEO, message: withoutVideo.message };
	return {
		...report,
		status: 'failed',
		failure,
		unknownStatus: undefined,
		withoutVideo: undefined,
	};
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
	(session: LookSession, reference: TaskReference) => async (): Promise<Task | undefined> => {
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
	}
	const last = looked.ok ? looked.value : handle;
	const lastFault = looked.ok ? undefined : looked.error;
	const agoMs = clock.now() - handle.submittedAt;
	if (isLongAgo(handle, clock.now()) && isForGood(lastFault)) {
		return { state: 'ended', problem: problemOfLongAgo(provider, last, lastFault) };
	}
	if (lastFault !== undefined && !mayPass(lastFault, agoMs)) {
		return { state: 'ended', problem: problemOfFault(provider, lastFault, handle) };
	}
	if (clock.now() < deadlineAt) {
		return looked.ok
			? { state: 'pending', task: looked.value }
			: { state: 'pending', fault: looked.error };
	}
	return { state: 'ended', problem: problemOfTimeout(provider, last, timeoutMinutes, lastFault) };
}

/** Whether an order is so old that no vendor still works on it. */
export const isLongAgo = (
	{ submittedAt, orderedAt = submittedAt }: Pick<TaskHandle, 'submittedAt' | 'orderedAt'>,
	nowMs: number,
): boolean => nowMs - orderedAt >= PATIENCE.endsWithinMs;

/** What the account can mend says nothing about the task, nor does what will pass. */
export const isForGood = (fault: Fault | undefined): boolean =>
	fault === undefined ||
	!(isPassing(fault) || ['unauthorized', 'insufficientCredits', 'stopped'].includes(fault.kind));

/** Whether a look that did not work may work later. */
function mayPass(fault: Fault, submittedAgoMs: number): boolean {
	const isPropagating = fault.kind === 'notFound' && submittedAgoMs < PATIENCE.propagationMs;
	return isPassing(fault) || isPropagating;
}
