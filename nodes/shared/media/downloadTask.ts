import type { IBinaryKeyData, IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';
import type { Session, Task } from '../lifecycle/types';
import { downloadFile } from './download';

const LAST_FRAME_PROPERTY = 'lastFrame';

/** The files of a finished task: the video under `property` and the last frame, if there is one. */
export async function downloadTask(
	context: IExecuteFunctions | IWebhookFunctions,
	{ clock, stopSignal }: Pick<Session, 'clock' | 'stopSignal'>,
	task: Task,
	property: string,
): Promise<{ ok: true; binary: IBinaryKeyData } | { ok: false; reason: string }> {
	const files = [
		{ key: property, url: task.videoUrl, extension: 'mp4', mimeType: 'video/mp4' },
		{
			key: LAST_FRAME_PROPERTY,
			url: task.lastFrameUrl,
			extension: 'png',
			mimeType: 'image/png',
		},
	];
	const binary: IBinaryKeyData = {};
	for (const { key, url, extension, mimeType } of files) {
		if (url === undefined) continue;
		const fileName = `${fileNameOf(task.taskId)}.${extension}`;
		const download = await downloadFile(context, clock, { url, fileName, mimeType }, stopSignal);
		if (!download.ok) return download;
		binary[key] = download.file;
	}
	return { ok: true, binary };
}

/** Task IDs may hold characters that no file system takes, e.g. `:` and `/` at AI/ML API. */
function fileNameOf(taskId: string): string {
	return taskId.replaceAll(/[^\w.-]/g, '_');
}
