import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox, type Sandbox } from '../../sandbox/index.mts';
import { forEachVendor, vendors } from '../../sandbox/vendors/index.mts';
import type { WorkflowNode } from '../../lab/n8nClient.mts';
import {
	chain,
	credentialOf,
	credentialTypes,
	itemsNode,
	splitNode,
	type SharedStage,
	type Stage,
} from '../../test/e2e/stage.mts';

/** A stage's n8n with a sandbox of its own, whose tasks take so long. */
export async function withSandbox(stage: Stage, generationMs: number): Promise<SharedStage> {
	const sandbox = await startSandbox({ port: 0, generationMs });
	const { n8n, client } = stage;
	const stored = await Promise.all(
		vendors.map(async (vendor) => {
			const { apiKeys, baseUrls } = sandbox;
			const data = { apiKey: apiKeys[vendor], baseUrl: baseUrls[vendor] };
			const type = credentialTypes[vendor];
			return await client.createCredential({ name: `${vendor} ${generationMs}`, type, data });
		}),
	);
	const credentials = forEachVendor((vendor) => credentialOf(stored, vendor));
	return { n8n, client, sandbox, credentials, close: () => sandbox.close() };
}

export interface Reported {
	row: Record<string, unknown>;
	/** Unix milliseconds. */
	at: number;
}

/** Notes when each row comes out. */
export async function startRowClock() {
	const reported: Reported[] = [];
	const server = createServer((request, response) => {
		const at = Date.now();
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			reported.push({ row: JSON.parse(Buffer.concat(chunks).toString()), at });
			response.end('{}');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}/`, reported, close: () => server.close() };
}

export const webhookStart = (path: string): WorkflowNode => ({
	name: 'Start',
	type: 'n8n-nodes-base.webhook',
	typeVersion: 2,
	position: [0, 0],
	parameters: { path, httpMethod: 'POST', responseMode: 'onReceived' },
	webhookId: path,
});

export const reportNode = (url: string): WorkflowNode => ({
	name: 'Report',
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	position: [1200, 0],
	parameters: {
		method: 'POST',
		url,
		sendBody: true,
		specifyBody: 'json',
		jsonBody:
			'={{ JSON.stringify({ taskId: $json.taskId ?? $json.id, status: $json.status, url: $json.url }) }}',
	},
});

const authorization = ({ apiKeys }: Sandbox) => ({
	sendHeaders: true,
	headerParameters: {
		parameters: [{ name: 'Authorization', value: `Bearer ${apiKeys.aimlapi}` }],
	},
});

export const ORDINARY_WAIT_SECONDS = 5;

/** What the documentation of any such API leads to: order, wait, ask, and back to the wait. */
function ordinaryNodes(sandbox: Sandbox, prompt: string): WorkflowNode[] {
	const url = `${sandbox.baseUrls.aimlapi}/v2/video/generations`;
	const request = (name: string, x: number, parameters: Record<string, unknown>): WorkflowNode => ({
		name,
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		position: [x, 0],
		parameters: { ...authorization(sandbox), ...parameters },
	});
	return [
		request('Order', 600, {
			method: 'POST',
			url,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: `={{ JSON.stringify({ model: 'bytedance/seedance-1-0-lite-t2v', prompt: ${prompt} }) }}`,
		}),
		{
			name: 'Wait',
			type: 'n8n-nodes-base.wait',
			typeVersion: 1.1,
			position: [800, 0],
			parameters: { resume: 'timeInterval', amount: ORDINARY_WAIT_SECONDS, unit: 'seconds' },
			webhookId: randomUUID(),
		},
		request('Ask', 1000, { url: `=${url}?generation_id={{ encodeURIComponent($json.id) }}` }),
		{
			name: 'Finished?',
			type: 'n8n-nodes-base.if',
			typeVersion: 2.2,
			position: [1100, 0],
			parameters: {
				conditions: {
					options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
					conditions: [
						{
							id: randomUUID(),
							leftValue: '={{ $json.status }}',
							rightValue: 'completed',
							operator: { type: 'string', operation: 'equals' },
						},
					],
					combinator: 'and',
				},
				options: {},
			},
		},
	];
}

export interface BenchWorkflow {
	id: string;
	start(): Promise<void>;
}

async function activate(
	{ client }: SharedStage,
	name: string,
	nodes: WorkflowNode[],
	connections: Record<string, unknown>,
	path: string,
): Promise<BenchWorkflow> {
	const { id } = await client.createWorkflow({ name, nodes, connections });
	await client.activate(id);
	return { id, start: async () => void (await client.callWebhook(path)) };
}

/** An active workflow: items with a prompt each, a node that makes them videos, a report of each row. */
export async function createWorkflow(
	stage: SharedStage,
	name: string,
	itemCount: number,
	reportUrl: string,
	node?: WorkflowNode,
): Promise<BenchWorkflow> {
	const path = randomUUID();
	const middle = node === undefined ? [] : [node];
	const nodes = [
		webhookStart(path),
		itemsNode(itemCount),
		splitNode,
		...middle,
		reportNode(reportUrl),
	];
	return await activate(stage, name, nodes, chain(...nodes.map((each) => each.name)), path);
}

/** The same in the ordinary way. */
export async function createOrdinary(
	stage: SharedStage,
	itemCount: number,
	reportUrl: string,
	label: string,
): Promise<BenchWorkflow> {
	const path = randomUUID();
	const ordinary = ordinaryNodes(stage.sandbox, `$json.prompts + ' ${label}'`);
	const nodes = [
		webhookStart(path),
		itemsNode(itemCount),
		splitNode,
		...ordinary,
		reportNode(reportUrl),
	];
	const to = (node: string) => [{ node, type: 'main', index: 0 }];
	const connections = {
		...chain('Start', 'Items', 'Split', 'Order', 'Wait', 'Ask', 'Finished?'),
		'Finished?': { main: [to('Report'), to('Wait')] },
	};
	return await activate(stage, `The ordinary way ${label}`, nodes, connections, path);
}

export const statusCalls = ({ requests }: Sandbox): number =>
	requests.filter(({ operation }) => operation === 'status').length;
