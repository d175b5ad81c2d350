import {
	NodeConnectionTypes,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { triggerWebhooks } from '../shared/n8n/webhooks';
import { credentialsOf } from '../shared/properties/credentials';
import { triggerProperties } from '../shared/properties/trigger';
import { titled } from '../shared/properties/title';
import { providers } from '../shared/providers';

export class SeedanceTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: titled('Seedance Video Finished Trigger'),
		name: 'seedanceTrigger',
		icon: { light: 'file:../../icons/seedance.svg', dark: 'file:../../icons/seedance.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["provider"] + ": " + $parameter["events"].join(", ") }}',
		description: 'Starts the workflow when a Seedance video is finished or has failed',
		eventTriggerDescription: 'Waiting for the end of a Seedance task',
		activationMessage:
			"You can now paste this node's Production URL into 'Callback URL' of your Seedance nodes.",
		defaults: { name: 'Seedance Trigger' },
		usableAsTool: undefined,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: credentialsOf(providers, ['textToVideo', 'imageToVideo']),
		webhooks: triggerWebhooks,
		properties: triggerProperties,
	};

	// The URL goes out with each task, so there is nothing to register at the vendor.
	webhookMethods = {
		default: {
			async checkExists(): Promise<boolean> {
				return true;
			},
			async create(): Promise<boolean> {
				return true;
			},
			async delete(): Promise<boolean> {
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { receiveAtTrigger } = await import('../shared/actions/calls');
		return await receiveAtTrigger(this);
	}
}
