import { randomUUID } from 'node:crypto';
import { answerModels, findLiveProblem, liveModel, liveModelAt } from '../liveModels.mts';
import { lastFrameUrl, videoUrl } from '../mediaUrls.mts';
import { pagesOf } from '../pages/index.mts';
import { createdAt, findTaskRoute } from '../routes.mts';
import { findLooseProblem, isLooseModel } from '../rules.mts';
import { findPageProblem } from '../schema.mts';
import { asksForNoCredits, isFlagged, makersRefusal } from '../tasks.mts';
import type { StoredTask } from '../tasks.mts';
import { findTask, isAuthorized, readJsonBody, remaining, statusWord } from './vendor.mts';
import type { Answer, VendorApi, VendorCall, World } from './vendor.mts';

const pages = pagesOf('modellix');

// Generous about the path: which one a custom model has depends on the year (vendor facts 2.1).
const loosePath =
	/^\/api\/v1\/(?:(?:text|image)-to-video\/)?(?:bytedance\/)?(sandbox\/[^/]+)(?:\/async)?$/;

const messages: Record<number, string> = {
	401: 'Authentication failed: invalid API key',
	402: 'Insufficient balance: please top up your account',
	404: 'Not found: the requested resource does not exist',
	429: 'Too many requests: rate or concurrency limit exceeded',
	500: 'Internal server error',
	503: 'Service unavailable: please try again later',
};

const ok = (data: unknown, message = 'success'): Answer => ({
	status: 200,
	body: { code: 0, message, data },
});

const refuse = (status: number, message = messages[status] ?? 'Error'): Answer => ({
	status,
	body: { code: status, message },
});

function createTask(call: VendorCall, world: World): Answer {
	const read = readJsonBody(call);
	if (!read.ok) return refuse(400, `Invalid format: ${read.reason}`);
	const { body } = read;
	const model = call.route.model ?? '';
	const known = pagesOf('modellix', model);
	const live = liveModel('modellix', model);
	const problem = live
		? findLiveProblem(body, live)
		: isLooseModel(model)
			? findLooseProblem(body)
			: findPageProblem(body, known);
	if (problem) {
		return refuse(400, `Invalid parameters: parameter '${problem.field}' ${problem.reason}`);
	}
	if (asksForNoCredits(body)) return refuse(402);
	const expiry = known[0]?.fields.find(({ field }) => field === 'execution_expires_after');
	const expiresSeconds = Number(body.execution_expires_after ?? expiry?.default ?? Infinity);
	const task = world.tasks.create(
		{
			taskId: `task-video-${randomUUID().slice(0, 13)}`,
			vendor: 'modellix',
			model,
			input: body,
			createBody: body,
			expiresAfterMs: expiresSeconds * 1000,
			...(isFlagged(body) && { failure: makersRefusal }),
		},
		call.effect,
	);
	return ok({ status: 'pending', task_id: task.taskId, model_id: model });
}

function resources(task: StoredTask, sandboxUrl: string) {
	const size = { width: 480, height: 270 };
	const video = { url: videoUrl(sandboxUrl, task), type: 'video', ...size, format: 'mp4' };
	if (task.input.return_last_frame !== true) return [{ ...video, role: 'primary' }];
	const frame = { url: lastFrameUrl(sandboxUrl, task), type: 'image', ...size, format: 'png' };
	return [
		{ ...video, role: 'primary' },
		{ ...frame, role: 'last_frame' },
	];
}

const stateWords = {
	queued: 'pending',
	running: 'processing',
	succeeded: 'success',
	failed: 'failed',
};

function readTask(call: VendorCall, world: World): Answer {
	const task = findTask('modellix', call, world);
	if (!task) return refuse(404, `Not found: task '${call.route.taskId}' does not exist`);
	const status = statusWord(task, call, world, stateWords);
	const endedAt = Math.min(world.clock.now(), task.finishesAt);
	const about = {
		status,
		task_id: task.taskId,
		model_id: task.model,
		duration: endedAt - task.createdAt,
	};
	// No field for the reason is documented; only `message` is left to carry it (vendor facts 2.4).
	if (status === 'failed') {
		return ok(about, `Task failed: ${task.failure?.message} (${task.failure?.code})`);
	}
	if (status !== 'success') return ok(about);
	const result = {
		resources: resources(task, world.sandboxUrl),
		metadata: { video_count: 1, request_id: `req-${task.taskId}` },
		extensions: {
			submit_time: new Date(task.createdAt).toISOString(),
			end_time: new Date(task.finishesAt).toISOString(),
		},
	};
	return ok({ ...about, result });
}

/** `undefined` for a path that is not validly percent-encoded. */
function decode(path: string): string | undefined {
	try {
		return decodeURIComponent(path);
	} catch {
		return undefined;
	}
}

export const modellix: VendorApi = {
	label: 'Modellix',
	route(method, rawPath, query) {
		const path = decode(rawPath) ?? '';
		if (method === 'POST') {
			const model =
				liveModelAt('modellix', path)?.id ??
				createdAt(path, pages)[0]?.model ??
				loosePath.exec(path)?.[1];
			return model === undefined ? { operation: 'unknown' } : { operation: 'create', model };
		}
		if (method !== 'GET') return { operation: 'unknown' };
		if (path === '/api/v1/apikey/validate') return { operation: 'validate' };
		if (path === '/api/v1/models') return { operation: 'models' };
		if (path === '/api/v1/team/balance') return { operation: 'balance' };
		return findTaskRoute(path, query, pages) ?? { operation: 'unknown' };
	},
	handle(call, world) {
		if (!isAuthorized(call, world.apiKeys.modellix)) return refuse(401);
		switch (call.route.operation) {
			case 'create':
				return createTask(call, world);
			case 'status':
				return readTask(call, world);
			case 'models':
				return answerModels('modellix', call);
			case 'validate':
				return ok({ is_valid: true });
			case 'balance':
				return ok({ balance: remaining(world, 'modellix', 500, 0.0625) });
			default:
				return refuse(404);
		}
	},
	error: (status) => refuse(status),
	bodyCode: (code, message) => ({ ...refuse(code, message), status: 200 }),
};
