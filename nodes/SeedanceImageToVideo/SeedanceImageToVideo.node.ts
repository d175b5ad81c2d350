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

export class SeedanceImageToVideo implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Seedance Image to Video',
		name: 'seedanceImageToVideo',
		icon: { light: 'file:../../icons/seedance.svg', dark: 'file:../../icons/seedance.dark.svg' },
		group: ['transform'],
		version: [1, 2],
		subtitle: generationSubtitle(),
		description: 'Generate a ByteDance Seedance video from an image and a prompt',
		defaults: { name: 'Seedance Image to Video' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: credentialsOf(providers, ['imageToVideo'], { fallbacks: true }),
		webhooks: deliveryWebhooks,
		waitingNodeTooltip: 'Waiting for the video to be finished',
		properties: generationProperties('imageToVideo'),
	};

	methods = { loadOptions: fallbackLoaders(['imageToVideo']) };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { generateVideos } = await import('../shared/actions/generate');
		return await generateVideos(this, 'imageToVideo');
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { answerCall } = await import('../shared/parking/delivery');
		return await answerCall(this);
	}
}
