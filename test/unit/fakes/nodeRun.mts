import { toJson, type Json } from '../../../nodes/shared/domain/json';
import type { Problem } from '../../../nodes/shared/domain/problem';
import { fail, ok } from '../../../nodes/shared/domain/result';
import type { Clock } from '../../../nodes/shared/domain/time';
import type { Transport, VendorRequest } from '../../../nodes/shared/domain/vendor';
import type { Network } from '../../../nodes/shared/host/network';
import type { PollerPlan } from '../../../nodes/shared/host/pollerPlan';
import type { Process } from '../../../nodes/shared/host/process';
import type { WaitingCaller } from '../../../nodes/shared/host/readers';
import type { ItemResult, OnProblem, Output } from '../../../nodes/shared/host/rows';
import type { NodeRun } from '../../../nodes/shared/host/run';
import { createClaims } from '../../../nodes/shared/tasks/claims';
import { openGrace } from '../../../nodes/shared/tasks/grace';
import { createLookCount } from '../../../nodes/shared/tasks/pace';
import { openToldModels } from '../../../nodes/shared/tasks/told';
import { toErrorRow } from '../../../nodes/shared/tasks/row';
import type { Session } from '../../../nodes/shared/tasks/session';
import { openWorks } from '../../../nodes/shared/tasks/works';
import { answer, providerOf } from '../helpers.mts';
import { fileStore, nodeInput, type GivenInput } from './nodeInput.mts';
import { memoryTables } from './tables.mts';
import { minutes, Time } from './time.mts';
import { baseUrls, FakeVendor, jsonAnswer, type HttpAnswer, type VendorId } from './vendor.mts';

export const TRIGGER_URL = 'https://n8n.example.com/webhook/hook-1/seedance';

const takenAnswers: Record<VendorId, (taskId: string) => object> = {
	apikley: (taskId) => ({ code: 200, data: { taskId } }),
	modellix: (task_id) => ({ code: 0, data: { task_id, status: 'pending' } }),
	aimlapi: (id) => ({ id, status: 'queued' }),
};

/** A vendor that takes orders, works on each for a while, and counts how many at once. */
export class SellingVendor extends FakeVendor {
	readonly orders: Array<{ taskId: string; at: number; request: VendorRequest }> = [];
	/** How often it was asked for a video. */
	asked = 0;
	worksMs = minutes(2);
	/** How long it takes to answer an order. */
	answerMs = 0;
	inWorks = 0;
	mostInWorks = 0;
	/** Answers an order, counted from 0, instead of taking it. */
	instead: (order: number) => HttpAnswer | undefined = () => undefined;

	constructor(
		id: VendorId,
		private readonly timer: Time,
	) {
		super(id, timer);
	}

	take(request: VendorRequest): HttpAnswer {
		const refusal = this.instead(this.asked);
		this.asked += 1;
		if (refusal !== undefined) return refusal;
		const taskId = `${this.id}-${this.orders.length + 1}`;
		this.orders.push({ taskId, at: this.timer.now(), request });
		this.set(taskId, 'running');
		this.inWorks += 1;
		this.mostInWorks = Math.max(this.mostInWorks, this.inWorks);
		this.timer.at(this.timer.now() + this.worksMs, () => {
			this.inWorks -= 1;
			this.set(taskId, 'succeeded');
		});
		return jsonAnswer(200, takenAnswers[this.id](taskId));
	}
}

export const noCredits = (): HttpAnswer => jsonAnswer(402, { code: 402, message: 'no credits' });
export const tooMany = (): HttpAnswer => jsonAnswer(429, { code: 429, message: 'too many' });

const toResponse = ({ statusCode, body }: HttpAnswer) =>
	ok(answer(JSON.parse(String(body)), statusCode));

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
	hints: string[];
	/** The vendors whose accounts it has opened, and the addresses that it has called. */
	accounts: unknown[];
	posted: string[];
	/** Rows of tasks that go on although the user has stopped the execution. */
	left: Json[][];
	plans: PollerPlan[];
	/** What is kept in the place of the items while the execution is paused. */
	parked: Output[];
	pausedUntil?: number;
	stop(): void;
}

/** Everything that a node's run needs, in memory: vendors, time and tables; no n8n. */
export class MemoryHost {
	readonly time = new Time();
	readonly apikley = new SellingVendor('apikley', this.time);
	readonly modellix = new SellingVendor('modellix', this.time);
	readonly ledger = memoryTables();
	readonly logged: string[] = [];
	/** Tasks whose video cannot be fetched. */
	readonly brokenFiles = new Set<string>();
	readonly process: Process = {
		id: 'process',
		startedAt: this.time.now() - minutes(60),
		clock: clockOf(this.time),
		startingMs: () => 0,
	};
	private executions = 0;

