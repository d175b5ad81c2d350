import { sleep, type IBinaryData, type IExecuteFunctions } from 'n8n-workflow';
import { FILE } from '../domain/limits';
import type { OpenableFile } from '../host/readers';

/** A stored file as it can be read. */
export async function toFile(
	context: IExecuteFunctions,
	stored: IBinaryData,
): Promise<OpenableFile> {
	const { id, data, bytes } = stored;
	if (id === undefined) {
		const size = Buffer.byteLength(data, 'base64');
		return { size, rest, open: async () => await Promise.resolve(decode(data)) };
	}
	const size = bytes ?? (await context.helpers.getBinaryMetadata(id)).fileSize;
	const open = async () => readChunks(await context.helpers.getBinaryStream(id, FILE.chunkBytes));
	return { size, rest, open };
}

const rest = async () => await sleep(0);

async function* readChunks(stream: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
	for await (const chunk of stream) {
		if (chunk instanceof Uint8Array) yield chunk;
	}
}

/** In n8n's memory mode a file stands in its item as base64; a second copy of it would double that. */
async function* decode(base64: string): AsyncGenerator<Uint8Array> {
	for (let start = 0; start < base64.length; start += FILE.chunkBytes) {
		yield await Promise.resolve(
			Buffer.from(base64.slice(start, start + FILE.chunkBytes), 'base64'),
		);
	}
}
