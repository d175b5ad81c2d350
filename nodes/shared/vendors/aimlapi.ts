import { z } from 'zod/v4';
import type { FaultKind } from '../faults';
import {
	expiryOfSignedUrl,
	fault,
	faultKindOfStatus,
	isSuccess,
	optional,
	readBody,
	readStatus,
	textOf,
	withoutUndefined,
} from './reading';
import type { Outcome, Task, TaskUsage, Vendor, VendorResponse } from './types';

const UNIVERSAL_TASK_PATH = '/v2/video/generations';

const file = z.object({ url: z.string().min(1) });

// One schema for the create and the status answer (1-0-lite-t2v page); later models answer with an
// array of videos and tell dollars and tokens too.
const generation = z.object({
	id: z.string().min(1),
	status: z.string(),
	video: optional(z.union([file, z.array(file)])),
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

const created = generation.extend({ status: z.string().catch('queued') });

const errorBody = z.object({ message: z.unknown(), error: z.unknown() }).partial();

function readGeneration(response: VendorResponse): Outcome<Task> {
	if (!isSuccess(response)) return readError(response);
	const parsed = generation.safeParse(response.body);
	if (!parsed.success) return fault('unreadableAnswer', response.excerpt, response);
	return toTask(parsed.data, response);
}

/** The ID is all that counts: a task that is said to be finished is looked at like any other. */
function readCreated(response: VendorResponse): Outcome<Task> {
	if (!isSuccess(response)) return readError(response);
	const parsed = created.safeParse(response.body);
	if (!parsed.success) return fault('unreadableAnswer', response.excerpt, response);
	const task = toTask(parsed.data, response);
	if (task.ok) return task;
	return { ok: true, value: { taskId: parsed.data.id, status: 'running', raw: response.body } };
}

function readError(response: VendorResponse): Outcome<never> {
	const { message, error } = errorBody.safeParse(response.body).data ?? {};
	const text = textOf(message) || textOf(error);
	return fault(faultKindOfError(response.httpStatus), text, response, response.httpStatus);
}

/** This vendor answers 403 when the account is out of credits (docs/errors-and-messages). */
function faultKindOfError(httpStatus: number): FaultKind {
	return httpStatus === 403 ? 'insufficientCredits' : faultKindOfStatus(httpStatus);
}

/** AI/ML API: https://docs.aimlapi.com/api-references/video-models/bytedance. */
export const aimlapi: Vendor = {
	createTask: ({ model, input }) => ({
		method: 'POST',
		path: model.createPath,
		body: { model: model.id, ...input },
	}),

	readCreated,

	getTask: ({ taskId, model }) => ({
		method: 'GET',
		path: model?.taskPath ?? UNIVERSAL_TASK_PATH,
		query: { generation_id: taskId },
	}),

	readTask: readGeneration,

	balance: {
		get: () => ({ method: 'GET', path: '/v2/billing' }),
		read(response) {
			if (!isSuccess(response)) return readError(response);
			const account = readBody(
				z.object({ current_balance: z.number(), currency: z.string().optional() }),
				response,
			);
			if (!account.ok) return account;
			const { current_balance: balance, currency } = account.value;
			return { ok: true, value: withoutUndefined({ balance, currency }) };
		},
	},
};

function toTask(record: z.infer<typeof generation>, response: VendorResponse): Outcome<Task> {
	const state = readStatus(record.status);
	const task: Task = withoutUndefined({
		taskId: record.id,
		...state,
		usage: usageOf(record.meta?.usage),
		raw: response.body,
	});
	if (state.status === 'failed') {
		return { ok: true, value: { ...task, failure: failureOf(record.error) } };
	}
	if (state.status !== 'succeeded') return { ok: true, value: task };

	const videoUrl = [record.video ?? []].flat()[0]?.url;
	if (videoUrl === undefined) return fault('unreadableAnswer', response.excerpt, response);
	return {
		ok: true,
		value: withoutUndefined({ ...task, videoUrl, expiresAt: expiryOfSignedUrl(videoUrl) }),
	};
}

function usageOf(
	usage: { credits_used?: number; usd_spent?: number; tokens_used?: number } | undefined,
): TaskUsage | undefined {
	if (usage === undefined) return undefined;
	const { credits_used: credits, usd_spent: usd, tokens_used: tokens } = usage;
	const known = withoutUndefined({ credits, tokens, usd });
	return Object.keys(known).length > 0 ? known : undefined;
}

const namedError = z.object({ name: z.string().optional(), message: z.string() });
const upstreamError = z.object({
	detail: z.array(z.object({ msg: z.string(), type: z.string().optional() })).min(1),
});

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
	return { message: textOf(error) || 'AI/ML API gave no reason' };
}
