import { z } from 'zod/v4';
import { isOtherFile } from '../../domain/answer';
import type { Outcome } from '../../domain/fault';
import { textOf, withoutUndefined } from '../../domain/json';
import { fail, ok } from '../../domain/result';
import { hasEndedBadly, type Task, type TaskReport } from '../../domain/task';
import { isoFromMs, minutesToMs } from '../../domain/time';
import type { Dialogue, VendorApi, VendorResponse } from '../../domain/vendor';
import {
	faultKindOfStatus,
	isSuccess,
	lazily,
	optional,
	type Read,
	readAnswer,
	readCreatedBy,
	readStatus,
	refuse,
	type StatusWords,
	text,
	withVideo,
} from '../reading';
import { cursorIn, findLost } from './lost';
import { models } from './list';
import { callbacks } from './webhook';

// https://replicate.com/docs/topics/predictions/lifecycle
const statusWords: StatusWords = {
	starting: 'queued',
	processing: 'running',
	succeeded: 'succeeded',
	failed: 'failed',
	canceled: 'cancelled',
	// Its deadline passed before it began.
	aborted: 'expired',
};

/**
 * https://replicate.com/docs/topics/predictions/data-retention: what the API has made is removed after
 * an hour, what was made on the website stays.
 */
export const RESULT_LIFETIME_MINUTES = 60;

const prediction = lazily(() =>
	z.object({
		id: text(),
		status: text(),
		model: optional(text()),
		source: optional(text()),
		output: z.unknown(),
		error: z.unknown(),
		data_removed: optional(z.boolean()),
		webhook: optional(text()),
		created_at: optional(text()),
		completed_at: optional(text()),
		// Seen in records of the newer models; only its times are documented.
		metrics: optional(
			z.object({
				token_output_count: optional(z.number()),
				video_output_duration_seconds: optional(z.number()),
			}),
		),
	}),
);

type Prediction = Read<typeof prediction>;

/** One address, or a list that begins with it. */
const output = lazily(() =>
	z.union([text(), z.tuple([text()], z.unknown()).transform(([first]) => first)]),
);

const refused = lazily(() =>
	z.object({
		title: optional(text()),
		detail: optional(text()),
		invalid_fields: optional(
			z.array(z.object({ field: optional(text()), description: optional(text()) })),
		),
	}),
);

function reasonOf({ body }: VendorResponse): string {
	const {
		title = '',
		detail = title,
		invalid_fields: fields = [],
	} = refused.safeParse(body).data ?? {};
	const named = fields.flatMap(({ field, description }) =>
		description === undefined
			? []
			: [field === undefined ? description : `${field}: ${description}`],
	);
	return named.join('; ') || detail;
}

/** "Expected available in 1 second", "Your rate limit resets in ~30s": where no header says it. */
function waitMsIn(message: string): number | undefined {
	const [, seconds] = /\bin ~?(\d+(?:\.\d+)?) ?s/i.exec(message) ?? [];
	return seconds === undefined ? undefined : Number(seconds) * 1000;
}

function readError(response: VendorResponse): Outcome<never> {
	const { httpStatus } = response;
	const message = reasonOf(response);
	const told = response.retryAfterMs ?? (httpStatus === 429 ? waitMsIn(message) : undefined);
	return refuse(told === undefined ? response : { ...response, retryAfterMs: told }, {
		kind: faultKindOfStatus(httpStatus),
		message,
		vendorCode: httpStatus,
	});
}

const pathOf = (taskId: string) => `/predictions/${encodeURIComponent(taskId)}`;

/** Its list has a hundred a page, of all the models that the account uses. */
const MAX_LIST_PAGES = 10;

const page = lazily(() => z.object({ results: z.array(z.unknown()), next: z.unknown() }));

