import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type ILoadOptionsFunctions,
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
import { titled } from '../shared/properties/title';
import { generationVersions } from '../shared/properties/versions';
import { FIELDS_METHOD, SEARCH_METHOD } from '../shared/properties/listModel';
import { providers } from '../shared/providers';

export class SeedanceImageToVideo implements INodeType {
	description: INodeTypeDescription = {
		displayName: titled('Seedance Image to Video'),
		name: 'seedanceImageToVideo',
		icon: { light: 'file:../../icons/seedance.svg', dark: 'file:../../icons/seedance.dark.svg' },
		group: ['transform'],
		version: generationVersions,
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

	methods = {
		loadOptions: fallbackLoaders(['imageToVideo']),
		listSearch: {
			async [SEARCH_METHOD](this: ILoadOptionsFunctions, filter?: string) {
				const { searchModels } = await import('../shared/actions/models');
				return await searchModels(this, 'imageToVideo', filter);
			},
		},
		resourceMapping: {
			async [FIELDS_METHOD](this: ILoadOptionsFunctions) {
				const { readModelFields } = await import('../shared/actions/models');
				return await readModelFields(this, 'imageToVideo');
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { atNode } = await import('../shared/n8n/nodeRun');
		const { generateVideos } = await import('../shared/actions/generate');
		return await atNode(this, async (run) => await generateVideos(run, 'imageToVideo'));
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { answerPaused } = await import('../shared/actions/calls');
		return await answerPaused(this);
	}
}
