import { z } from 'zod/v4';
import { faultKinds } from './fault';
import type { Result } from './result';
import { taskUrlsSchema, statusSchema } from './taskSchema';

/** What has gone wrong, in this package's own words, which stay as they are. */
export const problemKinds = [
	...faultKinds,
	'mayHaveBeenAccepted',
	'orderedElsewhere',
	'cancelled',
	'expired',
	'noVideo',
	'timeout',
	'endUnknown',
	'handOverFailed',
	'notCollected',
	'noAccess',
	'downloadFailed',
	'maxOrders',
	'siblingPaused',
	'chainEnded',
	'unexpected',
] as const;

/** Of a row that an older version has written. */
const KIND_OF_OLD_ROWS = 'unexpected';

/** Something a user has to know: what happened and how to go on. Becomes an error or a row. */
export const problemSchema = z.object({
	message: z.string(),
	description: z.string(),
	kind: z.enum(problemKinds).catch(KIND_OF_OLD_ROWS),
	/** The vendor's own code where it gave one, else the kind. */
	code: z.string(),
	/** What the vendor's support finds the request by. */
	requestId: z.string().optional(),
	taskId: z.string().optional(),
	/** Where the vendor said that the task can be asked for. */
	taskUrls: taskUrlsSchema.optional(),
	status: statusSchema.optional(),
	httpStatus: z.number().optional(),
	/** Known even though something failed, e.g. a finished video whose download did not work. */
	videoUrl: z.string().optional(),
});

export type Problem = z.infer<typeof problemSchema>;

export type ProblemKind = Problem['kind'];

export type Step<T> = Result<T, Problem>;
