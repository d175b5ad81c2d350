import type { IDataObject } from 'n8n-workflow';
import type { Problem } from '../errors';
import type { Task } from '../vendors';
import { withoutUndefined } from '../vendors/reading';

export interface RowOrigin {
	provider: string;
	model: string;
}

/** A task as the output row of the contract; with `raw`, the vendor's answer is added. */
export function toRow(task: Task, origin: RowOrigin, options: { raw: boolean }): IDataObject {
	const { raw, taskId, status, unknownStatus, failure, usage } = task;
	return withoutUndefined({
		taskId,
		provider: origin.provider,
		model: origin.model === '' ? undefined : origin.model,
		status,
		vendorStatus: unknownStatus,
		videoUrl: task.videoUrl,
		lastFrameUrl: task.lastFrameUrl,
		usage: usage && { ...usage },
		createdAt: task.createdAt,
		completedAt: task.completedAt,
		expiresAt: task.expiresAt,
		failure: failure && { ...failure },
		...(options.raw ? { raw: isDataObject(raw) ? raw : undefined } : {}),
	});
}

/** A problem as the row that Continue On Fail puts out. */
export function toErrorRow(problem: Problem, origin: RowOrigin): IDataObject {
	const { message, description, code, taskId, status, videoUrl } = problem;
	return withoutUndefined({
		error: message,
		taskId,
		provider: origin.provider,
		model: origin.model === '' ? undefined : origin.model,
		status,
		videoUrl,
		failure: { code, message: description },
	});
}

function isDataObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
