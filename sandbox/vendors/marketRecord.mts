import { lastFrameUrl, videoUrl } from '../mediaUrls.mts';
import type { StoredTask } from '../tasks.mts';
import type { FaultEffect, JsonObject } from '../types.mts';
import type { World } from './vendor.mts';

export const failureMessages: Record<number, string> = {
	400: 'Bad request',
	401: 'Unauthorized - Authentication credentials are missing or invalid',
	402: 'Insufficient Credits - Account does not have enough credits to perform the operation',
	404: 'Not Found - The requested resource or endpoint does not exist',
	422: 'Validation Error - The request parameters failed validation checks',
	429: 'Rate Limited - Request limit has been exceeded for this resource',
	455: 'Service Unavailable - System is currently undergoing maintenance',
	500: 'Server Error - An unexpected error occurred while processing the request',
	501: 'Generation Failed - Content generation task failed',
	505: 'Feature Disabled - The requested feature is currently disabled',
};

const creditsPerVideo = 5;

function stateWord(task: StoredTask, { tasks }: World): string {
	const state = tasks.state(task);
	if (state === 'succeeded') return 'success';
	if (state === 'failed') return 'fail';
	if (state === 'running') return 'generating';
	return tasks.progress(task) < 0.1 ? 'waiting' : 'queuing';
}

/** Where the last frame stands is documented nowhere; here it is one more URL. */
export const resultOf = (task: StoredTask, { sandboxUrl }: World) =>
	JSON.stringify({
		resultUrls: [
			videoUrl(sandboxUrl, task),
			...(task.input.return_last_frame === true ? [lastFrameUrl(sandboxUrl, task)] : []),
		],
	});

/** `data` of a status reply. */
export function marketRecord(task: StoredTask, world: World, effect?: FaultEffect): JsonObject {
	const state = effect?.kind === 'unknownStatus' ? effect.status : stateWord(task, world);
	const isFinished = state === 'success' || state === 'fail';
	return {
		taskId: task.taskId,
		model: task.model,
		state,
		param: JSON.stringify(task.createBody),
		resultJson: state === 'success' ? resultOf(task, world) : '',
		failCode: state === 'fail' ? task.failure?.code : '',
		failMsg: state === 'fail' ? task.failure?.message : '',
		...(task.vendor === 'kie' && {
			costTime: isFinished ? task.finishesAt - task.createdAt : null,
		}),
		createTime: task.createdAt,
		updateTime: isFinished ? task.finishesAt : world.clock.now(),
		completeTime: isFinished ? task.finishesAt : null,
		...(isFinished && { creditsConsumed: state === 'success' ? creditsPerVideo : 0 }),
	};
}
