import { fail } from '../domain/result';
import type { Network } from '../host/network';
import type { Hints, Rows } from '../host/readers';
import type { PairedOutput } from '../host/rows';
import type { ParkingRun } from '../host/run';
import { ringTriggers } from '../parking/park';
import { audienceOf, newNonce, orderedInToken, withCallbackToken } from '../tasks/callbackToken';
import { problemOfHandOver } from '../tasks/problems';
import type { Session } from '../tasks/session';
import type { AwaitedTask, Submitted } from '../tasks/submit';
import { settleSubmitted } from './run';

/**
 * Has the Seedance Triggers of the items rung until each task is delivered, and gives the tasks'
 * rows at once. Where the vendor calls by itself, its call is one more ring.
 */
export async function notify(
	run: ParkingRun & Hints & Rows,
	session: Session,
	submitted: readonly Submitted[],
): Promise<PairedOutput[]> {
	const urls = submitted.flatMap(({ result }) => (result.ok ? (urlOf(result.value) ?? []) : []));
	if (urls.length === 0) return settleSubmitted(run, submitted);
	const started = await ringTriggers(run, session, urls);
	if (started.ok) return settleSubmitted(run, submitted);

	const left = submitted.map((item): Submitted => {
		if (!item.result.ok) return item;
		const { session: account, task } = item.result.value;
		const problem = problemOfHandOver(account.provider, task, started.error);
		return { ...item, result: fail(problem) };
	});
	return settleSubmitted(run, left);
}

/** Rings the trigger of a task that has ended, so that it need not wait until all others are ordered. */
export async function ringOnce(
	network: Pick<Network, 'post'>,
	awaited: AwaitedTask,
): Promise<void> {
	const url = urlOf(awaited);
	if (url !== undefined) await network.post(url, {});
}

/** The trigger's address with a token for this task; none where the vendor alone can report. */
function urlOf({
	session,
	task,
	modelId,
	target,
	ordered,
	ledger,
}: AwaitedTask): string | undefined {
	if (!target?.isTrigger) return undefined;
	const { url, key, context: handedThrough } = target;
	return withCallbackToken(url, key.key, {
		nonce: newNonce(),
		audience: audienceOf(url),
		issuedAt: session.clock.now(),
		model: modelId,
		taskId: task.taskId,
		taskUrls: task.taskUrls,
		ordered: orderedInToken(ordered, { withPrompt: true }),
		context: handedThrough,
		ledger,
	});
}
