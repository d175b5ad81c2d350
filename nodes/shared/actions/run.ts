import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { reasonOf, toJson } from '../domain/json';
import { option } from '../domain/ownParameters';
import type { Problem, Step } from '../domain/problem';
import { fail, ok } from '../domain/result';
import type { Task } from '../domain/task';
import { minutesToMs } from '../domain/time';
import { findWaitingCaller, type WaitingCaller } from '../n8n/caller';
import { readCompletion, type Completion } from '../n8n/completion';
import { downloadTask } from '../n8n/download';
import type { OpenSession } from '../n8n/order';
import { onProblemOf } from '../n8n/parameters';
import type { ItemResult, Output } from '../host/rows';
import { openRun } from '../n8n/run';
import { settle } from '../n8n/settle';
import { openSession } from '../n8n/session';
import { canPark } from '../n8n/version';
import { rowsHandedOver } from '../parking/handedOver';
import { newDeliveryAddress, reachItself, type DeliveryAddress, type Reach } from '../parking/park';
import { renewing } from '../tasks/look';
import { problemOfDownload, problemOfTrouble } from '../tasks/problems';
import { ledgerWithProof } from '../tasks/reference';
import { toRow, type RowOrigin } from '../tasks/row';
import type { OutputRules } from '../tasks/order';
import type { Session } from '../tasks/session';
import type { AwaitedTask, Submitted } from '../tasks/submit';
import { waitForTask } from '../tasks/wait';
import { hintAboutVideos, hintThatChainWaits, hintThatItHandsOn, hintThatItWaited } from './hints';

export const itemIndexesOf = (context: IExecuteFunctions): number[] => [
	...context.getInputData().keys(),
];

/** Every item that is asked of a vendor uses the same session with it. */
export function openingOnce(context: IExecuteFunctions, session: Session): OpenSession {
	const opened = new Map<unknown, ReturnType<OpenSession>>([
		[session.providerId, Promise.resolve(ok(session))],
	]);
	return async (providerId) => {
		const known = opened.get(providerId) ?? openSession(context, providerId, session.stopSignal);
		opened.set(providerId, known);
		return await known;
	};
}

/** Runs the node, unless it has put the execution's videos out already. */
export async function unlessHandedOver(
	context: IExecuteFunctions,
	run: () => Promise<INodeExecutionData[][]>,
): Promise<INodeExecutionData[][]> {
	const rows = rowsHandedOver(openRun(context));
	if (rows === undefined) return await run();
	hintThatItHandsOn(context);
	return [rows];
}

/** Every item ends with a problem of its own; throws or gives rows, as the user wants. */
export function settleProblems(
	context: IExecuteFunctions,
	problems: ReadonlyArray<{ itemIndex: number; origin: RowOrigin; problem: Problem }>,
) {
	const results = problems.map(
		({ problem, ...item }): ItemResult => ({ ...item, result: fail(problem) }),
	);
	return settleResults(context, results);
}

export function settleResults(
	context: IExecuteFunctions,
	results: readonly ItemResult[],
): INodeExecutionData[] {
	hintAboutVideos(context, results);
	return settle(context.getNode(), results, onProblemOf(context.getNode()));
}

/** The submitted tasks as rows at once, for nodes that do not wait for them. */
export const settleSubmitted = (context: IExecuteFunctions, submitted: readonly Submitted[]) =>
	settleResults(
		context,
		submitted.map(({ itemIndex, origin, result }) => ({
			itemIndex,
			origin,
			result: result.ok ? ok({ json: toSubmittedRow(result.value, origin) }) : result,
		})),
	);

/** A task as output: its row and, where wanted, the video and last frame as files. */
export async function collect(
	context: IExecuteFunctions,
	session: Session,
	task: Task,
	origin: RowOrigin,
	{ raw, binaryProperty, maxFileBytes, fileName }: OutputRules,
	deadlineAt?: number,
): Promise<Step<Output>> {
	const rowOf = (known: Task) => toJson(toRow(known, origin, { raw }));
	if (binaryProperty === undefined || task.videoUrl === undefined) return ok({ json: rowOf(task) });
	const rules = { property: binaryProperty, maxFileBytes, fileName, deadlineAt };
	let latest = task;
	const lookAgain = renewing(session, { ...task, modelId: origin.model });
	const renew = async () => {
		const renewed = await lookAgain();
		latest = renewed ?? latest;
		return renewed;
	};
	const downloaded = await downloadTask(context, session, task, { ...rules, renew });
	return downloaded.ok
		? ok({ json: rowOf(downloaded.value.task), binary: downloaded.value.files })
		: fail(problemOfDownload(latest, downloaded.error, 'retry'));
}

/**
 * Waits for an item's task in the node and collects its video. Whatever goes wrong is this item's row:
 * the others are paid for, too.
 */
export async function finish(
	context: IExecuteFunctions,
	submitted: Submitted,
): Promise<ItemResult> {
	const { itemIndex, origin, result } = submitted;
	if (!result.ok) return { itemIndex, origin, result };
	const awaited = result.value;
	const { session, task, waiting } = awaited;
	const deadlineAt = session.clock.now() + minutesToMs(waiting.timeoutMinutes);
	const isFinished = task.status === 'succeeded' && task.videoUrl !== undefined;
	return await asItsRow(submitted, awaited, async () => {
		const ended = isFinished ? ok(task) : await waitForEnd(awaited);
		return await collectEnded(context, submitted, awaited, ended, deadlineAt);
	});
}

