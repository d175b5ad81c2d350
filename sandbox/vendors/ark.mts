import { randomUUID } from 'node:crypto';
import type { ArkCloud } from '../pages/ark.mts';
import { fitsType } from '../editing.mts';
import { pagesOf, type ModelPage } from '../pages/index.mts';
import { findTaskRoute } from '../routes.mts';
import { findLooseProblem, httpUrl, isLooseModel, optional, required, text } from '../rules.mts';
import type { Problem, Schema } from '../rules.mts';
import { findPageProblem } from '../schema.mts';
import { asksForNoCredits, isFlagged, makersRefusal } from '../tasks.mts';
import type { StoredTask } from '../tasks.mts';
import type { JsonObject } from '../types.mts';
import { readContent } from './arkContent.mts';
import { arkRecord, stateWord } from './arkRecord.mts';
import { linkProblem } from './tosLinks.mts';
import { findTask, isAuthorized, readJsonBody } from './vendor.mts';
import type { Answer, CallbackMoment, VendorApi, VendorCall, World } from './vendor.mts';

const tasksPath = '/contents/generations/tasks';

interface ArkError {
	code: string;
	message: string;
	type: string;
}

const errors: Record<number, ArkError> = {
	400: {
		code: 'InvalidParameter',
		message: 'A parameter specified in the request is not valid.',
		type: 'BadRequest',
	},
	401: {
		code: 'AuthenticationError',
		message: 'The API key in the request is missing or invalid.',
		type: 'Unauthorized',
	},
	403: {
		code: 'AccountOverdueError',
		message: 'The request failed because your account has an overdue balance.',
		type: 'Forbidden',
	},
	404: {
		code: 'NotFound',
		message: 'The requested resource was not found.',
		type: 'NotFound',
	},
	409: {
		code: 'InvalidAction.RunningTaskDeletion',
		message: 'A running task cannot be deleted.',
		type: 'Conflict',
	},
	429: {
		code: 'RateLimitExceeded.EndpointRPMExceeded',
		message: 'The requests per minute (RPM) limit of the endpoint has been exceeded.',
		type: 'TooManyRequests',
	},
	500: {
		code: 'InternalServiceError',
		message: 'The service encountered an unexpected internal error.',
		type: 'InternalServerError',
	},
};

const unknownError: ArkError = {
	code: 'InternalServiceError',
	message: 'The service is unavailable.',
	type: 'ServiceUnavailable',
};

function refuse(status: number, more: Partial<ArkError> & { param?: string } = {}): Answer {
	const requestId = randomUUID().replaceAll('-', '');
	const { code, message, type, param = '' } = { ...(errors[status] ?? unknownError), ...more };
	return {
		status,
		body: { error: { code, message: `${message} Request id: ${requestId}`, param, type } },
		headers: { 'x-request-id': requestId },
	};
}

const refuseProblem = ({ field, reason }: Problem): Answer =>
	refuse(400, {
		...(reason === 'is required' && { code: 'MissingParameter' }),
		message: `The parameter ${field} specified in the request is not valid: ${field} ${reason}.`,
		param: field,
	});

/** What the pages say of every model beside its own fields. */
const envelope: Schema = {
	model: required(text()),
	callback_url: optional(httpUrl),
	safety_identifier: optional(text(64)),
};

/** What the video of a draft may be told; everything else comes from the draft. */
const finalFields = [
	'model',
	'content',
	'resolution',
	'return_last_frame',
	'output_format',
	'watermark',
	'service_tier',
	'execution_expires_after',
	'priority',
	'callback_url',
	'safety_identifier',
];

function findDraftProblem(
	body: JsonObject,
	fields: JsonObject,
	draft: StoredTask | undefined,
	world: World,
): Problem | undefined {
	const strange = Object.keys(body).find((name) => !finalFields.includes(name));
	if (strange !== undefined) return { field: strange, reason: 'comes from the draft' };
	if (draft?.input.draft !== true || world.tasks.state(draft) !== 'succeeded') {
		return { field: 'content', reason: `names no finished draft: ${String(fields.draft_task)}` };
	}
	return draft.model === body.model
		? undefined
		: { field: 'model', reason: 'must be the one of the draft' };
}

/** What editing and extending a video force. */
function findTypeProblem(fields: JsonObject): Problem | undefined {
	const { omni_reference_task_type: type = 'auto', ratio = 'adaptive', duration } = fields;
	// An explicit type is checked when the task is submitted.
	if (type !== 'auto' && !fitsType(type, fields.prompt)) {
		return { field: 'omni_reference_task_type', reason: 'does not match the prompt' };
	}
	if (type !== 'edit' && type !== 'extend') return undefined;
	if (!('reference_video' in fields)) {
		return { field: 'content', reason: 'needs a reference video for this type of task' };
	}
	if (ratio !== 'adaptive')
		return { field: 'ratio', reason: 'must be adaptive for this type of task' };
	return type === 'edit' && duration !== -1
		? { field: 'duration', reason: 'must be -1 for this type of task' }
		: undefined;
}

