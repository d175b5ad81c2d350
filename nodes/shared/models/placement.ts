/** Parameters that stand in the node itself; every other model parameter is an option. */
export const NODE_PARAMETERS: ReadonlySet<string> = new Set([
	'prompt',
	'aspectRatio',
	'resolution',
	'duration',
]);

/**
 * Parameters and options that say how the node runs, not which video is ordered. Changing one of
 * them between two tries leaves the order the same; everything else makes a new one.
 */
export const RUN_PARAMETERS: ReadonlySet<string> = new Set([
	'options',
	'completion',
	'callbackUrl',
	'downloadVideo',
	'binaryPropertyName',
	'simplify',
]);

export const RUN_OPTIONS: ReadonlySet<string> = new Set([
	'timeout',
	'pollInterval',
	'maxParallel',
	'context',
	'resubmitUnknown',
	'cancelOnStop',
	'sendCallbackUrl',
]);
