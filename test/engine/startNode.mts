import { NodeConnectionTypes, type INodeExecutionData, type INodeType } from 'n8n-workflow';

/** Puts out the batches that its only item carries, one per output. */
export const startNodeType: INodeType = {
	description: {
		displayName: 'Start',
		name: 'start',
		group: ['transform'],
		version: 1,
		description: 'Start of a test',
		defaults: { name: 'Start' },
		inputs: [],
		outputs: Array.from({ length: 3 }, () => NodeConnectionTypes.Main),
		properties: [],
	},

	async execute() {
		const { batches } = this.getInputData()[0]?.json ?? {};
		return await Promise.resolve(batches as unknown as INodeExecutionData[][]);
	},
};
