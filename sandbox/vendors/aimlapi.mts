import { randomBytes, randomUUID } from 'node:crypto';
import { videoUrl } from '../mediaUrls.mts';
import { boolean, findLooseProblem, findProblem, integer, isLooseModel } from '../rules.mts';
import { oneOf, optional, required, text, urlOrBase64Image } from '../rules.mts';
import type { Schema } from '../rules.mts';
import { asksForNoCredits } from '../tasks.mts';
import type { StoredTask } from '../tasks.mts';
import type { JsonObject } from '../types.mts';
import { isAuthorized, readJsonBody, remaining } from './vendor.mts';
import type { Answer, VendorApi, VendorCall, World } from './vendor.mts';

const universalPath = '/v2/video/generations';
const legacyPath = '/v2/generate/video/bytedance/generation';

const shared = {
	model: required(text()),
	prompt: required(text()),
	duration: optional(oneOf(5, 10)),
	watermark: optional(boolean),
	seed: optional(integer()),
};

// The two pages disagree about the camera field's name; each model takes its own page's.
const models = new Map<string, { paths: string[]; schema: Schema }>([
	[
		'bytedance/seedance-1-0-lite-t2v',
		{
			// Its page: "you can still call this model using the legacy URL", and its samples do.
			paths: [universalPath, legacyPath],
			schema: {
				...shared,
				resolution: optional(oneOf('480p', '720p', '1080p')),
				camerafixed: optional(boolean),
				aspect_ratio: optional(oneOf('16:9', '4:3', '1:1', '3:4', '9:16', '21:9', '9:21')),
			},
		},
	],
	[
		'bytedance/seedance-1-0-lite-i2v',
		{
			paths: [legacyPath],
			schema: {
				...shared,
				image_url: required(urlOrBase64Image),
				resolution: optional(oneOf('480p', '720p')),
				camera_fixed: optional(boolean),
			},
		},
	],
]);

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
	const known = models.get(model);
	if (!known?.paths.includes(path) && !isLooseModel(model)) {
		return `'model' ${JSON.stringify(model)} is not available at ${path}`;
	}
	const problem = known ? findProblem(body, known.schema) : findLooseProblem(body);
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
		},
		call.effect,
	);
	const body200 = { id: task.taskId, status: 'queued', meta: usage() };
	return { status: 200, body: body200, headers: { 'x-inference-id': task.taskId } };
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
		return { video: { url: videoUrl(world.sandboxUrl, task) }, meta: usage() };
	}
	if (status !== 'error') return {};
	return { video: null, error: { name: task.failure?.code, message: task.failure?.message } };
}

function readTask({ route, path, effect }: VendorCall, world: World): Answer {
	if (!route.taskId) {
		return refuse(world, path, 400, "Query validation error: 'generation_id' is required");
	}
	const task = world.tasks.findVisible('aimlapi', route.taskId);
	if (!task) return refuse(world, path, 404, 'Generation not found');
	const status =
		effect?.kind === 'unknownStatus' ? effect.status : stateWords[world.tasks.state(task)];
	return { status: 200, body: { id: task.taskId, status, ...outcome(task, status, world) } };
}

export const aimlapi: VendorApi = {
	route(method, path, query) {
		if (method === 'GET' && path === '/v2/billing') return { operation: 'balance' };
		if (path !== universalPath && path !== legacyPath) return { operation: 'unknown' };
		if (method === 'POST') return { operation: 'create' };
		if (method !== 'GET') return { operation: 'unknown' };
		return { operation: 'status', taskId: query.get('generation_id') ?? undefined };
	},
	handle(call, world) {
		if (!isAuthorized(call, world.apiKeys.aimlapi)) return refuse(world, call.path, 401);
		switch (call.route.operation) {
			case 'create':
				return createTask(call, world);
			case 'status':
				return readTask(call, world);
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
};
