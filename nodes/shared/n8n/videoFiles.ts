import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { isWebAddress } from '../domain/address';
import { reasonOf } from '../domain/json';
import { mp4, video, type MediaKind, type MediaType } from '../domain/mediaFile';
import { fileInput } from '../domain/ownParameters';
import type { Step } from '../domain/problem';
import { fail, ok } from '../domain/result';
import { chunksOf, type Film } from '../film/film';
import type { StoredFile } from '../film/storedFile';
import { problemOfInput } from '../tasks/problems';
import { clock } from './clock';
import { downloadFile } from './download';
import { readText } from './parameters';
import { toFile } from './storedFile';

type FileStream = Exclude<Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0], Buffer>;

/** Which parameters say where a file comes from. */
export type FileInput = (typeof fileInput)[keyof typeof fileInput];

export const { video: videoInput, sound: soundInput } = fileInput;

const mp3: MediaType = { extension: 'mp3', mimeType: 'audio/mpeg' };
const m4a: MediaType = { extension: 'm4a', mimeType: 'audio/mp4' };

/** Any kind: what is in it is judged when it is read. */
const anySound: MediaKind = {
	extension: 'mp3',
	types: [mp3, m4a],
	typeOf: (head) => (head.toString('latin1', 4, 8) === 'ftyp' ? m4a : mp3),
	readWhole: () => ({ read: () => undefined, end: () => 'open' }),
};
const kinds = { video, sound: anySound };

/** An item's file as it can be read; one on the web is stored in n8n first. */
export async function readFile(
	context: IExecuteFunctions,
	{ name, label, field, defaultInputType }: FileInput,
	itemIndex: number,
): Promise<Step<StoredFile & { stored: IBinaryData }>> {
	const inputType = context.getNodeParameter(`${name}InputType`, itemIndex, defaultInputType);
	const isBinary = inputType !== 'url';
	if (isBinary) {
		const property = readText(context, `${name}BinaryPropertyName`, itemIndex, field) || field;
		return ok(await toFile(context, context.helpers.assertBinaryData(itemIndex, property)));
	}
	const url = readText(context, `${name}Url`, itemIndex);
	if (!isWebAddress(url)) {
		const message = `${label} URL is no web address`;
		return fail(problemOfInput(message, 'It must begin with http:// or https://.'));
	}
	const downloaded = await downloadFile(
		context,
		{ clock, stopSignal: context.getExecutionCancelSignal() },
		{ kind: kinds[name], name, url: () => url },
	);
	if (downloaded.ok) return ok(await toFile(context, downloaded.value.stored));
	const message = `${label} URL could not be downloaded: ${downloaded.error}`;
	return fail(problemOfInput(message, 'Open the address in a browser to see what it holds.'));
}

/**
 * In memory mode n8n writes all files of an execution into one text. Of n8n 2.41 (SQLite) clips and a
 * film of 65 MB came back from there; with 76 MB it told success and had saved nothing.
 */
const MAX_MEGABYTES_IN_MEMORY = 64;
const MEGABYTE = 1024 * 1024;

/** Writes a film into n8n's store: as a stream where n8n keeps files outside of its memory. */
export async function storeFilm(
	context: IExecuteFunctions,
	film: Film,
	inputs: readonly IBinaryData[],
	fileName: string,
): Promise<Step<IBinaryData>> {
	const id = inputs.find((input) => input.id !== undefined)?.id;
	const { bytes } = film.facts;
	if (id === undefined && bytes > MAX_MEGABYTES_IN_MEMORY * MEGABYTE) {
		return fail(
			problemOfInput(
				`The film would have ${Math.ceil(bytes / MEGABYTE)} MB, and this n8n keeps files in its memory`,
				`Set N8N_DEFAULT_BINARY_DATA_MODE to 'filesystem', so that the film is streamed to disk. In memory at most ${MAX_MEGABYTES_IN_MEMORY} MB are made.`,
			),
		);
	}
	const chunks = chunksOf(film, context.getExecutionCancelSignal());
	const prepare = async () => {
		const body = id === undefined ? await inOnePiece(chunks) : await toStream(context, id, chunks);
		return await context.helpers.prepareBinaryData(body, fileName, mp4.mimeType);
	};
	const [stored] = await Promise.allSettled([prepare()]);
	context.getExecutionCancelSignal()?.throwIfAborted();
	if (stored.status === 'fulfilled') return ok(stored.value);
	const message = `The film could not be written: ${reasonOf(stored.reason)}`;
	return fail(problemOfInput(message, 'No part of it is put out. Check the file that is named.'));
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
