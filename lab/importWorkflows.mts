import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { N8nClient, StoredCredential, StoredWorkflow, WorkflowInput } from './n8nClient.mts';

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
}

/** Imports every workflow file of a folder; one that is there by name keeps the user's changes. */
export async function importWorkflows(
	client: N8nClient,
	{ folder, credentials, addresses = {} }: ImportOptions,
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
		const stored = await client.createWorkflow(withCredentials(workflow, credentials));
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
