import { isObject } from '../domain/json';
import type { Hints, NodeInput, Whereabouts } from '../host/readers';
import type { Output } from '../host/rows';
import type { NodeRun } from '../host/run';
import { asWritten } from '../models/asWritten';
import { RUN_OPTIONS, RUN_PARAMETERS } from '../models/nodeParameters';
import { shortHash, type OrderRound } from '../tasks/ledgerRow';

/** What a ledger asks of a run. */
export type LedgerRun = NodeInput &
	Hints &
	Whereabouts &
	Pick<NodeRun, 'kept' | 'runIndex' | 'process' | 'log' | 'tables'>;

/** What the user wrote about the video, before any expression is evaluated. */
export function writtenParameters(input: NodeInput): unknown[] {
	const parameters = input.written();
	const options = isObject(parameters.options) ? parameters.options : {};
	const without = (record: object, names: ReadonlySet<string>) =>
		Object.entries(record)
			.filter(([name]) => !names.has(name))
			.map(([name, value]) => [name, asWritten(value)] as const)
			.toSorted(([a], [b]) => (a < b ? -1 : 1));
	return [
		without({ ...parameters, options: undefined }, RUN_PARAMETERS),
		without(options, RUN_OPTIONS),
	];
}

const ROUNDS_KEY = 'seedanceRounds';

/**
 * Whose orders these are. Rounds are counted, because the run index of a retried crash counts runs
 * that n8n has put in.
 */
export function roundOf(run: LedgerRun): OrderRound {
	const { kept } = run;
	const { executionId, workflowId, nodeId, token = executionId } = run.place();
	const runIndex = run.runIndex();
	const known = kept[ROUNDS_KEY];
	const rounds: unknown[] = Array.isArray(known) ? known : [];
	if (!rounds.includes(runIndex)) rounds.push(runIndex);
	kept[ROUNDS_KEY] = rounds;
	return {
		origin: shortHash(['seedance ledger', token, workflowId, nodeId]),
		occurrence: rounds.indexOf(runIndex),
		written: shortHash(writtenParameters(run)),
		executionId,
	};
}

/** What an item is, told without what n8n calls its files in this execution. */
export function inputOf({ json, binary = {} }: Output): string {
	const files = Object.entries(binary).map(([name, { fileName, mimeType, fileSize }]) => [
		name,
		fileName,
		mimeType,
		fileSize,
	]);
	return shortHash([json, files]);
}

export function placeOf(run: Whereabouts, { origin }: OrderRound, item: number) {
	const { workflow, workflowId, executionId, node } = run.place();
	return { workflow, workflowId, executionId, node, item, origin };
}

/** Where n8n makes no tables, no earlier try can have written one. */
export const mayBeUnreadable = ({ isRetry, tables }: LedgerRun): boolean =>
	isRetry() && tables.canMake();
