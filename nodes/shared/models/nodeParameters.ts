/** Parameters that stand in the node itself; every other model parameter is an option. */
export const NODE_PARAMETERS: ReadonlySet<string> = new Set([
	'prompt',
	'aspectRatio',
	'resolution',
	'duration',
]);

/** The ordered list of vendors that may stand in for the node's own, and the name of one of them. */
export const FALLBACKS = 'fallbackProviders';
export const FALLBACK_ENTRY = 'fallback';

/** Further vendors whose tasks Seedance Task takes beside its own vendor's, and the name of one of them. */
export const OTHERS = 'otherProviders';
export const OTHER_ENTRY = 'other';

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
	// Asked only after the node's vendor has certainly not taken the order.
	FALLBACKS,
]);

/** Name of the table in which orders are written down. */
export const TASK_LEDGER = 'taskLedger';
export const DEFAULT_LEDGER_TABLE = 'seedance_tasks';

/** Whether a sub-workflow with one item may pause although its caller waits. */
export const PAUSE_IN_SUB_WORKFLOWS = 'pauseInSubWorkflows';

/** The most orders of a node in one execution. */
export const MAX_ORDERS = 'maxOrders';

/** The most that a video may cost, in the vendor's currency. */
export const MAX_PRICE = 'maxPrice';

export const RUN_OPTIONS: ReadonlySet<string> = new Set([
	TASK_LEDGER,
	'timeout',
	'pollInterval',
	'maxParallel',
	'maxFileSize',
	'context',
	'resubmitUnknown',
	'cancelOnStop',
	'minimumBalance',
	'sendCallbackUrl',
	PAUSE_IN_SUB_WORKFLOWS,
	MAX_ORDERS,
	MAX_PRICE,
	'fileName',
	'includeInputFields',
]);

/** The model that is chosen from the vendor's own list, and fields for what it takes. */
export const LISTED_MODEL = 'listModel';
export const MODEL_PARAMETERS = 'modelParameters';

/** All that a poller is told, as JSON. */
export const PLAN_PARAMETER = 'plan';
