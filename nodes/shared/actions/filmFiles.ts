import { isWebAddress } from '../domain/address';
import { reasonOf } from '../domain/json';
import { FILE, MEGABYTE } from '../domain/limits';
import { mp4, video, type MediaKind, type MediaType } from '../domain/mediaFile';
import type { fileInput } from '../domain/ownParameters';
import type { Step } from '../domain/problem';
import { ok } from '../domain/result';
import { chunksOf, type Film } from '../film/film';
import type { FileStore, FilmStore, NodeInput, OpenableFile, Stop } from '../host/readers';
import type { StoredFile } from '../host/rows';
import { readText } from '../orders/parameters';
import { refuse } from '../tasks/problems';

/** Whose parameters say where a file comes from. */
export type FileInput = (typeof fileInput)[keyof typeof fileInput];

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

export type GivenFile = OpenableFile & { stored: StoredFile };

/** An item's file as it can be read; one on the web is stored in n8n first. */
export async function readFile(
	run: NodeInput & FileStore & FilmStore,
	{ name, label, field }: FileInput,
	itemIndex: number,
): Promise<Step<GivenFile>> {
	const isBinary = run.parameter(`${name}InputType`, itemIndex, 'binary') !== 'url';
	if (isBinary) {
		const property = readText(run, `${name}BinaryPropertyName`, itemIndex, field) || field;
		return ok(await opened(run, run.fileIn(itemIndex, property)));
	}
	const url = readText(run, `${name}Url`, itemIndex);
	if (!isWebAddress(url)) {
		const message = `${label} URL is no web address`;
		return refuse(message, 'It must begin with http:// or https://.');
	}
	const downloaded = await run.fetchFile({ kind: kinds[name], name, url });
	if (downloaded.ok) return ok(await opened(run, downloaded.value));
	const message = `${label} URL could not be downloaded: ${downloaded.error}`;
	return refuse(message, 'Open the address in a browser to see what it holds.');
}

const opened = async ({ toOpen }: FileStore, stored: StoredFile): Promise<GivenFile> => ({
	...(await toOpen(stored)),
	stored,
});

/** Writes a film into n8n's store: as a stream where n8n keeps files outside of its memory. */
export async function storeFilm(
	{ storeStream, stopSignal }: FilmStore & Pick<Stop, 'stopSignal'>,
	film: Film,
	inputs: readonly StoredFile[],
	fileName: string,
): Promise<Step<StoredFile>> {
	const id = inputs.find((input) => input.id !== undefined)?.id;
	const { bytes } = film.facts;
	if (id === undefined && bytes > FILE.maxMegabytesInMemory * MEGABYTE) {
		return refuse(
			`The film would have ${Math.ceil(bytes / MEGABYTE)} MB, and this n8n keeps files in its memory`,
			`Set N8N_DEFAULT_BINARY_DATA_MODE to 'filesystem', so that the film is streamed to disk. In memory at most ${FILE.maxMegabytesInMemory} MB are made.`,
		);
	}
	const chunks = chunksOf(film, stopSignal);
	const [stored] = await Promise.allSettled([storeStream(chunks, fileName, mp4.mimeType, id)]);
	stopSignal?.throwIfAborted();
	if (stored.status === 'fulfilled') return ok(stored.value);
	const message = `The film could not be written: ${reasonOf(stored.reason)}`;
	return refuse(message, 'No part of it is put out. Check the file that is named.');
}
