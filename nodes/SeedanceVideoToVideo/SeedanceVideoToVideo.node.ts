import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { videoOperations } from '../shared/domain/model';
import { deliveryWebhooks } from '../shared/n8n/webhooks';
import { credentialsOf } from '../shared/properties/credentials';
import { fallbackLoaders } from '../shared/properties/fallbacks';
import { videoToVideoProperties, videoToVideoSubtitle } from '../shared/properties/generation';
import { titled } from '../shared/properties/title';
import { videoToVideoVersions } from '../shared/properties/versions';
import { providers } from '../shared/providers';

export class SeedanceVideoToVideo implements INodeType {
	description: INodeTypeDescription = {
		displayName: titled('Seedance Video to Video'),
		name: 'seedanceVideoToVideo',
		icon: { light: 'file:../../icons/seedance.svg', dark: 'file:../../icons/seedance.dark.svg' },
		group: ['transform'],
		version: videoToVideoVersions,
		subtitle: videoToVideoSubtitle(),
		description: 'Edit or extend a video, or make a new one after it, with ByteDance Seedance',
		defaults: { name: 'Seedance Video to Video' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: credentialsOf(providers, videoOperations, { fallbacks: true }),
		webhooks: deliveryWebhooks,
		waitingNodeTooltip: 'Waiting for the video to be finished',
		properties: videoToVideoProperties(),
	};

	methods = { loadOptions: fallbackLoaders(videoOperations) };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { atNode } = await import('../shared/n8n/nodeRun');
		const { runVideoOperation } = await import('../shared/actions/videoToVideo');
		return await atNode(this, runVideoOperation);
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { answerPaused } = await import('../shared/actions/calls');
		return await answerPaused(this);
	}
}
