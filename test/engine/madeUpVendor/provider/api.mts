import { createHash, createPublicKey, verify } from 'node:crypto';
import { z } from 'zod/v4';
import type { FaultKind, Outcome } from '../../../../nodes/shared/domain/fault.ts';
import { parseJson, withoutUndefined } from '../../../../nodes/shared/domain/json.ts';
import { ok } from '../../../../nodes/shared/domain/result.ts';
import type { TaskReport } from '../../../../nodes/shared/domain/task.ts';
import type {
	Dialogue,
	Price,
	UploadFile,
	VendorApi,
	VendorCallback,
	VendorReference,
	VendorResponse,
} from '../../../../nodes/shared/domain/vendor.ts';
import { priceUnknown } from '../../../../nodes/shared/providers/estimate.ts';
import {
	faultKindOfStatus,
	isSuccess,
	optional,
	readStatus,
	readValue,
	refuse,
	unreadable,
	type StatusWords,
} from '../../../../nodes/shared/providers/reading.ts';

const statusWords: StatusWords = {
	in_queue: 'queued',
	in_progress: 'running',
	completed: 'succeeded',
	aborted: 'cancelled',
};

const addresses = z.object({
	status_url: z.string(),
	response_url: z.string(),
	cancel_url: z.string(),
});
const created = z.object({ request_id: z.string().min(1) });
const state = z.object({ status: z.string(), error: optional(z.string()) });
const output = z.object({ video: z.object({ url: z.string().min(1) }) });

/** The addresses that the submit answer gave; built anew only for a task of which no more is known. */
function addressesOf({ taskId, modelId, taskUrls: told = {} }: VendorReference) {
	const app = modelId.split('/').slice(0, 2).join('/');
	const base = `/${app}/requests/${encodeURIComponent(taskId)}`;
	return {
		status: told.status ?? `${base}/status`,
		result: told.result ?? base,
		cancel: told.cancel ?? `${base}/cancel`,
	};
}

const detailed = z.object({
	detail: z.union([
		z.string(),
		z
			.array(z.object({ msg: z.string(), type: optional(z.string()) }))
			.min(1)
			.transform((details) => details[0] ?? { msg: '' }),
	]),
});

/** The reason of a refusal is a text, or a list of what is wrong with the fields. */
function reasonOf({ body }: VendorResponse): { code?: string; message: string } {
	const { detail = '' } = detailed.safeParse(body).data ?? {};
	return typeof detail === 'string'
		? { message: detail }
		: withoutUndefined({ code: detail.type, message: detail.msg });
}

/** Out of funds is 403 here. */
const kindOf = (httpStatus: number): FaultKind =>
	httpStatus === 403 ? 'insufficientCredits' : faultKindOfStatus(httpStatus);

const readError = (response: VendorResponse): Outcome<never> =>
	refuse(response, { kind: kindOf(response.httpStatus), message: reasonOf(response).message });

const PART_BYTES = 256 * 1024;

const uploadAddresses = z.object({ upload_url: z.string(), file_url: z.string() });

/** The storage is another service: its statuses mean what they say. */
const refusedByStorage = (response: VendorResponse): Outcome<never> =>
	refuse(response, { kind: faultKindOfStatus(response.httpStatus) });

/** To an address that is signed itself; gives what the storage says about it. */
function* put(
	url: string,
	{ bytes, mimeType }: Pick<UploadFile, 'bytes' | 'mimeType'>,
): Dialogue<VendorResponse> {
	const answer = yield { method: 'PUT', url, file: { bytes, mimeType }, withoutKey: true };
	return isSuccess(answer) ? ok(answer) : refusedByStorage(answer);
}

function* putParts(address: string, { bytes, mimeType }: UploadFile): Dialogue<VendorResponse> {
	const part = (name: string | number) => {
		const url = new URL(address);
		url.pathname += `/${name}`;
		return url.toString();
	};
	const parts: Array<{ partNumber: number; etag: string }> = [];
	for (let from = 0; from < bytes.length; from += PART_BYTES) {
		const partNumber = parts.length + 1;
		const chunk = { bytes: bytes.subarray(from, from + PART_BYTES), mimeType };
		const sent = yield* put(part(partNumber), chunk);
		if (!sent.ok) return sent;
		parts.push({ partNumber, etag: sent.value.headers.etag ?? '' });
	}
	const url = part('complete');
	const answer = yield { method: 'POST', url, body: { parts }, withoutKey: true };
	return isSuccess(answer) ? ok(answer) : refusedByStorage(answer);
}

