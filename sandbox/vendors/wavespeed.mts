import { randomUUID } from 'node:crypto';
import { isJsonObject } from '../json.mts';
import { answerModels, findLiveProblem, liveModel, liveModelAt } from '../liveModels.mts';
import { videoUrl } from '../mediaUrls.mts';
import { pagesOf } from '../pages/index.mts';
import { createdAt, findTaskRoute } from '../routes.mts';
import {
	findLooseProblem,
	findProblem,
	httpsUrl,
	integer,
	isLooseModel,
	listOf,
	optional,
	required,
	text,
	type Problem,
	type Schema,
} from '../rules.mts';
import { findPageProblem } from '../schema.mts';
import { asksForNoCredits, isFlagged, type StoredTask } from '../tasks.mts';
import type { FaultEffect, JsonObject } from '../types.mts';
import { findTask, isAuthorized, readJsonBody, remaining } from './vendor.mts';
import type { Answer, Route, VendorApi, VendorCall, World } from './vendor.mts';
import {
	findMissingFile,
	giveTicket,
	storagePath,
	storeFile,
	ticketPath,
} from './wavespeedFiles.mts';
import { wavespeedCallback, webhookSecret } from './wavespeedWebhook.mts';

const api = '/api/v3';
const pages = pagesOf('wavespeed');

const messages: Record<number, string> = {
	401: 'Unauthorized: send your API key as "Authorization: Bearer <key>"',
	402: 'Insufficient credits: please top up your account',
	404: 'Not found',
	429: 'Too many requests',
	500: 'Internal server error',
};

const ok = (data: unknown): Answer => ({
	status: 200,
	body: { code: 200, message: 'success', data },
});

const refuse = (status: number, message = messages[status] ?? 'Error'): Answer => ({
	status,
	body: { code: status, message },
});

const stateWords = {
	queued: 'created',
	running: 'processing',
	succeeded: 'completed',
	failed: 'failed',
};

const timeOf = (ms: number) => new Date(ms).toISOString();

/** A second of video costs as much, in US dollars. */
const PRICE_PER_SECOND = 0.12;

const priceOf = ({ input }: Pick<StoredTask, 'input'>) =>
	Math.round(Number(input.duration ?? 5) * PRICE_PER_SECOND * 1e4) / 1e4;

/** What every answer about a task holds, and what webhooks send without its envelope. */
function predictionOf(task: StoredTask, world: World, effect?: FaultEffect): JsonObject {
	const { taskId, model, input, createdAt: createdMs, finishesAt, failure } = task;
	const word = stateWords[world.tasks.state(task)];
	const status = effect?.kind === 'unknownStatus' ? effect.status : word;
	const isMade = status === 'completed';
	return {
		id: taskId,
		model,
		input,
		outputs: isMade ? [videoUrl(world.sandboxUrl, task)] : [],
		urls: { get: `https://api.wavespeed.ai/api/v3/predictions/${taskId}/result` },
		has_nsfw_contents: isMade ? [false] : null,
		status,
		created_at: timeOf(createdMs),
		error: status === 'failed' ? (failure?.message ?? '') : '',
		...(status === 'failed' && failure && { code: Number(failure.code) || failure.code }),
		executionTime: isMade ? finishesAt - createdMs : 0,
		timings: { inference: isMade ? finishesAt - createdMs : 0 },
	};
}

function findInputProblem(model: string, input: JsonObject, world: World): Problem | undefined {
	const missing = findMissingFile(input, world);
	if (missing !== undefined) return { field: missing, reason: 'could not be downloaded' };
	const live = liveModel('wavespeed', model);
	if (live) return findLiveProblem(input, live);
	if (isLooseModel(model)) return findLooseProblem(input);
	return findPageProblem(input, pagesOf('wavespeed', model));
}

/** From its page of error codes. */
const flagged = { code: '1200', message: 'The content contains sensitive information.' };

function createPrediction(call: VendorCall, world: World): Answer {
	const read = readJsonBody(call);
	if (!read.ok) return refuse(400, read.reason);
	const { body } = read;
	const model = call.route.model ?? '';
	const webhook = call.query.get('webhook');
	const noWebhook = webhook === null ? undefined : httpsUrl(webhook);
	if (noWebhook !== undefined) return refuse(400, `webhook ${noWebhook}`);
	const problem = findInputProblem(model, body, world);
	if (problem) return refuse(400, `${problem.field} ${problem.reason}`);
	if (asksForNoCredits(body)) return refuse(402);
	const task = world.tasks.create(
		{
			taskId: randomUUID().replaceAll('-', ''),
			vendor: 'wavespeed',
			model,
			input: body,
			createBody: body,
			...(isFlagged(body) && { failure: flagged }),
			...(webhook !== null && { callbackUrl: webhook }),
		},
		call.effect,
	);
	return ok(predictionOf(task, world));
}

/** The fields of a body by their rules, and then what becomes of them. */
function withBody(call: VendorCall, schema: Schema, use: (body: JsonObject) => Answer): Answer {
	const read = readJsonBody(call);
	if (!read.ok) return refuse(400, read.reason);
	const problem = findProblem(read.body, schema);
	return problem ? refuse(400, `${problem.field} ${problem.reason}`) : use(read.body);
}

