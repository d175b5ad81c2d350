import { randomUUID } from 'node:crypto';
import { isJsonObject } from '../json.mts';
import { answerModels, findLiveProblem, liveModel } from '../liveModels.mts';
import { pagesOf, type ModelPage } from '../pages/index.mts';
import { findTaskRoute } from '../routes.mts';
import {
	findLooseProblem,
	findProblem,
	httpUrl,
	isLooseModel,
	listOf,
	oneOf,
	optional,
	text,
	type Problem,
	type Schema,
} from '../rules.mts';
import { findPageProblem } from '../schema.mts';
import { asksForNoCredits, isFlagged, type StoredTask } from '../tasks.mts';
import type { JsonObject } from '../types.mts';
import { filesPath, findMissingFile, serveFiles } from './replicateFiles.mts';
import { cancelled, isRemoved, predictionOf } from './replicateRecord.mts';
import { replicateCallback, webhookSecret } from './replicateWebhook.mts';
import { findTask, isAuthorized, readJsonBody } from './vendor.mts';
import type { Answer, CallbackMoment, Route, VendorApi, VendorCall, World } from './vendor.mts';

const predictionsPath = '/predictions';
const modelPath = /^\/models\/([^/]+\/[^/]+)\/predictions$/;
const cancelPath = /^\/predictions\/([^/]+)\/cancel$/;

const pages = pagesOf('replicate');

const errors: Record<number, { title: string; detail: string }> = {
	401: { title: 'Unauthenticated', detail: 'You did not pass a valid authentication token' },
	402: {
		title: 'Insufficient credit',
		detail:
			'You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to purchase credit.',
	},
	404: { title: 'Not found', detail: 'The requested resource could not be found.' },
	429: { title: 'Too many requests', detail: 'Request was throttled.' },
	500: { title: 'Internal server error', detail: 'Something went wrong.' },
};

const refuse = (status: number, more: JsonObject = {}): Answer => ({
	status,
	body: {
		...(errors[status] ?? { title: 'Error', detail: 'The request was not served.' }),
		status,
		...more,
	},
});

const refuseProblem = ({ field, reason }: Problem): Answer =>
	refuse(422, {
		title: 'Input validation failed',
		detail: `- ${field}: ${field} ${reason}\n`,
		invalid_fields: [{ type: 'validation_error', field, description: `${field} ${reason}` }],
	});

const envelope: Schema = {
	input: optional((value) => (isJsonObject(value) ? undefined : 'must be an object')),
	webhook: optional(httpUrl),
	webhook_events_filter: optional(listOf(oneOf('start', 'output', 'logs', 'completed'), 4)),
	version: optional(text()),
};

/** What has one value alone, so that nobody has to send it. */
const besidesOf = (model: string): Schema =>
	model.includes('seedance-2')
		? { ...(model.endsWith('-2.5') && { output_format: optional(oneOf('mp4')) }) }
		: { fps: optional(oneOf(24)) };

/** Rules that hold between fields. */
function findMixedProblem(model: string, input: JsonObject): Problem | undefined {
	const { aspect_ratio: ratio = '16:9', resolution } = input;
	if ('last_frame_image' in input && !('image' in input)) {
		return { field: 'last_frame_image', reason: 'needs image' };
	}
	if (model.endsWith('-2.5') && 'image' in input && ratio !== 'adaptive') {
		return { field: 'aspect_ratio', reason: 'must be adaptive with an image' };
	}
	return model.endsWith('-lite') && 'reference_images' in input && resolution === '1080p'
		? { field: 'resolution', reason: 'must not be 1080p with reference_images' }
		: undefined;
}

const mediaFields = /^(image|last_frame_image|reference_\w+)$/;

function findInputProblem(model: string, input: JsonObject, world: World): Problem | undefined {
	const missing = findMissingFile(input, world);
	if (missing !== undefined) return { field: missing, reason: 'could not be downloaded' };
	const live = liveModel('replicate', model);
	if (live) return findLiveProblem(input, live);
	if (isLooseModel(model)) return findLooseProblem(input);
	const hasMedia = Object.keys(input).some((name) => mediaFields.test(name));
	const kind: ModelPage['kind'] = hasMedia ? 'imageToVideo' : 'textToVideo';
	const told = pagesOf('replicate', model).filter((page) => page.kind === kind);
	return findPageProblem(input, told, besidesOf(model)) ?? findMixedProblem(model, input);
}

/** Its code for a check of contents, by which its models and their clients know it. */
const flagged = {
	code: 'E005',
	message:
		'The input or output was flagged as sensitive. Please try again with different inputs. (E005)',
};

const isKnown = (model: string) =>
	liveModel('replicate', model) !== undefined ||
	isLooseModel(model) ||
	pagesOf('replicate', model).length > 0;

