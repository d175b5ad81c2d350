import type { INode, IWorkflowBase } from 'n8n-workflow';
import { z } from 'zod/v4';
import { PLAN_PARAMETER } from '../models/placement';
import { connectionTo, inlineNode, inlineWorkflow } from '../n8n/executions';

/** Two pollers of different rhythm look after every wait; neither knows of the other. */
export type Rhythm = 'close' | 'wide';

export const rhythms: readonly Rhythm[] = ['close', 'wide'];

const planSchema = z.object({
	/** Where to ring, and what to send along. */
	rings: z.array(z.object({ url: z.string(), body: z.record(z.string(), z.string()) })),
	rhythm: z.enum(['close', 'wide']),
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

const POLLER_TYPE = 'seedancePoller';

const notes: Record<Rhythm, string> = {
	close: 'asks every few minutes',
	wide: 'asks less often, should the first one be lost',
};

/**
 * The workflow of a poller. Its node's output leads back to itself, because n8n passes a waiting
 * node's items on instead of running it again (2.41.1).
 */
export function pollerWorkflow(
	node: Pick<INode, 'name' | 'type'>,
	plan: PollerPlan,
): IWorkflowBase {
	const name = `Poller for ${node.name}`;
	const packagePrefix = node.type.slice(0, node.type.lastIndexOf('.') + 1);
	const poller = inlineNode(1, name, `${packagePrefix}${POLLER_TYPE}`, {
		parameters: { [PLAN_PARAMETER]: JSON.stringify(plan) },
		notes: `Looks after a Seedance video for the node "${node.name}": ${notes[plan.rhythm]}. It ends by itself.`,
	});
	return inlineWorkflow(
		`Seedance: poller for "${node.name}" (${plan.rhythm})`,
		name,
		[poller],
		{ [name]: { main: [[connectionTo(name)]] } },
		'errors',
	);
}
