import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod/v4';
import { isObject, withoutUndefined } from '../domain/json';
import { problemSchema, type Problem } from '../domain/problem';
import { fail, ok, type Result } from '../domain/result';
import { toJson } from '../n8n/settle';
import { ledgerReferenceSchema, type LedgerReference } from '../tasks/ledger';
import { problemOfUncollected } from '../tasks/problems';
import { refusalSchema, toErrorRow, type RowOrigin } from '../tasks/row';
import type { OutputRules, TaskHandle } from '../tasks/session';

const statusSchema = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired']);

const noteSchema = z.object({
	/** Tells this park from every other one of the execution, e.g. in a loop. */
	nonce: z.string(),
	provider: z.string(),
	model: z.string(),
	refusedBy: z.array(refusalSchema).optional(),
	task: z
		.object({
			taskId: z.string(),
			modelId: z.string(),
			addresses: z.record(z.string(), z.string()).optional(),
			status: statusSchema,
			submittedAt: z.number(),
			orderedAt: z.number().optional(),
			/** Unix milliseconds. */
			deadlineAt: z.number(),
			timeoutMinutes: z.number(),
			maxPollGapMs: z.number().optional(),
			ledger: ledgerReferenceSchema.optional(),
			output: z.object({ raw: z.boolean(), binaryProperty: z.string().optional() }),
		})
		.optional(),
	/** Why the item has no task to wait for. */
	problem: problemSchema.optional(),
});

const parkedJson = z.object({ parked: noteSchema });

/** A task to wait for, with all that its delivery needs. */
export interface ParkedTask extends TaskHandle {
	deadlineAt: number;
	timeoutMinutes: number;
	maxPollGapMs?: number;
	ledger?: LedgerReference;
	output: OutputRules;
}

/** One item of a paused execution. */
export interface ParkedItem {
	nonce: string;
	itemIndex: number;
	origin: RowOrigin;
	task: Result<ParkedTask, Problem>;
}

/**
 * The item as n8n keeps it, and hands it on if nobody brings the video: a row with an error and the
 * task ID, which cannot be taken for a finished one.
 */
export function toParkedJson(item: ParkedItem, vendor: { label: string }): IDataObject {
	const { nonce, origin, task } = item;
	const problem = task.ok ? problemOfUncollected(vendor, task.value) : task.error;
	const note = task.ok ? { task: task.value } : { problem: task.error };
	return toJson({ ...toErrorRow(problem, origin), parked: { nonce, ...origin, ...note } });
}

/**
 * Reads the items of a paused execution; none for one that another node has paused. A node that runs
 * once for all items has parked the first one only.
 */
export function readParkedItems(items: unknown): ParkedItem[] {
	const parked: ParkedItem[] = [];
	for (const [itemIndex, item] of (Array.isArray(items) ? items : []).entries()) {
		const read = readParkedItem(isObject(item) ? item.json : undefined, itemIndex);
		if (read === undefined) break;
		parked.push(read);
	}
	return parked;
}

function readParkedItem(json: unknown, itemIndex: number): ParkedItem | undefined {
	const read = parkedJson.safeParse(json);
	if (!read.success) return undefined;
	const { nonce, provider, model, refusedBy, task, problem } = read.data.parked;
	const origin = withoutUndefined({ provider, model, refusedBy });
	if (task !== undefined) return { nonce, itemIndex, origin, task: ok(task) };
	return problem && { nonce, itemIndex, origin, task: fail(problem) };
}
