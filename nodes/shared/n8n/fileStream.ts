import type { IExecuteFunctions } from 'n8n-workflow';
import { reasonOf } from '../domain/json';
import { DOWNLOAD, MEGABYTE } from '../domain/limits';
import { HEAD_LENGTH, type MediaKind, type MediaType } from '../domain/mediaFile';
import type { VideoInfo } from '../domain/mp4Info';
import { option } from '../domain/ownParameters';
import { fail, ok, type Result } from '../domain/result';

/** The stream type of n8n's own helper; n8n Cloud refuses an import of node:stream. */
export type FileStream = Exclude<
	Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0],
	Buffer
>;

export const isReadable = (body: unknown): body is FileStream =>
	typeof body === 'object' && body !== null && 'pipe' in body;

export interface FileRules {
	kind: MediaKind;
	maxBytes: number;
	/** As the media host told it; absent where it did not, or where it counts other bytes. */
	promisedLength?: number;
}

/** A file on its way into n8n's store. */
export interface MeasuredFile {
	/** Ends with an error where the file is not what it has to be, so that nothing of it is kept. */
	stream: FileStream;
	/** Told from its first bytes. */
	type: MediaType;
	/** What is known once it has passed by. */
	told(): { bytes: number; info?: VideoInfo };
	/** Why it was refused on its way. */
	flaw(): FileFlaw | undefined;
}

export interface FileFlaw {
	reason: string;
	/** Another try would end the same way. */
	isFinal: boolean;
}

const megabytes = (bytes: number) => Math.round(bytes / MEGABYTE);

const tooLarge = (maxBytes: number): FileFlaw => ({
	reason: `the file is larger than ${megabytes(maxBytes)} MB; raise the option '${option.maxFileSize.label}' if that is right`,
	isFinal: true,
});

class RefusedFile extends Error {}

/**
 * Judges a file in one pass, while n8n stores it: its first bytes before anything is stored, its
 * length all the time, its end before the store has all of it. n8n gives its nodes no way to remove a
 * file again, and keeps nothing of a stream that ends with an error.
 */
export async function measure(
	body: FileStream,
	{ kind, maxBytes, promisedLength }: FileRules,
): Promise<Result<MeasuredFile, FileFlaw>> {
	if (promisedLength !== undefined && promisedLength > maxBytes) {
		body.destroy();
		return fail(tooLarge(maxBytes));
	}
	const reader = kind.readWhole();
	let length = 0;
	let type: MediaType | undefined;
	let flaw: FileFlaw | undefined;
	const refuse = (found: FileFlaw) => {
		flaw = found;
		return new RefusedFile(found.reason);
	};
	const judgeHead = (head: Buffer): void => {
		type = kind.typeOf(head);
		const reason =
			head.length === 0 ? 'the file is empty' : `the file is no ${kind.extension} file`;
		if (type === undefined) throw refuse({ reason, isFinal: false });
	};
	const stream = body.compose<FileStream>(async function* (chunks: AsyncIterable<Uint8Array>) {
		let head: Buffer = Buffer.alloc(0);
		for await (const piece of chunks) {
			const chunk = Buffer.from(piece);
			length += chunk.length;
			if (length > maxBytes) throw refuse(tooLarge(maxBytes));
			reader.read(chunk);
			if (type !== undefined) {
				yield chunk;
				continue;
			}
			head = Buffer.concat([head, chunk]);
			if (head.length < HEAD_LENGTH) continue;
			judgeHead(head);
			yield head;
		}
		if (type === undefined) judgeHead(head);
		const reason = missingAt(reader.end(), length, promisedLength);
		if (reason !== undefined) throw refuse({ reason, isFinal: false });
		if (head.length < HEAD_LENGTH) yield head;
	});
	const begun = await firstOf(stream);
	if (!begun.ok || type === undefined) {
		body.destroy();
		const reason = begun.ok ? 'the file is empty' : begun.error;
		return fail(flaw ?? { reason, isFinal: false });
	}
	return ok({
		stream,
		type,
		told: () => ({ bytes: length, info: reader.info?.() }),
		flaw: () => flaw,
	});
}

/** Waits until the first bytes can be read, or never will be. */
async function firstOf(stream: FileStream): Promise<Result<void, string>> {
	return await new Promise((resolve) => {
		// Stays, because an error that comes before somebody reads on would end n8n's process.
		stream.on('error', (error) => resolve(fail(reasonOf(error))));
		stream.once('readable', () => resolve(ok(undefined)));
	});
}

/**
 * What is missing at the end of a file; undefined for a whole one. n8n's HTTP client unpacks what comes
 * packed and leaves the packed length standing, so where the lengths differ the file itself decides.
 */
function missingAt(
	end: 'whole' | 'open' | 'broken',
	length: number,
	promisedLength: number | undefined,
): string | undefined {
	if (promisedLength === undefined) {
		return end === 'broken' ? `the file is incomplete: it ends after ${length} bytes` : undefined;
	}
	if (promisedLength === length) return undefined;
	const mayBeUnpacked = length * DOWNLOAD.maxPackingGain >= promisedLength;
	if (end === 'whole' && mayBeUnpacked) return undefined;
	if (end === 'open' && length > promisedLength) return undefined;
	return `the file is incomplete: ${length} of ${promisedLength} bytes`;
}
