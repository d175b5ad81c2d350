import { isJsonObject, parseJson } from '../json.mts';
import type { TaskStore } from '../tasks.mts';
import type { FaultEffect, JsonObject, Operation, SandboxClock, Vendor } from '../types.mts';

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
	/** A fault that changes how this request is processed. */
	effect?: FaultEffect;
}

export interface World {
	clock: SandboxClock;
	tasks: TaskStore;
	/** Origin that media links point to. */
	sandboxUrl: string;
	apiKeys: Record<Vendor, string>;
}

/** How one vendor speaks. */
export interface VendorApi {
	route(method: string, path: string, query: URLSearchParams): Route;
	handle(call: VendorCall, world: World): Answer;
	/** The vendor's own error shape for an HTTP status. */
	error(status: number, path: string, world: World): Answer;
	/** HTTP 200 with an error in the body. */
	bodyCode(code: number, message: string | undefined, path: string, world: World): Answer;
}

export const isAuthorized = (call: VendorCall, apiKey: string) =>
	call.headers.authorization === `Bearer ${apiKey}`;

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

/** What is left of a balance after the tasks so far. */
export function remaining(world: World, vendor: Vendor, start: number, perTask: number): number {
	const paid = world.tasks.all().filter((task) => task.vendor === vendor && !task.failure);
	return Math.max(0, start - paid.length * perTask);
}
