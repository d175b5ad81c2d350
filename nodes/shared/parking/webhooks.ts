import type {
	INodeExecutionData,
	IWebhookDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { clock } from '../clock';
import { authenticateCallback } from '../callbacks/authenticate';
import { openSession } from '../lifecycle/session';
import { hasEnded, readTask } from '../lifecycle/wait';
import { deliver } from './doorbell';
import { readParkedItem, toTaskHandle } from './parkedTask';

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
		const isRung = typeof keeperUrl === 'string' && (await deliver(context, keeperUrl, {}));
		return isRung ? answer(context, 200, 'Thank you') : answer(context, 503, 'Busy');
	} catch (error) {
		context.logger.error('Seedance: a callback could not be handled', { error: String(error) });
		return answer(context, 500, 'The callback could not be handled');
	}
}

/**
 * A ring at the keeper: it wakes and looks at its tasks. Its guardian only asks how it is. n8n has
 * checked the token in the address.
 */
export async function answerRing(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	try {
		const items = parkedItems(context);
		const { nextLookAt, undisturbedUntil } = items[0]?.json ?? {};
		if (Reflect.get(Object(context.getBodyData()), 'guard') === true) {
			context.getResponseObject().status(200).json({ nextLookAt, items });
			return { noWebhookResponse: true };
		}
		if (Number(undisturbedUntil) > clock.now()) {
			return answer(context, 503, 'Just looked, ring again later');
		}

		context.getResponseObject().status(200).json({ message: 'Thank you' });
		return { noWebhookResponse: true, workflowData: [items] };
	} catch (error) {
		context.logger.error('Seedance: a ring could not be handled', { error: String(error) });
		return answer(context, 500, 'The ring could not be handled');
	}
}
