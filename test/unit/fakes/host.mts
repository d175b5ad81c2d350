import { Readable } from 'node:stream';
import {
	ObservableObject,
	type IBinaryData,
	type IDataObject,
	type IExecuteFunctions,
	type IHttpRequestOptions,
	type INode,
	type INodeExecutionData,
	type IWebhookFunctions,
} from 'n8n-workflow';
import { reasonOf } from '../../../nodes/shared/domain/json';
import type { Step } from '../../../nodes/shared/domain/problem';
import { fail, ok } from '../../../nodes/shared/domain/result';
import type { Clock } from '../../../nodes/shared/domain/time';
import { receiveCall } from '../../../nodes/shared/callbacks/trigger';
import type {
	Answer as HostAnswer,
	Call as HostCall,
	PauseCall,
	TriggerCall,
} from '../../../nodes/shared/host/call';
import type { Network } from '../../../nodes/shared/host/network';
import { DELIVERY_PATH } from '../../../nodes/shared/host/paths';
import type { PollerPlan } from '../../../nodes/shared/host/pollerPlan';
import type { Process } from '../../../nodes/shared/host/process';
import type { ParkingRun } from '../../../nodes/shared/host/run';
import { toIncoming, toRows } from '../../../nodes/shared/n8n/call';
import { clock } from '../../../nodes/shared/n8n/clock';
import { tablesOf } from '../../../nodes/shared/n8n/dataTable';
import { downloadTask } from '../../../nodes/shared/n8n/download';
import type { RunInline } from '../../../nodes/shared/n8n/executions';
import { isStoredFor } from '../../../nodes/shared/n8n/fileId';
import { logOf } from '../../../nodes/shared/n8n/log';
import { networkOf } from '../../../nodes/shared/n8n/post';
import { newProcess } from '../../../nodes/shared/n8n/process';
import { openSession } from '../../../nodes/shared/n8n/session';
import { onProblemOf } from '../../../nodes/shared/n8n/settle';
import { answerCall } from '../../../nodes/shared/parking/delivery';
import { newDeliveryAddress, park } from '../../../nodes/shared/parking/park';
import {
	deriveCallbackKey,
	newNonce,
	withCallbackToken,
	type CallbackClaims,
} from '../../../nodes/shared/tasks/callbackToken';
import type { LedgerReference } from '../../../nodes/shared/tasks/ledger';
import type { Session } from '../../../nodes/shared/tasks/session';
import type { AwaitedTask, Submitted } from '../../../nodes/shared/tasks/submit';
import type { FakeDataTables } from './dataTables.mts';
import {
	clone,
	Executions,
	nodeOf,
	type Answer,
	type Call,
	type Execution,
} from './executions.mts';
import { minutes, Time } from './time.mts';
import {
	baseUrls,
	FakeVendor,
	type HttpAnswer,
	type VendorId,
	type VendorTask,
} from './vendor.mts';

export type { Answer, Call, Execution } from './executions.mts';

const HOST = 'https://n8n.example.com';
export const WORKFLOW = 'wf-1';

export const TRIGGER_URL = `${HOST}/webhook/hook-1/seedance`;

export interface Credential extends IDataObject {
	apiKey: string;
	baseUrl?: string;
	callbackSecret?: string;
	webhookSecret?: string;
	previousCallbackSecret?: string;
	ownSecret?: string;
}

/** A process of the host. All that it remembers hangs on this object; what still goes on in it, its end ends. */
export type FakeProcess = Process & { kill(): void };

interface Look {
	note?: unknown;
	process?: FakeProcess;
}

function parkedOf({ items }: Execution): Record<string, unknown> {
	const { parked } = items[0]?.json ?? {};
	if (typeof parked !== 'object' || parked === null || !('nonce' in parked)) {
		throw new Error('The execution is not parked');
	}
	return { ...parked };
}

/** The nonce under which an execution is parked. */
export const nonceOf = (execution: Execution): string => String(parkedOf(execution).nonce);

/** The key that signs what a paused execution gives to its vendors and its pollers. */
export const keyOf = (execution: Execution): Buffer => Buffer.from(String(parkedOf(execution).key));

/** What the credential has made for itself. */
export const OWN_SECRET = 'the secret that the credential has made for itself';

