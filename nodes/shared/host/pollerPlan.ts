import { z } from 'zod/v4';

/** Two pollers of different rhythm look after every wait; neither knows of the other. */
export const rhythms = ['close', 'wide'] as const;

export type Rhythm = (typeof rhythms)[number];

const planSchema = z.object({
	/** Where to ring, and what to send along. */
	rings: z.array(z.object({ url: z.string(), body: z.record(z.string(), z.string()) })),
	rhythm: z.enum(rhythms),
	/** Unix milliseconds. */
	startedAt: z.number(),
	/** When the poller gives up, whatever it was told. */
	endsAt: z.number(),
	maxGapMs: z.number().optional(),
});

/** All that a poller knows: no vendor, no task, no credential. */
export type PollerPlan = z.infer<typeof planSchema>;

export const readPlan = (value: unknown): PollerPlan | undefined =>
	planSchema.safeParse(value).data;
