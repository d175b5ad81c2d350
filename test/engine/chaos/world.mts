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
import { isObject, parseJson } from '../../../nodes/shared/domain/json.ts';
import { readPlan } from '../../../nodes/shared/host/pollerPlan.ts';
import { PLAN_PARAMETER } from '../../../nodes/shared/models/nodeParameters.ts';
import { clock } from '../../../nodes/shared/n8n/clock.ts';
import { thisProcess } from '../../../nodes/shared/n8n/process.ts';
import { TOKEN_PARAMETER } from '../../../nodes/shared/tasks/callbackToken.ts';
import { vendors, type Sandbox, type VendorId } from '../../../sandbox/types.mts';
import { fakeDataTables } from '../../unit/fakes/dataTables.mts';
import {
	Executions,
	type Answer,
	type Call,
	type Execution,
} from '../../unit/fakes/executions.mts';
import type { Credentials } from '../credentials.mts';
import { additionalDataOf, nodesOf, nodeTypes, type NodeRun } from '../harness.mts';
import type { VirtualClock } from '../virtualClock.mts';
import type { Random } from './random.mts';

/** Notified triggers are rung for a week. */
const LONGEST_WAIT_MS = 8 * 24 * 60 * 60_000;
/** A proxy in front of n8n says something of its own. */
const PROXY_FAULTS = 0.05;
/** A vendor's call does not arrive, and then comes before its next one, about another task, at that address. */
const MIX_UPS = 0.4;
/** By which the calls of pollers are told from the vendors'. */
const POLLER_HEADER = 'x-poller';

interface Parked {
	given: NodeRun;
	data: IRunExecutionData;
}

interface Alarm {
	at: number;
	ring: () => void;
}

const never = new Promise<void>(() => {});

/** The ledger of all executions. */
export const TABLE = 'seedance_tasks';

/**
 * What surrounds the nodes in n8n: executions and triggers that can be called over HTTP, and whose nodes
 * run in n8n's own engine. Time goes on by `tick`, so that nobody sleeps for what only waits.
 */
export class World extends Executions {
	readonly process = thisProcess;
	/** n8n's one database, for all executions and triggers. */
	readonly tables = fakeDataTables([], { keepsHistory: false });
	/** What has started the triggers' workflows. */
	readonly started: INodeExecutionData[] = [];
	/** Their tasks that no ledger named at that moment: a lost order may be found again later. */
	readonly unnamed = new Set<unknown>();
	/** What came to an address that no credential names. */
	readonly strangeRequests: string[] = [];
	/** How often a proxy has failed, and a vendor has called about another task. */
	readonly faults = { proxy: 0, mixUp: 0 };
	url = '';
	elsewhereUrl = '';
	protected readonly network = { post: postAsPoller, read: readAsPoller };
	private readonly parked = new Map<Execution, Parked>();
	private readonly staticData = new Map<VendorId, IDataObject>();
	private readonly strayed = new Map<string, Call & { rawBody: Buffer }>();
	private readonly server = createServer((request, response) => void this.serve(request, response));
	private readonly elsewhere = createServer((request, response) => {
		this.strangeRequests.push(`${request.url} ${JSON.stringify(request.headers)}`);
		request.resume();
		response.end('{}');
	});
	private alarms: Alarm[];

	constructor(
		readonly credentials: Credentials,
		private readonly random: Random,
		private readonly time: Pick<VirtualClock, 'hangs'>,
	) {
		const alarms: Alarm[] = [];
		super({ now: () => clock.now(), at: (at, ring) => void alarms.push({ at, ring }) });
		this.alarms = alarms;
	}

