import type { Execution } from '../../../lab/n8nClient.mts';
import type { SharedStage } from '../stage.mts';
import { rowsOf } from '../workflows.mts';

/** What an execution says about one item. */
export interface Said {
	taskId?: string;
	state: string;
}

const STATE_OF_UNKNOWN = 'mayHaveBeenAccepted';
const ONE_ITEM = /\[item (\d+)\] (no task|\S+) \(([^)]*)\)/g;

export const isUnknown = ({ state }: Said): boolean => state === STATE_OF_UNKNOWN;

/** Reads the node's error, which tells about every item, or the rows where it put rows out. */
export function saidOfItems(execution: Execution): Map<number, Said> {
	const { error } = execution.data.resultData;
	if (error === undefined) return saidInRows(execution);
	const found = [...String(error.description).matchAll(ONE_ITEM)];
	return new Map(
		found.map(([, index, taskId, state = '']) => [
			Number(index),
			{ taskId: taskId === 'no task' ? undefined : taskId, state },
		]),
	);
}

function saidInRows(execution: Execution): Map<number, Said> {
	return new Map(
		rowsOf(execution).map(({ taskId, status, failure }, index) => {
			const code: unknown = Reflect.get(Object(failure), 'code');
			return [index, { taskId: taskId as string | undefined, state: String(status ?? code) }];
		}),
	);
}

/** The tasks that the vendor has taken and is paid for, by the item they were made for. */
export function paidByItem({ sandbox }: SharedStage): Map<number, string[]> {
	const paid = new Map<number, string[]>();
	for (const { taskId, input } of sandbox.tasks()) {
		const item = Number(/^clip (\d+)/.exec(String(input.prompt))?.[1]);
		paid.set(item, [...(paid.get(item) ?? []), taskId]);
	}
	return paid;
}
