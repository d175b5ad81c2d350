import { z } from 'zod/v4';
import { isOtherFile } from '../../domain/answer';
import { isDefiniteRefusal, type FaultKind, type Outcome } from '../../domain/fault';
import { isObject, textOf, withoutUndefined } from '../../domain/json';
import { ok } from '../../domain/result';
import { hasEndedBadly, type Task, type TaskReport, type TaskUsage } from '../../domain/task';
import { isoFromMs } from '../../domain/time';
import type { Dialogue, VendorApi, VendorRequest, VendorResponse } from '../../domain/vendor';
import {
	faultKindOfStatus,
	isSuccess,
	lazily,
	optional,
	type Read,
	type Reader,
	readStatus,
	readValue,
	refuse,
	type StatusWords,
	text,
	unreadable,
	withId,
	withVideo,
} from '../reading';
import { models } from './list';
import { unwrap } from './envelope';
import { findLost } from './lost';
import { price } from './price';
import { callbacks } from './webhook';

// The words of https://wavespeed.ai/docs/get-result, of the models' own pages and of the official
// clients, which know more of them than the pages.
const statusWords: StatusWords = {
	created: 'queued',
	queued: 'queued',
	starting: 'queued',
	processing: 'running',
	completed: 'succeeded',
	succeeded: 'succeeded',
	failed: 'failed',
	cancelled: 'cancelled',
	deleted: 'cancelled',
	timeout: 'expired',
};

const API = '/api/v3';

const prediction = lazily(() =>
	z.object({
		id: text(),
		status: text(),
		model: optional(text()),
		outputs: z.unknown(),
		error: z.unknown(),
		code: z.unknown(),
		created_at: optional(text()),
	}),
);

type Prediction = Read<typeof prediction>;

/** Addresses for videos; other models of this vendor answer with objects. */
const outputs = lazily(() =>
	z.tuple([z.union([text(), z.object({ url: text() }).transform(({ url }) => url)])], z.unknown()),
);

const refused = lazily(() =>
	z.object({ code: optional(z.number()), message: z.unknown().optional() }),
);

/** An empty account is 402, or a text alone. */
const kindOf = (status: number, message: string): FaultKind =>
	[400, 403].includes(status) && /balance|credit/i.test(message)
		? 'insufficientCredits'
		: faultKindOfStatus(status);

/** Its code is an HTTP status, also where HTTP itself says 200. */
function readError(response: VendorResponse): Outcome<never> {
	const { code, message } = refused.safeParse(response.body).data ?? {};
	const { httpStatus } = response;
	const status = isSuccess(response) && code !== undefined ? code : httpStatus;
	const words = textOf(message);
	return refuse(response, {
		kind: kindOf(status, words),
		message: words,
		vendorCode: code ?? httpStatus,
		certainlyNotTaken: isDefiniteRefusal(status),
	});
}

/** Whether it did what it was asked; wrapped answers have a code beside HTTP's. */
function isDone(response: VendorResponse): boolean {
	const { code = 200 } = refused.safeParse(response.body).data ?? {};
	return isSuccess(response) && code === 200;
}

/** What the answer to a request about the account or about files holds. */
function readData<T>(schema: Reader<T>, response: VendorResponse): Outcome<T> {
	return isDone(response)
		? readValue(schema, unwrap(response.body), response)
		: readError(response);
}

const post = (url: string, body: VendorRequest['body']): VendorRequest => ({
	method: 'POST',
	url: `${API}${url}`,
	body,
});

const uploadTicket = lazily(() =>
	z.object({
		upload: z.object({
			method: z.enum(['PUT', 'POST']),
			url: text(),
			headers: optional(z.record(z.string(), z.string())),
		}),
		download_url: text(),
	}),
);

/** Of what it wants sent to the storage, the file's type and the storage's own names alone. */
const forStorage = (headers: Readonly<Record<string, string>> = {}): Record<string, string> =>
	Object.fromEntries(
		Object.entries(headers).filter(
			([name, value]) =>
				/^(content-type|x-[\w-]{1,60})$/i.test(name) && /^[\x20-\x7e]{0,1000}$/.test(value),
		),
	);

const billing = lazily(() => z.object({ items: z.array(z.object({ price: z.number() })).min(1) }));

const listed = lazily(() => z.object({ items: z.array(z.unknown()) }));

/** As many as it gives at once, and pages of them to look through for videos. */
const PAGE_SIZE = 100;
const MAX_LIST_PAGES = 10;

