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
import { fallbackLoaders } from '../shared/properties/fallbacks';
import { generationProperties, generationSubtitle } from '../shared/properties/generation';
import { providers } from '../shared/providers';

export class SeedanceTextToVideo implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Seedance Text to Video',
		name: 'seedanceTextToVideo',
		icon: { light: 'file:../../icons/seedance.svg', dark: 'file:../../icons/seedance.dark.svg' },
		group: ['transform'],
		version: [1, 2],
		subtitle: generationSubtitle(),
		description: 'Generate a ByteDance Seedance video from a text prompt',
		defaults: { name: 'Seedance Text to Video' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: credentialsOf(providers, ['textToVideo'], { fallbacks: true }),
		webhooks: deliveryWebhooks,
		waitingNodeTooltip: 'Waiting for the video to be finished',
		properties: generationProperties('textToVideo'),
	};

	methods = { loadOptions: fallbackLoaders(['textToVideo']) };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { generateVideos } = await import('../shared/actions/generate');
		return await generateVideos(this, 'textToVideo');
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { answerCall } = await import('../shared/parking/delivery');
		return await answerCall(this);
	}
}
