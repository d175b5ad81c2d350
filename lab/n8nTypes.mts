/** The parts of n8n's REST answers that tests and the demo read. */

export interface N8nAccount {
	email: string;
	password: string;
	firstName?: string;
	lastName?: string;
}

export interface CredentialInput {
	name: string;
	type: string;
	data: Record<string, unknown>;
}

export interface StoredCredential {
	id: string;
	name: string;
	type: string;
}

export interface DataTableInput {
	name: string;
	columns: Array<{ name: string; type: string }>;
	rows: Array<Record<string, string | number | boolean | null>>;
}

export interface CredentialTestResult {
	status: 'OK' | 'Error';
	message: string;
}

export interface WorkflowNode {
	id?: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id?: string | null; name: string }>;
	webhookId?: string;
	disabled?: boolean;
	[setting: string]: unknown;
}

export interface WorkflowInput {
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	settings?: Record<string, unknown>;
	pinData?: Record<string, unknown>;
	active?: boolean;
	[extra: string]: unknown;
}

export interface StoredWorkflow extends WorkflowInput {
	id: string;
	versionId: string;
	active: boolean;
}

export type ExecutionStatus =
	| 'new'
	| 'running'
	| 'waiting'
	| 'success'
	| 'error'
	| 'crashed'
	| 'canceled';

export interface BinaryReference {
	id?: string;
	data: string;
	mimeType: string;
	fileName?: string;
	fileSize?: string;
	[extra: string]: unknown;
}

export interface ExecutionItem {
	json: Record<string, unknown>;
	binary?: Record<string, BinaryReference>;
	pairedItem?: unknown;
}

export interface ExecutionError {
	message: string;
	description?: string | null;
	name?: string;
	[extra: string]: unknown;
}

export interface NodeRun {
	startTime: number;
	executionTime: number;
	executionStatus?: string;
	error?: ExecutionError;
	data?: Record<string, (ExecutionItem[] | null)[]>;
	metadata?: Record<string, unknown>;
	hints?: unknown[];
	[extra: string]: unknown;
}

export interface ExecutionData {
	resultData: {
		runData: Record<string, NodeRun[]>;
		error?: ExecutionError;
		lastNodeExecuted?: string;
	};
	executionData?: Record<string, unknown>;
	resumeToken?: string;
	[extra: string]: unknown;
}

export interface ExecutionSummary {
	id: string;
	workflowId: string;
	mode: string;
	status: ExecutionStatus;
	startedAt?: string;
	stoppedAt?: string | null;
	waitTill?: string | null;
	retryOf?: string | null;
}

export interface Execution extends ExecutionSummary {
	finished: boolean;
	data: ExecutionData;
}
