import { isJsonObject, parseJson } from '../json.mts';
import type { StoredTask, TaskStore } from '../tasks.mts';
import type {
	FaultEffect,
	JsonObject,
	Operation,
	SandboxClock,
	TaskState,
	VendorId,
} from '../types.mts';

export interface Answer {
	status: number;
	body: unknown;
	headers?: Record<string, string>;
}

export interface Route {
	operation: Operation;
	/** What the request is about; unknown for create. */
	taskId?: string;
	/** Create only, where the path names the model. */
	model?: string;
}

export interface VendorCall {
	route: Route;
	method: string;
	/** Without the sandbox's prefix, without the query. */
	path: string;
	query: URLSearchParams;
	headers: Record<string, string | string[] | undefined>;
	rawBody: string;
	/** The same, as it came. */
	bytes: Buffer;
	/** A fault that changes how this request is processed. */
	effect?: FaultEffect;
}

/** A file in a vendor's storage. */
export interface Upload {
	contentType: string;
	/** Missing while only its address was asked for. */
	bytes?: Buffer;
}

export interface World {
	clock: SandboxClock;
	tasks: TaskStore;
	/** Origin that media links point to. */
	sandboxUrl: string;
	apiKeys: Record<VendorId, string>;
	/** By the name in their addresses. */
	uploads: Map<string, Upload>;
	/** What accounts hold at the start, where it is not what its vendor's stand-in says. */
	balances: Partial<Record<VendorId, number>>;
	/** What callbacks are signed with. */
	webhookKeys: Partial<Record<VendorId, string>>;
}

export interface Callback {
	body: JsonObject;
	headers: Record<string, string>;
}

export interface CallbackMoment {
	at: number;
	/** Sent again until it is confirmed. */
	isRepeated: boolean;
}

/** How one vendor speaks. */
export interface VendorApi {
	label: string;
	route(method: string, path: string, query: URLSearchParams): Route;
	handle(call: VendorCall, world: World): Answer;
	/** The vendor's own error shape for an HTTP status. */
	error(status: number, path: string, world: World): Answer;
	/** HTTP 200 with an error in the body. */
	bodyCode(code: number, message: string | undefined, path: string, world: World): Answer;
	/** What is posted to a task's callback URL. Without it the vendor calls nobody. */
	callback?(task: StoredTask, world: World, effect?: FaultEffect): Callback;
	/** When it is posted; without it once the task has ended. */
	callbackMoments?(task: StoredTask, world: World): CallbackMoment[];
	/** The task whose video lies at one of the vendor's own paths, and is given out to its key alone. */
	ownVideo?(path: string): string | undefined;
	/** Why the vendor's storage would refuse a video's link. Without it every link is good. */
	linkProblem?(task: StoredTask, query: URLSearchParams, now: number): string | undefined;
}

export const isAuthorized = (call: VendorCall, apiKey: string, scheme = 'Bearer') =>
	call.headers.authorization === `${scheme} ${apiKey}`;

type JsonBody = { ok: true; body: JsonObject } | { ok: false; reason: string };

export function readJsonBody({ headers, rawBody }: VendorCall): JsonBody {
	if (!/^application\/json\s*(;|$)/i.test(String(headers['content-type'] ?? ''))) {
		return { ok: false, reason: 'Content-Type must be application/json' };
	}
	const body = parseJson(rawBody);
	return isJsonObject(body)
		? { ok: true, body }
		: { ok: false, reason: 'request body must be a JSON object' };
}

/** The task that a status request gets to see. */
export function findTask(
	vendor: VendorId,
	{ route, effect }: VendorCall,
	{ tasks }: World,
): StoredTask | undefined {
	const task = tasks.findVisible(vendor, route.taskId ?? '');
	return task && effect?.kind === 'otherTask' ? tasks.otherThan(task) : task;
}

export const statusWord = (
	task: StoredTask,
	{ effect }: VendorCall,
	{ tasks }: World,
	words: Record<TaskState, string>,
) => (effect?.kind === 'unknownStatus' ? effect.status : words[tasks.state(task)]);

/** What is left of a balance after the tasks so far. */
export function remaining(world: World, vendor: VendorId, start: number, perTask: number): number {
	const paid = world.tasks.all().filter((task) => task.vendor === vendor && !task.failure);
	return Math.max(0, (world.balances[vendor] ?? start) - paid.length * perTask);
}
