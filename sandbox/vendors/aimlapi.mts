import { randomBytes, randomUUID } from 'node:crypto';
import { answerModels, findLiveProblem, liveModel } from '../liveModels.mts';
import { pagesOf } from '../pages/index.mts';
import { createdAt, findTaskRoute } from '../routes.mts';
import { findLooseProblem, isLooseModel, required, text } from '../rules.mts';
import { findPageProblem } from '../schema.mts';
import { asksForNoCredits, isFlagged, makersRefusal } from '../tasks.mts';
import type { StoredTask } from '../tasks.mts';
import type { JsonObject } from '../types.mts';
import { linkProblem, signedVideoUrl } from './tosLinks.mts';
import { findTask, isAuthorized, readJsonBody, remaining, statusWord } from './vendor.mts';
import type { Answer, VendorApi, VendorCall, World } from './vendor.mts';

const pages = pagesOf('aimlapi');
const besides = { model: required(text()) };

const usdPerVideo = 0.18;
const creditsPerUsd = 2_000_000;

const messages: Record<number, string> = {
	401: 'Unauthorized: invalid API key',
	403: 'You have run out of credits. Please top up your balance or update your payment method',
	429: 'Too many requests',
	500: 'Internal server error',
	502: 'Bad gateway',
	503: 'Service unavailable',
	504: 'Gateway timeout',
};

function refuse(
	world: World,
	path: string,
	status: number,
	message = messages[status] ?? 'Error',
): Answer {
	const timestamp = new Date(world.clock.now()).toISOString();
	return {
		status,
		body: { message, path, requestId: randomUUID(), statusCode: String(status), timestamp },
	};
}

function findBodyProblem(body: JsonObject, path: string): string | undefined {
	const { model } = body;
	if (typeof model !== 'string') return "'model' is required";
	const live = liveModel('aimlapi', model);
	if (live?.createPath === path) {
		const wrong = findLiveProblem(body, live);
		return wrong && `'${wrong.field}' ${wrong.reason}`;
	}
	const known = createdAt(path, pagesOf('aimlapi', model));
	if (known.length === 0 && !isLooseModel(model)) {
		return `'model' ${JSON.stringify(model)} is not available at ${path}`;
	}
	const problem = isLooseModel(model)
		? findLooseProblem(body)
		: findPageProblem(body, known, besides);
	return problem && `'${problem.field}' ${problem.reason}`;
}

/** Text: like `cgt-20250704191750-n4qjp`; image: with the model in it, as some ids have. */
function nextTaskId(model: string, now: number): string {
	if (!model.endsWith('t2v')) return `${randomUUID()}:${model}`;
	const time = new Date(now).toISOString().replaceAll(/\D/g, '').slice(0, 14);
	return `cgt-${time}-${randomBytes(4).toString('hex')}`;
}

function createTask(call: VendorCall, world: World): Answer {
	const read = readJsonBody(call);
	if (!read.ok) return refuse(world, call.path, 400, `Body validation error: ${read.reason}`);
	const { body } = read;
	const problem = findBodyProblem(body, call.path);
	if (problem !== undefined) {
		return refuse(world, call.path, 400, `Body validation error: ${problem}`);
	}
	if (asksForNoCredits(body)) return refuse(world, call.path, 403);
	const model = String(body.model);
	const task = world.tasks.create(
		{
			taskId: nextTaskId(model, world.clock.now()),
			vendor: 'aimlapi',
			model,
			input: body,
			createBody: body,
			...clientRequestIdIn(call),
			...(isFlagged(body) && { failure: makersRefusal }),
		},
		call.effect,
	);
	const body200 = { id: task.taskId, status: 'queued', meta: usage() };
	return { status: 200, body: body200, headers: { 'x-inference-id': task.taskId } };
}

