import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { catalogue } from '../shared/catalogue';
import { runTaskOperation } from '../shared/lifecycle/taskOperations';
import { credentialsOf } from '../shared/properties/generation';
import { taskProperties } from '../shared/properties/task';

export class SeedanceTask implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Seedance Task',
		name: 'seedanceTask',
		icon: { light: 'file:../../icons/seedance.svg', dark: 'file:../../icons/seedance.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description:
			'Get, wait for and manage submitted Seedance videos, and check the account balance',
		defaults: { name: 'Seedance Task' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: credentialsOf(catalogue, ['textToVideo', 'imageToVideo']),
		waitingNodeTooltip: 'Waiting for the video to be finished',
		properties: taskProperties(),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runTaskOperation(this);
	}
}
