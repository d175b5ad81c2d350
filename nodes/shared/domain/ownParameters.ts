/**
 * The nodes' own parameters, which are no model's: how they are called in saved workflows, in the
 * editor and in errors, and with what they begin. Properties, readers and words for problems all take
 * it from here; saved workflows depend on names and defaults.
 */

interface Named {
	name: string;
	/** As the editor shows it, and as errors speak of it. */
	label: string;
}

/** A parameter that holds its default until somebody changes it. */
interface OwnParameter<Value> extends Named {
	default: Value;
}

const begins = <const Value extends string | number | boolean>(
	name: string,
	label: string,
	byDefault: Value,
): OwnParameter<Value> => ({ name, label, default: byDefault });

/** The field of an item's file, in n8n's own nodes as well. */
export const FILE_FIELD = 'data';

/** Of every node that gets a video. */
export const videoParameter = {
	completion: begins('completion', 'When the Video Is Ready', 'wait'),
	callbackUrl: begins('callbackUrl', 'Callback URL', ''),
	downloadVideo: begins('downloadVideo', 'Download Video', true),
	binaryPropertyName: begins('binaryPropertyName', 'Put Output File in Field', FILE_FIELD),
	simplify: begins('simplify', 'Simplify', true),
};

/** Where orders are written down for longer than an execution lasts. */
const LEDGER_TABLE = 'seedance_tasks';

/** Of the nodes that order videos. */
export const orderParameter = {
	model: { name: 'model', label: 'Model' },
	customModel: begins('customModel', 'Custom Model', ''),
	/** A model of the vendor's own list, and fields for what it takes. */
	listModel: { name: 'listModel', label: 'Vendor Model' },
	modelParameters: { name: 'modelParameters', label: 'Model Parameters' },
	taskLedger: begins('taskLedger', 'Task Ledger', false),
	taskLedgerTable: begins('taskLedgerTable', 'Table Name', LEDGER_TABLE),
	/** The ordered list of vendors that may stand in for the node's own; each is an `entry`. */
	fallbackProviders: { name: 'fallbackProviders', label: 'Fallback Providers', entry: 'fallback' },
};

/**
 * Entries of *Options*. One that nobody has added does not hold what its field begins with; those
 * whose default stands here are the same in both cases.
 */
export const option = {
	additionalParameters: begins('additionalParameters', 'Additional Parameters', '{}'),
	cancelOnStop: begins('cancelOnStop', 'Cancel on Stop', false),
	chainItems: begins('chainItems', 'Chain Clips', false),
	context: begins('context', 'Context', '{}'),
	fileName: begins('fileName', 'File Name', ''),
	includeInputFields: begins('includeInputFields', 'Include Input Fields', false),
	maxFileSize: { name: 'maxFileSize', label: 'Max File Size (MB)' },
	maxOrders: { name: 'maxOrders', label: 'Max Orders' },
	maxParallel: { name: 'maxParallel', label: 'Max Parallel Tasks' },
	maxPrice: { name: 'maxPrice', label: 'Max Price' },
	minimumBalance: begins('minimumBalance', 'Minimum Balance', 0),
	pauseInSubWorkflows: begins('pauseInSubWorkflows', 'Pause in Sub-Workflows', false),
	pollInterval: { name: 'pollInterval', label: 'Poll Interval (Seconds)' },
	resubmitUnknown: begins('resubmitUnknown', 'Order Again After a Lost Answer', false),
	sendCallbackUrl: begins('sendCallbackUrl', 'Send Callback URL', true),
	/** Of nodes before version 3: the table's name, which also switches the ledger on. */
	taskLedger: { name: 'taskLedger', label: orderParameter.taskLedger.label },
	timeout: { name: 'timeout', label: 'Timeout (Minutes)' },
};

/** Of Seedance Task. */
export const taskParameter = {
	taskId: begins('taskId', 'Task ID', '={{ $json.taskId }}'),
	/** Further vendors whose tasks it takes beside its own vendor's; each is an `entry`. */
	otherProviders: { name: 'otherProviders', label: 'Other Providers', entry: 'other' },
	source: begins('source', 'Source', 'vendor'),
	/** The table of a ledger that others have written. */
	ledgerTable: begins('taskLedger', 'Table', LEDGER_TABLE),
	orders: begins('orders', 'Orders', 'uncollected'),
	olderThanMinutes: begins('olderThanMinutes', 'Older Than (Minutes)', 60),
	limit: begins('limit', 'Limit', 50),
	days: begins('days', 'Days', 30),
	allProviders: begins('allProviders', 'All Vendors', true),
	model: begins('model', 'Model', '={{ $json.model }}'),
};

/**
 * Files that Seedance Video File works on: the first part of their parameters' names, and with what
 * these begin.
 */
export const fileInput = {
	video: { name: 'video', label: 'Video', field: FILE_FIELD, defaultInputType: 'binary' },
	sound: { name: 'sound', label: 'Sound', field: 'sound', defaultInputType: 'binary' },
} as const;

/** Of Seedance Video File. */
export const fileParameter = {
	operation: begins('operation', 'Operation', 'join'),
	binaryPropertyName: videoParameter.binaryPropertyName,
	fromSeconds: begins('fromSeconds', 'From (Seconds)', 0),
	toSeconds: begins('toSeconds', 'To (Seconds)', 0),
};

export const fileOption = {
	dropRepeatedFrame: begins('dropRepeatedFrame', 'Drop Repeated Frame', false),
	fileName: begins('fileName', 'File Name', 'film.mp4'),
	groupBy: begins('groupBy', 'Group By', ''),
	joinAnyway: begins('joinAnyway', 'Join Anyway', false),
	loop: begins('loop', 'Loop', false),
	startSeconds: begins('startSeconds', 'Start (Seconds)', 0),
};
