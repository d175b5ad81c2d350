import { isJsonObject } from '../json.mts';
import { pagesOf } from '../pages/index.mts';
import { createdAt, findTaskRoute } from '../routes.mts';
import { findLooseProblem, findProblem, httpUrl } from '../rules.mts';
import { isLooseModel, optional, required, text } from '../rules.mts';
import type { Problem } from '../rules.mts';
import { findPageProblem } from '../schema.mts';
import { asksForNoCredits, isFlagged } from '../tasks.mts';
import type { JsonObject } from '../types.mts';
import { storeFile, uploadPath } from './kieStorage.mts';
import { marketCallback } from './marketCallback.mts';
import { failureMessages, marketRecord } from './marketRecord.mts';
import { findTask, isAuthorized, readJsonBody, remaining } from './vendor.mts';
import type { Answer, VendorApi, VendorCall, World } from './vendor.mts';

/** The vendors of this API. */
export type MarketVendor = 'apikley' | 'kie';

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

function findBodyProblem(vendor: MarketVendor, body: JsonObject): string | undefined {
	const { model, input } = body;
	if (typeof model !== 'string') return 'model: this field is required';
	const known = pagesOf(vendor, model);
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

/** Code 400 is what kie.ai's pages call a refusal for its contents; the words are those of its answers. */
const flagged = {
	code: '400',
	message: 'The input or output was flagged as sensitive. Please try again with different inputs.',
};

/** Like `task_bytedance_1765186729394`, never the same twice. */
let lastIdTime = 0;
function nextTaskId(now: number): string {
	lastIdTime = Math.max(lastIdTime + 1, Math.floor(now));
	return `task_bytedance_${lastIdTime}`;
}

function createTask(vendor: MarketVendor, call: VendorCall, world: World): Answer {
	const read = readJsonBody(call);
	if (!read.ok) return refuse(422, read.reason);
	const { body } = read;
	const problem = findBodyProblem(vendor, body);
	if (problem !== undefined) return refuse(422, problem);
	const { model, input, callBackUrl } = body;
	if (typeof model !== 'string' || !isJsonObject(input)) return refuse(422);
	if (asksForNoCredits(input)) return refuse(402);
	const draft = {
		taskId: nextTaskId(world.clock.now()),
		vendor,
		model,
		input,
		createBody: body,
		...(isFlagged(input) && { failure: flagged }),
		...(typeof callBackUrl === 'string' && { callbackUrl: callBackUrl }),
	};
	const { taskId } = world.tasks.create(draft, call.effect);
	if (call.effect?.kind !== 'refuseWithTask') return ok({ taskId });
	return { status: 200, body: { code: 501, msg: failureMessages[501], data: { taskId } } };
}

function readTask(vendor: MarketVendor, call: VendorCall, world: World): Answer {
	if (!call.route.taskId) return refuse(400, 'taskId parameter is required');
	const task = findTask(vendor, call, world);
	if (!task) return refuse(422, 'recordInfo is null');
	const record = marketRecord(task, world, call.effect);
	// Apikley's status page says `message` where the create page says `msg`.
	return vendor === 'apikley' ? ok(record, { message: 'success' }) : ok(record);
}

/** As the upload page answers, with a word more than the other pages. */
function upload(call: VendorCall, world: World): Answer {
	const stored = storeFile(call, world);
	if (!stored.ok) return refuse(400, stored.reason, 400);
	const { data } = stored;
	return ok(data, { success: true, msg: 'File uploaded successfully' });
}

/** How Apikley and kie.ai speak. Only kie.ai has a storage. */
export function marketApi(vendor: MarketVendor, label: string): VendorApi {
	const pages = pagesOf(vendor);
	return {
		label,
		route(method, path, query) {
			if (method === 'POST' && createdAt(path, pages).length > 0) return { operation: 'create' };
			if (method === 'POST' && vendor === 'kie' && path === uploadPath) {
				return { operation: 'upload' };
			}
			if (method !== 'GET') return { operation: 'unknown' };
			if (path === '/api/v1/chat/credit') return { operation: 'balance' };
			return findTaskRoute(path, query, pages) ?? { operation: 'unknown' };
		},
		handle(call, world) {
			if (!isAuthorized(call, world.apiKeys[vendor])) return refuse(401, undefined, 401);
			switch (call.route.operation) {
				case 'create':
					return createTask(vendor, call, world);
				case 'status':
					return readTask(vendor, call, world);
				case 'upload':
					return upload(call, world);
				case 'balance':
					return ok(remaining(world, vendor, 10_000, 5));
				default:
					return refuse(404, undefined, 404);
			}
		},
		error: (status) => refuse(status, undefined, status),
		bodyCode: (code, message) => refuse(code, message),
		callback: marketCallback,
	};
}
