import type { IWebhookFunctions } from 'n8n-workflow';
import { clock } from '../n8n/clock';
import { post } from '../n8n/post';
import { TOKEN_PARAMETER, type CallbackClaims } from '../tasks/callbackToken';
import { nextCallDelayMs, nextRingDelayMs } from '../tasks/schedule';
import type { Session } from '../tasks/session';
import { watch } from './watch';

/** Who looks for which task of which trigger in this process, by the watch that began last. */
const turns = new Map<string, symbol>();

const keyOf = (context: IWebhookFunctions, taskId: string): string =>
	`${context.getWorkflow().id}:${context.getNode().id}:${taskId}`;

/** A task that is delivered, or will never be, is watched no longer. */
export function endTriggerWatch(context: IWebhookFunctions, taskId: string): void {
	turns.delete(keyOf(context, taskId));
}

/**
 * Has this process go on looking at a task that has not ended, and ring the trigger when it has; says
 * in how many milliseconds to call all the same. Only a poller's token names its task and may be used
 * again; a trigger that listens for a test takes one call only.
 */
export function watchForTrigger(
	context: IWebhookFunctions,
	session: Session,
	{ token, claims }: { token: unknown; claims: CallbackClaims | undefined },
): number {
	const now = clock.now();
	const elapsedMs = claims === undefined ? 0 : now - claims.issuedAt;
	const url = context.getNodeWebhookUrl('default');
	const isWatchable = context.getMode() !== 'manual' && typeof token === 'string';
	if (claims?.taskId === undefined || url === undefined || !isWatchable) {
		return nextRingDelayMs({ elapsedMs });
	}
	const { taskId, model: modelId = '', addresses, issuedAt: submittedAt } = claims;
	const address = new URL(url);
	address.searchParams.set(TOKEN_PARAMETER, token);
	const key = keyOf(context, taskId);
	const turn = Symbol('watch');
	turns.set(key, turn);
	const nextCallMs = nextCallDelayMs({ elapsedMs, waits: turns.size });
	const handle = { taskId, modelId, addresses, status: 'queued' as const, submittedAt };
	const watching = watch(
		{ session, context },
		{
			tasks: [{ ...handle, deadlineAt: Infinity, timeoutMinutes: Infinity }],
			isOn: () => turns.get(key) === turn,
			call: async (by) => await post(by, address.toString(), {}),
			nextCallMs,
		},
	);
	void forgetAfter(watching, key, turn);
	return nextCallMs;
}

async function forgetAfter(watching: Promise<void>, key: string, turn: symbol): Promise<void> {
	await watching;
	if (turns.get(key) === turn) turns.delete(key);
}
