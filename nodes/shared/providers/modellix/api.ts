import { z } from 'zod/v4';
import type { Outcome } from '../../domain/fault';
import { isObject, textOf, withoutUndefined } from '../../domain/json';
import { ok } from '../../domain/result';
import type { TaskReport } from '../../domain/task';
import type { VendorApi, VendorResponse } from '../../domain/vendor';
import {
	faultKindOfStatus,
	isPictureUrl,
	isPreviewUrl,
	isSuccess,
	lazily,
	optional,
	type Read,
	readNothing,
	readStatus,
	readValue,
	refuse,
	type StatusWords,
	text,
	unreadable,
	withVideo,
} from '../reading';
import { models } from './list';

// https://docs.modellix.ai/api-reference/query-task-result and what the vendor's own client takes
// (Modellix/modellix-cli, src/lib/task.ts).
const statusWords: StatusWords = {
	pending: 'queued',
	processing: 'running',
	success: 'succeeded',
	succeeded: 'succeeded',
	completed: 'succeeded',
	failed: 'failed',
	error: 'failed',
	cancelled: 'cancelled',
	canceled: 'cancelled',
};

// `code` is 0 on success and the HTTP status otherwise
// (https://docs.modellix.ai/how-to-use/error-handling).
const envelope = lazily(() =>
	z.object({
		code: z.number(),
		message: optional(z.string()),
		data: z.unknown(),
	}),
);

const created = lazily(() => z.object({ task_id: text(), status: z.string().catch('pending') }));

const resource = lazily(() =>
	z.union([
		z
			.string()
			.min(1)
			.transform((url) => ({ url, type: undefined })),
		z.object({ url: text(), type: optional(z.string()) }),
	]),
);

const time = () => optional(z.string());

const taskRecord = lazily(() =>
	z.object({
		task_id: text(),
		status: z.string(),
		result: optional(
			z.object({
				resources: optional(z.array(z.unknown())),
				extensions: optional(z.object({ submit_time: time(), end_time: time() })),
			}),
		),
		resources: optional(z.array(z.unknown())),
		error: z.unknown(),
		message: z.unknown(),
	}),
);

/** Resources come with a type, as plain URLs, or both mixed; what is neither is passed over. */
function sortResources(listed: unknown[]): { videoUrl?: string; lastFrameUrl?: string } {
	const resources = listed.flatMap((entry) => resource.safeParse(entry).data ?? []);
	const isImage = ({ url, type }: { url: string; type?: string }) =>
		type === undefined ? isPictureUrl(url) : type === 'image';
	const isVideo = (entry: { url: string; type?: string }) =>
		entry.type === undefined ? !isImage(entry) : entry.type === 'video';
	const isFrame = (entry: { url: string; type?: string }) =>
		isImage(entry) && !isPreviewUrl(entry.url);
	return { videoUrl: resources.find(isVideo)?.url, lastFrameUrl: resources.find(isFrame)?.url };
}

function openEnvelope(response: VendorResponse): Outcome<unknown> {
	const parsed = envelope.safeParse(response.body);
	if (!parsed.success) return readNothing(response);
	const { code, message, data } = parsed.data;
	if (code === 0 && isSuccess(response)) return ok(data);
	// The code repeats the HTTP status; where the two differ, the code names the reason, but only the
	// HTTP status says for certain that an order was not taken.
	const says = code === 0 ? response.httpStatus : code;
	return refuse(response, { kind: faultKindOfStatus(says), message, vendorCode: code });
}

/** Modellix: https://docs.modellix.ai/api-reference/query-task-result. */
export const api: VendorApi = {
	createTask: ({ model, input }) => ({ method: 'POST', url: model.createPath, body: input }),

	readCreated(response) {
		const opened = openEnvelope(response);
		const data = isObject(response.body) ? response.body.data : undefined;
		const task = created.safeParse(data).data;
		if (task !== undefined) {
			const { task_id: taskId, status } = task;
			return ok({ taskId, ...readStatus(statusWords, status), raw: response.body });
		}
		return opened.ok ? unreadable(response) : opened;
	},

	*look({ taskId }) {
		return readTask(yield { method: 'GET', url: `/api/v1/tasks/${encodeURIComponent(taskId)}` });
	},

	// Path of the vendor's own command line client (Modellix/modellix-cli).
	*balance() {
		const response = yield { method: 'GET', url: '/api/v1/team/balance' };
		const opened = openEnvelope(response);
		return opened.ok
			? readValue(z.object({ balance: z.number() }), opened.value, response)
			: opened;
	},

	models,
};

function readTask(response: VendorResponse): Outcome<TaskReport> {
	const opened = openEnvelope(response);
	if (!opened.ok) return opened;
	const record = readValue(taskRecord, opened.value, response);
	return record.ok ? toReport(record.value, response) : record;
}

function toReport(record: Read<typeof taskRecord>, response: VendorResponse): Outcome<TaskReport> {
	const state = readStatus(statusWords, record.status);
	const extensions = record.result?.extensions;
	const report: TaskReport = withoutUndefined({
		taskId: record.task_id,
		...state,
		createdAt: isoTime(extensions?.submit_time),
		completedAt: isoTime(extensions?.end_time),
		raw: response.body,
	});
	if (state.status === 'failed') {
		const said = envelope.safeParse(response.body).data?.message ?? '';
		const outer = said.toLowerCase() === 'success' ? '' : said;
		// The failure's field is not documented: newer answers use `message`, older ones `error`.
		const message =
			textOf(record.error) || textOf(record.message) || outer || 'no reason was given';
		return ok({ ...report, failure: { message } });
	}
	if (state.status !== 'succeeded') return ok(report);

	const files = sortResources(record.result?.resources ?? record.resources ?? []);
	return ok(withVideo(withoutUndefined({ ...report, ...files }), record.status));
}

function isoTime(text: string | undefined): string | undefined {
	if (text === undefined) return undefined;
	const date = new Date(text);
	return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
