import { z } from 'zod/v4';
import type { Result } from './result';

/** Something a user has to know: what happened and how to go on. Becomes an error or a row. */
export const problemSchema = z.object({
	message: z.string(),
	description: z.string(),
	code: z.string(),
	taskId: z.string().optional(),
	/** Where the vendor said that the task can be asked for. */
	addresses: z.record(z.string(), z.string()).optional(),
	status: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired']).optional(),
	httpStatus: z.number().optional(),
	/** Known even though something failed, e.g. a finished video whose download did not work. */
	videoUrl: z.string().optional(),
});

export type Problem = z.infer<typeof problemSchema>;

export type Step<T> = Result<T, Problem>;