	async open(): Promise<void> {
		const listen = async (server: typeof this.server) => {
			await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
			return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		};
		this.url = await listen(this.server);
		this.elsewhereUrl = `${await listen(this.elsewhere)}/elsewhere`;
		this.track();
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

	/** Wakes whatever n8n's wait tracker finds by now. */
	tick(): void {
		const due = this.alarms.filter(({ at }) => at <= clock.now());
		for (const alarm of due) {
			this.alarms.splice(this.alarms.indexOf(alarm), 1);
			alarm.ring();
		}
	}

	/** The execution as n8n keeps it in its database. */
	keepParked(execution: Execution, given: NodeRun, run: IRunExecutionData): void {
		const data = parse(stringify(run)) as IRunExecutionData;
		this.parked.set(execution, { given, data });
		execution.items = stackOf(data).data.main?.[0] ?? [];
		// A date became a text in the database.
		this.putToWait(execution, new Date(data.waitTill ?? NaN).getTime());
	}

	/** Starts what a node wants to be started. */
	startExecution = (workflow: { nodes: INode[] }): void => {
		const plan = readPlan(parseJson(String(workflow.nodes[1]?.parameters[PLAN_PARAMETER] ?? '')));
		if (plan !== undefined) this.startPoller(plan);
	};

	private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk);
		const rawBody = Buffer.concat(chunks);
		// The node that is called may wait for time.
		const isAnswered = this.time.hangs(request);
		const url = new URL(request.url ?? '/', this.url);
		const send = (status: number, body: string) => {
			isAnswered();
			response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
			response.end(body);
		};
		if (this.random.chance(PROXY_FAULTS)) {
			this.faults.proxy += 1;
			return send(502, '<html>Bad gateway</html>');
		}
		const call = {
			body: parseJson(rawBody.toString()) ?? {},
			rawBody,
			headers: request.headers,
			query: Object.fromEntries(url.searchParams),
		};
		// The vendors' calls differ by the fields of their bodies.
		const sender =
			TOKEN_PARAMETER in call.query && request.headers[POLLER_HEADER] === undefined
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
				await this.receive(url.href, { ...strayed, query: call.query });
			}
		}
		const { statusCode, body } = await this.receive(url.href, call);
		send(statusCode, String(body));
	}

	async ring(execution: Execution, call: Call): Promise<Answer> {
		const parked = this.parked.get(execution);
		if (parked === undefined) throw new Error('The execution is not parked');
		const data = parse(stringify(parked.data)) as IRunExecutionData;
		const stack = stackOf(data);
		const { given } = parked;
		const { node } = stack;
		const answer = await this.answerOf({
			given,
			nodes: nodesOf(given),
			name: node.name,
			call,
			data,
			executionId: execution.id,
		});
		return { ...answer, error: stack.metadata?.resumeError };
	}

	protected triggerAt(path: string) {
		const vendor = vendors.find((each) => `hook-${each}` === path);
		return vendor && (async (call: Call) => await this.callTrigger(vendor, call));
	}

	private async callTrigger(vendor: VendorId, call: Call): Promise<Answer> {
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
		const answer = await this.answerOf({
			given,
			nodes: [trigger],
			name: trigger.name,
			call,
			data: null,
			executionId: '0',
			vendor,
		});
		for (const row of answer.rows ?? []) {
			this.started.push(row);
			const { taskId } = row.json;
			if (!this.tables.rows(TABLE).some((order) => order.taskId === taskId))
				this.unnamed.add(taskId);
		}
		return answer;
	}

	/** What a node's webhook answers, in n8n's own context for it. */
	private async answerOf({
		given,
		nodes,
		name,
		call,
		data,
		executionId,
		vendor,
	}: {
		given: NodeRun;
		nodes: INode[];
		name: string;
		call: Call;
		data: IRunExecutionData | null;
		executionId: string;
		vendor?: VendorId;
	}): Promise<Answer> {
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
		const answer: Answer = { httpStatus: 200, body: {} };
		const response = {
			status(code: number) {
				answer.httpStatus = code;
				return response;
			},
			json(body: Answer['body']) {
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
		const { workflowData, webhookResponse } = (await type.webhook?.call(context)) ?? {};
		if (workflowData === undefined) return answer;
		return { ...answer, body: webhookResponse, rows: workflowData[0] ?? [] };
	}

	/** Lets virtual time pass until no poller is left, or one has rung for longer than any node waits. */
	async untilNobodyRings(sandbox: Sandbox): Promise<void> {
		const latest = clock.now() + LONGEST_WAIT_MS;
		while (this.livePollers().length > 0 && clock.now() < latest) {
			const next = Math.min(...this.alarms.map(({ at }) => at), latest);
			await clock.sleep(Math.max(next - clock.now(), 0));
			await sandbox.tick();
			this.tick();
		}
	}
}

/** Posts as a poller does over n8n's own client, to which no vendor has a part. */
async function postAsPoller(url: string, content: object) {
	const headers = {
		'content-type': 'application/json',
		connection: 'close',
		[POLLER_HEADER]: 'yes',
	};
	const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(content) });
	const body = parseJson(await answer.text());
	return { httpStatus: answer.status, ...(isObject(body) && { body }) };
}

async function readAsPoller(url: string) {
	const answer = await fetch(url, { headers: { connection: 'close', [POLLER_HEADER]: 'yes' } });
	return { httpStatus: answer.status, text: await answer.text() };
}

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
