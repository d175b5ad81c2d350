import type { IBinaryKeyData, IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { problemOfDownload } from '../errors';
import { downloadTask } from '../media/downloadTask';
import type { OutputRules } from '../nodeParameters';
import type { Task } from '../vendors';
import { toRow, type RowOrigin } from './row';
import type { Problem, Session } from './types';

/** A task as output: its row and, where wanted, the video and last frame as files. */
export async function collectVideo(
	context: IExecuteFunctions,
	session: Session,
	task: Task,
	origin: RowOrigin,
	{ raw, binaryProperty }: OutputRules,
): Promise<
	{ ok: true; json: IDataObject; binary?: IBinaryKeyData } | { ok: false; problem: Problem }
> {
	const json = toRow(task, origin, { raw });
	if (binaryProperty === undefined || task.videoUrl === undefined) return { ok: true, json };

	const downloaded = await downloadTask(context, session, task, binaryProperty);
	return downloaded.ok
		? { ok: true, json, binary: downloaded.binary }
		: { ok: false, problem: problemOfDownload(task, downloaded.reason) };
}
