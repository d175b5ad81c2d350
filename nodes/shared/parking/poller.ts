import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import { nextParkedDelayMs } from '../lifecycle/pollSchedule';
import { openSession } from '../lifecycle/session';
import { settle, type OnProblem } from '../lifecycle/settle';
import type { Session } from '../lifecycle/types';
import { typicalMsOf } from '../lifecycle/wait';
import { guard } from './guardian';
import { collectFindings, deliverFindings, lookAtAll } from './look';
import {
	applyUpdates,
	isEnded,
	readParkedItem,
	toParkedItem,
	toTaskHandle,
	type ParkedTask,
	type RestNote,
} from './parkedTask';
import type { PollerOutput, PollerParameters } from './pollerWorkflow';
import { resumeUrlOf } from './spawn';

/** While news keep coming, e.g. of a batch that ends together, the keeper stays awake. */
const NEWS_GAP_MS = 1_500;

/**
 * n8n 2.41 in queue mode takes a sub-execution for ended when it is woken again before the main
 * process has noticed that it parked.
 */
const MIN_REST_MS = 10_000;

/** Runs one step of the hidden poller in the role it was given. */
export async function runPoller(context: IExecuteFunctions): Promise<PollerOutput> {
	const parameters = readParameters(context);
	if (context.getNodeParameter('role', 0) === 'guardian') return await guard(context, parameters);

	const tasks = context.getInputData().flatMap((item) => readParkedItem(item) ?? []);
	return await keep(context, await openSessionFor(context, parameters, tasks), parameters, tasks);
}

/** @throws NodeOperationError with every task ID, e.g. when the credential was deleted meanwhile. */
async function openSessionFor(
	context: IExecuteFunctions,
	{ provider }: PollerParameters,
	tasks: ParkedTask[],
): Promise<Session> {
	try {
		return await openSession(context, provider);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		const taskIds = tasks.map(({ row }) => row.taskId).join(', ');
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

/** Looks at the tasks, then rests in the database until the next look, or ends with the last one. */
async function keep(
	context: IExecuteFunctions,
	session: Session,
	parameters: PollerParameters,
	parked: ParkedTask[],
): Promise<PollerOutput> {
	const isFirst = isFirstRun(context);
	const tasks = isFirst ? parked : await lookWhileThereIsNews(context, session, parameters, parked);
	if (tasks.every(isEnded)) return [[], finish(context, parameters, tasks)];

	const nextLookAt = nextLookAtMs(session, tasks);
	await context.putExecutionToWait(new Date(nextLookAt));
	// The first rest is not one that n8n could take for the end: it may be disturbed at once.
	const undisturbedUntil = isFirst ? 0 : session.clock.now() + MIN_REST_MS;
	rest(context, tasks, { keeperUrl: resumeUrlOf(context), undisturbedUntil, nextLookAt });
	return [context.getInputData(), []];
}

/** The first run only parks, so that the node that submitted is parked within moments too. */
function isFirstRun(context: IExecuteFunctions): boolean {
	const memory = context.getContext('node');
	const isFirst = memory.hasParked !== true;
	memory.hasParked = true;
	return isFirst;
}

async function lookWhileThereIsNews(
	context: IExecuteFunctions,
	session: Session,
	{ duty }: PollerParameters,
	parked: ParkedTask[],
): Promise<ParkedTask[]> {
	let tasks = parked;
	for (;;) {
		const findings = await lookAtAll(session, tasks);
		const updates =
			duty === 'deliver'
				? await deliverFindings(context, findings)
				: await collectFindings(context, session, findings);
		tasks = tasks.map((task) => applyUpdates(task, updates));
		if (updates.length === 0 || tasks.every(isEnded)) return tasks;
		await session.clock.sleep(NEWS_GAP_MS);
	}
}

function nextLookAtMs({ clock }: Session, tasks: ParkedTask[]): number {
	const now = clock.now();
	const moments = tasks
		.filter((task) => !isEnded(task))
		.map((task) => {
			const { submittedAt, deadlineAt, maxPollGapMs } = task.state;
			const delayMs = nextParkedDelayMs({
				elapsedMs: now - submittedAt,
				typicalMs: typicalMsOf(toTaskHandle(task)),
				maxGapMs: maxPollGapMs,
			});
			return Math.min(now + delayMs, deadlineAt);
		});
	return Math.max(Math.min(...moments), now + MIN_REST_MS);
}

/** n8n hands a parked node's input on when it wakes: so the input is made to be the tasks. */
function rest(context: IExecuteFunctions, tasks: ParkedTask[], rested: RestNote): void {
	for (const [index, item] of context.getInputData().entries()) {
		const task = tasks[index];
		if (task === undefined) continue;
		const { json, binary } = toParkedItem(task);
		item.json = { ...json, ...rested };
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
