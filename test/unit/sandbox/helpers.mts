import { apiKeys, startSandbox } from '../../../sandbox/index.mts';
import type { Sandbox, SandboxOptions, VendorId } from '../../../sandbox/index.mts';
import { pagesOf } from '../../../sandbox/pages/index.mts';
import { createTaskStore } from '../../../sandbox/tasks.mts';
import { vendorApis } from '../../../sandbox/vendors/index.mts';
import type { Answer, World } from '../../../sandbox/vendors/vendor.mts';
import { authorizationFor } from '../../vendors/index.mts';

export type Json = Record<string, unknown>;

export const generationMs = 1000;
export const start = Date.parse('2026-01-02T03:04:05.000Z');

/** A clock that stands still until told. */
export function virtualClock() {
	let ms = start;
	return {
		now: () => ms,
		advance(byMs: number) {
			ms += byMs;
		},
	};
}

export interface Reply {
	status: number;
	body: unknown;
	headers: Headers;
}

/** One sandbox with a virtual clock per test, and requests to it with the right key. */
export function useSandbox(options: SandboxOptions = {}) {
	const context = { clock: virtualClock(), get: () => sandbox, request, post, statusOf };
	let sandbox: Sandbox;

	beforeEach(async () => {
		context.clock = virtualClock();
		sandbox = await startSandbox({
			clock: context.clock,
			generationMs,
			callbackTickMs: 0,
			...options,
		});
	});
	afterEach(() => sandbox.close());

	async function request(vendor: VendorId, path: string, init: RequestInit = {}): Promise<Reply> {
		const response = await fetch(sandbox.baseUrls[vendor] + path, {
			...init,
			headers: {
				authorization: authorizationFor(vendor, sandbox.apiKeys[vendor]),
				...init.headers,
			},
		});
		return {
			status: response.status,
			body: await response.json(),
			headers: response.headers,
		};
	}

	function post(vendor: VendorId, path: string, body: unknown): Promise<Reply> {
		return request(vendor, path, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: typeof body === 'string' ? body : JSON.stringify(body),
		});
	}

	async function statusOf(vendor: VendorId, taskId: string): Promise<Reply> {
		const [page] = pagesOf(vendor);
		const path = page?.taskPath.replace('{taskId}', encodeURIComponent(taskId));
		return await request(vendor, path ?? '');
	}

	return context;
}

/** The sandbox's vendors without a server: an order takes microseconds, and a table of them seconds. */
export function startVendors() {
	const clock = virtualClock();
	const tasks = createTaskStore(clock, generationMs);
	const world: World = {
		clock,
		tasks,
		apiKeys,
		balances: {},
		webhookKeys: {},
		sandboxUrl: 'http://127.0.0.1',
		uploads: new Map(),
	};

	function post(vendor: VendorId, address: string, sent: unknown): Answer {
		const { pathname: path, searchParams: query } = new URL(address, world.sandboxUrl);
		const { route, handle } = vendorApis[vendor];
		const rawBody = JSON.stringify(sent);
		const headers = {
			authorization: authorizationFor(vendor, apiKeys[vendor]),
			'content-type': 'application/json',
		};
		const call = { method: 'POST', path, query, headers, rawBody, bytes: Buffer.from(rawBody) };
		const answered = handle({ ...call, route: route('POST', path, query) }, world);
		return { ...answered, body: JSON.parse(JSON.stringify(answered.body)) };
	}

	const lastTask = () => tasks.all().at(-1);
	return {
		clock,
		post,
		lastTask,
		/** The body of the vendor's own error. */
		errorOf: (vendor: VendorId, status: number) =>
			vendorApis[vendor].error(status, '/', world).body,
		lastState: () => {
			const task = lastTask();
			return task && tasks.state(task);
		},
	};
}

export const createPaths = {
	apikley: '/api/v1/jobs/createTask',
	modellix: '/api/v1/text-to-video/bytedance/seedance-1.0-lite-t2v/async',
	aimlapi: '/v2/video/generations',
	aimlapiLegacy: '/v2/generate/video/bytedance/generation',
};

/** The smallest accepted create body of each vendor. */
export const minimal = {
	apikley: (prompt = 'A cat') => ({
		model: 'bytedance/v1-lite-text-to-video',
		input: { prompt },
	}),
	modellix: (prompt = 'A cat') => ({ prompt }),
	aimlapi: (prompt = 'A cat') => ({ model: 'bytedance/seedance-1-0-lite-t2v', prompt }),
};
