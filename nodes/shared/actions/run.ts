import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Problem, Step } from '../domain/problem';
import { fail, ok } from '../domain/result';
import type { Task } from '../domain/task';
import { minutesToMs } from '../domain/time';
import { readCompletion, type Completion } from '../n8n/completion';
import { downloadTask } from '../n8n/download';
import { onProblemOf } from '../n8n/parameters';
import { settle, toJson, type ItemResult, type Output } from '../n8n/settle';
import { canPark } from '../n8n/version';
import { rowsHandedOver } from '../parking/handedOver';
import { canReachItself, newDeliveryAddress, type DeliveryAddress } from '../parking/park';
import { look } from '../tasks/look';
import { problemOfDownload } from '../tasks/problems';
import { toRow, type RowOrigin } from '../tasks/row';
import type { OutputRules, Session } from '../tasks/session';
import type { AwaitedTask, Submitted } from '../tasks/submit';
import { waitForTask } from '../tasks/wait';
import { hintAboutVideos, hintThatItHandsOn, hintThatItWaited } from './hints';

export const itemIndexesOf = (context: IExecuteFunctions): number[] => [
	...context.getInputData().keys(),
];

/** Runs the node, unless it has put the execution's videos out already. */
export async function unlessHandedOver(
	context: IExecuteFunctions,
	run: () => Promise<INodeExecutionData[][]>,
): Promise<INodeExecutionData[][]> {
	const rows = rowsHandedOver(context);
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
	{ raw, binaryProperty }: OutputRules,
	deadlineAt?: number,
): Promise<Step<Output>> {
	const rowOf = (known: Task) => toJson(toRow(known, origin, { raw }));
	if (binaryProperty === undefined || task.videoUrl === undefined) return ok({ json: rowOf(task) });
	let latest = task;
	const renew = async () => {
		const looked = await look(session, { ...task, modelId: origin.model });
		if (!looked.ok || looked.value.videoUrl === undefined) return undefined;
		latest = looked.value;
		return latest;
	};
	const downloaded = await downloadTask(context, session, task, binaryProperty, deadlineAt, renew);
	return downloaded.ok
		? ok({ json: rowOf(latest), binary: downloaded.value })
		: fail(problemOfDownload(latest, downloaded.error, 'retry'));
}

/** Waits for an item's task in the node and collects its video. */
export async function finish(
	context: IExecuteFunctions,
	{ itemIndex, origin, result }: Submitted,
): Promise<ItemResult> {
	if (!result.ok) return { itemIndex, origin, result };
	const { session, task, submittedAt, orderedAt, modelId, waiting, output } = result.value;
	const { taskId, addresses, status, unknownStatus, videoUrl } = task;
	const handle = { taskId, modelId, addresses, status, unknownStatus, submittedAt, orderedAt };
	const deadlineAt = session.clock.now() + minutesToMs(waiting.timeoutMinutes);
	const isFinished = status === 'succeeded' && videoUrl !== undefined;
	const ended = isFinished ? ok(task) : await waitForTask(session, handle, waiting);
	if (!ended.ok) return { itemIndex, origin, result: ended };
	const collected = await collect(context, session, ended.value, origin, output, deadlineAt);
	return { itemIndex, origin, result: collected };
}

export type Route =
	| { completion: Exclude<Completion, 'pause'> }
	| { completion: 'pause'; address: DeliveryAddress };

/** How the run goes on after submitting; where n8n cannot pause, the node waits and says so. */
export async function chooseRoute(context: IExecuteFunctions): Promise<Route> {
	const completion = readCompletion(context);
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
	const address = newDeliveryAddress(context);
	if (await canReachItself(context, address)) return { completion, address };
	hintThatItWaited(
		context,
		'n8n does not reach its own webhooks, so a paused execution could not be woken. Set WEBHOOK_URL to an address at which this n8n answers.',
	);
	return { completion: 'wait' };
}

/** Rows as n8n's log and its extra execution for stopped tasks show them. */
export const toSubmittedRow = ({ task, ledger }: AwaitedTask, origin: RowOrigin): IDataObject =>
	toJson({ ...toRow(task, origin, { raw: false }), ledger });
