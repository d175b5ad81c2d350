import type { OnProblem } from '../lifecycle/settle';
import type { INode, INodeParameters, IWorkflowBase } from 'n8n-workflow';

/** What a hidden execution of this package does. */
export type PollerRole =
	/** Rests in n8n's database and has the tasks looked at from time to time. */
	| 'keeper'
	/** Looks at the tasks once, in an execution of its own that may die without harm. */
	| 'checker'
	/** Downloads finished videos, likewise. */
	| 'collector';

/** What becomes of a task that has ended. */
export type PollerDuty = 'return' | 'deliver';

export interface PollerParameters extends INodeParameters {
	provider: string;
	duty: PollerDuty;
	onProblem: OnProblem;
	downloadVideo: boolean;
	binaryPropertyName: string;
	simplify: boolean;
	/** Where the keeper listens; set for checker and collector. */
	keeperUrl: string;
}

const POLLER_TYPE = 'seedancePoller';
const START = 'Start';
const DONE = 'Done';

const workflowNames: Record<PollerRole, string> = {
	keeper: 'Seedance: wait for videos',
	checker: 'Seedance: look at tasks',
	collector: 'Seedance: download videos',
};

/**
 * The inline sub-workflow that runs one role. The poller node's first output leads back to itself,
 * because n8n passes a waiting node's items on instead of running it again (2.41.1).
 */
export function pollerWorkflow(
	role: PollerRole,
	node: Pick<INode, 'name' | 'type' | 'credentials'>,
	parameters: PollerParameters,
): IWorkflowBase {
	const name = node.name === START || node.name === DONE ? `Seedance ${node.name}` : node.name;
	const packagePrefix = node.type.slice(0, node.type.lastIndexOf('.') + 1);
	const step = (
		index: number,
		stepName: string,
		type: string,
		typeVersion: number,
		more: Partial<INode> = {},
	): INode => ({
		id: `seedance-${role}-${index}`,
		name: stepName,
		type,
		typeVersion,
		position: [index * 220, 0],
		parameters: {},
		...more,
	});
	return {
		id: '',
		name: workflowNames[role],
		active: false,
		isArchived: false,
		activeVersionId: null,
		createdAt: new Date(0),
		updatedAt: new Date(0),
		nodes: [
			step(0, START, 'n8n-nodes-base.executeWorkflowTrigger', 1.1, {
				parameters: { inputSource: 'passthrough' },
			}),
			step(1, name, `${packagePrefix}${POLLER_TYPE}`, 1, {
				parameters: { ...parameters, role },
				credentials: node.credentials,
			}),
			step(2, DONE, 'n8n-nodes-base.noOp', 1),
		],
		connections: {
			[START]: { main: [[{ node: name, type: 'main', index: 0 }]] },
			[name]: {
				main: [[{ node: name, type: 'main', index: 0 }], [{ node: DONE, type: 'main', index: 0 }]],
			},
		},
		settings: {
			executionOrder: 'v1',
			callerPolicy: 'workflowsFromSameOwner',
			// Without 'all' an instance that keeps no successful executions deletes the videos too; the
			// checkers leave nothing worth keeping.
			saveDataSuccessExecution: role === 'checker' ? 'none' : 'all',
			saveDataErrorExecution: 'all',
		},
	};
}
