import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultPlan } from './faults.mts';
import { cutConnection, drip, jsonType, readBody, send } from './http.mts';
import { parseJson } from './json.mts';
import { oddly } from './odd.mts';
import type { FaultEffect, RecordedRequest, VendorId } from './types.mts';
import { vendorApis } from './vendors/index.mts';
import type { Answer, World } from './vendors/vendor.mts';

interface VendorServer {
	world: World;
	plan: FaultPlan;
	requests: RecordedRequest[];
	/** Says of the request at hand that the client will wait for the end of its answer in vain. */
	neverEnds(): void;
}

type HttpFault = Extract<FaultEffect, { kind: 'http' }>;

/** The fault's body if it has one, else the vendor's own error for the status. */
export function faultAnswer(fault: HttpFault, vendorError: Answer): Answer {
	const { status, retryAfterSeconds, location, body = vendorError.body } = fault;
	const headers: Record<string, string> = {
		...vendorError.headers,
		...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
		...(location !== undefined && { location }),
	};
	return { status, body, headers };
}

/** Answers one API request, with the faults that are planned for it. */
export async function serveVendor(
	vendor: VendorId,
	url: URL,
	request: IncomingMessage,
	response: ServerResponse,
	{ world, plan, requests, neverEnds }: VendorServer,
): Promise<void> {
	const api = vendorApis[vendor];
	const method = request.method ?? 'GET';
	const path = url.pathname.slice(vendor.length + 1) || '/';
	const query = url.searchParams;
	const { headers } = request;
	const bytes = await readBody(request);
	const rawBody = bytes.toString();
	const route = api.route(method, path, query);
	const record: RecordedRequest = {
		vendor,
		operation: route.operation,
		method,
		path: path + url.search,
		headers,
		rawBody,
		json: parseJson(rawBody),
		receivedAt: world.clock.now(),
	};
	requests.push(record);
	const answer = (given: Answer) => {
		record.responseStatus = given.status;
		send(response, given);
	};
	const startDrip = (everyMs: number) => {
		record.responseStatus = 200;
		response.writeHead(200, { 'content-type': jsonType });
		drip(response, everyMs, ' ');
		neverEnds();
	};

	const effect = plan.strike({ vendor, operation: route.operation, taskId: route.taskId });
	if (effect) record.fault = effect;
	switch (effect?.kind) {
		case 'hang':
			return neverEnds();
		case 'reset':
			return cutConnection(response);
		case 'http':
			return answer(faultAnswer(effect, api.error(effect.status, path, world)));
		case 'bodyCode':
			return answer(api.bodyCode(effect.code, effect.message, path, world));
		case 'drip':
			return startDrip(effect.everyMs);
		case 'malformedJson':
			return answer(malformed('{"code":200,"data":{"'));
		case 'latency':
			await delay(effect.latencyMs, undefined, { ref: false });
	}

	const processed = api.handle(
		{ route, method, path, query, headers, rawBody, bytes, effect },
		world,
	);
	switch (effect?.kind) {
		case 'hangAfter':
			return neverEnds();
		case 'resetAfter':
			return cutConnection(response);
		case 'dripAfter':
			return startDrip(effect.everyMs);
		case 'httpAfter':
			return answer(api.error(effect.status, path, world));
		case 'malformedJsonAfter':
			return answer(malformed(JSON.stringify(processed.body).slice(0, -10)));
	}
	const task = world.tasks.find(route.taskId ?? '');
	const isAboutTask = route.operation === 'status' || route.operation === 'result';
	answer(isAboutTask ? oddly(processed, task, task && world.tasks.state(task)) : processed);
}

const malformed = (body: string): Answer => ({
	status: 200,
	body,
	headers: { 'content-type': 'application/json' },
});
