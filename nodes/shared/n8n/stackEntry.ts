import type { IExecuteFunctions } from 'n8n-workflow';
import { isObject } from '../domain/json';

/**
 * n8n disables the node of the entry that it resumes, and all entries made from one output pass (tool
 * calls of a turn, several outputs wired to one node) hold the same node, also in its database
 * (2.41.1): the others would hand on their own input as if it were the result.
 */
export function standAlone(context: IExecuteFunctions): void {
	const entry = context.getExecuteData();
	entry.node = { ...entry.node };
}

/**
 * When n8n starts, it takes a node that has begun and has no runs for crashed, and then looks for the
 * wait there (2.41.1). An agent is such a node while its tool is paused. An empty list of runs is what
 * n8n itself begins with; there is no public way to it.
 */
export function keepPlaceOfAgents(context: object): void {
	const known = 'runExecutionData' in context ? context.runExecutionData : undefined;
	if (!isObject(known) || !isObject(known.resultData) || !isObject(known.executionData)) return;
	const { runData } = known.resultData;
	const { nodeExecutionStack: stack } = known.executionData;
	if (!isObject(runData) || !Array.isArray(stack)) return;
	for (const entry of stack) {
		if (!isObject(entry) || !isObject(entry.node) || !isObject(entry.metadata)) continue;
		if (entry.metadata.nodeWasResumed === true) runData[String(entry.node.name)] ??= [];
	}
}
