import type { IExecuteFunctions } from 'n8n-workflow';
import { problemOfFault, problemOfTask, problemOfTimeout } from '../errors';
import { collectVideo } from '../lifecycle/collect';
import { mapParallel } from '../lifecycle/parallel';
import { toRow } from '../lifecycle/row';
import type { Problem, Session } from '../lifecycle/types';
import { hasEnded, hasEndedBadly, mayPass, readTask } from '../lifecycle/wait';
import { readOutputRules } from '../nodeParameters';
import type { Task } from '../vendors';
import { deliver } from './doorbell';
import { toTaskHandle, type ParkedTask, type ParkedUpdate } from './parkedTask';

const PARALLEL_LOOKS = 10;

export type Finding =
	| { parked: ParkedTask; state: 'pending' }
	| { parked: ParkedTask; state: 'succeeded'; task: Task }
	| { parked: ParkedTask; state: 'problem'; problem: Problem; task?: Task };

/** Looks once at every task that has not ended yet. */
export async function lookAtAll(session: Session, parked: ParkedTask[]): Promise<Finding[]> {
	const pending = parked.filter(({ state }) => !state.ended);
	return await mapParallel(pending, PARALLEL_LOOKS, async (task) => await lookAt(session, task));
}

async function lookAt(session: Session, parked: ParkedTask): Promise<Finding> {
	const { provider, clock } = session;
	const { submittedAt, deadlineAt, timeoutMinutes } = parked.state;
	const handle = toTaskHandle(parked);
	const looked = await readTask(session, handle);
	if (looked.ok && hasEnded(looked.value)) {
		return hasEndedBadly(looked.value)
			? {
					parked,
					state: 'problem',
					problem: problemOfTask(provider, looked.value),
					task: looked.value,
				}
			: { parked, state: 'succeeded', task: looked.value };
	}
	if (!looked.ok && !mayPass(looked.fault, clock.now() - submittedAt)) {
		const problem = problemOfFault(provider, looked.fault, handle.taskId);
		return { parked, state: 'problem', problem };
	}
	if (clock.now() < deadlineAt) return { parked, state: 'pending' };
	const last = looked.ok ? looked.value : handle;
	const lastFault = looked.ok ? undefined : looked.fault;
	const problem = problemOfTimeout(provider, last, timeoutMinutes, lastFault);
	return { parked, state: 'problem', problem };
}

/** Turns what was found into the final rows, with the videos downloaded where wanted. */
export async function collectFindings(
	context: IExecuteFunctions,
	session: Session,
	findings: Finding[],
): Promise<ParkedUpdate[]> {
	const output = readOutputRules(context, 0);
	const ended = findings.filter((finding) => finding.state !== 'pending');
	return await mapParallel(ended, session.provider.limits.maxParallelTasks, async (finding) => {
		const { itemIndex } = finding.parked.state;
		if (finding.state === 'problem') return { itemIndex, problem: finding.problem };
		const origin = originOf(finding.parked);
		const collected = await collectVideo(context, session, finding.task, origin, output);
		return collected.ok
			? { itemIndex, row: collected.json, binary: collected.binary }
			: { itemIndex, problem: collected.problem };
	});
}

/**
 * Reports the end of tasks to the callback URLs they were submitted with, in the place of vendors
 * that call nobody. A report that is not taken is repeated at the next look.
 */
export async function deliverFindings(
	context: IExecuteFunctions,
	findings: Finding[],
): Promise<ParkedUpdate[]> {
	const updates: ParkedUpdate[] = [];
	for (const finding of findings) {
		const { callbackUrl, itemIndex } = finding.parked.state;
		if (finding.state === 'pending') continue;
		if (finding.task === undefined || callbackUrl === undefined) {
			// The vendor has forgotten the task, or its time is over: there is nothing to report.
			updates.push({ itemIndex, row: finding.parked.row });
			continue;
		}
		const row = toRow(finding.task, originOf(finding.parked), { raw: false });
		if (await deliver(context, callbackUrl, row)) updates.push({ itemIndex, row });
	}
	return updates;
}

const originOf = ({ row }: ParkedTask) => ({
	provider: String(row.provider),
	model: typeof row.model === 'string' ? row.model : '',
});
