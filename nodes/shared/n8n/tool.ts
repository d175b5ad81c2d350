import type { IExecuteFunctions } from 'n8n-workflow';

/**
 * Whether an agent or an MCP client calls the node. n8n gives such a node the caller's words as its
 * item; an agent of version 3 runs it like any other, under the type of its tool (2.41.1).
 */
export const runsAsTool = (context: IExecuteFunctions): boolean =>
	context.isToolExecution() || context.getNode().type.endsWith('Tool');