export const deliveryUrlOf = ({ id, token }: Execution): string =>
	`${HOST}/webhook-waiting/${id}/${DELIVERY_PATH}?signature=${token}`;

/** What an address brings along. */
export const queryOf = (url: string) => Object.fromEntries(new URL(url).searchParams);

export type Claims = Partial<CallbackClaims> & { ageMs?: number };

/** As n8n names a file in its store. */
export const fileIdOf = (executionId: string, number: number, workflowId = WORKFLOW): string => {
	const uuid = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
	return `filesystem-v2:workflows/${workflowId}/executions/${executionId}/binary_data/${uuid}`;
};

const networkError = (code: string) => Object.assign(new Error(code), { code, syscall: 'connect' });

const never = new Promise<never>(() => {});

/** A host in memory with a vendor and a clock of its own: all that a wait needs, and no n8n. */
export class FakeHost extends Executions {
	/** The ledgers; without, a call that comes in can read and write none. */
	tables?: FakeDataTables;
	readonly time: Time;
	readonly vendor: FakeVendor;
	/** Takes the place of the vendor after a fallback. */
	readonly second: FakeVendor;
	/** Credentials of their own for some types; undefined for one that is gone. */
	readonly credentials = new Map<string, Credential | undefined>();
	process: FakeProcess;
	/** While it starts, its webhooks are not there yet. */
	isStarting = false;
	credential: Credential | undefined = { apiKey: 'sk-12345', ownSecret: OWN_SECRET };
	/** Keeps files in the items instead of its store. */
	keepsFilesInItems = false;
	/** The process that parks an execution ends at once, and calls nobody. */
	parksAndDies = false;
	/** Whether it tells a call the address of its execution; without it nobody looks between the calls. */
	tellsDeliveryUrl = true;
	/** Why it does not start a poller; undefined for one that it does. */
	refusal: (plan: PollerPlan) => string | undefined = () => undefined;
	readonly files = new Map<string, Buffer>();
	/** Every call to its own webhooks. */
	readonly calls: Array<{ url: string; at: number; body: unknown; answer: HttpAnswer | Error }> =
		[];
	readonly logged: string[] = [];
	/** Answers instead of this host, e.g. a proxy. */
	proxy?: (url: string) => HttpAnswer;
	/** The trigger of a workflow, with what is kept of it. */
	readonly trigger = {
		id: `${WORKFLOW}:node-1`,
		url: TRIGGER_URL as string | undefined,
		/** It listens for a test. */
		isTest: false,
		parameters: {} as IDataObject,
		saved: {} as IDataObject,
	};
	/** What has started the trigger's workflow. */
	readonly started: INodeExecutionData[] = [];
	protected readonly log = logOf({ logger: this.loggerInto(this.logged) });
	protected readonly network: Network = networkOf(this.outside('0'));

	constructor({ vendor = 'apikley' as VendorId, ageMs = minutes(10) } = {}) {
		const time = new Time();
		super(time);
		this.time = time;
		time.install(clock);
		this.vendor = new FakeVendor(vendor, time);
		this.second = new FakeVendor(vendor === 'modellix' ? 'aimlapi' : 'modellix', time);
		this.process = this.anotherProcess(ageMs);
		this.trigger.parameters = { provider: vendor, events: ['succeeded', 'failed'], options: {} };
	}

	/** Whatever ran dies with the process; what waits in the database stays. */
	kill(): void {
		this.isUp = false;
		this.process.kill();
		for (const execution of this.executions) {
			if (execution.state === 'running') execution.state = 'crashed';
		}
	}

	start(): void {
		this.process = this.anotherProcess(0);
		this.isUp = true;
		this.trackAgain();
	}

	/** Another process of the same host, e.g. another webhook processor. */
	anotherProcess(ageMs = minutes(10)): FakeProcess {
		const { time } = this;
		let isDead = false;
		const own: Clock = {
			now: time.now,
			deadline: time.deadline,
			random: time.random,
			async sleep(ms, signal) {
				await time.sleep(ms, signal);
				// Nothing of a dead process ever goes on.
				if (isDead) await never;
			},
		};
		const kill = () => void (isDead = true);
		return Object.assign(newProcess(own, time.now() - ageMs), { kill });
	}

