import { randomUUID } from 'node:crypto';
import { isJsonObject } from '../json.mts';
import { findLiveProblem, liveModel, openrouterLive } from '../liveModels.mts';
import { pagesOf, type ModelPage } from '../pages/index.mts';
import { findTaskRoute } from '../routes.mts';
import { findLooseProblem, httpsUrl, isLooseModel, type Problem } from '../rules.mts';
import { findPageProblem } from '../schema.mts';
import { asksForNoCredits, isFlagged, type StoredTask } from '../tasks.mts';
import type { FaultEffect, JsonObject } from '../types.mts';
import { openrouterCallback } from './openrouterWebhook.mts';
import { findTask, isAuthorized, readJsonBody, remaining, statusWord } from './vendor.mts';
import type { Answer, Route, VendorApi, VendorCall, World } from './vendor.mts';

const videosPath = '/videos';
const modelsPath = '/videos/models';
const contentPath = /^\/videos\/([^/]+)\/content$/;

const pages = pagesOf('openrouter');

const messages: Record<number, string> = {
	401: 'User not found.',
	402: 'Insufficient credits. Add more using https://openrouter.ai/settings/credits',
	404: 'Not Found',
	429: 'Rate limit exceeded',
	500: 'Internal Server Error',
};

const refuse = (
	status: number,
	message = messages[status] ?? 'Error',
	metadata?: JsonObject,
): Answer => ({
	status,
	body: {
		error: { code: status, message, ...(metadata && { metadata }) },
		user_id: 'user_sandbox',
	},
});

const refuseProblem = ({ field, reason }: Problem): Answer => ({
	status: 400,
	body: {
		success: false,
		error: {
			name: 'ZodError',
			message: JSON.stringify([{ code: 'custom', path: [field], message: reason }]),
		},
	},
});

const fields = ['model', 'frame_images', 'input_references', 'callback_url', 'provider'];

/** What is taken for the one who runs the model; other names are dropped without a word. */
const handedOnNames = ['watermark'];

function handedOn({ provider }: JsonObject): JsonObject {
	const inside = (value: unknown, name: string) =>
		isJsonObject(value) && isJsonObject(value[name]) ? value[name] : {};
	const parameters = inside(inside(inside(provider, 'options'), 'seed'), 'parameters');
	return Object.fromEntries(
		Object.entries(parameters).filter(([name]) => handedOnNames.includes(name)),
	);
}

const urlIn = (entry: unknown, type: string): unknown =>
	isJsonObject(entry) && entry.type === type && isJsonObject(entry[type])
		? entry[type].url
		: undefined;

const listIn = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The files of a body by their roles, as the pages have them; what has no role of theirs is `strange`. */
function filesOf(body: JsonObject): JsonObject {
	const files: Record<string, unknown[]> = {};
	const add = (role: string, url: unknown) => {
		files[url === undefined ? 'strange' : role] = [...(files[role] ?? []), url];
	};
	for (const entry of listIn(body.frame_images)) {
		const frame = isJsonObject(entry) ? String(entry.frame_type) : '';
		add(/^(first|last)_frame$/.test(frame) ? frame : 'strange', urlIn(entry, 'image_url'));
	}
	for (const entry of listIn(body.input_references)) {
		const kind = ['image', 'video', 'audio'].find(
			(one) => urlIn(entry, `${one}_url`) !== undefined,
		);
		add(`reference_${kind}`, urlIn(entry, `${kind}_url`));
	}
	return Object.fromEntries(
		Object.entries(files).map(([role, urls]) => [role, role.endsWith('_frame') ? urls[0] : urls]),
	);
}

/** The videos and sounds that do not lie where everybody may fetch them. */
const findClosed = (input: JsonObject): Problem | undefined => {
	const urls = [input.reference_video ?? [], input.reference_audio ?? []].flat();
	return urls.some((url) => !String(url).startsWith('https://'))
		? { field: 'input_references', reason: 'Only HTTPS URLs are allowed' }
		: undefined;
};

function findInputProblem(model: string, input: JsonObject): Problem | undefined {
	const live = liveModel('openrouter', model);
	if (live) return findLiveProblem(input, live);
	if (isLooseModel(model)) return findLooseProblem(input);
	const closed = findClosed(input);
	if (closed) return closed;
	const hasMedia = Object.keys(input).some((name) => /^(first|last|reference)_/.test(name));
	const kind: ModelPage['kind'] = hasMedia ? 'imageToVideo' : 'textToVideo';
	return findPageProblem(
		input,
		pagesOf('openrouter', model).filter((page) => page.kind === kind),
	);
}

