import type { IBinaryKeyData, IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { problemOfDownload } from '../errors';
import { downloadFile } from '../media/download';
import type { Task } from '../vendors';
import { toRow, type RowOrigin } from './row';
import type { Problem, Session } from './types';

const LAST_FRAME_PROPERTY = 'lastFrame';

/** A finished task as output: its row and, where wanted, the video and last frame as files. */
export async function collectVideo(
	context: IExecuteFunctions,
	{ clock, stopSignal }: Session,
	task: Task,
	origin: RowOrigin,
	itemIndex: number,
): Promise<
	{ ok: true; json: IDataObject; binary?: IBinaryKeyData } | { ok: false; problem: Problem }
> {
	const simplify = context.getNodeParameter('simplify', itemIndex, true) === true;
	const json = toRow(task, origin, { raw: !simplify });
	if (context.getNodeParameter('downloadVideo', itemIndex, true) !== true)
		return { ok: true, json };

	const property = String(context.getNodeParameter('binaryPropertyName', itemIndex, 'data'));
	const wanted = [
		{ property, url: task.videoUrl, extension: 'mp4', mimeType: 'video/mp4' },
		{
			property: LAST_FRAME_PROPERTY,
			url: task.lastFrameUrl,
			extension: 'png',
			mimeType: 'image/png',
		},
	];
	const binary: IBinaryKeyData = {};
	for (const { property: key, url, extension, mimeType } of wanted) {
		if (url === undefined) continue;
		const fileName = `${fileNameOf(task.taskId)}.${extension}`;
		const download = await downloadFile(context, clock, { url, fileName, mimeType }, stopSignal);
		if (!download.ok) return { ok: false, problem: problemOfDownload(task, download.reason) };
		binary[key] = download.file;
	}
	return { ok: true, json, binary };
}

/** Task IDs may hold characters that no file system takes, e.g. `:` and `/` at AI/ML API. */
function fileNameOf(taskId: string): string {
	return taskId.replaceAll(/[^\w.-]/g, '_');
}
