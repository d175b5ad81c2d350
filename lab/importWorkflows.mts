import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
	N8nClient,
	StoredCredential,
	StoredWorkflow,
	WorkflowInput,
	WorkflowNode,
} from './n8nClient.mts';

export interface ImportedWorkflow {
	file: string;
	workflow: Pick<StoredWorkflow, 'id' | 'name'>;
	isNew: boolean;
	/** Why it could not be activated though its file says it is active. */
	activationProblem?: string;
}

export interface ImportOptions {
	folder: string;
	/** What stands in for the credentials the files name, by type. */
	credentials: StoredCredential[];
	/** Addresses written in the files and what they are here. */
	addresses?: Record<string, string>;
	/** What one more note in the workflow is to say, below its nodes. */
	noteFor?: (file: string, workflow: WorkflowInput) => string | undefined;
}

/** Imports every workflow file of a folder; one that is there by name keeps the user's changes. */
export async function importWorkflows(
	client: N8nClient,
	{ folder, credentials, addresses = {}, noteFor = () => undefined }: ImportOptions,
): Promise<ImportedWorkflow[]> {
	if (!existsSync(folder)) return [];
	const existing = new Map((await client.workflows()).map((stored) => [stored.name, stored]));
	const imported: ImportedWorkflow[] = [];
	for (const file of readdirSync(folder).sort()) {
		if (!file.endsWith('.json')) continue;
		const workflow = readWorkflow(join(folder, file), addresses);
		const known = existing.get(workflow.name);
		if (known) {
			imported.push({ file, workflow: known, isNew: false });
			continue;
		}
		const noted = withNote(workflow, noteFor(file, workflow));
		const stored = await client.createWorkflow(withCredentials(noted, credentials));
		const activationProblem = workflow.active
			? await activationError(client, stored.id)
			: undefined;
		imported.push({ file, workflow: stored, isNew: true, activationProblem });
	}
	return imported;
}

export function readWorkflow(path: string, addresses: Record<string, string> = {}): WorkflowInput {
	const text = Object.entries(addresses).reduce(
		(soFar, [written, here]) => soFar.replaceAll(written, here),
		readFileSync(path, 'utf8'),
	);
	return JSON.parse(text) as WorkflowInput;
}

/** Room between the nodes and a note, and how large the note and a node are. */
const GAP = 64;
const NOTE_SIZE = { width: 480, height: 208 };
const NODE_HEIGHT = 96;

function withNote(workflow: WorkflowInput, content: string | undefined): WorkflowInput {
	if (content === undefined) return workflow;
	const { nodes } = workflow;
	const left = Math.min(...nodes.map(({ position: [x] }) => x));
	const bottom = Math.max(
		...nodes.map(
			({ position: [, y], parameters }) => y + (Number(parameters.height) || NODE_HEIGHT),
		),
	);
	const note: WorkflowNode = {
		name: 'In the Demo',
		type: 'n8n-nodes-base.stickyNote',
		typeVersion: 1,
		position: [left, bottom + GAP],
		parameters: { content, color: 5, ...NOTE_SIZE },
	};
	return { ...workflow, nodes: [...nodes, note] };
}

export function withCredentials(
	workflow: WorkflowInput,
	credentials: StoredCredential[],
): WorkflowInput {
	const byType = new Map(credentials.map(({ id, name, type }) => [type, { id, name }]));
	return {
		...workflow,
		nodes: workflow.nodes.map((node) => ({
			...node,
			...(node.credentials && {
				credentials: Object.fromEntries(
					Object.entries(node.credentials).map(([type, named]) => [
						type,
						byType.get(type) ?? named,
					]),
				),
			}),
		})),
	};
}

async function activationError(client: N8nClient, id: string): Promise<string | undefined> {
	try {
		await client.activate(id);
		return undefined;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}