type Item = Pick<ItemResult, 'itemIndex' | 'origin'>;

/** Whatever nobody has foreseen is the row of one item; only a stop is for all. */
async function asItsRow(
	{ itemIndex, origin }: Item,
	{ session, task }: AwaitedTask,
	work: () => Promise<ItemResult>,
): Promise<ItemResult> {
	try {
		return await work();
	} catch (error) {
		session.stopSignal?.throwIfAborted();
		return { itemIndex, origin, result: fail(problemOfTrouble(task, reasonOf(error))) };
	}
}

async function waitForEnd(
	{ session, task, submittedAt, orderedAt, modelId, waiting }: AwaitedTask,
	stopSignal = session.stopSignal,
): Promise<Step<Task>> {
	const { taskId, taskUrls, status, unknownStatus } = task;
	const handle = { taskId, modelId, taskUrls, status, unknownStatus, submittedAt, orderedAt };
	const ended = await waitForTask({ ...session, stopSignal }, handle, waiting);
	session.works.end(taskId);
	return ended;
}

/** What an item comes to whose task was waited for. */
export async function collectEnded(
	context: IExecuteFunctions,
	item: Item,
	awaited: AwaitedTask,
	ended: Step<Task>,
	deadlineAt?: number,
): Promise<ItemResult> {
	const { itemIndex, origin } = item;
	if (!ended.ok) return { itemIndex, origin, result: ended };
	const { session, output } = awaited;
	session.works.end(ended.value.taskId);
	return await asItsRow(item, awaited, async () => {
		const collected = await collect(context, session, ended.value, origin, output, deadlineAt);
		return { itemIndex, origin, result: collected };
	});
}

/** Waits for the end of a task, unless `leave` says that it is not waited for here any longer. */
export async function waitUnlessLeft(
	awaited: AwaitedTask,
	leave: AbortSignal,
): Promise<Step<Task> | undefined> {
	const { stopSignal } = awaited.session;
	const signals = stopSignal === undefined ? [leave] : [leave, stopSignal];
	const [waited] = await Promise.allSettled([waitForEnd(awaited, AbortSignal.any(signals))]);
	if (waited.status === 'fulfilled') return waited.value;
	if (leave.aborted && stopSignal?.aborted !== true) return undefined;
	throw waited.reason;
}

export type Route =
	| { completion: Exclude<Completion, 'pause'> }
	| { completion: 'pause'; address: DeliveryAddress };

const whyItWaits: Record<WaitingCaller, string> = {
	webhook:
		"Whoever called the webhook waits for the last node's answer, and would get one without a video. To pause, set 'Respond' in the Webhook node to 'Immediately' or 'Using Respond to Webhook Node'.",
	chat: "The chat waits for the last node's answer, and would get one without a video. To pause, set 'Response Mode' in the Chat Trigger to 'Using Response Nodes'.",
	workflow: `The workflow that calls this one with a single item waits for it, and would lose videos if it does so for each item. If it calls only once, the option '${option.pauseInSubWorkflows.label}' lets it pause.`,
};

/**
 * How the run goes on after submitting; where n8n cannot pause, and in a chain, the node waits and
 * says so.
 */
export async function chooseRoute(context: IExecuteFunctions, inChain = false): Promise<Route> {
	const completion = readCompletion(context);
	if (inChain) {
		if (completion !== 'wait') hintThatChainWaits(context, completion);
		return { completion: 'wait' };
	}
	if (completion !== 'pause') return { completion };
	if (!canPark()) {
		hintThatItWaited(
			context,
			"This n8n is older than 2.30 and cannot pause here. Update n8n to use 'Pause the Execution'.",
		);
		return { completion: 'wait' };
	}
	if (context.isToolExecution()) {
		hintThatItWaited(context, 'This kind of agent cannot be paused by a tool.');
		return { completion: 'wait' };
	}
	const { name, default: usual } = option.pauseInSubWorkflows;
	const pausesInSubWorkflows = context.getNodeParameter(`options.${name}`, 0, usual) === true;
	const caller = await findWaitingCaller(context, { pausesInSubWorkflows });
	if (caller !== undefined) {
		hintThatItWaited(context, whyItWaits[caller]);
		return { completion: 'wait' };
	}
	const address = newDeliveryAddress(openRun(context));
	const reach = await reachItself(openRun(context), address);
	if (reach === 'reached') return { completion, address };
	hintThatItWaited(context, whyNobodyWakes[reach](new URL(address.url).hostname));
	return { completion: 'wait' };
}

const whyNobodyWakes: Record<Exclude<Reach, 'reached'>, (hostname: string) => string> = {
	unanswered: () =>
		'n8n does not reach its own webhooks, so a paused execution could not be woken. Set WEBHOOK_URL to an address at which this n8n answers.',
	blocked: (hostname) =>
		`n8n's own protection (N8N_SSRF_PROTECTION_ENABLED) lets no request out to its own webhooks, so a paused execution could not be woken. Set N8N_SSRF_ALLOWED_HOSTNAMES to ${hostname}.`,
};

/** Rows as n8n's log and its extra execution for stopped tasks show them. */
export function toSubmittedRow(
	{ session, task, ledger: reference }: AwaitedTask,
	origin: RowOrigin,
): IDataObject {
	const whose = { ...origin, taskId: task.taskId };
	const ledger = reference && ledgerWithProof(session.referenceKey, whose, { reference });
	return toJson({ ...toRow(task, origin, { raw: false }), ledger });
}
