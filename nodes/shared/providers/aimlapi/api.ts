import { z } from 'zod/v4';
import type { FaultKind, Outcome } from '../../domain/fault';
import { textOf, withoutUndefined } from '../../domain/json';
import { ok } from '../../domain/result';
import type { TaskReport, TaskUsage } from '../../domain/task';
import type { VendorApi, VendorResponse } from '../../domain/vendor';
import {
	CHOOSE_MODEL,
	expiryOfSignedUrl,
	faultKindOfStatus,
	lazily,
	optional,
	type Read,
	readAnswer,
	readNothing,
	readStatus,
	refuse,
	type StatusWords,
	text,
	withVideo,
} from '../reading';
import { findLost, MARK_HEADER } from './lost';
import { models } from './list';
import { UNIVERSAL_PATH } from './models';

// Enum of the 1-0-lite-t2v page; `waiting` and `active` stand in its samples, `succeeded` was seen.
const statusWords: StatusWords = {
	waiting: 'queued',
	queued: 'queued',
	active: 'running',
	generating: 'running',
	completed: 'succeeded',
	succeeded: 'succeeded',
	error: 'failed',
	failed: 'failed',
};

const file = () => z.object({ url: text() });

// One schema for the create and the status answer (1-0-lite-t2v page); later models answer with an
// array of videos and tell dollars and tokens too.
const generationFields = () => ({
	id: text(),
	video: optional(z.union([file(), z.array(file())])),
	error: z.unknown(),
	meta: optional(
		z.object({
			usage: optional(
				z.object({
					credits_used: optional(z.number()),
					usd_spent: optional(z.number()),
					tokens_used: optional(z.number()),
				}),
			),
		}),
	),
});

const generation = lazily(() => z.object({ ...generationFields(), status: z.string() }));
const created = lazily(() =>
	z.object({ ...generationFields(), status: z.string().catch('queued') }),
);

const errorBody = lazily(() =>
	z.object({ message: z.unknown().optional(), error: z.unknown().optional() }),
);

function readError(response: VendorResponse): Outcome<never> {
	const { message, error } = errorBody.safeParse(response.body).data ?? {};
	return refuse(response, {
		kind: faultKindOfError(response),
		message: textOf(message) || textOf(error),
		vendorCode: response.httpStatus,
	});
}

/**
 * This vendor answers 403 when the account is out of credits (docs/errors-and-messages); without its
 * JSON it is a proxy's own.
 */
function faultKindOfError({ httpStatus, body }: VendorResponse): FaultKind {
	return httpStatus === 403 && body !== undefined
		? 'insufficientCredits'
		: faultKindOfStatus(httpStatus);
}

/** AI/ML API: https://docs.aimlapi.com/api-references/video-models/bytedance. */
export const api: VendorApi = {
	createTask: ({ model, input, mark }) => ({
		method: 'POST',
		url: model.createPath,
		body: { ...input, model: model.id },
		...(mark !== undefined && { headers: { [MARK_HEADER]: mark } }),
	}),

	decides: { model: CHOOSE_MODEL },

	/** The ID is all that counts: a task that is said to be finished is looked at like any other. */
	readCreated(response) {
		const task = created.safeParse(response.body).data;
		if (task !== undefined) {
			const { status, ...rest } = readStatus(statusWords, task.status);
			const isOpen = status === 'queued';
			return ok({
				taskId: task.id,
				status: isOpen ? status : 'running',
				...rest,
				raw: response.body,
			});
		}
		return readNothing(response, readError);
	},

	*look({ taskId, model }) {
		return readTask(
			yield {
				method: 'GET',
				url: model?.taskPath ?? UNIVERSAL_PATH,
				query: { generation_id: taskId },
			},
		);
	},

	findLost,

	*balance() {
		const response = yield { method: 'GET', url: '/v2/billing' };
		const billing = z.object({ current_balance: z.number(), currency: z.string().optional() });
		const account = readAnswer(billing, response, readError);
		if (!account.ok) return account;
		const { current_balance: balance, currency } = account.value;
		return ok(withoutUndefined({ balance, currency }));
	},

	models,
};

function readTask(response: VendorResponse): Outcome<TaskReport> {
	const record = readAnswer(generation, response, readError);
	return record.ok ? toReport(record.value, response) : record;
}

function toReport(record: Read<typeof generation>, response: VendorResponse): Outcome<TaskReport> {
	const state = readStatus(statusWords, record.status);
	const report: TaskReport = withoutUndefined({
		taskId: record.id,
		...state,
		usage: usageOf(record.meta?.usage),
		raw: response.body,
	});
	if (state.status === 'failed') return ok({ ...report, failure: failureOf(record.error) });
	if (state.status !== 'succeeded') return ok(report);

	const videoUrl = [record.video ?? []].flat()[0]?.url;
	const expiresAt = expiryOfSignedUrl(videoUrl ?? '');
	return ok(withVideo(withoutUndefined({ ...report, videoUrl, expiresAt }), record.status));
}

function usageOf(
	usage: { credits_used?: number; usd_spent?: number; tokens_used?: number } | undefined,
): TaskUsage | undefined {
	if (usage === undefined) return undefined;
	const { credits_used: credits, usd_spent: usd, tokens_used: tokens } = usage;
	const known = withoutUndefined({ credits, tokens, usd });
	return Object.keys(known).length > 0 ? known : undefined;
}

const namedError = lazily(() => z.object({ name: z.string().optional(), message: z.string() }));
const upstreamError = lazily(() =>
	z.object({
		detail: z.array(z.object({ msg: z.string(), type: z.string().optional() })).min(1),
	}),
);

/** The reason is `{name, message}` as documented, or whatever the model behind it answered. */
function failureOf(error: unknown): { code?: string; message: string } {
	const named = namedError.safeParse(error);
	if (named.success) {
		return withoutUndefined({ code: named.data.name, message: named.data.message });
	}
	const upstream = upstreamError.safeParse(error).data?.detail[0];
	if (upstream !== undefined) {
		return withoutUndefined({ code: upstream.type, message: upstream.msg });
	}
	return { message: textOf(error) || 'no reason was given' };
}
