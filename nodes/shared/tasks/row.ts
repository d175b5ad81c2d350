import { z } from 'zod/v4';
import { isObject, withoutUndefined, type JsonObject } from '../domain/json';
import type { Problem } from '../domain/problem';
import type { Task } from '../domain/task';
import { printable } from '../domain/words';
import { kindOfEnd } from './problems';

/** The field of a task's last frame. */
export const LAST_FRAME_PROPERTY = 'lastFrame';

/** A vendor that certainly did not take a video, so that the next one was asked. */
export const passedOverSchema = z.object({
	provider: z.string(),
	model: z.string(),
	/** Absent in what an older version has written. */
	kind: z.string().optional(),
	code: z.string(),
	message: z.string(),
});

export type PassedOver = z.infer<typeof passedOverSchema>;

/** What was ordered, under this package's names. */
export const orderedSchema = z.object({
	prompt: z.string().optional(),
	duration: z.union([z.number(), z.string()]).optional(),
	resolution: z.string().optional(),
	aspectRatio: z.string().optional(),
});

export type Ordered = z.infer<typeof orderedSchema>;

/** Said where the vendor's own list has told which task an order has. */
export const FOUND_AGAIN =
	"The vendor's answer to this order was lost; the task was found again in its own list.";

export interface RowOrigin {
	provider: string;
	model: string;
	/** Absent where nobody knows it any more. */
	ordered?: Ordered;
	/** Fields of the input item that are to stand beside the row's. */
	input?: JsonObject;
	/** Who was asked before, in this order; absent when nobody was. */
	refusedBy?: PassedOver[];
	/** The answer was lost, and the vendor's own list had the task. */
	foundAgain?: true;
}

/** What a row says of its own task; an item that brings such a field speaks of another one. */
const ownFields: ReadonlySet<string> = new Set([
	'status',
	'vendorStatus',
	'videoUrl',
	'lastFrameUrl',
	'lastFrameProblem',
	'provider',
	'model',
	'taskId',
	'usage',
	'video',
	'createdAt',
	'completedAt',
	'expiresAt',
	'orderedAt',
	'failure',
	'taskUrls',
	'refusedBy',
	'ledger',
	'raw',
	'error',
	'foundAgain',
	'mayBeRepeat',
	'downloadProblem',
	'deleted',
	'details',
	'parked',
]);

/** What a row says of its order; only in another task's row it is not the user's own. */
const orderedFields: ReadonlySet<string> = new Set([
	'prompt',
	'duration',
	'resolution',
	'aspectRatio',
	'seed',
]);

/** The fields of an item that may stand beside those of a row. */
export const besideRow = (item: JsonObject): JsonObject => {
	const isRow = typeof item.taskId === 'string';
	return Object.fromEntries(
		Object.entries(item).filter(
			([name]) => !ownFields.has(name) && !(isRow && orderedFields.has(name)),
		),
	);
};

/** A row's own fields win; the item's that it does not have come behind them. */
function withInput(row: JsonObject, input: JsonObject | undefined): JsonObject {
	if (input === undefined) return row;
	const others = Object.entries(besideRow(input)).filter(([name]) => !Object.hasOwn(row, name));
	return { ...row, ...Object.fromEntries(others) };
}

const modelIn = ({ model }: RowOrigin) => (model === '' ? undefined : model);

/**
 * A task as the output row of the contract; with `raw`, the vendor's answer is added. In n8n's table
 * the first fields are in view, so the result comes before names and numbers.
 */
export function toRow(task: Task, origin: RowOrigin, options: { raw: boolean }): JsonObject {
	const { raw, taskId, status, unknownStatus, failure, usage, video, taskUrls } = task;
	const row = withoutUndefined({
		status,
		vendorStatus: unknownStatus,
		videoUrl: task.videoUrl,
		lastFrameUrl: task.lastFrameUrl,
		lastFrameProblem: task.lastFrameProblem,
		provider: origin.provider,
		model: modelIn(origin),
		taskId,
		...origin.ordered,
		seed: task.seed,
		usage: usage && { ...usage },
		video: video && { ...video },
		createdAt: task.createdAt,
		completedAt: task.completedAt,
		expiresAt: task.expiresAt,
		failure: failure && { kind: kindOfEnd(task), ...failure },
		taskUrls: taskUrls && { ...taskUrls },
		refusedBy: origin.refusedBy,
		foundAgain: origin.foundAgain && FOUND_AGAIN,
		...(options.raw ? { raw: isObject(raw) ? raw : undefined } : {}),
	});
	return withInput(row, origin.input);
}

/** A task of many: what tells one from another is in view, and the long addresses come last. */
export function toListedRow(task: Task, origin: RowOrigin, options: { raw: boolean }): JsonObject {
	const { videoUrl, lastFrameUrl, taskUrls, raw, ...about } = toRow(task, origin, options);
	return withoutUndefined({ ...about, videoUrl, lastFrameUrl, taskUrls, raw });
}

/** What went wrong, for an IF node (`kind`), for a person, and for the vendor's support. */
export const failureOf = ({ kind, code, description, requestId }: Problem) =>
	withoutUndefined({ kind, code, message: printable(description), requestId });

/** A problem as the row that Continue On Fail puts out. */
export function toErrorRow(problem: Problem, origin: RowOrigin): JsonObject {
	const { message, taskId, status, videoUrl, taskUrls } = problem;
	const row = withoutUndefined({
		error: printable(message),
		status,
		videoUrl,
		provider: origin.provider,
		model: modelIn(origin),
		taskId,
		...origin.ordered,
		failure: failureOf(problem),
		taskUrls,
		refusedBy: origin.refusedBy,
		foundAgain: origin.foundAgain && FOUND_AGAIN,
	});
	return withInput(row, origin.input);
}
