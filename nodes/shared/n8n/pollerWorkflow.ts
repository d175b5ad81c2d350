import type { INode, IWorkflowBase } from 'n8n-workflow';
import type { PollerPlan, Rhythm } from '../host/pollerPlan';
import { PLAN_PARAMETER } from '../models/nodeParameters';
import { connectionTo, inlineNode, inlineWorkflow } from './executions';

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
		notesInFlow: true,
	});
	return inlineWorkflow(
		`Seedance: poller for "${node.name}" (${plan.rhythm})`,
		name,
		[poller],
		{ [name]: { main: [[connectionTo(name)]] } },
		'errors',
	);
}
