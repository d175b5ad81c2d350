import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod/v4';
import type { Outcome } from '../../domain/fault';
import { isObject, parseForeignJson, withoutUndefined } from '../../domain/json';
import { fail, ok } from '../../domain/result';
import type { TaskReport } from '../../domain/task';
import { isoFromMs } from '../../domain/time';
import type { VendorApi, VendorCallback, VendorResponse } from '../../domain/vendor';
import {
	isPictureUrl,
	isPreviewUrl,
	lazily,
	optional,
	type Read,
	readStatus,
	readValue,
	type StatusWords,
	text,
	unreadable,
	withVideo,
} from '../reading';
import { openEnvelope, type Codes } from './envelope';

// https://docs.apikley.ru/get-task-detail
const statusWords: StatusWords = {
	waiting: 'queued',
	queuing: 'queued',
	generating: 'running',
	success: 'succeeded',
	fail: 'failed',
};

const created = lazily(() => z.object({ taskId: text() }));

const record = () =>
	z.object({
		taskId: text(),
		state: z.string(),
		// The whole create request as a text.
		param: optional(z.string()),
		resultJson: optional(z.string()),
		failCode: optional(z.union([z.string(), z.number()])),
		failMsg: optional(z.string()),
		createTime: optional(z.number()),
		completeTime: optional(z.number()),
		creditsConsumed: optional(z.number()),
	});
const taskRecord = lazily(record);

const failedRecord = lazily(() => z.object({ data: record() }));

const result = lazily(() =>
	z.object({
		resultUrls: z.array(text()).min(1),
		lastFrameUrl: optional(text()),
	}),
);

/**
 * How Apikley and kie.ai speak, but for the codes that each of them documents:
 * https://docs.apikley.ru/Bytedance/bytedance_v1-lite-text-to-video, https://docs.kie.ai/market.
 */
export const marketApi = (codes: Codes): VendorApi => ({
	createTask: ({ model, input, callbackUrl }) => ({
		method: 'POST',
		url: model.createPath,
		body: withoutUndefined({ model: model.id, callBackUrl: callbackUrl, input }),
	}),

	readCreated(response) {
		const opened = openEnvelope(response, codes);
		const data = isObject(response.body) ? response.body.data : undefined;
		// "Generation failed" may come with the ID of the task that failed: it exists, and is paid.
		const task = created.safeParse(data).data;
		if (task !== undefined) {
			return ok({ taskId: task.taskId, status: 'queued', raw: response.body });
		}
		return opened.ok ? unreadable(response) : opened;
	},

	// https://docs.apikley.ru/get-task-detail
	*look({ taskId }) {
		const response = yield {
			method: 'GET',
			url: '/api/v1/jobs/recordInfo',
			query: { taskId },
		};
		return readTask(response, codes);
	},

	// https://docs.kie.ai/common-api/webhook-verification.md: the signature covers the task ID and
	// the time, not the body, so the body is never believed.
	callbacks: {
		readTaskId,
		signs: 'withSecret',
		verify(callback, { secret, nowMs }) {
			const taskId = readTaskId(callback);
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
});

const SIGNATURE_WINDOW_MS = 5 * 60_000;

// Market callbacks say `data.taskId`, the samples of the signature page `data.task_id`.
const namesTask = () =>
	z
		.object({ taskId: text() })
		.or(z.object({ task_id: text() }).transform((task) => ({ taskId: task.task_id })));
const callbackBody = lazily(() =>
	z
		.object({ data: namesTask() })
		.transform(({ data }) => data)
		.or(namesTask()),
);

function readTaskId({ body }: VendorCallback): string | undefined {
	return callbackBody.safeParse(body).data?.taskId;
}

function readTask(response: VendorResponse, codes: Codes): Outcome<TaskReport> {
	const opened = openEnvelope(response, codes);
	if (!opened.ok) {
		// A failed task may come with the code of its failure beside the whole record.
		const failed = failedRecord.safeParse(response.body).data?.data;
		if (failed !== undefined && readStatus(statusWords, failed.state).status === 'failed') {
			return toReport(failed, response);
		}
		// "recordInfo is null" comes with the validation code but means: no such task (yet).
		return /recordInfo is null/i.test(opened.error.message)
			? fail({ ...opened.error, kind: 'notFound' })
			: opened;
	}
	const record = readValue(taskRecord, opened.value, response);
	return record.ok ? toReport(record.value, response) : record;
}

function toReport(record: Read<typeof taskRecord>, response: VendorResponse): Outcome<TaskReport> {
	const state = readStatus(statusWords, record.state);
	const { creditsConsumed: credits } = record;
	const report: TaskReport = withoutUndefined({
		taskId: record.taskId,
		...state,
		usage: credits === undefined ? undefined : { credits },
		createdAt: isoFromMs(record.createTime),
		completedAt: isoFromMs(record.completeTime),
		callbackUrl: callbackUrlOf(record.param),
		raw: response.body,
	});
	if (state.status === 'failed') {
		const code = String(record.failCode ?? '');
		const message = record.failMsg || 'no reason was given';
		return ok({ ...report, failure: code === '' ? { message } : { code, message } });
	}
	if (state.status !== 'succeeded') return ok(report);

	const urls = result.safeParse(parseForeignJson(record.resultJson ?? '')).data;
	const files = urls === undefined ? {} : filesOf(urls, record.param);
	return ok(withVideo(withoutUndefined({ ...report, ...files }), record.state));
}

/**
 * How a last frame is told is documented nowhere: it may have its own field, or be one more URL, where
 * one was ordered.
 */
function filesOf({ resultUrls, lastFrameUrl }: Read<typeof result>, param: string | undefined) {
	const videoUrl = resultUrls.find((url) => !isPictureUrl(url));
	const frame = resultUrls.find(
		(url) => url !== videoUrl && isPictureUrl(url) && !isPreviewUrl(url),
	);
	return { videoUrl, lastFrameUrl: lastFrameUrl ?? (mayHaveFrame(param) ? frame : undefined) };
}

/** Whether the order, as far as the record repeats it, asked for a last frame. */
function mayHaveFrame(param: string | undefined): boolean {
	const request = parseForeignJson(param ?? '');
	if (!isObject(request) || !isObject(request.input)) return true;
	return request.input.return_last_frame === true;
}

function callbackUrlOf(param: string | undefined): string | undefined {
	const request = parseForeignJson(param ?? '');
	return isObject(request) && typeof request.callBackUrl === 'string'
		? request.callBackUrl
		: undefined;
}
