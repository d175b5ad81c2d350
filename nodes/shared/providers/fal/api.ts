import { z } from 'zod/v4';
import type { FaultKind, Outcome } from '../../domain/fault';
import { isObject, textOf, withoutUndefined } from '../../domain/json';
import type { ModelEntry, WireInput } from '../../domain/model';
import { fail, ok } from '../../domain/result';
import { hasEndedBadly, type Task, type TaskReport, type TaskUsage } from '../../domain/task';
import type { VendorApi, VendorReference, VendorResponse } from '../../domain/vendor';
import {
	faultKindOfStatus,
	isSuccess,
	lazily,
	optional,
	type Read,
	readAnswer,
	readNothing,
	readStatus,
	readValue,
	refuse,
	type StatusWords,
	text,
	withVideo,
} from '../reading';
import { findLost } from './lost';
import { models } from './list';
import { FINAL_PATH } from './models';
import { price } from './price';
import { callbacks } from './webhook';

// https://fal.ai/docs/documentation/model-apis/inference/queue.md: a request that failed is
// completed, too; only its result tells.
const statusWords: StatusWords = {
	in_queue: 'queued',
	in_progress: 'running',
	completed: 'succeeded',
};

/** The `error_type` of a request that was cancelled while it ran. */
const CANCELLED = 'client_cancelled';

const submitted = lazily(() =>
	z.object({
		request_id: text(),
		status_url: optional(text()),
		response_url: optional(text()),
		cancel_url: optional(text()),
	}),
);

const queueStatus = lazily(() =>
	z.object({
		status: text(),
		request_id: optional(text()),
		error: z.unknown(),
		error_type: optional(text()),
	}),
);

const output = lazily(() =>
	z.object({ video: z.object({ url: text() }), seed: optional(z.number()) }),
);

/** What it is charged by, in units whose price differs from model to model. */
function usageOf({ headers }: VendorResponse): TaskUsage | undefined {
	const billableUnits = Number(headers['x-fal-billable-units'] || NaN);
	return Number.isFinite(billableUnits) && billableUnits >= 0 ? { billableUnits } : undefined;
}

interface Addresses {
	status: string;
	response: string;
	cancel: string;
}

/** What stands behind a task in its addresses. */
const ends: Record<keyof Addresses, string> = {
	status: '/status',
	response: '(?:/response)?',
	cancel: '/cancel',
};

/**
 * The addresses that lead to this task and nowhere else. A submit answer, a row, a token and a ledger's
 * cell may each name any; what leads elsewhere counts as not told.
 */
function ownAddresses(told: Partial<Addresses>, taskId: string): Partial<Addresses> {
	const { status, response, cancel } = told;
	const own = (name: keyof Addresses, url: string | undefined) =>
		url !== undefined && leadsTo(taskId, ends[name], url) ? { [name]: url } : {};
	return { ...own('status', status), ...own('response', response), ...own('cancel', cancel) };
}

function leadsTo(taskId: string, end: string, url: string): boolean {
	if (!URL.canParse(url)) return false;
	const { origin, pathname } = new URL(url);
	const task = encodeURIComponent(taskId).replaceAll(/[.*()]/g, '\\$&');
	const path = new RegExp(`^(?:/[\\w.~-]+){2,}/requests/${task}${end}$`);
	// Without a query, and as the vendor writes it: nothing in it is read differently elsewhere.
	return url === origin + pathname && path.test(pathname);
}

/** Where the submit answer said, else built: below owner and app, the model ID's first two parts. */
function addressesOf({ taskId, modelId, taskUrls = {} }: VendorReference): Outcome<Addresses> {
	const [owner = '', app = ''] = modelId.split('/');
	const base = `/${encodeURIComponent(owner)}/${encodeURIComponent(app)}/requests/${encodeURIComponent(taskId)}`;
	const isBuildable = [owner, app].every((part) => !/^\.{0,2}$/.test(part));
	const built = (path: string) => (isBuildable ? `${base}${path}` : undefined);
	const told = ownAddresses(taskUrls, taskId);
	const status = told.status ?? built('/status');
	const response = told.response ?? built('');
	const cancel = told.cancel ?? built('/cancel');
	return status === undefined || response === undefined || cancel === undefined
		? fail({
				kind: 'rejected',
				message: `The address of a task begins with its model, and the model ID '${modelId}' names none`,
				certainlyNotTaken: true,
			})
		: ok({ status, response, cancel });
}

