import type { Json } from '../../../nodes/shared/domain/json';
import { fail } from '../../../nodes/shared/domain/result';
import type { Network } from '../../../nodes/shared/host/network';
import type { PollerPlan } from '../../../nodes/shared/host/pollerPlan';
import type { WaitingCaller } from '../../../nodes/shared/host/readers';
import type { OnProblem } from '../../../nodes/shared/host/rows';
import type { NodeRun } from '../../../nodes/shared/host/run';
import { tablesOf } from '../../../nodes/shared/n8n/dataTable';
import { downloadTask } from '../../../nodes/shared/n8n/download';
import { settle, toNodeError } from '../../../nodes/shared/n8n/settle';
import { fakeDataTables } from './dataTables.mts';
import type { Execution } from './executions.mts';
import { FakeHost, WORKFLOW } from './host.mts';
import { fileStore, nodeInput, type GivenInput } from './nodeInput.mts';

export interface GivenRun extends GivenInput {
	onProblem?: OnProblem;
	/** What the host keeps for the node; that of an earlier run where it is tried again. */
	kept?: Json;
	caller?: WaitingCaller;
	canPark?: boolean;
	isRetry?: boolean;
	/** Whether an address of this host answers, and what. */
	network?: Partial<Network>;
	startsPollers?: boolean;
}

/** A run of a node, as it is opened to the story, and what the story has done with it. */
export interface OpenedRun {
	run: NodeRun;
	execution: Execution;
	hints: string[];
	/** The vendors whose accounts it has opened, and the addresses that it has called. */
	accounts: unknown[];
	posted: string[];
	/** Rows of tasks that go on although the user has stopped the execution. */
	left: Json[][];
	plans: PollerPlan[];
	stop(): void;
}

/** A host in memory whose nodes order, too: a run of a node from its items to its rows, or to its pause. */
export class NodeHost extends FakeHost {
	readonly apikley = this.vendor;
	readonly modellix = this.second;
	readonly ledger = (this.tables = fakeDataTables());

	open(given: GivenRun = {}): OpenedRun {
		const { onProblem = 'throw', kept = {}, caller, canPark = true, isRetry = false } = given;
		const { items = [{ json: {} }], startsPollers = true } = given;
		const execution = this.newExecution({ items: [...items], kept });
		const stopper = new AbortController();
		const onStop: Array<() => void> = [];
		const opened: Omit<OpenedRun, 'run'> = {
			execution,
			hints: [],
			accounts: [],
			posted: [],
			left: [],
			plans: [],
			stop() {
				stopper.abort(new Error('stopped by the user'));
				for (const work of onStop) work();
			},
		};
		const { node } = execution;
		const { clock } = this.process;
		const outside = this.outside(execution.id);
		const parking = this.runOf(execution);
		const run: NodeRun = {
			...nodeInput(given),
			...fileStore({ stored: { data: '', mimeType: 'image/png' }, bytes: Buffer.from('') }),
			...parking,
			async post(url, content) {
				opened.posted.push(url);
				return await parking.post(url, content);
			},
			...given.network,
			startPoller: async (plan) => {
				if (!startsPollers) return fail('no');
				opened.plans.push(plan);
				return await parking.startPoller(plan);
			},
			openSession: async (id) => {
				opened.accounts.push(id);
				return await this.openSession(id, this.process, stopper.signal);
			},
			fetchFiles: async (account, task, rules) => {
				const { signal: stopSignal } = stopper;
				return await downloadTask(outside, { ...account, clock, stopSignal }, task, rules);
			},
			hint: (message) => void opened.hints.push(message),
			settle: (results) => settle(node, results, onProblem),
			raise(problem, itemIndex) {
				if (onProblem === 'throw') throw toNodeError(node, problem, itemIndex);
			},
			stopSignal: stopper.signal,
			onStop: (work) => void onStop.push(work),
			noteStoppedTasks: async (rows) =>
				await Promise.resolve(void opened.left.push(rows.map((row) => ({ ...row })))),
			canPark: () => canPark,
			isToolExecution: () => false,
			findWaitingCaller: async () => await Promise.resolve(caller),
			tables: tablesOf(this.runInline, clock),
			place: () => ({
				workflow: 'Films',
				workflowId: WORKFLOW,
				executionId: execution.id,
				node: node.name,
				nodeId: node.id,
				token: isRetry ? this.executions[0]?.token : execution.token,
			}),
			isRetry: () => isRetry,
		};
		return Object.assign(opened, { run });
	}
}
