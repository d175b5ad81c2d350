import { randomUUID } from 'node:crypto';
import { findProblem, integer, optional, required, text } from '../rules.mts';
import type { JsonObject } from '../types.mts';
import { readJsonBody } from './vendor.mts';
import type { Answer, VendorCall, World } from './vendor.mts';

export const ticketPath = '/api/v3/media/uploads';
export const storagePath = '/storage/';

type Refuse = (status: number, message: string) => Answer;

const ticketSchema = {
	filename: required(text()),
	size: required(integer(1)),
	content_type: optional(text()),
};

/** Tells where and how a file may be put, and where it can be had then. */
export function giveTicket(call: VendorCall, world: World, refuse: Refuse): Answer {
	const read = readJsonBody(call);
	if (!read.ok) return refuse(400, read.reason);
	const problem = findProblem(read.body, ticketSchema);
	if (problem) return refuse(400, `${problem.field} ${problem.reason}`);
	const name = randomUUID();
	const contentType = String(read.body.content_type ?? 'application/octet-stream');
	world.uploads.set(name, { contentType });
	const address = `${world.sandboxUrl}/wavespeed${storagePath}${name}`;
	const data = {
		upload: {
			method: 'PUT',
			url: `${address}?X-Amz-Signature=${name}`,
			headers: { 'Content-Type': contentType, 'x-amz-meta-ticket': name },
		},
		download_url: address,
	};
	return { status: 200, body: { code: 200, message: 'success', data } };
}

/** The address is signed, with the headers it was given for: a key sent there is a key leaked. */
export function storeFile(call: VendorCall, { uploads }: World): Answer {
	const { method, path, query, headers, bytes } = call;
	const name = path.slice(storagePath.length);
	const upload = uploads.get(name);
	const refuse = (status: number): Answer => ({ status, body: '<Error/>' });
	if (method !== 'PUT') return refuse(405);
	if (headers.authorization !== undefined) return refuse(400);
	if (!upload || query.get('X-Amz-Signature') !== name) return refuse(403);
	const isAsSigned =
		headers['content-type'] === upload.contentType && headers['x-amz-meta-ticket'] === name;
	if (!isAsSigned || bytes.length === 0) return refuse(403);
	uploads.set(name, { ...upload, bytes });
	return { status: 200, body: '' };
}

/** The first field with an address in the storage at which nothing lies. */
export function findMissingFile(input: JsonObject, { sandboxUrl, uploads }: World) {
	const storage = `${sandboxUrl}/wavespeed${storagePath}`;
	const isMissing = (value: unknown) =>
		typeof value === 'string' &&
		value.startsWith(storage) &&
		uploads.get(value.slice(storage.length))?.bytes === undefined;
	return Object.keys(input).find((field) => [input[field]].flat().some(isMissing));
}