const fieldProblem = () =>
	z.object({
		msg: z.string(),
		type: optional(text()),
		loc: optional(z.array(z.union([z.string(), z.number()]))),
	});

const detailed = lazily(() =>
	z.object({ detail: z.union([text(), z.array(fieldProblem()).min(1)]) }),
);

/** How the platform's host says it. */
const platformError = lazily(() =>
	z.object({ error: z.object({ message: text(), type: optional(text()) }) }),
);

interface Reason {
	message: string;
	code?: string;
}

const sentenceOf = ({ loc = [], msg }: z.infer<ReturnType<typeof fieldProblem>>): string => {
	const field = loc.filter((part) => part !== 'body').join('.');
	return field === '' ? msg : `${field}: ${msg}`;
};

/** What a model says is wrong with an input, or with what it made of it: a list. */
function readProblems({ body }: VendorResponse): Reason | undefined {
	const detail = detailed.safeParse(body).data?.detail;
	if (!Array.isArray(detail)) return undefined;
	const code = detail.find(({ type }) => type !== undefined)?.type;
	return withoutUndefined({ code, message: detail.map(sentenceOf).join('; ') });
}

function reasonOf(response: VendorResponse): Reason {
	const problems = readProblems(response);
	if (problems !== undefined) return problems;
	const detail = detailed.safeParse(response.body).data?.detail;
	if (typeof detail === 'string') return { message: detail };
	const { message = '', type } = platformError.safeParse(response.body).data?.error ?? {};
	return withoutUndefined({ message, code: type });
}

/** "User is locked. Reason: Exhausted balance" comes as 403; so does what a key may not do. */
function kindOf(httpStatus: number, message: string): FaultKind {
	return httpStatus === 403 && /locked|balance/i.test(message)
		? 'insufficientCredits'
		: faultKindOfStatus(httpStatus);
}

function readError(response: VendorResponse, kind?: FaultKind): Outcome<never> {
	const { httpStatus, headers } = response;
	const { message, code } = reasonOf(response);
	return refuse(response, {
		kind: kind ?? kindOf(httpStatus, message),
		message,
		vendorCode: code ?? headers['x-fal-error-type'] ?? httpStatus,
	});
}

/** The final video's order: the draft, the codec, and what the user adds under the vendor's own names. */
function finalBody({ input: specs }: ModelEntry, input: WireInput): WireInput {
	const ofModel = new Set(Object.values(specs).map(({ wireName }) => wireName));
	const isTold = (name: string) => ['draft_id', 'codec'].includes(name) || !ofModel.has(name);
	return Object.fromEntries(Object.entries(input).filter(([name]) => isTold(name)));
}

