import type {
	INodeExecutionData,
	IWebhookDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { z } from 'zod/v4';
import { authenticateCallback } from '../callbacks/authenticate';
import { openSession } from '../lifecycle/session';
import { hasEnded, readTask } from '../lifecycle/wait';
import { ringOnce } from './doorbell';
import {
	applyUpdates,
	parkedUpdate,
	readParkedItem,
	toParkedItem,
	toTaskHandle,
	type ParkedUpdate,
} from './parkedTask';

/** How a parked execution is reached. `responseData` is empty so that the node's own answer goes out. */
export const resumeWebhooks: IWebhookDescription[] = [
	{
		name: 'default',
		httpMethod: 'POST',
		responseMode: 'onReceived',
		responseData: '',
		path: '',
		restartWebhook: true,
	},
];

const isItem = (value: unknown): value is INodeExecutionData =>
	typeof value === 'object' && value !== null && 'json' in value;

const ringBody = z.object({
	look: z.boolean().optional(),
	updates: z
		.array(z.custom<ParkedUpdate>((value) => parkedUpdate.safeParse(value).success))
		.optional(),
});

/** The parked items as the node left them. */
function parkedItems(context: IWebhookFunctions): INodeExecutionData[] {
	const items: unknown = context.evaluateExpression('{{ $input.all() }}');
	return Array.isArray(items) ? items.filter(isItem) : [];
}

function answer(
	context: IWebhookFunctions,
	httpStatus: number,
	message: string,
): IWebhookResponseData {
	context.getResponseObject().status(httpStatus).json({ message });
	return { noWebhookResponse: true };
}

/**
 * The vendor's callback to a parked node: a doorbell, nothing more. What it says is not believed;
 * the vendor is asked, and only then is the keeper woken. Never throws, because an error thrown
 * here would end the execution (2.41.1).
 */
export async function answerDoorbell(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	try {
		const session = await openSession(context, context.getNodeParameter('provider'));
		const callback = authenticateCallback(context, session);
		if (!callback.ok || callback.claims.executionId !== context.getExecutionId()) {
			return answer(context, 401, 'Not a callback of this execution');
		}
		const items = parkedItems(context);
		const parked = items.flatMap((item) => readParkedItem(item) ?? []);
		const called = parked.find(({ row }) => row.taskId === callback.taskId);
		if (called === undefined) return answer(context, 200, 'This execution has no such task');

		const looked = await readTask(session, toTaskHandle(called));
		if (!looked.ok) return answer(context, 503, 'The task could not be read');
		if (!hasEnded(looked.value)) return answer(context, 200, 'The task has not ended');

		const keeperUrl = items[0]?.json.keeperUrl;
		const isRung =
			typeof keeperUrl === 'string' && (await ringOnce(context, keeperUrl, { look: true }));
		return isRung ? answer(context, 200, 'Thank you') : answer(context, 503, 'Busy');
	} catch (error) {
		context.logger.error('Seedance: a callback could not be handled', { error: String(error) });
		return answer(context, 500, 'The callback could not be handled');
	}
}

/** A ring at the keeper: look now, or take what a checker has found. n8n has checked the token. */
export async function answerRing(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	try {
		const body = ringBody.safeParse(context.getBodyData());
		if (!body.success) return answer(context, 400, 'Not a ring');
		const { look = false, updates = [] } = body.data;
		const tasks = parkedItems(context).flatMap((item) => readParkedItem(item) ?? []);
		const isNews = updates.some(({ itemIndex }) =>
			tasks.some(({ state }) => state.itemIndex === itemIndex && !state.ended),
		);
		if (!look && !isNews) {
			const nextLookAt = parkedItems(context)[0]?.json.nextLookAt;
			context.getResponseObject().status(200).json({ message: 'Nothing new', nextLookAt });
			return { noWebhookResponse: true };
		}

		context.getResponseObject().status(200).json({ message: 'Thank you' });
		const rung = look ? 'look' : 'updates';
		const items = tasks.map((task) => {
			const item = toParkedItem(applyUpdates(task, updates));
			return { ...item, json: { ...item.json, rung } };
		});
		return { noWebhookResponse: true, workflowData: [items] };
	} catch (error) {
		context.logger.error('Seedance: a ring could not be handled', { error: String(error) });
		return answer(context, 500, 'The ring could not be handled');
	}
}
