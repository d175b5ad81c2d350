import type { IExecuteFunctions } from 'n8n-workflow';
import { z } from 'zod/v4';
import { withoutUndefined } from '../domain/json';
import { hasEndedBadly } from '../domain/task';
import type { ItemResult, TaskOutcome } from '../host/rows';
import type { OrderEnd } from '../tasks/ledger';
import { usageSchema } from '../tasks/row';
import type { RunInline } from './executions';
import { noteEnds, type NotedEnd } from './ledger/noteEnds';
import { logOf } from './log';

/** An output row, as far as it tells of an end. */
const finishedRow = z.object({
	status: z.enum(['succeeded', 'failed', 'cancelled', 'expired']).optional().catch(undefined),
	videoUrl: z.string().optional().catch(undefined),
	completedAt: z.string().optional().catch(undefined),
	expiresAt: z.string().optional().catch(undefined),
	usage: usageSchema.optional().catch(undefined),
	failure: z.object({ message: z.string() }).optional().catch(undefined),
});

/** What an item's row or problem says about its order; undefined when it tells of no end. */
function endOf(result: ItemResult['result']): OrderEnd | undefined {
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
export function endsOf<T extends { result: ItemResult['result'] }>(
	results: readonly T[],
	{ isThrownAway }: { isThrownAway: boolean },
): Array<{ of: T; end: OrderEnd }> {
	return results.flatMap((of) => {
		const end = isThrownAway && of.result.ok ? undefined : endOf(of.result);
		return end === undefined ? [] : [{ of, end }];
	});
}

/** Writes ends into the ledgers that know their orders; what cannot be written down is logged. */
export async function writeEnds(
	context: Pick<IExecuteFunctions, 'logger'>,
	run: RunInline,
	outcomes: readonly TaskOutcome[],
	rules: { isThrownAway: boolean },
): Promise<void> {
	const ends = endsOf(outcomes, rules).flatMap(({ of, end }): NotedEnd[] =>
		of.reference === undefined ? [] : [{ reference: of.reference, taskId: of.taskId, end }],
	);
	if (ends.length === 0) return;
	const noted = await noteEnds(run, ends);
	if (!noted.ok) logOf(context).warn(`Seedance: the task ledger was not written: ${noted.error}`);
}
