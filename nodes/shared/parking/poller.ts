import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import { nextParkedDelayMs } from '../lifecycle/pollSchedule';
import { openSession } from '../lifecycle/session';
import { settle, type OnProblem } from '../lifecycle/settle';
import type { Session } from '../lifecycle/types';
import { typicalMsOf } from '../lifecycle/wait';
import { reachesItself, ring } from './doorbell';
import { guard } from './guardian';
import { collectFindings, deliverFindings, lookAtAll } from './look';
import {
	applyUpdates,
	readParkedItem,
	toParkedItem,
	toTaskHandle,
	type ParkedState,
	type ParkedTask,
	type ParkedUpdate,
} from './parkedTask';
import type { PollerParameters, PollerRole } from './pollerWorkflow';
import { resumeUrlOf, startDetached } from './spawn';

const SLOW_DOWNLOAD_MS = 20_000;
const MAX_DOWNLOAD_MS = 10 * 60_000;

/** Items that go round and items that are done. */
type PollerOutput = [INodeExecutionData[], INodeExecutionData[]];

/** Runs one step of the hidden poller in the role it was given. */
export async function runPoller(context: IExecuteFunctions): Promise<PollerOutput> {
	const parameters = readParameters(context);
	const parked = context.getInputData().flatMap((item) => readParkedItem(item) ?? []);
	const session = await openSessionFor(context, parameters.provider, parked);
	const role = String(context.getNodeParameter('role', 0)) as PollerRole;

	switch (role) {
		case 'keeper':
			return await keep(context, session, parameters, parked);
		case 'checker':
			await check(context, session, parameters, parked);
			return [[], []];
		case 'guardian':
			return await guard(context, session.clock, parameters);
		case 'collector':
			return [[], await collect(context, session, parameters, parked)];
	}
}

/** @throws NodeOperationError with every task ID, e.g. when the credential was deleted meanwhile. */
async function openSessionFor(
	context: IExecuteFunctions,
	provider: string,
	parked: ParkedTask[],
): Promise<Session> {
	try {
		return await openSession(context, provider);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		const taskIds = parked.map(({ row }) => row.taskId).join(', ');
		throw new NodeOperationError(context.getNode(), `The wait for videos ended: ${reason}`, {
			description: `The tasks go on at the vendor. Get them with the node Seedance Task. Task IDs: ${taskIds}.`,
		});
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
		waiterId: text('waiterId'),
		waiterUrl: text('waiterUrl'),
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
		const unseen = tasks.filter(({ state }) => isForLooking(state, session.clock.now()));
		if (!(await delegateLook(context, parameters, unseen))) {
			const findings = await lookAtAll(session, unseen);
			const updates =
				parameters.duty === 'deliver'
					? await deliverFindings(context, findings)
					: await collectFindings(context, session, findings);
			tasks = tasks.map((task) => applyUpdates(task, updates));
		}
	}
	if (!isPending(tasks)) return [[], finish(context, parameters, tasks)];

	const nextLookAt = nextLookAtMs(session, tasks);
	await context.putExecutionToWait(new Date(nextLookAt));
	rest(context, tasks, nextLookAt);
	return [context.getInputData(), []];
}

/**
 * Has a checker look, which then rings; false where this n8n does not reach its own webhooks, so
 * that a checker could not report.
 */
async function delegateLook(
	context: IExecuteFunctions,
	parameters: PollerParameters,
	tasks: ParkedTask[],
): Promise<boolean> {
	if (tasks.length === 0) return true;
	const keeperUrl = resumeUrlOf(context);
	if (!(await reachesItself(context, keeperUrl))) return false;
	const items = tasks.map(toParkedItem);
	await startDetached(context, 'checker', { ...parameters, keeperUrl }, items);
	return true;
}

/** Downloads finished videos and hands them to the keeper. */
async function collect(
	context: IExecuteFunctions,
	session: Session,
	{ keeperUrl }: PollerParameters,
	parked: ParkedTask[],
): Promise<INodeExecutionData[]> {
	const { clock } = session;
	const collecting = lookAtAll(session, parked).then(
		async (findings) => await collectFindings(context, session, findings),
	);
	const isSlow = await Promise.race([
		collecting.then(() => false),
		clock.sleep(SLOW_DOWNLOAD_MS).then(() => true),
	]);
	if (isSlow) {
		// Keeps the keeper from having the same videos downloaded a second time.
		const collectingUntil = clock.now() + MAX_DOWNLOAD_MS;
		const updates = parked.map(({ state }) => ({ itemIndex: state.itemIndex, collectingUntil }));
		await ring(context, clock, keeperUrl, { updates });
	}
	const updates = await collecting;
	await ring(context, clock, keeperUrl, { updates });
	return parked.map((task) => toParkedItem(applyUpdates(task, updates)));
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

const isForLooking = ({ ended, collectingUntil = 0 }: ParkedState, nowMs: number) =>
	!ended && collectingUntil <= nowMs;

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

function nextLookAtMs({ clock }: Session, tasks: ParkedTask[]): number {
	const now = clock.now();
	const moments = tasks
		.filter(({ state }) => !state.ended)
		.map((task) => {
			const { submittedAt, deadlineAt, maxPollGapMs, collectingUntil = 0 } = task.state;
			if (collectingUntil > now) return collectingUntil;
			const delayMs = nextParkedDelayMs({
				elapsedMs: now - submittedAt,
				typicalMs: typicalMsOf(toTaskHandle(task)),
				maxGapMs: maxPollGapMs,
			});
			return Math.min(now + delayMs, Math.max(deadlineAt, now));
		});
	return Math.min(...moments);
}

/** n8n hands a parked node's input on when it wakes: so the input is made to be the tasks. */
function rest(context: IExecuteFunctions, tasks: ParkedTask[], nextLookAt: number): void {
	const keeperUrl = resumeUrlOf(context);
	for (const [index, item] of context.getInputData().entries()) {
		const task = tasks[index];
		if (task === undefined) continue;
		const { json, binary } = toParkedItem(task);
		item.json = { ...json, keeperUrl, nextLookAt };
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