	async session(provider: string = this.vendor.id): Promise<Session> {
		const opened = await this.openSession(provider, this.process);
		if (!opened.ok) throw new Error(opened.error.message);
		return opened.value;
	}

	protected async openSession(
		provider: unknown,
		process: Process,
		stopSignal?: AbortSignal,
	): Promise<Step<Session>> {
		return await openSession(this.outside('0'), provider, stopSignal, process);
	}

	/** The run of a node that may pause its execution. */
	runOf(execution: Execution, process: FakeProcess = this.process): ParkingRun {
		return {
			...this.network,
			process,
			log: this.log,
			executionId: execution.id,
			parentId: () => execution.parentId,
			runIndex: () => execution.runIndex,
			items: () => execution.items,
			kept: execution.kept,
			keep(index, { json, binary }) {
				const item = execution.items[index];
				if (item === undefined) return;
				execution.items[index] = { ...item, json, binary };
			},
			deliveryUrl: () => deliveryUrlOf(execution),
			pauseUntil: async (endsAt) => this.putToWait(execution, endsAt),
			startPoller: async (plan) => {
				const reason = this.refusal(plan);
				if (reason !== undefined) return fail(reason);
				this.startPoller(plan);
				return ok(undefined);
			},
		};
	}

	/** Parks an execution on these tasks, as the nodes do after they have submitted. */
	async pause(
		submitted: readonly SubmittedItem[],
		{ node, ...more }: { node?: Partial<INode>; parentId?: string } = {},
	): Promise<Execution> {
		const items = submitted.map((_, item) => ({ json: { prompt: `prompt ${item}` } }));
		const execution = this.newExecution({ node: nodeOf(node), items, ...more });
		const process = this.parksAndDies ? this.anotherProcess() : this.process;
		const run = this.runOf(execution, process);
		const tasks = await this.withSessions(submitted);
		const rows = await this.time.run(park(run, tasks, newDeliveryAddress(run)));
		if (rows === undefined) throw new Error('The execution was not parked');
		if (this.parksAndDies) process.kill();
		execution.items = clone(execution.items);
		return execution;
	}

	/** An execution paused for tasks `t0`, `t1` … of its vendor, each as its status says. */
	async pauseFor(
		statuses: ReadonlyArray<VendorTask['status']>,
		task: Parameters<typeof submittedTask>[1] = {},
		node: Partial<INode> = {},
	): Promise<Execution> {
		const tasks = statuses.map((status, itemIndex) => {
			this.vendor.set(`t${itemIndex}`, status);
			return submittedTask(`t${itemIndex}`, { provider: this.vendor.id, ...task, itemIndex });
		});
		return await this.pause(tasks, { node });
	}

	/** The files that came out with an execution's rows, as text. */
	filesOf({ rows = [] }: Pick<Execution, 'rows'>) {
		return rows.map(({ binary }) => this.files.get(binary?.data?.id ?? '')?.toString());
	}

	/** The items with the accounts that took them. */
	async withSessions(items: readonly SubmittedItem[]): Promise<Submitted[]> {
		const sessions = items.map(async (item): Promise<Submitted> => {
			if (!item.result.ok) return { ...item, result: item.result };
			const session = await this.session(item.origin.provider);
			return { ...item, result: ok({ ...item.result.value, session }) };
		});
		return await Promise.all(sessions);
	}

	/** A call to a paused execution, without what the host makes of the answer. */
	async ring(execution: Execution, call: Call, process: Process = this.process): Promise<Answer> {
		const { node } = execution;
		const items = clone(execution.items);
		return answerAt(await answerCall(this.pauseCallOf(execution, items, call, process)), node);
	}

	private pauseCallOf(
		execution: Execution,
		items: unknown,
		call: Call,
		process: Process,
	): PauseCall {
		const { id: executionId, node } = execution;
		return {
			...this.callOf(executionId, call, process),
			audience: `${executionId}/${DELIVERY_PATH}`,
			onProblem: onProblemOf(node),
			items: () => items,
			deliveryUrl: () => (this.tellsDeliveryUrl ? deliveryUrlOf(execution) : undefined),
			isStoredHere: (id) => isStoredFor({ workflowId: WORKFLOW, executionId }, id),
		};
	}

