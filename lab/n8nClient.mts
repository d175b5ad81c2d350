import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireFromN8n } from './n8nRuntime.mts';
import type {
	CredentialInput,
	CredentialTestResult,
	DataTableInput,
	Execution,
	ExecutionData,
	ExecutionItem,
	ExecutionStatus,
	ExecutionSummary,
	N8nAccount,
	StoredCredential,
	StoredWorkflow,
	WorkflowInput,
} from './n8nTypes.mts';

export type * from './n8nTypes.mts';

/** How long n8n may take on a busy machine to listen for what was just activated. */
const REGISTERED_WITHIN_MS = 60_000;
const POLL_MS = 250;
const WAIT_TIMEOUT_MS = 120_000;

/** A busy n8n closes an idle connection at the very moment at which the next request is sent. */
const ONE_REQUEST_PER_CONNECTION = { connection: 'close' };

export const FINISHED: readonly ExecutionStatus[] = ['success', 'error', 'crashed', 'canceled'];

interface Flatted {
	parse(text: string): unknown;
}

export class N8nApiError extends Error {
	constructor(
		readonly status: number,
		readonly body: string,
		request: string,
	) {
		super(`${request} answered ${status}: ${body.slice(0, 1000)}`);
	}
}

export interface WaitOptions {
	timeoutMs?: number;
	/** Which statuses end the wait; `waiting` (parked) is not one of them unless asked for. */
	statuses?: readonly ExecutionStatus[];
}

export interface WebhookCall {
	method?: string;
	body?: unknown;
	headers?: Record<string, string>;
}

/** A column of a table and what it holds. */
export interface Cell {
	columnName: string;
	value: string;
}

const filterOf = (cell: Cell) => ({ type: 'and', filters: [{ ...cell, condition: 'eq' }] });

/** n8n's internal REST API, spoken the way its editor speaks it. */
export class N8nClient {
	private cookie = '';

	/** n8n ties a session to the browser that opened it. */
	private readonly browserId = randomUUID();

	constructor(
		readonly url: string,
		private readonly options: { webhookUrl?: string; root?: string } = {},
	) {}

	async signIn({ email, password }: N8nAccount): Promise<void> {
		await this.post('/login', { emailOrLdapLoginId: email, password });
	}

	/** Makes the owner account of a fresh n8n, or signs in to the one that is there. */
	async signInAsOwner(account: N8nAccount): Promise<void> {
		const settings = await this.get<{ userManagement: { showSetupOnFirstLoad?: boolean } }>(
			'/settings',
		);
		if (!settings.userManagement.showSetupOnFirstLoad) return await this.signIn(account);
		await this.post('/owner/setup', { firstName: 'Sea', lastName: 'Dance', ...account });
	}

	async nodeTypes(): Promise<Array<{ name: string; [key: string]: unknown }>> {
		return (await this.send('GET', '/types/nodes.json')).json() as never;
	}

	async credentialTypes(): Promise<Array<{ name: string; [key: string]: unknown }>> {
		return (await this.send('GET', '/types/credentials.json')).json() as never;
	}

	async credentials(): Promise<StoredCredential[]> {
		return await this.get('/credentials');
	}

	async createCredential(credential: CredentialInput): Promise<StoredCredential> {
		return await this.post('/credentials', credential);
	}

	/** Creates the credential, or brings the one of the same name and type up to date. */
	async ensureCredential(credential: CredentialInput): Promise<StoredCredential> {
		const { name, type } = credential;
		const existing = (await this.credentials()).find((c) => c.name === name && c.type === type);
		if (!existing) return await this.createCredential(credential);
		await this.request('PATCH', `/credentials/${existing.id}`, credential);
		return existing;
	}

	/** Saves a credential, as the editor does; blanked secrets stay as they are. */
	async updateCredential(id: string, credential: CredentialInput): Promise<void> {
		await this.request('PATCH', `/credentials/${id}`, credential);
	}

	async deleteCredential(id: string): Promise<void> {
		await this.request('DELETE', `/credentials/${id}`);
	}

	/** Tests what is stored, or `data` in its place, as the editor does while a key is typed in. */
	async testCredential(
		{ id, name, type }: StoredCredential,
		data?: Record<string, unknown>,
	): Promise<CredentialTestResult> {
		const tested = data ?? (await this.credentialData(id));
		return await this.post('/credentials/test', {
			credentials: { id, name, type, data: tested },
		});
	}

	async workflows(): Promise<Array<Pick<StoredWorkflow, 'id' | 'name' | 'active'>>> {
		return await this.get('/workflows');
	}

	async workflow(id: string): Promise<StoredWorkflow> {
		return await this.get(`/workflows/${id}`);
	}

