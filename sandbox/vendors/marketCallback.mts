import { createHmac } from 'node:crypto';
import type { StoredTask } from '../tasks.mts';
import type { FaultEffect, JsonObject } from '../types.mts';
import { marketRecord, resultOf } from './marketRecord.mts';
import type { Callback, World } from './vendor.mts';

/** `X-Webhook-Signature`: base64(HMAC-SHA256("taskId.timestamp")); the body is not covered. */
export const signCallback = (taskId: string, timestampSeconds: number, hmacKey: string) =>
	createHmac('sha256', hmacKey).update(`${taskId}.${timestampSeconds}`).digest('base64');

/** The status reply's shape, but null where that has empty strings. */
function bodyOf(task: StoredTask, world: World): JsonObject {
	const { failure, finishesAt } = task;
	return {
		code: failure ? 501 : 200,
		msg: failure ? 'Playground task failed.' : 'Playground task completed successfully.',
		data: {
			...marketRecord(task, world),
			resultJson: failure ? null : resultOf(task, world),
			failCode: failure?.code ?? null,
			failMsg: failure?.message ?? null,
			// Seconds here, as in the documented callbacks.
			costTime: failure ? 0 : Math.round((finishesAt - task.createdAt) / 1000),
		},
	};
}

function signatureHeaders({ taskId, vendor }: StoredTask, world: World): Record<string, string> {
	const hmacKey = world.webhookKeys[vendor];
	if (!hmacKey) return {};
	const timestampSeconds = Math.floor(world.clock.now() / 1000);
	return {
		'x-webhook-timestamp': String(timestampSeconds),
		'x-webhook-signature': signCallback(taskId, timestampSeconds, hmacKey),
	};
}

export function marketCallback(task: StoredTask, world: World, effect?: FaultEffect): Callback {
	const refusal = effect?.kind === 'bodyCode' && {
		code: effect.code,
		...(effect.message !== undefined && { msg: effect.message }),
	};
	return {
		body: { ...bodyOf(task, world), ...refusal },
		headers: signatureHeaders(task, world),
	};
}
