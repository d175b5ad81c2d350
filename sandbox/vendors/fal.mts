import { randomUUID } from 'node:crypto';
import { answerModels, findLiveProblem, liveModel, liveModelAt } from '../liveModels.mts';
import { videoUrl } from '../mediaUrls.mts';
import { pagesOf } from '../pages/index.mts';
import { createdAt } from '../routes.mts';
import { findLooseProblem, findProblem, httpUrl, isLooseModel } from '../rules.mts';
import { oneOf, optional, required, text } from '../rules.mts';
import type { Problem, Schema } from '../rules.mts';
import { findPageProblem } from '../schema.mts';
import { asksForNoCredits, isFlagged } from '../tasks.mts';
import type { StoredTask } from '../tasks.mts';
import type { JsonObject } from '../types.mts';
import { findMissingFile, initiatePath, storagePath, storeFile } from './falStorage.mts';
import { falCallback, publicKeys } from './falWebhook.mts';
import { findTask, isAuthorized, readJsonBody, remaining, statusWord } from './vendor.mts';
import type { Answer, Route, VendorApi, VendorCall, World } from './vendor.mts';

const pages = pagesOf('fal');

const usdPerVideo = 0.3;

const messages: Record<number, string> = {
	401: 'invalid key credentials',
	403: 'User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.',
	404: 'Not Found',
	405: 'Method Not Allowed',
	429: 'Too many requests',
	500: 'Internal Server Error',
	502: 'Bad Gateway',
	503: 'Service Unavailable',
	504: 'Gateway Timeout',
};

const refuse = (status: number, detail: unknown = messages[status] ?? 'Error'): Answer => ({
	status,
	body: { detail },
});

const unknownRequest: Answer = { status: 404, body: { status: 'NOT_FOUND' } };

/** Owner and app: of whatever comes behind them, the queue's own addresses know nothing. */
const appOf = (model: string) => model.split('/').slice(0, 2).join('/');

/** `undefined` for a path that is not validly percent-encoded. */
function decode(path: string): string | undefined {
	try {
		return decodeURIComponent(path);
	} catch {
		return undefined;
	}
}

const pricesPath = '/v1/models/pricing';
const requestsPath = '/v1/models/requests/by-endpoint';

const requestPath = /^\/(.+)\/requests\/([^/]+)(\/status|\/cancel)?$/;

function routeOf(method: string, path: string): Route {
	if (path === '/.well-known/jwks.json') return { operation: 'keys' };
	if (path === '/v1/account/billing') return { operation: 'balance' };
	if (path === pricesPath) return { operation: method === 'GET' ? 'price' : 'unknown' };
	if (path === requestsPath) return { operation: method === 'GET' ? 'list' : 'unknown' };
	if (path === initiatePath || path.startsWith(storagePath)) return { operation: 'upload' };
	const [, , taskId, what] = requestPath.exec(path) ?? [];
	if (taskId !== undefined) {
		if (method === 'PUT' && what === '/cancel') return { operation: 'cancel', taskId };
		if (method !== 'GET' || what === '/cancel') return { operation: 'unknown' };
		return { operation: what === '/status' ? 'status' : 'result', taskId };
	}
	if (method === 'GET' && path === '/v1/models') return { operation: 'models' };
	const model = path.slice(1);
	const isLive = liveModelAt('fal', path) !== undefined;
	const isKnown =
		isLive || model === finalModel || isLooseModel(model) || createdAt(path, pages).length > 0;
	return method === 'POST' && isKnown ? { operation: 'create', model } : { operation: 'unknown' };
}

/** One price for an endpoint, by the unit that it is charged by. */
function listPrices({ query }: VendorCall): Answer {
	const endpoint = query.get('endpoint_id') ?? '';
	const isKnown = isLooseModel(endpoint) || pagesOf('fal', endpoint).length > 0;
	if (!isKnown || [...query.keys()].join() !== 'endpoint_id') {
		const message = `Unknown endpoint ${endpoint}`;
		return { status: 404, body: { error: { type: 'not_found', message } } };
	}
	const price = { unit_price: 0.014, unit: '1000 tokens', currency: 'USD' };
	const prices = [{ endpoint_id: endpoint, ...price }];
	return { status: 200, body: { prices, next_cursor: null, has_more: false } };
}

const listFields = ['endpoint_id', 'start', 'expand', 'cursor'];
const listSize = 50;

