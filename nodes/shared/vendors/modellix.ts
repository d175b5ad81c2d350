import { z } from 'zod/v4';
import {
	fault,
	faultKindOfCode,
	faultKindOfStatus,
	isSuccess,
	optional,
	readBody,
	readStatus,
	textOf,
	withoutUndefined,
} from './reading';
import type { Outcome, Task, Vendor, VendorResponse } from './types';

// `code` is 0 on success and the HTTP status otherwise
// (https://docs.modellix.ai/how-to-use/error-handling).
const envelope = z.object({
	code: z.number(),
	message: optional(z.string()),
	data: z.unknown(),
});

const created = z.object({ task_id: z.string().min(1), status: z.string().catch('pending') });

const resource = z.union([
	z
		.string()
		.min(1)
		.transform((url) => ({ url, type: undefined })),
	z.object({ url: z.string().min(1), type: optional(z.string()) }),
]);

const time = optional(z.string());

const taskRecord = z.object({
	task_id: z.string().min(1),
	status: z.string(),
	result: optional(
		z.object({
			resources: optional(z.array(z.unknown())),
			extensions: optional(z.object({ submit_time: time, end_time: time })),
		}),
	),
	resources: optional(z.array(z.unknown())),
	error: z.unknown(),
	message: z.unknown(),
});

/** Resources come with a type, as plain URLs, or both mixed; what is neither is passed over. */
function sortResources(listed: unknown[]): { videoUrl?: string; lastFrameUrl?: string } {
	const resources = listed.flatMap((entry) => resource.safeParse(entry).data ?? []);
	const isImage = ({ url, type }: { url: string; type?: string }) =>
		type === undefined ? /\.(png|jpe?g|webp)(\?|$)/i.test(url) : type === 'image';
	const isVideo = (entry: { url: string; type?: string }) =>
		entry.type === undefined ? !isImage(entry) : entry.type === 'video';
	return { videoUrl: resources.find(isVideo)?.url, lastFrameUrl: resources.find(isImage)?.url };
}

function openEnvelope(response: VendorResponse): Outcome<unknown> {
	const parsed = envelope.safeParse(response.body);
	if (!parsed.success) {
		return isSuccess(response)
			? fault('unreadableAnswer', response.excerpt, response)
			: fault(faultKindOfStatus(response.httpStatus), response.excerpt, response);
	}
	const { code, message, data } = parsed.data;
	if (code === 0 && isSuccess(response)) return { ok: true, value: data };
	const kind =
		code === 0
			? faultKindOfStatus(response.httpStatus)
			: faultKindOfCode(response.httpStatus, code);
	return fault(kind, message ?? '', response, code);
}

/** Modellix: https://docs.modellix.ai/api-reference/query-task-result. */
export const modellix: Vendor = {
	createTask: ({ model, input }) => ({ method: 'POST', path: model.createPath, body: input }),

	readCreated(response) {
		const opened = openEnvelope(response);
		if (!opened.ok) return opened;
		const parsed = created.safeParse(opened.value);
		if (!parsed.success) return fault('unreadableAnswer', response.excerpt, response);
		return {
			ok: true,
			value: {
				taskId: parsed.data.task_id,
				...readStatus(parsed.data.status),
				raw: response.body,
			},
		};
	},

	getTask: ({ taskId }) => ({
		method: 'GET',
		path: `/api/v1/tasks/${encodeURIComponent(taskId)}`,
	}),

	readTask(response) {
		const opened = openEnvelope(response);
		if (!opened.ok) return opened;
		const parsed = taskRecord.safeParse(opened.value);
		if (!parsed.success) return fault('unreadableAnswer', response.excerpt, response);
		return toTask(parsed.data, response);
	},

	// Paths of the vendor's own command line client (Modellix/modellix-cli).
	balance: {
		get: () => ({ method: 'GET', path: '/api/v1/team/balance' }),
		read(response) {
			const opened = openEnvelope(response);
			if (!opened.ok) return opened;
			return readBody(z.object({ balance: z.number() }), { ...response, body: opened.value });
		},
	},
};

function toTask(record: z.infer<typeof taskRecord>, response: VendorResponse): Outcome<Task> {
	const said = envelope.safeParse(response.body).data?.message ?? '';
	const outer = said.toLowerCase() === 'success' ? '' : said;
	const state = readStatus(record.status);
	const extensions = record.result?.extensions;
	const task: Task = withoutUndefined({
		taskId: record.task_id,
		...state,
		createdAt: isoTime(extensions?.submit_time),
		completedAt: isoTime(extensions?.end_time),
		raw: response.body,
	});
	if (state.status === 'failed') {
		// The failure's field is not documented: newer answers use `message`, older ones `error`.
		const message =
			textOf(record.error) || textOf(record.message) || outer || 'Modellix gave no reason';
		return { ok: true, value: { ...task, failure: { message } } };
	}
	if (state.status !== 'succeeded') return { ok: true, value: task };

	const files = sortResources(record.result?.resources ?? record.resources ?? []);
	if (files.videoUrl === undefined) return fault('unreadableAnswer', response.excerpt, response);
	return { ok: true, value: withoutUndefined({ ...task, ...files }) };
}

function isoTime(text: string | undefined): string | undefined {
	if (text === undefined) return undefined;
	const date = new Date(text);
	return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