	private session(vendor: SellingVendor, stopSignal: AbortSignal): Session {
		const { clock } = this.process;
		const { id } = vendor;
		const transport: Transport = {
			async read({ method, url, query }) {
				const search = new URLSearchParams(query).toString();
				return toResponse(await vendor.answer({ method, url: `${baseUrls[id]}${url}?${search}` }));
			},
			submit: async (request) => {
				if (vendor.answerMs > 0) await this.time.sleep(vendor.answerMs);
				return toResponse(vendor.take(request));
			},
			openFile: async () => await Promise.resolve(undefined),
		};
		return {
			providerId: id,
			account: id,
			baseUrl: baseUrls[id],
			isBusy: () => false,
			works: openWorks(clock),
			lookCount: createLookCount(),
			toldModels: openToldModels(),
			grace: openGrace(),
			claims: createClaims(),
			knownSince: 0,
			provider: providerOf(id),
			clock,
			stopSignal,
			callbackKeys: [{ key: Buffer.from('key'), isSecret: true }],
			signingKey: async () => await Promise.resolve({ key: Buffer.from('key'), isSecret: true }),
			referenceKey: Buffer.from(`key of ${id}`),
			webhookSecret: '',
			log: (message) => this.logged.push(message),
			pace: async () => await Promise.resolve(),
			transport,
			transportAfterStop: transport,
		};
	}

	open(given: GivenRun = {}): OpenedRun {
		const { onProblem = 'throw', kept = {}, caller, canPark = true, isRetry = false } = given;
		const { items = [{ json: {} }], startsPollers = true } = given;
		const executionId = isRetry ? 'retried' : `execution-${(this.executions += 1)}`;
		const stopper = new AbortController();
		const onStop: Array<() => void> = [];
		const opened: Omit<OpenedRun, 'run'> = {
			hints: [],
			accounts: [],
			posted: [],
			left: [],
			plans: [],
			parked: [...items],
			stop() {
				stopper.abort(new Error('stopped by the user'));
				for (const work of onStop) work();
			},
		};
		const log = (message: string) => void this.logged.push(message);
		const run: NodeRun = {
			...nodeInput(given),
			...fileStore({ stored: { data: '', mimeType: 'image/png' }, bytes: Buffer.from('') }),
			...networkOf(executionId, opened.posted, given.network),
			process: this.process,
			log: { debug: log, info: log, warn: log, error: log },
			kept,
			executionId,
			parentId: () => undefined,
			runIndex: () => 0,
			keep: (index, item) => void (opened.parked[index] = item),
			deliveryUrl: () => `https://n8n.example.com/webhook-waiting/${executionId}/seedance-delivery`,
			pauseUntil: async (endsAt) => await Promise.resolve(void (opened.pausedUntil = endsAt)),
			startPoller: async (plan) => {
				if (!startsPollers) return await Promise.resolve(fail('no'));
				opened.plans.push(plan);
				return ok(undefined);
			},
			openSession: async (id) => {
				opened.accounts.push(id);
				return await Promise.resolve(
					id === 'apikley' || id === 'modellix'
						? ok(this.session(this[id], stopper.signal))
						: fail(noAccess),
				);
			},
			fetchFiles: async (_, task, { property }) => {
				if (this.brokenFiles.has(task.taskId)) return fail('HTTP status 403');
				const file = { data: '', mimeType: 'video/mp4', id: `file of ${task.taskId}` };
				return await Promise.resolve(ok({ task, files: { [property]: file } }));
			},
			hint: (message) => void opened.hints.push(message),
			settle: (results) => rowsOf(results, onProblem),
			raise(problem, itemIndex) {
				if (onProblem === 'throw') throw new Error(`${problem.message} [item ${itemIndex}]`);
			},
			stopSignal: stopper.signal,
			onStop: (work) => void onStop.push(work),
			noteStoppedTasks: async (rows) =>
				await Promise.resolve(void opened.left.push(rows.map((row) => toJson(row)))),
			canPark: () => canPark,
			isToolExecution: () => false,
			findWaitingCaller: async () => await Promise.resolve(caller),
			tables: this.ledger.tables,
			place: () => ({
				workflow: 'Films',
				workflowId: 'wf-1',
				executionId,
				node: 'Make Video',
				nodeId: 'node-1',
				token: isRetry ? 'execution-1' : executionId,
			}),
			isRetry: () => isRetry,
		};
		return Object.assign(opened, { run });
	}
}

const noAccess: Problem = {
	kind: 'noAccess',
	code: 'noAccess',
	message: 'Choose a credential',
	description: 'It stands in the node.',
};

const clockOf = ({ now, sleep, deadline, random }: Time): Clock => ({
	now,
	sleep,
	deadline,
	random,
});

/** This host's webhooks: an execution that runs, and a trigger that waits for its videos. */
function networkOf(executionId: string, posted: string[], own: Partial<Network> = {}): Network {
	const reply = (url: string) =>
		url.includes('/webhook-waiting/')
			? { httpStatus: 409, body: { message: `The execution "${executionId}" is running already.` } }
			: { httpStatus: 200, body: { state: 'pending' } };
	return {
		async post(url) {
			posted.push(url);
			return await Promise.resolve(reply(url));
		},
		tryPost: async (url) => await Promise.resolve(ok(reply(url))),
		read: async () => await Promise.resolve(undefined),
		...own,
	};
}

function rowsOf(results: readonly ItemResult[], onProblem: OnProblem) {
	return results.map(({ itemIndex, origin, result }) => {
		const pairedItem = { item: itemIndex };
		if (result.ok) return { ...result.value, pairedItem };
		if (onProblem === 'throw') throw new Error(`${result.error.message} [item ${itemIndex}]`);
		return { json: toJson(toErrorRow(result.error, origin)), pairedItem };
	});
}
