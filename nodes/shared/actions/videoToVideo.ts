import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { videoOperations } from '../domain/model';
import { readText } from '../n8n/parameters';
import { generateVideos } from './generate';

/**
 * Edits or extends the video of each item, or takes it as a reference, as Operation says.
 * @throws NodeApiError naming item, task and remedy, unless Continue On Fail is set.
 */
export async function runVideoOperation(
	context: IExecuteFunctions,
): Promise<INodeExecutionData[][]> {
	const chosen = readText(context, 'operation', 0);
	return await generateVideos(context, videoOperations.find((one) => one === chosen) ?? 'edit');
}
