import { option } from '../domain/ownParameters';
import { reasonOf, toJson, type Json } from '../domain/json';
import type { Problem, Step } from '../domain/problem';
import { fail, ok } from '../domain/result';
import type { Task } from '../domain/task';
import { minutesToMs } from '../domain/time';
import type {
	FileFetcher,
	Hints,
	NodeInput,
	Pause,
	Rows,
	SessionOpener,
	WaitingCaller,
} from '../host/readers';
import type { ItemResult, Output, PairedOutput } from '../host/rows';
import type { ParkingRun } from '../host/run';
import { readCompletion, type Completion } from '../orders/completion';
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

/** Every item that is asked of a vendor uses the same session with it. */
export function openingOnce(
	{ openSession }: SessionOpener,
	session: Session,
): SessionOpener['openSession'] {
	const opened = new Map<unknown, Promise<Step<Session>>>([
		[session.providerId, Promise.resolve(ok(session))],
	]);
	return async (providerId) => {
		const known = opened.get(providerId) ?? openSession(providerId);
		opened.set(providerId, known);
		return await known;
	};
}

/** Runs the node, unless it has put the execution's videos out already. */
export async function unlessHandedOver(
	run: ParkingRun & Hints,
	work: () => Promise<PairedOutput[]>,
): Promise<PairedOutput[]> {
	const rows = rowsHandedOver(run);
	if (rows === undefined) return await work();
	hintThatItHandsOn(run);
	return rows;
}

/** Every item ends with a problem of its own; throws or gives rows, as the user wants. */
export function settleProblems(
	run: Hints & Rows,
	problems: ReadonlyArray<{ itemIndex: number; origin: RowOrigin; problem: Problem }>,
) {
	const results = problems.map(
		({ problem, ...item }): ItemResult => ({ ...item, result: fail(problem) }),
	);
	return settleResults(run, results);
}

export function settleResults(run: Hints & Rows, results: readonly ItemResult[]): PairedOutput[] {
	hintAboutVideos(run, results);
	return run.settle(results);
}

/** The submitted tasks as rows at once, for nodes that do not wait for them. */
export const settleSubmitted = (run: Hints & Rows, submitted: readonly Submitted[]) =>
	settleResults(
		run,
		submitted.map(({ itemIndex, origin, result }) => ({
			itemIndex,
			origin,
			result: result.ok ? ok({ json: toSubmittedRow(result.value, origin) }) : result,
		})),
	);

/** A task as output: its row and, where wanted, the video and last frame as files. */
export async function collect(
	fetcher: FileFetcher,
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
	const downloaded = await fetcher.fetchFiles(session, task, { ...rules, renew });
	return downloaded.ok
		? ok({ json: rowOf(downloaded.value.task), binary: downloaded.value.files })
		: fail(problemOfDownload(latest, downloaded.error, 'retry'));
}

/**
 * Waits for an item's task in the node and collects its video. Whatever goes wrong is this item's row:
 * the others are paid for, too.
 */
export async function finish(fetcher: FileFetcher, submitted: Submitted): Promise<ItemResult> {
	const { itemIndex, origin, result } = submitted;
	if (!result.ok) return { itemIndex, origin, result };
	const awaited = result.value;
	const { session, task, waiting } = awaited;
	const deadlineAt = session.clock.now() + minutesToMs(waiting.timeoutMinutes);
	const isFinished = task.status === 'succeeded' && task.videoUrl !== undefined;
	return await asItsRow(submitted, awaited, async () => {
		const ended = isFinished ? ok(task) : await waitForEnd(awaited);
		return await collectEnded(fetcher, submitted, awaited, ended, deadlineAt);
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
	fetcher: FileFetcher,
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
		const collected = await collect(fetcher, session, ended.value, origin, output, deadlineAt);
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
export async function chooseRoute(
	run: NodeInput & ParkingRun & Pause & Hints,
	inChain = false,
): Promise<Route> {
	const completion = readCompletion(run);
	if (inChain) {
		if (completion !== 'wait') hintThatChainWaits(run, completion);
		return { completion: 'wait' };
	}
	if (completion !== 'pause') return { completion };
	if (!run.canPark()) {
		hintThatItWaited(
			run,
			"This n8n is older than 2.30 and cannot pause here. Update n8n to use 'Pause the Execution'.",
		);
		return { completion: 'wait' };
	}
	if (run.isToolExecution()) {
		hintThatItWaited(run, 'This kind of agent cannot be paused by a tool.');
		return { completion: 'wait' };
	}
	const { name, default: usual } = option.pauseInSubWorkflows;
	const pausesInSubWorkflows = run.parameter(`options.${name}`, 0, usual) === true;
	const caller = await run.findWaitingCaller({ pausesInSubWorkflows });
	if (caller !== undefined) {
		hintThatItWaited(run, whyItWaits[caller]);
		return { completion: 'wait' };
	}
	const address = newDeliveryAddress(run);
	const reach = await reachItself(run, address);
	if (reach === 'reached') return { completion, address };
	hintThatItWaited(run, whyNobodyWakes[reach](new URL(address.url).hostname));
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
): Json {
	const whose = { ...origin, taskId: task.taskId };
	const ledger = reference && ledgerWithProof(session.referenceKey, whose, { reference });
	return toJson({ ...toRow(task, origin, { raw: false }), ledger });
}