/** Of one endpoint, newest first; what was sent is told to whoever asks for it. */
function listRequests({ query }: VendorCall, world: World): Answer {
	const strange = [...query.keys()].find((name) => !listFields.includes(name));
	const endpoint = query.get('endpoint_id');
	const start = Date.parse(query.get('start') ?? '');
	const from = Number(query.get('cursor') ?? 0);
	if (strange !== undefined || endpoint === null || Number.isNaN(start + from)) {
		return { status: 400, body: { error: { type: 'validation_error', message: 'Bad query' } } };
	}
	const found = world.tasks
		.all()
		.filter(({ vendor, model }) => vendor === 'fal' && model === endpoint)
		.filter(({ createdAt: at }) => at >= start)
		.toReversed();
	const items = found.slice(from, from + listSize).map((task) => ({
		request_id: task.taskId,
		endpoint_id: task.model,
		sent_at: new Date(task.createdAt).toISOString(),
		...(world.tasks.progress(task) >= 1 && { status_code: resultOf(task, world).status }),
		...(query.get('expand') === 'payloads' && { json_input: task.input }),
	}));
	const hasMore = from + listSize < found.length;
	return {
		status: 200,
		body: { items, has_more: hasMore, next_cursor: hasMore ? String(from + listSize) : null },
	};
}

function addressesOf({ taskId, model }: StoredTask, world: World): JsonObject {
	const response_url = `${world.sandboxUrl}/fal/${appOf(model)}/requests/${taskId}`;
	return {
		response_url,
		status_url: `${response_url}/status`,
		cancel_url: `${response_url}/cancel`,
	};
}

const failureOf = ({ field, reason }: Problem): StoredTask['failure'] => ({
	code: reason === 'is required' ? 'missing' : 'value_error',
	message: `This field ${reason}`,
	field,
});

/** From its page of errors. */
const flagged: StoredTask['failure'] = {
	code: 'content_policy_violation',
	message:
		'The content could not be processed because it contained material flagged by a content checker.',
	field: 'prompt',
};

/** The endpoint that makes the final video of a draft. */
const finalModel = 'bytedance/seedance-2.5/draft/complete';
const finalSchema: Schema = {
	draft_id: required(text()),
	codec: optional(oneOf('auto', 'H264', 'H265')),
};
const draftIdOf = ({ taskId }: StoredTask) => `draft-${taskId}`;

function findFailureOfFinal(body: JsonObject, { tasks }: World): StoredTask['failure'] {
	const problem = findProblem(body, finalSchema);
	if (problem) return failureOf(problem);
	const forced = findForced(body);
	if (forced) return failureOf(forced);
	const taskId = String(body.draft_id).replace(/^draft-/, '');
	const draft = tasks.findVisible('fal', taskId);
	const isDraft = draft?.input.draft === true && draftIdOf(draft) === body.draft_id;
	return isDraft && tasks.state(draft) === 'succeeded'
		? undefined
		: failureOf({ field: 'draft_id', reason: 'is no draft' });
}

/**
 * The queue takes any input: only the model looks at it, and the request is then completed with an
 * error, as the webhook page shows.
 */
function findFailure(model: string, body: JsonObject, world: World): StoredTask['failure'] {
	if (model === finalModel) return findFailureOfFinal(body, world);
	const live = liveModel('fal', model);
	const problem = live
		? findLiveProblem(body, live)
		: isLooseModel(model)
			? findLooseProblem(body)
			: findPageProblem(body, pagesOf('fal', model));
	if (problem) return failureOf(problem);
	const field = findMissingFile(body, world);
	if (field !== undefined) {
		return { code: 'file_download_error', message: 'Failed to download the file', field };
	}
	return isFlagged(body) ? flagged : undefined;
}

/** "Editing forces auto for both, extension for the ratio." */
function findForced({ task, aspect_ratio: ratio = 'auto', duration }: JsonObject) {
	const isOn = task === 'editing' || task === 'extension';
	if (isOn && ratio !== 'auto')
		return { field: 'aspect_ratio', reason: `must be auto for ${task}` };
	return task === 'editing' && duration !== 'auto'
		? { field: 'duration', reason: 'must be auto for editing' }
		: undefined;
}

function createTask(call: VendorCall, world: World): Answer {
	const read = readJsonBody(call);
	if (!read.ok) return refuse(422, [{ loc: ['body'], msg: read.reason, type: 'json_invalid' }]);
	const webhook = call.query.get('fal_webhook') ?? undefined;
	const webhookProblem = webhook === undefined ? undefined : httpUrl(webhook);
	if (webhookProblem !== undefined) {
		return refuse(422, [
			{ loc: ['query', 'fal_webhook'], msg: webhookProblem, type: 'url_parsing' },
		]);
	}
	const { body } = read;
	if (asksForNoCredits(body)) return refuse(403);
	const model = call.route.model ?? '';
	const failure = findFailure(model, body, world);
	const task = world.tasks.create(
		{
			taskId: randomUUID(),
			vendor: 'fal',
			model,
			input: body,
			createBody: body,
			...(webhook !== undefined && { callbackUrl: webhook }),
			...(failure && { failure }),
		},
		call.effect,
	);
	return {
		status: 200,
		body: {
			status: 'IN_QUEUE',
			request_id: task.taskId,
			...addressesOf(task, world),
			queue_position: 0,
		},
	};
}

