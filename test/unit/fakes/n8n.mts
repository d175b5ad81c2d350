import { Readable } from 'node:stream';
import {
	ObservableObject,
	type IBinaryData,
	type IDataObject,
	type IExecuteData,
	type IExecuteFunctions,
	type IHttpRequestOptions,
	type INode,
	type INodeExecutionData,
	type IWebhookFunctions,
	type IWebhookResponseData,
	type IWorkflowBase,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import type { Session } from '../../../nodes/shared/tasks/session';
import type { Step } from '../../../nodes/shared/domain/problem';
import { ok } from '../../../nodes/shared/domain/result';
import type { AwaitedTask, Submitted } from '../../../nodes/shared/tasks/submit';
import { startProcess, type PackageProcess } from './process.mts';
import { minutes, Time } from './time.mts';
import { baseUrls, FakeVendor, jsonAnswer, type HttpAnswer, type VendorId } from './vendor.mts';
import type { LedgerReference } from '../../../nodes/shared/tasks/ledger';
import type { FakeDataTables } from './dataTables.mts';

const HOST = 'http://n8n.test';

export const TRIGGER_URL = `${HOST}/webhook/hook-1/seedance`;

/** n8n's wait tracker looks so often for executions whose time comes soon. */
const TRACKER_MS = 60_000;

export interface Execution {
	id: string;
	node: INode;
	state: 'running' | 'waiting' | 'success' | 'error' | 'canceled' | 'crashed';
	/** What the waiting node was given, and what the next round of a poller is given. */
	items: INodeExecutionData[];
	waitTill: number;
	/** What n8n is to go on with; entries of one output pass share a node. */
	entry: IExecuteData;
	/** Only of pollers. */
	workflow?: IWorkflowBase;
	/** What n8n keeps for the node beside the items. */
	nodeContext: IDataObject;
	rounds: number;
	/** What the nodes behind it are given. */
	rows?: INodeExecutionData[];
	error?: Error;
}

/** A call from outside to a webhook of this n8n. */
export interface Call {
	body?: unknown;
	query?: Record<string, unknown>;
	headers?: Record<string, string | string[] | undefined>;
	rawBody?: Buffer;
}

export interface Answer {
	httpStatus: number;
	body: IDataObject;
	/** The rows that n8n was handed. */
	rows?: INodeExecutionData[];
	/** The error with which n8n was told to end the node. */
	error?: Error;
}

/** Where n8n keeps what the execution goes on with. */
export interface ExecuteData {
	metadata?: { resumeError?: Error; [key: string]: unknown };
}

export interface Credential extends IDataObject {
	apiKey: string;
	baseUrl?: string;
	callbackSecret?: string;
	webhookSecret?: string;
	previousCallbackSecret?: string;
	ownSecret?: string;
}

interface Look {
	note?: unknown;
	process?: PackageProcess;
}

function parkedOf({ items }: Execution): IDataObject {
	const { parked } = items[0]?.json ?? {};
	if (typeof parked !== 'object' || parked === null || !('nonce' in parked)) {
		throw new Error('The execution is not parked');
	}
	return parked;
}

/** The nonce under which an execution is parked. */
export const nonceOf = (execution: Execution): string => String(parkedOf(execution).nonce);

/** The key that signs what a paused execution gives to its vendors and its pollers. */
export const keyOf = (execution: Execution): Buffer => Buffer.from(String(parkedOf(execution).key));

/** What the credential has made for itself. */
export const OWN_SECRET = 'the secret that the credential has made for itself';

const nodeOf = (more: Partial<INode> = {}): INode => ({
	id: 'node-1',
	name: 'Make Video',
	type: 'n8n-nodes-seedance.seedanceTextToVideo',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
	...more,
});

const resumeUrlOf = (id: string) => `${HOST}/webhook-waiting/${id}?signature=sig-${id}`;

/** As n8n names a file in its store. */
export const fileIdOf = (executionId: string, number: number, workflowId = 'wf-1'): string => {
	const uuid = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
	return `filesystem-v2:workflows/${workflowId}/executions/${executionId}/binary_data/${uuid}`;
};

const clone = <T,>(value: T): T => JSON.parse(JSON.stringify(value));

const networkError = (code: string) => Object.assign(new Error(code), { code, syscall: 'connect' });

/** An n8n with this package, a vendor and a clock of its own: all that a wait needs. */
export class FakeN8n {
	/** n8n's Data Tables; without, a call that comes in can run no workflow. */
	tables?: FakeDataTables;
	readonly time: Time;
	readonly vendor: FakeVendor;
	/** Takes the place of the vendor after a fallback. */
	readonly second: FakeVendor;
	/** Credentials of their own for some types; undefined for one that is gone. */
	readonly credentials = new Map<string, Credential | undefined>();
	process: PackageProcess;
	isUp = true;
	/** While it starts, its webhooks are not there yet. */
	isStarting = false;
	private trackedSince?: number;
	credential: Credential | undefined = { apiKey: 'sk-12345', ownSecret: OWN_SECRET };
	/** Keeps files in the items instead of its store. */
	keepsFilesInItems = false;
	/** The process that parks an execution ends at once, and calls nobody. */
	parksAndDies = false;
	/** What n8n tells a webhook of its execution's address; without it nobody looks between the calls. */
	tellsResumeUrl = true;
	/** Why it does not start the executions that the package asks for. */
	refusesExecutions?: Error;
	readonly executions: Execution[] = [];
	readonly files = new Map<string, Buffer>();
	/** Every call to its own webhooks. */
	readonly calls: Array<{ url: string; at: number; body: unknown; answer: HttpAnswer | Error }> =
		[];
	readonly logged: string[] = [];
	/** Answers instead of this n8n, e.g. a proxy. */
	proxy?: (url: string) => HttpAnswer;
	/** The trigger of a workflow of its own, and what has started it. */
	readonly trigger = { parameters: {} as IDataObject, saved: {} as IDataObject, node: nodeOf() };
	readonly started: INodeExecutionData[] = [];
	/** How the trigger's workflow runs; `manual` while it listens for a test. */
	triggerMode: WorkflowExecuteMode = 'webhook';

	constructor({ vendor = 'apikley' as VendorId, ageMs = minutes(10) } = {}) {
		this.time = new Time();
		this.vendor = new FakeVendor(vendor, this.time);
		this.second = new FakeVendor(vendor === 'modellix' ? 'aimlapi' : 'modellix', this.time);
		this.process = startProcess(this.time, ageMs);
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
		this.process = startProcess(this.time, 0);
		this.isUp = true;
		if (this.trackedSince !== undefined) this.track();
	}

	/** Another process of the same n8n, e.g. another webhook processor. */
	anotherProcess(ageMs = minutes(10)): PackageProcess {
		return startProcess(this.time, ageMs);
	}

	private vendorAt(url: string): FakeVendor {
		return url.startsWith(baseUrls[this.second.id]) ? this.second : this.vendor;
	}

	async session(provider: string = this.vendor.id): Promise<Session> {
		const opened = await this.process.openSession(this.webhookContext({}).context, provider);
		if (!opened.ok) throw new Error(opened.error.message);
		return opened.value;
	}

	/** Wakes waiting executions from now on, as n8n's wait tracker does. */
	track(): void {
		this.trackedSince = this.time.now();
		this.executions.forEach((execution) => this.trackOne(execution));
	}

	/** A waiting execution is seen at the tracker's next look, and woken when its time has come. */
	private trackOne(execution: Execution): void {
		const { waitTill, state } = execution;
		if (this.trackedSince === undefined || state !== 'waiting') return;
		const looks = Math.ceil((this.time.now() - this.trackedSince) / TRACKER_MS);
		this.time.at(Math.max(waitTill, this.trackedSince + looks * TRACKER_MS), () => {
			const isWaiting = execution.state === 'waiting' && execution.waitTill === waitTill;
			if (this.isUp && isWaiting) void this.wake(execution);
		});
	}

	/** What n8n does when a waiting execution's time has come. */
	async wake(execution: Execution): Promise<void> {
		if (execution.workflow !== undefined) return await this.runPollerRound(execution);
		execution.state = 'success';
		execution.rows = execution.items;
	}

	get pollers(): Execution[] {
		return this.executions.filter(({ workflow }) => workflow !== undefined);
	}

	livePollers(): Execution[] {
		return this.pollers.filter(({ state }) => state === 'running' || state === 'waiting');
	}

	newExecution(more: Partial<Execution> = {}): Execution {
		const node = more.node ?? nodeOf();
		const execution: Execution = {
			id: String(101 + this.executions.length),
			node,
			entry: { node, data: {}, source: null },
			state: 'running',
			items: [],
			waitTill: 0,
			nodeContext: {},
			rounds: 0,
			...more,
		};
		this.executions.push(execution);
		return execution;
	}

	/** Parks an execution on these tasks, as the nodes do after they have submitted. */
	async pause(
		submitted: readonly SubmittedItem[],
		{ node, mode }: { node?: Partial<INode>; mode?: WorkflowExecuteMode } = {},
	): Promise<Execution> {
		const items = submitted.map((_, item) => ({ json: { prompt: `prompt ${item}` } }));
		const execution = this.newExecution({ node: nodeOf(node), items });
		const context = this.executeContext(execution, { mode });
		const process = this.parksAndDies ? this.anotherProcess() : this.process;
		const run = process.openRun(context);
		const { park, newDeliveryAddress } = process.park;
		const address = newDeliveryAddress(run);
		const rows = await this.time.run(park(run, await this.withSessions(submitted), address));
		if (rows === undefined) throw new Error('The execution was not parked');
		if (this.parksAndDies) process.kill();
		execution.items = clone(execution.items);
		return execution;
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

	private async runPollerRound(execution: Execution): Promise<void> {
		execution.state = 'running';
		execution.waitTill = 0;
		execution.rounds += 1;
		try {
			const [items = []] = await this.process.runPoller(this.executeContext(execution));
			if (execution.state !== 'running') return;
			execution.items = clone(items);
			execution.nodeContext = clone(execution.nodeContext);
			if (execution.waitTill > 0) {
				execution.state = 'waiting';
				this.trackOne(execution);
			} else if (items.length === 0) execution.state = 'success';
			else await this.runPollerRound(execution);
		} catch (error) {
			execution.state = 'error';
			execution.error = error instanceof Error ? error : new Error(String(error));
		}
	}

	executeContext(
		execution: Execution,
		{ mode = 'trigger' as WorkflowExecuteMode } = {},
	): IExecuteFunctions {
		const { id, node } = execution;
		const context: Partial<IExecuteFunctions> = {
			...this.common(node, id),
			getMode: () => mode,
			getExecutionId: () => id,
			getInputData: () => execution.items,
			getExecuteData: () => execution.entry,
			getContext: (type) => (type === 'node' ? execution.nodeContext : {}),
			getWorkflowDataProxy: () => {
				const proxy: Partial<ReturnType<IExecuteFunctions['getWorkflowDataProxy']>> = {
					$execution: { id, resumeUrl: resumeUrlOf(id) },
					$workflow: { id: 'wf-1' },
				};
				return proxy as ReturnType<IExecuteFunctions['getWorkflowDataProxy']>;
			},
			putExecutionToWait: async (waitTill) => {
				execution.waitTill = waitTill.getTime();
				if (Number.isNaN(execution.waitTill)) throw new Error('That is no time');
				if (execution.workflow !== undefined) return;
				execution.state = 'waiting';
				this.trackOne(execution);
			},
			executeWorkflow: async ({ code }, items = []) => {
				if (this.refusesExecutions !== undefined) throw this.refusesExecutions;
				const [, poller] = code?.nodes ?? [];
				if (code === undefined || poller === undefined) throw new Error('No such workflow');
				const started = this.newExecution({
					node: poller,
					items: clone(items),
					workflow: clone(code),
				});
				void this.runPollerRound(started);
				return { executionId: started.id, data: [] };
			},
		};
		const getNodeParameter = (name: string, _item: number, fallback?: unknown) =>
			node.parameters[name] ?? fallback;
		return { ...context, getNodeParameter } as IExecuteFunctions;
	}

	/** The context of a webhook, and what is answered through it. */
	webhookContext({
		node = nodeOf(),
		executionId = '0',
		items = [] as INodeExecutionData[],
		parameters = {} as IDataObject,
		staticData = {} as IDataObject,
		call = {} as Call,
		executeData = {} as ExecuteData,
		mode = 'webhook' as WorkflowExecuteMode,
	}): { context: IWebhookFunctions; answer: (data: IWebhookResponseData) => Answer } {
		const { body = {}, query = {}, headers = {}, rawBody } = call;
		const replied: { httpStatus: number; body?: unknown } = { httpStatus: 200 };
		const response = {
			status(code: number) {
				replied.httpStatus = code;
				return response;
			},
			json(content: unknown) {
				replied.body = content;
				return response;
			},
		};
		const context: Partial<IWebhookFunctions> = {
			...this.common(node, executionId),
			getMode: () => mode,
			getExecutionId: () => executionId,
			evaluateExpression: (expression: string) => {
				const resumeUrl = this.tellsResumeUrl ? resumeUrlOf(executionId) : undefined;
				const known = new Map<string, unknown>([
					['{{ $input.all() }}', items],
					['{{ $execution.resumeUrl }}', resumeUrl],
				]);
				return known.get(expression) as ReturnType<IWebhookFunctions['evaluateExpression']>;
			},
			getBodyData: () => body as IDataObject,
			getHeaderData: () => headers,
			getQueryData: () => query,
			getRequestObject: () =>
				({ rawBody }) as unknown as ReturnType<IWebhookFunctions['getRequestObject']>,
			getResponseObject: () =>
				response as unknown as ReturnType<IWebhookFunctions['getResponseObject']>,
			getNodeParameter: (name: string, fallback?: unknown) =>
				(parameters[name] ?? fallback) as IDataObject,
			getNodeWebhookUrl: (name) => (name === 'default' ? TRIGGER_URL : undefined),
			getWorkflow: () => ({ id: 'wf-1', active: true }),
			getWorkflowStaticData: (type) => (type === 'node' ? staticData : {}),
		};
		const answer = (data: IWebhookResponseData): Answer => {
			const own = data.noWebhookResponse === true ? replied.body : data.webhookResponse;
			return {
				httpStatus: replied.httpStatus,
				body: clone(own ?? {}),
				rows: data.workflowData?.[0],
				error: executeData.metadata?.resumeError,
			};
		};
		const executeWorkflow = async (
			{ code }: { code?: IWorkflowBase },
			_: unknown,
			{ inputData = [] }: { inputData?: INodeExecutionData[] },
		) => {
			if (code === undefined || this.tables === undefined) throw new Error('No such workflow');
			const rows = await this.tables.run(
				code,
				inputData.map(({ json }) => json),
			);
			return { executionId: '900', data: [rows.map((json) => ({ json }))] };
		};
		const hidden = this.tables === undefined ? {} : { additionalData: { executeWorkflow } };
		return {
			context: Object.assign(context, { executeData, ...hidden }) as IWebhookFunctions,
			answer,
		};
	}

	private common(node: INode, executionId: string) {
		const log = (message: string, meta?: object) =>
			void this.logged.push(`${message} ${JSON.stringify(meta ?? {})}`);
		const helpers = {
			httpRequest: async (options: IHttpRequestOptions) => await this.request(options),
			httpRequestWithAuthentication: async (_type: string, options: IHttpRequestOptions) =>
				await this.vendorAt(options.url).answer(options),
			prepareBinaryData: async (stream: Readable, fileName: string, mimeType: string) =>
				await this.store(executionId, { fileName, mimeType }, stream),
			getBinaryStream: async (id: string) => Readable.from([this.files.get(id)]),
			getBinaryMetadata: async (id: string) => ({ fileSize: this.files.get(id)?.length ?? 0 }),
		};
		const getCredentials = async (type: string) => {
			const own = this.credentials.has(type);
			const credential = own ? this.credentials.get(type) : this.credential;
			if (credential === undefined) throw new Error('Credential with ID "1" does not exist');
			return credential;
		};
		return {
			getNode: () => node,
			logger: { debug: log, info: log, warn: log, error: log },
			helpers: helpers as unknown as IExecuteFunctions['helpers'] & IWebhookFunctions['helpers'],
			getCredentials: getCredentials as IExecuteFunctions['getCredentials'],
		};
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

	/** What a call to one of its webhooks is answered (n8n-facts 11). */
	async receive(url: string, call: Call): Promise<HttpAnswer> {
		if (!this.isUp) throw networkError('ECONNREFUSED');
		const { pathname, searchParams } = new URL(url);
		if (this.isStarting) {
			const html = { 'content-type': 'text/html' };
			return { statusCode: 404, headers: html, body: `<pre>Cannot POST ${pathname}</pre>` };
		}
		const query = Object.fromEntries(searchParams);
		if (url.startsWith(TRIGGER_URL)) {
			const { httpStatus, body } = await this.callTrigger({ query, ...call });
			return jsonAnswer(httpStatus, body);
		}
		const [, , id = '', suffix] = pathname.split('/');
		return await this.receiveWaiting(id, suffix, { query, ...call });
	}

	private async receiveWaiting(
		id: string,
		suffix: string | undefined,
		call: Call,
	): Promise<HttpAnswer> {
		const message = (statusCode: number, text: string) =>
			jsonAnswer(statusCode, { code: statusCode, message: text });
		const execution = this.executions.find((known) => known.id === id);
		if (execution === undefined) return message(404, `The execution "${id}" does not exist.`);
		if (call.query?.signature !== `sig-${id}`) return jsonAnswer(401, { error: 'Invalid token' });
		if (execution.state === 'running') {
			return message(409, `The execution "${id}" is running already.`);
		}
		if (execution.state === 'success') {
			return message(409, `The execution "${id} has finished already.`);
		}
		if (execution.state !== 'waiting') {
			return message(409, `The execution "${id}" has finished with error.`);
		}
		if (suffix !== 'seedance-delivery' || execution.workflow !== undefined) {
			const hint = 'does not contain a waiting webhook with a matching path/method.';
			return message(404, `The workflow for execution "${id}" ${hint}`);
		}
		const { httpStatus, body, rows, error } = await this.ring(execution, call);
		if (rows === undefined) return jsonAnswer(httpStatus, body);
		if (execution.state !== 'waiting') {
			return message(500, 'There was a problem executing the workflow');
		}
		execution.state = error === undefined ? 'success' : 'error';
		execution.rows = rows;
		execution.error = error;
		return jsonAnswer(httpStatus, body);
	}

	/** A call to a paused execution, without what n8n makes of the answer. */
	async ring(execution: Execution, call: Call, process = this.process): Promise<Answer> {
		const { id, node } = execution;
		const items = clone(execution.items);
		const { context, answer } = this.webhookContext({ node, executionId: id, items, call });
		return answer(await process.answerCall(context));
	}

	/** A poller's call, with all the time it takes. */
	async look(execution: Execution, { note, process }: Look = {}): Promise<Answer> {
		const body = { nonce: nonceOf(execution), note };
		return await this.time.run(this.ring(execution, { body }, process));
	}

	/** A call to the trigger, which starts its workflow with what it puts out. */
	async callTrigger(call: Call, process = this.process): Promise<Answer> {
		const { parameters, node, saved } = this.trigger;
		// As n8n hands it out: watched, by hidden keys in every object.
		const staticData = ObservableObject.create(clone(saved));
		const mode = this.triggerMode;
		const { context, answer } = this.webhookContext({ node, parameters, staticData, call, mode });
		const answered = answer(await process.receiveCall(context));
		this.trigger.saved = clone(staticData);
		this.started.push(...(answered.rows ?? []));
		return answered;
	}
}

/** An n8n where nothing happens between two calls. */
export const unwatched = (options?: ConstructorParameters<typeof FakeN8n>[0]): FakeN8n =>
	Object.assign(new FakeN8n(options), { tellsResumeUrl: false, parksAndDies: true });

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
		submittedAt = Date.parse('2026-11-20T10:00:00.000Z'),
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
				modelId,
				waiting: { timeoutMinutes, maxPollGapMs },
				ledger,
				output: { raw, binaryProperty: download ? 'data' : undefined },
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
