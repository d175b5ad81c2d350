import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { catalogue } from '../shared/catalogue';
import { runPoller } from '../shared/parking/poller';
import { answerRing, resumeWebhooks } from '../shared/parking/webhooks';
import { credentialsOf } from '../shared/properties/generation';
import { pollerProperties } from '../shared/properties/poller';

/** Never on a canvas: it runs inside the sub-workflows that the other nodes park on. */
export class SeedancePoller implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Seedance Poller',
		name: 'seedancePoller',
		hidden: true,
		icon: { light: 'file:../../icons/seedance.svg', dark: 'file:../../icons/seedance.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["role"] }}',
		description: 'Looks after parked Seedance tasks',
		defaults: { name: 'Seedance Poller' },
		usableAsTool: undefined,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Waiting', 'Done'],
		credentials: credentialsOf(catalogue, ['textToVideo', 'imageToVideo']),
		webhooks: resumeWebhooks,
		waitingNodeTooltip: 'Waiting for the video to be finished',
		properties: pollerProperties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runPoller(this);
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await answerRing(this);
	}
}
