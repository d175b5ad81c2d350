import { z } from 'zod/v4';
import { endStatuses, taskStatuses } from './status';

/**
 * How the parts of a task are read again from where they were kept: a ledger, a token, an item. Not
 * beside their types, because n8n would build schemas while it loads the nodes.
 */
export const statusSchema = z.enum(taskStatuses);

export const endStatusSchema = z.enum(endStatuses);

/** Where the vendor said that the task can be asked for, by the vendor's own names. */
export const taskUrlsSchema = z.record(z.string(), z.string());

/** A `TaskReference`. */
export const taskReferenceSchema = z.object({
	taskId: z.string(),
	modelId: z.string(),
	taskUrls: taskUrlsSchema.optional(),
});
