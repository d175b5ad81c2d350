import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { fail } from '../domain/result';
import { readCallbackTarget } from '../n8n/callbackUrl';
import { ringTriggers } from '../parking/park';
import { audienceOf, newNonce, withCallbackToken } from '../tasks/callbackToken';
import { problemOfHandOver } from '../tasks/problems';
import type { Session } from '../tasks/session';
import type { Submitted } from '../tasks/submit';
import { settleSubmitted } from './run';

/**
 * Has the Seedance Triggers of the items rung until each task is delivered, and gives the tasks'
 * rows at once. Where the vendor calls by itself, its call is one more ring.
 */
export async function notify(
	context: IExecuteFunctions,
	session: Session,
	submitted: readonly Submitted[],
): Promise<INodeExecutionData[]> {
	const urls = submitted.flatMap((item) => urlToRing(context, session, item) ?? []);
	if (urls.length === 0) return settleSubmitted(context, submitted);
	const started = await ringTriggers(context, session, urls);
	if (started.ok) return settleSubmitted(context, submitted);

	const left = submitted.map((item): Submitted => {
		if (!item.result.ok) return item;
		const problem = problemOfHandOver(session.provider, item.result.value.task, started.error);
		return { ...item, result: fail(problem) };
	});
	return settleSubmitted(context, left);
}

/** The trigger's address with a token for this task; none where the vendor alone can report. */
function urlToRing(
	context: IExecuteFunctions,
	session: Session,
	{ itemIndex, result }: Submitted,
): string | undefined {
	if (!result.ok) return undefined;
	const options: IDataObject = context.getNodeParameter('options', itemIndex, {});
	const target = readCallbackTarget(context, session, options, itemIndex);
	if (!target.ok || !target.value.isTrigger) return undefined;
	const { url, context: handedThrough } = target.value;
	const { task, modelId } = result.value;
	return withCallbackToken(url, session.callbackKey, {
		nonce: newNonce(),
		audience: audienceOf(url),
		issuedAt: session.clock.now(),
		model: modelId,
		taskId: task.taskId,
		addresses: task.addresses,
		context: handedThrough,
	});
}
