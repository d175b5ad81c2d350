import type { IExecuteFunctions } from 'n8n-workflow';
import type { Problem } from '../domain/problem';
import { parentOf } from '../n8n/caller';
import { post } from '../n8n/post';
import { problemOfSibling } from '../tasks/problems';

const MAX_REMEMBERED = 1000;

/** Where the sub-workflows that this process has parked take calls: by their parent, then by their own execution. */
const parkedOf = new Map<string, Map<string, string>>();

/** Remembers that this execution is parked while another one waits for its rows. */
export function noteSibling(context: IExecuteFunctions, url: string): void {
	const parentId = parentOf(context);
	if (parentId === undefined) return;
	const siblings = parkedOf.get(parentId) ?? new Map<string, string>();
	parkedOf.delete(parentId);
	parkedOf.set(parentId, siblings.set(context.getExecutionId(), url));
	const [eldest] = parkedOf.keys();
	if (parkedOf.size > MAX_REMEMBERED && eldest !== undefined) parkedOf.delete(eldest);
}

/**
 * Why nothing may be ordered here: the same parent has called another sub-workflow, which is still
 * parked. It can only be calling one for each item, and n8n 2.41 goes on with the rows of the first that
 * ends; what the others have paid for would be lost without a word.
 */
export async function problemWithSibling(context: IExecuteFunctions): Promise<Problem | undefined> {
	const siblings = parkedOf.get(parentOf(context) ?? '');
	for (const [executionId, url] of siblings ?? []) {
		if (executionId === context.getExecutionId()) continue;
		if (await isParkedAt(context, url)) return problemOfSibling(executionId);
		siblings?.delete(executionId);
	}
	return undefined;
}

/** Our own node answers where an execution is parked, even to a call that proves nothing; else n8n does. */
async function isParkedAt(context: IExecuteFunctions, url: string): Promise<boolean> {
	const answer = await post(context, url, {});
	return typeof answer?.body?.state === 'string';
}