	async createWorkflow(workflow: WorkflowInput): Promise<StoredWorkflow> {
		const { name, nodes, connections, pinData } = workflow;
		return await this.post('/workflows', {
			name,
			nodes: nodes.map((node) => ({ ...node, id: node.id ?? randomUUID() })),
			connections,
			settings: workflow.settings ?? { executionOrder: 'v1' },
			// n8n 2.0 has no default for it.
			active: false,
			...(pinData ? { pinData } : {}),
		});
	}

	async updateWorkflow(id: string, changes: Partial<WorkflowInput>): Promise<StoredWorkflow> {
		const { name, nodes, connections, settings, pinData } = changes;
		const body = { name, nodes, connections, settings, pinData };
		return await this.request('PATCH', `/workflows/${id}?forceSave=true`, body);
	}

	async deleteWorkflow(id: string): Promise<void> {
		await this.post(`/workflows/${id}/archive`, {});
		await this.request('DELETE', `/workflows/${id}`);
	}

	async activate(id: string): Promise<void> {
		const { versionId } = await this.workflow(id);
		await this.post(`/workflows/${id}/activate`, { versionId });
	}

	async deactivate(id: string): Promise<void> {
		await this.post(`/workflows/${id}/deactivate`, {});
	}

	/** Creates the table with its rows; one that is there by name keeps what is in it. */
	async ensureDataTable({ name, columns, rows }: DataTableInput): Promise<void> {
		if ((await this.tablePath(name)) !== undefined) return;
		const path = await this.tablesPath();
		const { id } = await this.post<{ id: string }>(path, { name, columns });
		await this.post(`${path}/${id}/insert`, { data: rows });
	}

	/** Changes the rows of a table in which a column has that value; a table that is not there has none. */
	async updateRows(table: string, where: Cell, data: Record<string, string>): Promise<void> {
		const path = await this.tablePath(table);
		if (path === undefined) return;
		await this.request('PATCH', `${path}/rows`, { filter: filterOf(where), data });
	}

	/** Removes the rows of a table in which a column has that value. */
	async deleteRows(table: string, where: Cell): Promise<void> {
		const path = await this.tablePath(table);
		if (path === undefined) return;
		const query = new URLSearchParams({ filter: JSON.stringify(filterOf(where)) });
		await this.request('DELETE', `${path}/rows?${query}`);
	}

	/** As "Execute workflow" in the editor; `destinationNode` is "Execute step". Returns the execution's ID. */
	async runManually(
		workflowId: string,
		{ trigger, destinationNode }: { trigger?: string; destinationNode?: string } = {},
	): Promise<string> {
		const { executionId } = await this.post<{ executionId?: string }>(
			`/workflows/${workflowId}/run`,
			{
				// n8n 2.0 runs what it is sent; newer ones run what is stored.
				workflowData: await this.workflow(workflowId),
				...(trigger || !destinationNode
					? { triggerToStartFrom: { name: trigger ?? (await this.firstTrigger(workflowId)) } }
					: {}),
				...(destinationNode
					? { destinationNode: { nodeName: destinationNode, mode: 'inclusive' } }
					: {}),
			},
		);
		if (!executionId) throw new Error(`Workflow ${workflowId} waits for a webhook call first`);
		return executionId;
	}

	/** Calls a production webhook. The path is registered a moment after activation, so 404 is retried. */
	async callWebhook(path: string, call: WebhookCall = {}): Promise<Response> {
		const { method = 'POST', body, headers = {} } = call;
		const url = `${this.options.webhookUrl ?? this.url}/webhook/${path}`;
		const deadline = Date.now() + REGISTERED_WITHIN_MS;
		for (;;) {
			const response = await fetch(url, {
				method,
				headers: {
					...ONE_REQUEST_PER_CONNECTION,
					...(body === undefined ? {} : { 'content-type': 'application/json' }),
					...headers,
				},
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
			});
			if (response.status !== 404 || Date.now() > deadline) return response;
			await sleep(POLL_MS);
		}
	}

	/** Newest first. */
	async executions(filter: Record<string, unknown> = {}): Promise<ExecutionSummary[]> {
		const query = new URLSearchParams({ filter: JSON.stringify(filter), limit: '100' });
		return (await this.get<{ results: ExecutionSummary[] }>(`/executions?${query}`)).results;
	}

	async execution(id: string): Promise<Execution> {
		const raw = await this.get<Omit<Execution, 'data'> & { data: string }>(`/executions/${id}`);
		const { parse } = requireFromN8n<Flatted>(this.options.root ?? process.cwd(), 'flatted');
		return { ...raw, data: parse(raw.data) as ExecutionData };
	}

