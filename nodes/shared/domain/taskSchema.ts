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

export const taskReferenceSchema = z.object({
	taskId: z.string(),
	/** The vendor's ID of the model; empty when nobody knows it any more. */
	modelId: z.string(),
	taskUrls: taskUrlsSchema.optional(),
});

/** What identifies a task at its vendor: enough to look at it, also from another execution. */
export type TaskReference = z.infer<typeof taskReferenceSchema>;

/** What a task cost, in whatever a vendor counts. */
export const usageSchema = z.object({
	credits: z.number().optional(),
	tokens: z.number().optional(),
	usd: z.number().optional(),
	/** What the vendor multiplies with its price, which differs from model to model. */
	billableUnits: z.number().optional(),
	/** Of finished video. */
	seconds: z.number().optional(),
});

export type TaskUsage = z.infer<typeof usageSchema>;
