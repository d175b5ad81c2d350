import type { INode, INodeExecutionData } from 'n8n-workflow';
import type { Json } from '../../../nodes/shared/domain/json';
import type { Network } from '../../../nodes/shared/host/network';
import type { PollerPlan } from '../../../nodes/shared/host/pollerPlan';
import type { Process } from '../../../nodes/shared/host/process';
import type { PollerRun } from '../../../nodes/shared/host/run';
import type { RawCall } from '../../../nodes/shared/n8n/call';
import { DELIVERY_PATH } from '../../../nodes/shared/host/paths';
import { runPoller } from '../../../nodes/shared/parking/poller';
import { jsonAnswer, type HttpAnswer } from './vendor.mts';

/** n8n's wait tracker looks so often for executions whose time comes soon. */
const TRACKER_MS = 60_000;

export interface Execution {
	id: string;
	/** Ends the addresses at which it takes calls. */
	token: string;
	node: INode;
	state: 'running' | 'waiting' | 'success' | 'error' | 'canceled' | 'crashed';
	/** What the waiting node was given. */
	items: INodeExecutionData[];
	waitTill: number;
	/** Of pollers alone: what their node was made with. */
	plan?: string;
	/** The one that has called this one and waits for its rows. */
	parentId?: string;
	/** Which run of the node in it is at work. */
	runIndex: number;
	/** What is kept for the node beside the items. */
	kept: Json;
	/** What the nodes behind it are given. */
	rows?: INodeExecutionData[];
	error?: Error;
}

/** A call from outside to one of its webhooks. */
export type Call = Partial<RawCall>;

/** What becomes of a call. */
export interface Answer {
	httpStatus: number;
	body: Record<string, unknown>;
	/** What the nodes behind are given. */
	rows?: INodeExecutionData[];
	/** With which the node ends. */
	error?: Error;
}

/** The time in which executions wait. */
export interface Timer {
	now(): number;
	at(at: number, ring: () => void): void;
}

export const nodeOf = (more: Partial<INode> = {}): INode => ({
	id: 'node-1',
	name: 'Make Video',
	type: 'n8n-nodes-seedance.seedanceTextToVideo',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
	...more,
});

export const clone = <T,>(value: T): T => JSON.parse(JSON.stringify(value));

/**
 * The executions of an n8n: they wait, are woken, and take calls, as far as a story can notice (n8n
 * 2.41.1). Who takes the calls, whoever is a world says.
 */
export abstract class Executions {
	readonly executions: Execution[] = [];
	private trackedSince?: number;
	isUp = true;

	constructor(private readonly timer: Timer) {}

	/** The process that is up. */
	abstract process: Process;
	/** The way of the hidden executions to this n8n. */
	protected abstract network: Pick<Network, 'post' | 'read'>;
	/** A call to a paused execution, without what n8n makes of the answer. */
	abstract ring(execution: Execution, call: Call): Promise<Answer>;
	/** The trigger that listens under a path; undefined for none. */
	protected abstract triggerAt(path: string): ((call: Call) => Promise<Answer>) | undefined;

	newExecution(more: Partial<Execution> = {}): Execution {
		const id = String(101 + this.executions.length);
		const execution: Execution = {
			id,
			token: `sig-${id}`,
			node: nodeOf(),
			state: 'running',
			items: [],
			waitTill: 0,
			runIndex: 0,
			kept: {},
			...more,
		};
		this.executions.push(execution);
		return execution;
	}

	get pollers(): Execution[] {
		return this.executions.filter(({ plan }) => plan !== undefined);
	}

	livePollers(): Execution[] {
		return this.pollers.filter(({ state }) => state === 'running' || state === 'waiting');
	}

	/** Wakes waiting executions from now on, as n8n's wait tracker does. */
	track(): void {
		this.trackedSince = this.timer.now();
		this.executions.forEach((execution) => this.trackOne(execution));
	}

	/** Goes on doing so after a start. */
	protected trackAgain(): void {
		if (this.trackedSince !== undefined) this.track();
	}

