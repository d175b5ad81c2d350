import type {
	IBinaryKeyData,
	IDataObject,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { findModel } from '../catalogue';
import { toRow } from '../lifecycle/row';
import { openSession } from '../lifecycle/session';
import type { Session } from '../lifecycle/types';
import { hasEnded, readTask } from '../lifecycle/wait';
import { downloadTask } from '../media/downloadTask';
import type { Task } from '../vendors';
import { authenticateCallback } from './authenticate';
import type { CallbackClaims } from './token';
import { openDeliveries } from './deliveries';

const BINARY_PROPERTY = 'data';

/**
 * A callback to the Seedance Trigger. It starts the workflow once for each task that has really
 * ended: the vendor is asked with the credential, the body is believed in nothing.
 */
export async function receiveCallback(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const options: IDataObject = Object(context.getNodeParameter('options', {}));
	const session = await openSession(context, context.getNodeParameter('provider'));
	const callback = authenticateCallback(context, session, {
		acceptUnsigned: options.acceptUnsigned === true,
	});
	// A token that names an execution was given out to ring that execution and nothing else.
	if (!callback.ok || callback.claims.executionId !== undefined) {
		return answer(context, 401, 'Not a callback that was given out for a trigger');
	}
	const { claims, taskId } = callback;
	if (taskId === undefined) return answer(context, 200, 'No task is named');

	const deliveries = openDeliveries(context);
	if (!deliveries.mayDeliver(taskId, claims.nonce)) {
		return answer(context, 401, 'This URL belongs to another task');
	}
	if (deliveries.isDelivered(taskId)) return answer(context, 200, 'Already delivered');

	const model = claims.model === undefined ? undefined : findModel(session.provider, claims.model);
	const looked = await readTask(session, { taskId, model });
	if (!looked.ok) {
		return looked.fault.kind === 'notFound'
			? answer(context, 200, 'The vendor has no such task')
			: answer(context, 503, 'The task could not be read, call again');
	}
	const task = looked.value;
	if (!hasEnded(task)) return answer(context, 200, 'The task has not ended');
	// Between the first look and here another call for the same task may have come in.
	if (!deliveries.claim(taskId, claims.nonce)) return answer(context, 200, 'Already delivered');
	if (!isWanted(context, task))
		return answer(context, 200, 'This trigger does not want this event');

	// The answer goes out before the download, which may take longer than the vendor waits.
	context.getResponseObject().status(200).json({ message: 'Thank you' });
	const item = await toItem(context, session, task, claims, options);
	return { noWebhookResponse: true, workflowData: [[item]] };
}

function answer(
	context: IWebhookFunctions,
	httpStatus: number,
	message: string,
): IWebhookResponseData {
	context.getResponseObject().status(httpStatus).json({ message });
	return { noWebhookResponse: true };
}

function isWanted(context: IWebhookFunctions, { status }: Task): boolean {
	const events: unknown = context.getNodeParameter('events');
	const event = status === 'succeeded' ? 'succeeded' : 'failed';
	return Array.isArray(events) && events.includes(event);
}

async function toItem(
	context: IWebhookFunctions,
	session: Session,
	task: Task,
	claims: CallbackClaims,
	options: IDataObject,
): Promise<{ json: IDataObject; binary?: IBinaryKeyData }> {
	const origin = { provider: session.providerId, model: claims.model ?? '' };
	const row = toRow(task, origin, { raw: options.simplify === false });
	const handedThrough = claims.context === undefined ? {} : { context: Object(claims.context) };
	const json: IDataObject = { ...row, ...handedThrough };
	if (options.downloadVideo === false) return { json };

	const downloaded = await downloadTask(context, session, task, BINARY_PROPERTY);
	// The row goes out in any case: the video is paid for and its URL still works.
	return downloaded.ok
		? { json, binary: downloaded.binary }
		: { json: { ...json, downloadProblem: downloaded.reason } };
}
