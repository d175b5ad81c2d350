import type { IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';
import { z } from 'zod/v4';
import { catalogue, findModel, isProviderId } from '../catalogue';
import type { TaskHandle } from '../lifecycle/types';

const problem = z.object({
	message: z.string(),
	description: z.string(),
	code: z.string(),
	taskId: z.string().optional(),
	status: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired']).optional(),
	httpStatus: z.number().optional(),
	videoUrl: z.string().optional(),
});

const parkedState = z.object({
	itemIndex: z.number(),
	/** Unix milliseconds. */
	submittedAt: z.number(),
	deadlineAt: z.number(),
	timeoutMinutes: z.number(),
	maxPollGapMs: z.number().optional(),
	/** Where the end of the task is reported, for tasks that nobody waits for. */
	callbackUrl: z.string().optional(),
	/** The task needs no further look: the item is its row, or has a problem. */
	ended: z.boolean(),
	problem: problem.optional(),
});

export type ParkedState = z.infer<typeof parkedState>;

/** What the poller adds to a row while it looks after it. */
const POLLER_KEYS = ['parked', 'keeperUrl', 'undisturbedUntil', 'nextLookAt'];

/** What a keeper writes beside its tasks before it rests; times in Unix milliseconds. */
export interface RestNote {
	keeperUrl: string;
	/** Until then it may not be woken by a ring. */
	undisturbedUntil: number;
	nextLookAt: number;
}

const parkedJson = z.looseObject({
	taskId: z.string().optional(),
	provider: z.string(),
	model: z.string().optional(),
	status: z.string().optional(),
	parked: parkedState,
});

/** A task at rest in n8n's database: its row so far, and what the poller has to know. */
export interface ParkedTask {
	row: IDataObject;
	state: ParkedState;
	binary?: IBinaryKeyData;
}

export function toParkedItem({ row, state, binary }: ParkedTask): INodeExecutionData {
	const json = { ...row, parked: { ...state } };
	return { json, pairedItem: { item: state.itemIndex }, ...(binary && { binary }) };
}

/** Reads a parked item; undefined for an item of another kind. */
export function readParkedItem(item: INodeExecutionData): ParkedTask | undefined {
	const parsed = parkedJson.safeParse(item.json);
	if (!parsed.success) return undefined;
	const row = { ...item.json };
	for (const key of POLLER_KEYS) delete row[key];
	return { row, state: parsed.data.parked, binary: item.binary };
}

export function toTaskHandle({ row, state }: ParkedTask): TaskHandle {
	const modelId = typeof row.model === 'string' ? row.model : '';
	const provider = isProviderId(row.provider) ? catalogue[row.provider] : undefined;
	return {
		taskId: String(row.taskId),
		modelId,
		model: provider && findModel(provider, modelId),
		status: row.status === 'running' ? 'running' : 'queued',
		submittedAt: state.submittedAt,
	};
}

/** What a look found out about the end of one task: its final row, or why there is no video. */
export interface ParkedUpdate {
	itemIndex: number;
	row?: IDataObject;
	binary?: IBinaryKeyData;
	problem?: z.infer<typeof problem>;
}

export const isEnded = ({ state }: ParkedTask): boolean => state.ended;

/** The task with what a look found out about it. */
export function applyUpdates(task: ParkedTask, updates: readonly ParkedUpdate[]): ParkedTask {
	const update = updates.find(({ itemIndex }) => itemIndex === task.state.itemIndex);
	if (update === undefined || task.state.ended) return task;
	return {
		row: update.row ?? task.row,
		state: { ...task.state, ended: true, ...(update.problem && { problem: update.problem }) },
		binary: update.binary,
	};
}