	/** A poller's call, with all the time it takes. */
	async look(execution: Execution, { note, process }: Look = {}): Promise<Answer> {
		const body = { nonce: nonceOf(execution), note };
		return await this.time.run(this.ring(execution, { body }, process));
	}

	/** A call to the trigger, which starts its workflow with what it puts out. */
	async callTrigger(call: Call, process: Process = this.process): Promise<Answer> {
		const { id: triggerId, url, isTest, parameters } = this.trigger;
		// As n8n hands it out: watched, by hidden keys in every object.
		const saved = ObservableObject.create(clone(this.trigger.saved));
		const opened: TriggerCall = {
			...this.callOf('0', call, process),
			triggerId,
			url,
			isTest,
			saved,
			parameter: (name, fallback) => parameters[name] ?? fallback,
		};
		const answer = answerAt(await receiveCall(opened), nodeOf());
		this.trigger.saved = clone(saved);
		this.started.push(...(answer.rows ?? []));
		return answer;
	}

	/** The trigger's address with a token, as a vendor has it, or, where it names its task, a poller. */
	triggerUrl({ ageMs = 0, ...claims }: Claims = {}, key = deriveCallbackKey(OWN_SECRET)): string {
		const issuedAt = this.time.now() - ageMs;
		const usual = { nonce: 'nonce-1', audience: 'hook-1/seedance', issuedAt, model: 'm' };
		return withCallbackToken(TRIGGER_URL, key, { ...usual, ...claims });
	}

	/** A paused execution's address with a token, as its vendor has it. */
	vendorsUrl(
		execution: Execution,
		{ ageMs = 0, ...claims }: Claims = {},
		key = keyOf(execution),
	): string {
		const audience = `${execution.id}/${DELIVERY_PATH}`;
		const usual = { nonce: newNonce(), audience, issuedAt: this.time.now() - ageMs };
		return withCallbackToken(deliveryUrlOf(execution), key, { ...usual, ...claims });
	}

	private callOf(executionId: string, call: Call, process: Process): HostCall {
		const { body = {}, query = {}, headers = {}, rawBody } = call;
		const outside = this.outside(executionId);
		return {
			incoming: toIncoming({ body, query, headers, rawBody }),
			process,
			openSession: async (provider) => await this.openSession(provider, process),
			fetchFiles: async (account, task, rules) =>
				await downloadTask(outside, { ...account, clock: process.clock }, task, rules),
			tables: tablesOf(this.runInline, process.clock),
			log: this.log,
			post: this.network.post,
		};
	}

	protected readonly runInline: RunInline = async (code, items) => {
		if (this.tables === undefined) return fail('This host has no tables');
		try {
			return ok(await this.tables.run(code, items));
		} catch (error) {
			return fail(reasonOf(error));
		}
	};

	protected triggerAt(path: string) {
		const isOwn = this.trigger.url?.includes(`/${path}/`);
		return isOwn ? async (call: Call) => await this.callTrigger(call) : undefined;
	}

	override async receive(url: string, call: Call): Promise<HttpAnswer> {
		if (!this.isUp) throw networkError('ECONNREFUSED');
		if (!this.isStarting) return await super.receive(url, call);
		const headers = { 'content-type': 'text/html' };
		return { statusCode: 404, headers, body: `<pre>Cannot POST ${new URL(url).pathname}</pre>` };
	}

	/** All that lies outside of the process: network, credentials and the store for files. */
	outside(executionId: string) {
		const helpers = {
			httpRequest: async (options: IHttpRequestOptions) => await this.request(options),
			httpRequestWithAuthentication: async (_type: string, options: IHttpRequestOptions) =>
				await this.vendorAt(options.url).answer(options),
			prepareBinaryData: async (stream: Readable, fileName: string, mimeType: string) =>
				await this.store(executionId, { fileName, mimeType }, stream),
		};
		const getCredentials = async (type: string) => {
			const own = this.credentials.has(type);
			const credential = own ? this.credentials.get(type) : this.credential;
			if (credential === undefined) throw new Error('Credential with ID "1" does not exist');
			return credential;
		};
		const logger = this.loggerInto(this.logged);
		return { helpers, getCredentials, logger } as unknown as IWebhookFunctions;
	}

	private loggerInto(lines: string[]): IExecuteFunctions['logger'] {
		const log = (message: string, meta?: object) =>
			void lines.push(`${message} ${JSON.stringify(meta ?? {})}`);
		return { debug: log, info: log, warn: log, error: log };
	}