/** Rules that hold between fields. */
function findMixedProblem(model: string, fields: JsonObject): Problem | undefined {
	const { draft, resolution, ratio = 'adaptive' } = fields;
	if ('first_frame' in fields && model.includes('seedance-2-5') && ratio !== 'adaptive') {
		return { field: 'ratio', reason: 'must be adaptive for this type of task' };
	}
	const given = findTypeProblem(fields);
	if (given) return given;
	if (draft !== true) return undefined;
	if (resolution !== undefined && resolution !== '480p') {
		return { field: 'resolution', reason: 'must be 480p for a draft' };
	}
	return fields.service_tier === 'flex'
		? { field: 'service_tier', reason: 'must not be flex for a draft' }
		: undefined;
}

/** A model or an endpoint that is only known here: takes any field. */
const isLoose = (model: string) => isLooseModel(model) || /^ep-.+/.test(model);

/** The page that speaks of these media: without frames when there are references. */
function pageFor(pages: readonly ModelPage[], flat: JsonObject): ModelPage | undefined {
	const hasReferences = Object.keys(flat).some((name) => name.startsWith('reference_'));
	const kind = hasReferences || 'first_frame' in flat ? 'imageToVideo' : 'textToVideo';
	const page = pages.find((one) => one.kind === kind);
	return page && hasReferences ? { ...page, image: undefined, lastImage: undefined } : page;
}

/** Of a body whose `content` lies beside its other fields, by roles. */
function findBodyProblem(
	flat: JsonObject & { model: string },
	pages: readonly ModelPage[],
): Problem | undefined {
	if (isLoose(flat.model)) return findLooseProblem(flat);
	const page = pageFor(pages, flat);
	if (!page) return { field: 'content', reason: 'holds media that the model does not take' };
	return findPageProblem(flat, [page], envelope) ?? findMixedProblem(flat.model, flat);
}

/** Names of the pages for what is no field of the body by itself. */
const standsElsewhere = /^(prompt|web_search|(first|last)_frame|reference_\w+)$/;

const webSearch = JSON.stringify([{ type: 'web_search' }]);

/** The only tool there is, as a field of its own; any other stays and is refused. */
const flattenTools = ({ tools, ...body }: JsonObject): JsonObject => {
	if (tools === undefined) return body;
	return JSON.stringify(tools) === webSearch ? { ...body, web_search: true } : { ...body, tools };
};

function createTask(cloud: ArkCloud, call: VendorCall, world: World): Answer {
	const read = readJsonBody(call);
	if (!read.ok) return refuse(400, { message: read.reason });
	const { model, content, callback_url: callbackUrl, ...rest } = read.body;
	if (typeof model !== 'string') return refuseProblem({ field: 'model', reason: 'is required' });
	const pages = pagesOf(cloud, model);
	if (pages.length === 0 && !isLoose(model)) {
		return refuse(404, {
			code: 'InvalidEndpointOrModel.NotFound',
			message: `The model or endpoint ${model} does not exist or you do not have access to it.`,
		});
	}
	const inContent = Object.keys(rest).find((name) => standsElsewhere.test(name));
	if (inContent !== undefined && !isLoose(model)) {
		return refuseProblem({ field: inContent, reason: 'is not supported' });
	}
	if (content === undefined) return refuseProblem({ field: 'content', reason: 'is required' });
	const told = readContent(content);
	if (!told.ok) return refuseProblem(told.problem);

	const { draft_task: draftId, ...media } = told.fields;
	const draft = world.tasks.findVisible(cloud, String(draftId));
	const input: JsonObject = { ...draft?.input, ...flattenTools(rest), ...media };
	const flat = { ...input, model, ...(callbackUrl !== undefined && { callback_url: callbackUrl }) };
	const problem =
		draftId === undefined
			? findBodyProblem(flat, pages)
			: findDraftProblem(read.body, told.fields, draft, world);
	if (problem) return refuseProblem(problem);
	if (asksForNoCredits(input)) return refuse(403);
	if (isFlagged(input)) return refuse(400, makersRefusal);

	const expiresSeconds = Number(rest.execution_expires_after ?? 172_800);
	const task = world.tasks.create(
		{
			taskId: nextTaskId(world.clock.now()),
			vendor: cloud,
			model,
			input: draftId === undefined ? input : { ...input, draft: false },
			createBody: read.body,
			expiresAfterMs: expiresSeconds * 1000,
			...(typeof callbackUrl === 'string' && { callbackUrl }),
		},
		call.effect,
	);
	return { status: 200, body: { id: task.taskId } };
}

