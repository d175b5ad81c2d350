import type { JsonObject } from './types.mts';

/** The verbs by which the maker takes a prompt for one that edits or goes on with a video. */
const asksToEdit = /\b(edit|modify|replace|remove|erase|recolou?r|swap)/i;
const asksToExtend = /\b(extend|continue)/i;

const videosOf = (input: JsonObject): unknown[] =>
	['reference_video', 'reference_videos', 'reference_video_urls', 'video_urls'].flatMap(
		(field) => input[field] ?? [],
	);

/** Whether the prompt says what the type of the task says. */
export function fitsType(type: unknown, prompt: unknown): boolean {
	const words = String(prompt ?? '');
	if (type === 'edit') return asksToEdit.test(words);
	if (type === 'extend') return asksToExtend.test(words);
	return !asksToEdit.test(words);
}

/**
 * How a task of 2.5 ends whose prompt edits a video, where length and ratio are not left to that
 * video: minutes later, because the maker only then reads the prompt.
 */
export function editingFailure(
	model: string,
	input: JsonObject,
): { code: string; message: string } | undefined {
	const { duration, aspect_ratio: ratio = 'adaptive', ratio: arkRatio = ratio } = input;
	const type = input.task ?? input.omni_reference_task_type ?? 'auto';
	const isRead = type === 'auto' && /seedance-2[.-]5/.test(model) && videosOf(input).length > 0;
	if (!isRead || !asksToEdit.test(String(input.prompt ?? ''))) return undefined;
	if (duration === -1 && arkRatio === 'adaptive') return undefined;
	return {
		code: 'InvalidParameter.TaskTypeConstraint',
		message:
			'Seedance identified your task as video editing based on your prompt. For video editing, `ratio` must be adaptive and `duration` must be -1.',
	};
}
