import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { ok } from '../domain/result';
import type { FilmOutput } from '../host/rows';
import type { FilmRun } from '../host/run';
import { clock } from './clock';
import { downloadFile } from './download';
import { openInput } from './nodeInput';
import { onProblemOf, settleFilms } from './settle';
import { stoppable } from './stoppable';

type FileStream = Exclude<Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0], Buffer>;

/**
 * Tells the story of a run that makes films.
 * @throws NodeApiError naming item and remedy, unless Continue On Fail is set.
 */
export const atFilmNode = async (
	context: IExecuteFunctions,
	story: (run: FilmRun) => Promise<FilmOutput[]>,
): Promise<INodeExecutionData[][]> => [
	await stoppable(context, async () => await story(openFilmRun(context))),
];

function openFilmRun(context: IExecuteFunctions): FilmRun {
	const node = context.getNode();
	const stopSignal = context.getExecutionCancelSignal();
	return {
		...openInput(context),
		stopSignal,
		async fetchFile({ url, ...file }) {
			const wanted = { ...file, url: () => url };
			const downloaded = await downloadFile(context, { clock, stopSignal }, wanted);
			return downloaded.ok ? ok(downloaded.value.stored) : downloaded;
		},
		async storeStream(chunks, fileName, mimeType, besideId) {
			const body =
				besideId === undefined
					? await inOnePiece(chunks)
					: await toStream(context, besideId, chunks);
			return await context.helpers.prepareBinaryData(body, fileName, mimeType);
		},
		settleFilms: (results) => settleFilms(node, results, onProblemOf(node)),
	};
}

async function inOnePiece(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
	const parts: Buffer[] = [];
	for await (const chunk of chunks) parts.push(chunk);
	return Buffer.concat(parts);
}

/** The class of n8n's own streams, as far as it is needed here. */
interface StreamClass {
	from(chunks: AsyncIterable<Buffer>, options: { objectMode: boolean }): FileStream;
}

const isStreamClass = (value: unknown): value is StreamClass =>
	typeof value === 'function' && 'from' in value && typeof value.from === 'function';

/**
 * n8n takes only streams of Node's own class, whose module community nodes may not import: but every
 * file that n8n hands out is one, and its class makes further ones.
 */
async function toStream(
	context: IExecuteFunctions,
	id: string,
	chunks: AsyncIterable<Buffer>,
): Promise<FileStream> {
	const sample = await context.helpers.getBinaryStream(id);
	const { constructor: streamClass } = sample;
	sample.destroy();
	if (!isStreamClass(streamClass)) throw new Error('n8n hands out no stream of its own class');
	return streamClass.from(chunks, { objectMode: false });
}
