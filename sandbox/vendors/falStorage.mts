import { randomUUID } from 'node:crypto';
import { findProblem, required, text } from '../rules.mts';
import type { JsonObject } from '../types.mts';
import { readJsonBody } from './vendor.mts';
import type { Answer, VendorCall, World } from './vendor.mts';

export const initiatePath = '/storage/upload/initiate';
export const storagePath = '/storage/files/';

const refuse = (status: number, detail: unknown): Answer => ({ status, body: { detail } });

/** Tells where a file may be put, and where it can be had then. */
function initiate(call: VendorCall, world: World): Answer {
	const read = readJsonBody(call);
	if (!read.ok) return refuse(422, read.reason);
	const problem = findProblem(read.body, {
		content_type: required(text()),
		file_name: required(text()),
	});
	if (problem) return refuse(422, [{ loc: ['body', problem.field], msg: problem.reason }]);
	const name = randomUUID();
	world.uploads.set(name, { contentType: String(read.body.content_type) });
	const file_url = `${world.sandboxUrl}/fal${storagePath}${name}`;
	return { status: 200, body: { upload_url: `${file_url}?signature=${name}`, file_url } };
}

/** The address is signed: an API key sent there is an API key leaked. */
function put({ method, path, query, headers, bytes }: VendorCall, { uploads }: World): Answer {
	const name = path.slice(storagePath.length);
	const upload = uploads.get(name);
	if (method !== 'PUT') return refuse(405, 'Method Not Allowed');
	if (headers.authorization !== undefined) return refuse(400, 'Authorization must not be sent');
	if (!upload || query.get('signature') !== name) return refuse(403, 'Signature does not match');
	if (headers['content-type'] !== upload.contentType) return refuse(403, 'Another content type');
	if (bytes.length === 0) return refuse(400, 'No content');
	uploads.set(name, { ...upload, bytes });
	return { status: 200, body: {} };
}

export function storeFile(call: VendorCall, world: World): Answer {
	if (call.path !== initiatePath) return put(call, world);
	if (call.method !== 'POST') return refuse(405, 'Method Not Allowed');
	const storage = call.query.get('storage_type');
	return storage === 'fal-cdn-v3' ? initiate(call, world) : refuse(422, 'storage_type is unknown');
}

/** The first field with an address in the storage at which nothing lies. */
export function findMissingFile(input: JsonObject, { sandboxUrl, uploads }: World) {
	const storage = `${sandboxUrl}/fal${storagePath}`;
	const isMissing = (value: unknown) =>
		typeof value === 'string' &&
		value.startsWith(storage) &&
		uploads.get(value.slice(storage.length))?.bytes === undefined;
	return Object.keys(input).find((field) => [input[field]].flat().some(isMissing));
}
