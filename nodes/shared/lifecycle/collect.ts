import type { IBinaryKeyData, IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { problemOfDownload } from '../errors';
import { downloadTask } from '../media/downloadTask';
import type { Task } from '../vendors';
import { toRow, type RowOrigin } from './row';
import type { Problem, Session } from './types';

/** A task as output: its row and, where wanted, the video and last frame as files. */
export async function collectVideo(
	context: IExecuteFunctions,
	session: Session,
	task: Task,
	origin: RowOrigin,
	itemIndex: number,
): Promise<
	{ ok: true; json: IDataObject; binary?: IBinaryKeyData } | { ok: false; problem: Problem }
> {
	const simplify = context.getNodeParameter('simplify', itemIndex, true) === true;
	const json = toRow(task, origin, { raw: !simplify });
	const isWanted = context.getNodeParameter('downloadVideo', itemIndex, true) === true;
	if (!isWanted || task.videoUrl === undefined) return { ok: true, json };

	const property = String(context.getNodeParameter('binaryPropertyName', itemIndex, 'data'));
	const downloaded = await downloadTask(context, session, task, property);
	return downloaded.ok
		? { ok: true, json, binary: downloaded.binary }
		: { ok: false, problem: problemOfDownload(task, downloaded.reason) };
}
