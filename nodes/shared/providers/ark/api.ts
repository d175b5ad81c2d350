import { z } from 'zod/v4';
import type { Fault, FaultKind, Outcome } from '../../domain/fault';
import { textOf, withoutUndefined, type JsonObject } from '../../domain/json';
import type { ModelEntry, WireInput } from '../../domain/model';
import { fail, ok } from '../../domain/result';
import {
	hasEnded,
	hasEndedBadly,
	type Task,
	type TaskReport,
	type TaskStatus,
} from '../../domain/task';
import { isoFromMs } from '../../domain/time';
import type { Dialogue, VendorApi, VendorResponse } from '../../domain/vendor';
import {
	CHOOSE_COMPLETION,
	CHOOSE_MODEL,
	expiryOfSignedUrl,
	faultKindOfStatus,
	isSuccess,
	lazily,
	optional,
	type Read,
	readAnswer,
	readCreatedBy,
	readStatus,
	refuse,
	refuseByStatus,
	type StatusWords,
	text,
	unreadable,
	withId,
	withVideo,
} from '../reading';
import { findLost } from './lost';
import { TASKS_PATH } from './models';

// docs/modelark/get-video-generation-task-api; `expired` stands on the callback's and DELETE's pages.
const statusWords: StatusWords = {
	queued: 'queued',
	running: 'running',
	succeeded: 'succeeded',
	failed: 'failed',
	cancelled: 'cancelled',
	expired: 'expired',
};

// docs/modelark/error-codes. The words tell more than the HTTP status, which only counts where none
// of them is known: `ModelNotOpen` is a 404, a used-up quota a 429.
const faultKindsByWord: Readonly<Record<string, FaultKind>> = {
	MissingParameter: 'invalidInput',
	InvalidParameter: 'invalidInput',
	InvalidImageURL: 'invalidInput',
	ContentSecurityDetectionError: 'serverError',
	'InvalidEndpoint.ClosedEndpoint': 'featureDisabled',
	AuthenticationError: 'unauthorized',
	InvalidAccountStatus: 'forbidden',
	AccessDenied: 'forbidden',
	AccountOverdueError: 'insufficientCredits',
	OperationDenied: 'forbidden',
	'OperationDenied.ServiceOverdue': 'insufficientCredits',
	ModelNotOpen: 'forbidden',
	'InvalidEndpointOrModel.ModelIDAccessDisabled': 'forbidden',
	'InvalidAction.RunningTaskDeletion': 'conflict',
	QuotaExceeded: 'insufficientCredits',
	SetLimitExceeded: 'insufficientCredits',
	ServerOverloaded: 'serverError',
	InternalServiceError: 'serverError',
};

/** A code is a word that may be followed by finer ones: `InvalidParameter.TaskTypeConstraint`. */
function faultKindOf(httpStatus: number, code: string, message: string): FaultKind {
	const [word = ''] = code.split('.');
	const known = [code, word].find((one) => Object.hasOwn(faultKindsByWord, one));
	// The same word stands for a quota that is used up and for a queue that will be shorter soon.
	if (known === 'QuotaExceeded' && /queue/i.test(message)) return 'rateLimited';
	return faultKindsByWord[known ?? ''] ?? faultKindOfStatus(httpStatus);
}

const reason = () => z.object({ code: optional(z.string()), message: optional(z.string()) });
const said = lazily(reason);
const errorBody = lazily(() =>
	z
		.object({ error: reason() })
		.transform(({ error }) => error)
		.or(reason()),
);

function readError(response: VendorResponse): Outcome<never> {
	const { code, message = '' } = errorBody.safeParse(response.body).data ?? {};
	if (code === undefined) return refuseByStatus(response, message);
	const kind = faultKindOf(response.httpStatus, code, message);
	return refuse(response, { kind, message, vendorCode: code });
}

/** What the input calls by its role stands in `content` with its type: the role's name is the key. */
const mediaTypes = {
	first_frame: 'image_url',
	last_frame: 'image_url',
	reference_image: 'image_url',
	reference_video: 'video_url',
	reference_audio: 'audio_url',
} as const;

/** In the order of the roles, because a prompt counts its images, videos and sounds by it. */
function contentOf({ prompt, ...input }: WireInput): JsonObject[] {
	const text = prompt === undefined ? [] : [{ type: 'text', text: prompt }];
	const media = Object.entries(mediaTypes).flatMap(([role, type]) =>
		[input[role] ?? []].flat().map((url) => ({ type, [type]: { url }, role })),
	);
	return [...text, ...media];
}

