import { createRequire } from 'node:module';
import { parse, stringify } from 'flatted';
import {
	BinaryDataConfig,
	BinaryDataService,
	ExecutionLifecycleHooks,
	ExternalSecretsProxy,
	WorkflowExecute,
} from 'n8n-core';
import {
	createRunExecutionData,
	Workflow,
	type ExecutionError,
	type ExecutionStatus,
	type IBinaryData,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IRunExecutionData,
	type IWorkflowBase,
	type IWorkflowExecuteAdditionalData,
	type NodeOperationError,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { SeedanceImageToVideo } from '../../nodes/SeedanceImageToVideo/SeedanceImageToVideo.node.ts';
import { SeedanceTask } from '../../nodes/SeedanceTask/SeedanceTask.node.ts';
import { SeedanceTextToVideo } from '../../nodes/SeedanceTextToVideo/SeedanceTextToVideo.node.ts';
import { SeedanceTrigger } from '../../nodes/SeedanceTrigger/SeedanceTrigger.node.ts';
import { SeedanceVideoToVideo } from '../../nodes/SeedanceVideoToVideo/SeedanceVideoToVideo.node.ts';
import { SeedanceVideoFile } from '../../nodes/SeedanceVideoFile/SeedanceVideoFile.node.ts';
import type { FakeDataTables } from '../unit/fakes/dataTables.mts';
import { CredentialsInMemory, type Credentials } from './credentials.mts';
import { startNodeType } from './startNode.mts';

const PACKAGE = 'n8n-nodes-seedance';
const NODE = 'Seedance';
const START = 'Start';
const DATA_TABLE = 'n8n-nodes-base.dataTable';

const nodeTypesByName: Record<string, INodeType> = {
	seedanceTextToVideo: new SeedanceTextToVideo(),
	seedanceImageToVideo: new SeedanceImageToVideo(),
	seedanceVideoToVideo: new SeedanceVideoToVideo(),
	seedanceTask: new SeedanceTask(),
	/** As an agent of version 3 runs it. */
	seedanceTaskTool: new SeedanceTask(),
	seedanceTrigger: new SeedanceTrigger(),
	seedanceVideoFile: new SeedanceVideoFile(),
};

export type NodeName =
	| 'seedanceTextToVideo'
	| 'seedanceImageToVideo'
	| 'seedanceVideoToVideo'
	| 'seedanceTask'
	| 'seedanceTaskTool'
	| 'seedanceVideoFile';

export interface NodeRun {
	type: NodeName;
	/** Default: 1, as workflows of 0.1 have it. */
	typeVersion?: number;
	/** What the user set; n8n fills in the other parameters' defaults. */
	parameters: IDataObject;
	/** Default: one item without fields. */
	items?: INodeExecutionData[];
	/** Several batches make the node run several times in one execution, as in a loop. */
	batches?: INodeExecutionData[][];
	credentials: Credentials;
	onError?: INode['onError'];
	retryOnFail?: boolean;
	maxTries?: number;
	mode?: WorkflowExecuteMode;
	/** Default: an n8n whose webhooks nobody reaches, and that starts no further executions. */
	n8n?: SurroundingN8n;
}

export interface SurroundingN8n {
	/** n8n's Data Tables; without, nobody may touch any. */
	tables?: FakeDataTables;
	/** By which n8n knows an execution and its retries. Default: another one for every run. */
	resumeToken?: string;
	executionId?: string;
	/** Where executions that wait can be reached. */
	webhookWaitingUrl?: string;
	/** n8n may be killed before any request; whatever has no answer then never gets one. */
	beforeRequest?: () => Promise<void>;
	/** Likewise before what it would do in its database. */
	beforeWorkflow?: () => Promise<void>;
	/** Notes an execution that a node starts; throws where n8n would not start it. */
	startExecution?: (workflow: IWorkflowBase, items: IDataObject[]) => void;
}

export interface NodeResult {
	status: ExecutionStatus;
	error?: ExecutionError & { description?: string | null };
	/** Output 0 of the node's last run. */
	items: INodeExecutionData[];
	/** The error output of the node's last run. */
	errorItems: INodeExecutionData[];
	run: IRun;
	/** What `getContext('node')` holds. */
	nodeContext: IDataObject;
	/** n8n's "Retry execution" of a failed one, with the workflow as it was or as it is now. */
	retry(changed?: Partial<NodeRun>): Promise<NodeResult>;
	/** What n8n does when a call brings the rows of the parked node, or the error that it ends with. */
	resume(rows: INodeExecutionData[], error?: Error): Promise<NodeResult>;
}

export interface RunningNode {
	done: Promise<NodeResult>;
	/** What n8n does when the user stops the execution. */
	stop(): void;
}

export const nodeTypes: INodeTypes = {
	getByName: (name) => nodeType(name),
	getByNameAndVersion: (name) => nodeType(name),
	getKnownTypes: () => ({}),
};

function nodeType(name: string): INodeType {
	const found = name === START ? startNodeType : nodeTypesByName[name.replace(`${PACKAGE}.`, '')];
	if (found === undefined) throw new Error(`No node type ${name}`);
	return found;
}

export function nodesOf(given: NodeRun): INode[] {
	const common = { typeVersion: 1, position: [0, 0] as [number, number] };
	return [
		{ ...common, id: START, name: START, type: START, parameters: {} },
		{
			...common,
			id: NODE,
			name: NODE,
			type: `${PACKAGE}.${given.type}`,
			typeVersion: given.typeVersion ?? common.typeVersion,
			parameters: given.parameters as INode['parameters'],
			credentials: Object.fromEntries(
				Object.keys(given.credentials).map((type) => [type, { id: type, name: type }]),
			),
			onError: given.onError,
			retryOnFail: given.retryOnFail,
			maxTries: given.maxTries,
			// n8n takes 0 for "not set" and waits a second.
			waitBetweenTries: 1,
		},
	];
}

/** Starts a node behind a start node, as n8n does, in n8n's own engine. */
export function startNode(given: NodeRun): RunningNode {
	const batches = given.batches ?? [given.items ?? [{ json: {} }]];
	const [first] = nodesOf(given);
	if (first === undefined) throw new Error('No start node');
	const json: IDataObject = { batches: batches as unknown as IDataObject[] };
	const runExecutionData = createRunExecutionData({
		executionData: {
			nodeExecutionStack: [{ node: first, data: { main: [[{ json }]] }, source: null }],
		},
	});
	const { resumeToken = runExecutionData.resumeToken } = given.n8n ?? {};
	return execute(given, { ...runExecutionData, resumeToken }, given.mode ?? 'trigger');
}

export async function runNode(given: NodeRun): Promise<NodeResult> {
	return await startNode(given).done;
}

function execute(
	given: NodeRun,
	runExecutionData: IRunExecutionData,
	mode: WorkflowExecuteMode,
	isResumed = false,
): RunningNode {
	const nodes = nodesOf(given);
	const [, node] = nodes;
	const outputCount = given.batches?.length ?? 1;
	const connections = {
		[START]: {
			main: Array.from({ length: outputCount }, () => [
				{ node: NODE, type: 'main' as const, index: 0 },
			]),
		},
	};
	const settings = { executionOrder: 'v1' as const };
	const workflow = new Workflow({
		id: 'workflow',
		nodes,
		connections,
		active: false,
		nodeTypes,
		settings,
	});
	// As n8n loads it for a retry: the stack's copy of the node gives way to the workflow's.
	if (!isResumed)
		for (const entry of runExecutionData.executionData?.nodeExecutionStack ?? []) {
			entry.node = workflow.getNode(entry.node.name) ?? entry.node;
		}
	const additionalData = additionalDataOf(given, mode, { nodes, connections, settings });
	const execution = new WorkflowExecute(
		additionalData,
		mode,
		runExecutionData,
	).processRunExecutionData(workflow);

	const toResult = (run: IRun): NodeResult => {
		const main = run.data.resultData.runData[NODE]?.at(-1)?.data?.main;
		const errorOutput = node?.onError === 'continueErrorOutput' ? 1 : undefined;
		return {
			status: run.status,
			error: run.data.resultData.error,
			items: main?.[0] ?? [],
			errorItems: (errorOutput !== undefined && main?.[errorOutput]) || [],
			run,
			nodeContext: run.data.executionData?.contextData[`node:${NODE}`] ?? {},
			retry: async (changed) => await retry({ ...given, ...changed }, run),
			resume: async (rows, error) => await resume(given, run, mode, rows, error),
		};
	};
	return { done: execution.then(toResult), stop: () => execution.cancel() };
}

/** n8n 2.41.1, executions/execution.service `retry`, through the database's text form. */
async function retry(given: NodeRun, { data }: IRun): Promise<NodeResult> {
	const restored: IRunExecutionData = parse(stringify(data));
	const { lastNodeExecuted, runData } = restored.resultData;
	if (lastNodeExecuted !== undefined) {
		delete restored.resultData.error;
		const runs = runData[lastNodeExecuted];
		if (runs?.at(-1)?.error !== undefined) runs.pop();
	}
	return await execute(given, restored, 'retry').done;
}

/** n8n 2.41.1, webhooks/waiting-webhooks and webhook-helpers, through the database's text form. */
async function resume(
	given: NodeRun,
	{ data }: IRun,
	mode: WorkflowExecuteMode,
	rows: INodeExecutionData[],
	error?: Error,
): Promise<NodeResult> {
	const restored: IRunExecutionData = parse(stringify(data));
	const [entry] = restored.executionData?.nodeExecutionStack ?? [];
	if (entry === undefined) throw new Error('Nothing is parked');
	entry.node.disabled = true;
	entry.data.main = [rows];
	if (error !== undefined) {
		entry.metadata = { ...entry.metadata, resumeError: error as NodeOperationError };
	}
	return await execute(given, restored, mode, true).done;
}

export function additionalDataOf(
	{ credentials, n8n = {} }: Pick<NodeRun, 'credentials' | 'n8n'>,
	mode: WorkflowExecuteMode,
	workflow: Pick<IWorkflowBase, 'nodes' | 'connections' | 'settings'>,
): IWorkflowExecuteAdditionalData {
	const base = 'http://n8n.test';
	const { executionId = '1' } = n8n;
	const now = new Date();
	return {
		credentialsHelper: new CredentialsInMemory(credentials, n8n.beforeRequest),
		externalSecretsProxy: new ExternalSecretsProxy(),
		hooks: new ExecutionLifecycleHooks(mode, executionId, {
			...workflow,
			id: 'workflow',
			name: 'Workflow',
			active: false,
			activeVersionId: null,
			isArchived: false,
			createdAt: now,
			updatedAt: now,
		}),
		executionId,
		currentNodeExecutionIndex: 0,
		setExecutionStatus: () => undefined,
		variables: {},
		restApiUrl: base,
		instanceBaseUrl: base,
		formBaseUrl: base,
		formWaitingBaseUrl: base,
		formTestBaseUrl: base,
		webhookBaseUrl: base,
		webhookWaitingBaseUrl: n8n.webhookWaitingUrl ?? `${base}/webhook-waiting`,
		webhookTestBaseUrl: base,
		mcpBaseUrl: base,
		mcpTestBaseUrl: base,
		async executeWorkflow({ code }, _additionalData, { inputData = [] }) {
			await n8n.beforeWorkflow?.();
			if (code?.nodes.some(({ type }) => type === DATA_TABLE) && n8n.tables !== undefined) {
				const rows = await n8n.tables.run(
					code,
					inputData.map(({ json }) => json),
				);
				return { executionId: '3', data: [rows.map((json) => ({ json }))] };
			}
			if (n8n.startExecution === undefined || code === undefined) throw new Error('Not started');
			n8n.startExecution(
				code,
				inputData.map(({ json }) => json),
			);
			return await Promise.resolve({ executionId: '2', data: [] });
		},
		getRunExecutionData: () => Promise.resolve(undefined),
		getRuntimeCredential: () => Promise.resolve(undefined),
		startRunnerTask: () => Promise.reject(new Error('Not part of the engine tests')),
		logAiEvent: () => undefined,
	};
}

// n8n-core has a container of its own, not the one at the top of node_modules.
const { Container } = createRequire(require.resolve('n8n-core'))('@n8n/di') as {
	Container: { get<T>(type: new (...parameters: never[]) => T): T };
};
const binaryData = Container.get(BinaryDataService);

/** n8n's memory mode: the file stands in the item as base64. */
export function keepBinaryInline(): void {
	Reflect.set(binaryData, 'mode', 'default');
}

/** n8n's usual mode: files in `folder`, the item only refers to them. */
export async function keepBinaryInFolder(folder: string): Promise<void> {
	const config = Container.get(BinaryDataConfig);
	config.mode = 'filesystem';
	config.localStoragePath = folder;
	await binaryData.init();
}

/** Puts a file into n8n's store as it is set, as a node before this one would. */
export async function storeFile(bytes: Buffer, fileName: string): Promise<IBinaryData> {
	const location = { type: 'execution' as const, workflowId: 'workflow', executionId: '1' };
	const mimeType = 'video/mp4';
	return await binaryData.store(location, bytes, { data: '', mimeType, fileName });
}

/** The bytes of an item's file, wherever they are kept. */
export async function bytesOf(item: INodeExecutionData | undefined, property = 'data') {
	const file = item?.binary?.[property];
	if (file === undefined) throw new Error(`No file in ${property}`);
	return await binaryData.getAsBuffer(file);
}

keepBinaryInline();
