import { isObject, type Json } from '../domain/json';
import type { PairedOutput } from '../host/rows';
import type { ParkingRun } from '../host/run';
import { shortHash } from '../tasks/ledgerRow';
import type { Submitted } from '../tasks/submit';

const PARKED_KEY = 'seedanceParked';

/** Notes in the execution which tasks this run of the node has paused it for; other runs have their own. */
export function noteParked({ kept, runIndex }: ParkingRun, submitted: readonly Submitted[]): void {
	const taskIds = submitted.map(({ result }) =>
		result.ok ? result.value.task.taskId : result.error.taskId,
	);
	const known = kept[PARKED_KEY];
	kept[PARKED_KEY] = { ...(isObject(known) && known), [runIndex()]: hashOf(taskIds) };
}

/**
 * The rows that a call has handed to n8n for this run of the node. If n8n is killed behind it, "Retry
 * with currently saved workflow" runs the node again with its own rows as input (2.41.1), where the
 * original workflow passes them on: what they were ordered from is gone, and they are paid for.
 */
export function rowsHandedOver(run: ParkingRun): PairedOutput[] | undefined {
	const noted = run.kept[PARKED_KEY];
	if (!isObject(noted)) return undefined;
	const items = run.items();
	if (noted[run.runIndex()] !== hashOf(items.map(({ json }) => taskIdIn(json)))) return undefined;
	return items.map((item, index) => ({ ...item, pairedItem: { item: index } }));
}

const hashOf = (taskIds: readonly unknown[]): string =>
	shortHash(taskIds.map((taskId) => taskId ?? null));

/** Rows for the error output hold everything but the error itself in one field. */
function taskIdIn(json: Json): unknown {
	if (json.taskId !== undefined) return json.taskId;
	const held = [json.details, json.message].find(isObject);
	return held?.taskId;
}