/** Fields of the input that stand elsewhere, or otherwise, in the body. */
const rearranged: ReadonlySet<string> = new Set([
	'prompt',
	'web_search',
	...Object.keys(mediaTypes),
]);

const asTheyAre = (input: WireInput): WireInput =>
	Object.fromEntries(Object.entries(input).filter(([name]) => !rearranged.has(name)));

/**
 * Seedance 2.5 chooses the length itself when none is given, up to several times the price of the
 * five seconds that all others take then. Which model an endpoint ID stands for, nobody knows here,
 * so the five seconds are always said.
 */
const USUAL_DURATION_SECONDS = 5;

/** The video of a draft takes its length from the draft, and must not be told one. */
const isOfDraft = (content: unknown): boolean =>
	z
		.array(z.unknown())
		.safeParse(content)
		.data?.some((entry) => z.object({ type: z.literal('draft_task') }).safeParse(entry).success) ??
	false;

const seconds = () => optional(z.number());

const taskRecord = lazily(() =>
	z.object({
		id: text(),
		status: z.string(),
		content: optional(
			z.object({
				video_url: optional(text()),
				last_frame_url: optional(text()),
			}),
		),
		usage: optional(
			z.object({ total_tokens: optional(z.number()), completion_tokens: optional(z.number()) }),
		),
		seed: optional(z.number()),
		created_at: seconds(),
		updated_at: seconds(),
		error: z.unknown(),
		// In the records of a list.
		failure_reason: z.unknown(),
	}),
);

type TaskRecord = Read<typeof taskRecord>;

const LARGEST_LIST = 500;

const taskUrl = (taskId: string): string => `${TASKS_PATH}/${encodeURIComponent(taskId)}`;

/** What the final video of a draft may be told; the rest comes from the draft, and repeating it is an error. */
const toldOfFinal: ReadonlySet<string> = new Set([
	'resolution',
	'return_last_frame',
	'output_format',
	'watermark',
	'safety_identifier',
	'service_tier',
	'execution_expires_after',
	'priority',
]);

/** The order for the final video of a draft, and what the user adds under the vendor's own names. */
function finalBody(
	{ input: specs }: ModelEntry,
	{ draft_task: id, ...input }: WireInput,
): JsonObject {
	const ofModel = new Set(Object.values(specs).map(({ wireName }) => wireName));
	const told = Object.entries(input).filter(
		([name]) => toldOfFinal.has(name) || !(ofModel.has(name) || name in mediaTypes),
	);
	return { content: [{ type: 'draft_task', draft_task: { id } }], ...Object.fromEntries(told) };
}

