/** Parameters that stand in the node itself; every other model parameter is an option. */
export const NODE_PARAMETERS: ReadonlySet<string> = new Set([
	'prompt',
	'aspectRatio',
	'resolution',
	'duration',
]);
