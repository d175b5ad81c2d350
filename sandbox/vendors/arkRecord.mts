import { lastFrameUrl } from '../mediaUrls.mts';
import type { StoredTask } from '../tasks.mts';
import type { FaultEffect, JsonObject } from '../types.mts';
import { signedVideoUrl } from './tosLinks.mts';
import type { World } from './vendor.mts';

const secondsOf = (ms: number) => Math.floor(ms / 1000);

/** Cancelled and expired tasks have words of their own here. */
export function stateWord(task: StoredTask, { tasks }: World): string {
	const state = tasks.state(task);
	const code = task.failure?.code ?? '';
	return state === 'failed' && ['cancelled', 'expired'].includes(code) ? code : state;
}

/** What the model makes of it when nobody says how long: ten seconds in one recorded run. */
const chosenSeconds = 10;

function lengthOf({ duration, frames }: JsonObject) {
	if (typeof frames === 'number') return { frames, seconds: frames / 24 };
	const seconds = typeof duration === 'number' && duration > 0 ? duration : chosenSeconds;
	return { duration: seconds, seconds };
}

const tokensPerSecond = 108_900 / 5;

/** The reply to a status request, an entry of a list and the body of a callback. */
export function arkRecord(task: StoredTask, world: World, effect?: FaultEffect): JsonObject {
	const { input, failure } = task;
	const now = world.clock.now();
	const status = effect?.kind === 'unknownStatus' ? effect.status : stateWord(task, world);
	const { seconds, ...length } = lengthOf(input);
	const tokens = Math.round(seconds * tokensPerSecond);
	const begins = status === 'queued' ? task.createdAt : world.tasks.startsAt(task);
	return {
		id: task.taskId,
		model: task.model,
		status,
		error: status === 'failed' ? { ...failure } : null,
		...(status === 'succeeded' && {
			content: {
				video_url: signedVideoUrl(world.sandboxUrl, task),
				...(input.return_last_frame === true && {
					last_frame_url: lastFrameUrl(world.sandboxUrl, task),
				}),
			},
			usage: { completion_tokens: tokens, total_tokens: tokens },
			...length,
			seed: typeof input.seed === 'number' && input.seed >= 0 ? input.seed : 78_674,
			resolution: input.resolution ?? '720p',
			ratio: input.ratio === 'adaptive' || !input.ratio ? '16:9' : input.ratio,
			framespersecond: 24,
		}),
		created_at: secondsOf(task.createdAt),
		updated_at: secondsOf(now >= task.finishesAt ? task.finishesAt : begins),
		service_tier: input.service_tier ?? 'default',
		execution_expires_after: input.execution_expires_after ?? 172_800,
		draft: input.draft === true,
	};
}
