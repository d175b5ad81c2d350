import { z } from 'zod/v4';
import { isObject, withoutUndefined, type JsonObject } from '../domain/json';
import { inOnePlainLine } from '../domain/plainText';
import type { Problem } from '../domain/problem';
import type { Task } from '../domain/task';

/** A vendor that certainly did not take a video, so that the next one was asked. */
export const refusalSchema = z.object({
	provider: z.string(),
	model: z.string(),
	code: z.string(),
	message: z.string(),
});

export type Refusal = z.infer<typeof refusalSchema>;

export interface RowOrigin {
	provider: string;
	model: string;
	/** Who was asked before, in this order; absent when nobody was. */
	refusedBy?: Refusal[];
}

const modelIn = ({ model }: RowOrigin) => (model === '' ? undefined : model);

/**
 * A task as the output row of the contract; with `raw`, the vendor's answer is added. In n8n's table
 * the first fields are in view, so the result comes before names and numbers.
 */
export function toRow(task: Task, origin: RowOrigin, options: { raw: boolean }) {
	const { raw, taskId, status, unknownStatus, failure, usage, addresses } = task;
	return withoutUndefined({
		status,
		vendorStatus: unknownStatus,
		videoUrl: task.videoUrl,
		lastFrameUrl: task.lastFrameUrl,
		provider: origin.provider,
		model: modelIn(origin),
		taskId,
		usage: usage && { ...usage },
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
		error: inOnePlainLine(message),
		status,
		videoUrl,
		provider: origin.provider,
		model: modelIn(origin),
		taskId,
		failure: { code, message: inOnePlainLine(description) },
		taskUrls: addresses,
		refusedBy: origin.refusedBy,
	});
}
