import { option, orderParameter, videoParameter } from '../domain/ownParameters';
import { REFERENCE_NOTICE } from './imageParameters';

/**
 * From which version of the generation nodes on a model's parameter stands in the node itself. In
 * earlier ones, and if it is not named here, it is an option.
 */
const inNodeSince: ReadonlyMap<string, number> = new Map([
	['prompt', 1],
	['aspectRatio', 1],
	['resolution', 1],
	['duration', 1],
	['generateAudio', 3],
]);

/** Those of them that stand there, in their order. */
export const PARAMETERS_IN_NODE: readonly string[] = [...inNodeSince.keys()];

/** Undefined for what is always an option. */
export const versionInNode = (name: string): number | undefined => inNodeSince.get(name);

/** Whether a model's parameter is read from the node itself, in a node of this version. */
export const standsInNode = (name: string, nodeVersion: number): boolean =>
	nodeVersion >= (inNodeSince.get(name) ?? Infinity);

/** Model parameters that stand in the node itself, whatever its version. */
export const NODE_PARAMETERS: ReadonlySet<string> = new Set(
	PARAMETERS_IN_NODE.filter((name) => versionInNode(name) === 1),
);

/** From this version on Task Ledger is a switch of its own; before, an option with the table's name. */
export const LEDGER_SWITCH_SINCE = 3;

const namesOf = (...parameters: ReadonlyArray<{ name: string }>) =>
	parameters.map(({ name }) => name);

/**
 * Parameters and options that say how the node runs, not which video is ordered. Changing one of
 * them between two tries leaves the order the same; everything else makes a new one.
 */
export const RUN_PARAMETERS: ReadonlySet<string> = new Set([
	'options',
	REFERENCE_NOTICE,
	...namesOf(
		videoParameter.completion,
		videoParameter.callbackUrl,
		videoParameter.downloadVideo,
		videoParameter.binaryPropertyName,
		videoParameter.simplify,
		orderParameter.taskLedger,
		orderParameter.taskLedgerTable,
		// Asked only after the node's vendor has certainly not taken the order.
		orderParameter.fallbackProviders,
	),
]);

export const RUN_OPTIONS: ReadonlySet<string> = new Set(
	namesOf(
		option.taskLedger,
		option.timeout,
		option.pollInterval,
		option.maxParallel,
		option.maxFileSize,
		option.context,
		option.resubmitUnknown,
		option.cancelOnStop,
		option.minimumBalance,
		option.sendCallbackUrl,
		option.pauseInSubWorkflows,
		option.maxOrders,
		option.maxPrice,
		option.fileName,
		option.includeInputFields,
	),
);

/** All that a poller is told, as JSON. */
export const PLAN_PARAMETER = 'plan';