/** A request under the app of its model. */
function findRequest(call: VendorCall, world: World): StoredTask | Answer {
	const [, app = ''] = requestPath.exec(call.path) ?? [];
	// "Do not add the endpoint path": the queue has no such address.
	if (app !== appOf(app)) return refuse(405);
	const task = findTask('fal', call, world);
	return task && appOf(task.model) === app ? task : unknownRequest;
}

const stateWords = {
	queued: 'IN_QUEUE',
	running: 'IN_PROGRESS',
	succeeded: 'COMPLETED',
	failed: 'COMPLETED',
};

const cancelled = { code: 'client_cancelled', message: 'Request was cancelled by the client' };

const isCancelled = ({ failure }: StoredTask) => failure?.code === cancelled.code;

function readStatus(task: StoredTask, call: VendorCall, world: World): Answer {
	const status = statusWord(task, call, world, stateWords);
	const isCompleted = status === 'COMPLETED';
	const error = isCancelled(task)
		? { error: cancelled.message, error_type: cancelled.code }
		: { error: `Invalid status code: ${resultOf(task, world).status}`, error_type: 'bad_request' };
	return {
		status: isCompleted ? 200 : 202,
		body: {
			status,
			request_id: task.taskId,
			...addressesOf(task, world),
			logs: null,
			...(status === 'IN_QUEUE' && { queue_position: 1 }),
			...(isCompleted && {
				metrics: { inference_time: (task.finishesAt - task.createdAt) / 1000 },
			}),
			...(isCompleted && task.failure && error),
		},
	};
}

/** What the model answered. */
function resultOf(task: StoredTask, world: World): Answer {
	const { failure, taskId, input } = task;
	if (failure && isCancelled(task)) return refuse(400, failure.message);
	if (failure) {
		const { code, message: msg, field } = failure;
		const isInternal = code === '500';
		const loc = field === undefined ? ['body'] : ['body', field];
		const type = isInternal ? 'internal_server_error' : code;
		return refuse(isInternal ? 500 : 422, [{ loc, msg, type }]);
	}
	const video = {
		url: videoUrl(world.sandboxUrl, task),
		content_type: 'video/mp4',
		file_name: `${taskId}.mp4`,
	};
	const draft = input.draft === true && { draft_id: draftIdOf(task) };
	return { status: 200, body: { video, seed: 42, ...draft } };
}

const isDone = (task: StoredTask, { tasks }: World) => tasks.progress(task) >= 1;

function readResult(task: StoredTask, world: World): Answer {
	if (!isDone(task, world)) return refuse(400, 'Request is still in progress');
	// The official client takes the request's ID from there.
	return { ...resultOf(task, world), headers: { 'x-fal-request-id': task.taskId } };
}

function cancelTask(task: StoredTask, world: World): Answer {
	if (isDone(task, world)) return { status: 400, body: { status: 'ALREADY_COMPLETED' } };
	if (world.tasks.state(task) === 'queued') world.tasks.remove(task);
	else world.tasks.end(task, cancelled);
	return { status: 202, body: { status: 'CANCELLATION_REQUESTED' } };
}

function askForTask(call: VendorCall, world: World): Answer {
	const found = findRequest(call, world);
	if ('body' in found) return found;
	switch (call.route.operation) {
		case 'status':
			return readStatus(found, call, world);
		case 'result':
			return readResult(found, world);
		default:
			return cancelTask(found, world);
	}
}

export const fal: VendorApi = {
	label: 'fal',
	route: (method, path) => routeOf(method, decode(path) ?? ''),
	handle(rawCall, world) {
		const call = { ...rawCall, path: decode(rawCall.path) ?? '' };
		const { operation } = call.route;
		if (operation === 'keys') return { status: 200, body: { keys: publicKeys } };
		if (operation === 'upload' && call.path.startsWith(storagePath)) return storeFile(call, world);
		if (operation === 'models') return answerModels('fal', call);
		if (call.headers.authorization === undefined) {
			return refuse(401, 'Authorization header is required');
		}
		if (!isAuthorized(call, world.apiKeys.fal, 'Key')) return refuse(401);
		switch (operation) {
			case 'create':
				return createTask(call, world);
			case 'status':
			case 'result':
			case 'cancel':
				return askForTask(call, world);
			case 'upload':
				return storeFile(call, world);
			case 'price':
				return listPrices(call);
			case 'list':
				return listRequests(call, world);
			case 'balance': {
				const current_balance = remaining(world, 'fal', 24.5, usdPerVideo);
				return {
					status: 200,
					body: { username: 'sandbox', credits: { current_balance, currency: 'USD' } },
				};
			}
			default:
				return refuse(404, `Application "${appOf(call.path.slice(1))}" not found`);
		}
	},
	error: (status) => refuse(status),
	bodyCode: (_, message) => ({ status: 200, body: { detail: message ?? 'Error' } }),
	callback: (task, world) => falCallback(task, resultOf(task, world), world),
};
