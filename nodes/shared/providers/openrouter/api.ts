import { z } from 'zod/v4';
import { isOtherFile } from '../../domain/answer';
import type { FaultKind, Outcome } from '../../domain/fault';
import { isObject, parseJson, textOf, withoutUndefined, type JsonObject } from '../../domain/json';
import type { WireInput } from '../../domain/model';
import { ok } from '../../domain/result';
import { hasEndedBadly, type TaskReport } from '../../domain/task';
import type {
	Balance,
	CreateOrder,
	Dialogue,
	VendorApi,
	VendorResponse,
} from '../../domain/vendor';
import {
	CHOOSE_COMPLETION,
	CHOOSE_MODEL,
	faultKindOfStatus,
	isSuccess,
	lazily,
	optional,
	type Read,
	readAnswer,
	readCreatedBy,
	readStatus,
	readValue,
	refuse,
	type StatusWords,
	text,
	withVideo,
} from '../reading';
import { models } from './list';
import { hasRatioOfFrames, VIDEOS_PATH } from './models';
import { price } from './price';
import { callbacks } from './webhook';

// https://openrouter.ai/docs/features/multimodal/video-generation
const statusWords: StatusWords = {
	pending: 'queued',
	in_progress: 'running',
	completed: 'succeeded',
	failed: 'failed',
	cancelled: 'cancelled',
	expired: 'expired',
};

/** What the input calls by its role, and how it stands in the body. */
const frameTypes = ['first_frame', 'last_frame'];
const referenceTypes = {
	reference_image: 'image_url',
	reference_video: 'video_url',
	reference_audio: 'audio_url',
};

const listOf = (value: unknown): unknown[] => [value ?? []].flat();

const framesOf = (input: WireInput): JsonObject[] =>
	frameTypes.flatMap((frame_type) =>
		listOf(input[frame_type]).map((url) => ({ type: 'image_url', image_url: { url }, frame_type })),
	);

/** In the order of the kinds, because a prompt counts its images, videos and sounds by it. */
const referencesOf = (input: WireInput): JsonObject[] =>
	Object.entries(referenceTypes).flatMap(([role, type]) =>
		listOf(input[role]).map((url) => ({ type, [type]: { url } })),
	);

/** What is handed on to the one who runs the model, whom this vendor calls `seed`. */
const handedOn = ({ watermark }: WireInput): JsonObject =>
	watermark === undefined ? {} : { provider: { options: { seed: { parameters: { watermark } } } } };

const rearranged: ReadonlySet<string> = new Set([
	'watermark',
	...frameTypes,
	...Object.keys(referenceTypes),
]);

function bodyOf({ model, input, callbackUrl }: CreateOrder): JsonObject {
	const frame_images = framesOf(input);
	const input_references = referencesOf(input);
	const isLeftOut = (name: string) =>
		rearranged.has(name) ||
		(name === 'aspect_ratio' && frame_images.length > 0 && hasRatioOfFrames(model.id));
	const asTheyAre = Object.entries(input).filter(([name]) => !isLeftOut(name));
	return {
		...(frame_images.length > 0 && { frame_images }),
		...(input_references.length > 0 && { input_references }),
		...handedOn(input),
		...Object.fromEntries(asTheyAre),
		model: model.id,
		...(callbackUrl !== undefined && { callback_url: callbackUrl }),
	};
}

const job = lazily(() =>
	z.object({
		id: text(),
		status: z.string(),
		error: z.unknown(),
		urls: z.unknown(),
		unsigned_urls: z.unknown(),
		usage: optional(z.object({ cost: optional(z.number()) })),
	}),
);

type Job = Read<typeof job>;

const firstUrl = lazily(() => z.tuple([text()], z.unknown()).transform(([url]) => url));

const refused = lazily(() =>
	z.object({
		error: z.object({
			name: optional(text()),
			code: z.unknown(),
			message: z.unknown(),
			metadata: optional(
				z.object({
					limit_source: optional(text()),
					error_type: optional(text()),
					retry_after_seconds: optional(z.number()),
				}),
			),
		}),
	}),
);

/** Some routes tell what is wrong with the fields as a list of problems, written as text. */
function sentenceOf(message: string): string {
	const problems = z
		.array(z.object({ path: optional(z.array(z.unknown())), message: text() }))
		.min(1)
		.safeParse(parseJson(message)).data;
	if (problems === undefined) return message;
	return problems
		.map(({ path = [], message: said }) => [path.join('.'), said].filter(Boolean).join(': '))
		.join('; ');
}

