import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { nextParkedDelayMs } from '../lifecycle/pollSchedule';
import { openSession } from '../lifecycle/session';
import { settle, type OnProblem } from '../lifecycle/settle';
import type { Session } from '../lifecycle/types';
import { typicalMsOf } from '../lifecycle/wait';
import { reachesItself, ring } from './doorbell';
import { collectFindings, deliverFindings, lookAtAll } from './look';
import {
	applyUpdates,
	readParkedItem,
	toParkedItem,
	toTaskHandle,
	type ParkedTask,
	type ParkedUpdate,
} from './parkedTask';
import type { PollerParameters, PollerRole } from './pollerWorkflow';
import { resumeUrlOf, startDetached } from './spawn';

/** Items that go round and items that are done. */
type PollerOutput = [INodeExecutionData[], INodeExecutionData[]];

/** Runs one step of the hidden poller in the role it was given. */
export async function runPoller(context: IExecuteFunctions): Promise<PollerOutput> {
	const parameters = readParameters(context);
	const session = await openSession(context, parameters.provider);
	const parked = context.getInputData().flatMap((item) => readParkedItem(item) ?? []);
	const role = String(context.getNodeParameter('role', 0)) as PollerRole;

	switch (role) {
		case 'keeper':
			return await keep(context, session, parameters, parked);
		case 'checker':
			await check(context, session, parameters, parked);
			return [[], []];
		case 'collector': {
			const findings = await lookAtAll(session, parked);
			const updates = await collectFindings(context, session, findings);
			await ring(context, session.clock, parameters.keeperUrl, { updates });
			return [[], parked.map((task) => toParkedItem(applyUpdates(task, updates)))];
		}
	}
}

function readParameters(context: IExecuteFunctions): PollerParameters {
	const text = (name: string) => String(context.getNodeParameter(name, 0));
	return {
		provider: text('provider'),
		duty: text('duty') === 'deliver' ? 'deliver' : 'return',
		onProblem: text('onProblem') as OnProblem,
		downloadVideo: context.getNodeParameter('downloadVideo', 0) === true,
		binaryPropertyName: text('binaryPropertyName'),
		simplify: context.getNodeParameter('simplify', 0) === true,
		keeperUrl: text('keeperUrl'),
	};
}

/**
 * Has the tasks looked at and rests until the next look. The looking is done by executions of
 * their own, because n8n does not revive an execution that is killed while it runs: the keeper is
 * only ever at risk for the moment in which it starts one.
 */
async function keep(
	context: IExecuteFunctions,
	session: Session,
	parameters: PollerParameters,
	parked: ParkedTask[],
): Promise<PollerOutput> {
	let tasks = parked;
	if (isPending(tasks) && isLookDue(context)) {
		const keeperUrl = resumeUrlOf(context);
		const pending = tasks.filter(({ state }) => !state.ended);
		if (await reachesItself(context, keeperUrl)) {
			const items = pending.map(toParkedItem);
			await startDetached(context, 'checker', { ...parameters, keeperUrl }, items);
		} else {
			const findings = await lookAtAll(session, pending);
			const updates =
				parameters.duty === 'deliver'
					? await deliverFindings(context, findings)
					: await collectFindings(context, session, findings);
			tasks = tasks.map((task) => applyUpdates(task, updates));
		}
	}
	if (!isPending(tasks)) return [[], finish(context, parameters, tasks)];

	await context.putExecutionToWait(nextLookAt(session, tasks));
	rest(context, tasks);
	return [context.getInputData(), []];
}

/** Looks at the tasks once and tells the keeper what has ended. */
async function check(
	context: IExecuteFunctions,
	session: Session,
	parameters: PollerParameters,
	parked: ParkedTask[],
): Promise<void> {
	const { duty, downloadVideo, keeperUrl } = parameters;
	const findings = await lookAtAll(session, parked);
	const isDownload = ({ state }: { state: string }) =>
		duty === 'return' && downloadVideo && state === 'succeeded';

	const toCollect = findings.filter(isDownload).map((finding) => toParkedItem(finding.parked));
	if (toCollect.length > 0) await startDetached(context, 'collector', parameters, toCollect);

	const others = findings.filter((finding) => !isDownload(finding));
	const updates: ParkedUpdate[] =
		duty === 'deliver'
			? await deliverFindings(context, others)
			: await collectFindings(context, session, others);
	if (updates.length > 0) await ring(context, session.clock, keeperUrl, { updates });
}

const isPending = (tasks: ParkedTask[]) => tasks.some(({ state }) => !state.ended);

/** The first run only parks, so that the node that submitted is parked within moments too. */
function isLookDue(context: IExecuteFunctions): boolean {
	const keeperContext = context.getContext('node');
	const isFirstRun = keeperContext.hasParked !== true;
	keeperContext.hasParked = true;
	if (isFirstRun) return false;
	// A ring that brought results needs no look; the next one is due in its own time.
	return context.getInputData()[0]?.json.rung !== 'updates';
}

function nextLookAt({ clock }: Session, tasks: ParkedTask[]): Date {
	const now = clock.now();
	const moments = tasks
		.filter(({ state }) => !state.ended)
		.map((task) => {
			const { submittedAt, deadlineAt, maxPollGapMs } = task.state;
			const delayMs = nextParkedDelayMs({
				elapsedMs: now - submittedAt,
				typicalMs: typicalMsOf(toTaskHandle(task)),
				maxGapMs: maxPollGapMs,
			});
			return Math.min(now + delayMs, Math.max(deadlineAt, now));
		});
	return new Date(Math.min(...moments));
}

/** n8n hands a parked node's input on when it wakes: so the input is made to be the tasks. */
function rest(context: IExecuteFunctions, tasks: ParkedTask[]): void {
	const keeperUrl = resumeUrlOf(context);
	for (const [index, item] of context.getInputData().entries()) {
		const task = tasks[index];
		if (task === undefined) continue;
		const { json, binary } = toParkedItem(task);
		item.json = { ...json, keeperUrl };
		item.binary = binary;
	}
}

function finish(
	context: IExecuteFunctions,
	{ duty, onProblem }: PollerParameters,
	tasks: ParkedTask[],
): INodeExecutionData[] {
	const results = tasks.map(({ row, state, binary }) => {
		const { itemIndex, problem } = state;
		const origin = {
			provider: String(row.provider),
			model: typeof row.model === 'string' ? row.model : '',
		};
		return problem === undefined || duty === 'deliver'
			? { ok: true as const, itemIndex, origin, json: row, binary }
			: { ok: false as const, itemIndex, origin, problem };
	});
	return settle(context.getNode(), results, onProblem);
}
