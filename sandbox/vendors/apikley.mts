import { isJsonObject } from '../json.mts';
import { pagesOf } from '../pages/index.mts';
import { createdAt, findTaskRoute } from '../routes.mts';
import { findLooseProblem, findProblem, httpUrl } from '../rules.mts';
import { isLooseModel, optional, required, text } from '../rules.mts';
import type { Problem } from '../rules.mts';
import { findPageProblem } from '../schema.mts';
import { asksForNoCredits } from '../tasks.mts';
import type { JsonObject } from '../types.mts';
import { apikleyCallback } from './apikleyCallback.mts';
import { failureMessages, apikleyRecord } from './apikleyRecord.mts';
import { findTask, isAuthorized, readJsonBody, remaining } from './vendor.mts';
import type { Answer, VendorApi, VendorCall, World } from './vendor.mts';

const pages = pagesOf('apikley');

const ok = (data: unknown, message: JsonObject = { msg: 'success' }): Answer => ({
	status: 200,
	body: { code: 200, ...message, data },
});

/** Logical errors arrive with HTTP 200 (vendor facts 1.5). */
const refuse = (code: number, msg = failureMessages[code] ?? 'Error', status = 200): Answer => ({
	status,
	body: { code, msg, data: null },
});

const describe = ({ field, reason }: Problem) => `${field}: this field ${reason}`;

function findBodyProblem(body: JsonObject): string | undefined {
	const { model, input } = body;
	if (typeof model !== 'string') return 'model: this field is required';
	const known = pagesOf('apikley', model);
	if (known.length === 0 && !isLooseModel(model)) {
		return `The model name you specified is not supported: ${model}`;
	}
	const envelope = findProblem(body, {
		model: required(text()),
		callBackUrl: optional(httpUrl),
		input: required((value) => (isJsonObject(value) ? undefined : 'must be an object')),
	});
	if (envelope) return describe(envelope);
	if (!isJsonObject(input)) return 'input: this field must be an object';
	const problem = isLooseModel(model) ? findLooseProblem(input) : findPageProblem(input, known);
	return problem && describe({ ...problem, field: `input.${problem.field}` });
}

/** Like `task_bytedance_1765186729394`, never the same twice. */
let lastIdTime = 0;
function nextTaskId(now: number): string {
	lastIdTime = Math.max(lastIdTime + 1, Math.floor(now));
	return `task_bytedance_${lastIdTime}`;
}

function createTask(call: VendorCall, world: World): Answer {
	const read = readJsonBody(call);
	if (!read.ok) return refuse(422, read.reason);
	const { body } = read;
	const problem = findBodyProblem(body);
	if (problem !== undefined) return refuse(422, problem);
	const { model, input, callBackUrl } = body;
	if (typeof model !== 'string' || !isJsonObject(input)) return refuse(422);
	if (asksForNoCredits(input)) return refuse(402);
	const draft = {
		taskId: nextTaskId(world.clock.now()),
		vendor: 'apikley' as const,
		model,
		input,
		createBody: body,
		...(typeof callBackUrl === 'string' && { callbackUrl: callBackUrl }),
	};
	const { taskId } = world.tasks.create(draft, call.effect);
	if (call.effect?.kind !== 'refuseWithTask') return ok({ taskId });
	return { status: 200, body: { code: 501, msg: failureMessages[501], data: { taskId } } };
}

function readTask(call: VendorCall, world: World): Answer {
	if (!call.route.taskId) return refuse(400, 'taskId parameter is required');
	const task = findTask('apikley', call, world);
	if (!task) return refuse(422, 'recordInfo is null');
	// The status page of the vendor says `message` where the create page says `msg`.
	return ok(apikleyRecord(task, world, call.effect), { message: 'success' });
}

export const apikley: VendorApi = {
	label: 'Apikley',
	route(method, path, query) {
		if (method === 'POST' && createdAt(path, pages).length > 0) return { operation: 'create' };
		if (method !== 'GET') return { operation: 'unknown' };
		if (path === '/api/v1/chat/credit') return { operation: 'balance' };
		return findTaskRoute(path, query, pages) ?? { operation: 'unknown' };
	},
	handle(call, world) {
		if (!isAuthorized(call, world.apiKeys.apikley)) return refuse(401, undefined, 401);
		switch (call.route.operation) {
			case 'create':
				return createTask(call, world);
			case 'status':
				return readTask(call, world);
			case 'balance':
				return ok(remaining(world, 'apikley', 10_000, 5));
			default:
				return refuse(404, undefined, 404);
		}
	},
	error: (status) => refuse(status, undefined, status),
	bodyCode: (code, message) => refuse(code, message),
	callback: apikleyCallback,
};