const ofPages = { page: optional(integer(1)), page_size: optional(integer(1, 100)) };
const ids = required(listOf(text(), 100));

const own = (world: World) => world.tasks.all().filter(({ vendor }) => vendor === 'wavespeed');

const listPredictions = (call: VendorCall, world: World) =>
	withBody(call, ofPages, ({ page = 1, page_size: size = 20 }) => {
		const found = own(world).toReversed();
		const from = (Number(page) - 1) * Number(size);
		const items = found.slice(from, from + Number(size)).map((task) => predictionOf(task, world));
		return ok({ page, page_size: size, total: found.length, items });
	});

const deletePredictions = (call: VendorCall, world: World) =>
	withBody(call, { ids }, ({ ids: wanted }) => {
		const found = own(world).filter(({ taskId }) => [wanted].flat().includes(taskId));
		for (const task of found) world.tasks.remove(task);
		return ok({ deleted_count: found.length });
	});

/** What was paid for is told once it is finished; what failed is paid back. */
const searchBillings = (call: VendorCall, world: World) =>
	withBody(call, { prediction_uuids: ids, ...ofPages }, ({ prediction_uuids: wanted }) => {
		const billed = own(world).filter(
			(task) =>
				[wanted].flat().includes(task.taskId) &&
				!task.failure &&
				world.clock.now() >= task.finishesAt,
		);
		const items = billed.map((task) => ({ prediction_uuid: task.taskId, price: priceOf(task) }));
		return ok({ page: 1, page_size: 10, total: items.length, items });
	});

/** What a body would cost; the account has a discount. Nothing is checked but what a price depends on. */
const DISCOUNT = 0.9;

const quotePrice = (call: VendorCall) =>
	withBody(
		call,
		{
			model_id: required(text()),
			inputs: required((value) => (isJsonObject(value) ? undefined : 'must be an object')),
		},
		({ model_id: id, inputs }) => {
			const model = String(id);
			const input = isJsonObject(inputs) ? inputs : {};
			if (pagesOf('wavespeed', model).length === 0 && !isLooseModel(model)) return refuse(404);
			const problem = isLooseModel(model)
				? findLooseProblem(input)
				: findPageProblem(input, pagesOf('wavespeed', model));
			if (problem) return refuse(400, `${problem.field} ${problem.reason}`);
			const discounted_price = priceOf({ input });
			const price = Math.round((discounted_price / DISCOUNT) * 1e4) / 1e4;
			const discount = { discounted_price, discount_rate: DISCOUNT };
			return ok({ model_id: model, price, ...discount, currency: 'USD' });
		},
	);

const routes: Record<string, Route['operation']> = {
	[`GET ${api}/balance`]: 'balance',
	[`GET ${api}/models`]: 'models',
	[`GET ${api}/webhook/secret`]: 'keys',
	[`POST ${ticketPath}`]: 'upload',
	[`POST ${api}/predictions`]: 'list',
	[`POST ${api}/predictions/delete`]: 'delete',
	[`POST ${api}/billings/search`]: 'result',
	[`POST ${api}/model/price`]: 'price',
};

function routeOf(method: string, path: string, query: URLSearchParams): Route {
	const operation = routes[`${method} ${path}`];
	if (operation) return { operation };
	if (path.startsWith(storagePath)) return { operation: 'upload' };
	if (method === 'POST') {
		const [, loose] = /^\/api\/v3\/(sandbox\/.+)$/.exec(path) ?? [];
		const model = liveModelAt('wavespeed', path)?.id ?? createdAt(path, pages)[0]?.model ?? loose;
		return model === undefined ? { operation: 'unknown' } : { operation: 'create', model };
	}
	if (method !== 'GET') return { operation: 'unknown' };
	// The pages name both ways to a task.
	const whole = path.endsWith('/result') ? path : `${path}/result`;
	return findTaskRoute(whole, query, pages) ?? { operation: 'unknown' };
}

export const wavespeed: VendorApi = {
	label: 'WaveSpeed',
	route: routeOf,
	handle(call, world) {
		if (call.path.startsWith(storagePath)) return storeFile(call, world);
		if (!isAuthorized(call, world.apiKeys.wavespeed)) return refuse(401);
		switch (call.route.operation) {
			case 'create':
				return createPrediction(call, world);
			case 'status': {
				const task = findTask('wavespeed', call, world);
				return task ? ok(predictionOf(task, world, call.effect)) : refuse(404);
			}
			case 'models':
				return answerModels('wavespeed', call);
			case 'list':
				return listPredictions(call, world);
			case 'delete':
				return deletePredictions(call, world);
			case 'result':
				return searchBillings(call, world);
			case 'price':
				return quotePrice(call);
			case 'upload':
				return giveTicket(call, world, refuse);
			case 'keys':
				return ok({ secret: webhookSecret });
			case 'balance':
				return ok({ balance: remaining(world, 'wavespeed', 20, 0.6) });
			default:
				return refuse(404);
		}
	},
	error: (status) => refuse(status),
	bodyCode: (code, message) => ({ ...refuse(code, message), status: 200 }),
	callback: (task, world) => wavespeedCallback(predictionOf(task, world), task.taskId, world),
};
