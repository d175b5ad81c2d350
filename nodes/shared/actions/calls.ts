import type {
	IExecuteFunctions,
	INodeExecutionData,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { receiveCall } from '../callbacks/trigger';
import { atDoor, pauseDoor, triggerDoor } from '../n8n/call';
import { doRound } from '../n8n/run';
import { answerCall } from '../parking/delivery';
import { runPoller } from '../parking/poller';

/** A call to a paused execution, by a poller or by a vendor. Never throws. */
export const answerPaused = async (context: IWebhookFunctions): Promise<IWebhookResponseData> =>
	await atDoor(context, pauseDoor, answerCall);

/** A call to the Seedance Trigger, by a vendor or by a poller. Never throws. */
export const receiveAtTrigger = async (context: IWebhookFunctions): Promise<IWebhookResponseData> =>
	await atDoor(context, triggerDoor, receiveCall);

/**
 * One round of a hidden poller.
 * @throws NodeOperationError for a wait that another version of the package has begun.
 */
export const runRound = async (context: IExecuteFunctions): Promise<INodeExecutionData[][]> =>
	await doRound(context, runPoller);