/** What a video costs stands in a header, whatever the answer is. */
const priceIn = ({ headers }: VendorResponse) => Number(headers['x-made-up-price']);

export const api: VendorApi = {
	createTask: ({ model, input, callbackUrl }) => ({
		method: 'POST',
		url: model.createPath,
		body: input,
		...(callbackUrl !== undefined && { query: { made_up_webhook: callbackUrl } }),
	}),

	readCreated(response) {
		const task = created.safeParse(response.body).data;
		if (task === undefined) return isSuccess(response) ? unreadable(response) : readError(response);
		const told = addresses.safeParse(response.body).data;
		return ok(
			withoutUndefined({
				taskId: task.request_id,
				status: 'queued' as const,
				taskUrls: told && {
					status: told.status_url,
					result: told.response_url,
					cancel: told.cancel_url,
				},
				raw: response.body,
			}),
		);
	},

	*look(reference) {
		const { status, result } = addressesOf(reference);
		const looked = yield { method: 'GET', url: status };
		if (!isSuccess(looked)) return readError(looked);
		const read = readValue(state, looked.body, looked);
		if (!read.ok) return read;
		const report = { ...readStatus(statusWords, read.value.status), raw: looked.body };
		return report.status === 'succeeded'
			? readResult(yield { method: 'GET', url: result })
			: ok(report);
	},

	*upload(file) {
		const isLarge = file.bytes.length > PART_BYTES;
		const begun = yield {
			method: 'POST',
			host: 'rest',
			url: `/storage/upload/${isLarge ? 'initiate-multipart' : 'initiate'}`,
			query: { storage_type: 'cdn' },
			body: { content_type: file.mimeType, file_name: file.fileName },
		};
		if (!isSuccess(begun)) return readError(begun);
		const told = readValue(uploadAddresses, begun.body, begun);
		if (!told.ok) return told;
		const { upload_url: url, file_url: fileUrl } = told.value;
		const sent = yield* isLarge ? putParts(url, file) : put(url, file);
		return sent.ok ? ok(fileUrl) : sent;
	},

	*cancel(reference) {
		const answer = yield { method: 'PUT', url: addressesOf(reference).cancel };
		// 400 says that the task had ended before.
		if (!isSuccess(answer) && answer.httpStatus !== 400) return readError(answer);
		return yield* api.look(reference);
	},

	*delete({ taskId }) {
		const answer = yield {
			method: 'DELETE',
			host: 'platform',
			url: `/v1/requests/${encodeURIComponent(taskId)}`,
		};
		return isSuccess(answer) ? ok(undefined) : readError(answer);
	},

	*list(limit) {
		const answer = yield {
			method: 'GET',
			host: 'platform',
			url: '/v1/requests',
			query: { limit: String(limit) },
		};
		if (!isSuccess(answer)) return readError(answer);
		const listed = readValue(
			z.object({ items: z.array(created.extend(addresses.shape).extend(state.shape)) }),
			answer.body,
			answer,
		);
		if (!listed.ok) return listed;
		return ok(
			listed.value.items.map((item) => ({
				taskId: item.request_id,
				...readStatus(statusWords, item.status),
				taskUrls: { status: item.status_url, result: item.response_url, cancel: item.cancel_url },
			})),
		);
	},

	*price({ model }) {
		const response = yield { method: 'GET', url: `/prices${model.createPath}` };
		if (!isSuccess(response)) return readError(response);
		const price: Price = { amount: priceIn(response), currency: 'USD', basis: 'quote' };
		return price.amount > 0 ? ok(price) : priceUnknown('The answer has no price in its headers');
	},

	callbacks: { readTaskId, signs: 'always', verify: verifySignature },
};