/** Like `cgt-20250704191750-n4qjp`. */
function nextTaskId(now: number): string {
	const time = new Date(now).toISOString().replaceAll(/\D/g, '').slice(0, 14);
	return `cgt-${time}-${randomUUID().slice(0, 8)}`;
}

const findAny = (cloud: ArkCloud, { route }: VendorCall, { tasks }: World) =>
	tasks.findVisible(cloud, route.taskId ?? '');

const notFound = ({ route }: VendorCall): Answer =>
	refuse(404, { message: `The specified task ${route.taskId} was not found.` });

/** Cancels a queued task, deletes an ended one, and refuses the rest. */
function deleteTask(cloud: ArkCloud, call: VendorCall, world: World): Answer {
	const task = findAny(cloud, call, world);
	if (!task) return notFound(call);
	switch (stateWord(task, world)) {
		case 'queued':
			world.tasks.end(task, { code: 'cancelled', message: 'Task was cancelled' });
			break;
		case 'running':
			return refuse(409);
		case 'cancelled':
			return refuse(409, {
				code: 'InvalidAction',
				message: 'A cancelled task cannot be deleted.',
			});
		default:
			world.tasks.remove(task);
	}
	return { status: 200, body: {} };
}

const pageRange = { min: 1, max: 500 };

function readPage(query: URLSearchParams, name: string, byDefault: number): number | undefined {
	const given = Number(query.get(name) ?? byDefault);
	const isUsable = Number.isInteger(given) && given >= pageRange.min && given <= pageRange.max;
	return isUsable ? given : undefined;
}

const listFields = ['page_num', 'page_size', 'filter.status', 'filter.task_ids', 'filter.model'];

/** In no order that the pages promise: oldest first. */
function listTasks(cloud: ArkCloud, { query }: VendorCall, world: World): Answer {
	const strange = [...query.keys()].find((name) => !listFields.includes(name));
	if (strange !== undefined) return refuseProblem({ field: strange, reason: 'is not supported' });
	const pageNumber = readPage(query, 'page_num', 1);
	const pageSize = readPage(query, 'page_size', 20);
	if (pageNumber === undefined || pageSize === undefined) {
		return refuseProblem({ field: 'page', reason: 'must be between 1 and 500' });
	}
	const status = query.get('filter.status');
	const model = query.get('filter.model');
	const ids = query.getAll('filter.task_ids');
	const found = world.tasks
		.all()
		.filter((task) => task.vendor === cloud)
		.filter((task) => status === null || stateWord(task, world) === status)
		.filter((task) => model === null || task.model === model)
		.filter((task) => ids.length === 0 || ids.includes(task.taskId));
	const from = (pageNumber - 1) * pageSize;
	const items = found.slice(from, from + pageSize).map((task) => arkRecord(task, world));
	return { status: 200, body: { items, total: found.length } };
}

/** At every change of state; only how it ended is told again when nobody confirms it. */
function callbackMoments(task: StoredTask, world: World): CallbackMoment[] {
	const queued = { at: task.createdAt, isRepeated: false };
	// A cancelled task is told to nobody.
	if (task.failure?.code === 'cancelled') return [queued];
	return [
		queued,
		{ at: world.tasks.startsAt(task), isRepeated: false },
		{ at: task.finishesAt, isRepeated: true },
	];
}

/** Ark as one of its clouds sells it. */
export function arkApi(cloud: ArkCloud, label: string): VendorApi {
	return {
		label,
		route(method, path, query) {
			// Whatever is posted below it is taken for an order, `…/{id}/cancel` too.
			if (method === 'POST' && path.startsWith(tasksPath)) return { operation: 'create' };
			if (method === 'GET' && path === tasksPath) return { operation: 'list' };
			const found = findTaskRoute(path, query, pagesOf(cloud));
			if (found && method === 'GET') return found;
			return found && method === 'DELETE'
				? { ...found, operation: 'delete' }
				: { operation: 'unknown' };
		},
		handle(call, world) {
			if (!isAuthorized(call, world.apiKeys[cloud])) return refuse(401);
			switch (call.route.operation) {
				case 'create':
					return createTask(cloud, call, world);
				case 'status': {
					const task = findTask(cloud, call, world);
					return task ? { status: 200, body: arkRecord(task, world, call.effect) } : notFound(call);
				}
				case 'list':
					return listTasks(cloud, call, world);
				case 'delete':
					return deleteTask(cloud, call, world);
				default:
					return refuse(404);
			}
		},
		error: (status) => refuse(status),
		bodyCode: (code, message) => ({
			...refuse(code, message === undefined ? {} : { message }),
			status: 200,
		}),
		callback: (task, world) => ({ body: arkRecord(task, world), headers: {} }),
		callbackMoments,
		linkProblem,
	};
}