function createPrediction(call: VendorCall, world: World): Answer {
	const read = readJsonBody(call);
	if (!read.ok) return refuse(400, { title: 'Bad request', detail: read.reason });
	const { body } = read;
	const strange = findProblem(body, envelope);
	if (strange) return refuseProblem(strange);
	const model = call.route.model ?? String(body.version ?? '');
	if (!isKnown(model)) return refuse(404);
	const input = isJsonObject(body.input) ? body.input : {};
	const problem = findInputProblem(model, input, world);
	if (problem) return refuseProblem({ ...problem, field: `input.${problem.field}` });
	if (asksForNoCredits(input)) return refuse(402);
	const task = world.tasks.create(
		{
			taskId: randomUUID().replaceAll('-', '').slice(0, 26),
			vendor: 'replicate',
			model,
			input,
			createBody: body,
			...(isFlagged(input) && { failure: flagged }),
			...(typeof body.webhook === 'string' && { callbackUrl: body.webhook }),
		},
		call.effect,
	);
	return { status: 201, body: predictionOf(task, world) };
}

const pageSize = 100;

/** Newest first, and where the next hundred are. */
function listPredictions({ query }: VendorCall, world: World): Answer {
	const from = Number(query.get('cursor') ?? 0);
	if (!Number.isInteger(from) || from < 0) return refuse(400, { detail: 'Invalid cursor' });
	const found = world.tasks
		.all()
		.filter(({ vendor }) => vendor === 'replicate')
		.toReversed();
	const at = (cursor: number) => `${world.sandboxUrl}/replicate/predictions?cursor=${cursor}`;
	return {
		status: 200,
		body: {
			previous: from > 0 ? at(Math.max(0, from - pageSize)) : null,
			next: from + pageSize < found.length ? at(from + pageSize) : null,
			results: found.slice(from, from + pageSize).map((task) => predictionOf(task, world)),
		},
	};
}

/** What has ended stays as it is. */
function cancelPrediction(call: VendorCall, world: World): Answer {
	const task = world.tasks.findVisible('replicate', call.route.taskId ?? '');
	if (!task) return refuse(404);
	if (world.tasks.progress(task) < 1) world.tasks.end(task, cancelled);
	return { status: 200, body: predictionOf(world.tasks.find(task.taskId) ?? task, world) };
}

function routeOf(method: string, path: string, query: URLSearchParams): Route {
	if (path === '/account') return { operation: 'validate' };
	if (path === '/webhooks/default/secret') return { operation: 'keys' };
	if (path === filesPath || path.startsWith(`${filesPath}/`)) return { operation: 'upload' };
	if (method === 'POST') {
		const [, model] = modelPath.exec(path) ?? [];
		if (model !== undefined) return { operation: 'create', model };
		if (path === predictionsPath) return { operation: 'create' };
		const [, taskId] = cancelPath.exec(path) ?? [];
		return taskId === undefined ? { operation: 'unknown' } : { operation: 'cancel', taskId };
	}
	if (method !== 'GET') return { operation: 'unknown' };
	if (path === '/search' || /^\/models\/[^/]+\/[^/]+$/.test(path)) return { operation: 'models' };
	if (path === predictionsPath) return { operation: 'list' };
	return findTaskRoute(path, query, pages) ?? { operation: 'unknown' };
}

const account = { type: 'user', username: 'sandbox', name: 'Sandbox', github_url: null };

/** Only what was asked for is told; everything, where nothing was said. */
function callbackMoments(task: StoredTask, { tasks }: World): CallbackMoment[] {
	const { webhook_events_filter: events } = task.createBody;
	const isWanted = (event: string) => !Array.isArray(events) || events.includes(event);
	return [
		...(isWanted('start') ? [{ at: tasks.startsAt(task), isRepeated: false }] : []),
		...(isWanted('completed') ? [{ at: task.finishesAt, isRepeated: true }] : []),
	];
}

export const replicate: VendorApi = {
	label: 'Replicate',
	route: routeOf,
	handle(call, world) {
		if (!isAuthorized(call, world.apiKeys.replicate)) return refuse(401);
		switch (call.route.operation) {
			case 'create':
				return createPrediction(call, world);
			case 'status': {
				const task = findTask('replicate', call, world);
				return task ? { status: 200, body: predictionOf(task, world, call.effect) } : refuse(404);
			}
			case 'list':
				return listPredictions(call, world);
			case 'cancel':
				return cancelPrediction(call, world);
			case 'upload':
				return serveFiles(call, world);
			case 'models':
				return answerModels('replicate', call);
			case 'keys':
				return { status: 200, body: { key: webhookSecret } };
			case 'validate':
				return { status: 200, body: account };
			default:
				return refuse(404);
		}
	},
	error: (status) => refuse(status),
	bodyCode: (code, message) => ({
		...refuse(code, message === undefined ? {} : { detail: message }),
		status: 200,
	}),
	callback: (task, world) => replicateCallback(predictionOf(task, world), task.taskId, world),
	callbackMoments,
	linkProblem: (task, _query, now) => (isRemoved(task, now) ? 'Removed' : undefined),
};