/** What money others of the account's own orders hold back comes free again. */
const HELD_BACK = 'openrouter_in_flight_budget';

function kindOf(
	httpStatus: number,
	about: { limit_source?: string; error_type?: string },
): FaultKind {
	if (httpStatus === 402 && about.limit_source === HELD_BACK) return 'rateLimited';
	if (httpStatus === 403 && about.error_type === 'content_policy_violation') return 'invalidInput';
	return faultKindOfStatus(httpStatus);
}

function readError(response: VendorResponse, kind?: FaultKind): Outcome<never> {
	const { httpStatus } = response;
	const { name, message, metadata = {} } = refused.safeParse(response.body).data?.error ?? {};
	const { retry_after_seconds: seconds, error_type: type } = metadata;
	const told =
		response.retryAfterMs ?? (seconds !== undefined && seconds >= 0 ? seconds * 1000 : undefined);
	return refuse(told === undefined ? response : { ...response, retryAfterMs: told }, {
		kind: kind ?? kindOf(httpStatus, metadata),
		message: sentenceOf(textOf(message)),
		vendorCode: type ?? name ?? httpStatus,
	});
}

const credits = lazily(() =>
	z.object({ data: z.object({ total_credits: z.number(), total_usage: z.number() }) }),
);

const keyInfo = lazily(() => z.object({ data: z.object({ limit_remaining: z.number() }) }));

/** OpenRouter: https://openrouter.ai/docs/features/multimodal/video-generation. */
export const api: VendorApi = {
	createTask: (order) => ({ method: 'POST', url: order.model.createPath, body: bodyOf(order) }),

	decides: { model: CHOOSE_MODEL, callback_url: CHOOSE_COMPLETION },

	readCreated: readCreatedBy(readError),

	*look({ taskId }) {
		const url = `${VIDEOS_PATH}/${encodeURIComponent(taskId)}`;
		const response = yield { method: 'GET', url };
		const record = readAnswer(job, response, readError);
		return record.ok ? ok(reportOf(record.value, response.body)) : record;
	},

	balance: readBalance,

	price,

	callbacks,

	models,
};

/** The account's, or for keys that may not see it what is left of their own limit. */
function* readBalance(): Dialogue<Balance> {
	const response = yield { method: 'GET', url: '/credits' };
	if (isSuccess(response)) {
		const read = readValue(credits, response.body, response);
		if (!read.ok) return read;
		const { total_credits: bought, total_usage: used } = read.value.data;
		return ok(inDollars(bought - used));
	}
	if (response.httpStatus !== 403) return readError(response);
	const own = yield { method: 'GET', url: '/key' };
	const left = isSuccess(own) ? keyInfo.safeParse(own.body).data?.data.limit_remaining : undefined;
	return left === undefined ? readError(response) : ok(inDollars(left));
}

/** Sums of parts of cents, without what a computer adds to them. */
const inDollars = (usd: number): Balance => ({
	balance: Math.round(usd * 1e6) / 1e6,
	currency: 'USD',
});

function videoIn(urls: unknown): string | undefined {
	const url = firstUrl.safeParse(urls).data;
	return url === undefined || isOtherFile(url) ? undefined : url;
}

function reportOf(record: Job, raw: unknown): TaskReport {
	const state = readStatus(statusWords, record.status);
	const isMade = state.status === 'succeeded';
	const signed = isMade ? videoIn(record.urls) : undefined;
	const usd = record.usage?.cost;
	const report = withoutUndefined({
		taskId: record.id,
		...state,
		videoUrl: signed ?? (isMade ? videoIn(record.unsigned_urls) : undefined),
		usage: usd === undefined ? undefined : { usd },
		failure: hasEndedBadly(state) ? failureOf(record) : undefined,
		raw,
	});
	const found = withVideo(report, record.status);
	const needsKey = found.videoUrl !== undefined && found.videoUrl !== signed;
	return needsKey ? { ...found, videoNeedsKey: true } : found;
}

/** What was cancelled has no reason to tell. */
function failureOf({ error, status }: Job): TaskReport['failure'] {
	const { message: told, code } = isObject(error) ? error : {};
	const message = textOf(told) || textOf(error);
	if (message === '' && status.toLowerCase() !== 'failed') return undefined;
	const vendorCode =
		typeof code === 'string' || typeof code === 'number' ? String(code) : undefined;
	return withoutUndefined({ code: vendorCode, message: message || 'no reason was given' });
}
