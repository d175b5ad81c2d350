import { z } from 'zod/v4';
import { isObject, type Json, type JsonObject, toJson, withoutUndefined } from '../domain/json';
import { safeFileName } from '../domain/fileName';
import { problemSchema, type Problem } from '../domain/problem';
import { fail, ok, type Result } from '../domain/result';
import { statusSchema, taskReferenceSchema } from '../domain/taskSchema';
import type { Files, Output } from '../host/rows';
import { ledgerReferenceSchema, type LedgerReference } from '../tasks/ledger';
import { problemOfUncollected } from '../tasks/problems';
import {
	besideRow,
	orderedSchema,
	passedOverSchema,
	toErrorRow,
	type RowOrigin,
} from '../tasks/row';
import type { OutputRules, TaskHandle } from '../tasks/order';

const parkedSchema = z.object({
	/** Tells this park from every other one of the execution, e.g. in a loop. */
	nonce: z.string(),
	/** Absent in a wait that an older version of the package has begun. */
	key: z.string().optional(),
	provider: z.string(),
	model: z.string(),
	refusedBy: z.array(passedOverSchema).optional(),
	ordered: orderedSchema.optional(),
	foundAgain: z.literal(true).optional(),
	/** The item's own fields stand beside the row's. */
	includesInput: z.literal(true).optional(),
	task: z
		.object({
			...taskReferenceSchema.shape,
			status: statusSchema,
			submittedAt: z.number(),
			orderedAt: z.number().optional(),
			/** Unix milliseconds. */
			deadlineAt: z.number(),
			timeoutMinutes: z.number(),
			maxPollGapMs: z.number().optional(),
			ledger: ledgerReferenceSchema.optional(),
			output: z.object({
				raw: z.boolean(),
				binaryProperty: z.string().optional(),
				maxFileBytes: z.number().optional(),
				fileName: z.string().transform(safeFileName).optional(),
			}),
			/** The item itself is the row that the node puts out. */
			isDone: z.literal(true).optional(),
		})
		.optional(),
	/** Why the item has no task to wait for. */
	problem: problemSchema.optional(),
});

const parkedJson = z.object({ parked: parkedSchema });

/** A task to wait for, with all that its delivery needs. */
export interface ParkedTask extends TaskHandle {
	deadlineAt: number;
	timeoutMinutes: number;
	maxPollGapMs?: number;
	ledger?: LedgerReference;
	output: OutputRules;
	isDone?: true;
}

/** One item of a paused execution. */
export interface ParkedItem {
	/** Proves a poller of this wait. */
	nonce: string;
	/** Signs the vendors' addresses and the notes of this wait. */
	key?: string;
	itemIndex: number;
	origin: RowOrigin;
	task: Result<ParkedTask, Problem>;
	/** What the node puts out for an item that had ended before the execution was paused. */
	done?: Output;
}

/**
 * The item as n8n keeps it, and hands it on if nobody brings the video: a row with an error and the
 * task ID, which cannot be taken for a finished one.
 */
export function toParkedJson(item: ParkedItem, vendor: { label: string }): Json {
	const { nonce, key, origin, task, done } = item;
	const { input, ...known } = origin;
	const note = { nonce, key, ...known, ...(input && { includesInput: true }) };
	if (task.ok && done !== undefined) {
		return toJson({ ...done.json, parked: { ...note, task: task.value } });
	}
	const problem = task.ok ? problemOfUncollected(vendor, task.value) : task.error;
	const rest = task.ok ? { task: task.value } : { problem: task.error };
	return toJson({ ...toErrorRow(problem, origin), parked: { ...note, ...rest } });
}

/**
 * Reads the items of a paused execution; none for one that another node has paused. A node that runs
 * once for all items has parked the first one only: what the others bring along is not the node's.
 */
export function readParkedItems(items: unknown): ParkedItem[] {
	const parked: ParkedItem[] = [];
	for (const [itemIndex, item] of (Array.isArray(items) ? items : []).entries()) {
		const read = readParkedItem(isObject(item) ? item : {}, itemIndex);
		if (read === undefined || read.nonce !== (parked[0] ?? read).nonce) break;
		parked.push(read);
	}
	return parked;
}

function readParkedItem(item: JsonObject, itemIndex: number): ParkedItem | undefined {
	const read = parkedJson.safeParse(item.json);
	if (!read.success) return undefined;
	const { nonce, key, provider, model, task, problem, ...told } = read.data.parked;
	const { ordered, refusedBy, foundAgain, includesInput } = told;
	const input = includesInput && isObject(item.json) ? besideRow(item.json) : undefined;
	const wait = { nonce, key, itemIndex };
	const origin = withoutUndefined({ provider, model, ordered, refusedBy, foundAgain, input });
	if (task !== undefined) {
		const done = task.isDone ? doneOf(item) : undefined;
		return withoutUndefined({ ...wait, origin, task: ok(task), done });
	}
	return problem && { ...wait, origin, task: fail(problem) };
}

/** Files that lie in n8n's store; what n8n's memory mode keeps in an item is fetched again. */
const filesSchema = z.custom<Files>(
	(value) =>
		isObject(value) &&
		Object.values(value).every((file) => isObject(file) && typeof file.id === 'string'),
);

/** A row that went into the wait as it was: what n8n keeps beside it are its files. */
function doneOf({ json, binary }: JsonObject): Output {
	const row = withoutUndefined({ ...(isObject(json) && json), parked: undefined });
	const files = filesSchema.safeParse(binary).data;
	return withoutUndefined({ json: toJson(row), binary: files });
}