	async waitForExecution(id: string, options: WaitOptions = {}): Promise<Execution> {
		const { timeoutMs = WAIT_TIMEOUT_MS, statuses = FINISHED } = options;
		const deadline = Date.now() + timeoutMs;
		for (;;) {
			const execution = await this.execution(id);
			if (statuses.includes(execution.status)) return execution;
			if (Date.now() > deadline) {
				throw new Error(
					`Execution ${id} is still "${execution.status}" after ${timeoutMs / 1000} s`,
				);
			}
			await sleep(POLL_MS);
		}
	}

	/** The newest execution that matches and is not among `known`, as soon as there is one. */
	async waitForNewExecution(
		workflowId: string,
		known: readonly string[] = [],
		timeoutMs = WAIT_TIMEOUT_MS,
	): Promise<string> {
		const deadline = Date.now() + timeoutMs;
		for (;;) {
			const fresh = (await this.executions({ workflowId })).find(({ id }) => !known.includes(id));
			if (fresh) return fresh.id;
			if (Date.now() > deadline) {
				throw new Error(`Workflow ${workflowId} did not start within ${timeoutMs / 1000} s`);
			}
			await sleep(POLL_MS);
		}
	}

	async stopExecution(id: string): Promise<void> {
		await this.post(`/executions/${id}/stop`, {});
	}

	/**
	 * As "Retry" in the list of executions: goes on at the failed node, and answers when that is done.
	 * `loadWorkflow` takes the workflow as saved now instead of as it was.
	 */
	async retryExecution(id: string, loadWorkflow = false): Promise<ExecutionSummary> {
		return await this.post(`/executions/${id}/retry`, { loadWorkflow });
	}

	async binary(id: string): Promise<{ contentType: string; bytes: Buffer }> {
		const query = new URLSearchParams({ id, action: 'view' });
		const response = await this.send('GET', `/rest/binary-data?${query}`);
		return {
			contentType: response.headers.get('content-type') ?? '',
			bytes: Buffer.from(await response.arrayBuffer()),
		};
	}

	/** Secrets come back blanked out; n8n puts them in again where they return unchanged. */
	/** What is stored, its secrets blanked, as the editor gets it. */
	async credentialData(id: string): Promise<Record<string, unknown>> {
		const path = `/credentials/${id}?includeData=true`;
		return (await this.get<{ data: Record<string, unknown> }>(path)).data;
	}

	private async tablesPath(): Promise<string> {
		const { id } = await this.get<{ id: string }>('/projects/personal');
		return `/projects/${id}/data-tables`;
	}

	private async tablePath(name: string): Promise<string | undefined> {
		const path = await this.tablesPath();
		const query = new URLSearchParams({ filter: JSON.stringify({ name }) });
		const { data } = await this.get<{ data: Array<{ id: string; name: string }> }>(
			`${path}?${query}`,
		);
		const found = data.find((table) => table.name === name);
		return found && `${path}/${found.id}`;
	}

	private async firstTrigger(workflowId: string): Promise<string> {
		const { nodes } = await this.workflow(workflowId);
		const trigger =
			nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger') ??
			nodes.find(({ type }) => /trigger|webhook/i.test(type));
		if (!trigger) throw new Error(`Workflow ${workflowId} has no trigger`);
		return trigger.name;
	}

	private async get<T>(path: string): Promise<T> {
		return await this.request('GET', path);
	}

	private async post<T>(path: string, body: unknown): Promise<T> {
		return await this.request('POST', path, body);
	}

	private async request<T>(method: string, path: string, body?: unknown): Promise<T> {
		const response = await this.send(method, `/rest${path}`, body);
		const text = await response.text();
		return (text ? (JSON.parse(text) as { data: T }).data : undefined) as T;
	}

	private async send(method: string, path: string, body?: unknown): Promise<Response> {
		const response = await fetch(this.url + path, {
			method,
			headers: {
				...ONE_REQUEST_PER_CONNECTION,
				'browser-id': this.browserId,
				cookie: this.cookie,
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const session = response.headers.getSetCookie().find((line) => line.startsWith('n8n-auth='));
		if (session) this.cookie = session.slice(0, session.indexOf(';'));
		if (!response.ok) {
			throw new N8nApiError(response.status, await response.text(), `${method} ${path}`);
		}
		return response;
	}
}

/** What a node put out in its last run, on one of its outputs. */
export function outputOf(execution: Execution, nodeName: string, output = 0): ExecutionItem[] {
	const runs = execution.data.resultData.runData[nodeName] ?? [];
	return runs.at(-1)?.data?.main?.[output] ?? [];
}
