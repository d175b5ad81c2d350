import { REMEMBERED } from '../domain/limits';
import type { Problem } from '../domain/problem';
import { perProcess } from '../host/process';
import type { ParkingRun } from '../host/run';
import { problemOfSibling } from '../tasks/problems';

/** Where the sub-workflows that this process has parked take calls: by their parent, then by their own execution. */
const parkedIn = perProcess(() => new Map<string, Map<string, string>>());

/** Remembers that this execution is parked while another one waits for its rows. */
export function noteSibling(
	{ process, executionId, parentId: parentOf }: ParkingRun,
	url: string,
): void {
	const parentId = parentOf();
	if (parentId === undefined) return;
	const parkedOf = parkedIn(process);
	const siblings = parkedOf.get(parentId) ?? new Map<string, string>();
	parkedOf.delete(parentId);
	parkedOf.set(parentId, siblings.set(executionId, url));
	const [eldest] = parkedOf.keys();
	if (parkedOf.size > REMEMBERED.parents && eldest !== undefined) parkedOf.delete(eldest);
}

/**
 * Why nothing may be ordered here: the same parent has called another sub-workflow, which is still
 * parked. It can only be calling one for each item, and n8n 2.41 goes on with the rows of the first that
 * ends; what the others have paid for would be lost without a word.
 */
export async function problemWithSibling(run: ParkingRun): Promise<Problem | undefined> {
	const siblings = parkedIn(run.process).get(run.parentId() ?? '');
	for (const [executionId, url] of siblings ?? []) {
		if (executionId === run.executionId) continue;
		if (await isParkedAt(run, url)) return problemOfSibling(executionId);
		siblings?.delete(executionId);
	}
	return undefined;
}

/** Our own node answers where an execution is parked, even to a call that proves nothing; else n8n does. */
async function isParkedAt({ post }: ParkingRun, url: string): Promise<boolean> {
	const answer = await post(url, {});
	return typeof answer?.body?.state === 'string';
}
