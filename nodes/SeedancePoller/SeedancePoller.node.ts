import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
// Says how old the process is, so it is loaded with the nodes, not at their first run.
import '../shared/n8n/process';
import { pollerProperties } from '../shared/properties/poller';

/** Never on a canvas: it runs inside the hidden executions that look after a wait. */
export class SeedancePoller implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Seedance Poller',
		name: 'seedancePoller',
		hidden: true,
		icon: { light: 'file:../../icons/seedance.svg', dark: 'file:../../icons/seedance.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: 'Asks whether the video is ready',
		description: 'Asks a waiting node, or a trigger, to look whether its video is ready',
		defaults: { name: 'Seedance Poller' },
		usableAsTool: undefined,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		waitingNodeTooltip: 'Resting until it asks again; ends by itself',
		properties: pollerProperties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { runRound } = await import('../shared/actions/calls');
		return await runRound(this);
	}
}
