import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod/v4';
import type { FaultKind } from '../faults';
import {
	fault,
	faultKindOfCode,
	faultKindOfStatus,
	isSuccess,
	isoFromMs,
	optional,
	parseJson,
	readBody,
	readStatus,
	withoutUndefined,
} from './reading';
import type { Outcome, Task, Vendor, VendorCallback, VendorResponse } from './types';

// The family answers logical errors with HTTP 200 and the error in `code` as well as with a real
// HTTP status; 200 in the body is the only success. Codes: enum of the createTask page.
const faultKindsByCode: Record<number, FaultKind> = {
	401: 'unauthorized',
	402: 'insufficientCredits',
	404: 'notFound',
	422: 'invalidInput',
	429: 'rateLimited',
	455: 'maintenance',
	500: 'serverError',
	501: 'generationFailed',
	505: 'featureDisabled',
};

const envelope = z.object({
	code: z.number(),
	// The create page says `msg`, the task page `message`.
	msg: optional(z.string()),
	message: optional(z.string()),
	data: z.unknown(),
});

const created = z.object({ taskId: z.string().min(1) });

const taskRecord = z.object({
	taskId: z.string().min(1),
	state: z.string(),
	resultJson: optional(z.string()),
	failCode: optional(z.union([z.string(), z.number()])),
	failMsg: optional(z.string()),
	createTime: optional(z.number()),
	completeTime: optional(z.number()),
	creditsConsumed: optional(z.number()),
});

const failedRecord = z.object({ data: taskRecord });

const result = z.object({
	resultUrls: z.array(z.string().min(1)).min(1),
	lastFrameUrl: optional(z.string().min(1)),
});

function openEnvelope(response: VendorResponse): Outcome<unknown> {
	const parsed = envelope.safeParse(response.body);
	if (!parsed.success) {
		return isSuccess(response)
			? fault('unreadableAnswer', response.excerpt, response)
			: fault(faultKindOfStatus(response.httpStatus), response.excerpt, response);
	}
	const { code, msg, message, data } = parsed.data;
	if (code === 200 && isSuccess(response)) return { ok: true, value: data };
	const kind =
		code === 200
			? faultKindOfStatus(response.httpStatus)
			: faultKindOfCode(response.httpStatus, code, faultKindsByCode);
	return fault(kind, msg ?? message ?? '', response, code);
}

/** Apikley and kie.ai: https://docs.apikley.ru/Bytedance/bytedance_v1-lite-text-to-video. */
export const apikley: Vendor = {
	createTask: ({ model, input, callbackUrl }) => ({
		method: 'POST',
		path: model.createPath,
		body: withoutUndefined({ model: model.id, callBackUrl: callbackUrl, input }),
	}),

	readCreated(response) {
		const opened = openEnvelope(response);
		if (!opened.ok) return opened;
		const parsed = created.safeParse(opened.value);
		if (!parsed.success) return fault('unreadableAnswer', response.excerpt, response);
		return {
			ok: true,
			value: { taskId: parsed.data.taskId, status: 'queued', raw: response.body },
		};
	},

	// https://docs.apikley.ru/get-task-detail
	getTask: ({ taskId }) => ({
		method: 'GET',
		path: '/api/v1/jobs/recordInfo',
		query: { taskId },
	}),

	readTask(response) {
		const opened = openEnvelope(response);
		if (!opened.ok) {
			// A failed task may come with the code of its failure beside the whole record.
			const failed = failedRecord.safeParse(response.body).data?.data;
			if (failed !== undefined && readStatus(failed.state).status === 'failed') {
				return toTask(failed, response);
			}
			// "recordInfo is null" comes with the validation code but means: no such task (yet).
			return /recordInfo is null/i.test(opened.fault.message)
				? { ok: false, fault: { ...opened.fault, kind: 'notFound' } }
				: opened;
		}
		const parsed = taskRecord.safeParse(opened.value);
		if (!parsed.success) return fault('unreadableAnswer', response.excerpt, response);
		return toTask(parsed.data, response);
	},

	// https://docs.kie.ai/common-api/webhook-verification.md: the signature covers the task ID and
	// the time, not the body, so the body is never believed.
	callbacks: {
		readTaskId: readCallbackTaskId,
		isSignedBy(callback, secret, nowMs) {
			const taskId = readCallbackTaskId(callback);
			const timestamp = callback.headers['x-webhook-timestamp'] ?? '';
			const given = Buffer.from(callback.headers['x-webhook-signature'] ?? '');
			const ageMs = Math.abs(nowMs - Number(timestamp) * 1000);
			if (taskId === undefined || !(ageMs <= SIGNATURE_WINDOW_MS)) return false;
			const expected = Buffer.from(
				createHmac('sha256', secret).update(`${taskId}.${timestamp}`).digest('base64'),
			);
			return given.length === expected.length && timingSafeEqual(given, expected);
		},
	},
};

const SIGNATURE_WINDOW_MS = 5 * 60_000;

// Market callbacks say `data.taskId`, the samples of the signature page `data.task_id`.
const namesTask = z
	.object({ taskId: z.string().min(1) })
	.or(z.object({ task_id: z.string().min(1) }).transform((task) => ({ taskId: task.task_id })));
const callbackBody = z
	.object({ data: namesTask })
	.transform(({ data }) => data)
	.or(namesTask);

function readCallbackTaskId({ body }: VendorCallback): string | undefined {
	return callbackBody.safeParse(body).data?.taskId;
}

function toTask(record: z.infer<typeof taskRecord>, response: VendorResponse): Outcome<Task> {
	const state = readStatus(record.state);
	const task: Task = withoutUndefined({
		taskId: record.taskId,
		...state,
		usage: record.creditsConsumed === undefined ? undefined : { credits: record.creditsConsumed },
		createdAt: isoFromMs(record.createTime),
		completedAt: isoFromMs(record.completeTime),
		raw: response.body,
	});
	if (state.status === 'failed') {
		const code = String(record.failCode ?? '');
		const message = record.failMsg || 'Apikley gave no reason';
		return { ok: true, value: { ...task, failure: code === '' ? { message } : { code, message } } };
	}
	if (state.status !== 'succeeded') return { ok: true, value: task };

	const urls = readBody(result, { ...response, body: parseJson(record.resultJson ?? '') });
	if (!urls.ok) return urls;
	const { resultUrls, lastFrameUrl } = urls.value;
	return { ok: true, value: withoutUndefined({ ...task, videoUrl: resultUrls[0], lastFrameUrl }) };
}
