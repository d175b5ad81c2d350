import type { OnProblem } from '../lifecycle/settle';
import {
	NodeConnectionTypes,
	type IConnections,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type IWorkflowBase,
	type IWorkflowSettings,
} from 'n8n-workflow';

/** What a hidden execution of this package does. */
export type PollerRole =
	/** Looks at the tasks from time to time and rests in n8n's database in between. */
	| 'keeper'
	/** Starts a new keeper when the old one was killed while it was awake. */
	| 'guardian';

/** Items that go round and items that are done. */
export type PollerOutput = [INodeExecutionData[], INodeExecutionData[]];

/** What becomes of a task that has ended. */
export type PollerDuty = 'return' | 'deliver';

export interface PollerParameters extends INodeParameters {
	provider: string;
	duty: PollerDuty;
	onProblem: OnProblem;
	downloadVideo: boolean;
	binaryPropertyName: string;
	simplify: boolean;
	/** Where the keeper listens, for a guardian; empty when there is no keeper yet. */
	keeperUrl: string;
	/** The execution that waits for the videos, and where it listens; empty when none waits. */
	waiterId: string;
	waiterUrl: string;
}

const POLLER_TYPE = 'seedancePoller';
const START = 'Start';
const DONE = 'Done';

const workflowNames: Record<PollerRole, string> = {
	keeper: 'Seedance: wait for videos',
	guardian: 'Seedance: look after the keeper',
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
	const poller = step(1, name, `${packagePrefix}${POLLER_TYPE}`, 1, {
		parameters: { ...parameters, role },
		credentials: node.credentials,
	});
	return {
		...inlineWorkflow(workflowNames[role], [poller, step(2, DONE, 'n8n-nodes-base.noOp', 1)], {
			[START]: { main: [[to(name)]] },
			[name]: { main: [[to(name)], [to(DONE)]] },
		}),
		// A guardian leaves nothing worth keeping.
		settings: keeping(role === 'guardian' ? 'none' : 'all'),
	};
}

/** The inline sub-workflow that only shows its input: the tasks of a stopped execution. */
export function noteWorkflow(executionId: string): IWorkflowBase {
	const name = 'Submitted Tasks';
	return {
		...inlineWorkflow(
			`Seedance: tasks of the stopped execution ${executionId}`,
			[step(1, name, 'n8n-nodes-base.noOp', 1)],
			{ [START]: { main: [[to(name)]] } },
		),
		settings: keeping('all'),
	};
}

const to = (node: string) => ({ node, type: NodeConnectionTypes.Main, index: 0 });

function step(
	index: number,
	name: string,
	type: string,
	typeVersion: number,
	more: Partial<INode> = {},
): INode {
	return {
		id: `seedance-${index}`,
		name,
		type,
		typeVersion,
		position: [index * 220, 0],
		parameters: {},
		...more,
	};
}

/**
 * An instance that keeps no successful executions would delete the videos with them, so what is
 * kept is said here (2.41.1).
 */
function keeping(saveDataSuccessExecution: 'all' | 'none'): IWorkflowSettings {
	return {
		executionOrder: 'v1',
		callerPolicy: 'workflowsFromSameOwner',
		saveDataSuccessExecution,
		saveDataErrorExecution: 'all',
	};
}

function inlineWorkflow(name: string, nodes: INode[], connections: IConnections): IWorkflowBase {
	const start = step(0, START, 'n8n-nodes-base.executeWorkflowTrigger', 1.1, {
		parameters: { inputSource: 'passthrough' },
	});
	return {
		id: '',
		name,
		active: false,
		isArchived: false,
		activeVersionId: null,
		createdAt: new Date(0),
		updatedAt: new Date(0),
		nodes: [start, ...nodes],
		connections,
	};
}