	private vendorAt(url: string): FakeVendor {
		return url.startsWith(baseUrls[this.second.id]) ? this.second : this.vendor;
	}

	private async store(
		executionId: string,
		file: { fileName: string; mimeType: string },
		stream: Readable,
	): Promise<IBinaryData> {
		const chunks: Buffer[] = [];
		for await (const chunk of stream) chunks.push(Buffer.from(chunk));
		const bytes = Buffer.concat(chunks);
		if (this.keepsFilesInItems) return { ...file, data: bytes.toString('base64') };
		const id = fileIdOf(executionId, this.files.size + 1);
		this.files.set(id, bytes);
		return { ...file, data: 'filesystem-v2', id };
	}

	private async request(options: IHttpRequestOptions): Promise<HttpAnswer> {
		if (!options.url.startsWith(HOST)) return await this.vendor.download(options);
		const { url, body } = options;
		const parsed: unknown = body === undefined ? undefined : JSON.parse(String(body));
		const call = { url, at: this.time.now(), body: parsed };
		try {
			const answering = this.proxy
				? Promise.resolve(this.proxy(url))
				: this.receive(url, { body: parsed });
			const answer = await orAborted(answering, options.abortSignal);
			this.calls.push({ ...call, answer });
			return answer;
		} catch (error) {
			this.calls.push({
				...call,
				answer: error instanceof Error ? error : new Error(String(error)),
			});
			throw error;
		}
	}
}

/** What the host makes of an answer of the story. */
function answerAt({ httpStatus, body, item, results }: HostAnswer, node: INode): Answer {
	// As JSON makes it.
	const plain = { httpStatus, body: clone({ ...body }) };
	if (item !== undefined) return { ...plain, rows: [item] };
	return results === undefined ? plain : { ...plain, ...toRows(node, results) };
}

/** A host where nothing happens between two calls. */
export const unwatched = (options?: ConstructorParameters<typeof FakeHost>[0]): FakeHost =>
	Object.assign(new FakeHost(options), { tellsDeliveryUrl: false, parksAndDies: true });

async function orAborted<T>(work: Promise<T>, signal?: { aborted: boolean }): Promise<T> {
	if (!(signal instanceof AbortSignal)) return await work;
	const aborted = new Promise<never>((_, reject) => {
		const abort = () => reject(Object.assign(new Error('canceled'), { code: 'ERR_CANCELED' }));
		signal.addEventListener('abort', abort, { once: true });
	});
	return await Promise.race([work, aborted]);
}

/** What became of an item's submission, before somebody says at whose account. */
export type SubmittedItem = Omit<Submitted, 'result'> & {
	result: Step<Omit<AwaitedTask, 'session'>>;
};

/** A task as the node has it when it hands the wait over. */
export function submittedTask(
	taskId: string,
	{
		itemIndex = 0,
		provider = 'apikley',
		timeoutMinutes = 30,
		maxPollGapMs = undefined as number | undefined,
		raw = false,
		download = true,
		maxFileBytes = undefined as number | undefined,
		submittedAt = Date.parse('2026-11-20T10:00:00.000Z'),
		orderedAt = undefined as number | undefined,
		modelId = 'bytedance/v1-lite-text-to-video',
		taskUrls = undefined as Record<string, string> | undefined,
		ledger = undefined as LedgerReference | undefined,
	} = {},
): SubmittedItem {
	return {
		itemIndex,
		origin: { provider, model: modelId },
		result: {
			ok: true,
			value: {
				task: { taskId, status: 'queued', taskUrls },
				submittedAt,
				orderedAt,
				modelId,
				waiting: { timeoutMinutes, maxPollGapMs },
				ledger,
				output: { raw, binaryProperty: download ? 'data' : undefined, maxFileBytes },
			},
		},
	};
}

/** An item that has no task. */
export function refusedItem(itemIndex: number, message = 'Duration is too long'): SubmittedItem {
	return {
		itemIndex,
		origin: { provider: 'apikley', model: 'bytedance/v1-lite-text-to-video' },
		result: {
			ok: false,
			error: { message, description: 'Correct it.', kind: 'invalidInput', code: 'invalidInput' },
		},
	};
}
