import { videoUrl } from '../mediaUrls.mts';
import type { StoredTask } from '../tasks.mts';
import type { FaultEffect, JsonObject } from '../types.mts';
import type { World } from './vendor.mts';

const stateWords = {
	queued: 'starting',
	running: 'processing',
	succeeded: 'succeeded',
	failed: 'failed',
};

export const cancelled = { code: 'canceled', message: '' };

/** In microseconds. */
export const timeOf = (ms: number) => new Date(ms).toISOString().replace('Z', '000Z');

const lifetimeMs = 60 * 60_000;

/** An hour after its end nothing is left of what went in and came out. */
export const isRemoved = (task: StoredTask, now: number) => now >= task.finishesAt + lifetimeMs;

function wordOf(task: StoredTask, { tasks }: World): string {
	const word = stateWords[tasks.state(task)];
	return word === 'failed' && task.failure?.code === cancelled.code ? cancelled.code : word;
}

/** How it went so far, in seconds. */
function timesOf(task: StoredTask, status: string, { tasks }: World): JsonObject {
	const { createdAt, finishesAt } = task;
	const startsAt = tasks.startsAt(task);
	const begun = status !== 'starting' && { started_at: timeOf(startsAt) };
	if (tasks.progress(task) < 1) return { created_at: timeOf(createdAt), ...begun };
	return {
		created_at: timeOf(createdAt),
		...begun,
		completed_at: timeOf(finishesAt),
		metrics: {
			predict_time: (finishesAt - startsAt) / 1000,
			total_time: (finishesAt - createdAt) / 1000,
		},
	};
}

/** The reply to every request about a prediction, an entry of a list and the body of a webhook. */
export function predictionOf(task: StoredTask, world: World, effect?: FaultEffect): JsonObject {
	const { taskId, model, input, createBody, failure } = task;
	const status = effect?.kind === 'unknownStatus' ? effect.status : wordOf(task, world);
	const isGone = isRemoved(task, world.clock.now());
	const isMade = status === 'succeeded' && !isGone;
	const get = `${world.sandboxUrl}/replicate/predictions/${taskId}`;
	const { webhook, webhook_events_filter } = createBody;
	return {
		id: taskId,
		model,
		version: 'hidden',
		input: isGone ? {} : input,
		logs: '',
		output: isMade ? videoUrl(world.sandboxUrl, task) : null,
		data_removed: isGone,
		error: status === 'failed' ? (failure?.message ?? null) : null,
		source: 'api',
		status,
		...timesOf(task, status, world),
		...(webhook !== undefined && { webhook }),
		...(webhook_events_filter !== undefined && { webhook_events_filter }),
		urls: { get, cancel: `${get}/cancel`, web: `https://replicate.com/p/${taskId}` },
	};
}
