import { z } from 'zod/v4';
import { isObject, withoutUndefined, type JsonObject } from '../domain/json';
import type { Problem } from '../domain/problem';
import type { Task } from '../domain/task';
import { printable } from '../domain/words';

/** A vendor that certainly did not take a video, so that the next one was asked. */
export const refusalSchema = z.object({
	provider: z.string(),
	model: z.string(),
	code: z.string(),
	message: z.string(),
});

export type Refusal = z.infer<typeof refusalSchema>;

/** What a task cost, in whatever a vendor counts. */
export const usageSchema = z.object({
	credits: z.number().optional(),
	tokens: z.number().optional(),
	usd: z.number().optional(),
	billableUnits: z.number().optional(),
	seconds: z.number().optional(),
});

/** What was ordered, under this package's names. */
export const orderedSchema = z.object({
	prompt: z.string().optional(),
	duration: z.union([z.number(), z.string()]).optional(),
	resolution: z.string().optional(),
	aspectRatio: z.string().optional(),
});

export type Ordered = z.infer<typeof orderedSchema>;

export interface RowOrigin {
	provider: string;
	model: string;
	/** Absent where nobody knows it any more. */
	ordered?: Ordered;
	/** Who was asked before, in this order; absent when nobody was. */
	refusedBy?: Refusal[];
}

const modelIn = ({ model }: RowOrigin) => (model === '' ? undefined : model);

/**
 * A task as the output row of the contract; with `raw`, the vendor's answer is added. In n8n's table
 * the first fields are in view, so the result comes before names and numbers.
 */
export function toRow(task: Task, origin: RowOrigin, options: { raw: boolean }) {
	const { raw, taskId, status, unknownStatus, failure, usage, video, addresses } = task;
	return withoutUndefined({
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
		failure: failure && { ...failure },
		taskUrls: addresses && { ...addresses },
		refusedBy: origin.refusedBy,
		...(options.raw ? { raw: isObject(raw) ? raw : undefined } : {}),
	});
}

/** A problem as the row that Continue On Fail puts out. */
export function toErrorRow(problem: Problem, origin: RowOrigin): JsonObject {
	const { message, description, code, taskId, status, videoUrl, addresses } = problem;
	return withoutUndefined({
		error: printable(message),
		status,
		videoUrl,
		provider: origin.provider,
		model: modelIn(origin),
		taskId,
		...origin.ordered,
		failure: { code, message: printable(description) },
		taskUrls: addresses,
		refusedBy: origin.refusedBy,
	});
}
