import type { StoredTask } from './tasks.mts';

const urlOf = (sandboxUrl: string, task: StoredTask, extension: 'mp4' | 'png') =>
	new URL(`/media/${encodeURIComponent(task.taskId)}.${extension}`, sandboxUrl).href;

export const videoUrl = (sandboxUrl: string, task: StoredTask) => urlOf(sandboxUrl, task, 'mp4');

export const lastFrameUrl = (sandboxUrl: string, task: StoredTask) =>
	urlOf(sandboxUrl, task, 'png');
