import type { TriggerCall } from '../host/call';
import { perProcess } from '../host/process';
import { TOKEN_PARAMETER, type CallbackClaims } from '../tasks/callbackToken';
import { nextCallDelayMs, nextRingDelayMs } from '../tasks/schedule';
import type { Session } from '../tasks/session';
import { watch } from './watch';

/** Who looks for which task of which trigger in this process, by the watch that began last. */
const turnsOf = perProcess(() => new Map<string, symbol>());

const keyOf = ({ triggerId }: TriggerCall, taskId: string): string => `${triggerId}:${taskId}`;

/** A task that is delivered, or will never be, is watched no longer. */
export function endTriggerWatch(call: TriggerCall, taskId: string): void {
	turnsOf(call.process).delete(keyOf(call, taskId));
}

/**
 * Has this process go on looking at a task that has not ended, and ring the trigger when it has; says
 * in how many milliseconds to call all the same. Only a poller's token names its task and may be used
 * again; a trigger that listens for a test takes one call only.
 */
export function watchForTrigger(
	call: TriggerCall,
	session: Session,
	claims: CallbackClaims | undefined,
): number {
	const { process, url, isTest, incoming, log, post } = call;
	const { token } = incoming;
	const turns = turnsOf(process);
	const now = process.clock.now();
	const elapsedMs = claims === undefined ? 0 : now - claims.issuedAt;
	const isWatchable = !isTest && typeof token === 'string';
	if (claims?.taskId === undefined || url === undefined || !isWatchable) {
		return nextRingDelayMs({ elapsedMs });
	}
	const { taskId, model: modelId = '', taskUrls, issuedAt: submittedAt } = claims;
	const address = new URL(url);
	address.searchParams.set(TOKEN_PARAMETER, token);
	const key = keyOf(call, taskId);
	const turn = Symbol('watch');
	turns.set(key, turn);
	const nextCallMs = nextCallDelayMs({ elapsedMs, waits: turns.size });
	const handle = { taskId, modelId, taskUrls, status: 'queued' as const, submittedAt };
	const watching = watch(
		{ session, process, log, post },
		{
			tasks: [{ ...handle, deadlineAt: Infinity, timeoutMinutes: Infinity }],
			isOn: () => turns.get(key) === turn,
			call: async (by) => await by.post(address.toString(), {}),
			nextCallMs,
		},
	);
	void forgetAfter(watching, () => turns.get(key) === turn && turns.delete(key));
	return nextCallMs;
}

async function forgetAfter(watching: Promise<void>, forget: () => void): Promise<void> {
	await watching;
	forget();
}