function createVideo(call: VendorCall, world: World): Answer {
	const read = readJsonBody(call);
	if (!read.ok) return refuse(400, read.reason);
	const { body } = read;
	const { model, callback_url: callbackUrl } = body;
	if (typeof model !== 'string') return refuseProblem({ field: 'model', reason: 'is required' });
	const isKnown = liveModel('openrouter', model) || pagesOf('openrouter', model).length > 0;
	if (!isLooseModel(model) && !isKnown) {
		return refuse(404, `No video model ${model}`);
	}
	if (callbackUrl !== undefined && httpsUrl(callbackUrl) !== undefined) {
		return refuseProblem({ field: 'callback_url', reason: 'Only HTTPS URLs are allowed' });
	}
	const plain = Object.entries(body).filter(([name]) => !fields.includes(name));
	const outside = handedOnNames.find((name) => Object.hasOwn(body, name));
	if (outside !== undefined) return refuseProblem({ field: outside, reason: 'is not supported' });
	const input = { ...Object.fromEntries(plain), ...filesOf(body), ...handedOn(body) };
	const problem = findInputProblem(model, input);
	if (problem) return refuseProblem(problem);
	if (asksForNoCredits(input)) {
		return refuse(402, undefined, { limit_source: 'openrouter_credits' });
	}
	if (isFlagged(input)) {
		return refuse(403, 'Your chosen model requires moderation and your input was flagged', {
			error_type: 'content_policy_violation',
			reasons: ['violence'],
			flagged_input: String(input.prompt).slice(0, 100),
			provider_name: 'Seed',
			model_slug: model,
		});
	}
	const stem = randomUUID().replaceAll('-', '').slice(0, 20);
	const task = world.tasks.create(
		{
			taskId: `gen-vid-${Math.floor(world.clock.now() / 1000)}-${stem}`,
			vendor: 'openrouter',
			model,
			input,
			createBody: body,
			...(typeof callbackUrl === 'string' && { callbackUrl }),
		},
		call.effect,
	);
	const { taskId: id } = task;
	return { status: 202, body: { id, polling_url: pollingUrlOf(id), status: 'pending' } };
}

const pollingUrlOf = (id: string) => `https://openrouter.ai/api/v1/videos/${id}`;

const stateWords = {
	queued: 'pending',
	running: 'in_progress',
	succeeded: 'completed',
	failed: 'failed',
};

/** Tokens of 720p, at the price of 2.0 Fast. */
const costOf = ({ input }: StoredTask) =>
	Math.round(Number(input.duration ?? 5) * 21_600 * 0.0000042 * 1e6) / 1e6;

function jobOf(task: StoredTask, world: World, effect?: FaultEffect): JsonObject {
	const call = { effect } as VendorCall;
	const status = statusWord(task, call, world, stateWords);
	const { taskId: id, failure } = task;
	const isMade = status === 'completed';
	const content = `${world.sandboxUrl}/openrouter${videosPath}/${encodeURIComponent(id)}/content?index=0`;
	return {
		id,
		generation_id: id,
		polling_url: pollingUrlOf(id),
		status,
		...(isMade && {
			unsigned_urls: [content],
			usage: { cost: costOf(task), is_byok: false },
		}),
		...(status === 'failed' && { error: failure?.message }),
	};
}

/** As the list shows a model. */
function modelOf({ model, fields: told }: ModelPage): JsonObject {
	const field = (name: string) => told.find((one) => one.name === name);
	const [from = 0, to = -1] = field('duration')?.range ?? [];
	return {
		id: model,
		canonical_slug: `${model}-20261001`,
		hugging_face_id: null,
		name: model,
		description: model,
		created: 1_790_000_000,
		supported_resolutions: field('resolution')?.values ?? null,
		supported_aspect_ratios: field('aspectRatio')?.values ?? null,
		supported_sizes: null,
		supported_durations: Array.from({ length: to - from + 1 }, (_, index) => from + index),
		supported_frame_images: ['first_frame', 'last_frame'],
		upscale_factor: null,
		creativity: null,
		generate_audio: true,
		seed: true,
		pricing_skus: { video_tokens: '0.0000042' },
		allowed_passthrough_parameters: ['watermark', 'req_key'],
	};
}

const START_CREDITS = 10;

function routeOf(method: string, path: string, query: URLSearchParams): Route {
	if (method === 'POST') return { operation: path === videosPath ? 'create' : 'unknown' };
	if (method !== 'GET') return { operation: 'unknown' };
	if (path === '/key') return { operation: 'validate' };
	if (path === '/credits') return { operation: 'balance' };
	if (path === modelsPath) return { operation: 'models' };
	return findTaskRoute(path, query, pages) ?? { operation: 'unknown' };
}

export const openrouter: VendorApi = {
	label: 'OpenRouter',
	route: routeOf,
	handle(call, world) {
		if (call.route.operation === 'models') {
			const listed = pages.filter(({ kind }) => kind === 'imageToVideo');
			return { status: 200, body: { data: [...openrouterLive(), ...listed.map(modelOf)] } };
		}
		if (!isAuthorized(call, world.apiKeys.openrouter)) return refuse(401);
		const used = START_CREDITS - remaining(world, 'openrouter', START_CREDITS, 0.45);
		switch (call.route.operation) {
			case 'create':
				return createVideo(call, world);
			case 'status': {
				const task = findTask('openrouter', call, world);
				return task
					? { status: 200, body: jobOf(task, world, call.effect) }
					: refuse(404, `Job ${call.route.taskId} not found`);
			}
			case 'validate': {
				const key = { label: 'sk-or-v1-sandbox', limit: null, limit_remaining: null };
				return { status: 200, body: { data: { ...key, usage: used, is_management_key: false } } };
			}
			case 'balance':
				return {
					status: 200,
					body: { data: { total_credits: START_CREDITS, total_usage: used } },
				};
			default:
				return refuse(404);
		}
	},
	error: (status) => refuse(status),
	bodyCode: (code, message) => ({ ...refuse(code, message), status: 200 }),
	callback: (task, world) => openrouterCallback(jobOf(task, world), world),
	ownVideo: (path) => contentPath.exec(path)?.[1],
};
