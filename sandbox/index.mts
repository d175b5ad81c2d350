import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createCallbacks } from './callbacks.mts';
import { serveControl } from './control.mts';
import { createFaultPlan } from './faults.mts';
import { send } from './http.mts';
import { ownVideoAt, serveMedia } from './media.mts';
import { createTaskStore } from './tasks.mts';
import type { RecordedRequest, Sandbox, SandboxOptions } from './types.mts';
import { serveVendor } from './vendorServer.mts';
import { forEachVendor, isVendor } from './vendors/index.mts';
import type { World } from './vendors/vendor.mts';

export type * from './types.mts';

const host = '127.0.0.1';

export const apiKeys = forEachVendor((vendor) => `sandbox-${vendor}-key`);

/** Starts the vendors' stand-in; rejects when the port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const { clock = { now: () => Date.now() }, callbackTickMs = 100 } = options;
	const { balances = {}, webhookKeys = {} } = options;
	const requests: RecordedRequest[] = [];
	const plan = createFaultPlan();
	const tasks = createTaskStore(clock, options.generationMs ?? 8000);
	const world: World = {
		clock,
		tasks,
		apiKeys,
		balances,
		webhookKeys,
		sandboxUrl: '',
		uploads: new Map(),
	};
	const callbacks = createCallbacks({
		world,
		plan,
		timeoutMs: options.callbackTimeoutMs ?? 15_000,
	});
	let inFlight = 0;
	const unended = new Set<ServerResponse>();
	let mediaPaddingBytes = 0;

	async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const url = new URL(request.url ?? '/', world.sandboxUrl);
		const [, first = ''] = url.pathname.split('/');
		if (first === 'control') return await serveControl(url, request, response, sandbox);
		inFlight += 1;
		response.once('close', () => {
			inFlight -= 1;
			unended.delete(response);
		});
		const server = {
			world,
			plan,
			requests,
			mediaPaddingBytes: () => mediaPaddingBytes,
			neverEnds: () => void unended.add(response),
		};
		if (first === 'media') return await serveMedia(url, request, response, server);
		if (ownVideoAt(url.pathname)) return await serveMedia(url, request, response, server);
		if (isVendor(first)) return await serveVendor(first, url, request, response, server);
		send(response, { status: 404, body: { error: 'Not found', baseUrls: sandbox.baseUrls } });
	}

	const server = createServer((request, response) => {
		serve(request, response).catch(() => response.destroy());
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(options.port ?? 0, host, resolve);
	});
	const address = server.address();
	const port = typeof address === 'object' && address ? address.port : options.port;
	const url = `http://${host}:${port}`;
	world.sandboxUrl = url;

	const timer =
		callbackTickMs > 0 ? setInterval(() => void callbacks.tick(), callbackTickMs) : undefined;
	timer?.unref();

	const sandbox: Sandbox = {
		url,
		baseUrls: forEachVendor((vendor) => `${url}/${vendor}`),
		apiKeys,
		requests,
		inFlight: () => inFlight,
		unendedPorts: () => [...unended].flatMap(({ socket }) => socket?.remotePort ?? []),
		tasks: () => tasks.all().map((task) => ({ ...task, state: tasks.state(task) })),
		uploads: () => [...world.uploads.values()].flatMap(({ bytes }) => bytes ?? []),
		uploadNamedIn: (text) => [...world.uploads].find(([name]) => text.includes(name))?.[1].bytes,
		addFault: plan.add,
		clearFaults: plan.clear,
		reset() {
			tasks.clear();
			plan.clear();
			callbacks.clear();
			world.uploads.clear();
			requests.length = 0;
		},
		setGenerationMs: tasks.setGenerationMs,
		age: tasks.age,
		setMediaPaddingBytes(bytes) {
			mediaPaddingBytes = bytes;
		},
		tick: callbacks.tick,
		callbacks: callbacks.all,
		async close() {
			clearInterval(timer);
			callbacks.close();
			const closed = new Promise<void>((resolve) => server.close(() => resolve()));
			server.closeAllConnections();
			await closed;
		},
	};
	return sandbox;
}