/** WaveSpeed: https://wavespeed.ai/docs. */
export const api: VendorApi = {
	createTask: ({ model, input, callbackUrl }) => ({
		method: 'POST',
		url: model.createPath,
		body: input,
		...(callbackUrl !== undefined && { query: { webhook: callbackUrl } }),
	}),

	readCreated(response) {
		const task = withId.safeParse(unwrap(response.body)).data;
		if (task === undefined) return isDone(response) ? unreadable(response) : readError(response);
		return ok({ taskId: task.id, status: 'queued', raw: response.body });
	},

	*look({ taskId }) {
		const url = `${API}/predictions/${encodeURIComponent(taskId)}/result`;
		const report = readTask(yield { method: 'GET', url });
		if (!report.ok || report.value.status !== 'succeeded') return report;
		const usage = usageOf(
			yield {
				...post('/billings/search', { prediction_uuids: [taskId], page: 1, page_size: 10 }),
				mayStayUnanswered: true,
			},
		);
		return ok(withoutUndefined({ ...report.value, usage }));
	},

	*upload({ bytes, mimeType, fileName }) {
		const about = { filename: fileName, size: bytes.length, content_type: mimeType };
		const ticket = readData(uploadTicket, yield post('/media/uploads', about));
		if (!ticket.ok) return ticket;
		const { upload, download_url: address } = ticket.value;
		const { method, url, headers } = upload;
		const file = { bytes, mimeType };
		const sent = yield { method, url, file, withoutKey: true, headers: forStorage(headers) };
		// The storage is another service: its statuses mean what they say.
		return isSuccess(sent)
			? ok(address)
			: refuse(sent, { kind: faultKindOfStatus(sent.httpStatus) });
	},

	*delete({ taskId }) {
		const answer = yield post('/predictions/delete', { ids: [taskId] });
		const schema = z.object({ deleted_count: z.number() });
		const said = readData(schema, answer);
		if (!said.ok) return said;
		if (said.value.deleted_count > 0) return ok(undefined);
		return refuse(answer, { kind: 'notFound', message: 'It has no such task to delete' });
	},

	list: listTasks,

	findLost,

	price,

	*balance() {
		const response = yield { method: 'GET', url: `${API}/balance` };
		const account = readData(z.object({ balance: z.number() }), response);
		return account.ok ? ok({ balance: account.value.balance, currency: 'USD' }) : account;
	},

	callbacks,

	models,
};

/** The latest videos among whatever else the account has made; it remembers a week. */
function* listTasks(limit: number): Dialogue<Task[]> {
	const tasks: Task[] = [];
	for (let page = 1; page <= MAX_LIST_PAGES && tasks.length < limit; page++) {
		const answer = yield post('/predictions', { page, page_size: PAGE_SIZE });
		const read = readData(listed, answer);
		if (!read.ok) return read;
		const { items } = read.value;
		tasks.push(...items.flatMap(videoOf));
		if (items.length < PAGE_SIZE) break;
	}
	return ok(tasks.slice(0, limit));
}

/** A prediction of a list, if it is one of a Seedance model. */
function videoOf(entry: unknown): Task[] {
	const record = prediction.safeParse(entry).data;
	const isVideo = record !== undefined && /seedance/i.test(record.model ?? '');
	return isVideo ? [{ ...reportOf(record, entry), taskId: record.id }] : [];
}

function readTask(response: VendorResponse): Outcome<TaskReport> {
	const record = prediction.safeParse(unwrap(response.body)).data;
	// A task that failed may have a code of its own in the place of HTTP's.
	if (record === undefined || !isSuccess(response)) {
		return isDone(response) ? unreadable(response) : readError(response);
	}
	return ok(withVideo(reportOf(record, response.body), record.status));
}

function reportOf(record: Prediction, raw: unknown): TaskReport {
	const state = readStatus(statusWords, record.status);
	const told =
		state.status === 'succeeded' ? outputs.safeParse(record.outputs).data?.[0] : undefined;
	const videoUrl = told === undefined || isOtherFile(told) ? undefined : told;
	return withoutUndefined({
		taskId: record.id,
		...state,
		videoUrl,
		createdAt: isoFromMs(Date.parse(record.created_at ?? '')),
		failure: hasEndedBadly(state) ? failureOf(record) : undefined,
		raw,
	});
}

function failureOf({ error, code, status }: Prediction): TaskReport['failure'] {
	const { message: told, code: ownCode } = isObject(error) ? error : {};
	const message = textOf(told) || textOf(error);
	const vendorCode = [ownCode, code].map((one) => (one ? String(one) : '')).find(Boolean);
	if (message === '' && status.toLowerCase() !== 'failed') return undefined;
	return withoutUndefined({ code: vendorCode, message: message || 'no reason was given' });
}

/** What it was charged for, where that is known already. */
function usageOf(response: VendorResponse): TaskUsage | undefined {
	if (!isDone(response)) return undefined;
	const items = billing.safeParse(unwrap(response.body)).data?.items;
	if (items === undefined) return undefined;
	const usd = items.reduce((sum, { price }) => sum + price, 0);
	return { usd: Math.round(usd * 1e6) / 1e6 };
}
