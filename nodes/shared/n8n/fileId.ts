/** Where n8n keeps the files of one execution. */
export interface FilePlace {
	workflowId: string;
	executionId: string;
}

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** n8n's database mode names a file by nothing but a random ID (2.41.1). */
const inDatabase = new RegExp(`^database:${uuid}$`);

const inFolder = new RegExp(`^[a-z][a-z0-9-]*:(?<folder>.+)/${uuid}$`);

/**
 * Whether an ID of n8n's store names a file of this execution; every mode but the database's has the
 * execution in it.
 */
export function isStoredFor({ workflowId, executionId }: FilePlace, id: unknown): boolean {
	if (typeof id !== 'string') return false;
	if (inDatabase.test(id)) return true;
	const folder = inFolder.exec(id)?.groups?.folder;
	return folder === `workflows/${workflowId}/executions/${executionId}/binary_data`;
}
