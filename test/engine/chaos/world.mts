import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse, stringify } from 'flatted';
import { WebhookContext } from 'n8n-core';
import {
	Workflow,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type IRunExecutionData,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { clock } from '../../../nodes/shared/n8n/clock.ts';
import { PLAN_PARAMETER } from '../../../nodes/shared/models/nodeParameters.ts';
import { readPlan, type PollerPlan } from '../../../nodes/shared/host/pollerPlan.ts';
import { judgeAnswer } from '../../../nodes/shared/parking/ringAnswer.ts';
import { isObject, parseJson } from '../../../nodes/shared/domain/json.ts';
import { TOKEN_PARAMETER } from '../../../nodes/shared/tasks/callbackToken.ts';
import { vendors, type Sandbox, type VendorId } from '../../../sandbox/types.mts';
import type { Credentials } from '../credentials.mts';
import { fakeDataTables } from '../../unit/fakes/dataTables.mts';
import { additionalDataOf, nodesOf, nodeTypes, type NodeRun } from '../harness.mts';
import type { VirtualClock } from '../virtualClock.mts';
import type { Random } from './random.mts';

const BELL_MS = 60_000;
/** Notified triggers are rung for a week. */
const LONGEST_WAIT_MS = 8 * 24 * 60 * 60_000;
/** A proxy in front of n8n says something of its own. */
const PROXY_FAULTS = 0.05;
/** A vendor's call does not arrive, and then comes before its next one, about another task, at that address. */
const MIX_UPS = 0.4;
/** By which the calls of bells are told from the vendors'. */
const BELL_HEADER = 'x-bell';

export interface Parked {
	given: NodeRun;
	data: IRunExecutionData;
}

interface Execution {
	state: 'running' | 'waiting' | 'over';
	parked?: Parked;
	rows?: INodeExecutionData[];
	error?: Error;
}

const never = new Promise<void>(() => {});

/**
 * What surrounds the nodes in n8n, around n8n's own engine: executions and triggers that can be called
 * over HTTP, and bells in the place of the pollers, which ring until n8n or a node says that it is over.
 */
export class World {
	/** n8n's one database, for all executions and triggers. */
	readonly tables = fakeDataTables([], { keepsHistory: false });
	readonly executions = new Map<string, Execution>();
	/** What has started the triggers' workflows. */
	readonly started: INodeExecutionData[] = [];
	/** What came to an address that no credential names. */
	readonly strangeRequests: string[] = [];
	/** Bells that still ring. */
	bells = 0;
	/** How often a proxy has failed, and a vendor has called about another task. */
	readonly faults = { proxy: 0, mixUp: 0 };
	url = '';
	elsewhereUrl = '';
	private readonly staticData = new Map<VendorId, IDataObject>();
	private readonly strayed = new Map<string, Call>();
	private readonly server = createServer((request, response) => void this.serve(request, response));
	private readonly elsewhere = createServer((request, response) => {
		this.strangeRequests.push(`${request.url} ${JSON.stringify(request.headers)}`);
		request.resume();
		response.end('{}');
	});

	constructor(
		readonly credentials: Credentials,
		private readonly random: Random,
		private readonly time: Pick<VirtualClock, 'hangs'>,
	) {}

	async open(): Promise<void> {
		const listen = async (server: typeof this.server) => {
			await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
			return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		};
		this.url = await listen(this.server);
		this.elsewhereUrl = `${await listen(this.elsewhere)}/elsewhere`;
	}

	async close(): Promise<void> {
		for (const server of [this.server, this.elsewhere]) {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		}
	}

	readonly triggerUrl = (vendor: VendorId): string => `${this.url}/webhook/hook-${vendor}/seedance`;

	get waitingUrl(): string {
		return `${this.url}/webhook-waiting`;
	}

	begin(executionId: string): void {
		this.executions.set(executionId, { state: 'running' });
	}

	/** The execution as n8n keeps it in its database. */
	keepParked(executionId: string, given: NodeRun, data: IRunExecutionData): void {
		const parked = { given, data: parse(stringify(data)) as IRunExecutionData };
		this.executions.set(executionId, { state: 'waiting', parked });
	}

	end(executionId: string): void {
		this.executions.set(executionId, { state: 'over' });
	}

	/** Waits until a parked execution was resumed, or n8n's own timer has handed on what was parked. */
	async resumed(executionId: string): Promise<Execution> {
		const execution = this.executions.get(executionId);
		if (execution?.parked === undefined) throw new Error('The execution is not parked');
		const { waitTill } = execution.parked.data;
		while (execution.state === 'waiting') {
			// A date became a text in the database.
			if (clock.now() >= new Date(waitTill ?? Infinity).getTime()) {
				execution.state = 'over';
				execution.rows = stackOf(execution.parked.data).data.main?.[0] ?? [];
				break;
			}
			await clock.sleep(5_000);
		}
		return execution;
	}

	/** Starts what a node wants to be started: of the two pollers of a wait, one rings here. */
	startExecution = (workflow: { nodes: INode[] }): void => {
		const plan = readPlan(parseJson(String(workflow.nodes[1]?.parameters[PLAN_PARAMETER] ?? '')));
		if (plan?.rhythm === 'close') void this.ring(plan);
	};

	private async ring({ rings, endsAt }: PollerPlan): Promise<void> {
		this.bells += 1;
		const over = new Set<string>();
		const begunAt = clock.now();
		let note: string | undefined;
		while (over.size < rings.length && clock.now() < endsAt) {
			await clock.sleep(Math.max(BELL_MS, (clock.now() - begunAt) / 10));
			for (const { url, body } of rings.filter((each) => !over.has(each.url))) {
				const answered = await fetch(url, {
					method: 'POST',
					headers: {
						'content-type': 'application/json',
						connection: 'close',
						[BELL_HEADER]: 'yes',
					},
					body: JSON.stringify({ ...body, ...(note !== undefined && { note }) }),
				}).then(async (response) => ({ httpStatus: response.status, text: await response.text() }));
				const parsed = parseJson(answered.text);
				const { httpStatus } = answered;
				const verdict = judgeAnswer({ httpStatus, ...(isObject(parsed) && { body: parsed }) });
				if (verdict.state === 'over') over.add(url);
				if (verdict.state === 'again') note = verdict.note ?? note;
			}
		}
		this.bells -= 1;
	}

	private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk);
		const rawBody = Buffer.concat(chunks);
		// The node that is called may wait for time.
		const isAnswered = this.time.hangs(request);
		const url = new URL(request.url ?? '/', this.url);
		const [, kind, id = '', suffix] = url.pathname.split('/');
		const send = (status: number, body: unknown) => {
			isAnswered();
			response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
			response.end(JSON.stringify(body));
		};
		if (this.random.chance(PROXY_FAULTS)) {
			this.faults.proxy += 1;
			return send(502, '<html>Bad gateway</html>');
		}
		const call: Call = {
			body: parseJson(rawBody.toString()) ?? {},
			rawBody,
			headers: request.headers,
			query: Object.fromEntries(url.searchParams),
		};
		const address = { kind, id, suffix };
		// The vendors' calls differ by the fields of their bodies.
		const sender =
			TOKEN_PARAMETER in call.query && request.headers[BELL_HEADER] === undefined
				? Object.keys(isObject(call.body) ? call.body : {}).join()
				: undefined;
		if (sender !== undefined) {
			const strayed = this.strayed.get(sender);
			if (strayed === undefined && this.random.chance(MIX_UPS)) {
				this.strayed.set(sender, call);
				return send(504, '<html>Gateway timeout</html>');
			}
			if (strayed !== undefined && !strayed.rawBody.equals(rawBody)) {
				this.faults.mixUp += 1;
				this.strayed.delete(sender);
				await this.answer(address, { ...strayed, query: call.query }, () => {});
			}
		}
		await this.answer(address, call, send);
	}

	private async answer({ kind, id, suffix }: Address, call: Call, send: Send): Promise<void> {
		if (kind === 'webhook') {
			const vendor = vendors.find((each) => `hook-${each}` === id);
			if (vendor !== undefined) return await this.callTrigger(vendor, call, send);
		}
		const execution = this.executions.get(id);
		if (execution === undefined)
			return send(404, { message: `The execution "${id}" does not exist.` });
		if (execution.state === 'running') {
			return send(409, { message: `The execution "${id}" is running already.` });
		}
		if (execution.state === 'over' || execution.parked === undefined) {
			return send(409, { message: `The execution "${id}" has finished already.` });
		}
		if (suffix !== 'seedance-delivery') return send(404, { message: 'No such webhook' });
		await this.callParked(id, execution, execution.parked, call, send);
	}

	private async callParked(
		id: string,
		execution: Execution,
		{ given, data }: Parked,
		call: Call,
		send: Send,
	): Promise<void> {
		const copy = parse(stringify(data)) as IRunExecutionData;
		const stack = stackOf(copy);
		const { answer, run } = this.contextOf(given, nodesOf(given), stack.node.name, call, copy, id);
		const result = await run();
		if (result.workflowData === undefined) return send(answer.status, answer.body ?? {});
		// n8n resumes an execution once, whoever else has come meanwhile.
		if (execution.state !== 'waiting') return send(500, { message: 'There was a problem' });
		execution.state = 'over';
		execution.rows = result.workflowData[0] ?? [];
		execution.error = stack.metadata?.resumeError;
		send(200, result.webhookResponse ?? {});
	}

	private async callTrigger(vendor: VendorId, call: Call, send: Send): Promise<void> {
		const given: NodeRun = {
			type: 'seedanceTask',
			parameters: {},
			credentials: this.credentials,
			n8n: { tables: this.tables },
		};
		const parameters = { provider: vendor, events: ['succeeded', 'failed'], options: {} };
		const [, task] = nodesOf(given);
		if (task === undefined) throw new Error('No node');
		const trigger: INode = {
			...task,
			id: `trigger-${vendor}`,
			type: 'n8n-nodes-seedance.seedanceTrigger',
			parameters,
			webhookId: `hook-${vendor}`,
		};
		const { answer, run } = this.contextOf(given, [trigger], trigger.name, call, null, '0', vendor);
		const result = await run();
		this.started.push(...(result.workflowData?.[0] ?? []));
		if (result.workflowData !== undefined) return send(200, result.webhookResponse ?? {});
		send(answer.status, answer.body ?? {});
	}

	private contextOf(
		given: NodeRun,
		nodes: INode[],
		name: string,
		call: Call,
		data: IRunExecutionData | null,
		executionId: string,
		vendor?: VendorId,
	) {
		const saved = vendor === undefined ? {} : (this.staticData.get(vendor) ?? {});
		if (vendor !== undefined) this.staticData.set(vendor, saved);
		const workflow = new Workflow({
			id: `workflow${vendor ?? ''}`,
			nodes,
			connections: {},
			active: true,
			nodeTypes,
			staticData: saved,
		});
		const answer: { status: number; body?: unknown } = { status: 200 };
		const response = {
			status(code: number) {
				answer.status = code;
				return response;
			},
			json(body: unknown) {
				answer.body = body;
				return response;
			},
		};
		const n8n = { ...given.n8n, executionId, beforeRequest: undefined, beforeWorkflow: undefined };
		const plain = { nodes, connections: {}, settings: {} };
		const additionalData = {
			...additionalDataOf({ credentials: given.credentials, n8n }, 'webhook', plain),
			webhookBaseUrl: `${this.url}/webhook`,
			httpRequest: call,
			httpResponse: response,
		} as unknown as IWorkflowExecuteAdditionalData;
		const node = workflow.getNode(name);
		if (node === null) throw new Error(`No node ${name}`);
		const type = nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
		const [webhookDescription] = type.description.webhooks ?? [];
		if (webhookDescription === undefined || !('webhook' in type)) throw new Error('No webhook');
		const webhookData = { webhookDescription } as ConstructorParameters<typeof WebhookContext>[4];
		const context = new WebhookContext(
			workflow,
			node,
			additionalData,
			'webhook',
			webhookData,
			[],
			data,
		);
		return { answer, run: async () => (await type.webhook?.call(context)) ?? {} };
	}

	/** Lets virtual time pass until nobody rings, or somebody has rung for longer than any node waits. */
	async untilBellsAreOver(sandbox: Sandbox): Promise<void> {
		const latest = clock.now() + LONGEST_WAIT_MS;
		while (this.bells > 0 && clock.now() < latest) {
			await clock.sleep(10 * BELL_MS);
			await sandbox.tick();
		}
	}
}

interface Address {
	kind?: string;
	/** Of a trigger or an execution. */
	id: string;
	suffix?: string;
}

interface Call {
	body: unknown;
	rawBody: Buffer;
	headers: IncomingMessage['headers'];
	query: Record<string, string>;
}

type Send = (status: number, body: unknown) => void;

function stackOf(data: IRunExecutionData) {
	const [first] = data.executionData?.nodeExecutionStack ?? [];
	if (first === undefined) throw new Error('Nothing waits there');
	return first;
}

/**
 * Ends a process at one of the moments at which something of it gets out, a request to a vendor or a
 * look into n8n's database: what it waits for then never comes.
 */
export function killSwitch(atMoment: number, isSent: boolean) {
	let moments = 0;
	let kill = () => {};
	const killed = new Promise<'killed'>((resolve) => {
		kill = () => resolve('killed');
	});
	let isDead = false;
	const pass = async () => {
		moments += 1;
		if (isDead) await never;
		if (moments !== atMoment) return;
		isDead = true;
		kill();
		if (!isSent) await never;
	};
	return { killed, beforeRequest: pass, beforeWorkflow: pass };
}
