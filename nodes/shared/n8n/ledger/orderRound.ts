import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { isObject } from '../../domain/json';
import { asWritten } from '../../models/asWritten';
import { RUN_OPTIONS, RUN_PARAMETERS } from '../../models/nodeParameters';
import { shortHash, type OrderRound } from '../../tasks/ledgerRow';
import { canMakeTables } from '../version';

/** What the user wrote about the video, before any expression is evaluated. */
export function writtenParameters(context: IExecuteFunctions): unknown[] {
	const { parameters } = context.getNode();
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
 * Whose orders these are. n8n gives a retried execution the token of the first one (2.41.1), also
 * after a crash, of which it knows nothing else. Rounds are counted, because the run index of a
 * retried crash counts runs that n8n has put in.
 */
export function roundOf(context: IExecuteFunctions): OrderRound {
	const { $execution, $workflow, $runIndex } = context.getWorkflowDataProxy(0);
	const token = resumeTokenOf(context) ?? String($execution.id);
	const nodeContext = context.getContext('node');
	const known: unknown = nodeContext[ROUNDS_KEY];
	const rounds = Array.isArray(known) ? known : [];
	if (!rounds.includes($runIndex)) rounds.push($runIndex);
	nodeContext[ROUNDS_KEY] = rounds;
	return {
		origin: shortHash(['seedance ledger', token, String($workflow.id), context.getNode().id]),
		occurrence: rounds.indexOf($runIndex),
		written: shortHash(writtenParameters(context)),
		executionId: String($execution.id),
	};
}

/** n8n's token for the execution; n8n before 2.14 has none. */
export function resumeTokenOf(context: IExecuteFunctions): string | undefined {
	const { $execution } = context.getWorkflowDataProxy(0);
	return new URL(String($execution.resumeUrl)).searchParams.get('signature') ?? undefined;
}

/** What an item is, told without what n8n calls its files in this execution. */
export function inputOf({ json, binary = {} }: INodeExecutionData): string {
	const files = Object.entries(binary).map(([name, { fileName, mimeType, fileSize }]) => [
		name,
		fileName,
		mimeType,
		fileSize,
	]);
	return shortHash([json, files]);
}

export function placeOf(context: IExecuteFunctions, { origin }: OrderRound, item: number) {
	const { $execution, $workflow } = context.getWorkflowDataProxy(item);
	return {
		workflow: String($workflow.name ?? ''),
		workflowId: String($workflow.id),
		executionId: String($execution.id),
		node: context.getNode().name,
		item,
		origin,
	};
}

/** Whether it is n8n's "Retry execution", which may follow a crash of which nothing but the table tells. */
export const isRetry = (context: IExecuteFunctions): boolean => context.getMode() === 'retry';

/** Where n8n makes no tables, no earlier try can have written one. */
export const mayBeUnreadable = (context: IExecuteFunctions): boolean =>
	isRetry(context) && canMakeTables();