/** fal's queue: https://fal.ai/docs/api-reference/inference-api. */
export const api: VendorApi = {
	createTask: ({ model, input, callbackUrl }) => ({
		method: 'POST',
		url: input.draft_id === undefined ? model.createPath : FINAL_PATH,
		body: input.draft_id === undefined ? input : finalBody(model, input),
		...(callbackUrl !== undefined && { query: { fal_webhook: callbackUrl } }),
	}),

	// It is what turns an order into that of a draft's final video, at another path.
	decides: { draft_id: "Enter it under the option 'Draft ID', of a model that has it." },

	readCreated(response) {
		const task = submitted.safeParse(response.body).data;
		return task === undefined ? readNothing(response, readError) : ok(toTask(task, response));
	},

	*look(reference) {
		const addresses = addressesOf(reference);
		if (!addresses.ok) return addresses;
		const looked = yield { method: 'GET', url: addresses.value.status };
		const read = readAnswer(queueStatus, looked, readError);
		if (!read.ok) return read;

		const { request_id: toldId, status: word, error, error_type: code } = read.value;
		const about = withoutUndefined({ taskId: toldId, raw: looked.body });
		if (toldId !== undefined && toldId !== reference.taskId) {
			return ok({ ...about, status: 'running' });
		}
		const state = readStatus(statusWords, word);
		const message = textOf(error) || code;
		const told = message === undefined ? undefined : withoutUndefined({ code, message });
		if (hasEndedBadly(state)) {
			const failure = told ?? { message: 'no reason was given' };
			return ok({ ...about, ...state, failure });
		}
		if (state.status !== 'succeeded') return ok({ ...about, ...state });

		const result = yield { method: 'GET', url: addresses.value.response };
		return readResult(result, about, told, word);
	},

	*upload({ bytes, mimeType, fileName }) {
		const begun = yield {
			method: 'POST',
			host: 'rest',
			url: '/storage/upload/initiate',
			query: { storage_type: 'fal-cdn-v3' },
			body: { content_type: mimeType, file_name: fileName },
		};
		const told = readAnswer(uploadAddresses, begun, readError);
		if (!told.ok) return told;
		const { upload_url: url, file_url: fileUrl } = told.value;
		const sent = yield { method: 'PUT', url, file: { bytes, mimeType }, withoutKey: true };
		return isSuccess(sent)
			? ok(fileUrl)
			: refuse(sent, { kind: faultKindOfStatus(sent.httpStatus), vendorCode: sent.httpStatus });
	},

	// https://fal.ai/docs/inference-api/queue/cancel.md
	*cancel(reference) {
		const addresses = addressesOf(reference);
		if (!addresses.ok) return addresses;
		const answer = yield { method: 'PUT', url: addresses.value.cancel };
		// 400 says that the request had been completed before.
		if (!isSuccess(answer) && answer.httpStatus !== 400) return readError(answer);
		const report = yield* api.look(reference);
		// What was still waiting is taken out of the queue, which then knows nothing of it any more.
		const isGone = !report.ok && report.error.kind === 'notFound';
		return isGone && isSuccess(answer)
			? ok({ status: 'cancelled', raw: answer.body ?? answer.excerpt })
			: report;
	},

	// https://fal.ai/docs/platform-apis/v1/account/billing
	*balance() {
		const response = yield {
			method: 'GET',
			host: 'platform',
			url: '/v1/account/billing',
			query: { expand: 'credits' },
		};
		// The usual keys may not see it, only those of scope ADMIN.
		const isKeptBack = response.httpStatus === 401 || response.httpStatus === 403;
		if (!isSuccess(response)) return readError(response, isKeptBack ? 'forbidden' : undefined);
		const account = readValue(billing, response.body, response);
		if (!account.ok) return account;
		const { current_balance: balance, currency } = account.value.credits;
		return ok(withoutUndefined({ balance, currency }));
	},

	findLost,

	price,

	callbacks,

	models,
};

const uploadAddresses = lazily(() => z.object({ upload_url: text(), file_url: text() }));

const billing = lazily(() =>
	z.object({
		credits: z.object({ current_balance: z.number(), currency: optional(text()) }),
	}),
);

function toTask(task: Read<typeof submitted>, response: VendorResponse): Task {
	const { request_id: taskId, status_url: status, response_url, cancel_url: cancel } = task;
	const own = ownAddresses({ status, response: response_url, cancel }, taskId);
	const taskUrls = Object.keys(own).length > 0 ? own : undefined;
	return withoutUndefined({ taskId, status: 'queued', taskUrls, raw: response.body });
}

/**
 * The result has the HTTP status that the model answered with. A task counts as failed only when the
 * queue says so or a model's own list of problems is there; any other answer may be a gateway's.
 */
function readResult(
	response: VendorResponse,
	about: Pick<TaskReport, 'taskId' | 'raw'>,
	told: Reason | undefined,
	word: string,
): Outcome<TaskReport> {
	const raw = response.body ?? about.raw;
	const found = isSuccess(response) ? output.safeParse(response.body).data : undefined;
	if (found !== undefined) {
		const { video, seed } = found;
		const told = { videoUrl: video.url, seed, usage: usageOf(response), raw };
		const task = withoutUndefined({ ...about, status: 'succeeded' as const, ...told });
		return ok(withVideo(task, word));
	}
	const failure =
		readProblems(response) ??
		(response.httpStatus === 422 ? reasonOf(response) : undefined) ??
		told;
	if (failure !== undefined) {
		const status = told?.code === CANCELLED ? 'cancelled' : 'failed';
		const message = failure.message || told?.message || response.excerpt;
		return ok({ ...about, status, failure: { ...failure, message }, raw });
	}
	if (isSuccess(response) && isObject(response.body)) {
		return ok(withVideo({ ...about, status: 'succeeded', raw }, word));
	}
	const refused = readNothing(response, readError);
	return refused.ok ? refused : fail({ ...refused.error, afterEnd: true });
}
