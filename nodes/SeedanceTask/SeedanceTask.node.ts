import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { deliveryWebhooks } from '../shared/n8n/webhooks';
import { credentialsOf } from '../shared/properties/credentials';
import { taskProperties } from '../shared/properties/task';
import { titled } from '../shared/properties/title';
import { providers } from '../shared/providers';

export class SeedanceTask implements INodeType {
	description: INodeTypeDescription = {
		// Longer than the others, because n8n's nodes panel lists the shortest that fits first.
		displayName: titled('Seedance Task and Account Balance'),
		name: 'seedanceTask',
		icon: { light: 'file:../../icons/seedance.svg', dark: 'file:../../icons/seedance.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["provider"] + ": " + $parameter["operation"] }}',
		description:
			'Get, wait for and manage submitted Seedance videos, and check the account balance',
		defaults: { name: 'Seedance Task' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: credentialsOf(providers, ['textToVideo', 'imageToVideo'], {
			others: true,
			// What stands in n8n's own table is no vendor's.
			hide: { '/resource': ['ledger'] },
		}),
		webhooks: deliveryWebhooks,
		waitingNodeTooltip: 'Waiting for the video to be finished',
		properties: taskProperties(),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { atNode } = await import('../shared/n8n/nodeRun');
		const { runTaskOperation } = await import('../shared/actions/task/runTask');
		return await atNode(this, runTaskOperation);
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { answerPaused } = await import('../shared/actions/calls');
		return await answerPaused(this);
	}
}
