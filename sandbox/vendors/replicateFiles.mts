import { createHash, randomUUID } from 'node:crypto';
import { parseJson } from '../json.mts';
import type { JsonObject } from '../types.mts';
import { timeOf } from './replicateRecord.mts';
import type { Answer, Upload, VendorCall, World } from './vendor.mts';

export const filesPath = '/files';

const DAY_MS = 24 * 60 * 60_000;

interface Part {
	name: string;
	fileName?: string;
	contentType: string;
	bytes: Buffer;
}

/** The parts of a multipart body; undefined for one that is none. */
function readParts({ headers, bytes }: VendorCall): Part[] | undefined {
	const contentType = String(headers['content-type'] ?? '');
	const [, quoted, plain] = /^multipart\/form-data;.*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(
		contentType,
	) ?? [undefined, undefined, undefined];
	const boundary = quoted ?? plain;
	if (boundary === undefined) return undefined;
	// One byte is one character here, so that positions in the text are positions in the body.
	const [, ...chunks] = `\r\n${bytes.toString('latin1')}`.split(`\r\n--${boundary}`);
	return chunks.at(-1)?.startsWith('--') ? chunks.slice(0, -1).flatMap(readPart) : undefined;
}

function readPart(chunk: string): Part[] {
	const end = chunk.indexOf('\r\n\r\n');
	const head = chunk.slice(0, end);
	const [, name] = /\bname="([^"]*)"/i.exec(head) ?? [];
	if (end < 0 || name === undefined) return [];
	const [, fileName] = /\bfilename="([^"]*)"/i.exec(head) ?? [];
	const [, contentType = 'text/plain'] = /^content-type: *([^\r\n]+)/im.exec(head) ?? [];
	return [{ name, fileName, contentType, bytes: Buffer.from(chunk.slice(end + 4), 'latin1') }];
}

const refuse = (status: number, detail: string): Answer => ({ status, body: { detail, status } });

function fileOf(id: string, { contentType, bytes }: Upload, world: World): JsonObject {
	const now = world.clock.now();
	return {
		id,
		content_type: contentType,
		size: bytes?.length ?? 0,
		etag: id,
		checksums: {
			sha256: createHash('sha256')
				.update(bytes ?? '')
				.digest('hex'),
		},
		metadata: {},
		created_at: timeOf(now),
		expires_at: timeOf(now + DAY_MS),
		urls: { get: `${world.sandboxUrl}/replicate${filesPath}/${id}` },
	};
}

function createFile(call: VendorCall, world: World): Answer {
	const parts = readParts(call);
	if (parts === undefined) return refuse(415, 'The body must be multipart/form-data');
	const strange = parts.find(
		({ name }) => !['content', 'metadata', 'filename', 'type'].includes(name),
	);
	if (strange) return refuse(400, `${strange.name} is not supported`);
	const metadata = parts.find(({ name }) => name === 'metadata');
	if (metadata && parseJson(metadata.bytes.toString()) === undefined) {
		return refuse(400, 'metadata must be JSON');
	}
	const content = parts.find(({ name }) => name === 'content');
	if (content?.fileName === undefined) return refuse(400, 'Missing content');
	if (content.bytes.length === 0) return refuse(400, 'The file is empty');
	const id = randomUUID().replaceAll('-', '');
	const upload = { contentType: content.contentType, bytes: content.bytes };
	world.uploads.set(id, upload);
	return { status: 201, body: fileOf(id, upload, world) };
}

/** Everything below `/files`. */
export function serveFiles(call: VendorCall, world: World): Answer {
	const { method, path } = call;
	if (path === filesPath) {
		if (method === 'POST') return createFile(call, world);
		const files = [...world.uploads].map(([id, upload]) => fileOf(id, upload, world));
		return { status: 200, body: { previous: null, next: null, results: files.toReversed() } };
	}
	const id = path.slice(filesPath.length + 1);
	const upload = world.uploads.get(id);
	if (!upload) return refuse(404, 'The requested resource could not be found.');
	if (method === 'DELETE') world.uploads.delete(id);
	return method === 'DELETE'
		? { status: 204, body: '' }
		: { status: 200, body: fileOf(id, upload, world) };
}

/** The first field with an address among the files at which nothing lies. */
export function findMissingFile(input: JsonObject, { sandboxUrl, uploads }: World) {
	const storage = `${sandboxUrl}/replicate${filesPath}/`;
	const isMissing = (value: unknown) =>
		typeof value === 'string' &&
		value.startsWith(storage) &&
		!uploads.has(value.slice(storage.length));
	return Object.keys(input).find((field) => [input[field]].flat().some(isMissing));
}