/** Anything else than such a name is dropped in silence. */
function clientRequestIdIn({ headers }: VendorCall) {
	const id = headers['x-client-request-id'];
	return typeof id === 'string' && /^[\w.:-]{1,128}$/.test(id) ? { clientRequestId: id } : {};
}

const longestPeriodMs = 92 * 24 * 60 * 60_000;

const timeIn = (query: URLSearchParams, name: string): number => Date.parse(query.get(name) ?? '');

/** What was asked between two times, newest first. */
function readLogs({ path, query }: VendorCall, world: World): Answer {
	const strange = [...query.keys()].find((name) => !['start', 'end'].includes(name));
	const start = timeIn(query, 'start');
	const end = timeIn(query, 'end');
	if (strange !== undefined || !(end >= start && end - start <= longestPeriodMs)) {
		return refuse(world, path, 400, `Query validation error: '${strange ?? 'start'}' is not valid`);
	}
	const found = world.tasks
		.all()
		.filter((task) => task.vendor === 'aimlapi')
		.filter((task) => task.createdAt >= start && task.createdAt <= end)
		.toReversed();
	const rows = found.map((task) => ({
		status: 'succeeded',
		request_id: randomUUID(),
		inference_id: task.taskId,
		client_request_id: task.clientRequestId ?? null,
		created_at: new Date(task.createdAt).toISOString(),
		cost: { usd: usdPerVideo, credits: usdPerVideo * creditsPerUsd },
	}));
	return { status: 200, body: { data: rows } };
}

const usage = () => ({
	usage: { credits_used: usdPerVideo * creditsPerUsd, usd_spent: usdPerVideo },
});

const stateWords = {
	queued: 'queued',
	running: 'generating',
	succeeded: 'completed',
	failed: 'error',
};

function outcome(task: StoredTask, status: string, world: World): JsonObject {
	if (status === 'completed') {
		return { video: { url: signedVideoUrl(world.sandboxUrl, task) }, meta: usage() };
	}
	if (status !== 'error') return {};
	return { video: null, error: { name: task.failure?.code, message: task.failure?.message } };
}

function readTask(call: VendorCall, world: World): Answer {
	const { route, path } = call;
	if (!route.taskId) {
		return refuse(world, path, 400, "Query validation error: 'generation_id' is required");
	}
	const task = findTask('aimlapi', call, world);
	if (!task) return refuse(world, path, 404, 'Generation not found');
	const status = statusWord(task, call, world, stateWords);
	return { status: 200, body: { id: task.taskId, status, ...outcome(task, status, world) } };
}

export const aimlapi: VendorApi = {
	label: 'AI/ML API',
	route(method, path, query) {
		if (method === 'POST' && createdAt(path, pages).length > 0) return { operation: 'create' };
		if (method !== 'GET') return { operation: 'unknown' };
		if (path === '/v2/billing') return { operation: 'balance' };
		if (path === '/v2/logs') return { operation: 'list' };
		if (path === '/v1/models' || path === '/docs-json') return { operation: 'models' };
		return findTaskRoute(path, query, pages) ?? { operation: 'unknown' };
	},
	handle(call, world) {
		if (call.route.operation === 'models') return answerModels('aimlapi', call);
		if (!isAuthorized(call, world.apiKeys.aimlapi)) return refuse(world, call.path, 401);
		switch (call.route.operation) {
			case 'create':
				return createTask(call, world);
			case 'status':
				return readTask(call, world);
			case 'list':
				return readLogs(call, world);
			case 'balance': {
				const current_balance = remaining(world, 'aimlapi', 500, usdPerVideo);
				return { status: 200, body: { current_balance, currency: 'USD' } };
			}
			default:
				return refuse(world, call.path, 404, `Cannot ${call.method} ${call.path}`);
		}
	},
	error: (status, path, world) => refuse(world, path, status),
	bodyCode: (code, message, path, world) => ({
		...refuse(world, path, code, message),
		status: 200,
	}),
	linkProblem,
};
