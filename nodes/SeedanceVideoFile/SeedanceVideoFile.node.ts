import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { videoFileProperties } from '../shared/properties/videoFile';

export class SeedanceVideoFile implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Seedance Video File Editor',
		name: 'seedanceVideoFile',
		icon: { light: 'file:../../icons/seedance.svg', dark: 'file:../../icons/seedance.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] }}',
		description: 'Join video clips to a film, set its soundtrack and cut it, without ffmpeg',
		defaults: { name: 'Seedance Video File' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: videoFileProperties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { atFilmNode } = await import('../shared/n8n/filmRun');
		const { runVideoFile } = await import('../shared/actions/videoFile');
		return await atFilmNode(this, runVideoFile);
	}
}