	protected putToWait(execution: Execution, endsAt: number): void {
		if (Number.isNaN(endsAt)) throw new Error('That is no time');
		execution.waitTill = endsAt;
		execution.state = 'waiting';
		this.trackOne(execution);
	}

	/** A waiting execution is seen at the tracker's next look, and woken when its time has come. */
	private trackOne(execution: Execution): void {
		const { waitTill, state } = execution;
		if (this.trackedSince === undefined || state !== 'waiting') return;
		const looks = Math.ceil((this.timer.now() - this.trackedSince) / TRACKER_MS);
		this.timer.at(Math.max(waitTill, this.trackedSince + looks * TRACKER_MS), () => {
			const isWaiting = execution.state === 'waiting' && execution.waitTill === waitTill;
			if (this.isUp && isWaiting) void this.wake(execution);
		});
	}

	/** What n8n does when a waiting execution's time has come. */
	async wake(execution: Execution): Promise<void> {
		if (execution.plan !== undefined) return await this.runRound(execution);
		execution.state = 'success';
		execution.rows = execution.items;
	}

	startPoller(plan: PollerPlan): void {
		const poller = this.newExecution({ items: [{ json: {} }], plan: JSON.stringify(plan) });
		void this.runRound(poller);
	}

	/** One round of a poller, as it is opened to the story. */
	pollerRunOf(execution: Execution): PollerRun {
		return {
			...this.network,
			process: this.process,
			plan: execution.plan,
			items: () => execution.items,
			kept: execution.kept,
			async restUntil(nextAt) {
				execution.waitTill = nextAt;
			},
		};
	}

	private async runRound(execution: Execution): Promise<void> {
		execution.state = 'running';
		const done = await runPoller(this.pollerRunOf(execution));
		if (execution.state !== 'running') return;
		execution.kept = clone(execution.kept);
		if (!done.ok) {
			execution.state = 'error';
			execution.error = new Error(done.error.message);
		} else if (done.value === 'over') execution.state = 'success';
		else this.putToWait(execution, execution.waitTill);
	}

	/** What a call to one of the webhooks is answered (n8n-facts 11). */
	async receive(url: string, call: Call): Promise<HttpAnswer> {
		const { pathname, searchParams } = new URL(url);
		const [, kind, id = '', suffix] = pathname.split('/');
		const given = { query: Object.fromEntries(searchParams), ...call };
		const trigger = kind === 'webhook' ? this.triggerAt(id) : undefined;
		if (trigger === undefined) {
			const token = searchParams.get('signature');
			return await this.receiveWaiting({ id, suffix, token }, given);
		}
		const { httpStatus, body } = await trigger(given);
		return jsonAnswer(httpStatus, body);
	}

	private async receiveWaiting(
		{ id, suffix, token }: { id: string; suffix?: string; token: string | null },
		call: Call,
	): Promise<HttpAnswer> {
		const execution = this.executions.find((known) => known.id === id);
		if (execution === undefined) return says(404, `The execution "${id}" does not exist.`);
		if (token !== execution.token) return jsonAnswer(401, { error: 'Invalid token' });
		if (execution.state === 'running') {
			return says(409, `The execution "${id}" is running already.`);
		}
		if (execution.state === 'success') {
			return says(409, `The execution "${id} has finished already.`);
		}
		if (execution.state !== 'waiting') {
			return says(409, `The execution "${id}" has finished with error.`);
		}
		if (suffix !== DELIVERY_PATH || execution.plan !== undefined) {
			const hint = 'does not contain a waiting webhook with a matching path/method.';
			return says(404, `The workflow for execution "${id}" ${hint}`);
		}
		const { httpStatus, body, rows, error } = await this.ring(execution, call);
		if (rows === undefined) return jsonAnswer(httpStatus, body);
		// n8n resumes an execution once, whoever else has come meanwhile.
		if (execution.state !== 'waiting') {
			return says(500, 'There was a problem executing the workflow');
		}
		execution.state = error === undefined ? 'success' : 'error';
		execution.rows = rows;
		execution.error = error;
		return jsonAnswer(httpStatus, body);
	}
}

const says = (statusCode: number, message: string): HttpAnswer =>
	jsonAnswer(statusCode, { code: statusCode, message });