/** BytePlus ModelArk and Volcengine Ark: https://docs.byteplus.com/en/docs/ModelArk/1520757. */
export const api: VendorApi = {
	createTask({ model, input, callbackUrl }) {
		if (input.draft_task !== undefined) {
			const final = { ...finalBody(model, input), model: model.id, callback_url: callbackUrl };
			return { method: 'POST', url: model.createPath, body: withoutUndefined(final) };
		}
		const body: JsonObject = withoutUndefined({
			content: contentOf(input),
			tools: input.web_search === true ? [{ type: 'web_search' }] : undefined,
			...asTheyAre(input),
			model: model.id,
			callback_url: callbackUrl,
		});
		const hasLength = 'duration' in body || 'frames' in body || isOfDraft(body.content);
		return {
			method: 'POST',
			url: model.createPath,
			body: hasLength ? body : { ...body, duration: USUAL_DURATION_SECONDS },
		};
	},

	decides: { model: CHOOSE_MODEL, callback_url: CHOOSE_COMPLETION },

	readCreated: readCreatedBy(readError),

	*look({ taskId }) {
		const response = yield { method: 'GET', url: taskUrl(taskId) };
		const record = readRecord(response);
		if (!record.ok) return record;
		return ok(withVideo(reportOf(record.value, response.body), record.value.status));
	},

	/** The vendor has one request for both: it cancels a queued task, and deletes an ended one. */
	*cancel({ taskId }) {
		const found = yield* find(taskId);
		if (!found.ok || found.value.status === 'cancelled') return found;
		if (found.value.status !== 'queued') {
			return conflict(
				hasEnded(found.value)
					? `The task has already ended (${found.value.status}): there is nothing to cancel`
					: `The task is already being worked on (${wordFor(found.value)}): only one that is still queued can be cancelled`,
			);
		}
		const answer = yield { method: 'DELETE', url: taskUrl(taskId) };
		return isSuccess(answer) ? yield* find(taskId) : readError(answer);
	},

	*delete({ taskId }) {
		const found = yield* find(taskId);
		if (!found.ok) return found;
		if (!hasEnded(found.value)) {
			return conflict(
				`The task has not ended (${wordFor(found.value)}): its record can be deleted when it has`,
			);
		}
		if (found.value.status === 'cancelled') {
			return conflict('The task is cancelled: its record is deleted by the vendor within 24 hours');
		}
		const answer = yield { method: 'DELETE', url: taskUrl(taskId) };
		return isSuccess(answer) ? ok(undefined) : readError(answer);
	},

	/** The order of the vendor's list is documented nowhere, so the largest page is put in order here. */
	*list(limit) {
		const response = yield {
			method: 'GET',
			url: TASKS_PATH,
			query: { page_num: '1', page_size: String(LARGEST_LIST) },
		};
		const page = z.object({ items: z.array(z.unknown()) });
		const listed = readAnswer(page, response, readError);
		if (!listed.ok) return listed;
		const tasks = listed.value.items.flatMap((item): Task[] => {
			const record = taskRecord.safeParse(item).data;
			return record === undefined ? [] : [{ ...reportOf(record, item), taskId: record.id }];
		});
		const at = ({ createdAt = '' }: Task) => createdAt;
		return ok(tasks.sort((a, b) => at(b).localeCompare(at(a))).slice(0, limit));
	},

	findLost,

	// Sent at every change of state and signed by nobody: no more than a reason to look.
	callbacks: { readTaskId: ({ body }) => withId.safeParse(body).data?.id },
};

const readRecord = (response: VendorResponse): Outcome<TaskRecord> =>
	readAnswer(taskRecord, response, readError);

/** The state of a task before something is done to it: it has to be this very task's. */
function* find(taskId: string): Dialogue<TaskReport> {
	const response = yield { method: 'GET', url: taskUrl(taskId) };
	const record = readRecord(response);
	if (!record.ok) return record;
	return record.value.id === taskId
		? ok(reportOf(record.value, response.body))
		: unreadable(response);
}

const wordFor = ({ status, unknownStatus }: TaskReport): string => unknownStatus ?? status;

/** What the vendor would refuse, or would do something else for than was asked. */
const conflict = (message: string) =>
	fail<Fault>({ kind: 'conflict', message, certainlyNotTaken: true });

const URL_LIFETIME_SECONDS = 24 * 60 * 60;

function reportOf(record: TaskRecord, raw: unknown): TaskReport {
	const { id: taskId, content = {}, usage = {}, created_at, updated_at = NaN } = record;
	const state = readStatus(statusWords, record.status);
	const tokens = usage.total_tokens ?? usage.completion_tokens;
	const report: TaskReport = withoutUndefined({
		taskId,
		...state,
		usage: tokens === undefined ? undefined : { tokens },
		seed: record.seed,
		createdAt: isoFromMs((created_at ?? NaN) * 1000),
		completedAt: hasEnded(state) ? isoFromMs(updated_at * 1000) : undefined,
		failure: hasEndedBadly(state) ? failureOf(record, state.status) : undefined,
		raw,
	});
	const { video_url: videoUrl, last_frame_url: lastFrameUrl } = content;
	if (state.status !== 'succeeded' || videoUrl === undefined) return report;
	const expiresAt =
		expiryOfSignedUrl(videoUrl) ?? isoFromMs((updated_at + URL_LIFETIME_SECONDS) * 1000);
	return withoutUndefined({ ...report, videoUrl, lastFrameUrl, expiresAt });
}

/** The reason of a bad end; a task that was cancelled or that expired may have none. */
function failureOf({ error, failure_reason }: TaskRecord, status: TaskStatus) {
	const reason = error ?? failure_reason ?? undefined;
	if (reason === undefined && status !== 'failed') return undefined;
	const { code, message } = said.safeParse(reason).data ?? {};
	const words = message ?? (code === undefined ? textOf(reason) : '');
	return withoutUndefined({ code, message: words || 'no reason was given' });
}