/** A failed job is completed, too: its result is an error. */
function readResult(response: VendorResponse): Outcome<TaskReport> {
	if (response.httpStatus === 422) {
		return ok({ status: 'failed', failure: reasonOf(response), raw: response.body });
	}
	if (!isSuccess(response)) return readError(response);
	const read = readValue(output, response.body, response);
	if (!read.ok) return read;
	return ok({ status: 'succeeded', videoUrl: read.value.video.url, raw: response.body });
}

function readTaskId({ body }: VendorCallback): string | undefined {
	return created.safeParse(body).data?.request_id;
}

const SIGNATURE_WINDOW_S = 300;
const KEYS_LAST_MS = 24 * 60 * 60_000;

const publicKeys = z.object({
	keys: z.array(z.object({ kty: z.string(), crv: z.string(), x: z.string() })),
});

/** ED25519 over request, user, time and the body's hash, with one of the vendor's public keys. */
function* verifySignature(
	{ headers, rawBody }: VendorCallback,
	{ nowMs }: { nowMs: number },
): Dialogue<boolean> {
	const header = (name: string) => headers[`x-made-up-webhook-${name}`] ?? '';
	const ageSeconds = Math.abs(nowMs / 1000 - Number(header('timestamp') || NaN));
	if (!(ageSeconds <= SIGNATURE_WINDOW_S)) return ok(false);

	const answer = yield {
		method: 'GET',
		host: 'rest',
		url: '/.well-known/jwks.json',
		withoutKey: true,
		cacheForMs: KEYS_LAST_MS,
	};
	const read = readValue(publicKeys, answer.body, answer);
	if (!read.ok) return read;
	const bodyHash = createHash('sha256').update(rawBody).digest('hex');
	const message = [header('request-id'), header('user-id'), header('timestamp'), bodyHash].join(
		'\n',
	);
	const signature = Buffer.from(header('signature'), 'hex');
	return ok(
		read.value.keys.some((key) =>
			verify(
				null,
				Buffer.from(message),
				createPublicKey({ key: { ...key }, format: 'jwk' }),
				signature,
			),
		),
	);
}

/** The same vendor, had it a storage that takes forms. */
export const apiWithForms: VendorApi = {
	...api,
	*upload({ bytes, fileName, mimeType }: UploadFile) {
		const answer = yield {
			method: 'POST',
			host: 'rest',
			url: '/storage/upload/form',
			form: [
				{ name: 'uploadPath', value: 'images' },
				{ name: 'file', fileName, mimeType, bytes },
			],
		};
		if (!isSuccess(answer)) return readError(answer);
		const read = readValue(z.object({ file_url: z.string() }), answer.body, answer);
		return read.ok ? ok(read.value.file_url) : read;
	},
};

/**
 * The same vendor, had it a version in a header, orders answered as text and looks as a stream of
 * events, a price in a header, and the video behind the API key.
 */
export const apiBehindKey: VendorApi = {
	...api,
	createTask: (order) => ({
		...api.createTask(order),
		headers: { 'X-Made-Up-Version': '9' },
		accept: 'text/plain',
	}),
	readCreated(response) {
		const [, taskId] = /^taken: (\S+)$/.exec(response.text ?? '') ?? [];
		if (taskId !== undefined) return ok({ taskId, status: 'queued', raw: response.text });
		return isSuccess(response) ? unreadable(response) : readError(response);
	},
	*look({ taskId }) {
		const response = yield {
			method: 'GET',
			url: `/events/${encodeURIComponent(taskId)}`,
			accept: 'text/event-stream',
		};
		if (!isSuccess(response)) return readError(response);
		const last = /data: (.+)\n\n$/.exec(response.text ?? '')?.[1] ?? '';
		const event = readValue(
			z.object({ state: z.string(), url: z.string() }),
			parseJson(last),
			response,
		);
		if (!event.ok) return event;
		const state = readStatus(statusWords, event.value.state);
		if (state.status !== 'succeeded') return ok({ ...state, raw: event.value });
		return ok({
			...state,
			videoUrl: event.value.url,
			videoNeedsKey: true,
			usage: { usd: priceIn(response) },
			raw: event.value,
		});
	},
};
