import { videoOperations } from '../domain/model';
import type { PairedOutput } from '../host/rows';
import type { NodeRun } from '../host/run';
import { readText } from '../orders/parameters';
import { generateVideos } from './generate';

/** Edits or extends the video of each item, or takes it as a reference, as Operation says. */
export async function runVideoOperation(run: NodeRun): Promise<PairedOutput[]> {
	const chosen = readText(run, 'operation', 0);
	return await generateVideos(run, videoOperations.find((one) => one === chosen) ?? 'edit');
}
