import { isJsonObject } from '../json.mts';
import { boolean, findLooseProblem, findProblem, httpUrl, integer } from '../rules.mts';
import { isLooseModel, oneOf, optional, required, text } from '../rules.mts';
import type { Problem, Schema } from '../rules.mts';
import { asksForNoCredits } from '../tasks.mts';
import type { JsonObject } from '../types.mts';
import { failureMessages, apikleyRecord } from './apikleyRecord.mts';
import { isAuthorized, readJsonBody, remaining } from './vendor.mts';
import type { Answer, VendorApi, VendorCall, World } from './vendor.mts';

const duration = optional(oneOf('5', '10'));

const models = new Map<string, Schema>([
	[
		'bytedance/v1-lite-text-to-video',
		{
			prompt: required(text(10_000)),
			aspect_ratio: optional(oneOf('16:9', '4:3', '1:1', '3:4', '9:16', '9:21')),
			resolution: optional(oneOf('480p', '720p', '1080p')),
			duration,
			camera_fixed: optional(boolean),
			seed: optional(integer()),
			enable_safety_checker: optional(boolean),
		},
	],
	[
		'bytedance/v1-pro-fast-image-to-video',
		{
			prompt: required(text(10_000)),
			// "File URL after upload, not file content": no data URI.
			image_url: required(httpUrl),
			resolution: optional(oneOf('720p', '1080p')),
			duration,
		},
	],
]);

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
	const schema = models.get(model);
	if (!schema && !isLooseModel(model)) {
		return `The model name you specified is not supported: ${model}`;
	}
	const envelope = findProblem(body, {
		model: required(text()),
		callBackUrl: optional(httpUrl),
		input: required((value) => (isJsonObject(value) ? undefined : 'must be an object')),
	});
	if (envelope) return describe(envelope);
	if (!isJsonObject(input)) return 'input: this field must be an object';
	const problem = schema ? findProblem(input, schema) : findLooseProblem(input);
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
	return ok({ taskId: world.tasks.create(draft, call.effect).taskId });
}

function readTask({ route, effect }: VendorCall, world: World): Answer {
	if (!route.taskId) return refuse(400, 'taskId parameter is required');
	const task = world.tasks.findVisible('apikley', route.taskId);
	if (!task) return refuse(422, 'recordInfo is null');
	// The status page of the vendor says `message` where the create page says `msg`.
	return ok(apikleyRecord(task, world, effect), { message: 'success' });
}

export const apikley: VendorApi = {
	route(method, path, query) {
		const known = `${method} ${path}`;
		if (known === 'POST /api/v1/jobs/createTask') return { operation: 'create' };
		if (known === 'GET /api/v1/jobs/recordInfo') {
			return { operation: 'status', taskId: query.get('taskId') ?? undefined };
		}
		if (known === 'GET /api/v1/chat/credit') return { operation: 'balance' };
		return { operation: 'unknown' };
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
};
