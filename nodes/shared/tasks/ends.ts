import { z } from 'zod/v4';
import { withoutUndefined, type Json } from '../domain/json';
import type { Problem } from '../domain/problem';
import type { Result } from '../domain/result';
import { hasEndedBadly } from '../domain/task';
import { endStatusSchema, usageSchema } from '../domain/taskSchema';
import type { LedgerReference, OrderEnd } from './ledger';
import { noteEnds, type Ledgers, type NotedEnd } from './ledgerEnds';

/** An item's row, or why it has none. */
type Outcome = Result<{ json: Json }, Problem>;

/** What became of a task, and where its order is written down. */
export interface TaskOutcome {
	reference?: LedgerReference;
	taskId: string;
	result: Outcome;
}

/** An output row, as far as it tells of an end. */
const finishedRow = z.object({
	status: endStatusSchema.optional().catch(undefined),
	videoUrl: z.string().optional().catch(undefined),
	completedAt: z.string().optional().catch(undefined),
	expiresAt: z.string().optional().catch(undefined),
	usage: usageSchema.optional().catch(undefined),
	failure: z.object({ message: z.string() }).optional().catch(undefined),
});

/** What an item's row or problem says about its order; undefined when it tells of no end. */
function endOf(result: Outcome): OrderEnd | undefined {
	if (!result.ok) {
		const { status, videoUrl, message: reason } = result.error;
		const isCollected = status !== undefined && hasEndedBadly({ status });
		return withoutUndefined({ status, videoUrl, reason, isCollected });
	}
	const { status, failure, ...known } = finishedRow.parse(result.value.json);
	if (status === undefined) return undefined;
	return withoutUndefined({ ...known, status, reason: failure?.message, isCollected: true });
}

/**
 * The ends that results tell of, whoever has found them out. A video counts as handed on only where no
 * other item's problem throws the whole output away: nobody has it yet.
 */
export function endsOf<T extends { result: Outcome }>(
	results: readonly T[],
	{ isThrownAway }: { isThrownAway: boolean },
): Array<{ of: T; end: OrderEnd }> {
	return results.flatMap((of) => {
		const end = isThrownAway && of.result.ok ? undefined : endOf(of.result);
		return end === undefined ? [] : [{ of, end }];
	});
}

export interface EndWriter extends Ledgers {
	log: { warn(message: string): void };
}

/** Writes ends into the ledgers that know their orders; what cannot be written down is logged. */
export async function writeEnds(
	writer: EndWriter,
	outcomes: readonly TaskOutcome[],
	rules: { isThrownAway: boolean },
): Promise<void> {
	const ends = endsOf(outcomes, rules).flatMap(({ of, end }): NotedEnd[] =>
		of.reference === undefined ? [] : [{ reference: of.reference, taskId: of.taskId, end }],
	);
	if (ends.length === 0) return;
	const noted = await noteEnds(writer, ends);
	if (!noted.ok) writer.log.warn(`Seedance: the task ledger was not written: ${noted.error}`);
}