/** Replicate's predictions: https://replicate.com/docs/reference/http. */
export const api: VendorApi = {
	createTask: ({ model, input, callbackUrl }) => ({
		method: 'POST',
		url: model.createPath,
		body: {
			input,
			...(callbackUrl !== undefined && {
				webhook: callbackUrl,
				webhook_events_filter: ['completed'],
			}),
		},
	}),

	readCreated: readCreatedBy(readError),

	*look({ taskId }) {
		return readTask(yield { method: 'GET', url: pathOf(taskId) });
	},

	// https://replicate.com/docs/topics/predictions/input-files
	*upload({ bytes, mimeType, fileName }) {
		const sent = yield {
			method: 'POST',
			url: '/files',
			form: [{ name: 'content', fileName, mimeType, bytes }],
		};
		const stored = z.object({ urls: z.object({ get: text() }) });
		const file = readAnswer(stored, sent, readError);
		return file.ok ? ok(file.value.urls.get) : file;
	},

	*cancel(reference) {
		const url = `${pathOf(reference.taskId)}/cancel`;
		const answer = yield { method: 'POST', url };
		if (!isSuccess(answer)) return readError(answer);
		const said = prediction.safeParse(answer.body).data;
		return said?.id === reference.taskId ? readTask(answer) : yield* api.look(reference);
	},

	list: listTasks,

	findLost,

	callbacks,

	models,
};

/** The latest videos among whatever else the account has made. */
function* listTasks(limit: number): Dialogue<Task[]> {
	const tasks: Task[] = [];
	let cursor: string | undefined;
	for (let pages = 0; pages < MAX_LIST_PAGES; pages++) {
		const response = yield {
			method: 'GET',
			url: '/predictions',
			...(cursor !== undefined && { query: { cursor } }),
		};
		const listed = readAnswer(page, response, readError);
		if (!listed.ok) return listed;
		tasks.push(...listed.value.results.flatMap(videoOf));
		cursor = cursorIn(listed.value.next);
		if (cursor === undefined || tasks.length >= limit) break;
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
	const record = readAnswer(prediction, response, readError);
	if (!record.ok) return record;
	const report = reportOf(record.value, response.body);
	const found = withVideo(report, record.value.status);
	if (found.withoutVideo === undefined || record.value.data_removed !== true) return ok(found);
	return fail({
		kind: 'notFound',
		message: 'The video was removed, as everything is an hour after it was made',
		httpStatus: response.httpStatus,
		certainlyNotTaken: false,
	});
}

const msOf = (time: string | undefined): number => Date.parse(time ?? '');

function reportOf(record: Prediction, raw: unknown): TaskReport {
	const state = readStatus(statusWords, record.status);
	const told = state.status === 'succeeded' ? output.safeParse(record.output).data : undefined;
	const videoUrl = told === undefined || isOtherFile(told) ? undefined : told;
	const completedAtMs = msOf(record.completed_at);
	const isKept = record.source === 'web' || videoUrl === undefined;
	return withoutUndefined({
		taskId: record.id,
		...state,
		videoUrl,
		usage: usageOf(record),
		createdAt: isoFromMs(msOf(record.created_at)),
		completedAt: isoFromMs(completedAtMs),
		expiresAt: isKept ? undefined : isoFromMs(completedAtMs + minutesToMs(RESULT_LIFETIME_MINUTES)),
		failure: hasEndedBadly(state) ? failureOf(record) : undefined,
		callbackUrl: record.webhook,
		raw,
	});
}

function usageOf({ metrics = {} }: Prediction): TaskReport['usage'] {
	const { token_output_count: tokens, video_output_duration_seconds: seconds } = metrics;
	const known = withoutUndefined({ tokens, seconds });
	return Object.keys(known).length > 0 ? known : undefined;
}

/** What somebody cancelled has no reason to tell. */
function failureOf({ error, status }: Prediction): TaskReport['failure'] {
	const message = textOf(error);
	if (message !== '') return { message };
	return readStatus(statusWords, status).status === 'failed'
		? { message: 'no reason was given' }
		: undefined;
}
